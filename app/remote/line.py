"""HTTP to the gateway with limits that hold: a deadline for the whole call, a length for the answer.

The time-outs of an HTTP library are per read, so a server that drips one byte at a time keeps
a caller for ever, and looking a name up has no time-out at all.  Each call therefore runs on a
thread of its own; at the deadline the caller leaves and the call's socket is shut down, which
ends the thread.  Redirects are not followed and proxies of the environment not used: the
address in the settings is the address.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader, InvalidSchema, InvalidURL, MissingSchema, SSLError
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from app.errors import OfflineError, ProtocolError

CONNECT_S = 2.0
STALL_S = 10.0
SLOWEST_RATE = 1024  # bytes a second, over WINDOW_S: slower is as good as silent
WINDOW_S = 30.0
_CHUNK = 1 << 18
T = TypeVar("T")


class TooLongError(ProtocolError):
    """The answer goes on beyond what it may have."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` with lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Line:
    """One gateway's address; usable from several threads.  `window_s`: how long a stream may be slow."""

    def __init__(self, url: str, session: requests.Session | None = None, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._base = url.rstrip("/")
        self._session = session or requests.Session()
        self._session.trust_env = False
        self._session.mount(self._base, _WatchedAdapter())

    def exchange(
        self,
        method: str,
        path: str,
        *,
        deadline_s: float,
        limit: int,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request and its whole answer.  Raises OfflineError, ProtocolError (TooLongError)."""

        def call() -> Answer:
            response = self._send(method, path, headers, body, deadline_s)
            with response:
                return Answer(response.status_code, _lower(response), _read_all(response, limit))

        return _within(deadline_s, call)

    @contextmanager
    def stream(self, path: str, offset: int = 0) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """A long answer from `offset` on: its head, and its body as it comes in.

        Raises OfflineError, also while iterating, when nothing comes for STALL_S seconds or
        less than SLOWEST_RATE.
        """
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        response = _within(STALL_S, lambda: self._send("GET", path, headers, None, STALL_S))
        with response:
            yield Answer(response.status_code, _lower(response), b""), _paced(response, self._window_s)

    def _send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        deadline_s: float,
    ) -> requests.Response:
        with _translated():
            return self._session.request(
                method,
                f"{self._base}{path}",
                data=body,
                headers={"Accept-Encoding": "identity", **(headers or {})},
                timeout=(min(CONNECT_S, deadline_s), min(STALL_S, deadline_s)),
                allow_redirects=False,
                stream=True,
            )


def server_time(answer: Answer) -> float | None:
    """Seconds since 1970 by the answer's Date header."""
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(answer.headers["date"]).timestamp() if "date" in answer.headers else None
    return None


# -- reading -----------------------------------------------------------------------------------------


def _lower(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _read_all(response: requests.Response, limit: int) -> bytes:
    parts, size = [], 0
    for chunk in _chunks(response):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLongError(f"more than {limit} bytes")
    return b"".join(parts)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """What has arrived, as it arrives, undecoded."""
    declared = response.headers.get("Content-Length", "")
    missing = int(declared) if declared.isdigit() else None
    with _translated():
        while missing != 0:
            chunk = response.raw.read1(_CHUNK, decode_content=False)
            if not chunk:
                break
            missing = None if missing is None else missing - len(chunk)
            yield chunk
    if missing:
        raise OfflineError("the answer was cut off")


def _paced(response: requests.Response, window_s: float) -> Iterator[bytes]:
    """The chunks, as long as they come fast enough."""
    began, received = time.monotonic(), 0
    for chunk in _chunks(response):
        yield chunk
        received += len(chunk)
        elapsed = time.monotonic() - began
        if elapsed > window_s:
            if received < SLOWEST_RATE * elapsed:
                raise OfflineError("the answer comes too slowly")
            began, received = time.monotonic(), 0


# -- errors and deadline -------------------------------------------------------------------------------


@contextmanager
def _translated() -> Iterator[None]:
    """Every failure of the HTTP libraries becomes a RemoteError; addresses and bodies stay out of it."""
    try:
        yield
    except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
        raise _remote_error(error) from error


def _remote_error(error: BaseException) -> OfflineError | ProtocolError:
    name = type(error).__name__
    if isinstance(error, (SSLError, InvalidURL, InvalidSchema, MissingSchema, InvalidHeader)):
        return ProtocolError(name)
    for cause in _causes(error):
        cut_off = isinstance(cause, (RemoteDisconnected, IncompleteRead))
        if isinstance(cause, HTTPException) and not cut_off:
            return ProtocolError(type(cause).__name__)  # bytes came, but not HTTP
    return OfflineError(name)


def _causes(error: object) -> Iterator[BaseException]:
    """The error, and the ones the libraries wrapped into its arguments."""
    if isinstance(error, BaseException):
        yield error
        for argument in error.args:
            yield from _causes(argument)


def _within(deadline_s: float, call: Callable[[], T]) -> T:
    """The result of `call`, run on a thread of its own; OfflineError at the deadline."""
    watch, results = _Watch(), queue.SimpleQueue[tuple[T | None, BaseException | None]]()

    def run() -> None:
        _Watch.of_thread.watch = watch
        try:
            results.put((call(), None))
        except BaseException as error:  # handed to the caller, whatever it is
            results.put((None, error))

    threading.Thread(target=run, name="gateway-call", daemon=True).start()
    try:
        result, error = results.get(timeout=deadline_s)
    except queue.Empty:
        watch.abort()
        raise OfflineError(f"no whole answer within {deadline_s:g} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # the error is None, so this is a T


class _Watch:
    """The sockets one call uses, so that its deadline can shut them down."""

    of_thread: Any = threading.local()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[Any] = []
        self._aborted = False

    def add(self, sock: Any) -> None:
        with self._lock:
            self._sockets.append(sock)
            if self._aborted:
                _shut(sock)

    def abort(self) -> None:
        with self._lock:
            self._aborted = True
            for sock in self._sockets:
                _shut(sock)


def _shut(sock: Any) -> None:
    with suppress(OSError):
        sock.shutdown(2)  # SHUT_RDWR: a blocked read returns at once


def _register(sock: Any) -> None:
    watch = getattr(_Watch.of_thread, "watch", None)
    if watch is not None and sock is not None:
        watch.add(sock)


class _WatchedConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _register(self.sock)

    def getresponse(self) -> Any:
        _register(self.sock)  # a kept connection was opened by another call
        return super().getresponse()


class _WatchedTlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _register(self.sock)

    def getresponse(self) -> Any:
        _register(self.sock)
        return super().getresponse()


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _WatchedConnection


class _WatchedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTlsConnection


class _WatchedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _WatchedPool, "https": _WatchedTlsPool}
