"""Build an `Office` from a station file and a DATA folder: the one place where ports meet adapters."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from app.carried_words import CarriedWords
from app.catalog.source import CatalogFolder
from app.domain.catalog import Channel
from app.domain.device import DeviceKind
from app.domain.hall_time import CHINA
from app.domain.receipt import StationKey, Verdict
from app.errors import OfflineError, OtherStationError, StoreKeyError
from app.machine import ThisMachine
from app.ports import CatalogSync, Enrolment, Granted, ReceiptVerifier, Store
from app.receipts.keys import make_key, signer, signing_request
from app.receipts.sealer import StationSealer
from app.schedules import LiveCalendar
from app.services.health_journal import HealthJournal
from app.services.office import CameraChoice, Office, Station
from app.settings import StationSettings, read
from app.store.local import LocalStore, open_local
from app.texts import Texts
from devices.hub import DeviceHub
from devices.registry import DeviceLine

ALL_DEVICES = tuple(DeviceKind)


class SystemClock:
    """This machine's clock in the zone of the hall, whatever zone the machine is set to."""

    def now(self) -> datetime:
        return datetime.now(CHINA)


@dataclass(frozen=True, slots=True)
class Opened:
    """`enrol` makes this station known by a one-time code while it is open; the next opening has its keys."""

    office: Office
    enrol: Callable[[str], Granted]


@contextmanager
def open_office(
    file: Path, data: Path, *, devices: Sequence[DeviceKind] = ALL_DEVICES, mode: Channel | None = None
) -> Iterator[Office]:
    """A station as the one writing process of its DATA folder; everything is closed at the end.

    Raises SettingsError, StoreError, OtherStationError.
    """
    with open_station(file, data, devices=devices, mode=mode) as opened:
        yield opened.office


@contextmanager
def open_station(
    file: Path, data: Path, *, devices: Sequence[DeviceKind] = ALL_DEVICES, mode: Channel | None = None
) -> Iterator[Opened]:
    """Like `open_office`, for who may also have to enrol."""
    settings = read(file)
    with open_local(data, mode.value if mode else "command") as local:
        hub = device_hub(settings, devices)
        try:
            office = _office(settings, local, hub, mode or settings.mode, window=mode is not None)
            yield Opened(office, lambda code: _enrol(settings, local, code))
        finally:
            hub.close()


def _office(
    settings: StationSettings, local: LocalStore, hub: DeviceHub, mode: Channel, *, window: bool
) -> Office:
    from app.pages.tools import Tools
    from app.receipts.press import Press
    from app.remote.gateway_client import GatewayClient
    from app.remote.station_keys import SyncedStationKeys

    data, clock, url = local.folder.path, SystemClock(), settings.gateway.url
    words, calendar = CarriedWords(data / "data"), LiveCalendar(data / "data" / "schedules")
    texts = words.texts
    keys = SyncedStationKeys(data)
    enrolment = _enrolment(local.store, settings)
    pem = _private_key(local) if enrolment else ""
    known = keys.key(enrolment.key_id) if enrolment else None
    journal = HealthJournal()
    hub.listen(journal.heard)
    return Office(
        station=Station(settings.station_id, settings.site, mode, demo=bool(known and known.demo)),
        texts=texts,
        clock=clock,
        calendar=calendar,
        store=local.store,
        catalog=CatalogFolder(data),
        catalog_sync=_sync(settings, data, enrolment, window) if enrolment and url else None,
        archive=local.archive,
        sealer=_sealer(enrolment, pem, settings.gateway.public_url, clock, texts) if enrolment else None,
        press=Press(texts, clock.now, hub.slip_paper()),
        keys=keys,
        verifier=receipt_verifier(data),
        devices=hub,
        papers=settings.papers,
        gateway=GatewayClient(url, settings.station_id, signer(pem) if pem else None) if url else None,
        vault=local.vault,
        machine=ThisMachine(data, settings),
        journal=journal,
        page_tools=Tools(),
        camera=_camera(settings),
        catalog_limits=settings.catalog.limits,
        sync_hours=settings.catalog.sync_hours,
        carried=lambda: (*calendar.told(), *words.told()),
    )


