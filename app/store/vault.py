"""The vault of materials on file: one sealed file a `file_id`."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from app.atomic_file import sync_directory, translated
from app.store.derived_key import FILES, derived
from app.store.sealed_file import open_from, seal_to

_END = ".enc"


class EncryptedVault:
    """`app.ports.MaterialVault`: `<folder>/<file_id>.enc`."""

    def __init__(self, folder: Path, folder_key: bytes) -> None:
        self._folder = folder
        self._key = derived(folder_key, FILES)

    def put(self, file_id: str, data: bytes) -> None:
        """Durable when it returns.  Raises DiskFullError, StoreError."""
        seal_to(self._path(file_id), self._key, file_id, data)

    def get(self, file_id: str) -> bytes | None:
        """Raises StoreDamagedError, StoreError."""
        return open_from(self._path(file_id), self._key, file_id)

    def has(self, file_id: str) -> bool:
        """Raises StoreError."""
        with translated(self._folder):
            return self._path(file_id).exists()

    def delete(self, file_id: str) -> None:
        """What is gone already is no fault.  Raises StoreError."""
        with translated(self._folder):
            self._path(file_id).unlink(missing_ok=True)

    def keep_only(self, known: Iterable[str]) -> int:
        """Remove what no row knows of: a crash came between content and row, or between row and
        content on the way out.  How many went; only for whoever holds the writer's lock."""
        names = {f"{file_id}{_END}" for file_id in known}
        with translated(self._folder):
            orphans = [path for path in self._folder.glob(f"*{_END}") if path.name not in names]
            for path in orphans:
                path.unlink(missing_ok=True)
            if orphans:
                sync_directory(self._folder)
        return len(orphans)

    def _path(self, file_id: str) -> Path:
        """An id is a file's name here and must not lead anywhere else (ValueError: a bug)."""
        return self._folder / f"{UUID(file_id)}{_END}"
