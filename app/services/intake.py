"""Receiving a case (收件): the one write path of the counter, the kiosk, the pop-up and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from app.domain import numbering
from app.domain.case import Application, Case, CaseState
from app.domain.catalog import Item
from app.domain.deadline import deadlines
from app.domain.identity import mask_phone
from app.domain.outbox import FILE_TOPIC, OutboxMessage
from app.domain.precheck import Finding, Severity, check, complete_materials, first_error
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.domain.receipt import IssuedReceipt, Receipt, ReceiptMaterial
from app.domain.record import dumps, plain
from app.domain.situation import reached
from app.errors import ClockWrongError, NoCatalogError, NotEnrolledError, RemoteError, UnknownItemError
from app.ports import Sealer, UnitOfWork
from app.services.catalog_standing import LAST_TIME, latest_time, marks_papers, require_usable
from app.services.materials import forget
from app.services.office import Office

TOPIC = "case.received"
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Received:
    """`repeated`: this request was received before; the case is the one of then.

    `warnings`: what the pre-check warned of; it never refuses.
    """

    case: Case
    issued: IssuedReceipt
    repeated: bool
    warnings: tuple[Finding, ...] = ()


def received_before(office: Office, request_id: str) -> Received | None:
    """The case of a request that was received already."""
    with office.store.begin() as work:
        case = work.case_by_request(request_id)
        return None if case is None else _known(work, case)


def receive(office: Office, application: Application, *, offline: bool) -> Received:
    """Check, number and store a case with its receipt and its outbox message in one transaction.

    `offline` is what the paper says about the line at this moment; a stale catalog says so too.

    Raises:
        NotEnrolledError, NoCatalogError: this station may not receive cases yet.
        CatalogTooOldError: nobody proved the catalog for too long.
        RuleError: the first error of the pre-check.
        NumbersExhaustedError, ClockWrongError, StoreError.
    """
    before = received_before(office, application.request_id)
    if before is not None:  # first of all: the catalog may have changed since then
        return before
    sealer = _sealer(office)
    item, version = pinned_item(office, application.item_code)
    application = replace(application, answers=_counted(item, application))
    check_clock(office)
    stale = require_usable(office)
    now = office.clock.now()
    due = deadlines(now.date(), item.promise_days, office.calendar)
    findings = check(item, application, due, now.date())
    error = first_error(findings)
    if error is not None:
        raise error
    with office.store.begin() as work:
        known = work.case_by_request(application.request_id)
        if known is not None:
            return _known(work, known)
        number = numbering.compose(office.station.station_id, now.date(), work.take_sequence())
        case = Case(
            case_id=str(uuid4()),
            number=number,
            application=application,
            item_name=item.name,
            catalog_version=version,
            station_id=office.station.station_id,
            state=CaseState.RECEIVED,
            received_at=now,
            materials=complete_materials(item, application),
            offline=offline or stale,
        )
        issued = sealer.issue(receipt_of(office, case, item, stale=stale))
        unused = _store(work, case, issued, office.papers)
        work.pin_item(case.case_id, item, version)
        work.drop_change(application.request_id)  # its draft is no more
        _remember_time(work, now)
        work.commit()
    forget(office, unused)
    warnings = tuple(f for f in findings if f.severity is Severity.WARNING)
    return Received(case, issued, repeated=False, warnings=warnings)


def pinned_item(office: Office, code: str) -> tuple[Item, str]:
    """The item and the version of the signed catalog it stands in.

    Raises NoCatalogError, UnknownItemError.
    """
    info = office.catalog.info()
    if info is None or info.draft:
        raise NoCatalogError
    item = office.catalog.item(code)
    if item is None:
        raise UnknownItemError(code=code)
    return item, info.version


def receipt_of(office: Office, case: Case, item: Item, *, stale: bool = False) -> Receipt:
    """The facts both papers say; `case.number` "" makes the one of a preview.

    `stale`: the catalog was not proved for so long that the paper says it will be looked at again.
    """
    a, texts = case.application, office.texts
    due = deadlines(case.received_at.date(), item.promise_days, office.calendar)
    return Receipt(
        number=case.number,
        case_id=case.case_id,
        station_id=case.station_id,
        site=office.station.site,
        item_code=item.code,
        item_name=item.name,
        department=item.department,
        situation=_situation_words(item, a),
        catalog_version=case.catalog_version,
        applicant_name=a.applicant.full_name,
        document_kind=texts.code("document", a.applicant.kind.value),
        document_number=a.applicant.masked_number,
        machine_read=a.applicant.machine_read,
        organisation=a.organisation.name if a.organisation else "",
        agent_name=a.agent.full_name if a.agent else "",
        phone=mask_phone(a.contact.phone),
        delivery=texts.code("delivery", a.delivery.way.value),
        materials=tuple(
            ReceiptMaterial(m.name, m.due_originals, m.due_copies, m.originals, m.copies, m.how)
            for m in case.materials
        ),
        received_at=case.received_at,
        starts=due.starts.day,
        starts_provisional=due.starts.provisional,
        answer_by=due.answer_by.day,
        answer_provisional=due.answer_by.provisional,
        promise_days=item.promise_days,
        promised_by=due.promised.day if due.promised else None,
        operator_id=a.operator_id,
        operator_name=a.operator_name,
        channel=a.channel.value,
        offline=case.offline,
        catalog_stale=stale,
        demo=office.station.demo or item.demo,
        service_phone=item.phone,
        number_valid=a.applicant.number_valid,
        promised_provisional=due.promised.provisional if due.promised else False,
    )


def preview_receipt(office: Office, application: Application, item: Item, *, offline: bool) -> Receipt:
    """The receipt as it would be now, without a number.  Raises UnknownMaterialError, StoreError."""
    info, stale = office.catalog.info(), marks_papers(office)
    case = Case(
        case_id="",
        number="",
        application=application,
        item_name=item.name,
        catalog_version=info.version if info else "",
        station_id=office.station.station_id,
        state=CaseState.RECEIVED,
        received_at=office.clock.now(),
        materials=complete_materials(item, application),
        offline=offline or stale,
    )
    return receipt_of(office, case, item, stale=stale)


def _sealer(office: Office) -> Sealer:
    if office.sealer is None:
        raise NotEnrolledError
    return office.sealer


def _known(work: UnitOfWork, case: Case) -> Received:
    issued = work.receipt(case.case_id)
    if issued is None:
        raise LookupError("a case without its receipt")  # stored in one transaction: cannot be
    return Received(case, issued, repeated=True)


def _counted(item: Item, application: Application) -> dict[str, frozenset[str]]:
    """Answers to questions that were not reached do not count."""
    asked = {question.id for question in reached(item, application.answers)}
    return {q: options for q, options in application.answers.items() if q in asked}


def check_clock(office: Office) -> None:
    """A clock that runs behind what this station has already written would date papers wrongly.

    Unless it was wrong then and is right now: the gateway's clock decides, else one case of
    a day in the future would close the station until that day.  Raises ClockWrongError.
    """
    with office.store.begin() as work:
        known, now = latest_time(work), office.clock.now()
    if known is None or now >= known - CLOCK_SLACK:
        return
    if not _gateway_agrees(office):
        raise ClockWrongError(now=f"{now:%Y-%m-%d %H:%M}", known=f"{known:%Y-%m-%d %H:%M}")
    with office.store.begin() as work:
        work.set_note(LAST_TIME, now.isoformat())
        work.audit(now, "", "clock.put_right", office.station.station_id)
        work.commit()


def _gateway_agrees(office: Office) -> bool:
    if office.gateway is None:
        return False
    try:
        theirs = office.gateway.health().now
    except RemoteError:
        return False
    return abs(office.clock.now() - theirs) <= CLOCK_SLACK


def _remember_time(work: UnitOfWork, now: datetime) -> None:
    """Never backwards, or the slack would add up case by case."""
    known = latest_time(work)
    work.set_note(LAST_TIME, (now if known is None else max(now, known)).isoformat())


def _store(work: UnitOfWork, case: Case, issued: IssuedReceipt, papers: Sequence[PaperForm]) -> Sequence[str]:
    """Everything a case is, in one transaction; the ids of files its draft had set aside."""
    work.add_case(case, issued)
    draft_id, at = case.application.request_id, case.received_at
    files = work.bind_files(draft_id, case.case_id)
    for file in files:  # before the case, which waits for them
        work.add_message(OutboxMessage(file.file_id, FILE_TOPIC, case.case_id, dumps(file.listed()), at, at))
    body = {
        "case": plain(case),
        "receipt": plain(issued.receipt),
        "salt": issued.salt.hex(),
        "token": issued.token,
    }
    if files:
        body["files"] = [file.listed() for file in files]
    work.add_message(OutboxMessage(str(uuid4()), TOPIC, case.case_id, dumps(body), at, at))
    for form in papers:
        work.add_print(PrintJob(str(uuid4()), case.case_id, form, 1, PrintState.PREPARED, "", at))
    work.count_use(case.application.item_code)
    work.audit(at, case.application.operator_id, "case.received", case.case_id)
    work.drop_draft(draft_id)
    return work.drop_files(draft_id)


def _situation_words(item: Item, application: Application) -> tuple[str, ...]:
    words = []
    for question in reached(item, application.answers):
        chosen = application.answers.get(question.id, frozenset())
        words += [option.label for option in question.options if option.id in chosen]
    return tuple(words)
