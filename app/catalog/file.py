"""One catalog file, opened read-only: items by code, and the search over them."""

import logging
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TypeVar

from app.catalog.body import Packing
from app.catalog.grams import in_raw
from app.catalog.layout import APPLICATION_ID, AUDIENCES, CHANNELS, FORMAT
from app.catalog.lines import Filter, Found, Line
from app.catalog.query import Span
from app.catalog.search import Search
from app.domain import record
from app.domain.catalog import Bundle, CatalogInfo, Channel, Item, ItemHit
from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.domain.ranking import Preference
from app.errors import NewerSchemaError, StoreDamagedError

_log = logging.getLogger(__name__)

T = TypeVar("T")
_AT_ONCE = 500
_ALIKE = 50
_BODIES = f"SELECT id, json FROM body WHERE id IN ({','.join('?' * _ALIKE)})"
_BROKEN = (ValueError, TypeError, LookupError, AttributeError)
_CACHE = -16_000  # KiB of pages kept, negative as SQLite wants it


def _subsets(members: Sequence[T]) -> tuple[frozenset[T], ...]:
    """What each sum of bits stands for."""
    numbers = range(1 << len(members))
    return tuple(frozenset(m for n, m in enumerate(members) if bits >> n & 1) for bits in numbers)


_AUDIENCES, _CHANNELS = _subsets(AUDIENCES), _subsets(CHANNELS)


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
        self._whole: set[int] = set()  # the lines whose bodies were looked at
        self._facets: Facets | None = None
        with _guarded(path):
            self._db = _open(path)
            try:
                self._info = _read_info(self._db, draft)
                self._search = Search(self._db)
                self._packing = Packing(self._db.execute("SELECT dictionary FROM packing").fetchone()[0])
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
                return record.loads(Item, self._packing.unpack(row[0]))
            except (ValueError, TypeError) as error:
                self._leave_out(code, error)
                return None

    def search(
        self,
        text: str,
        limit: int = 20,
        channel: Channel | None = None,
        wanted: Narrowing = EVERYTHING,
        prefer: Preference | None = None,
    ) -> Sequence[ItemHit]:
        with self._lock, _guarded(self._path):
            return self._collect(self._search.run(text, Filter(channel, wanted), prefer), limit)

    def departments(self) -> Sequence[str]:
        return self._search.departments()

    def facets(self) -> Facets:
        with self._lock, _guarded(self._path):
            if self._facets is None:
                self._facets = self._search.facets()
            return self._facets

    def hits(
        self, codes: Sequence[str], channel: Channel | None = None, wanted: Narrowing = EVERYTHING
    ) -> Sequence[ItemHit]:
        narrow = Filter(channel, wanted)
        with self._lock, _guarded(self._path):
            lines = (self._search.line(code) for code in codes)
            found = ((line, None) for line in lines if line and self._search.allowed(line, narrow))
            return self._collect(found, len(codes))

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
        """In the publisher's order."""
        with self._lock, _guarded(self._path):
            rows = self._db.execute("SELECT json FROM bundle ORDER BY id").fetchall()
            return tuple(record.loads(Bundle, text) for (text,) in rows)

    def _collect(self, found: Iterator[Found], limit: int) -> Sequence[ItemHit]:
        hits: list[ItemHit] = []
        while len(hits) < limit:
            some = list(islice(found, min(limit - len(hits), _AT_ONCE)))
            if not some:
                break
            hits += self._hits(some)
        return tuple(hits)

    def _hits(self, found: Sequence[Found]) -> Iterator[ItemHit]:
        """Those whose rows are whole."""
        self._check([line for line, _ in found if line.id not in self._whole])
        named: tuple[str, Span | None] | None = None
        place: Span | None = None
        for line, match in found:
            if line.code in self._broken:
                continue
            try:
                if named != (line.name, match):  # a name stands in many towns, one behind the other
                    named, place = (line.name, match), match and in_raw(line.name, match)
                yield self._hit(line, place)
            except _BROKEN as error:
                self._leave_out(line.code, error)

    def _check(self, lines: Sequence[Line]) -> None:
        """Leave out lines whose body is not the one they were written with; asked once of each."""
        checks: dict[int, int] = {}
        for at in range(0, len(lines), _ALIKE):  # always by the same statement
            some = ([line.id for line in lines[at : at + _ALIKE]] + [None] * _ALIKE)[:_ALIKE]
            checks |= {number: zlib.crc32(body) for number, body in self._db.execute(_BODIES, some)}
        for line in lines:
            if checks.get(line.id) == line.body_crc:
                self._whole.add(line.id)
            else:
                self._leave_out(line.code, ValueError("the check sum of the body"))

    def _hit(self, line: Line, place: Span | None) -> ItemHit:
        return ItemHit(
            line.code,
            line.name,
            self._search.department(line.department),
            _AUDIENCES[line.audience],
            _CHANNELS[line.channels],
            line.promise_days,
            line.material_count,
            place,
            line.theme,
        )

    def _leave_out(self, code: str, error: Exception) -> None:
        if code not in self._broken:
            self._broken.add(code)
            _log.warning("item %s left out, its row is broken: %s", code, type(error).__name__)


def _open(path: Path) -> sqlite3.Connection:
    """`immutable`: no locks, no journal; the file is only ever replaced, never written."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    db.execute(f"PRAGMA cache_size = {_CACHE}")
    return db


def _read_info(db: sqlite3.Connection, draft: bool) -> CatalogInfo:
    (made_by,), (layout,) = (db.execute(f"PRAGMA {p}").fetchone() for p in ("application_id", "user_version"))
    if made_by != APPLICATION_ID:
        raise StoreDamagedError(f"application id {made_by:#x}")
    if layout > FORMAT:
        raise NewerSchemaError(f"catalog format {layout}")
    if layout < FORMAT:  # a sync brings the same items anew; two readers would be two truths
        raise StoreDamagedError(f"catalog format {layout}")
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
