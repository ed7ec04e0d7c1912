"""诊断包: where to put it, packing, and what came of it."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError, StoreError
from app.services import diagnostics
from ui.desk import Desk
from ui.files import FileChoices


class Bundle(QObject):
    """`changed` when it begins and ends; `outcome` is (tone, title, sentence)."""

    changed = Signal()

    def __init__(self, desk: Desk, files: FileChoices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._files, self._texts = desk, files, desk.office.texts
        self.running = False
        self.outcome = ("", "", "")

    def ask_and_save(self, where: QWidget) -> None:
        """The person chooses a place, a stick for instance; packing takes as long as a dead device does."""
        office = self._desk.office
        if self.running or office.machine is None:
            return
        name = diagnostics.file_name(office.station.station_id, office.clock.now())
        path = self._files.save_zip(where, name)
        if path is None:
            return
        self.running, self.outcome = True, ("", "", "")
        self._desk.tasks.run(
            self._desk.sync_executor,  # relay and store go on meanwhile
            lambda: self._save(path),
            owner=self,
            done=self._saved,
            failed=self._failed,
        )
        self.changed.emit()

    def _save(self, path: Path) -> tuple[Path, int]:
        data = diagnostics.bundle(self._desk.office)
        try:
            self._files.write(path, data)
        except OSError as error:
            raise StoreError(f"cannot write: {error.errno}") from error
        return path, len(data)

    def _saved(self, saved: tuple[Path, int]) -> None:
        path, size = saved
        words = self._texts.say("health.bundle_saved_note", file=path.name, size=f"{size / 1024:.0f} KB")
        self._end("ok", self._texts["health.bundle_saved"], words)

    def _failed(self, error: AppError) -> None:
        self._end("stop", self._texts["health.bundle_failed"], self._texts.error(error))

    def _end(self, tone: str, title: str, words: str) -> None:
        self.running, self.outcome = False, (tone, title, words)
        self.changed.emit()
