"""The bundle of ports one station works with; wired once in app/commands/wiring.py."""

from dataclasses import dataclass

from app.domain.catalog import Channel
from app.domain.deadline import WorkCalendar
from app.ports import (
    CatalogSource,
    CatalogSync,
    Clock,
    Devices,
    Gateway,
    MaterialVault,
    ReceiptArchive,
    ReceiptPress,
    ReceiptVerifier,
    Sealer,
    StationKeys,
    Store,
)
from app.texts import Texts


@dataclass(frozen=True, slots=True)
class Station:
    station_id: str
    site: str
    mode: Channel
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """`sealer` is None until the station is enrolled."""

    station: Station
    texts: Texts
    clock: Clock
    calendar: WorkCalendar
    store: Store
    catalog: CatalogSource
    catalog_sync: CatalogSync | None
    archive: ReceiptArchive
    sealer: Sealer | None
    press: ReceiptPress
    keys: StationKeys
    verifier: ReceiptVerifier
    devices: Devices
    gateway: Gateway | None
    vault: MaterialVault
