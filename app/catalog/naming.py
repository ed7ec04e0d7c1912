"""The runs of a catalog file (app.catalog.runs), gathered line by line and then written."""

import sqlite3
from collections.abc import Callable

_WORDS = "INSERT INTO named(named, rowid, words) VALUES (?, ?, ?)"
_ROW = """
    INSERT INTO run VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    last = excluded.last, name = excluded.name, unusual = excluded.unusual"""

Called = Callable[[str], tuple[str, str]]
"""A name → its unusual readings and its words."""


class Naming:
    """`db`: an empty catalog file, or the one before, which then gets only what changed."""

    def __init__(self, db: sqlite3.Connection, called: Called) -> None:
        self._db, self._called = db, called
        self._runs: dict[int, tuple[int, str]] = {}
        self._first, self._of = 0, (-1, "")

    def add(self, rank: int, group: int, name: str) -> None:
        """Lines come in the order of their ranks."""
        if self._of != (group, name):
            self._first, self._of = rank, (group, name)
        self._runs[self._first] = rank, name

    def put(self) -> bool:
        """Returns whether the index was changed."""
        there = {
            first: (last, name) for first, last, name in self._db.execute("SELECT id, last, name FROM run")
        }
        indexed = False
        for first in sorted(there.keys() | self._runs):
            old, new = there.get(first), self._runs.get(first)
            if old == new:
                continue
            if old is None or new is None or old[1] != new[1]:
                indexed = True
                self._put_words("delete", first, old)
                self._put_words(None, first, new)
            if new is None:
                self._db.execute("DELETE FROM run WHERE id = ?", (first,))
            else:
                self._db.execute(_ROW, (first, *new, self._called(new[1])[0]))
        return indexed

    def _put_words(self, do: str | None, first: int, run: tuple[int, str] | None) -> None:
        if run is not None:
            self._db.execute(_WORDS, (do, first, self._called(run[1])[1]))
