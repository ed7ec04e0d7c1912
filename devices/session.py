"""One device of the station from start to end: connecting, polling, breaking, healing.

A session owns the worker thread of its device.  Everything with a leading underscore runs
there; the public methods may be called from anywhere and return at once.

The line is opened when it can be and reopened with a growing pause (0.5 → 10 s), at once
when a person asks and as soon as something is plugged in again.  A failure is said once, and
its end once: health events come only when something has changed.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from app.domain.device import DeviceEvent, DeviceHealth, DeviceStatus
from app.errors import (
    DeviceBusyError,
    DeviceError,
    DeviceNotFoundError,
    DeviceProtocolError,
    DeviceServiceError,
    DeviceTimeoutError,
)
from app.ports import Clock
from devices.auto_line import SEEKERS
from devices.change_log import ChangeLog
from devices.driver import IN_USE, Condition, SelfTesting, condition_of, why_closed
from devices.line import Line, Watchable
from devices.plugged import is_auto, is_network, token_of
from devices.registry import DeviceLine, entry_for
from devices.worker import DeviceWorker

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 10.0)
PROBE_S = 15.0
SELF_TEST_S = 30.0
_SERVICE_PAUSE_S = 10.0  # between two questions to a device that needs service
_BUSY_S = 10.0  # a command that runs longer is worth saying

logger = logging.getLogger(__name__)


class Driver(Protocol):
    def check(self) -> Condition: ...


_D = TypeVar("_D", bound=Driver)
Emit = Callable[[DeviceEvent], None]


class Session(ABC, Generic[_D]):
    """What the sessions of all kinds have in common."""

    def __init__(self, device: DeviceLine, clock: Clock, emit: Emit) -> None:
        """Raises SettingsError for an unknown driver."""
        entry_for(device)
        self.device = device
        self._seeker = SEEKERS.of(device) if is_auto(device.line) else None
        self._on = device  # with the line and speed it is on now
        self._token = token_of(device.line)
        self._log = ChangeLog(device.kind.value)
        self._clock = clock
        self._emit = emit
        self._line: Line | None = None
        self._driver: _D | None = None
        self._failures = 0
        self._closing = False
        self._health = DeviceHealth(
            device.kind,
            DeviceStatus.STARTING,
            since=clock.now(),
            driver=device.driver,
            line=device.line,
            simulated=device.simulated,
        )
        self._worker = DeviceWorker(f"device-{device.kind.value}", self._idle, self._glance)

    @property
    def health(self) -> DeviceHealth:
        """The last known state; of one that was well: BUSY while it works long, OFFLINE while it hangs."""
        health = self._health
        if health.status is not DeviceStatus.ONLINE:
            return health
        if self._worker.hangs(_BUSY_S):
            return replace(health, status=DeviceStatus.OFFLINE, reason=DeviceTimeoutError.code)
        return replace(health, status=DeviceStatus.BUSY) if self._worker.busy_s > _BUSY_S else health

    def probe(self) -> Future[DeviceHealth]:
        """Ask the device now."""
        return self._worker.submit_bounded(self._probe, PROBE_S, lambda started: self.health)

    def self_test(self) -> Future[DeviceHealth]:
        """Have the device show that it works; fails with DeviceError."""
        return self._worker.submit_bounded(self._self_test, SELF_TEST_S, _raise_overdue)

    def later(self, job: Callable[[], None]) -> None:
        """Have something done on the device's own thread."""
        self._worker.submit(job)

    def close(self) -> None:
        """Begin to close; the worker closes the line when it gets there."""
        self._closing = True
        self._worker.submit(self._leave)
        self._worker.shutdown()

    def join(self, timeout_s: float) -> None:
        self._worker.join(timeout_s)

    @abstractmethod
    def _tick(self, driver: _D) -> float:
        """One round of polling on a connected device; returns seconds until the next.  Raises DeviceError."""

    def _idle(self) -> float:
        if self._closing:
            return PAUSES_S[-1]
        connecting = self._driver is None
        self._token = token_of(self.device.line)  # before: what comes while we try must not be missed
        try:
            if self._is_broken():
                raise DeviceNotFoundError("the line broke")
            return self._tick(self._connected())
        except DeviceError as error:
            return self._failed(error, connecting and self._driver is None)
        except Exception:
            # a bug in a driver: said in the log, and the device starts anew
            logger.exception("%s failed", self.device.kind.value)
            return self._failed(DeviceProtocolError("a bug"), connecting=True)

    def _glance(self) -> bool:
        """Whether to poll now instead of waiting: something was plugged in or out, or the line broke."""
        self._log.settle()
        if self._closing:
            return False
        if token_of(self.device.line) != self._token:
            return True
        if self._line is None:
            return is_network(self.device.line)  # nothing but a try can tell
        return self._is_broken()

    def _is_broken(self) -> bool:
        return isinstance(self._line, Watchable) and self._line.is_broken()

    def _connected(self) -> _D:
        """The driver, on a line opened now if need be.  Raises DeviceError."""
        if self._driver is None:
            self._drop()
            self._line = self._open()
            driver: _D = entry_for(self._on).make(self._line, self._on)
            self._say(driver.check())
            self._driver = driver
            self._failures = 0
        return self._driver

    def _open(self) -> Line:
        if self._seeker is not None:
            self._on = self._seeker.seek(lambda: self._closing)
        entry = entry_for(self._on)
        try:
            line: Line = entry.open(self._on, self._on.baudrate or entry.baudrate)
        except DeviceNotFoundError as error:
            if why_closed(error) == IN_USE:
                raise DeviceBusyError("another program has the line", holder="program") from error
            raise
        return line

    def _failed(self, error: DeviceError, connecting: bool) -> float:
        """Say it, let go of the line, and return the pause before the next try."""
        del connecting  # for sessions in which somebody waits
        self._say(condition_of(error))
        self._drop()
        pause = PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        self._failures += 1
        return _SERVICE_PAUSE_S if isinstance(error, DeviceServiceError) else pause

    def _drop(self) -> None:
        line, self._line, self._driver = self._line, None, None
        if line is not None:
            line.close()
        if self._seeker is not None:
            self._seeker.lost()
            self._on = self.device

    def _probe(self) -> DeviceHealth:
        try:
            self._say(self._connected().check())
        except DeviceError as error:
            self._failed(error, connecting=True)
        return self._health

    def _leave(self) -> None:
        self._drop()
        if self._seeker is not None:
            self._seeker.close()

    def _self_test(self) -> DeviceHealth:
        try:
            driver = self._connected()
            self._say(driver.self_test() if isinstance(driver, SelfTesting) else driver.check())
        except (DeviceNotFoundError, DeviceTimeoutError, DeviceProtocolError, DeviceBusyError) as error:
            self._failed(error, connecting=True)
            raise
        finally:
            self._worker.wake()
        return self._health

    def _say(self, condition: Condition) -> None:
        """Keep a condition as health, and tell it when it is news."""
        before = self._health
        online = condition.status is DeviceStatus.ONLINE
        simulated = self.device.simulated or condition.simulated or (before.simulated and not online)
        now = replace(
            before,
            status=condition.status,
            reason=condition.reason,
            line=self._on.line,
            facts=condition.facts,
            simulated=simulated,
            capabilities=condition.capabilities or before.capabilities,
        )
        if now == before:
            return
        self._health = replace(
            now, since=self._clock.now() if now.status is not before.status else before.since
        )
        if now.reason != before.reason:
            self._log.changed(now.reason)
        self._emit(self._health)


def overdue(started: bool) -> DeviceTimeoutError:
    return DeviceTimeoutError("the device hangs" if started else "the device is busy")


def _raise_overdue(started: bool) -> DeviceHealth:
    raise overdue(started)
