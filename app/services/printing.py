"""Papers of a case: slip and A4, each with its stored state machine, and the archived PDF."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

from app.domain.case import Case
from app.domain.catalog import Channel
from app.domain.device import DeviceKind
from app.domain.material_file import FileRole
from app.domain.printing import (
    BOTH_PARTS,
    DocumentOptions,
    PagePart,
    PaperForm,
    PrintJob,
    PrintOutcome,
    PrintState,
)
from app.domain.receipt import IssuedReceipt
from app.errors import AppError, DeviceNotConfiguredError, NotEnrolledError, StoreError
from app.services.materials import content, files_of_case
from app.services.office import Office

DEADLINES_S = {PaperForm.SLIP: 12.0, PaperForm.A4: 90.0}
STOPPED = "stopped"  # the reason of a paper whose printing was cut off
PRINTERS = {PaperForm.SLIP: DeviceKind.RECEIPT_PRINTER, PaperForm.A4: DeviceKind.A4_PRINTER}
logger = logging.getLogger(__name__)
_Send = Callable[[float], Future[PrintOutcome]]


def print_paper(
    office: Office, case_id: str, form: PaperForm, *, again: bool = False, deadline_s: float = 0.0
) -> PrintJob:
    """Print one paper of a case and store what is known of its fate.  Blocks; run it off the GUI thread.

    Without `again` only a job that is still `prepared` is printed: nothing is printed twice unasked.
    With `again` (a person asked) the next copy of this form is counted and the paper says 补打.
    `deadline_s` 0: what this form is usually given.  Raises DeviceNotConfiguredError when a person asks
    for a paper this station cannot print, LookupError for a paper nobody prepared or asked for.
    """
    job, ours = _claim(office, case_id, form, again)
    if not ours:
        return job
    try:
        send = _composed(office, job)
    except Exception:
        _settle(office, job, PrintOutcome(PrintState.FAILED, AppError.code))  # nothing has left yet
        raise
    return _settle(office, job, send(deadline_s or DEADLINES_S[form]).result())


def printable(office: Office) -> tuple[PaperForm, ...]:
    """The papers this station hands out and has a printer for."""
    return tuple(form for form in office.papers if office.devices.has(PRINTERS[form]))


def page_parts(office: Office) -> tuple[PagePart, ...]:
    """The parts A4 comes in here: a kiosk's stub stays electronic, for nobody is there to keep it.

    Where no A4 printer is, the page of the archive is all there is to see.
    """
    if PaperForm.A4 not in printable(office):
        return (PagePart.ARCHIVE,)
    return (PagePart.APPLICANT,) if office.station.mode is Channel.KIOSK else BOTH_PARTS


def take_back(office: Office) -> None:
    """What has not come out of a printer shall not: a person gave up waiting, or a session ends."""
    office.devices.drop_prints()


def _composed(office: Office, job: PrintJob) -> _Send:
    """The paper, ready to be sent."""
    case, issued = _paper(office, job.case_id)
    devices, number = office.devices, case.platform_number
    if job.form is PaperForm.A4:
        parts = page_parts(office)
        signature = _signature(office, job.case_id) if PagePart.STUB in parts else b""
        pdf = office.press.a4(issued, job.copy_no, number, parts, signature)
        return lambda deadline_s: devices.print_document(pdf, DocumentOptions(), deadline_s)
    data = office.press.slip(issued, devices.slip_paper(), job.copy_no, platform_number=number)
    return lambda deadline_s: devices.print_slip(data, deadline_s)


def _signature(office: Office, case_id: str) -> bytes:
    """What the applicant drew, b"" without: one the disk has lost stops no paper."""
    drawn = [file for file in files_of_case(office, case_id) if file.role is FileRole.SIGNATURE]
    try:
        return content(office, drawn[-1].file_id) if drawn else b""
    except StoreError as error:
        logger.warning("a signature cannot be printed: %s", error.code)
        return b""


def _claim(office: Office, case_id: str, form: PaperForm, again: bool) -> tuple[PrintJob, bool]:
    """The job to print, already stored as sent, and True; or the last one, untouched, and False.

    The last one may be at the printer just now, sent by another call: that is not ours to print.
    """
    with office.store.begin() as work:
        jobs = [job for job in work.prints_of(case_id) if job.form is form]
        waiting = [job for job in jobs if job.state is PrintState.PREPARED]
        if not waiting and not again:
            return _last(jobs), False
        now = office.clock.now()
        if not office.devices.has(PRINTERS[form]):
            if waiting:
                return replace(waiting[0], reason=DeviceNotConfiguredError.code), False
            raise DeviceNotConfiguredError(PRINTERS[form].value)
        if waiting:
            job = replace(waiting[0], state=PrintState.SENT, changed_at=now)
            work.update_print(job)
        else:
            copy_no = 1 + max((job.copy_no for job in jobs), default=0)
            job = PrintJob(str(uuid4()), case_id, form, copy_no, PrintState.SENT, "", now)
            work.add_print(job)
            work.audit(now, "", "receipt.reprinted", case_id)
        work.commit()
        return job, True


def _last(jobs: Sequence[PrintJob]) -> PrintJob:
    if not jobs:
        raise LookupError("no such paper")
    return jobs[-1]


def _settle(office: Office, job: PrintJob, outcome: PrintOutcome) -> PrintJob:
    done = replace(job, state=outcome.state, reason=outcome.reason, changed_at=office.clock.now())
    with office.store.begin() as work:
        work.update_print(done)
        work.commit()
    return done


def answer_unknown(office: Office, job_id: str, case_id: str, *, came_out: bool) -> None:
    """What the person saw, for a job whose outcome the machine does not know."""
    with office.store.begin() as work:
        for job in work.prints_of(case_id):
            if job.job_id == job_id and job.state is PrintState.UNKNOWN:
                state = PrintState.CONFIRMED if came_out else PrintState.FAILED
                work.update_print(replace(job, state=state, reason="seen", changed_at=office.clock.now()))
        work.commit()


def recover_prints(office: Office) -> int:
    """At start: what was `sent` when the program died has an unknown outcome.  Returns how many."""
    with office.store.begin() as work:
        lost = [job for job in work.open_prints() if job.state is PrintState.SENT]
        for job in lost:
            work.update_print(
                replace(job, state=PrintState.UNKNOWN, reason=STOPPED, changed_at=office.clock.now())
            )
        work.commit()
    return len(lost)


def receipt_pdf(office: Office, case_id: str) -> bytes:
    """The signed PDF: from the archive, else made and archived now.  Raises NotEnrolledError, StoreError.

    One made before the platform's number arrived stays what it was, the original, and a second one
    with that number, the same facts and the same token is archived beside it and given from then on.
    A station that can no longer sign gives the original.
    """
    case, issued = _paper(office, case_id)
    name = _archive_name(case)
    kept = office.archive.get(name)
    if kept is not None:
        return kept
    if office.sealer is None:
        original = office.archive.get(case.number)
        if original is None:
            raise NotEnrolledError
        return original
    pdf = office.sealer.pdf(issued, platform_number=case.platform_number)
    office.archive.put(name, pdf)
    return pdf


def _archive_name(case: Case) -> str:
    """Another name for every number of the platform: its own characters may not suit a file."""
    if not case.platform_number:
        return case.number
    return f"{case.number}-{sha256(case.platform_number.encode()).hexdigest()[:8]}"


def _paper(office: Office, case_id: str) -> tuple[Case, IssuedReceipt]:
    with office.store.begin() as work:
        case, issued = work.case(case_id), work.receipt(case_id)
    if case is None or issued is None:
        raise LookupError("no such case")
    return case, issued
