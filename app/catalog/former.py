"""The file of an earlier version, for the next one to follow: what did not change keeps its bytes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

from app.catalog.body import Packing
from app.catalog.layout import APPLICATION_ID, FORMAT
from app.catalog.rows import Facts, facts, rules
from app.domain import record
from app.domain.catalog import Item

_MOST_LAYERS = 2
_FREE = 8  # of so many pages one may lie idle


class FormerDamagedError(ValueError):
    """What is there is not what was written."""


class Former:
    """Raises FormerDamagedError, sqlite3.Error."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self._db = path, db
        self.dictionary = bytes(db.execute("SELECT dictionary FROM packing").fetchone()[0])
        self._packing = Packing(self.dictionary)

    @cached_property
    def meta(self) -> dict[str, str]:
        return dict(self._db.execute("SELECT key, value FROM meta"))

    @property
    def layers(self) -> int:
        """How many versions were laid upon the index since it was made anew."""
        return int(self.meta["layers"])

    @cached_property
    def numbers(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT code, id FROM line ORDER BY id"))

    @cached_property
    def departments(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, id FROM department ORDER BY id"))

    @cached_property
    def papers(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, id FROM paper ORDER BY id"))

    def body(self, code: str) -> bytes | None:
        """Packed; None for an item that was not there."""
        number = self.numbers.get(code)
        if number is None:
            return None
        row = self._db.execute("SELECT json FROM body WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise FormerDamagedError("a line without its body")
        return bytes(row[0])

    def json(self, code: str) -> bytes | None:
        body = self.body(code)
        try:
            return None if body is None else self._packing.unpack(body)
        except ValueError as error:
            raise FormerDamagedError("a broken body") from error

    def facts(self, code: str) -> Facts:
        """Raises KeyError for an item that was not there."""
        json = self.json(code)
        if json is None:
            raise KeyError(code)
        return facts(record.loads(Item, json))

    def may_be_changed(self) -> bool:
        """Whether its index was made by our rules, and has not been changed too often already."""
        pages, free = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count")
        )
        ours = self.meta["rules"]
        return ours != "" and ours == rules() and self.layers < _MOST_LAYERS and free * _FREE <= pages


@contextmanager
def opened(path: Path | None) -> Iterator[Former | None]:
    """None where there is none to go on with: another layout, or no catalog."""
    if path is None:
        yield None
        return
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error:
        yield None
        return
    with closing(db):
        yield _former(path, db)


def _former(path: Path, db: sqlite3.Connection) -> Former | None:
    try:
        marks = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        return Former(path, db) if marks == [APPLICATION_ID, FORMAT] else None
    except (sqlite3.Error, TypeError, ValueError):
        return None
