"""A terminal's real store, seal and line, against a real gateway; only the paper is pretended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.case import Application
from app.domain.catalog import Channel
from app.domain.hall_time import CHINA
from app.domain.material_file import MaterialFile, MediaType
from app.gateway import files
from app.gateway.database import Database, sqlite_url
from app.gateway.vault import Vault
from app.receipts.sealer import StationSealer
from app.remote.gateway_client import GatewayClient
from app.services import materials
from app.services.office import Office, Station
from app.store.local import LocalStore, open_local
from app.texts import load
from tests.gateway.running import AStation, RunningGateway
from tests.services.fakes import FOLDER_KEY, FakeCatalog, Hall, an_application, an_item

PDF = b"%PDF-1.7\n"


class MovableClock:
    """This machine's clock, put forward as a test likes."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(CHINA) + self._ahead

    def pass_time(self, **period: float) -> None:
        self._ahead += timedelta(**period)


@dataclass
class Terminal:
    local: LocalStore
    office: Office
    clock: MovableClock

    def application(self, n: int) -> Application:
        return an_application(n, request_id=f"{self.office.station.station_id}-{n}")

    def keep(self, n: int, data: bytes, **changes: Any) -> MaterialFile:
        """A file of the n-th case to be received."""
        return materials.keep(
            self.office, self.application(n).request_id, data, MediaType.PDF, 1, material_key="m1", **changes
        )


@contextmanager
def terminal(data: Path, station: AStation, url: str = "") -> Iterator[Terminal]:
    """Opened on a DATA folder as a start of the program does; `url`: another way to the gateway."""
    assert station.granted is not None
    enrolment = station.granted.enrolment
    with open_local(data, "test", FOLDER_KEY) as local:
        with local.store.begin() as work:
            work.add_block(station.block)
            work.commit()
        clock = MovableClock()
        sealer = StationSealer(
            station.pem,
            enrolment.certificate_pem,
            enrolment.authority_pem,
            enrolment.key_id,
            "HTTPS://Q.EXAMPLE.CN",
            load(),
            clock.now,
        )
        office = Hall(local).office(
            station=Station(station.station_id, "演示大厅", Channel.COUNTER, demo=True),
            clock=clock,
            sealer=sealer,
            catalog=FakeCatalog(an_item()),
            gateway=GatewayClient(url or station.url, station.station_id, station.sign),
        )
        yield Terminal(local, office, clock)


def held_by(running: RunningGateway) -> dict[str, bytes]:
    """Every whole file at the gateway, in the plain, by id."""
    from sqlalchemy import select

    from app.gateway.database import files as table

    database = Database(sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    try:
        with database.read() as db:
            box = Vault(running.data / "gateway" / "keys").records_box()
            whole = db.scalars(select(table.c.file_id).where(table.c.completed_at.is_not(None))).all()
            return {file_id: files.content(db, box, file_id) for file_id in whole}
    finally:
        database.close()


def cases_at(running: RunningGateway) -> list[str]:
    from sqlalchemy import select

    from app.gateway.database import cases

    database = Database(sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    try:
        with database.read() as db:
            return list(db.scalars(select(cases.c.case_id)))
    finally:
        database.close()
