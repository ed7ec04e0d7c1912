"""The little of HTTP/1.1 an emulated printer needs: one request a connection, then `Connection: close`.

Bodies by Content-Length or chunked (RFC 9112, 7.1), and `Expect: 100-continue`, which printing clients send.
"""

import time
from dataclasses import dataclass
from threading import Event

from devices.emulators.server import Wire

_PATIENCE_S = 15.0
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    body: bytes


class _Source:
    """Bytes of the wire on demand; EOFError when the client goes or is too slow."""

    def __init__(self, wire: Wire, stop: Event) -> None:
        self._wire, self._stop = wire, stop
        self._kept = b""
        self._ends = time.monotonic() + _PATIENCE_S

    def _more(self) -> None:
        data = self._wire.receive()
        if data is None or self._stop.is_set() or time.monotonic() > self._ends:
            raise EOFError
        self._kept += data

    def until(self, mark: bytes) -> bytes:
        while mark not in self._kept:
            self._more()
        part, _, self._kept = self._kept.partition(mark)
        return part

    def exactly(self, count: int) -> bytes:
        while len(self._kept) < count:
            self._more()
        part, self._kept = self._kept[:count], self._kept[count:]
        return part


def read_request(wire: Wire, stop: Event) -> Request | None:
    """The next request; None when there is none."""
    source = _Source(wire, stop)
    try:
        first, *lines = source.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        method, path, *_ = (*first.split(), "", "")
        if headers.get("expect", "").lower() == "100-continue":
            wire.send(_CONTINUE)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Request(method, path, _chunks(source))
        return Request(method, path, source.exactly(int(headers.get("content-length") or 0)))
    except (EOFError, ValueError):
        return None


def _chunks(source: _Source) -> bytes:
    body = b""
    while size := int(source.until(b"\r\n").partition(b";")[0], 16):
        body += source.exactly(size)
        source.until(b"\r\n")
    source.until(b"\r\n")
    return body


def response(status: int, body: bytes, length: int | None = None) -> bytes:
    """A whole answer, or its head with the `length` of what will follow."""
    size = len(body) if length is None else length
    head = (
        f"HTTP/1.1 {status} -",
        "Content-Type: application/ipp",
        f"Content-Length: {size}",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + body
