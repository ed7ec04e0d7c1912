"""Lines of every sort: TCP, a remote port by RFC 2217, a pseudo terminal, and none at all."""

import os
import pty
import select
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import serial
import serial.rfc2217

from app.errors import DeviceNotFoundError, DeviceTimeoutError
from devices.line import Line, SerialLine, SocketLine, flush, open_line
from tests.patience import PATIENCE_S


@contextmanager
def served() -> Iterator[tuple[str, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"socket://127.0.0.1:{server.getsockname()[1]}", server


def received(line: Line, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += line.read()
    return data


def test_tcp_carries_bytes_both_ways_and_counts_what_left() -> None:
    with served() as (url, server), closing(open_line(url)) as line:
        client, _ = server.accept()
        with client:
            line.write(b"question")
            assert (client.recv(100), line.sent) == (b"question", 8)
            client.sendall(b"answer")
            assert received(line, 6) == b"answer"
            assert line.read(0.0) == b""


def test_a_line_hung_up_by_the_device() -> None:
    with served() as (url, server), closing(open_line(url)) as line:
        server.accept()[0].close()
        with pytest.raises(DeviceNotFoundError):
            received(line, 1)
        with pytest.raises(DeviceNotFoundError):
            for _ in range(100):  # the first bytes after the end may still be taken by the system
                line.write(b"x" * 1000)


def test_a_device_that_takes_no_bytes() -> None:
    with served() as (url, server), closing(open_line(url)) as line:
        client, _ = server.accept()
        with client, pytest.raises(DeviceTimeoutError):
            line.write(bytes(50_000_000), 0.2)
        assert 0 < line.sent < 50_000_000


def test_flush_drops_what_waits() -> None:
    with served() as (url, server), closing(open_line(url)) as line:
        client, _ = server.accept()
        with client:
            client.sendall(b"old")
            assert flush(line, quiet_s=0.1) == 3
            client.sendall(b"new")
            assert received(line, 3) == b"new"


@pytest.mark.parametrize(
    "url",
    [
        "/dev/no-such-port",
        "socket://127.0.0.1",
        "socket://",
        "socket://[::1",
        "socket://127.0.0.1:99999",
        "socket://127.0.0.1:port",
        "socket://no-such-host.invalid:9100",
        "nonsense://x",
        "",
    ],
)
def test_what_cannot_be_opened(url: str) -> None:
    with pytest.raises(DeviceNotFoundError):
        open_line(url)


def test_a_port_nobody_listens_on() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and nobody else can
        with pytest.raises(DeviceNotFoundError):
            open_line(f"socket://127.0.0.1:{deaf.getsockname()[1]}")


def test_a_host_that_says_nothing_is_given_up() -> None:
    """A listener whose queue is full drops what knocks, as a filtered host does."""
    with socket.socket() as server, socket.socket() as first, socket.socket() as second:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for knocking in (first, second):
            knocking.setblocking(False)
            knocking.connect_ex(server.getsockname())
        with pytest.raises(DeviceNotFoundError):
            open_line(f"socket://127.0.0.1:{server.getsockname()[1]}")


def test_a_pseudo_terminal_breaks_when_its_other_end_goes() -> None:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    with closing(open_line(os.ttyname(theirs), 9600)) as line:
        os.close(theirs)
        line.write(b"question")
        assert os.read(ours, 100) == b"question"
        os.write(ours, b"answer")
        assert received(line, 6) == b"answer"
        assert line.read(0.0) == b""
        os.close(ours)
        with pytest.raises(DeviceNotFoundError):
            received(line, 1)


def test_a_port_is_taken_by_one_program_at_a_time() -> None:
    ours, theirs = pty.openpty()
    try:
        with closing(open_line(os.ttyname(theirs))), pytest.raises(DeviceNotFoundError):
            open_line(os.ttyname(theirs))
    finally:
        os.close(ours)
        os.close(theirs)


# pyserial 3.5 starts its reading thread by methods that Python has deprecated
@pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")
def test_a_remote_port_by_rfc_2217() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        echo = threading.Thread(target=_echo_by_rfc_2217, args=(server,))
        echo.start()
        with closing(open_line(f"rfc2217://127.0.0.1:{server.getsockname()[1]}", 9600)) as line:
            line.write(b"\xaa\xff\x96")
            assert received(line, 3) == b"\xaa\xff\x96"
        echo.join(timeout=PATIENCE_S)


class _ByteSender:
    """What pyserial's port manager writes its own negotiation to."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def write(self, data: bytes) -> None:
        self._client.sendall(data)


def _echo_by_rfc_2217(server: socket.socket) -> None:
    client, _ = server.accept()
    with client, serial.serial_for_url("loop://", timeout=0) as port:
        manager = serial.rfc2217.PortManager(port, _ByteSender(client))
        while data := client.recv(1024):
            payload = b"".join(manager.filter(data))
            client.sendall(b"".join(manager.escape(payload)))


def test_a_broken_line_is_noticed_without_taking_a_byte() -> None:
    with served() as (url, server), closing(open_line(url)) as line:
        assert isinstance(line, SocketLine)
        client, _ = server.accept()
        with client:
            client.sendall(b"kept")
            assert not line.is_broken()
            assert received(line, 4) == b"kept"
            assert not line.is_broken()
        while not line.is_broken():
            select.select([], [], [], 0.01)


def test_a_terminal_that_has_hung_up_is_broken() -> None:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    with closing(open_line(os.ttyname(theirs))) as line:
        os.close(theirs)
        assert isinstance(line, SerialLine)
        os.write(ours, b"kept")
        assert not line.is_broken()
        assert received(line, 4) == b"kept"
        os.close(ours)
        assert line.is_broken()
    assert line.is_broken()
