"""Fetching the catalog now: bytes done of bytes to do, and a way to stop."""

from collections.abc import Callable
from threading import Event

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError, StoppedByPersonError
from app.services import catalog_sync
from app.services.catalog_sync import SyncOutcome
from ui.desk import Desk
from ui.status import FILES_S
from ui.widgets.kit import Kit


class SyncControl(QWidget):
    """Fetching the catalog now: bytes done of bytes to do, and a way to stop."""

    changed = Signal()
    finished = Signal()

    def __init__(self, kit: Kit, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self.running = False
        self._stopped = Event()
        self._done, self._total = 0, 0
        self._outcome = ("", "", "")

    def start(self) -> None:
        if self.running:
            return
        self.running, self._done, self._total = True, 0, 0
        self._outcome = ("", "", "")
        self._stopped = Event()
        office = self._desk.office
        progress = self._watch(self._stopped, self._desk.tasks.relay(self._progress, self))
        self._desk.tasks.run(
            self._desk.sync_executor,
            lambda: catalog_sync.sync(office, progress, FILES_S),
            owner=self,
            done=self._synced,
            failed=self._failed,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Takes effect at the next piece that arrives; what was in force stays in force."""
        self._stopped.set()

    def fill(self, layout: QVBoxLayout) -> None:
        """Put progress or the last outcome into the detail of the device page."""
        kit, texts = self._kit, self._texts
        if self.running:
            words = texts.say("health.syncing", done=_size(self._done), total=_size(self._total))
            layout.addWidget(kit.text(words if self._total else texts["health.sync_waits"], "body", "muted"))
            layout.addWidget(kit.progress(self._done // 1024, max(1, self._total // 1024)))
        elif self._outcome[1]:
            layout.addWidget(kit.message(*self._outcome, name="sync_outcome"))

    def _watch(self, stopped: Event, report: Callable[..., None]) -> Callable[[int, int], None]:
        def progress(done: int, total: int) -> None:
            if stopped.is_set():
                raise StoppedByPersonError
            report(done, total)

        return progress

    def _progress(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        self.changed.emit()

    def _synced(self, outcome: SyncOutcome) -> None:
        key = "health.synced" if outcome.changed else "health.sync_same"
        title = self._texts.say(key, version=outcome.catalog_version, items=outcome.items)
        body = self._texts.say("health.synced_note", uploaded=outcome.uploaded, pending=outcome.pending)
        self._end("ok", title, body)

    def _failed(self, error: AppError) -> None:
        tone = "primary" if isinstance(error, StoppedByPersonError) else "stop"
        self._end(tone, self._texts["health.sync_failed"], self._texts.error(error))

    def _end(self, tone: str, title: str, body: str) -> None:
        self.running = False
        self._outcome = (tone, title, body)
        self.changed.emit()
        self.finished.emit()


def _size(count: int) -> str:
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1024 * 1024 else f"{count / 1024:.0f} KB"
