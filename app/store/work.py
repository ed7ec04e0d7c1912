"""What every part of a unit of work stands on: run a statement, read a stored value."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row

from app.domain.record import loads
from app.errors import StoreDamagedError
from app.store.faults import Faults

T = TypeVar("T")


class Work:
    """Base of the parts; one open transaction."""

    def __init__(self, connection: Connection, faults: Faults) -> None:
        self._connection = connection
        self._faults = faults

    def _rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """All rows at once, since reading a row can fail like the statement itself.  Raises StoreError."""
        with self._faults.translated():
            return self._connection.execute(statement).all()

    def _row(self, statement: Executable) -> Row[Any] | None:
        """The only row, if there is one."""
        rows = self._rows(statement)
        return rows[0] if rows else None

    def _write(self, statement: Executable) -> int:
        """How many rows it touched.  Raises StoreError."""
        with self._faults.translated():
            return int(self._connection.execute(statement).rowcount)


def stored(kind: type[T], body: str) -> T:
    """The value of a stored body.

    Raises StoreDamagedError, unchained on purpose: the cause would quote the stored data.
    """
    try:
        return loads(kind, body)
    except ValueError:
        raise StoreDamagedError(f"a stored {kind.__name__} cannot be read") from None
