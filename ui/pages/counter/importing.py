"""Files a person brings, one after the other: read, checked, kept; with progress, and a way to stop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.catalog import Material
from app.domain.material_file import LARGEST_FILE, MEGABYTE
from app.domain.page import Imported
from app.errors import AppError, FileTooLargeError, FileUnreadableError
from ui.desk import Desk
from ui.pages.counter.draft_files import FILE, DraftFiles

PATIENCE_MS = 300  # what takes longer says what is waited for
MOST_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class Refused:
    """`file`: its name, for the screen only."""

    file: str
    why: AppError


class ImportRun(QObject):
    """`progressed` after 300 ms and then at every file; `ended` with `kept`, `refused`, `stopped` set."""

    progressed = Signal()
    ended = Signal()

    def __init__(
        self, desk: Desk, files: DraftFiles, material: Material, paths: Sequence[Path], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._files, self._material = desk, files, material
        self._waiting = list(paths)
        self._stop = Event()
        self.total, self.kept = len(paths), 0
        self.refused: list[Refused] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.progressed)

    @property
    def done(self) -> int:
        return self.kept + len(self.refused)

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def late(self) -> bool:
        """Whether it takes so long that it is said."""
        return not self._timer.isActive()

    def start(self) -> None:
        self._timer.start(PATIENCE_MS)
        self._next()

    def stop(self) -> None:
        """What is kept stays; the file in hand is left."""
        self._stop.set()

    def _next(self) -> None:
        if not self._waiting or self.stopped:
            self._timer.stop()
            self.ended.emit()
            return
        path = self._waiting.pop(0)
        self._desk.tasks.run(
            self._desk.pages_executor,
            self._reading(path),
            owner=self,
            done=lambda imported: self._read(path, imported),
            failed=lambda error: self._refuse(path, error),
        )

    def _reading(self, path: Path) -> Callable[[], Imported]:
        tools = self._desk.office.page_tools
        assert tools is not None

        def read() -> Imported:
            try:
                with path.open("rb") as file:
                    data = file.read(LARGEST_FILE + 1)
            except OSError:
                raise FileUnreadableError from None
            if len(data) > LARGEST_FILE:
                raise FileTooLargeError(limit=LARGEST_FILE // MEGABYTE)
            return tools.read_import(data, path.suffix)

        return read

    def _read(self, path: Path, imported: Imported) -> None:
        if self.stopped:
            self._next()
            return
        self._files.keep(
            self._material,
            imported.data,
            imported.media_type,
            imported.pages,
            FILE,
            self._kept,
            lambda error: self._refuse(path, error),
        )

    def _kept(self) -> None:
        self.kept += 1
        self._step()

    def _refuse(self, path: Path, error: AppError) -> None:
        self.refused.append(Refused(path.name, error))
        self._step()

    def _step(self) -> None:
        if self.late and self._waiting:
            self.progressed.emit()
        self._next()
