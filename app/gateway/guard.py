"""The outermost layer: size limit, security headers, and one log line a request.

The line holds method, route template, status, milliseconds: never a path as it was typed (a
receipt's token is in one), never a body, never an address.
"""

import asyncio
import logging
import time
from collections import deque
from threading import Lock
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.gateway.faults import Fault, body_of

LARGEST_BODY = 1 << 20
BODY_S = 30.0
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
_log = logging.getLogger("app.gateway.requests")


class _TooLargeError(Exception):
    pass


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        try:
            await self._limited(scope, receive, answering)
        finally:
            _note(scope, status, time.monotonic() - started)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body here, whole and bounded, and hand it on: a chunked one has no length to trust."""
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(scope, receive)
        except (_TooLargeError, TimeoutError) as error:
            fault = Fault.TOO_SLOW if isinstance(error, TimeoutError) else Fault.TOO_LARGE
            # closing is what ends a sender who would go on
            refusal = JSONResponse(body_of(fault), fault.status, {"Connection": "close"})
            await refusal(scope, receive, send)
            return
        messages = deque([{"type": "http.request", "body": body, "more_body": False}])

        async def replay() -> Message:
            return messages.popleft() if messages else await receive()

        await self._app(scope, replay, send)


class FailureBrake:
    """After `limit` failures within a minute, an address has to wait: codes are not for guessing."""

    def __init__(self, limit: int = 10, window_s: float = 60.0) -> None:
        self._limit, self._window = limit, window_s
        self._failures: dict[str, deque[float]] = {}
        self._lock = Lock()

    def blocked(self, address: str) -> bool:
        with self._lock:
            return len(self._recent(address)) >= self._limit

    def failed(self, address: str) -> None:
        with self._lock:
            self._recent(address).append(time.monotonic())
            if len(self._failures) > 10_000:  # many addresses: forget those that are past
                self._failures = {a: d for a in list(self._failures) if (d := self._recent(a))}

    def _recent(self, address: str) -> deque[float]:
        kept = self._failures.setdefault(address, deque())
        while kept and kept[0] < time.monotonic() - self._window:
            kept.popleft()
        return kept


async def _body(scope: Scope, receive: Receive) -> bytes:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise _TooLargeError
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            raise _TooLargeError
        more = message.get("more_body", False)
    return b"".join(parts)


def _note(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    template = getattr(route, "path", "-")
    line = {"method": scope["method"], "route": template, "status": status, "ms": round(seconds * 1000)}
    level = logging.ERROR if status >= 500 else logging.INFO
    _log.log(level, "%(method)s %(route)s %(status)d %(ms)d ms", line)
