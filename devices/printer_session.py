"""The receipt printer's session: prints on request, looks at paper and cover meanwhile.

A print never fails as a future: its outcome says what happened.  An outcome FAILED for want
of a line means that nothing has left, so it is tried once more on a fresh line: a printer on
the network may have hung up on us hours ago.

A printer that tells of changes by itself is listened to all the time; every other is looked at
every two seconds.
"""

import logging
import time
from concurrent.futures import Future
from typing import Protocol, runtime_checkable

from app.domain.printing import PrintOutcome, PrintState, SlipPaper
from app.errors import DeviceError, DeviceNotFoundError, DeviceTimeoutError
from app.ports import Clock
from devices.driver import Condition
from devices.printer_profiles import line_rate, profile
from devices.registry import DeviceLine
from devices.session import Emit, Session

LOOK_S = 2.0
LISTEN_S = 0.1  # between two moments of listening: what news waits at most
_GRACE_S = 3.0

logger = logging.getLogger(__name__)


class ReceiptPrinter(Protocol):
    """What a driver of a receipt printer offers."""

    def check(self) -> Condition: ...
    def print(self, data: bytes, deadline_s: float) -> PrintOutcome: ...


@runtime_checkable
class SpeaksUp(Protocol):
    """A driver whose printer may tell of a change between two looks."""

    @property
    def speaks_up(self) -> bool: ...
    def news(self) -> Condition | None: ...


class PrinterSession(Session[ReceiptPrinter]):
    def __init__(self, device: DeviceLine, clock: Clock, emit: Emit) -> None:
        """Raises SettingsError for an unknown driver or profile."""
        self._profile = profile(device.profile)
        self._next_look = 0.0
        self._listening = False
        super().__init__(device, clock, emit)

    @property
    def paper(self) -> SlipPaper:
        """What a slip for this printer has to be composed for."""
        return self._profile.paper(self.device.width_mm)

    def print(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        """UNKNOWN when the printer's library hangs, FAILED when it had not even begun.

        `deadline_s` is what may be waited beyond the time the bytes take on the line and on paper.
        """
        rate = line_rate(self._on.line, self._on.baudrate)
        deadline_s += self._profile.seconds_for(len(data), rate)
        ends = time.monotonic() + deadline_s
        return self._worker.submit_bounded(
            lambda: self._print(data, ends), deadline_s + _GRACE_S, _overdue_outcome
        )

    def _glance(self) -> bool:
        """Left alone while the printer is listened to: a glance drops what it reads."""
        return (self._driver is None or not self._listening) and super()._glance()

    def _tick(self, driver: ReceiptPrinter) -> float:
        speaker: SpeaksUp | None = driver if isinstance(driver, SpeaksUp) and driver.speaks_up else None
        now = time.monotonic()
        if speaker is None or now >= self._next_look:
            self._next_look = now + LOOK_S
            self._say(driver.check())
        elif (news := speaker.news()) is not None:
            self._say(news)
        self._listening = isinstance(driver, SpeaksUp) and driver.speaks_up
        return LISTEN_S if self._listening else LOOK_S

    def _print(self, data: bytes, ends: float) -> PrintOutcome:
        was_open = self._driver is not None
        outcome = self._print_once(data, ends)
        if outcome == _NOT_FOUND and was_open:
            outcome = self._print_once(data, ends)
        self._next_look = 0.0
        self._worker.wake()  # the paper may have come to its end
        return outcome

    def _print_once(self, data: bytes, ends: float) -> PrintOutcome:
        try:
            outcome = self._connected().print(data, max(0.1, ends - time.monotonic()))
        except DeviceError as error:
            self._failed(error, connecting=True)
            return PrintOutcome(PrintState.FAILED, error.code)
        except Exception:
            # a bug in a driver; how much has left nobody knows
            logger.exception("printing failed")
            self._drop()
            return PrintOutcome(PrintState.UNKNOWN, DeviceError.code)
        if outcome.reason == DeviceNotFoundError.code:
            self._failed(DeviceNotFoundError("broke while printing"), connecting=False)
        return outcome


_NOT_FOUND = PrintOutcome(PrintState.FAILED, DeviceNotFoundError.code)


def _overdue_outcome(started: bool) -> PrintOutcome:
    return PrintOutcome(PrintState.UNKNOWN if started else PrintState.FAILED, DeviceTimeoutError.code)
