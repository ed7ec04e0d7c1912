"""What the core needs from the world, said in the core's own words.

Adapters (app.store, app.catalog, app.remote, app.receipts, devices) implement these; the
core never imports an adapter.  A port raises only `AppError`s.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any, Protocol

from app.domain.case import Case, CaseLine, Draft
from app.domain.catalog import Audience, Bundle, CatalogInfo, Channel, Item, ItemHit
from app.domain.catalog_weight import ItemChanged
from app.domain.device import CardRead, DeviceEvent, DeviceHealth, DeviceKind, FoundDevice
from app.domain.feedback import CatalogFeedback, FeedbackLine
from app.domain.material_file import FileProgress, MaterialFile
from app.domain.numbering import NumberBlock
from app.domain.operator import KnownOperator, Operator
from app.domain.outbox import OutboxMessage, OutboxSummary
from app.domain.page import Corners, Imported
from app.domain.printing import DocumentOptions, PaperForm, PrintJob, PrintOutcome, SlipPaper
from app.domain.ranking import Preference
from app.domain.readiness import ReadinessSheet
from app.domain.receipt import IssuedReceipt, Receipt, StationKey, Verdict


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in the station's zone (Asia/Shanghai)."""
        ...


class Machine(Protocol):
    """The computer under the program, as support needs to know it.  Raises nothing."""

    def disk_free(self) -> int | None:
        """Bytes left where DATA lies; None where nobody can say."""
        ...

    def versions(self) -> Mapping[str, str]: ...
    def settings(self) -> Mapping[str, Any]:
        """What station.toml says, without passwords."""
        ...

    def logs(self) -> Mapping[str, bytes]:
        """The last log files by name, bounded and redacted."""
        ...


# -- store ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What makes this DATA folder a known station."""

    station_id: str
    key_id: str
    certificate_pem: str
    authority_pem: str
    trusted_root: bytes  # first TUF root.json
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class ItemPin:
    """An open case and the version of its item that is kept for it."""

    case_id: str
    item_code: str
    version: str
    received_at: datetime
    uploaded: bool


