"""A kiosk on a desk of its own: the real store and the real demo catalog, devices played by hand."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from zoneinfo import ZoneInfo

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.domain.catalog import Bundle, CatalogInfo, Channel, Item, ItemHit
from app.domain.device import (
    CardRead,
    DeviceEvent,
    DeviceHealth,
    DeviceKind,
    DeviceStatus,
    FoundDevice,
)
from app.domain.identity import DocumentKind, IdentityDocument, Sex
from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.domain.numbering import NumberBlock
from app.domain.outbox import OutboxMessage
from app.domain.printing import (
    BOTH_PARTS,
    DocumentOptions,
    PagePart,
    PaperForm,
    PrintOutcome,
    PrintState,
    SlipPaper,
)
from app.domain.ranking import Preference
from app.domain.readiness import ReadinessSheet
from app.domain.receipt import IssuedReceipt, Receipt
from app.errors import NoCardError, OfflineError, RejectedError
from app.ports import Enrolment, GatewayHealth, Granted, Picture
from app.schedules import load_calendar
from app.services.office import Office, Station
from app.store.sql_store import SqlStore
from app.store.vault import EncryptedVault
from app.texts import load
from tests.patience import PATIENCE_S
from tests.services.gateway_files import GatewayFiles
from ui.desk import Desk
from ui.profile import PROFILES, Profile
from ui.tasks import TaskRunner

NOW = datetime(2026, 11, 20, 10, 32, tzinfo=ZoneInfo("Asia/Shanghai"))
PERSON = IdentityDocument(
    DocumentKind.RESIDENT,
    "演示·东方测试",
    "11010519491231002X",
    sex=Sex.FEMALE,
    nation="01",
    birth=date(1949, 12, 31),
    address="广东省东莞市演示街道测试路一号",
    authority="演示公安局",
    valid_from=date(2016, 5, 6),
    long_term=True,
    machine_read=True,
)
QR_TEXT = "HTTPS://Q.EXAMPLE.CN/R/" + "MFRGGZDFMZTWQ2LK" * 20
PROFILE: Profile = replace(PROFILES[Channel.KIOSK], full_screen=False)


class FixedClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


class Seconds:
    """The monotonic clock of the idle watch, run by the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def run(self, seconds: float) -> None:
        self.now += seconds


