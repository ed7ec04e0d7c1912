"""The DATA folder of a station: what lies where, and who may write in it.

    store.db (-wal, -shm)   cases, drafts, outbox, prints, audit; SQLCipher
    store.id                which folder this is, and where its key is kept (no secret)
    store.key               the key, where no key store of the platform keeps it
    station.key.enc         the station's private key, encrypted
    archive/                receipts, one encrypted PDF a number
    files/                  materials on file, one encrypted file an id
    out/                    plain papers that somebody asked for
    catalog/  draft/        the signed catalog; an imported, unsigned one
    trust/                  what the signed catalog is believed by
    log/
    writer.lock             held by the one writing process

Folders are 0700 and files 0600.  Only reading the catalog or verifying a receipt needs no lock.
"""

import os
from pathlib import Path

from app.atomic_file import remove_leftovers, sync_directory, translated
from app.store.writer_lock import WriterLock


class DataFolder:
    """Paths only, until `create` or `lock` is called."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self.database = self.path / "store.db"
        self.identity = self.path / "store.id"
        self.key_file = self.path / "store.key"
        self.station_key = self.path / "station.key.enc"
        self.archive = self.path / "archive"
        self.files = self.path / "files"
        self.out = self.path / "out"
        self.catalog = self.path / "catalog"
        self.draft = self.path / "draft"
        self.trust = self.path / "trust"
        self.log = self.path / "log"
        self._lock_file = self.path / "writer.lock"

    def create(self) -> None:
        """Make what is missing; the mode of a folder that was there already is its owner's choice.

        Raises DiskFullError, StoreError.
        """
        with translated(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in _folders(self):
                folder.mkdir(mode=0o700, exist_ok=True)
            sync_directory(self.path)

    def lock(self, command: str = "") -> WriterLock:
        """Become the one writing process and clear away what a crashed one left half written.

        Raises StoreBusyError (values: pid, command), DiskFullError, StoreError.
        """
        self.create()
        lock = WriterLock(self._lock_file)
        lock.acquire(command)
        for folder in (self.path, self.archive, self.files, self.out):
            remove_leftovers(folder)
        return lock

    def holds_secrets(self) -> bool:
        """Whether anything here can be read with the folder's key only."""
        with translated(self.path):
            for file in (self.database, self.station_key):
                if file.exists() and file.stat().st_size:
                    return True
            return any(_holds_something(folder) for folder in (self.archive, self.files))


def _folders(folder: DataFolder) -> tuple[Path, ...]:
    return (
        folder.archive,
        folder.files,
        folder.out,
        folder.catalog,
        folder.draft,
        folder.trust,
        folder.log,
    )


def _holds_something(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    with os.scandir(folder) as found:
        return next(found, None) is not None
