"""One thread per device line.

A vendor library may never return.  A ThreadPoolExecutor would then keep the program
from exiting, for the interpreter joins its threads; this worker's thread is a daemon
and can be left behind.  Durable work (the store, the network) belongs on a
ThreadPoolExecutor, whose joining at exit is what it needs.

Between jobs the worker calls `idle`, which polls the device and says in how many
seconds it wants to be called again.  Meanwhile it calls `glance` now and then, which
costs next to nothing and says whether polling cannot wait.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, InvalidStateError
from typing import Any, TypeVar

_Job = tuple[Future[Any], Callable[[], Any]]
_T = TypeVar("_T")
_IDLE_AFTER_BUG_S = 5.0
GLANCE_S = 0.4

logger = logging.getLogger(__name__)


class DeviceWorker(Executor):
    """Runs the commands of one device, in order, on one daemon thread."""

    def __init__(
        self,
        name: str,
        idle: Callable[[], float] | None = None,
        glance: Callable[[], bool] = lambda: False,
    ) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._idle = idle
        self._glance = glance
        self._next_idle = time.monotonic()
        self._busy_since: float | None = None
        self._polling = False
        self._overdue: Future[Any] | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def busy_s(self) -> float:
        """How long the present command or poll has been running; 0.0 when idle."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def hangs(self, poll_s: float) -> bool:
        """Whether the present command has outlived its deadline, or the present poll so many seconds."""
        overdue = self._overdue
        return (overdue is not None and not overdue.done()) or (self._polling and self.busy_s > poll_s)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.put((future, lambda: fn(*args, **kwargs)))
        return future

    def submit_bounded(self, fn: Callable[[], _T], seconds: float, late: Callable[[bool], _T]) -> Future[_T]:
        """Like submit, but answered after `seconds` at the latest, even if the device's library hangs.

        `late(started)` makes the answer of a command that is overdue (it may raise); a command
        that had not started by then never will.
        """
        outer: Future[_T] = Future()
        inner: Future[_T] = self.submit(fn)

        def overdue() -> _T:
            started = not inner.cancel()
            if started:
                self._overdue = inner
            return late(started)

        timer = threading.Timer(seconds, lambda: _settle(outer, overdue))
        timer.daemon = True

        def finished(done: Future[_T]) -> None:
            timer.cancel()
            if not done.cancelled():
                _settle(outer, done.result)

        timer.start()
        inner.add_done_callback(finished)
        return outer

    def wake(self) -> None:
        """Have `idle` called now."""
        self.submit(self._idle_now)

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Stop after the commands already queued; never waits."""
        self._jobs.put(None)

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _idle_now(self) -> None:
        self._next_idle = time.monotonic()

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._until_idle())
            except queue.Empty:
                if time.monotonic() >= self._next_idle or self._cannot_wait():
                    self._run_idle()
                continue
            if job is None:
                return
            self._run(*job)

    def _cannot_wait(self) -> bool:
        try:
            return self._glance()
        except Exception:
            logger.exception("looking at a device failed")
            return False

    def _until_idle(self) -> float | None:
        if self._idle is None:
            return None
        return min(max(0.0, self._next_idle - time.monotonic()), GLANCE_S)

    def _run(self, future: Future[Any], command: Callable[[], Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        self._busy_since = time.monotonic()
        _settle(future, command)
        self._busy_since = None

    def _run_idle(self) -> None:
        assert self._idle is not None
        self._busy_since = time.monotonic()
        self._polling = True
        pause = _IDLE_AFTER_BUG_S
        try:
            pause = self._idle()
        except Exception:
            # a bug in a driver: said in the log, and the device goes on being served
            logger.exception("polling a device failed")
        finally:
            self._busy_since, self._polling = None, False
            self._next_idle = time.monotonic() + pause


def _settle(future: Future[_T], answer: Callable[[], _T]) -> None:
    """Give the future its result or its exception; whoever comes second changes nothing."""
    try:
        try:
            future.set_result(answer())
        except InvalidStateError:
            raise
        except BaseException as error:
            future.set_exception(error)
    except InvalidStateError:
        logger.debug("an answer came too late")