def _sync(settings: StationSettings, data: Path, enrolment: Enrolment, window: bool) -> CatalogSync:
    from app.catalog.layout import FORMAT
    from app.commands.fetching import CatalogFetch
    from app.remote.catalog_sync import TufCatalogSync

    url, limit = settings.gateway.url, settings.gateway.rate_limit_kbit
    if window:  # which must stay smooth meanwhile (ADR 0108)
        return CatalogFetch(url, data, enrolment.trusted_root, limit)
    return TufCatalogSync(url, data, enrolment.trusted_root, rate_limit_kbit=limit, reads=FORMAT)


def _camera(settings: StationSettings) -> CameraChoice | None:
    found = (d for d in settings.devices if d.kind is DeviceKind.DOCUMENT_CAMERA)
    return next((CameraChoice(d.driver, d.line) for d in found), None)


def _sealer(
    enrolment: Enrolment, pem: str, public_url: str, clock: SystemClock, texts: Texts
) -> StationSealer:
    return StationSealer(
        pem,
        enrolment.certificate_pem,
        enrolment.authority_pem,
        enrolment.key_id,
        public_url,
        texts,
        clock.now,
    )


def _enrolment(store: Store, settings: StationSettings) -> Enrolment | None:
    with store.begin() as work:
        enrolment = work.enrolment()
    if enrolment is not None and enrolment.station_id != settings.station_id:
        raise OtherStationError(station=enrolment.station_id)
    return enrolment


def _private_key(local: LocalStore) -> str:
    kept = local.secrets.get()
    if kept is None:
        raise StoreKeyError("enrolled, but the station's key is missing")
    return kept.decode()


def device_hub(settings: StationSettings, kinds: Sequence[DeviceKind]) -> DeviceHub:
    """The hub over the station's devices of these kinds."""
    lines = [
        DeviceLine(**{f.name: getattr(d, f.name) for f in fields(DeviceLine)})
        for d in settings.devices
        if d.kind in kinds and d.kind is not DeviceKind.DOCUMENT_CAMERA  # lives in the window
    ]
    return DeviceHub(lines, SystemClock())


def receipt_verifier(data: Path) -> ReceiptVerifier:
    """Needs no lock and no key: only the station keys that were synced."""
    from app.remote.station_keys import SyncedStationKeys

    return _Verifier(SyncedStationKeys(data).key)


@dataclass(frozen=True, slots=True)
class _Verifier:
    keys: Callable[[str], StationKey | None]

    def verify(self, subject: bytes | str) -> Verdict:
        from app.receipts.verify import verify

        return verify(subject, self.keys)


def enrol_station(file: Path, data: Path, code: str) -> Granted:
    """Make the station's key (or take that of a failed try), have it certified, keep the grant.

    Raises SettingsError, StoreError, OtherStationError, RemoteError (EnrolmentRefusedError).
    """
    settings = read(file)
    with open_local(data, "enrol") as local:
        return _enrol(settings, local, code)


def _enrol(settings: StationSettings, local: LocalStore, code: str) -> Granted:
    from app.remote.gateway_client import GatewayClient

    if not settings.gateway.url:
        raise OfflineError("no gateway in the settings")
    _enrolment(local.store, settings)
    kept = local.secrets.get()
    pem = kept.decode() if kept else make_key()
    if kept is None:
        local.secrets.put(pem.encode())
    granted = GatewayClient(settings.gateway.url, settings.station_id).enrol(
        code,
        settings.station_id,
        settings.site,
        settings.mode.value,
        signing_request(pem, settings.station_id),
    )
    with local.store.begin() as work:
        work.set_enrolment(granted.enrolment)
        work.add_block(granted.block)
        work.commit()
    return granted


def is_enrolled(data: Path) -> bool:
    with open_local(data, "enrol") as local, local.store.begin() as work:
        return work.enrolment() is not None
