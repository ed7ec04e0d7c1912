"""The gateway's parts in one bundle, opened in the order that makes them ready to serve.

DATA/gateway/keys/            the vault
DATA/gateway/gateway.sqlite   unless another database is named
DATA/gateway/repository/      the signed repository
DATA/gateway/gateway.lock     held by the one process that publishes here
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from app.errors import RemoteError, StoreBusyError
from app.gateway import files, intake
from app.gateway.authority import Authority
from app.gateway.database import Database, sqlite_url
from app.gateway.operators import forget_tries, put_demo_operators
from app.gateway.platform import CityPlatform, SimulatedPlatform
from app.gateway.publishing import Sources, publish_catalog, publish_stations
from app.gateway.repository import Repository, utc_now
from app.gateway.station_auth import forget_nonces
from app.gateway.vault import RecordsBox, Vault

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """`platform` is None while no city platform is connected: its numbers stay unknown then."""

    database: Database
    repository: Repository
    authority: Authority
    box: RecordsBox
    platform: CityPlatform | None
    demo: bool
    now: Callable[[], datetime] = utc_now
    publishing: Lock = field(default_factory=Lock)

    def publish_stations(self) -> None:
        """One at a time: a slower reader must not put an older list in force."""
        with self.publishing:
            publish_stations(self.database, self.repository)

    def ask_platform(self, case_id: str) -> str:
        """The official number of a stored case, asked for when still unknown; "" when there is none yet."""
        with self.database.read() as db:
            number = intake.platform_number(db, case_id)
            if number or self.platform is None:
                return number
            case = intake.case_of(db, self.box, case_id)
        try:
            number = self.platform.submit(case)
        except RemoteError:
            _log.warning("the city platform gave no number; asked again later")
            return ""
        with self.database.write() as db:
            intake.set_platform_number(db, case_id, number)
        return number


def open_parts(
    data: Path,
    database_url: str | None,
    demo: bool,
    now: Callable[[], datetime] = utc_now,
    platform: CityPlatform | None = None,
) -> Parts:
    """Everything migrated, every key made, everything published.  Raises StoreError, SQLAlchemyError."""
    home = data / "gateway"
    home.mkdir(parents=True, exist_ok=True)
    vault = Vault(home / "keys")
    database = Database(database_url or sqlite_url(home / "gateway.sqlite"))
    repository = Repository(home / "repository", vault, now)
    if demo and platform is None:
        platform = SimulatedPlatform()
    parts = Parts(database, repository, Authority(vault), vault.records_box(), platform, demo, now)
    _publish_all(parts, data)
    return parts


def maintain(parts: Parts) -> None:
    """What has to be done now and then: renew signatures, publish what the admin commands changed,
    forget what is past, ask the city platform again."""
    parts.repository.renew()
    parts.publish_stations()
    with parts.database.write() as db:
        forget_nonces(db, parts.now())
        forget_tries(db, parts.now())
        files.clean(db, parts.now())
    if parts.platform is not None:
        with parts.database.read() as db:
            waiting = intake.waiting_for_platform(db)
        for case_id in waiting:
            parts.ask_platform(case_id)


def hold_lock(data: Path) -> int:
    """The right to publish from this DATA folder, until the process ends.  Raises StoreBusyError."""
    import fcntl  # a gateway runs on a server system; terminals never come here

    home = data / "gateway"
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "gateway.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreBusyError("another gateway runs on this DATA folder") from error
    return descriptor


def _publish_all(parts: Parts, data: Path) -> None:
    if parts.demo:
        with parts.database.write() as db:
            put_demo_operators(db)
    version = publish_catalog(parts.database, parts.repository, Sources(data, parts.demo), parts.now())
    _log.info("catalog in force: %s", version or "none yet")
    parts.publish_stations()
    parts.repository.renew()
