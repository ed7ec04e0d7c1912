"""A byte line to a device: any serial port or pyserial URL, and plain TCP.

    /dev/ttyUSB0   COM3   rfc2217://host:port   loop://      by pyserial
    socket://host:port                                       by our own socket

The drivers see one small thing: `read` gives what has arrived within a short time,
`write` has an end, and whatever breaks is a `DeviceNotFoundError`.  `sent` counts the
bytes handed over, so that a printer driver knows whether a job has begun to leave.

TCP does not go through pyserial: its handler waits 5 s for a silent host, sleeps
0.3 s at every close and leaves the socket open when the peer went first (3.5).
"""

import logging
import select
import socket
import time
from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

import serial

from app.errors import DeviceNotFoundError, DeviceTimeoutError

READ_S = 0.05  # longest wait of one read: what a cancel costs at most
CONNECT_S = 2.0
WRITE_S = 5.0
_CHUNK = 256  # bytes a serial write takes at once; a stalled chunk counts as sent
_LARGEST_READ = 65536
DEFAULT_BAUDRATE = 115200

logger = logging.getLogger(__name__)


class Line(Protocol):
    """What a driver may do with its line."""

    sent: int

    def read(self, wait_s: float = READ_S) -> bytes:
        """What has arrived, waiting at most about `wait_s` for a first byte; b"" when nothing did."""
        ...

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        """Raises DeviceTimeoutError (not taken in time), DeviceNotFoundError (broken)."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Watchable(Protocol):
    """A line that can tell, at no cost, that its device has gone."""

    def is_broken(self) -> bool:
        """Takes nothing of what has arrived."""
        ...


def open_line(url: str, baudrate: int = 0) -> Line:
    """Open a line by URL or port name.  Raises DeviceNotFoundError, after about two seconds at most."""
    if url.startswith("socket://"):
        return SocketLine(connect(*_address(url)))
    return SerialLine(_open_serial(url, baudrate or DEFAULT_BAUDRATE))


def flush(line: Line, quiet_s: float = 0.0, deadline_s: float = 1.0) -> int:
    """Throw away what is waiting, until nothing came for `quiet_s`; returns the number of bytes dropped."""
    ends = time.monotonic() + deadline_s
    dropped = 0
    while time.monotonic() < ends and (data := line.read(quiet_s)):
        dropped += len(data)
    return dropped


class SocketLine:
    """A TCP line to a device server, a network printer or an emulator."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._socket = sock
        self.sent = 0

    def read(self, wait_s: float = READ_S) -> bytes:
        try:
            if not select.select([self._socket], [], [], wait_s)[0]:
                return b""
            data = self._socket.recv(_LARGEST_READ)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise DeviceNotFoundError(f"read: {error}") from error
        if not data:
            raise DeviceNotFoundError("closed by the device")
        return data

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        ends = time.monotonic() + deadline_s
        while data:
            data = data[self._send_some(data, ends - time.monotonic()) :]

    def _send_some(self, data: bytes, left_s: float) -> int:
        try:
            if left_s <= 0 or not select.select([], [self._socket], [], left_s)[1]:
                raise DeviceTimeoutError("the device takes no more bytes")
            count = self._socket.send(data)
        except BlockingIOError:
            return 0
        except (OSError, ValueError) as error:
            raise DeviceNotFoundError(f"write: {error}") from error
        self.sent += count
        return count

    def is_broken(self) -> bool:
        """Whether the other side has gone; takes nothing of what has arrived."""
        try:
            return bool(select.select([self._socket], [], [], 0)[0]) and not self._socket.recv(
                1, socket.MSG_PEEK
            )
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            return True

    def close(self) -> None:
        self._socket.close()


