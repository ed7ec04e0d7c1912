"""Make a catalog file (app.catalog.layout).

The publisher (a gateway, or `catalog import` for a draft) does this once; a terminal only opens the
file.  A version that follows another is that file with a few rows changed, so that most of its pages
keep their bytes and what a terminal has to fetch stays small (ADR 0113); the first one, and one that
differs in much, is written anew.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from app.atomic_file import install, temporary_beside, translated
from app.catalog import former, grams
from app.catalog.filling import Filling
from app.catalog.layout import APPLICATION_ID, FORMAT, SCHEMA
from app.catalog.rows import rules
from app.catalog.staging import Staging
from app.domain import record
from app.domain.catalog import Bundle, Item
from app.errors import DiskFullError, StoreError

_COMMON = 64  # a word of codes says little when one in so many items has it
_COUNTED = "SELECT term, doc FROM temp.word WHERE term >= ? AND term < ? AND doc > ? ORDER BY term"


def build_catalog(
    items: Iterable[Item],
    version: str,
    published_at: datetime,
    out: Path,
    bundles: Iterable[Bundle] = (),
    like: Path | None = None,
) -> None:
    """Write the catalog file `out` (temporary file, fsync, replace); equal input makes equal bytes.

    A code that comes twice keeps its last item, or bundle.  `like`: the file of an earlier version, which
    this one then follows as closely as it can.  Raises DiskFullError, StoreError.
    """
    with translated(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(out)
    try:
        with translated(out):
            with former.opened(like) as before, closing(sqlite3.connect("")) as aside:
                staging = Staging(aside, items, before)
                meta = {"version": version, "published_at": published_at.isoformat()}
                _write(temporary, staging, meta, bundles)
            with temporary.open("r+b") as written:
                os.fsync(written.fileno())
        install(temporary, out)
    except sqlite3.Error as error:
        full = error.sqlite_errorname == "SQLITE_FULL"
        raise (DiskFullError if full else StoreError)(f"{out.name}: {error}") from error
    except former.FormerDamagedError as error:
        raise StoreError(f"the version before: {error}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _write(path: Path, staging: Staging, meta: dict[str, str], bundles: Iterable[Bundle]) -> None:
    before = staging.before if staging.follows else None
    if before is not None:
        shutil.copyfile(before.path, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=FILE;")
        if before is None:
            db.executescript(SCHEMA)
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute(f"PRAGMA user_version={FORMAT}")
        db.execute("BEGIN")
        _put_bundles(db, bundles)
        filling = Filling(db, staging)
        filling.fill()
        meta |= {"items": str(staging.count), "odd_codes": str(staging.odd_codes()), "rules": rules()}
        meta |= {f"last_{group}": str(last) for group, last in enumerate(filling.last)}
        meta["layers"] = str(before.layers + filling.indexed if before else 0)
        db.execute("DELETE FROM meta")
        db.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        db.execute("COMMIT")
        if before is None:
            db.execute("INSERT INTO gram(gram) VALUES ('optimize')")
            db.execute("INSERT INTO named(named) VALUES ('optimize')")
        _note_common_words(db, staging.count)
        if before is None:
            db.execute("VACUUM")


def _note_common_words(db: sqlite3.Connection, items: int) -> None:
    """Of the words of codes; how many items have one as a power of two, so that few change with a version."""
    db.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, gram, row)")
    found = db.execute(_COUNTED, (grams.CODE, chr(ord(grams.CODE) + 1), items // _COMMON)).fetchall()
    rows = [(word, 1 << count.bit_length()) for word, count in found]
    if rows != db.execute("SELECT word, items FROM common ORDER BY word").fetchall():
        db.execute("DELETE FROM common")
        db.executemany("INSERT INTO common VALUES (?, ?)", rows)
    db.execute("DROP TABLE temp.word")


def _put_bundles(db: sqlite3.Connection, bundles: Iterable[Bundle]) -> None:
    known = {bundle.code: bundle for bundle in bundles}
    rows = [(n, b.code, record.dumps(b)) for n, b in enumerate(known.values(), start=1)]
    if rows != db.execute("SELECT id, code, json FROM bundle ORDER BY id").fetchall():
        db.execute("DELETE FROM bundle")
        db.executemany("INSERT INTO bundle VALUES (?, ?, ?)", rows)
