"""The gateway's parts in one bundle, opened in the order that makes them ready to serve.

DATA/gateway/keys/            the vault
DATA/gateway/gateway.sqlite   unless another database is named
DATA/gateway/repository/      the signed repository
DATA/gateway/versions/        the last catalogs unpacked, to make deltas from
DATA/gateway/publish          an administrator asked to publish; removed when it was done
DATA/gateway/gateway.lock     held by the one process that publishes here
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from app.errors import InvalidInputError, RemoteError, StoreBusyError
from app.gateway import files, intake
from app.gateway.authority import Authority
from app.gateway.data_targets import FOLDER as DATA_FOLDER
from app.gateway.data_targets import publish_data
from app.gateway.database import Database, sqlite_url
from app.gateway.operators import forget_tries, put_demo_operators
from app.gateway.platform import CityPlatform, SimulatedPlatform
from app.gateway.publishing import Sources, publish_catalog, publish_stations
from app.gateway.repository import Repository, utc_now
from app.gateway.station_auth import forget_nonces
from app.gateway.vault import RecordsBox, Vault

PUBLISH_REQUEST = Path("gateway", "publish")
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
    data: Path
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
    parts = Parts(database, repository, Authority(vault), vault.records_box(), platform, demo, data, now)
    _publish_all(parts)
    return parts


def maintain(parts: Parts) -> None:
    """What has to be done now and then: renew signatures, publish what the admin commands changed,
    forget what is past, ask the city platform again."""
    _rotate(parts)
    parts.repository.renew()
    parts.publish_stations()
    _publish_on_request(parts)
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


def _publish_all(parts: Parts) -> None:
    if parts.demo:
        with parts.database.write() as db:
            put_demo_operators(db)
    _rotate(parts)
    publish_everything(parts)
    parts.publish_stations()
    parts.repository.renew()


def publish_everything(parts: Parts, apart: bool = False) -> str:
    """The draft and the data files as they are now; the catalog's version.  Raises as `publish_catalog`."""
    sources = Sources(parts.data, parts.demo)
    version = publish_catalog(parts.database, parts.repository, sources, parts.now(), apart)
    _log.info("catalog in force: %s", version or "none yet")
    publish_data(parts.repository, parts.data / DATA_FOLDER)
    return version


def _publish_on_request(parts: Parts) -> None:
    """What `gateway-admin publish` asked for; one that fails is said once, not tried for ever."""
    asked = parts.data / PUBLISH_REQUEST
    if not asked.exists():
        return
    try:
        publish_everything(parts, apart=True)
    finally:
        asked.unlink(missing_ok=True)


def _rotate(parts: Parts) -> None:
    try:
        if parts.repository.rotate():
            _log.info("signed anew with other keys")
    except InvalidInputError as error:
        _log.error("keys not changed: %s", error)
