"""A counter on a desk of its own: real store, catalog, press, seal; devices and line played by hand."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QApplication, QWidget

from app.catalog.build import build_catalog
from app.catalog.demo import demo_bundles, demo_items
from app.catalog.file import CatalogFile
from app.domain.catalog import CatalogInfo, Channel, Item
from app.domain.device import (
    CardRead,
    DeviceEvent,
    DeviceHealth,
    DeviceKind,
    DeviceStatus,
    FoundDevice,
)
from app.domain.identity import DocumentKind, IdentityDocument, Sex
from app.domain.narrowing import Facets
from app.domain.numbering import NumberBlock
from app.domain.operator import Operator, Role
from app.domain.outbox import OutboxMessage
from app.domain.printing import DocumentOptions, PrintOutcome, PrintState, SlipPaper
from app.domain.receipt import Verdict
from app.errors import DiskFullError, LockedOutError, NoCardError, OfflineError, SignInError
from app.pages.tools import Tools
from app.ports import Enrolment, GatewayHealth, Store, SyncReport, UnitOfWork
from app.receipts.press import Press
from app.receipts.verify import verify
from app.schedules import load_calendar
from app.services.office import CameraChoice, Office, Station
from app.store.local import LocalStore, open_local
from app.texts import load
from tests.patience import PATIENCE_S
from tests.receipts import samples
from tests.services.gateway_files import GatewayFiles
from ui.desk import Desk
from ui.tasks import TaskRunner

NOW = datetime(2026, 11, 20, 9, 46, tzinfo=ZoneInfo("Asia/Shanghai"))
FOLDER_KEY = {"GUANJIA_KEYSTORE": "file"}
LI = Operator("0217", "演示·李柜员", Role.CLERK)
WANG = Operator("0105", "演示·王柜员", Role.CLERK)
BOSS = Operator("0900", "演示·主管", Role.SUPERVISOR)
PINS = {"0217": ("246810", LI), "0105": ("135790", WANG), "0900": ("975310", BOSS)}


def person(name: str = "演示·东方测试", number: str = "11010519491231002X") -> IdentityDocument:
    """Nobody: the number is the example of GB 11643."""
    return IdentityDocument(
        DocumentKind.RESIDENT,
        name,
        number,
        sex=Sex.FEMALE,
        nation="01",
        birth=date(1949, 12, 31),
        address="广东省东莞市演示街道测试路一号",
        authority="演示公安局",
        valid_from=date(2016, 5, 6),
        valid_to=date(2036, 5, 6),
        machine_read=True,
    )


class FakeClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **period: float) -> None:
        self.at += timedelta(**period)


COMMON = (DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER, DeviceKind.SCANNER)


class FakeDevices:
    """`app.ports.Devices` in the hands of a test; announces itself as simulated."""

    def __init__(self, kinds: Sequence[DeviceKind] = COMMON) -> None:
        self.states = {
            k: DeviceHealth(k, DeviceStatus.ONLINE, since=NOW, driver="fake", line="-", simulated=True)
            for k in kinds
        }
        self.outcomes: list[PrintOutcome] = []
        self.slips: list[bytes] = []
        self.pages: list[bytes] = []
        self.page_outcomes: list[PrintOutcome] | None = []  # None: pages wait until they are taken back
        self.waiting_pages: list[Future[PrintOutcome]] = []
        self.dropped = 0
        self.gate: Event | None = None
        self.watching = self.scanning = False
        self.tested: list[DeviceKind] = []
        self.refusals: dict[DeviceKind, Exception] = {}
        self.search: Future[Sequence[FoundDevice]] = Future()
        self.on_reader: CardRead | None = None
        self.photo: Future[bytes | None] = Future()
        self.photos_asked = 0
        self._tell: list[Callable[[DeviceEvent], None]] = []

    # what a test does
    def lay(self, document: IdentityDocument | None = None, doubtful: bool = False) -> None:
        self.say(CardRead(document or person(), doubtful))

    def say(self, event: DeviceEvent) -> None:
        for tell in self._tell:
            tell(event)

    def set(self, kind: DeviceKind, status: DeviceStatus, reason: str = "", since: datetime = NOW) -> None:
        self.states[kind] = DeviceHealth(kind, status, reason, since, "fake", "-", simulated=True)
        self.say(self.states[kind])

    # the port
    def listen(self, listener: Callable[[DeviceEvent], None]) -> None:
        self._tell.append(listener)

    def health(self) -> Sequence[DeviceHealth]:
        return tuple(self.states.values())

    def has(self, kind: DeviceKind) -> bool:
        return kind in self.states

    def watch_cards(self, on: bool) -> None:
        self.watching = on

    def card_photo(self, read: CardRead) -> "Future[bytes | None]":
        """What a test put there as the plug-in's answer."""
        self.photos_asked += 1
        return self.photo

    def read_card(self, deadline_s: float, cancelled: Event) -> "Future[CardRead]":
        future: Future[CardRead] = Future()
        if self.on_reader is None:
            future.set_exception(NoCardError())
        else:
            future.set_result(self.on_reader)
        return future

    def print_slip(self, data: bytes, deadline_s: float) -> "Future[PrintOutcome]":
        if self.gate is not None:
            assert self.gate.wait(PATIENCE_S)
        self.slips.append(data)
        future: Future[PrintOutcome] = Future()
        future.set_result(self.outcomes.pop(0) if self.outcomes else PrintOutcome(PrintState.CONFIRMED))
        return future

    def print_document(
        self, pdf: bytes, options: DocumentOptions, deadline_s: float
    ) -> "Future[PrintOutcome]":
        self.pages.append(pdf)
        future: Future[PrintOutcome] = Future()
        if self.page_outcomes is None:
            self.waiting_pages.append(future)
        else:
            settled = self.page_outcomes.pop(0) if self.page_outcomes else PrintOutcome(PrintState.CONFIRMED)
            future.set_result(settled)
        return future

    def drop_prints(self) -> None:
        self.dropped += 1
        while self.waiting_pages:
            self.waiting_pages.pop().set_result(PrintOutcome(PrintState.FAILED, "app.stopped"))

    def slip_paper(self) -> SlipPaper:
        return SlipPaper()

    def self_test(self, kind: DeviceKind) -> "Future[DeviceHealth]":
        self.tested.append(kind)
        if kind in self.refusals:
            future: Future[DeviceHealth] = Future()
            future.set_exception(self.refusals[kind])
            return future
        return self.probe(kind)

    def trigger_scan(self, on: bool) -> None:
        self.scanning = on

    def find(self) -> "Future[Sequence[FoundDevice]]":
        return self.search

    def probe(self, kind: DeviceKind) -> "Future[DeviceHealth]":
        future: Future[DeviceHealth] = Future()
        future.set_result(self.states[kind])
        return future

    def close(self) -> None:
        """Nothing is open."""


