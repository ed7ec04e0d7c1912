"""Make a catalog file: one plain, read-only, already indexed SQLite file for one version.

The publisher (a gateway, or `catalog import` for a draft) does this once; a terminal only
opens the file.  Layout, format 2:

    meta        what this catalog is        reading   character → its readings
    department  each once, by number        syllable, pair   what is read here, alone and side by side
    line   one narrow row an item           body     the whole item: its JSON, zstd with `packing`
    material   names by item                bundle   一件事, one JSON a row, in the publisher's order
    gram   the search index (FTS5 without contents; its words: app.catalog.grams); behind the
           items' rows, one a department
    unusual of a line or department: readings that only its phrases call for, "text.place.sound …",
    where text 0 is the name, 1 … the everyday names

The rowid is the rank: items that a person can ask for at the counter first, then other
items for persons, then the rest; among them shorter names first.
"""

import os
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.atomic_file import install, temporary_beside, translated
from app.catalog import grams
from app.catalog.body import Packing, train
from app.catalog.readings import Reader
from app.domain import record
from app.domain.catalog import Audience, Bundle, Channel, Item
from app.errors import DiskFullError, StoreError

FORMAT = 2
APPLICATION_ID = 0x474A5A43  # "GJZC" in the file's header
GROUPS = 3
AUDIENCES = tuple(Audience)
CHANNELS = tuple(Channel)
_SAMPLES = 1500
_BATCH = 1000

