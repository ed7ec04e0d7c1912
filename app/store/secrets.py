"""The station's private key, which never leaves this folder in the plain."""

from pathlib import Path

from app.atomic_file import translated
from app.store.derived_key import STATION_KEY, derived
from app.store.sealed_file import open_from, seal_to


class StationSecrets:
    """Keeps one PEM in `station.key.enc`."""

    def __init__(self, path: Path, folder_key: bytes) -> None:
        self._path = path
        self._key = derived(folder_key, STATION_KEY)

    def put(self, private_key_pem: bytes) -> None:
        """In place of an older one; durable when it returns.  Raises DiskFullError, StoreError."""
        seal_to(self._path, self._key, STATION_KEY, private_key_pem)

    def get(self) -> bytes | None:
        """Raises StoreDamagedError, StoreError."""
        return open_from(self._path, self._key, STATION_KEY)

    def forget(self) -> None:
        """Raises StoreError."""
        with translated(self._path):
            self._path.unlink(missing_ok=True)
