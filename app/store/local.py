"""Everything a station keeps on its disk, opened together and closed together."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.material_file import KEPT
from app.store.archive import EncryptedArchive
from app.store.folder import DataFolder
from app.store.key_store import confirm, folder_key
from app.store.secrets import StationSecrets
from app.store.sql_store import SqlStore
from app.store.vault import EncryptedVault
from app.store.writer_lock import WriterLock


@dataclass(frozen=True, slots=True)
class LocalStore:
    folder: DataFolder
    store: SqlStore
    archive: EncryptedArchive
    vault: EncryptedVault
    secrets: StationSecrets
    lock: WriterLock

    def close(self) -> None:
        """The lock goes last."""
        try:
            self.store.close()
        finally:
            self.lock.release()

    def __enter__(self) -> "LocalStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_local(path: Path, command: str = "", environment: Mapping[str, str] = os.environ) -> LocalStore:
    """Open or create the DATA folder as its one writing process.

    `command` is what a second process is told that this one is doing.  Raises StoreBusyError
    (values: pid, command), StoreKeyError, StoreDamagedError, NewerSchemaError, DiskFullError,
    StoreError, SettingsError.
    """
    folder = DataFolder(path)
    lock = folder.lock(command)
    try:
        found = folder_key(folder, environment)
        key = found.key
        store = SqlStore(folder.database, key, key_proven=found.proven)
        if not found.proven:
            confirm(folder, key)
        vault = EncryptedVault(folder.files, key)
        _tidy(store, vault)
        return LocalStore(
            folder,
            store,
            EncryptedArchive(folder.archive, key),
            vault,
            StationSecrets(folder.station_key, key),
            lock,
        )
    except BaseException:
        lock.release()
        raise


def _tidy(store: SqlStore, vault: EncryptedVault) -> None:
    """What a crash, or a person who walked away, left of materials no draft shows any more; and the
    contents of cases the gateway has had for long enough (what is known of them stays)."""
    with store.begin() as work:
        work.drop_lost_files()
        known = work.file_ids(delivered_since=datetime.now(UTC) - KEPT)
        work.commit()
    vault.keep_only(known)