class FakeGateway(GatewayFiles):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock, self.down = clock, False
        self.skew = timedelta()
        self.kept: dict[str, OutboxMessage] = {}
        self.refusal: Exception | None = None
        self._locked_out: set[str] = set()

    def reached(self) -> None:
        self._answer()

    def lock_out(self, operator_id: str) -> None:
        self._locked_out.add(operator_id)

    def health(self, timeout_s: float = 2.0) -> GatewayHealth:
        self._answer()
        return GatewayHealth(self.clock.now() + self.skew, "v2026.11.19")

    def upload(self, message: OutboxMessage, timeout_s: float = 10.0) -> str:
        self._answer()
        if self.refusal is not None:
            raise self.refusal
        self.kept[message.message_id] = message
        return ""

    def sign_in(self, operator_id: str, pin: str, timeout_s: float = 10.0) -> Operator:
        self._answer()
        if operator_id in self._locked_out:
            raise LockedOutError(minutes=15)
        right, operator = PINS.get(operator_id, ("", None))
        if operator is None or pin != right:
            raise SignInError(left=4)
        return operator

    def lease_numbers(self, count: int) -> NumberBlock:
        self._answer()
        return NumberBlock("leased", 90001, 90000 + count)

    def enrol(self, *_: object) -> Any:
        raise OfflineError

    def _answer(self) -> None:
        if self.down:
            raise OfflineError


class FakeSync:
    """Three pieces; the last waits for `gate`, so that a test can look, or stop it."""

    def __init__(self) -> None:
        self.gate: Event | None = None

    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        for piece in range(1, 4):
            if progress is not None:
                progress(piece * 1_000_000, 3_000_000)
            if piece == 2 and self.gate is not None:
                assert self.gate.wait(PATIENCE_S)
        return SyncReport("v2026.11.20", 75, changed=True)


@dataclass
class SmallDisk:
    """`app.ports.Store`: the real one, on a disk that a test can fill."""

    store: Store
    full: bool = False

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        if self.full:
            raise DiskFullError
        return self.store.begin()

    def close(self) -> None:
        """The real one is closed with its folder."""


class FakeVerifier:
    """The real verification with the keys of the sample authority."""

    def __init__(self, keys: Callable[[str], Any]) -> None:
        self._keys = keys

    def verify(self, subject: bytes | str) -> Verdict:
        return verify(subject, self._keys)