class UnitOfWork(Protocol):
    """One transaction.  Leaving the `with` block without commit() rolls back.  Raises StoreError."""

    def commit(self) -> None: ...

    # cases and receipts
    def case(self, case_id: str) -> Case | None: ...
    def case_by_request(self, request_id: str) -> Case | None: ...
    def case_by_number(self, number: str) -> Case | None: ...
    def add_case(self, case: Case, receipt: IssuedReceipt) -> None: ...
    def set_platform_number(self, case_id: str, platform_number: str) -> None: ...
    def receipt(self, case_id: str) -> IssuedReceipt | None: ...
    def case_lines(self, limit: int, text: str = "") -> Sequence[CaseLine]:
        """Newest first; `text` filters by number, item name or applicant's name."""
        ...

    def count_cases(self, since: datetime) -> int: ...

    # numbers
    def add_block(self, block: NumberBlock) -> None: ...
    def take_sequence(self) -> int:
        """The next unused sequence.  Raises NumbersExhaustedError."""
        ...

    def sequences_left(self) -> int: ...

    # outbox
    def add_message(self, message: OutboxMessage) -> None: ...
    def due_messages(
        self, now: datetime, limit: int = 50, *, refused: bool = False, files: bool = False
    ) -> Sequence[OutboxMessage]:
        """Pending ones whose time has come, in the order they were added; `refused`: those too.

        `files`: those of materials on file; else all others whose case's files have all arrived.
        """
        ...

    def messages_of(self, case_id: str) -> Sequence[OutboxMessage]: ...
    def update_message(self, message: OutboxMessage) -> None: ...
    def send_again(self, case_id: str, message_ids: Sequence[str]) -> None:
        """Messages the gateway says it does not have after all, delivered or not: pending anew."""
        ...

    def outbox_summary(self) -> OutboxSummary: ...

    # prints
    def add_print(self, job: PrintJob) -> None: ...
    def update_print(self, job: PrintJob) -> None: ...
    def prints_of(self, case_id: str) -> Sequence[PrintJob]: ...
    def open_prints(self) -> Sequence[PrintJob]:
        """Jobs in state prepared, sent or unknown, oldest first."""
        ...

    # drafts
    def save_draft(self, draft: Draft) -> None: ...
    def drafts(self) -> Sequence[Draft]: ...
    def drop_draft(self, draft_id: str) -> None: ...

    # materials on file
    def add_file(self, file: MaterialFile) -> None:
        """Its content is in the vault already."""
        ...

    def file(self, file_id: str) -> MaterialFile | None: ...
    def files_of_draft(self, draft_id: str) -> Sequence[MaterialFile]:
        """In the order they were added, without those set aside."""
        ...

    def files_of_case(self, case_id: str) -> Sequence[MaterialFile]: ...
    def files_sent(self, case_id: str) -> Mapping[str, int]:
        """Bytes of each file of a case that the gateway has said it holds, by `file_id`."""
        ...

    def set_file_sent(self, file_id: str, sent: int) -> None: ...
    def set_file_aside(self, file_id: str, aside: bool) -> None:
        """Out of the draft, or back into it; a file of a case is left alone."""
        ...

    def set_draft_files_aside(self, draft_id: str, aside: bool) -> None:
        """All of a draft's files, or back those that went with it (not one that was taken away singly)."""
        ...

    def bind_files(self, draft_id: str, case_id: str) -> Sequence[MaterialFile]:
        """The draft's files are the case's from now on; returns them."""
        ...

    def drop_files(self, draft_id: str) -> Sequence[str]:
        """Forget what is the draft's still, set aside or not; returns the ids whose content may go."""
        ...

    # the versions of items that open cases were taken under
    def pin_item(self, case_id: str, item: Item, version: str) -> None:
        """Keep the item as it was in that version, once for all cases taken under it."""
        ...

    def pinned_item(self, item_code: str, version: str) -> Item | None: ...
    def pins(self) -> Sequence[ItemPin]:
        """Oldest case first."""
        ...

    def release_pins(self, case_ids: Sequence[str]) -> None:
        """Those cases are closed; versions nobody stands in any more go with them."""
        ...

    def keep_change(self, change: ItemChanged) -> None:
        """What a catalog means to one draft or case; one that says something new is unseen again."""
        ...

    def drop_change(self, subject_id: str) -> None: ...
    def changes(self) -> Sequence[tuple[ItemChanged, bool]]:
        """Each with whether it was seen."""
        ...

    def change_of(self, subject_id: str) -> ItemChanged | None: ...
    def see_change(self, subject_id: str) -> None: ...

    # feedback on items
    def add_feedback(self, feedback: CatalogFeedback) -> None: ...
    def feedback(self, limit: int = 500) -> Sequence[FeedbackLine]:
        """Newest first, each with how far its message (of the same id) got."""
        ...

    def close_feedback(self, feedback_id: str, at: datetime) -> None: ...

    # operators
    def known_operator(self, operator_id: str) -> KnownOperator | None: ...
    def keep_operator(self, operator: KnownOperator) -> None: ...

    # the station itself
    def enrolment(self) -> Enrolment | None: ...
    def set_enrolment(self, enrolment: Enrolment) -> None: ...
    def note(self, key: str) -> str | None: ...
    def set_note(self, key: str, value: str) -> None:
        """Small facts of the station: last time seen, favourites, event name."""
        ...

    # use counts and audit
    def count_use(self, item_code: str) -> None: ...
    def often_used(self, limit: int) -> Sequence[str]: ...
    def recently_used(self, limit: int) -> Sequence[str]: ...
    def audit(self, at: datetime, operator_id: str, action: str, subject: str) -> None:
        """`action` a word of the program, `subject` an id; never personal data."""
        ...


class Store(Protocol):
    def begin(self) -> AbstractContextManager[UnitOfWork]: ...
    def close(self) -> None: ...


class MaterialVault(Protocol):
    """Contents of materials on file by `file_id`, encrypted at rest."""

    def put(self, file_id: str, data: bytes) -> None:
        """Durable when it returns.  Raises DiskFullError, StoreError."""
        ...

    def get(self, file_id: str) -> bytes | None:
        """Raises StoreDamagedError, StoreError."""
        ...

    def has(self, file_id: str) -> bool:
        """Whether it is there, without reading it.  Raises StoreError."""
        ...

    def delete(self, file_id: str) -> None:
        """What is gone already is no fault."""
        ...


class ReceiptArchive(Protocol):
    """PDFs by number, encrypted at rest."""

    def put(self, number: str, pdf: bytes) -> None: ...
    def get(self, number: str) -> bytes | None: ...


# -- catalog ---------------------------------------------------------------------------------------


