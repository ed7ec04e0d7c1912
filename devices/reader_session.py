"""The ID reader's session: cards as events while somebody watches, or one card for somebody who waits.

Both need the same polling, so there is one: find every 300 ms while anybody wants a card.  A card
goes to those who wait for it, else to the listeners.  A card that will not read is said once, then
tried again more slowly until it reads or is lifted.

Listeners hear of a card once as long as it lies there, and again as soon as it is laid down anew: find says
"no card" of one that was read, until it is lifted (DEVICES, A4).  Readers that give it out again and again
show themselves by doing so; they are felt with find alone, and read in full once a second.
"""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from app.domain.device import CardRead, DeviceStatus, DeviceTrouble
from app.domain.identity import IdentityDocument
from app.errors import (
    CardUnreadableError,
    CardUnsupportedError,
    DeviceError,
    DeviceProtocolError,
    DeviceTimeoutError,
    NoCardError,
)
from app.ports import Clock
from devices.driver import Condition
from devices.registry import DeviceLine
from devices.sdt_reader import POLL_S, Cancelled, CancelSignal
from devices.session import Emit, Session, overdue

CHECK_S = 5.0  # between two questions to a reader nobody watches
_SLOW_POLL_S = 1.0  # between two reads of a card that will not read, or is given out again and again
_LOOK_S = 0.1  # how soon it is noticed that a wait is over


class CardReader(Protocol):
    """What a driver of an ID reader offers."""

    def check(self) -> Condition: ...
    def read(self, cancelled: CancelSignal) -> CardRead | None: ...


@runtime_checkable
class Feeling(Protocol):
    """A driver that can tell whether a card lies there without reading it."""

    def feels(self, cancelled: CancelSignal) -> bool: ...


@dataclass(eq=False)
class _Wait:
    ends: float
    cancelled: threading.Event
    future: Future[CardRead] = field(default_factory=Future)
    breaks: int = 0

    def give(self, read: CardRead) -> None:
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_result(read)

    def fail(self, error: DeviceError) -> None:
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


class ReaderSession(Session[CardReader]):
    def __init__(self, device: DeviceLine, clock: Clock, emit: Emit) -> None:
        self._lock = threading.Lock()
        self._waits: list[_Wait] = []
        self._watched = False
        self._troubled = False
        self._blind = False  # the last look for a card failed, whatever the reader says of itself
        self._held: Condition | None = None
        self._lying: IdentityDocument | None = None  # told already, and not lifted since
        self._repeats = False  # it was given out once more while it lay there
        self._last_poll = self._last_read = float("-inf")
        super().__init__(device, clock, emit)

    def watch(self, on: bool) -> None:
        self._watched = on
        self._worker.wake()

    def read_card(self, deadline_s: float, cancelled: threading.Event) -> Future[CardRead]:
        wait = _Wait(time.monotonic() + deadline_s, cancelled)
        with self._lock:
            self._waits.append(wait)
        threading.Thread(target=self._guard, args=(wait,), name="device-wait", daemon=True).start()
        self._worker.wake()
        return wait.future

    def close(self) -> None:
        super().close()
        for wait in self._take_waits():
            wait.fail(NoCardError("the program is closing"))

    def is_set(self) -> bool:
        """The cancel signal the driver looks at every few hundredths of a second."""
        return self._closing or not self._wanted

    @property
    def _wanted(self) -> bool:
        return self._watched or bool(self._waits)

    def _tick(self, driver: CardReader) -> float:
        if not self._wanted:
            self._say(driver.check())
            return CHECK_S
        if not self._until_poll_s:
            self._poll(driver)
            self._last_poll = time.monotonic()
        return self._until_poll_s

    @property
    def _until_poll_s(self) -> float:
        """Reckoned anew each time: somebody who begins to wait cuts a slow pause short."""
        return max(0.0, self._last_poll + self._pause_s - time.monotonic())

    @property
    def _pause_s(self) -> float:
        slow = self._troubled or (self._repeats and not isinstance(self._driver, Feeling))
        return _SLOW_POLL_S if slow and not self._waits else POLL_S

    def _poll(self, driver: CardReader) -> None:
        try:
            if self._still_lies(driver):
                return
            read = driver.read(self)
        except (CardUnreadableError, CardUnsupportedError) as error:
            self._sees()
            self._tell_trouble(error)
            return
        except Cancelled:
            return
        except (DeviceProtocolError, DeviceTimeoutError):
            self._blind = True
            raise
        self._sees()
        self._troubled, self._last_read = False, time.monotonic()
        self._repeats = read is not None and read.document == self._lying
        if read is not None:
            self._deliver(read)
        self._lying = read.document if read is not None else None

    def _still_lies(self, driver: CardReader) -> bool:
        """Of a card that is given out again and again: felt only, until it is time to read it once more."""
        if not self._repeats or self._waits or not isinstance(driver, Feeling):
            return False
        if time.monotonic() >= self._last_read + _SLOW_POLL_S:
            return False
        felt = driver.feels(self)
        self._sees()
        if not felt:
            self._lying, self._repeats = None, False
        return felt

    def _say(self, condition: Condition) -> None:
        """A reader that tells who it is and fails at every look for a card is not well until one succeeds."""
        if self._blind and self._wanted and condition.status is DeviceStatus.ONLINE:
            self._held = condition
        else:
            super()._say(condition)

    def _sees(self) -> None:
        held, self._held, self._blind = self._held, None, False
        if held is not None:
            self._say(held)

    def _deliver(self, read: CardRead) -> None:
        """Some readers give a card out again and again until it is lifted: listeners hear of it once."""
        waits = self._take_waits()
        for wait in waits:
            wait.give(read)
        if not waits and self._watched and read.document != self._lying:
            self._emit(read)

    def _drop(self) -> None:
        super()._drop()
        self._lying, self._repeats = None, False

    def _tell_trouble(self, error: DeviceError) -> None:
        waits = self._take_waits()
        for wait in waits:
            wait.fail(error)
        if not waits and not self._troubled:
            self._emit(DeviceTrouble(self.device.kind, error.code))
        self._troubled = True

    def _failed(self, error: DeviceError, connecting: bool) -> float:
        """Those who wait are told at once; a line that broke while open gets one more chance first."""
        pause = super()._failed(error, connecting)
        again = False
        for wait in self._take_waits():
            lost = isinstance(error, (DeviceProtocolError, DeviceTimeoutError)) or connecting
            if lost or wait.breaks or self._closing:
                wait.fail(error)
                continue
            wait.breaks += 1
            again = True
            with self._lock:
                self._waits.append(wait)
        return 0.0 if again else pause

    def _take_waits(self) -> list[_Wait]:
        with self._lock:
            waits, self._waits = self._waits, []
        return waits

    def _guard(self, wait: _Wait) -> None:
        """A thread of its own for each wait: deadline and cancel hold even while the device hangs."""
        while not wait.future.done() and time.monotonic() < wait.ends:
            if wait.cancelled.wait(min(_LOOK_S, max(0.0, wait.ends - time.monotonic()))):
                self._end(wait, NoCardError("cancelled"))
        silent = self._health.status is not DeviceStatus.ONLINE
        self._end(wait, overdue(True) if silent else NoCardError("no card before the deadline"))

    def _end(self, wait: _Wait, error: DeviceError) -> None:
        """Whoever takes a wait off the list answers it, so it is answered once."""
        with self._lock:
            if wait not in self._waits:
                return
            self._waits.remove(wait)
        wait.fail(error)
