"""What a gateway's administrator does from the command line, while it runs or not.

These work on the database alone; the running gateway publishes what changed at its next round
of maintenance (some seconds).  Each takes the gateway's DATA folder and, where one is used, the
same database URL as the gateway.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

from sqlalchemy import update

from app.atomic_file import write_atomically
from app.domain.numbering import STATION_ID
from app.domain.operator import Operator
from app.errors import InvalidInputError, NoCatalogError, StoreBusyError
from app.gateway.database import Database, sqlite_url, station_keys
from app.gateway.enrolment import CODE_LIFE, add_code
from app.gateway.operators import put_operator
from app.gateway.publishing import catalog_version
from app.gateway.repository import utc_now


def make_code(
    data: Path, database_url: str | None = None, station_id: str | None = None, life: timedelta = CODE_LIFE
) -> str:
    """A one-time enrolment code, told once.

    With `station_id` it enrols only that station, and may put a new key in place of its
    present one.  Raises InvalidInputError, StoreError.
    """
    if station_id is not None and not STATION_ID.fullmatch(station_id):
        raise InvalidInputError("station id", field="station_id")
    with _opened(data, database_url) as database, database.write() as db:
        return add_code(db, utc_now(), station_id, life)


def set_operator(data: Path, operator: Operator, pin: str, database_url: str | None = None) -> None:
    """Add an operator, or change one's name, role and PIN; lifts a lock-out.  Raises InvalidInputError."""
    if not (operator.operator_id.isalnum() and operator.operator_id.isascii() and pin.strip()):
        raise InvalidInputError("operator", field="operator_id")
    with _opened(data, database_url) as database, database.write() as db:
        put_operator(db, operator, pin)


def withdraw_station(data: Path, station_id: str, database_url: str | None = None) -> bool:
    """Stop a station (stolen, scrapped): its key signs nothing any more; what it signed before stays
    verifiable.  True when there was a key to withdraw."""
    in_force = (station_keys.c.station_id == station_id) & station_keys.c.revoked_at.is_(None)
    with _opened(data, database_url) as database, database.write() as db:
        return db.execute(update(station_keys).where(in_force).values(revoked_at=utc_now())).rowcount > 0


def publish(data: Path, database_url: str | None = None, demo: bool = False, within_s: float = 1800.0) -> str:
    """Put the draft in force, by the running gateway or, when none runs, here; the version in force.

    Raises StoreError, StoreBusyError (a running gateway did not do it in time), NoCatalogError (no draft).
    """
    from app.gateway.parts import PUBLISH_REQUEST, hold_lock, open_parts

    try:
        lock = hold_lock(data)
    except StoreBusyError:
        asked = data / PUBLISH_REQUEST
        write_atomically(asked, b"")
        end = monotonic() + within_s
        while asked.exists():
            if monotonic() > end:
                raise
            sleep(0.2)
    else:
        try:
            open_parts(data, database_url, demo).database.close()  # its start publishes
        finally:
            os.close(lock)
    with _opened(data, database_url) as database:
        version = catalog_version(database)
    if not version:
        raise NoCatalogError("no draft to publish")
    return version


@contextmanager
def _opened(data: Path, database_url: str | None) -> Iterator[Database]:
    home = data / "gateway"
    home.mkdir(parents=True, exist_ok=True)
    database = Database(database_url or sqlite_url(home / "gateway.sqlite"))
    try:
        yield database
    finally:
        database.close()