Said = tuple[str, Mapping[int, tuple[str, ...]]]
"""The words of one text, and its unusual readings by place."""
_ASIDE = Packing(b"", level=1)
_MEMORY = 1 << 26  # bytes of words that FTS5 gathers before it writes a segment

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE packing (dictionary BLOB NOT NULL);
CREATE TABLE reading (character TEXT PRIMARY KEY, readings TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE syllable (sound TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pair (sounds TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE department (id INTEGER PRIMARY KEY, name TEXT NOT NULL, unusual TEXT NOT NULL);
CREATE TABLE line (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, department INTEGER NOT NULL,
    everyday TEXT NOT NULL, audience INTEGER NOT NULL, channels INTEGER NOT NULL, promise_days INTEGER,
    material_count INTEGER NOT NULL, theme TEXT NOT NULL, unusual TEXT NOT NULL, body_crc INTEGER NOT NULL);
CREATE TABLE body (id INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE bundle (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
CREATE TABLE material (id INTEGER PRIMARY KEY, names TEXT NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(
    words, content='', detail='none', columnsize=0, tokenize='ascii');
"""
_STAGED = """
CREATE TEMP TABLE staged (
    code TEXT PRIMARY KEY, grp INTEGER, length INTEGER, name TEXT, department TEXT, everyday TEXT,
    materials TEXT, audience INTEGER, channels INTEGER, promise_days INTEGER, theme TEXT, topics TEXT,
    body BLOB) WITHOUT ROWID;
"""
_RANKED = """
    SELECT grp, code, name, department, everyday, audience, channels, promise_days, materials, theme, topics,
        body FROM staged ORDER BY grp, length, name, code"""


def build_catalog(
    items: Iterable[Item],
    version: str,
    published_at: datetime,
    out: Path,
    bundles: Iterable[Bundle] = (),
    like: Path | None = None,
) -> None:
    """Write the catalog file `out` (temporary file, fsync, replace); equal input makes equal bytes.

    A code that comes twice keeps its last item, or bundle.  `like`: the file of an earlier version; what
    is the same in both is then packed to the same bytes, and deltas stay small.
    Raises DiskFullError, StoreError.
    """
    with translated(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(out)
    try:
        with translated(out):
            _write(items, version, published_at, temporary, bundles, like)
            with temporary.open("r+b") as written:
                os.fsync(written.fileno())
        install(temporary, out)
    except sqlite3.Error as error:
        full = error.sqlite_errorname == "SQLITE_FULL"
        raise (DiskFullError if full else StoreError)(f"{out.name}: {error}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _write(
    items: Iterable[Item],
    version: str,
    published_at: datetime,
    path: Path,
    bundles: Iterable[Bundle],
    like: Path | None,
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;" + _SCHEMA + _STAGED
        )
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={FORMAT}")
        db.execute("INSERT INTO gram(gram, rank) VALUES ('hashsize', ?)", (_MEMORY,))
        db.execute("BEGIN")
        _stage(db, items)
        _put_bundles(db, bundles)
        counts = _Index(db, _packing(db, like)).fill()
        meta = {"version": version, "published_at": published_at.isoformat(), "items": str(sum(counts))}
        meta |= {f"group_{n}": str(count) for n, count in enumerate(counts)}
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        db.execute("COMMIT")
        db.execute("DROP TABLE temp.staged")
        db.execute("INSERT INTO gram(gram) VALUES ('optimize')")
        db.execute("VACUUM")


def _stage(db: sqlite3.Connection, items: Iterable[Item]) -> None:
    """Keep each item aside with its sort key and what is written of it."""
    places = ",".join("?" * 13)
    db.executemany(f"INSERT OR REPLACE INTO staged VALUES ({places})", map(_staged, items))


def _staged(item: Item) -> tuple[object, ...]:
    return (
        item.code,
        _group(item),
        len(grams.plain(item.name)),
        item.name,
        item.department,
        "\n".join(item.everyday_names),
        "\n".join(dict.fromkeys(rule.material.name for rule in item.rules)),
        sum(1 << AUDIENCES.index(a) for a in item.audience),
        sum(1 << CHANNELS.index(c) for c in item.channels),
        item.promise_days,
        item.theme,
        "\n".join(dict.fromkeys(item.topics)),
        _ASIDE.pack(record.dumps(item).encode()),
    )


def _group(item: Item) -> int:
    if Audience.PERSON not in item.audience:
        return 2
    return 0 if Channel.COUNTER in item.channels else 1


def _put_bundles(db: sqlite3.Connection, bundles: Iterable[Bundle]) -> None:
    known = {bundle.code: bundle for bundle in bundles}
    rows = ((bundle.code, record.dumps(bundle)) for bundle in known.values())
    db.executemany("INSERT INTO bundle (code, json) VALUES (?, ?)", rows)


def _packing(db: sqlite3.Connection, like: Path | None) -> Packing:
    """The dictionary of the version before, else one trained on items spread evenly over the codes."""
    dictionary = b"" if like is None else _dictionary_of(like)
    if not dictionary:
        (count,) = db.execute("SELECT count(*) FROM staged").fetchone()
        spread = "SELECT body, row_number() OVER (ORDER BY code) AS n FROM staged"
        spread = f"SELECT body FROM ({spread}) WHERE n % ? = 0"
        samples = db.execute(spread, (max(1, count // _SAMPLES),))
        dictionary = train([_ASIDE.unpack(body) for (body,) in samples])
    db.execute("INSERT INTO packing VALUES (?)", (dictionary,))
    return Packing(dictionary)


def _dictionary_of(path: Path) -> bytes:
    """b"" where there is none to go on with: an older layout, or no file."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db,
    ):
        (dictionary,) = db.execute("SELECT dictionary FROM packing").fetchone()
        return bytes(dictionary)
    return b""


class _Index:
    """Writes lines, bodies and words in rank order; a text that many items share is read once."""

    def __init__(self, db: sqlite3.Connection, packing: Packing) -> None:
        self._db, self._packing = db, packing
        self._reader = Reader()
        self._pairs: set[str] = set()
        self._counts = [0] * GROUPS
        self._name = cache(lambda raw: self._read(raw, grams.NAME))
        self._everyday = cache(lambda raw: self._read(raw, grams.EVERYDAY))
        self._material = cache(lambda text: " ".join(grams.text_grams(text, grams.MATERIALS)))
        names = db.execute("SELECT DISTINCT department FROM staged ORDER BY department")
        self._departments = {name: n for n, (name,) in enumerate(names, start=1)}

    def fill(self) -> list[int]:
        """Returns the number of items of each group."""
        ranked = self._db.execute(_RANKED)
        while batch := ranked.fetchmany(_BATCH):
            self._put(batch)
        self._put_departments()
        self._put_sounds()
        return self._counts

    def _put(self, batch: list[tuple[Any, ...]]) -> None:
        lines, bodies, materials, words = [], [], [], []
        for row in batch:
            (group, code, name, department, everyday, audience, channels, days, names, theme, topics,
             staged) = row  # fmt: skip
            self._counts[group] += 1
            rank = sum(self._counts)
            body = self._packing.pack(_ASIDE.unpack(staged))
            department = self._departments[department]
            said = [self._name(name), *map(self._everyday, everyday.split("\n") if everyday else ())]
            unusual = " ".join(_noted(str(n), notes) for n, (_, notes) in enumerate(said) if notes)
            count = names.count("\n") + 1 if names else 0
            lines.append(
                (rank, code, name, department, everyday, audience, channels, days, count, theme, unusual,
                 zlib.crc32(body))
            )  # fmt: skip
            bodies.append((rank, body))
            names = grams.plain_lines(names)
            materials.append((rank, names))
            filters = self._filters(audience, channels, theme, topics, department)
            texts = [
                *(text for text, _ in said),
                *map(self._material, names.split("\n")),
                _code(code),
                filters,
            ]
            words.append((rank, " ".join(texts)))
        self._db.executemany(f"INSERT INTO line VALUES ({','.join('?' * 12)})", lines)
        self._db.executemany("INSERT INTO body VALUES (?, ?)", bodies)
        self._db.executemany("INSERT INTO material VALUES (?, ?)", materials)
        self._db.executemany("INSERT INTO gram(rowid, words) VALUES (?, ?)", words)

    def _read(self, raw: str, field: str) -> Said:
        """The words for a name or everyday name, and its unusual readings."""
        text = grams.plain(raw)
        sounds, unusual = self._reader.read(text)
        self._pairs.update(grams.pairs(sounds))
        words = [*grams.whole_grams(text, sounds), *grams.text_grams(text, field, sounds)]
        words += grams.start_grams(text, field, sounds)
        return grams.unique(words), unusual

    def _put_departments(self) -> None:
        """A row each, and behind the items' rows one of words."""
        items = sum(self._counts)
        for name, number in self._departments.items():
            text = grams.plain(name)
            sounds, unusual = self._reader.read(text)
            self._pairs.update(grams.pairs(sounds))
            words = grams.unique(grams.text_grams(text, grams.DEPARTMENT, sounds))
            row = (number, name, _noted("0", unusual))
            self._db.execute("INSERT INTO department VALUES (?, ?, ?)", row)
            self._db.execute("INSERT INTO gram(rowid, words) VALUES (?, ?)", (items + number, words))

    def _put_sounds(self) -> None:
        usual = ((unit, " ".join(sounds)) for unit, sounds in sorted(self._reader.usual.items()))
        self._db.executemany("INSERT INTO reading VALUES (?, ?)", usual)
        for table, sounds in (("syllable", self._reader.syllables), ("pair", self._pairs)):
            self._db.executemany(f"INSERT INTO {table} VALUES (?)", ((sound,) for sound in sorted(sounds)))

    @staticmethod
    @cache
    def _filters(audience: int, channels: int, theme: str, topics: str, department: int) -> str:
        words = [grams.filter_gram("c", c.value) for n, c in enumerate(CHANNELS) if channels >> n & 1]
        words += [grams.filter_gram("a", a.value) for n, a in enumerate(AUDIENCES) if audience >> n & 1]
        words += [grams.filter_gram("o", topic) for topic in topics.split("\n")]
        return " ".join([*words, grams.filter_gram("t", theme), grams.department_gram(department)])


def _code(code: str) -> str:
    text = grams.plain(code)
    return " ".join([*grams.whole_grams(text), *grams.code_grams(text)])


def _noted(which: str, unusual: Mapping[int, tuple[str, ...]]) -> str:
    return " ".join(f"{which}.{place}.{sound}" for place, sounds in unusual.items() for sound in sounds)
