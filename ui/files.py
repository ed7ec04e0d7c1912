"""Where files go and come from: the one place that opens a file dialog."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.atomic_file import write_atomically
from app.texts import Texts

LARGEST = 8 * 1024 * 1024


class FileChoices:
    """Asks the person; a tour or a test hands in another one."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def save_pdf(self, parent: QWidget, name: str) -> Path | None:
        """Where to put a PDF; None when the person thought better of it."""
        chosen, _ = QFileDialog.getSaveFileName(
            parent, self._texts["ui.save_pdf"], str(Path.home() / name), self._texts["ui.pdf_filter"]
        )
        return Path(chosen) if chosen else None

    def open_pdf(self, parent: QWidget) -> Path | None:
        chosen, _ = QFileDialog.getOpenFileName(
            parent, self._texts["ui.open_pdf"], str(Path.home()), self._texts["ui.pdf_filter"]
        )
        return Path(chosen) if chosen else None

    def save_zip(self, parent: QWidget, name: str) -> Path | None:
        """Where to put a diagnostic bundle, a stick for instance; None when thought better of."""
        chosen, _ = QFileDialog.getSaveFileName(
            parent, self._texts["ui.save_zip"], str(Path.home() / name), self._texts["ui.zip_filter"]
        )
        return Path(chosen) if chosen else None

    def open_materials(self, parent: QWidget) -> Sequence[Path]:
        """Pictures and PDFs to be imported, as many as one likes."""
        chosen, _ = QFileDialog.getOpenFileNames(
            parent, self._texts["files.choose"], str(Path.home()), self._texts["files.filter"]
        )
        return tuple(Path(name) for name in chosen)

    def write(self, path: Path, data: bytes) -> None:
        """Raises StoreError."""
        write_atomically(path, data)

    def read(self, path: Path) -> bytes:
        """At most `LARGEST` bytes: a receipt is a page.  Raises OSError."""
        with path.open("rb") as file:
            return file.read(LARGEST)
