"""The rows of a catalog file, written in the order of their numbers."""

import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from functools import partial
from heapq import merge
from itertools import accumulate, count
from operator import itemgetter

from app.catalog.body import Packing, train
from app.catalog.layout import DEPARTMENTS, GROUPS, PAPERS
from app.catalog.naming import Called, Naming
from app.catalog.rows import Facts, Row, Rows
from app.catalog.staging import Staging

_BATCH = 1000
_LINE = """
    INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, department = excluded.department, everyday = excluded.everyday,
    audience = excluded.audience, channels = excluded.channels, promise_days = excluded.promise_days,
    material_count = excluded.material_count, theme = excluded.theme, unusual = excluded.unusual,
    papers = excluded.papers, body_crc = excluded.body_crc"""
_BODY = "INSERT INTO body VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json"
_WORDS = "INSERT INTO gram(gram, rowid, words) VALUES (?, ?, ?)"
_PUT: str | None = None  # what FTS5 does with a row's words
_TAKE: str | None = "delete"


class Filling:
    """`db`: an empty catalog file, or the one before, which then gets only what changed.

    last      the highest number of each group      indexed   whether the index was changed
    """

    def __init__(self, db: sqlite3.Connection, staging: Staging) -> None:
        self._db, self._staging, self._before = db, staging, staging.before
        known = {} if self._before is None else self._before.departments
        papers = {} if self._before is None else self._before.papers
        self._numbers = {} if self._before is None else self._before.numbers
        self._departments = _numbered(staging.departments(), known)
        self._papers = _numbered(staging.papers(), papers)
        self._rows, self._old_rows = Rows(self._departments, self._papers), Rows(known, papers)
        self._naming = Naming(db, self._rows.name)
        self._packing = self._shared_packing()
        self._lines: list[tuple[object, ...]] = []
        self._bodies: list[tuple[int, bytes]] = []
        self._words: list[tuple[str | None, int, str]] = []
        self.last = [0] * GROUPS
        self.indexed = False

    def fill(self) -> None:
        gone: list[tuple[int, str]] = []
        if self._staging.follows:
            away = self._staging.gone | self._staging.moved
            gone = sorted((rank, code) for code, rank in away.items())
            self._remove(rank for rank, _ in gone)
        steps = merge(
            ((rank, 0, partial(self._take, rank, code)) for rank, code in gone),
            ((rank, 1, partial(self._item, rank, item, json)) for rank, item, json in self._staging.items()),
            key=itemgetter(0, 1),
        )
        for _, _, step in steps:
            step()
            if len(self._lines) + len(self._words) > _BATCH:
                self._flush()
        self._put_called("department", self._departments, DEPARTMENTS, self._rows.department)
        self._put_called("paper", self._papers, PAPERS, self._rows.paper)
        self._flush()
        self.indexed = self._naming.put() or self.indexed
        self._put_sounds()
        self.last = list(accumulate(self.last, max))

    def _shared_packing(self) -> Packing:
        """With the dictionary of the version before, else one trained on these items."""
        dictionary = b"" if self._before is None else self._before.dictionary
        if self._staging.follows:
            return Packing(dictionary)
        dictionary = dictionary or train(self._staging.samples())
        self._db.execute("INSERT INTO packing VALUES (?)", (dictionary,))
        return Packing(dictionary)

    # -- items ---------------------------------------------------------------------------------------

    def _remove(self, ranks: Iterable[int]) -> None:
        numbers = [(rank,) for rank in ranks]
        for table in ("line", "body"):
            self._db.executemany(f"DELETE FROM {table} WHERE id = ?", numbers)

    def _take(self, rank: int, code: str) -> None:
        """Take the words of an item that has gone, or gone elsewhere, from the index."""
        self._words.append((_TAKE, rank, self._old_row(code).words))

    def _old_row(self, code: str) -> Row:
        assert self._before is not None
        return self._old_rows.row(self._before.facts(code))

    def _item(self, rank: int, item: Facts, json: bytes | None) -> None:
        self.last[item.group] = rank
        self._naming.add(rank, item.group, item.name)
        stands = self._staging.follows and self._numbers.get(item.code) == rank
        if not stands:
            self._put(rank, item, json)
        elif json is not None:
            self._put(rank, item, json, self._old_row(item.code))

    def _put(self, rank: int, item: Facts, json: bytes | None, old: Row | None = None) -> None:
        """`old`: the row that stands there already."""
        row, body = self._rows.row(item), self._body(item.code, json)
        self._lines.append((rank, *row.line, zlib.crc32(body)))
        self._bodies.append((rank, body))
        if old is not None and old.words != row.words:
            self._words.append((_TAKE, rank, old.words))
        if old is None or old.words != row.words:
            self._words.append((_PUT, rank, row.words))

    def _body(self, code: str, json: bytes | None) -> bytes:
        before = self._before
        if json is None and before is not None and before.dictionary == self._packing.dictionary:
            return before.body(code) or b""
        return self._packing.pack(self._staging.json(code, json))

    def _flush(self) -> None:
        self._db.executemany(_LINE, self._lines)
        self._db.executemany(_BODY, self._bodies)
        self._db.executemany(_WORDS, self._words)
        self.indexed = self.indexed or bool(self._words)
        for rows in (self._lines, self._bodies, self._words):
            rows.clear()

    # -- what stands once, and sounds ----------------------------------------------------------------

    def _put_called(self, table: str, wanted: Mapping[str, int], behind: int, called: Called) -> None:
        """A row each, and behind the items' rows one of words."""
        there = dict(self._db.execute(f"SELECT name, id FROM {table}"))
        gone = [(number, name, _TAKE) for name, number in there.items() if name not in wanted]
        new = [(number, name, _PUT) for name, number in wanted.items() if name not in there]
        for number, name, do in sorted([*gone, *new], key=itemgetter(0)):
            unusual, words = called(name)
            if do == _TAKE:
                self._db.execute(f"DELETE FROM {table} WHERE id = ?", (number,))
            else:
                self._db.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (number, name, unusual))
            self._words.append((do, behind + number, words))

    def _put_sounds(self) -> None:
        """What the version before had besides stays: it says what may be read, not what is."""
        reader = self._rows.reader
        usual = ((unit, " ".join(sounds)) for unit, sounds in sorted(reader.usual.items()))
        self._db.executemany("INSERT OR IGNORE INTO reading VALUES (?, ?)", usual)
        for table, sounds in (("syllable", reader.syllables), ("pair", self._rows.pairs)):
            rows = ((sound,) for sound in sorted(sounds))
            self._db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", rows)


def _numbered(names: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """Each department keeps its number; new ones get those behind."""
    fresh = count(max(known.values(), default=0) + 1)
    return {name: known[name] if name in known else next(fresh) for name in names}
