"""Requests of the Internet Printing Protocol over HTTP (RFC 8010, 4), with deadlines that hold.

    ipp://host[:631]/path       plain HTTP
    ipps://host[:631]/path      over TLS; `#sha256=HEX` at the end: only to the printer with this certificate
    cups:QUEUE                  the spooler of this machine: its own socket where there is one, else port 631

Printers sign their certificates themselves, so without a fingerprint TLS keeps secrets from listeners only.
One connection a request: many printers hang up after each, and a poll is rare.  Every read gets what is left
until the deadline, so that an answer that drips holds nobody.  The spooler's own socket is asked as the user
we run as (`PeerCred`, CUPS): only so may we take our jobs back.
"""

import getpass
import hashlib
import hmac
import http.client
import io
import os
import socket
import ssl
import time
from dataclasses import dataclass
from enum import IntEnum
from itertools import count
from urllib.parse import quote, unquote, urlsplit

from app.errors import DeviceNotFoundError, DeviceProtocolError, DeviceTimeoutError
from devices import ipp_codec as ipp
from devices.ipp_codec import Attributes, Group, GroupTag, Message, Tag, Value, Values
from devices.line import connect

PORT = 631
CUPS_SOCKET = "/run/cups/cups.sock"
DEFAULT_S = 5.0
USER = "service-hall"  # what a printer's panel and log say; never a person's name
_LARGEST_ANSWER = 4 << 20
_FIRST_ERROR = 0x0400
_PATHS = {"": "/ipp/print", "/": "/ipp/print"}


class Operation(IntEnum):
    """RFC 8011, 5.4.15."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CANCEL_JOB = 0x0008
    GET_JOB = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER = 0x000B
    CUPS_GET_PRINTERS = 0x4002  # of a spooler


@dataclass(frozen=True, slots=True)
class Target:
    """Where a printer is.  `uri`: what it is called inside the messages; `pipe`: the spooler's own socket."""

    host: str
    port: int
    path: str
    uri: str
    tls: bool = False
    fingerprint: str = ""
    pipe: str = ""
    spooler: bool = False


def target_of(line: str, pipe: str = CUPS_SOCKET) -> Target:
    """Raises DeviceNotFoundError for what is no address."""
    if line.startswith("cups:"):
        path = f"/printers/{quote(line.removeprefix('cups:').strip('/'))}"
        here = pipe if os.path.exists(pipe) and hasattr(socket, "AF_UNIX") else ""  # noqa: PTH110
        return Target("localhost", PORT, path, f"ipp://localhost{path}", pipe=here, spooler=True)
    try:
        parts = urlsplit(line)
        host, port = parts.hostname, parts.port or PORT
    except ValueError as error:
        raise DeviceNotFoundError("not an address") from error
    if parts.scheme not in ("ipp", "ipps") or not host:
        raise DeviceNotFoundError("not an address of a printer")
    path = _PATHS.get(parts.path, parts.path)
    name = f"[{host}]" if ":" in host else host
    uri = f"{parts.scheme}://{name}:{port}{path}"
    pin = unquote(parts.fragment).lower().removeprefix("sha256=").replace(":", "")
    return Target(host, port, path, uri, parts.scheme == "ipps", pin, spooler=path.startswith("/printers/"))


