"""The outside of an office, made to order: gateway, printer, seal, catalog, clock.

Each stands for a boundary; the store, the archive and the rules are the real ones.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from app.domain.case import Application, Organisation
from app.domain.catalog import (
    Audience,
    CatalogInfo,
    Channel,
    Choice,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Option,
    Period,
    Question,
)
from app.domain.device import DeviceKind
from app.domain.hall_time import CHINA
from app.domain.identity import DocumentKind, IdentityDocument
from app.domain.narrowing import Facets
from app.domain.numbering import NumberBlock
from app.domain.operator import Operator, Role
from app.domain.outbox import OutboxMessage
from app.domain.printing import BOTH_PARTS, DocumentOptions, PagePart, PrintOutcome, PrintState, SlipPaper
from app.domain.receipt import IssuedReceipt, Receipt
from app.errors import AppError, OfflineError, SignInError
from app.ports import GatewayHealth
from app.schedules import load_calendar
from app.services.office import Office, Station
from app.store.local import LocalStore
from app.texts import load
from tests.services.gateway_files import GatewayFiles

START = datetime(2026, 11, 20, 9, 30, tzinfo=CHINA)
CODE = "11441900MB2C0001XX4440100000001"


class FakeClock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def pass_time(self, **period: float) -> None:
        self.at += timedelta(**period)


class FakeGateway(GatewayFiles):
    """Counts every try and keeps what it accepted, by id.

    `down`: the line is; `trouble` says what one upload meets while the line is up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, OutboxMessage] = {}
        self.arrivals: list[str] = []
        self.trouble: Callable[[OutboxMessage], AppError | None] = lambda message: None
        self.down = False
        self.platform_number = ""
        self.operators: dict[str, tuple[str, Operator]] = {}
        self.sign_in_trouble: AppError | None = None
        self.after_accepting: Callable[[], None] = lambda: None

    def health(self, timeout_s: float = 2.0) -> GatewayHealth:
        if self.down:
            raise OfflineError
        return GatewayHealth(START, "7")

    def reached(self) -> None:
        if self.down:
            raise OfflineError

    def enrol(self, *_: object) -> Any:
        raise NotImplementedError

    def lease_numbers(self, count: int) -> NumberBlock:
        return NumberBlock("leased", 5001, 5000 + count)

    def upload(self, message: OutboxMessage, timeout_s: float = 10.0) -> str:
        self.arrivals.append(message.message_id)
        if self.down:
            raise OfflineError
        trouble = self.trouble(message)
        if trouble is not None:
            raise trouble
        self.kept[message.message_id] = message
        self.after_accepting()
        return self.platform_number

    def sign_in(self, operator_id: str, pin: str, timeout_s: float = 10.0) -> Operator:
        if self.sign_in_trouble is not None:
            raise self.sign_in_trouble
        right, operator = self.operators.get(operator_id, ("", None))
        if operator is None or pin != right:
            raise SignInError(left=4)
        return operator


class FakePrinter:
    """A `Devices` with a receipt printer or none; `slips` is the paper that came out."""

    def __init__(self) -> None:
        self.present = True
        self.outcome = PrintOutcome(PrintState.CONFIRMED)
        self.slips: list[bytes] = []
        self.pages: list[bytes] = []
        self.kinds = {DeviceKind.RECEIPT_PRINTER}
        self.dropped = 0
        self.while_printing: Callable[[], None] = lambda: None
        self._lock = Lock()

    def has(self, kind: DeviceKind) -> bool:
        return self.present and kind in self.kinds

    def slip_paper(self) -> SlipPaper:
        return SlipPaper()

    def print_slip(self, data: bytes, deadline_s: float) -> "Future[PrintOutcome]":
        return self._print(self.slips, data)

    def print_document(
        self, pdf: bytes, options: DocumentOptions, deadline_s: float
    ) -> "Future[PrintOutcome]":
        return self._print(self.pages, pdf)

    def drop_prints(self) -> None:
        self.dropped += 1

    def _print(self, paper: list[bytes], data: bytes) -> "Future[PrintOutcome]":
        future: Future[PrintOutcome] = Future()
        with self._lock:
            paper.append(data)
        self.while_printing()
        future.set_result(self.outcome)
        return future


class FakeSealer:
    """Announces itself: its token verifies nowhere."""

    key_id = "fake"

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.pdfs = 0

    def issue(self, receipt: Receipt) -> IssuedReceipt:
        if self.trouble is not None:
            raise self.trouble
        return IssuedReceipt(
            receipt, bytes(16), f"FAKE{receipt.number}", f"HTTPS://Q.EXAMPLE.CN/R/{receipt.number}"
        )

    def pdf(self, issued: IssuedReceipt, copy_no: int = 1, platform_number: str = "") -> bytes:
        self.pdfs += 1
        return f"%PDF fake {issued.receipt.number} {copy_no} {platform_number}".encode()