class CatalogSource(Protocol):
    """The catalog in force on this station (signed), or a draft.  Use it on the `catalog` executor."""

    def info(self) -> CatalogInfo | None: ...
    def item(self, code: str) -> Item | None: ...
    def search(
        self,
        text: str,
        limit: int = 20,
        channel: Channel | None = None,
        audience: Audience | None = None,
        theme: str = "",
        department: str = "",
        prefer: Preference | None = None,
    ) -> Sequence[ItemHit]:
        """Best first, stable; Chinese, full pinyin, initials or code.  Empty text lists by rank.

        `department`: its name in full.  `prefer`: what goes first among equally good matches.
        """
        ...

    def departments(self) -> Sequence[str]:
        """The names of all departments that have items, sorted."""
        ...

    def hits(self, codes: Sequence[str]) -> Sequence[ItemHit]:
        """The lines of given codes, in that order, unknown ones left out."""
        ...

    def items(self, after: str = "", limit: int = 100) -> Sequence[Item]:
        """Whole items in the order of their codes, those behind `after`: the way through all of them."""
        ...

    def bundles(self) -> Sequence[Bundle]:
        """一件事, in the publisher's order."""
        ...


# -- receipts --------------------------------------------------------------------------------------


class Sealer(Protocol):
    """Holds this station's private key."""

    key_id: str

    def issue(self, receipt: Receipt) -> IssuedReceipt:
        """Sign the token over the canonical receipt with a fresh salt."""
        ...

    def pdf(self, issued: IssuedReceipt, copy_no: int = 1, platform_number: str = "") -> bytes:
        """The signed one-page A4 PDF."""
        ...

    def warm_up(self) -> None:
        """Load in the background what the first PDF would otherwise wait for."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """RGB888, rows top down, no padding."""

    width: int
    height: int
    rgb: bytes


class ReceiptPress(Protocol):
    """Draws papers that need no key."""

    def slip(
        self, issued: IssuedReceipt, paper: SlipPaper, copy_no: int = 1, platform_number: str = ""
    ) -> bytes:
        """ESC/POS bytes of the whole slip, from initialise to cut."""
        ...

    def a4(
        self,
        issued: IssuedReceipt,
        copy_no: int = 1,
        platform_number: str = "",
        signature: Picture | None = None,
    ) -> bytes:
        """The paper handed out on A4, a PDF of two pages: the applicant's part and the stub the hall keeps.

        `signature`: what the applicant drew, black on white; without it the line is left free.
        """
        ...

    def test_slip(self, paper: SlipPaper, lines: Sequence[str]) -> bytes:
        """A slip that shows how the printer prints, never a receipt; `lines` say whose and when."""
        ...

    def preview(self, receipt: Receipt, form: PaperForm, width_px: int) -> Picture:
        """The paper as it would come out, watermarked 样张; drawn by the same code as the paper."""
        ...

    def readiness_slip(self, sheet: ReadinessSheet, paper: SlipPaper) -> bytes:
        """开门自检单 as ESC/POS bytes."""
        ...

    def readiness_page(self, sheet: ReadinessSheet) -> bytes:
        """开门自检单 as a one-page A4 PDF."""
        ...

    def qr_matrix(self, text: str) -> tuple[tuple[bool, ...], ...]:
        """The modules of the QR a screen shows: square, True dark, without quiet zone."""
        ...


# -- pages -----------------------------------------------------------------------------------------


class PageTools(Protocol):
    """Papers as pictures.  Everything blocks; use it on the `pages` or `camera` executor."""

    finds_pages: bool  # whether this machine can look for the sheet in a photograph

    def find_page(self, picture: Picture) -> Corners | None:
        """Where the sheet lies; None where none is to be seen."""
        ...

    def straighten(self, photo: bytes, corners: Corners | None = None, quarter_turns: int = 0) -> bytes:
        """The page of a JPEG or PNG as a JPEG: upright, level, A4 at 200 dots an inch, at most 600 KB.

        `corners` None: the whole picture.  `quarter_turns`: clockwise, besides what EXIF says.
        Raises FileKindError (FileDamagedError), PictureTooLargeError.
        """
        ...

    def join(self, pages: Sequence[bytes]) -> bytes:
        """JPEG pages as one PDF, as they are; the same pages give the same bytes."""
        ...

    def read_import(self, data: bytes, suffix: str = "") -> Imported:
        """A file a person brings (JPEG, PNG, PDF), checked to its end; `suffix` of its name, with the dot.

        Raises FileKindError (FileNameError, FileDamagedError, FileLockedError, FileEmptyError,
        FileActiveError), FileTooLargeError, TooManyPagesError, PictureTooLargeError.
        """
        ...

    def show(self, data: bytes, page: int, width_px: int) -> Picture:
        """A page (from 0) of a kept file.  Raises FileDamagedError."""
        ...


# -- devices ---------------------------------------------------------------------------------------


class Devices(Protocol):
    """Every device of the station; one worker a line; starts with none plugged in, heals by itself."""

    def listen(self, listener: Callable[[DeviceEvent], None]) -> None:
        """Called on a device's own thread: hand over at once."""
        ...

    def health(self) -> Sequence[DeviceHealth]:
        """The last known state of every configured device; never waits."""
        ...

    def has(self, kind: DeviceKind) -> bool: ...
    def watch_cards(self, on: bool) -> None:
        """Poll the reader for cards (CardRead events) or leave it alone."""
        ...

    def read_card(self, deadline_s: float, cancelled: Event) -> Future[CardRead]:
        """One read.  The future fails with DeviceError (NoCardError at the deadline)."""
        ...

    def print_slip(self, data: bytes, deadline_s: float) -> Future[PrintOutcome]:
        """Never fails: a device error is an outcome with its reason."""
        ...

    def slip_paper(self) -> SlipPaper:
        """What a slip has to be composed for; 80 mm with a cutter when no printer is configured."""
        ...

    def print_document(self, pdf: bytes, options: DocumentOptions, deadline_s: float) -> Future[PrintOutcome]:
        """Print pages on the A4 printer.  Never fails: a device error is an outcome with its reason.

        A job that has not come out by the deadline is taken back, so that it never prints later.
        """
        ...

    def drop_prints(self) -> None:
        """Take back whatever has not come out yet (a session ends); returns at once."""
        ...

    def probe(self, kind: DeviceKind) -> Future[DeviceHealth]:
        """Ask the device now (test button, doctor)."""
        ...

    def self_test(self, kind: DeviceKind) -> Future[DeviceHealth]:
        """Have the device show that it works: a test page, a beep, its security module's word.

        Fails with DeviceError; DeviceBusyError while somebody has claimed it.
        """
        ...

    def claim(self, kind: DeviceKind, holder: str) -> AbstractContextManager[None]:
        """While it is held nobody else may test or claim the device.  `holder` is a word of the program.

        Raises DeviceBusyError (values: holder).
        """
        ...

    def trigger_scan(self, on: bool) -> None:
        """Have the scanner look for a code, or stop; nothing where it cannot be told to."""
        ...

    def find(self) -> Future[Sequence[FoundDevice]]:
        """Look at every port, USB device and print queue that is not configured, and say what it is."""
        ...

    def close(self) -> None: ...


