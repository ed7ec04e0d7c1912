"""The items of a version, put aside in their order while a catalog file is made of them."""

import sqlite3
from collections.abc import Iterable, Iterator

from app.catalog import grams
from app.catalog.body import Packing
from app.catalog.former import Former
from app.catalog.ranks import assign
from app.catalog.rows import Facts, facts
from app.domain import record
from app.domain.catalog import Item

_MUCH = 4  # one of so many items: with more of them changed a file is written anew
_SAMPLES = 1500
_ASIDE = Packing(b"", level=-5)
_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE staged (
    code TEXT PRIMARY KEY, grp INTEGER, length INTEGER, name TEXT, department TEXT, everyday TEXT,
    materials TEXT, audience INTEGER, channels INTEGER, promise_days INTEGER, theme TEXT, topics TEXT,
    json BLOB) WITHOUT ROWID;
"""
_RANKED = "FROM staged ORDER BY grp, length, name, code"


class Staging:
    """`db`: an empty one for this alone.  What did not change since `before` is put aside without its JSON.

    ranks    the numbers in order           follows   whether few rows of `before` have to change
    gone     code → number it had           moved     code → number it had, of those that get another
    """

    def __init__(self, db: sqlite3.Connection, items: Iterable[Item], before: Former | None) -> None:
        self._db, self.before = db, before
        db.isolation_level = None
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
        places = ",".join("?" * (len(Facts._fields) + 1))
        db.executemany(f"INSERT OR REPLACE INTO staged VALUES ({places})", map(self._staged, items))
        known = {} if before is None else before.numbers
        codes = [code for (code,) in db.execute(f"SELECT code {_RANKED}")]
        self.ranks = assign([known.get(code) for code in codes])
        there = set(codes)
        self.gone = {code: rank for code, rank in known.items() if code not in there}
        placed = zip(codes, self.ranks, strict=True)
        self.moved = {code: known[code] for code, rank in placed if known.get(code, rank) != rank}
        self.count = len(codes)
        few = self._changed() * _MUCH <= self.count
        self.follows = few and before is not None and before.may_be_changed()

    def _staged(self, item: Item) -> tuple[object, ...]:
        json = record.dumps(item).encode()
        same = self.before is not None and self.before.json(item.code) == json
        return (*facts(item), None if same else _ASIDE.pack(json))

    def _changed(self) -> int:
        (changed,) = self._db.execute("SELECT count(json) FROM staged").fetchone()
        return int(changed) + len(self.gone) + len(self.moved)

    def departments(self) -> list[str]:
        return [name for (name,) in self._db.execute("SELECT DISTINCT department FROM staged ORDER BY 1")]

    def odd_codes(self) -> int:
        """How many codes are not as the search reads them: with signs or small letters."""
        codes = self._db.execute("SELECT code FROM staged")
        return sum(code != grams.plain(code).upper() for (code,) in codes)

    def papers(self) -> list[str]:
        """The names of all materials."""
        rows = self._db.execute("SELECT DISTINCT materials FROM staged WHERE materials <> ''")
        return sorted({name for (names,) in rows for name in names.split("\n")})

    def items(self) -> Iterator[tuple[int, Facts, bytes | None]]:
        """In order: rank, facts, JSON packed aside; None for what did not change."""
        rows = self._db.execute(f"SELECT * {_RANKED}")
        for rank, (*values, json) in zip(self.ranks, rows, strict=True):
            yield rank, Facts._make(values), json

    def json(self, code: str, aside: bytes | None) -> bytes:
        if aside is not None:
            return _ASIDE.unpack(aside)
        return (self.before and self.before.json(code)) or b""

    def samples(self) -> list[bytes]:
        """JSON of items spread evenly over the codes."""
        spread = "SELECT code, json, row_number() OVER (ORDER BY code) AS n FROM staged"
        spread = f"SELECT code, json FROM ({spread}) WHERE n % ? = 0"
        rows = self._db.execute(spread, (max(1, self.count // _SAMPLES),)).fetchall()
        return [self.json(code, aside) for code, aside in rows]
