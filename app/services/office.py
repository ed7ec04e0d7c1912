"""The bundle of ports one station works with; wired once in app/commands/wiring.py."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.carried import Carried
from app.domain.catalog import Channel
from app.domain.catalog_age import AgeLimits
from app.domain.deadline import WorkCalendar
from app.domain.printing import PaperForm
from app.ports import (
    CatalogSource,
    CatalogSync,
    Clock,
    Devices,
    Gateway,
    Machine,
    MaterialVault,
    PageTools,
    ReceiptArchive,
    ReceiptPress,
    ReceiptVerifier,
    Sealer,
    StationKeys,
    Store,
)
from app.services.health_journal import HealthJournal
from app.texts import Texts


@dataclass(frozen=True, slots=True)
class Station:
    station_id: str
    site: str
    mode: Channel
    demo: bool = False


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """The document camera of a station: `driver` "qt" or "simulated"; `name` "" for the first there is."""

    driver: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """`sealer` is None until the station is enrolled; `machine` and `page_tools` where nobody asks
    after them, `camera` where none is configured."""

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
    papers: tuple[PaperForm, ...] = (PaperForm.SLIP,)
    machine: Machine | None = None
    page_tools: PageTools | None = None
    camera: CameraChoice | None = None
    catalog_limits: AgeLimits = AgeLimits()
    sync_hours: int = 4  # 0: only when a person asks
    carried: Callable[[], tuple[Carried, ...]] = tuple  # how what travels with the catalog stands
    journal: HealthJournal = field(default_factory=HealthJournal)
