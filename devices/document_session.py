"""The page printer's session: prints documents on request, looks at the printer meanwhile.

A print never fails as a future: its outcome says what happened.  `drop_prints` takes back what has not come
out: a document that waits for its turn is never sent, one on its way is cancelled at the printer.
"""

import logging
import time
from concurrent.futures import Future
from dataclasses import replace
from threading import Event, Lock
from typing import Protocol

from app.domain.printing import DocumentOptions, PrintOutcome, PrintState
from app.errors import DeviceError, DeviceTimeoutError, StoppedByPersonError
from devices.driver import Condition
from devices.ipp_job import Tell
from devices.session import Session

LOOK_S = 10.0  # a printer asked more often would never fall asleep
_GRACE_S = 5.0

logger = logging.getLogger(__name__)


class DocumentPrinter(Protocol):
    """What a driver of a page printer offers."""

    def check(self) -> Condition: ...
    def print(
        self, pdf: bytes, options: DocumentOptions, deadline_s: float, dropped: Event, tell: Tell
    ) -> PrintOutcome: ...


class DocumentSession(Session[DocumentPrinter]):
    _pending: frozenset[Event] = frozenset()
    _pending_lock = Lock()

    def print(self, pdf: bytes, options: DocumentOptions, deadline_s: float) -> Future[PrintOutcome]:
        """UNKNOWN when the driver hangs, FAILED when it had not even begun.

        Tray and two sides are what `options` ask for, else what the station's settings say.
        """
        ends, dropped = time.monotonic() + deadline_s, Event()
        tray, duplex = options.tray or self.device.tray, options.duplex or self.device.duplex
        options = replace(options, tray=tray, duplex=duplex)
        self._keep(dropped, True)

        def late(started: bool) -> PrintOutcome:
            dropped.set()
            return PrintOutcome(PrintState.UNKNOWN if started else PrintState.FAILED, DeviceTimeoutError.code)

        future = self._worker.submit_bounded(
            lambda: self._print(pdf, options, ends, dropped), deadline_s + _GRACE_S, late
        )
        future.add_done_callback(lambda _done: self._keep(dropped, False))
        return future

    def drop_prints(self) -> None:
        """Returns at once; the outcomes say what it came to."""
        for dropped in self._pending:
            dropped.set()

    def close(self) -> None:
        self.drop_prints()
        super().close()

    def _keep(self, dropped: Event, on: bool) -> None:
        with self._pending_lock:
            self._pending = self._pending | {dropped} if on else self._pending - {dropped}

    def _tick(self, driver: DocumentPrinter) -> float:
        self._say(driver.check())
        return LOOK_S

    def _print(self, pdf: bytes, options: DocumentOptions, ends: float, dropped: Event) -> PrintOutcome:
        if dropped.is_set():
            return PrintOutcome(PrintState.FAILED, StoppedByPersonError.code)
        try:
            left_s = max(0.1, ends - time.monotonic())
            outcome = self._connected().print(pdf, options, left_s, dropped, self._say)
        except DeviceError as error:
            self._failed(error, connecting=True)
            return PrintOutcome(PrintState.FAILED, error.code)
        except Exception:
            # a bug in a driver; how much has left nobody knows
            logger.exception("printing failed")
            self._drop()
            return PrintOutcome(PrintState.UNKNOWN, DeviceError.code)
        self._worker.wake()  # it may have lost its paper, or come back
        return outcome
