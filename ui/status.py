"""The one source of what the station knows of itself, kept fresh in the background."""

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.device import DeviceEvent, DeviceHealth, DeviceKind
from app.errors import AppError
from app.services.outbox_relay import RelayReport, relay
from app.services.station_status import StationStatus, look
from ui.desk import Desk
from ui.status_lines import Known, StatusLine, fetch_words, status_lines

HEARTBEAT_MS = 5_000
RELAY_MS = 10_000
FILES_S = 2.0  # of files at a time: a status look and the next case share the thread


class StatusBoard(QObject):
    """Looks every 5 s and at every device event; `changed` comes only when a line did change.

    `ticked` comes with every look, for counters (received, numbers) and the clock.
    """

    changed = Signal()
    ticked = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.status: StationStatus | None = None
        self._healths: tuple[DeviceHealth, ...] = ()
        self._told: dict[DeviceKind, DeviceHealth] = {}
        self._trouble: AppError | None = None
        self._fetching = ""
        self._looking = False
        self.lines: tuple[StatusLine, ...] = ()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    @property
    def online(self) -> bool:
        return self.status is not None and self.status.online

    @property
    def healths(self) -> tuple[DeviceHealth, ...]:
        return self._healths

    def start(self) -> None:
        self._timer.start(HEARTBEAT_MS)
        self.refresh_devices()
        self.look()

    def stop(self) -> None:
        self._timer.stop()

    def look(self) -> None:
        """Ask line and store in the background; a look that is under way is not doubled."""
        self.refresh_devices()
        if self._looking:
            return
        self._looking = True
        self._desk.tasks.run(
            self._desk.relay_executor,
            lambda: look(self._desk.office),
            owner=self,
            done=self._seen,
            failed=self._failed,
        )

    def device_event(self, event: DeviceEvent) -> None:
        if isinstance(event, DeviceHealth):
            self.refresh_devices()

    def tell(self, health: DeviceHealth) -> None:
        """How a device is that lives in the window itself (the document camera), on the GUI thread."""
        self._told[health.kind] = health
        self._desk.office.journal.heard(health)
        self.refresh_devices()

    def told(self, kind: DeviceKind) -> DeviceHealth | None:
        """Of a device that lives in the window itself."""
        return self._told.get(kind)

    def forget(self, kind: DeviceKind) -> None:
        """That device is no part of this station any more."""
        if self._told.pop(kind, None) is not None:
            self.refresh_devices()

    def refresh_devices(self) -> None:
        known = {health.kind: health for health in self._desk.office.devices.health()} | self._told
        self._healths = tuple(known[kind] for kind in DeviceKind if kind in known)
        self._update()

    def _seen(self, status: StationStatus) -> None:
        self._looking, self._trouble, self.status = False, None, status
        self._update()
        self.ticked.emit()

    def _failed(self, error: AppError) -> None:
        self._looking, self._trouble = False, error
        self._update()
        self.ticked.emit()

    def fetching(self, done: int, total: int) -> None:
        """How far a fetch of the catalog is, in bytes; (0, 0): none is under way."""
        words = fetch_words(self._desk.office.texts, done, total)
        if words != self._fetching:
            self._fetching = words
            self._update()

    def _update(self) -> None:
        office = self._desk.office
        known = Known(self.status, self._healths, self._trouble, office.clock.now(), self._fetching)
        lines = status_lines(office.texts, known)
        if lines != self.lines:
            self.lines = lines
            self.changed.emit()


class Relay(QObject):
    """Delivers the outbox every 10 s, and at once after a case; `relayed` carries the report."""

    relayed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._running = False
        self._again = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.run)

    def start(self) -> None:
        self._timer.start(RELAY_MS)
        self.run()

    def stop(self) -> None:
        self._timer.stop()

    def run(self) -> None:
        if self._running:
            self._again = True
            return
        self._running, self._again = True, False
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.relay_executor,
            lambda: relay(office, files_s=FILES_S),
            owner=self,
            done=self._done,
            failed=lambda _error: self._done(None),
        )

    def _done(self, report: RelayReport | None) -> None:
        self._running = False
        if report is not None:
            self.relayed.emit(report)
            self._again = self._again or report.more
        if self._again:
            self.run()
