"""Make a catalog file: one plain, read-only, already indexed SQLite file for one version.

The publisher (a gateway, or `catalog import` for a draft) does this once; a terminal only
opens the file.  Layout, format 1:

    meta   what this catalog is            reading  character → its readings
    line   one narrow row an item          body     the whole item, compressed JSON
    bundle 一件事, one JSON a row, in the publisher's order
    gram   the search index (FTS5 without contents; its words: app.catalog.grams)
    unusual of a line: readings that only its phrases call for, "text.place.sound …",
    where text 0 is the name, 1 … the everyday names, d the department

The rowid is the rank: items that a person can ask for at the counter first, then other
items for persons, then the rest; among them shorter names first.
"""

import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from app.atomic_file import install, temporary_beside, translated
from app.catalog import grams
from app.catalog.readings import Reader
from app.domain import record
from app.domain.catalog import Audience, Bundle, Channel, Item
from app.errors import DiskFullError, StoreError

FORMAT = 1
APPLICATION_ID = 0x474A5A43  # "GJZC" in the file's header
GROUPS = 3
AUDIENCES = tuple(Audience)
CHANNELS = tuple(Channel)

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE reading (character TEXT PRIMARY KEY, readings TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE syllable (sound TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE line (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, department TEXT NOT NULL,
    everyday TEXT NOT NULL, audience INTEGER NOT NULL, channels INTEGER NOT NULL, promise_days INTEGER,
    material_count INTEGER NOT NULL, theme TEXT NOT NULL, unusual TEXT NOT NULL);
CREATE TABLE body (id INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE bundle (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, json TEXT NOT NULL);
CREATE TABLE material (id INTEGER PRIMARY KEY, names TEXT NOT NULL);
CREATE VIRTUAL TABLE gram USING fts5(
    words, content='', detail='none', columnsize=0, tokenize='ascii');
"""
_STAGED = """
CREATE TEMP TABLE staged (
    code TEXT PRIMARY KEY, grp INTEGER, length INTEGER, name TEXT, body BLOB) WITHOUT ROWID;
"""


def build_catalog(
    items: Iterable[Item], version: str, published_at: datetime, out: Path, bundles: Iterable[Bundle] = ()
) -> None:
    """Write the catalog file `out` (temporary file, fsync, replace); equal input makes equal bytes.

    A code that comes twice keeps its last item, or bundle.  Raises DiskFullError, StoreError.
    """
    with translated(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(out)
    try:
        with translated(out):
            _write(items, version, published_at, temporary, bundles)
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
    items: Iterable[Item], version: str, published_at: datetime, path: Path, bundles: Iterable[Bundle]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA + _STAGED)
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute(f"PRAGMA user_version={FORMAT}")
        db.execute("BEGIN")
        _stage(db, items)
        _put_bundles(db, bundles)
        reader = Reader()
        counts = _index(db, reader)
        usual = ((unit, " ".join(sounds)) for unit, sounds in sorted(reader.usual.items()))
        db.executemany("INSERT INTO reading VALUES (?, ?)", usual)
        db.executemany("INSERT INTO syllable VALUES (?)", ((sound,) for sound in sorted(reader.syllables)))
        meta = {"version": version, "published_at": published_at.isoformat(), "items": str(sum(counts))}
        meta |= {f"group_{n}": str(count) for n, count in enumerate(counts)}
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        db.execute("COMMIT")
        db.execute("DROP TABLE temp.staged")
        db.execute("INSERT INTO gram(gram) VALUES ('optimize')")
        db.execute("VACUUM")


def _stage(db: sqlite3.Connection, items: Iterable[Item]) -> None:
    """Keep each item aside with its sort key."""
    for item in items:
        body = zlib.compress(record.dumps(item).encode())
        length = len(grams.plain(item.name))
        db.execute(
            "INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?, ?)",
            (item.code, _group(item), length, item.name, body),
        )


def _put_bundles(db: sqlite3.Connection, bundles: Iterable[Bundle]) -> None:
    known = {bundle.code: bundle for bundle in bundles}
    rows = ((bundle.code, record.dumps(bundle)) for bundle in known.values())
    db.executemany("INSERT INTO bundle (code, json) VALUES (?, ?)", rows)


def _group(item: Item) -> int:
    if Audience.PERSON not in item.audience:
        return 2
    return 0 if Channel.COUNTER in item.channels else 1


def _index(db: sqlite3.Connection, reader: Reader) -> list[int]:
    """Write lines, bodies and words in rank order; returns the number of items of each group."""
    counts = [0] * GROUPS
    ranked = db.execute("SELECT grp, body FROM staged ORDER BY grp, length, name, code")
    departments: dict[str, tuple[list[str], str]] = {}
    for rank, (group, body) in enumerate(ranked, start=1):
        counts[group] += 1
        item = record.loads(Item, zlib.decompress(body))
        if item.department not in departments:
            departments[item.department] = _department(item.department, reader)
        words, unusual = _names(item, reader)
        named, named_unusual = departments[item.department]
        materials = material_names(item)
        words += [*named, *_facts(item, materials)]
        line = (*_line(rank, item, len(materials)), " ".join([*unusual, named_unusual]).strip())
        db.execute(f"INSERT INTO line VALUES ({','.join('?' * len(line))})", line)
        db.execute("INSERT INTO body VALUES (?, ?)", (rank, body))
        db.execute("INSERT INTO material VALUES (?, ?)", (rank, "\n".join(map(grams.plain, materials))))
        db.execute("INSERT INTO gram(rowid, words) VALUES (?, ?)", (rank, grams.unique(words)))
    return counts


def material_names(item: Item) -> tuple[str, ...]:
    """Once each, in catalog order."""
    return tuple(dict.fromkeys(rule.material.name for rule in item.rules))


def _line(rank: int, item: Item, materials: int) -> tuple[object, ...]:
    return (
        rank,
        item.code,
        item.name,
        item.department,
        "\n".join(item.everyday_names),
        sum(1 << AUDIENCES.index(a) for a in item.audience),
        sum(1 << CHANNELS.index(c) for c in item.channels),
        item.promise_days,
        materials,
        item.theme,
    )


def _unusual(which: str, unusual: dict[int, tuple[str, ...]]) -> str:
    return " ".join(f"{which}.{place}.{sound}" for place, sounds in unusual.items() for sound in sounds)


def _department(name: str, reader: Reader) -> tuple[list[str], str]:
    text = grams.plain(name)
    sounds, unusual = reader.read(text)
    words = list(dict.fromkeys(grams.text_grams(text, grams.DEPARTMENT, sounds)))
    return words, _unusual(grams.DEPARTMENT, unusual)


def _names(item: Item, reader: Reader) -> tuple[list[str], list[str]]:
    """The words for the name and the everyday names, and their unusual readings."""
    words: list[str] = []
    notes: list[str] = []
    for number, raw in enumerate((item.name, *item.everyday_names)):
        text = grams.plain(raw)
        sounds, unusual = reader.read(text)
        field = grams.EVERYDAY if number else grams.NAME
        words += [*grams.whole_grams(text, sounds), *grams.text_grams(text, field, sounds)]
        words += grams.start_grams(text, field, sounds)
        notes += [_unusual(str(number), unusual)] if unusual else []
    return words, notes


def _facts(item: Item, materials: Sequence[str]) -> Iterator[str]:
    """The words for materials (by characters only), the code, and what items are filtered by."""
    for raw in materials:
        yield from grams.text_grams(grams.plain(raw), grams.MATERIALS)
    code = grams.plain(item.code)
    yield from grams.whole_grams(code)
    yield from grams.code_grams(code)
    yield from (
        grams.filter_gram("c", channel.value) for channel in sorted(item.channels, key=CHANNELS.index)
    )
    yield from (grams.filter_gram("a", a.value) for a in sorted(item.audience, key=AUDIENCES.index))
    yield grams.filter_gram("t", item.theme)
