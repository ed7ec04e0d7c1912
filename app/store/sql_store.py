"""The local store of a station: one encrypted file, one short transaction at a time.

`begin()` takes the write lock at once, so what a transaction reads stays true until it
commits.  A second thread waits its turn, in the order of coming; nobody waits on a line or a
device in between.
Opened by `app.store.local.open_local`, which also holds the folder's writer lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from app.atomic_file import translated
from app.errors import StoreBusyError, StoreDamagedError
from app.store.case_work import CaseWork
from app.store.desk_work import StationWork
from app.store.engine import create_private, make_engine
from app.store.faults import Faults
from app.store.feedback_work import FeedbackWork
from app.store.file_work import FileWork
from app.store.migrations import MIGRATIONS, Steps, migrate
from app.store.number_work import NumberWork
from app.store.pin_work import PinWork
from app.store.queue_work import OutboxWork, PrintWork
from app.store.turns import Turns

PATIENCE_S = 10.0


class SqlUnitOfWork(
    CaseWork, FeedbackWork, FileWork, NumberWork, OutboxWork, PinWork, PrintWork, StationWork
):
    """`app.ports.UnitOfWork` over one connection; frozen values come out, no row does."""

    def commit(self) -> None:
        """Durable when it returns.  Raises StoreError, and then nothing of it is stored."""
        with self._faults.translated():
            self._connection.commit()


class SqlStore:
    """`app.ports.Store`."""

    def __init__(
        self,
        path: Path,
        key: bytes,
        *,
        key_proven: bool = False,
        patience_s: float = PATIENCE_S,
        steps: Steps = MIGRATIONS,
    ) -> None:
        """Open, create or migrate the file.

        `key_proven`: the caller knows that `key` belongs to this file, so a file it does not
        open is damaged.  Raises StoreKeyError, StoreDamagedError, NewerSchemaError,
        StoreBusyError, DiskFullError, StoreError.
        """
        self._faults = Faults(path, key_proven=key_proven)
        with translated(path):
            create_private(path)
        self._engine, self._patience_s = make_engine(path, key, patience_s), patience_s
        self._turns = Turns()
        try:
            with self._connection() as connection, self._faults.translated():
                migrate(connection, steps)
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def begin(self) -> Iterator[SqlUnitOfWork]:
        """One transaction; leaving without commit() rolls back.  Not to be nested.  Raises StoreError."""
        with self._connection() as connection:
            with self._faults.translated():
                connection.begin()
            yield SqlUnitOfWork(connection, self._faults)

    def check(self) -> None:
        """Read the whole file and its checksums (doctor).  Raises StoreDamagedError, StoreError."""
        with self._connection() as connection, self._faults.translated():
            for pragma, good in (("cipher_integrity_check", []), ("quick_check", ["ok"])):
                found = [row[0] for row in connection.exec_driver_sql(f"PRAGMA {pragma}").all()]
                if found != good:
                    raise StoreDamagedError(f"{pragma}: {len(found)} findings")

    def close(self) -> None:
        """Folds the log into the file.  The store must not be used afterwards."""
        self._engine.dispose()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The one connection; whatever is uncommitted at the end is rolled back.  Raises StoreBusyError."""
        if not self._turns.take(self._patience_s):
            raise StoreBusyError("another transaction of this process holds the store")
        try:
            with self._faults.translated():
                connection = self._engine.connect()
            with connection:
                yield connection
        finally:
            self._turns.give()
