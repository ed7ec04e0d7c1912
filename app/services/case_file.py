"""Looking at cases: the list of a station, one case with its papers, and what still waits for the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.case import Case, CaseLine
from app.domain.catalog_weight import ItemChanged
from app.domain.material_file import MaterialFile
from app.domain.outbox import Lane, OutboxMessage
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.domain.receipt import IssuedReceipt
from app.ports import UnitOfWork
from app.services.office import Office

EVENT_NAME, EVENT_PLACE = "event_name", "event_place"


@dataclass(frozen=True, slots=True)
class FileState:
    """A material on file and its way to the gateway; `sent` bytes are there, `reason` of a refusal."""

    file: MaterialFile
    sent: int
    lane: Lane
    reason: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with all that is known of its papers and its upload."""

    case: Case
    issued: IssuedReceipt
    prints: tuple[PrintJob, ...]
    messages: tuple[OutboxMessage, ...]
    files: tuple[FileState, ...] = ()
    change: ItemChanged | None = None  # of its item, since it was received

    @property
    def uploaded(self) -> bool:
        return all(message.lane is Lane.DONE for message in self.messages)

    @property
    def open_print(self) -> PrintJob | None:
        """The job whose outcome only a person can tell."""
        return next((job for job in self.prints if job.state is PrintState.UNKNOWN), None)

    @property
    def papers(self) -> tuple[PrintJob, ...]:
        """The newest copy of each form, slip first."""
        newest = {job.form: job for job in sorted(self.prints, key=lambda job: job.copy_no)}
        return tuple(newest[form] for form in PaperForm if form in newest)

    def last_print(self, form: PaperForm) -> PrintJob | None:
        return next((job for job in self.papers if job.form is form), None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case the gateway does not have yet, and why; `reason` "" while it just waits for the line."""

    number: str
    item_name: str
    received_at: datetime
    attempts: int
    reason: str
    rejected: bool
    files: int = 0
    files_sent: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """The outing a pop-up station serves."""

    name: str = ""
    place: str = ""


def lines(office: Office, limit: int, text: str = "") -> tuple[CaseLine, ...]:
    """Newest first.  Raises StoreError."""
    with office.store.begin() as work:
        return tuple(work.case_lines(limit, text))


def open_file(office: Office, case_id: str) -> CaseFile | None:
    """Raises StoreError."""
    with office.store.begin() as work:
        case, issued = work.case(case_id), work.receipt(case_id)
        if case is None or issued is None:
            return None
        messages = tuple(work.messages_of(case_id))
        prints, files = tuple(work.prints_of(case_id)), _files(work, case_id, messages)
        return CaseFile(case, issued, prints, messages, files, work.change_of(case_id))


def _files(work: UnitOfWork, case_id: str, messages: Sequence[OutboxMessage]) -> tuple[FileState, ...]:
    sent, of = work.files_sent(case_id), {message.message_id: message for message in messages}
    return tuple(
        FileState(file, sent[file.file_id], of[file.file_id].lane, of[file.file_id].reason)
        for file in work.files_of_case(case_id)
    )


def waiting(office: Office, limit: int = 200) -> tuple[Waiting, ...]:
    """Cases that are not delivered, refused ones first, then oldest first.  Raises StoreError."""
    with office.store.begin() as work:
        held = [line for line in work.case_lines(limit) if not line.uploaded]
        found = [_waiting(line, work.messages_of(line.case_id)) for line in held]
    return tuple(sorted(found, key=lambda w: (not w.rejected, w.received_at)))


def _waiting(line: CaseLine, messages: Sequence[OutboxMessage]) -> Waiting:
    late = [message for message in messages if message.lane is not Lane.DONE]
    refused = next((message for message in late if message.lane is Lane.REJECTED), None)
    attempts = max((message.attempts for message in late), default=0)
    reason = refused.reason if refused else ""
    return Waiting(
        line.number,
        line.item_name,
        line.received_at,
        attempts,
        reason,
        rejected=refused is not None,
        files=line.files,
        files_sent=line.files_sent,
    )


def often_used(office: Office, limit: int) -> tuple[str, ...]:
    """Item codes, most used first.  Raises StoreError."""
    with office.store.begin() as work:
        return tuple(work.often_used(limit))


def recently_used(office: Office, limit: int) -> tuple[str, ...]:
    """Item codes, latest first.  Raises StoreError."""
    with office.store.begin() as work:
        return tuple(work.recently_used(limit))


def event(office: Office) -> Event:
    """Raises StoreError."""
    with office.store.begin() as work:
        return Event(work.note(EVENT_NAME) or "", work.note(EVENT_PLACE) or "")


def name_event(office: Office, named: Event) -> None:
    """Raises StoreError."""
    with office.store.begin() as work:
        work.set_note(EVENT_NAME, named.name.strip())
        work.set_note(EVENT_PLACE, named.place.strip())
        work.commit()