class FakePress:
    def slip(
        self, issued: IssuedReceipt, paper: SlipPaper, copy_no: int = 1, platform_number: str = ""
    ) -> bytes:
        return f"slip {issued.receipt.number} copy {copy_no} {platform_number}".encode()

    def a4(
        self,
        issued: IssuedReceipt,
        copy_no: int = 1,
        platform_number: str = "",
        parts: Sequence[PagePart] = BOTH_PARTS,
        signature: bytes = b"",
    ) -> bytes:
        sheets = " ".join(part.value for part in parts)
        return f"a4 {sheets} {issued.receipt.number} copy {copy_no} {platform_number}".encode() + signature


class FakeCatalog:
    def __init__(self, *items: Item) -> None:
        self.shelf = {item.code: item for item in items}
        self.draft = False

    def info(self) -> CatalogInfo | None:
        if not self.shelf:
            return None
        return CatalogInfo("7", len(self.shelf), START, draft=self.draft)

    def item(self, code: str) -> Item | None:
        return self.shelf.get(code)

    def search(self, *_: object, **__: object) -> Sequence[Any]:
        return ()

    def departments(self) -> Sequence[str]:
        return ()

    def facets(self) -> Facets:
        return Facets()

    def hits(self, codes: Sequence[str], *_: object) -> Sequence[Any]:
        return ()

    def items(self, after: str = "", limit: int = 100) -> Sequence[Item]:
        return [self.shelf[code] for code in sorted(self.shelf) if code > after][:limit]

    def bundles(self) -> Sequence[Any]:
        return ()


def an_item(**changes: Any) -> Item:
    """Asks whether it is the first time; a second time the old certificate is due too."""
    card = Material("m1", "身份证(演示)", 1, 1)
    old = Material("m2", "旧证(演示)", 1, 0)
    later = Material("m3", "照片(演示)", 0, 2, Necessity.DEFERRABLE)
    refused, again = Option("never", "不可", refusal="不可"), Choice("first", "no")
    values: dict[str, Any] = {
        "code": CODE,
        "name": "演示事项",
        "department": "演示局",
        "department_code": "X1",
        "audience": frozenset({Audience.PERSON}),
        "channels": frozenset({Channel.COUNTER, Channel.KIOSK}),
        "promise": Period(5),
        "questions": (
            Question("first", "首次?", (Option("yes", "首次"), Option("no", "补领"), refused)),
            Question("lost", "怎样?", (Option("lost", "遗失"), Option("worn", "损坏")), when=(again,)),
        ),
        "rules": (MaterialRule(card), MaterialRule(old, (Choice("lost", "worn"),)), MaterialRule(later)),
        "demo": True,
    }
    return Item(**{**values, **changes})


def an_application(n: int = 1, **changes: Any) -> Application:
    values: dict[str, Any] = {
        "request_id": f"request-{n}",
        "item_code": CODE,
        "applicant": IdentityDocument(
            DocumentKind.RESIDENT, "演示·甲", "11010519491231002X", machine_read=True
        ),
        "answers": {"first": frozenset({"yes"})},
        "operator_id": "D0001",
        "operator_name": "演示员",
    }
    return Application(**{**values, **changes})


@dataclass
class Hall:
    """An office and the handles of its fakes."""

    local: LocalStore
    clock: FakeClock = field(default_factory=FakeClock)
    gateway: FakeGateway = field(default_factory=FakeGateway)
    printer: FakePrinter = field(default_factory=FakePrinter)
    sealer: FakeSealer = field(default_factory=FakeSealer)
    catalog: FakeCatalog = field(default_factory=lambda: FakeCatalog(an_item()))

    def office(self, **changes: Any) -> Office:
        values: dict[str, Any] = {
            "station": Station("441900A12", "演示大厅", Channel.COUNTER, demo=True),
            "texts": load(),
            "clock": self.clock,
            "calendar": load_calendar(),
            "store": self.local.store,
            "catalog": self.catalog,
            "catalog_sync": None,
            "archive": self.local.archive,
            "sealer": self.sealer,
            "press": FakePress(),
            "keys": None,
            "verifier": None,
            "devices": self.printer,
            "gateway": self.gateway,
            "vault": self.local.vault,
        }
        return Office(**{**values, **changes})


ENTERPRISE = Organisation("演示有限公司", "91441900MA00000000")
CLERK = Operator("D0001", "演示员", Role.CLERK)
FOLDER_KEY = {"GUANJIA_KEYSTORE": "file"}
