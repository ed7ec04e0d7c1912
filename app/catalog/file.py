"""One catalog file, opened read-only: items by code, and the search over them."""

import logging
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from app.catalog import build
from app.catalog.search import Filter, Line, Search
from app.domain import record
from app.domain.catalog import Audience, Bundle, CatalogInfo, Channel, Item, ItemHit
from app.errors import NewerSchemaError, StoreDamagedError

_log = logging.getLogger(__name__)


class CatalogFile:
    """The port `CatalogSource` over one file of `build_catalog`.

    One statement at a time, from whichever thread calls.  A row that cannot be read is left
    out of every list, with a line in the log, and the rest works.

    Raises:
        StoreDamagedError: not a catalog file, or one that the disk spoiled.
        NewerSchemaError: made by a newer program.
    """

    def __init__(self, path: Path, draft: bool = False) -> None:
        self._path = path
        self._lock = Lock()
        self._broken: set[str] = set()
        with _guarded(path):
            self._db = _open(path)
            try:
                self._info = _read_info(self._db, draft)
                self._search = Search(self._db)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def info(self) -> CatalogInfo:
        return self._info

    def item(self, code: str) -> Item | None:
        """None when there is no such item, or its row is broken."""
        with self._lock, _guarded(self._path):
            row = self._db.execute(
                "SELECT json FROM line JOIN body USING (id) WHERE code = ?", (code,)
            ).fetchone()
        if row is None:
            return None
        try:
            return record.loads(Item, zlib.decompress(row[0]))
        except (ValueError, TypeError, zlib.error) as error:
            self._leave_out(code, error)
            return None

    def search(
        self,
        text: str,
        limit: int = 20,
        channel: Channel | None = None,
        audience: Audience | None = None,
        theme: str = "",
    ) -> Sequence[ItemHit]:
        wanted = Filter(channel, audience, theme)
        with self._lock, _guarded(self._path):
            return self._collect(self._search.run(text, wanted), limit)

    def hits(self, codes: Sequence[str]) -> Sequence[ItemHit]:
        with self._lock, _guarded(self._path):
            lines = (self._search.line(code) for code in codes)
            return self._collect(((line, None) for line in lines if line is not None), len(codes))

    def items(self, after: str = "", limit: int = 100) -> Sequence[Item]:
        """Whole items in the order of their codes, those behind `after`."""
        found: list[Item] = []
        while not found:  # a page of broken rows only is not the end
            with self._lock, _guarded(self._path):
                page = "SELECT code FROM line WHERE code > ? ORDER BY code LIMIT ?"
                codes = [code for (code,) in self._db.execute(page, (after, limit))]
            if not codes:
                break
            found += filter(None, map(self.item, codes))
            after = codes[-1]
        return tuple(found)

    def bundles(self) -> Sequence[Bundle]:
        """In the publisher's order; none in a file made before there were any."""
        with self._lock, _guarded(self._path):
            if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'bundle'").fetchone():
                return ()
            rows = self._db.execute("SELECT json FROM bundle ORDER BY id").fetchall()
            return tuple(record.loads(Bundle, text) for (text,) in rows)

    def _collect(self, found: Iterator[tuple[Line, tuple[int, int] | None]], limit: int) -> Sequence[ItemHit]:
        hits: list[ItemHit] = []
        while len(hits) < limit:
            line, match = next(found, (None, None))
            if line is None:
                break
            hit = self._hit(line, match)
            if hit is not None:
                hits.append(hit)
        return tuple(hits)

    def _hit(self, line: Line, match: tuple[int, int] | None) -> ItemHit | None:
        """None for a row that is broken, or that leads to a broken item."""
        if line.code in self._broken:
            return None
        try:
            body = self._db.execute("SELECT json FROM body WHERE id = ?", (line.id,)).fetchone()
            zlib.decompress(body[0])  # its check sum tells; parsing waits until the item is asked for
            return ItemHit(
                line.code,
                line.name,
                line.department,
                frozenset(a for n, a in enumerate(build.AUDIENCES) if line.audience >> n & 1),
                frozenset(c for n, c in enumerate(build.CHANNELS) if line.channels >> n & 1),
                line.promise_days,
                line.material_count,
                match,
                line.theme,
            )
        except (ValueError, TypeError, zlib.error) as error:
            self._leave_out(line.code, error)
            return None

    def _leave_out(self, code: str, error: Exception) -> None:
        if code not in self._broken:
            self._broken.add(code)
            _log.warning("item %s left out, its row is broken: %s", code, type(error).__name__)


def _open(path: Path) -> sqlite3.Connection:
    """`immutable`: no locks, no journal; the file is only ever replaced, never written."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _read_info(db: sqlite3.Connection, draft: bool) -> CatalogInfo:
    (made_by,), (layout,) = (db.execute(f"PRAGMA {p}").fetchone() for p in ("application_id", "user_version"))
    if made_by != build.APPLICATION_ID:
        raise StoreDamagedError(f"application id {made_by:#x}")
    if layout > build.FORMAT:
        raise NewerSchemaError(f"catalog format {layout}")
    meta = dict(db.execute("SELECT key, value FROM meta"))
    published = datetime.fromisoformat(meta["published_at"])
    return CatalogInfo(meta["version"], int(meta["items"]), published, draft)


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Let out only AppErrors."""
    try:
        yield
    except (sqlite3.Error, OSError, KeyError, ValueError, TypeError) as error:
        raise StoreDamagedError(f"{path.name}: {error}") from error
