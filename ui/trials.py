"""Having a device show that it works: asked, tested, or tried by a person; for all pages that offer it."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.device import DeviceHealth, DeviceKind
from app.domain.printing import PrintOutcome, PrintState
from app.errors import AppError, DeviceTimeoutError
from app.services.device_test import test_device
from app.services.printing import PRINTERS
from app.services.readiness import Trial
from ui.desk import Desk

PROBE, SELF, READ, SCAN = "probe", "self", "read", "scan"
READ_S = SCAN_S = 15
_PAPERS = {printer: form for form, printer in PRINTERS.items()}
BY_HAND = {  # what a row of the readiness sheet offers
    "read": READ,
    "page": SELF,
    "scan": SCAN,
}


@dataclass(frozen=True, slots=True)
class Tried:
    """`what` was done, and how it ended: `code` of the error ("" well, with the health it showed).

    `doubt`: a page was sent, and only a person can see whether it came out.
    """

    what: str
    at: datetime
    code: str = ""
    values: tuple[tuple[str, object], ...] = ()
    health: DeviceHealth | None = None
    doubt: bool = False


class Trials(QObject):
    """One thing a device at a time; `changed` whenever something begins or ends."""

    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        parent: QObject | None = None,
        told: Callable[[DeviceKind], DeviceHealth | None] = lambda _kind: None,
    ) -> None:
        """`told`: how a device is that lives in the window itself, and so is asked there."""
        super().__init__(parent)
        self._desk, self._told = desk, told
        self.running: dict[DeviceKind, str] = {}
        self.ended: dict[DeviceKind, Tried] = {}
        self._cancelled: dict[DeviceKind, Event] = {}
        self._waited: dict[DeviceKind, Future[Any]] = {}
        self._patience = QTimer(self, singleShot=True, interval=SCAN_S * 1000)
        self._patience.timeout.connect(lambda: self._scan_ended(DeviceTimeoutError.code))

    def shown(self) -> dict[DeviceKind, Trial]:
        """What the readiness sheet says a person has tried."""
        tried = {kind: t for kind, t in self.ended.items() if t.what != PROBE and not t.doubt}
        return {kind: Trial(t.at, t.code) for kind, t in tried.items()}

    def run(self, kind: DeviceKind, what: str) -> None:
        """Begin; nothing while the same device is at something already."""
        if kind in self.running:
            return
        self.running[kind] = what
        devices, told = self._desk.office.devices, self._told(kind)
        if told is not None:
            known: Future[DeviceHealth] = Future()
            known.set_result(told)
            self._follow(kind, known)
        elif what == SCAN:
            devices.trigger_scan(True)
            self._patience.start()
        elif what == READ:
            self._cancelled[kind] = Event()
            self._follow(kind, devices.read_card(READ_S, self._cancelled[kind]))
        elif what == SELF and kind in _PAPERS:
            office, printing = self._desk.office, self._desk.printing(_PAPERS[kind])
            self._follow(kind, printing.submit(lambda: test_device(office, kind)))
        else:
            self._follow(kind, devices.probe(kind) if what == PROBE else devices.self_test(kind))
        self.changed.emit()

    def skip(self, kind: DeviceKind) -> None:
        """The person thought better of it: nothing is said about the device."""
        what = self.running.pop(kind, "")
        self._waited.pop(kind, None)
        if kind in self._cancelled:
            self._cancelled.pop(kind).set()
        if what == SCAN:
            self._patience.stop()
            self._desk.office.devices.trigger_scan(False)
        self.changed.emit()

    def scanned(self) -> bool:
        """A code has come: is it the one that was waited for?  What it says is nobody's business here."""
        waited = self.running.get(DeviceKind.SCANNER) == SCAN
        if waited:
            self._scan_ended("")
        return waited

    def _scan_ended(self, code: str) -> None:
        self._patience.stop()
        self._desk.office.devices.trigger_scan(False)
        self._end(DeviceKind.SCANNER, Tried(SCAN, self._now(), code))

    def _follow(self, kind: DeviceKind, future: "Future[Any]") -> None:
        """An answer that comes after the person has skipped is dropped."""
        what = self.running[kind]
        self._waited[kind] = future

        def still(act: Callable[[], None]) -> None:
            if self._waited.get(kind) is future:
                act()

        self._desk.tasks.follow(
            future,
            owner=self,
            done=lambda result: still(lambda: self._done(kind, what, result)),
            failed=lambda error: still(lambda: self._failed(kind, what, error)),
        )

    def _done(self, kind: DeviceKind, what: str, result: object) -> None:
        """`result`: health, the fate of a test page, or a card, which is forgotten at once."""
        health = result if isinstance(result, DeviceHealth) else None
        code, doubt = health.reason if health else "", False
        if isinstance(result, PrintOutcome):
            code, doubt = result.reason, result.state is PrintState.UNKNOWN
        self._end(kind, Tried(what, self._now(), code, (), health, doubt))

    def _failed(self, kind: DeviceKind, what: str, error: AppError) -> None:
        self._end(kind, Tried(what, self._now(), error.code, tuple(error.values.items())))

    def _end(self, kind: DeviceKind, tried: Tried) -> None:
        self.running.pop(kind, None)
        self._cancelled.pop(kind, None)
        self._waited.pop(kind, None)
        self.ended[kind] = tried
        self.changed.emit()

    def _now(self) -> datetime:
        return self._desk.office.clock.now()
