"""The receipts' archive: one PDF a case number, encrypted at rest."""

import re
from pathlib import Path

from app.store.derived_key import ARCHIVE, derived
from app.store.sealed_file import open_from, seal_to

_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


class EncryptedArchive:
    """`app.ports.ReceiptArchive`: `<folder>/<number>.pdf.enc`."""

    def __init__(self, folder: Path, folder_key: bytes) -> None:
        self._folder = folder
        self._key = derived(folder_key, ARCHIVE)

    def put(self, number: str, pdf: bytes) -> None:
        """Keep the PDF, in place of an older one of that number.  Raises DiskFullError, StoreError."""
        seal_to(self._path(number), self._key, number, pdf)

    def get(self, number: str) -> bytes | None:
        """Raises StoreDamagedError, StoreError."""
        return open_from(self._path(number), self._key, number)

    def _path(self, number: str) -> Path:
        """A number is a file's name here and must not lead anywhere else (ValueError: a bug)."""
        if not _NAME.fullmatch(number):
            raise ValueError("not a case number")
        return self._folder / f"{number}.pdf.enc"