# -- the gateway -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GatewayHealth:
    now: datetime
    catalog_version: str


@dataclass(frozen=True, slots=True)
class Granted:
    """Answer to an enrolment."""

    enrolment: Enrolment
    block: NumberBlock


class Gateway(Protocol):
    """The 前置机.  Raises RemoteError: OfflineError (no answer, too slow, 5xx), RejectedError (4xx)."""

    def health(self, timeout_s: float = 2.0) -> GatewayHealth: ...
    def enrol(self, code: str, station_id: str, site: str, mode: str, request_pem: str) -> Granted: ...
    def lease_numbers(self, count: int) -> NumberBlock: ...
    def upload(self, message: OutboxMessage, timeout_s: float = 10.0) -> str:
        """Deliver one message, idempotent by its id; returns the platform's number ("" while unknown)."""
        ...

    def begin_file(self, file: MaterialFile, timeout_s: float = 10.0) -> FileProgress:
        """Announce a file of a case, as often as one likes; how much of it is there already."""
        ...

    def send_part(self, file_id: str, start: int, data: bytes, timeout_s: float = 30.0) -> FileProgress:
        """At most `PART` bytes from `start` on.  The answer says where to go on, whatever was sent."""
        ...

    def finish_file(self, file_id: str, timeout_s: float = 30.0) -> FileProgress:
        """Everything is sent: have it verified.  Raises FileCorruptError, FilesMissingError besides."""
        ...

    def sign_in(self, operator_id: str, pin: str, timeout_s: float = 10.0) -> Operator:
        """Raises SignInError, LockedOutError besides RemoteError."""
        ...


@dataclass(frozen=True, slots=True)
class SyncReport:
    catalog_version: str
    items: int
    changed: bool


class CatalogSync(Protocol):
    def run(self, progress: Callable[[int, int], None] | None = None) -> SyncReport:
        """Fetch and verify the newest signed catalog and station keys, and swap them in.

        `progress(done, total)` in bytes.  Raises RemoteError, TrustError, StoreError.
        """
        ...


class StationKeys(Protocol):
    def key(self, key_id: str) -> StationKey | None: ...


class ReceiptVerifier(Protocol):
    def verify(self, subject: bytes | str) -> Verdict:
        """A whole PDF, or the text of a QR.  Raises ReceiptNotGenuineError."""
        ...