class HandDevices:
    """`app.ports.Devices` in the hands of a test."""

    def __init__(self) -> None:
        self.states = {
            kind: DeviceHealth(kind, DeviceStatus.ONLINE, simulated=True)
            for kind in (DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER)
        }
        self.outcomes: list[PrintOutcome] = []
        self.printed: list[bytes] = []
        self.pages: list[bytes] = []
        self.page_outcomes: list[PrintOutcome] | None = []  # None: pages wait until they are taken back
        self.waiting_pages: list[Future[PrintOutcome]] = []
        self.dropped = 0
        self.hold_print: Event | None = None
        self.watching = self.scanning = False
        self.tested: list[DeviceKind] = []
        self.refusals: dict[DeviceKind, Exception] = {}
        self.search: Future[Sequence[FoundDevice]] = Future()
        self._tell: Callable[[DeviceEvent], None] = lambda _event: None

    # -- what the test does
    def lay_card(self, document: IdentityDocument = PERSON, doubtful: bool = False) -> None:
        self.say(CardRead(document, doubtful))

    def say(self, event: DeviceEvent) -> None:
        self._tell(event)

    def set(self, kind: DeviceKind, status: DeviceStatus, reason: str = "") -> None:
        self.states[kind] = DeviceHealth(kind, status, reason, simulated=True)
        self._tell(self.states[kind])

    # -- the port
    def listen(self, listener: Callable[[DeviceEvent], None]) -> None:
        self._tell = listener

    def health(self) -> Sequence[DeviceHealth]:
        return tuple(self.states.values())

    def has(self, kind: DeviceKind) -> bool:
        return kind in self.states

    def watch_cards(self, on: bool) -> None:
        self.watching = on

    def card_photo(self, read: CardRead) -> Future[bytes | None]:
        raise AssertionError("a kiosk shows no photo")

    def read_card(self, deadline_s: float, cancelled: Event) -> Future[CardRead]:
        future: Future[CardRead] = Future()
        future.set_exception(NoCardError())
        return future

    def print_slip(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        if self.hold_print is not None:
            assert self.hold_print.wait(PATIENCE_S)
        self.printed.append(data)
        future: Future[PrintOutcome] = Future()
        future.set_result(self.outcomes.pop(0) if self.outcomes else PrintOutcome(PrintState.CONFIRMED))
        return future

    def print_document(self, pdf: bytes, options: DocumentOptions, deadline_s: float) -> Future[PrintOutcome]:
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

    def probe(self, kind: DeviceKind) -> Future[DeviceHealth]:
        future: Future[DeviceHealth] = Future()
        future.set_result(self.states[kind])
        return future

    def close(self) -> None:
        pass


class PaperPress:
    """`app.ports.ReceiptPress` that tells what it was asked for."""

    def slip(
        self, issued: IssuedReceipt, paper: SlipPaper, copy_no: int = 1, platform_number: str = ""
    ) -> bytes:
        return f"{issued.receipt.number} {copy_no}".encode()

    def a4(
        self,
        issued: IssuedReceipt,
        copy_no: int = 1,
        platform_number: str = "",
        parts: Sequence[PagePart] = BOTH_PARTS,
        signature: bytes = b"",
    ) -> bytes:
        return f"a4 {issued.receipt.number} {copy_no}".encode()

    def preview(
        self, receipt: Receipt, form: PaperForm, width_px: int, parts: Sequence[PagePart] = BOTH_PARTS
    ) -> Picture:
        return Picture(1, 1, b"\xff\xff\xff")

    def readiness_slip(self, sheet: ReadinessSheet, paper: SlipPaper) -> bytes:
        return sheet.opening.value.encode()

    def qr_matrix(self, text: str) -> tuple[tuple[bool, ...], ...]:
        from app.receipts.qr import matrix

        return tuple(tuple(line) for line in matrix(text))


class PlainSealer:
    key_id = "demo-key"

    def issue(self, receipt: Receipt) -> IssuedReceipt:
        return IssuedReceipt(receipt, b"\0" * 16, "TOKEN", QR_TEXT)

    def pdf(self, issued: IssuedReceipt, copy_no: int = 1, platform_number: str = "") -> bytes:
        return b"%PDF"


class HandGateway(GatewayFiles):
    """A gateway that answers, or does not."""

    def __init__(self) -> None:
        super().__init__()
        self.offline = self.refuses = False
        self.uploaded: list[OutboxMessage] = []

    def reached(self) -> None:
        self._answer()

    def health(self, timeout_s: float = 2.0) -> GatewayHealth:
        self._answer()
        return GatewayHealth(NOW, "v2026.11.19")

    def upload(self, message: OutboxMessage, timeout_s: float = 10.0) -> str:
        self._answer()
        if self.refuses:
            raise RejectedError(reason="number_taken")
        self.uploaded.append(message)
        return ""

    def enrol(self, code: str, station_id: str, site: str, mode: str, request_pem: str) -> Granted:
        raise OfflineError

    def lease_numbers(self, count: int) -> NumberBlock:
        raise OfflineError

    def sign_in(self, operator_id: str, pin: str, timeout_s: float = 10.0) -> object:
        from app.domain.operator import Operator, Role
        from app.errors import SignInError

        self._answer()
        if (operator_id, pin) != ("S001", "246810"):
            raise SignInError(left=4)
        return Operator("S001", "演示主管", Role.SUPERVISOR)

    def _answer(self) -> None:
        if self.offline:
            raise OfflineError


@cache
def demo_catalog() -> bytes:
    """The demo catalog as the publisher builds it; built once for all tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.sqlite"
        build_catalog(demo_items(), "v2026.11.19", NOW, file)
        return file.read_bytes()


class Shelf:
    """The catalog in force; a test can put a newer one in its place."""

    def __init__(self, first: CatalogFile) -> None:
        self.now = self._first = first

    def become(self, newer: CatalogFile) -> None:
        self.now = newer

    def info(self) -> CatalogInfo | None:
        return self.now.info()

    def item(self, code: str) -> Item | None:
        return self.now.item(code)

    def search(
        self,
        text: str,
        limit: int = 20,
        channel: Channel | None = None,
        wanted: Narrowing = EVERYTHING,
        prefer: Preference | None = None,
    ) -> Sequence[ItemHit]:
        return self.now.search(text, limit, channel, wanted, prefer)

    def departments(self) -> Sequence[str]:
        return self.now.departments()

    def facets(self) -> Facets:
        return self.now.facets()

    def hits(
        self, codes: Sequence[str], channel: Channel | None = None, wanted: Narrowing = EVERYTHING
    ) -> Sequence[ItemHit]:
        return self.now.hits(codes, channel, wanted)

    def items(self, after: str = "", limit: int = 100) -> Sequence[Item]:
        return self.now.items(after, limit)

    def bundles(self) -> Sequence[Bundle]:
        return self.now.bundles()

    def close(self) -> None:
        self._first.close()


class KioskBench:
    """A station as the kiosk needs it, in a folder of its own."""

    def __init__(self, folder: Path, items: Sequence[Item] | None = None, *, enrolled: bool = True) -> None:
        file = folder / "catalog.sqlite"
        if items is None:
            file.write_bytes(demo_catalog())
        else:
            build_catalog(items, "v2026.11.19", NOW, file)
        self.catalog = Shelf(CatalogFile(file))
        self.files = folder / "files"
        self.files.mkdir()
        self.store = SqlStore(folder / "station.db", b"k" * 32)
        self.devices, self.gateway, self.clock = HandDevices(), HandGateway(), FixedClock()
        self.executors = [
            ThreadPoolExecutor(1, name)
            for name in ("store", "relay", "sync", "catalog", "paper", "pages", "camera", "sheets")
        ]
        if enrolled:
            self._enrol()
        self.office = Office(
            station=Station("441900K07", "市民服务中心", Channel.KIOSK, demo=True),
            texts=load(),
            clock=self.clock,
            calendar=load_calendar(),
            store=self.store,
            catalog=self.catalog,
            catalog_sync=None,
            archive=None,  # type: ignore[arg-type]  # no page of the kiosk opens a PDF
            sealer=PlainSealer() if enrolled else None,
            press=PaperPress(),
            keys=None,  # type: ignore[arg-type]
            verifier=None,  # type: ignore[arg-type]
            devices=self.devices,
            gateway=self.gateway,  # type: ignore[arg-type]
            vault=EncryptedVault(self.files, b"k" * 32),
        )

    def _enrol(self) -> None:
        with self.store.begin() as work:
            work.set_enrolment(Enrolment("441900K07", "demo-key", "", "", b"", NOW))
            work.add_block(NumberBlock("b1", 217, 716))
            work.commit()

    def desk(self, demo: bool = True) -> Desk:
        return Desk(self.office, TaskRunner(), *self.executors, None, demo)

    def actions(self) -> list[str]:
        """The words of the audit, in order."""
        self.executors[0].submit(lambda: None).result()
        engine = self.store._engine
        with engine.connect() as connection:
            return [
                row[0] for row in connection.exec_driver_sql("SELECT action FROM audit ORDER BY rowid").all()
            ]

    def cases(self) -> int:
        with self.store.begin() as work:
            return work.count_cases(NOW.replace(hour=0))

    def close(self) -> None:
        for executor in self.executors:
            executor.shutdown(wait=True)
        self.catalog.close()
        self.store.close()


@contextmanager
def bench(
    folder: Path, items: Sequence[Item] | None = None, *, enrolled: bool = True
) -> Iterator[KioskBench]:
    made = KioskBench(folder, items, enrolled=enrolled)
    try:
        yield made
    finally:
        made.close()