class SerialLine:
    """Anything pyserial opens."""

    def __init__(self, port: Any) -> None:
        self._port = port
        self._descriptor: int | None = getattr(port, "fd", None)  # of a port on a POSIX system
        self.sent = 0

    def read(self, wait_s: float = READ_S) -> bytes:
        """A remote port waits READ_S, its own time-out, or not at all: changing it is a negotiation."""
        try:
            if not self._has_bytes(wait_s):
                return b""
            first: bytes = self._port.read(1)
            return first + bytes(self._port.read(self._port.in_waiting)) if first else b""
        except (OSError, serial.SerialException, TypeError, ValueError) as error:
            # TypeError, ValueError: pyserial reads from a port closed underneath it
            raise DeviceNotFoundError(f"read: {error}") from error

    def _has_bytes(self, wait_s: float) -> bool:
        """One wait in the system: pyserial's own wakes up twenty times a second."""
        if self._descriptor is not None:
            return bool(select.select([self._descriptor], [], [], wait_s)[0])
        return bool(wait_s or self._port.in_waiting)

    def write(self, data: bytes, deadline_s: float = WRITE_S) -> None:
        ends = time.monotonic() + deadline_s
        for start in range(0, len(data), _CHUNK):
            if time.monotonic() > ends:
                raise DeviceTimeoutError("the device takes no more bytes")
            self._write_chunk(data[start : start + _CHUNK])

    def _write_chunk(self, chunk: bytes) -> None:
        self.sent += len(chunk)  # before: how much of a stalled chunk left nobody can tell
        try:
            self._port.write(chunk)
        except serial.SerialTimeoutException as error:
            raise DeviceTimeoutError("the device takes no more bytes") from error
        except (OSError, serial.SerialException, TypeError) as error:
            raise DeviceNotFoundError(f"write: {error}") from error

    def set_speed(self, baudrate: int) -> None:
        """Raises DeviceNotFoundError (broken, or a port that does not know this speed)."""
        try:
            self._port.baudrate = baudrate
        except (OSError, serial.SerialException, ValueError, TypeError) as error:
            raise DeviceNotFoundError(f"speed: {error}") from error

    def is_broken(self) -> bool:
        """Whether the port has gone; takes nothing of what has arrived."""
        try:
            return bool(self._port.in_waiting < 0)
        except (OSError, serial.SerialException, TypeError):
            return True

    def close(self) -> None:
        self._descriptor = None
        try:
            self._port.close()
        except (OSError, serial.SerialException) as error:
            logger.debug("close: %s", error)


def _open_serial(url: str, baudrate: int) -> Any:
    # rfc2217:// refuses a write time-out; its socket has one of its own
    write_s = None if url.startswith("rfc2217://") else WRITE_S
    try:
        return serial.serial_for_url(
            url, baudrate=baudrate, timeout=READ_S, write_timeout=write_s, exclusive=True
        )
    except (OSError, serial.SerialException, ValueError, NotImplementedError) as error:
        raise DeviceNotFoundError(f"open: {error}") from error


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise DeviceNotFoundError("not an address") from error
    if not host or not port:
        raise DeviceNotFoundError("socket:// needs a host and a port")
    return host, port


def connect(host: str, port: int) -> socket.socket:
    """A TCP connection: every address of the host is tried, CONNECT_S for all of them together.

    Raises DeviceNotFoundError.
    """
    ends = time.monotonic() + CONNECT_S
    problem: OSError = TimeoutError("no address")
    try:
        for family, kind, protocol, address in _resolved(host, port):
            try:
                return _connect_one(family, kind, protocol, address, ends - time.monotonic())
            except OSError as error:
                problem = error
    except OSError as error:  # the name is unknown
        problem = error
    raise DeviceNotFoundError(f"connect: {problem}") from problem


def _resolved(host: str, port: int) -> Iterator[tuple[int, int, int, Any]]:
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        yield family, kind, protocol, address


def _connect_one(family: int, kind: int, protocol: int, address: Any, left_s: float) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(max(left_s, 0.05))
        sock.connect(address)
        if sock.getsockname() == sock.getpeername():
            # a port nobody listens on may, on one machine, be connected to itself (TCP simultaneous open)
            raise ConnectionRefusedError("connected to itself")
    except BaseException:
        sock.close()
        raise
    return sock