class IppRefusedError(DeviceProtocolError):
    """The printer understood and said no: a status of RFC 8011, appendix B."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused: {status:#06x}")
        self.status = status


class IppClient:
    """One printer.  `sent` counts the bytes of messages handed over, as a line does."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.user = getpass.getuser() if target.pipe else USER
        self.sent = 0
        self._requests = count(1)

    def ask(
        self,
        operation: Operation,
        attributes: Attributes | None = None,
        job: Attributes | None = None,
        data: bytes = b"",
        deadline_s: float = DEFAULT_S,
    ) -> Message:
        """One operation on this printer; `attributes` of the operation, `job` of the job it makes.

        Raises what `exchange` raises, IppRefusedError for a status that is no success.
        """
        asked: dict[str, Values] = {
            "attributes-charset": (Value(Tag.CHARSET, "utf-8"),),
            "attributes-natural-language": (Value(Tag.LANGUAGE, "en"),),
            "printer-uri": (Value(Tag.URI, self.target.uri),),
            "requesting-user-name": (Value(Tag.NAME, self.user),),
        }
        wanted = attributes or {}
        if "job-id" in wanted:  # belongs next to its printer (RFC 8011, 4.1.5)
            asked = {**dict(list(asked.items())[:3]), "job-id": wanted["job-id"], **asked}
        groups = [Group(GroupTag.OPERATION, {**asked, **wanted})]
        if job:
            groups.append(Group(GroupTag.JOB, job))
        answer = self.exchange(Message(operation, next(self._requests), tuple(groups), data), deadline_s)
        if answer.code >= _FIRST_ERROR:
            raise IppRefusedError(answer.code)
        return answer

    def exchange(self, message: Message, deadline_s: float = DEFAULT_S) -> Message:
        """One request and its answer.

        Raises DeviceNotFoundError (nobody there, hung up, wrong path), DeviceTimeoutError,
        DeviceProtocolError (IppRefusedError).
        """
        connection = _Connection(self, time.monotonic() + deadline_s)
        try:
            return ipp.decode(self._post(connection, ipp.encode(message)))
        except TimeoutError as error:
            raise DeviceTimeoutError("the printer does not answer") from error
        except ssl.SSLError as error:
            raise DeviceProtocolError(f"TLS: {error.reason}") from error
        except http.client.RemoteDisconnected as error:
            raise DeviceNotFoundError("the printer hung up") from error
        except (http.client.HTTPException, ValueError) as error:
            raise DeviceProtocolError("no answer of a printer") from error
        except OSError as error:
            raise DeviceNotFoundError(f"broken: {error}") from error
        finally:
            connection.hang_up()

    def close(self) -> None:
        """Nothing is kept open between requests."""

    def _post(self, connection: "_Connection", body: bytes) -> bytes:
        headers = {"Content-Type": "application/ipp", "User-Agent": USER}
        if self.target.pipe:
            headers["Authorization"] = f"PeerCred {self.user}"
        connection.request("POST", self.target.path, body, headers)
        answer = connection.getresponse()
        if answer.status in (404, 410):
            raise DeviceNotFoundError("no printer at this path")
        if answer.status != 200:
            raise DeviceProtocolError(f"HTTP {answer.status}")
        data = answer.read(_LARGEST_ANSWER + 1)
        if len(data) > _LARGEST_ANSWER:
            raise DeviceProtocolError("an endless answer")
        return data


class _Connection(http.client.HTTPConnection):
    def __init__(self, client: IppClient, ends: float) -> None:
        super().__init__(client.target.host, client.target.port)
        self._client, self._ends = client, ends
        self._line: socket.socket | None = None

    def hang_up(self) -> None:
        self.close()
        if self._line is not None:
            self._line.close()

    def connect(self) -> None:
        target = self._client.target
        plain = _pipe(target.pipe, self._ends) if target.pipe else connect(target.host, target.port)
        self._line = _secured(plain, target, self._ends) if target.tls else plain
        self.sock = _TimedSocket(self._line, self._ends, self._client)


def _pipe(path: str, ends: float) -> socket.socket:
    pipe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        pipe.settimeout(_left(ends))
        pipe.connect(path)
    except BaseException:
        pipe.close()
        raise
    return pipe


def _secured(plain: socket.socket, target: Target, ends: float) -> socket.socket:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain.settimeout(_left(ends))
    try:
        secure = context.wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise
    shown = hashlib.sha256(secure.getpeercert(binary_form=True) or b"").hexdigest()
    if target.fingerprint and not hmac.compare_digest(shown, target.fingerprint):
        secure.close()
        raise DeviceProtocolError("another printer's certificate")
    return secure


def _left(ends: float) -> float:
    left_s = ends - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


class _TimedSocket:
    """What http.client wants of a socket; every read and write ends at the deadline."""

    def __init__(self, sock: socket.socket, ends: float, client: IppClient) -> None:
        self._socket, self._ends, self._client = sock, ends, client

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(_left(self._ends))
        self._client.sent += len(data)  # before: how much of a stalled piece left nobody can tell
        self._socket.sendall(data)  # its time-out is for the whole

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket, self._ends))

    def close(self) -> None:
        """Not yet: http.client closes as soon as it has read the head, and goes on reading the body."""


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._socket, self._ends = sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._socket.settimeout(_left(self._ends))
        return self._socket.recv_into(buffer)  # type: ignore[arg-type]
