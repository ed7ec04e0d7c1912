"""What SQLite, SQLCipher and SQLAlchemy say, in the words of `app.errors`.

The result code decides, not the wording (https://sqlite.org/rescode.html).  What is not
about the disk, the key or another process is our own mistake and passes as it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc

from app.atomic_file import temporary_beside, write_atomically
from app.errors import DiskFullError, StoreBusyError, StoreDamagedError, StoreError, StoreKeyError

_BUSY, _LOCKED, _READ_ONLY, _IO, _CORRUPT, _FULL, _CANNOT_OPEN, _NOT_A_DATABASE = 5, 6, 8, 10, 11, 13, 14, 26
_IO_CORRUPT_FILE_SYSTEM = 10 | (33 << 8)
_PROBE_BYTES = 1 << 16  # an input-output error while not even this can be written is a full disk


class Faults:
    """Translates for one file; `key_proven` when the key is known to be this folder's."""

    def __init__(self, path: Path, *, key_proven: bool = False) -> None:
        self._path = path
        self._key_proven = key_proven

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raises StoreError and its children, chained; every other error passes."""
        try:
            yield
        except exc.DBAPIError as error:
            fault = self._fault(int(getattr(error.orig, "sqlite_errorcode", 0) or 0))
            if fault is None:
                raise
            raise fault from error

    def _fault(self, code: int) -> StoreError | None:
        primary = code & 0xFF
        detail = f"sqlite result code {code}"
        if primary == _NOT_A_DATABASE:
            return StoreDamagedError(detail) if self._key_proven else StoreKeyError(detail)
        if primary == _FULL or (primary in (_IO, _CANNOT_OPEN) and self._no_room()):
            return DiskFullError(detail)
        if primary in (_BUSY, _LOCKED):
            return StoreBusyError(detail)
        if primary == _CORRUPT or code == _IO_CORRUPT_FILE_SYSTEM:
            return StoreDamagedError(detail)
        if primary in (_READ_ONLY, _IO, _CANNOT_OPEN):
            return StoreError(detail)
        return None

    def _no_room(self) -> bool:
        """Ask the disk itself: SQLite calls an exhausted quota a mere input-output error."""
        probe = temporary_beside(self._path)
        try:
            write_atomically(probe, bytes(_PROBE_BYTES))
            probe.unlink()
        except DiskFullError:
            return True
        except (StoreError, OSError):
            return False
        return False
