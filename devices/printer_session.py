"""The receipt printer's session: prints on request, looks at paper and cover meanwhile.

A print never fails as a future: its outcome says what happened.  An outcome FAILED for want
of a line means that nothing has left, so it is tried once more on a fresh line: a printer on
the network may have hung up on us hours ago.
"""

import logging
import time
from concurrent.futures import Future
from typing import Protocol

from app.domain.printing import PrintOutcome, PrintState
from app.errors import DeviceError, DeviceNotFoundError, DeviceTimeoutError
from devices.driver import Condition
from devices.session import Session

LOOK_S = 2.0
_GRACE_S = 3.0

logger = logging.getLogger(__name__)


class ReceiptPrinter(Protocol):
    """What a driver of a receipt printer offers."""

    def check(self) -> Condition: ...
    def print(self, data: bytes, deadline_s: float) -> PrintOutcome: ...


class PrinterSession(Session[ReceiptPrinter]):
    def print(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        """UNKNOWN when the printer's library hangs, FAILED when it had not even begun."""
        ends = time.monotonic() + deadline_s
        return self._worker.submit_bounded(
            lambda: self._print(data, ends), deadline_s + _GRACE_S, _overdue_outcome
        )

    def _tick(self, driver: ReceiptPrinter) -> float:
        self._say(driver.check())
        return LOOK_S

    def _print(self, data: bytes, ends: float) -> PrintOutcome:
        was_open = self._driver is not None
        outcome = self._print_once(data, ends)
        if outcome == _NOT_FOUND and was_open:
            outcome = self._print_once(data, ends)
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