class FakeFiles:
    """Stands for the file dialogs: the next answer is what a test put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.to_open: Path | None = None
        self.to_import: tuple[Path, ...] = ()
        self.written: list[Path] = []

    def save_pdf(self, parent: QWidget, name: str) -> Path | None:
        return self.folder / name

    def open_pdf(self, parent: QWidget) -> Path | None:
        return self.to_open

    def open_materials(self, parent: QWidget) -> Sequence[Path]:
        return self.to_import

    def save_zip(self, parent: QWidget, name: str) -> Path | None:
        return self.folder / name

    def write(self, path: Path, data: bytes) -> None:
        path.write_bytes(data)
        self.written.append(path)

    def read(self, path: Path) -> bytes:
        return path.read_bytes()


@dataclass
class FakeCatalog:
    """The real file; `draft` and `gone` let a test take its standing away."""

    file: CatalogFile
    gone: bool = False
    asked: list[str] = field(default_factory=list)
    gate: Event | None = None

    def info(self) -> CatalogInfo | None:
        return None if self.gone else self.file.info()

    def item(self, code: str) -> Item | None:
        return None if self.gone else self.file.item(code)

    def search(self, text: str, *rest: Any, **named: Any) -> Any:
        self.asked.append(text)
        if self.gate is not None:
            assert self.gate.wait(PATIENCE_S)
        return () if self.gone else self.file.search(text, *rest, **named)

    def departments(self) -> Any:
        return () if self.gone else self.file.departments()

    def facets(self) -> Any:
        return Facets() if self.gone else self.file.facets()

    def hits(self, codes: Sequence[str], *rest: Any, **named: Any) -> Any:
        return () if self.gone else self.file.hits(codes, *rest, **named)

    def items(self, after: str = "", limit: int = 100) -> Any:
        return () if self.gone else self.file.items(after, limit)

    def bundles(self) -> Any:
        return () if self.gone else self.file.bundles()


@cache
def demo_catalog() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.sqlite"
        build_catalog(demo_items(), "v2026.11.19", NOW - timedelta(days=1), file, demo_bundles())
        return file.read_bytes()


@cache
def all_items() -> tuple[Item, ...]:
    return demo_items()


class Bench:
    """A station in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        mode: Channel = Channel.COUNTER,
        *,
        enrolled: bool = True,
        camera: CameraChoice | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "catalog.sqlite"
        file.write_bytes(demo_catalog())
        self.local: LocalStore = open_local(folder / "data", "test", FOLDER_KEY)
        self.store = SmallDisk(self.local.store)
        self.clock, self.devices, self.sync = FakeClock(), FakeDevices(), FakeSync()
        self.gateway = FakeGateway(self.clock)
        self.catalog = FakeCatalog(CatalogFile(file))
        self.files = FakeFiles(folder)
        self.enrol: Callable[[str], object] | None = None
        self.executors = [
            ThreadPoolExecutor(1, name)
            for name in ("store", "relay", "sync", "catalog", "paper", "pages", "camera", "sheets")
        ]
        self.sample = samples.station()
        if enrolled:
            self._enrol()
        self.office = Office(
            station=Station("441900A12", "市民服务中心", mode, demo=True),
            texts=load(),
            clock=self.clock,
            calendar=load_calendar(),
            store=self.store,
            catalog=self.catalog,  # type: ignore[arg-type]
            catalog_sync=self.sync,
            archive=self.local.archive,
            sealer=self.sample.sealer if enrolled else None,
            press=Press(load(), self.clock.now),
            keys=None,  # type: ignore[arg-type]  # the verifier holds them
            verifier=FakeVerifier(self.sample.keys),
            devices=self.devices,
            gateway=self.gateway,  # type: ignore[arg-type]
            vault=self.local.vault,
            page_tools=Tools(),
            camera=camera,
        )

    def _enrol(self) -> None:
        with self.local.store.begin() as work:
            if work.enrolment() is None:
                work.set_enrolment(Enrolment("441900A12", "key", "", "", b"", NOW))
                work.add_block(NumberBlock("b1", 217, 516))
                work.commit()

    def desk(self, operator: Operator | None = LI, *, demo: bool = True) -> Desk:
        return Desk(self.office, TaskRunner(), *self.executors, operator, demo, self.enrol)

    def cases(self) -> int:
        with self.local.store.begin() as work:
            return work.count_cases(NOW.replace(hour=0, minute=0))

    def drafts(self) -> int:
        with self.local.store.begin() as work:
            return len(work.drafts())

    def close(self) -> None:
        for executor in self.executors:
            executor.shutdown(wait=True)
        self.catalog.file.close()
        self.local.close()


@contextmanager
def bench(
    folder: Path,
    mode: Channel = Channel.COUNTER,
    *,
    enrolled: bool = True,
    camera: CameraChoice | None = None,
) -> Iterator[Bench]:
    made = Bench(folder, mode, enrolled=enrolled, camera=camera)
    try:
        yield made
    finally:
        made.close()


def settle(made: Bench, rounds: int = 3) -> None:
    """Until every executor is empty and what it brought is shown."""
    for _ in range(rounds):
        for executor in made.executors:
            executor.submit(lambda: None).result(timeout=PATIENCE_S)
        QApplication.processEvents()
        QApplication.processEvents()
