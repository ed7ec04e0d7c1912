"""What the gateway publishes: the ready catalog file, what is current, and the stations' keys.

A draft that `catalog import` left in the DATA folder is published when it changed; with
`--demo` the demo items stand beside it (the draft's row wins where codes meet).  The same
items are never published twice: their fingerprint is kept with the version.
"""

import hashlib
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import delete, func, insert, select

from app.domain import record
from app.domain.catalog import Bundle, Item
from app.domain.receipt import StationKey
from app.gateway.catalog_targets import CURRENT, Prepared, prepare, put_in_force, whole_former
from app.gateway.database import Database, catalogs, item_names
from app.gateway.enrolment import published_keys
from app.gateway.repository import Repository
from app.packed import file_sha256

STATIONS = "stations.json"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Sources:
    """Where this gateway's items come from; `data` is the folder with the draft in it."""

    data: Path
    demo: bool

    def fingerprint(self) -> str:
        """Changes with what would be published, the form of the file included; "" when there is nothing.

        A large draft is hashed, not parsed: most starts find nothing new.
        """
        from app.catalog.draft import BUNDLES, ITEMS
        from app.catalog.layout import FORMAT

        draft, bundles = self.data / ITEMS, self.data / BUNDLES
        if not (self.demo or draft.exists()):
            return ""
        parts = [str(FORMAT), *(file_sha256(path) if path.exists() else "" for path in (draft, bundles))]
        parts += [record.dumps(made) for made in (*_demo_items(), *_demo_bundles())] if self.demo else []
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def items(self) -> tuple[Item, ...]:
        """Drafts turned into items in force.  Raises StoreDamagedError."""
        from app.catalog.draft import draft_items

        found = {item.code: item for item in (_demo_items() if self.demo else ())}
        found.update((item.code, item) for item in (draft_items(self.data) or ()))
        return tuple(replace(item, draft=False) for item in found.values())

    def bundles(self) -> tuple[Bundle, ...]:
        """Raises StoreDamagedError."""
        from app.catalog.draft import draft_bundles

        found = {bundle.code: bundle for bundle in (_demo_bundles() if self.demo else ())}
        found.update((bundle.code, bundle) for bundle in draft_bundles(self.data))
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Made:
    prepared: Prepared
    names: tuple[tuple[str, str], ...]


def publish_catalog(
    database: Database, repository: Repository, sources: Sources, now: datetime, apart: bool = False
) -> str:
    """Build, sign and put in force, unless that is what is in force; the version, "" without items.

    `apart`: the long part in a process of its own, since a server has to go on answering meanwhile.
    """
    fingerprint = sources.fingerprint()
    newest = _newest(database)
    if fingerprint == "":
        return "" if newest is None else newest[0]
    if newest is not None and newest[1] == fingerprint and CURRENT in repository.listed():
        return newest[0]
    version = _next_version(database, now)
    with tempfile.TemporaryDirectory(dir=repository.targets.parent) as folder:
        made = _made(sources, version, now, repository.kept, Path(folder), apart)
        put_in_force(repository, made.prepared)
        _remember(database, made, version, fingerprint, now)
    return version


def publish_stations(database: Database, repository: Repository) -> bool:
    """Put the present keys in force; True when they had changed."""
    with database.read() as db:
        keys = published_keys(db)
    data = stations_document(keys)
    if repository.listed().get(STATIONS) == hashlib.sha256(data).hexdigest():
        return False
    repository.publish({STATIONS: data})
    return True


def stations_document(keys: Iterable[StationKey]) -> bytes:
    return record.dumps(list(keys)).encode()


def catalog_version(database: Database) -> str:
    """ "" while nothing is published."""
    newest = _newest(database)
    return "" if newest is None else newest[0]


def _demo_items() -> tuple[Item, ...]:
    from app.catalog.demo import demo_items

    return demo_items()


def _demo_bundles() -> tuple[Bundle, ...]:
    from app.catalog.demo import demo_bundles

    return demo_bundles()


def _made(sources: Sources, version: str, now: datetime, kept: Path, work: Path, apart: bool) -> _Made:
    if not apart:
        return _make(sources, version, now, kept, work)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        return child.submit(_make, sources, version, now, kept, work).result()


def _make(sources: Sources, version: str, now: datetime, kept: Path, work: Path) -> _Made:
    """Everything of a version but the signatures.  Raises StoreDamagedError, OSError."""
    from app.catalog.build import build_catalog
    from app.catalog.layout import FORMAT

    items, built = sources.items(), work / "catalog.sqlite"
    like = next(whole_former(kept), None)
    build_catalog(items, version, now, built, sources.bundles(), like)
    prepared = prepare(built, version, len(items), now, kept, work, FORMAT)
    return _Made(prepared, tuple((item.code, item.name) for item in items))


def _remember(database: Database, made: _Made, version: str, fingerprint: str, now: datetime) -> None:
    sha256, names = made.prepared.sha256, made.names
    with database.write() as db:
        db.execute(
            insert(catalogs).values(
                version=version, fingerprint=fingerprint, sha256=sha256, items=len(names), published_at=now
            )
        )
        db.execute(delete(item_names))
        for start in range(0, len(names), _BATCH):
            rows = [{"code": code, "name": name} for code, name in names[start : start + _BATCH]]
            db.execute(insert(item_names), rows)


def _newest(database: Database) -> tuple[str, str] | None:
    table = catalogs.c
    with database.read() as db:
        row = db.execute(select(catalogs).order_by(table.published_at.desc(), table.version.desc())).first()
    return None if row is None else (row.version, row.fingerprint)


def _next_version(database: Database, now: datetime) -> str:
    """`20261121.3`: the day, and how many versions this gateway has published so far."""
    with database.read() as db:
        count = db.scalar(select(func.count()).select_from(catalogs)) or 0
    return f"{now:%Y%m%d}.{count + 1}"
