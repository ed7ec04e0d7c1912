"""The only bridge from working threads to widgets.

Create one `TaskRunner` on the GUI thread and leave it there: a signal of an object moved
to another thread would run lambdas on that thread.  The connection is queued even within
one thread, so nothing is delivered before the call that asked for it has returned.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import perf_counter
from typing import Any, ParamSpec, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.errors import AppError

logger = logging.getLogger(__name__)

SLOW_S = 0.050
"""A slot that holds the GUI thread longer than this is logged (ARCHITECTURE, Threads)."""

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class _Outcome:
    future: Future[Any]
    owner: QObject
    done: Callable[[Any], None]
    failed: Callable[[AppError], None]


@dataclass(frozen=True, slots=True)
class _Call:
    owner: QObject
    callback: Callable[..., None]
    arguments: tuple[Any, ...]


class TaskRunner(QObject):
    """Runs work on an executor and brings the outcome back to the GUI thread."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        executor: Executor,
        work: Callable[[], T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[AppError], None],
    ) -> Future[T]:
        """Run `work`; then `done(result)` or `failed(error)`, unless `owner` is gone or it was cancelled."""
        try:
            future = executor.submit(work)
        except RuntimeError:  # shut down: the program is ending, and nobody waits for this any more
            logger.debug("work dropped: the executor is shut down")
            future = Future()
            future.cancel()
            return future
        self.follow(future, owner=owner, done=done, failed=failed)
        return future

    def follow(
        self,
        future: Future[T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[AppError], None],
    ) -> None:
        """Like `run`, for work that is under way already (a device's own thread does it)."""
        future.add_done_callback(lambda f: self._emit(_Outcome(f, owner, done, failed)))

    def relay(self, callback: Callable[..., None], owner: QObject) -> Callable[..., None]:
        """A callable for any thread; `callback` gets its arguments on the GUI thread, while `owner` lives."""

        def hand_over(*arguments: Any) -> None:
            self._emit(_Call(owner, callback, arguments))

        return hand_over

    def paced(self, callback: Callable[..., None], owner: QObject, every_ms: int) -> Callable[..., None]:
        """Like `relay`, for news that come too often: the newest, once in `every_ms`; the last one always.

        Keep what it returns, and ask for it on the GUI thread.
        """
        return _Paced(self, callback, owner, every_ms).offer

    def _emit(self, what: "_Outcome | _Call") -> None:
        try:
            self._arrived.emit(what)
        except RuntimeError:  # the program is ending and the runner went first
            logger.debug("result dropped: the window is gone")

    @Slot(object)
    def _deliver(self, what: "_Outcome | _Call") -> None:
        if not shiboken6.isValid(what.owner):
            logger.debug("result dropped: nobody waits for it any more")
            return
        started = perf_counter()
        target = _call(what) if isinstance(what, _Call) else _settle(what)
        took = perf_counter() - started
        if took > SLOW_S:
            logger.warning("slow slot %s: %d ms", target, round(took * 1000))


class _Paced:
    """At most one hand-over is under way; what comes meanwhile takes the place of what waits."""

    def __init__(
        self, tasks: TaskRunner, callback: Callable[..., None], owner: QObject, every_ms: int
    ) -> None:
        self._callback = callback
        self._pause = QTimer(owner, singleShot=True, interval=every_ms)
        self._pause.timeout.connect(self._take)
        self._hand_over = tasks.relay(self._take, owner)
        self._lock = Lock()
        self._waiting: tuple[Any, ...] | None = None
        self._under_way = False

    def offer(self, *arguments: Any) -> None:
        with self._lock:
            self._waiting = arguments
            begin, self._under_way = not self._under_way, True
        if begin:
            self._hand_over()

    def _take(self) -> None:
        with self._lock:
            newest, self._waiting = self._waiting, None
            self._under_way = newest is not None
        if newest is not None:
            self._callback(*newest)
            self._pause.start()


def timed(slot: Callable[P, None]) -> Callable[P, None]:
    """A slot that is set off by a person: logged by name when it held the GUI thread too long."""

    @wraps(slot)
    def measured(*arguments: P.args, **named: P.kwargs) -> None:
        started = perf_counter()
        slot(*arguments, **named)
        took = perf_counter() - started
        if took > SLOW_S:
            logger.warning("slow slot %s: %d ms", _name(slot), round(took * 1000))

    return measured


def _call(call: _Call) -> str:
    call.callback(*call.arguments)
    return _name(call.callback)


def _settle(outcome: _Outcome) -> str:
    if outcome.future.cancelled():
        return ""
    error = outcome.future.exception()
    if error is None:
        outcome.done(outcome.future.result())
        return _name(outcome.done)
    if isinstance(error, AppError):
        outcome.failed(error)
        return _name(outcome.failed)
    raise error  # a bug: reaches sys.excepthook and the fault page


def _name(callback: Callable[..., None]) -> str:
    return str(getattr(callback, "__qualname__", callback.__class__.__name__))
