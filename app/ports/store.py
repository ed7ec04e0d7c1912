"""What this station keeps: the store, the vault of files and the archive of papers."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.case import Case, CaseLine, Draft
from app.domain.catalog import Item
from app.domain.catalog_weight import ItemChanged
from app.domain.feedback import CatalogFeedback, FeedbackLine
from app.domain.material_file import MaterialFile
from app.domain.numbering import NumberBlock
from app.domain.operator import KnownOperator
from app.domain.outbox import OutboxMessage, OutboxSummary
from app.domain.page import KeptShot
from app.domain.printing import PrintJob
from app.domain.receipt import IssuedReceipt


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

    # photographs of documents that are not finished; `drop_files` of a draft takes them too
    def save_shots(self, draft_id: str, material_key: str, shots: Sequence[KeptShot]) -> None:
        """Their contents are in the vault already."""
        ...

    def shots_of_draft(self, draft_id: str) -> Mapping[str, tuple[KeptShot, ...]]:
        """By `material_key`, in the order of the pages."""
        ...

    def drop_shots(self, draft_id: str, material_key: str) -> Sequence[str]:
        """Forget them; returns the ids whose content may go."""
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
    def reopen_feedback(self, feedback_id: str) -> None: ...

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
