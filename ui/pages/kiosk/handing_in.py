"""Handing in: receive once, print once, upload in the background; every outcome lands in the session."""

from app.domain.printing import PrintJob, neediest
from app.errors import AppError
from app.services.intake import Received, receive
from app.services.outbox_relay import upload_trouble
from app.services.printing import answer_unknown, print_paper
from ui.pages.kiosk.guide import Guide

UPLOAD_S = 5.0

Modules = tuple[tuple[bool, ...], ...]


def submit(guide: Guide) -> None:
    """Receive the case; the draft's id makes a repetition the same case."""
    session, office = guide.session, guide.desk.office
    if session.sending or session.received is not None:
        return
    session.sending, session.error = True, None
    application = session.intake.application(guide.profile.channel, None)
    offline = not guide.board.online

    def store() -> tuple[Received, Modules]:
        received = receive(office, application, offline=offline)
        return received, office.press.qr_matrix(received.issued.qr_text)

    def done(outcome: tuple[Received, Modules]) -> None:
        session.sending = False
        session.received, session.modules = outcome
        session.trail.clear()
        guide.swap("receipt")

    def failed(error: AppError) -> None:
        session.sending, session.error = False, error
        guide.swap("failed")

    guide.work(guide.desk.store_executor, store, done, failed)


def deliver(guide: Guide) -> None:
    """Paper and upload of the case just received."""
    if not guide.session.paperless:
        print_papers(guide)
    upload(guide)


def print_papers(guide: Guide, *, again: bool = False) -> None:
    session, office = guide.session, guide.desk.office
    received = session.received
    if received is None or session.printing:
        return
    session.printing = True
    case_id = received.case.case_id

    job = session.job
    forms = (job.form,) if again and job is not None else office.papers

    def print_all() -> PrintJob | None:
        return neediest([print_paper(office, case_id, form, again=again) for form in forms])

    def done(job: PrintJob | None) -> None:
        session.printing, session.job, session.error = False, job, None
        guide.redraw()

    def failed(error: AppError) -> None:
        session.printing, session.error = False, error
        guide.redraw()

    guide.work(guide.desk.paper_executor, print_all, done, failed)


def upload(guide: Guide) -> None:
    session, office = guide.session, guide.desk.office
    received = session.received
    if received is None:
        return
    case_id = received.case.case_id

    def done(trouble: AppError | None) -> None:
        session.uploaded = trouble is None
        session.refused = trouble is not None and not trouble.retryable
        guide.redraw()

    def failed(_error: AppError) -> None:
        session.uploaded = False  # it stays in the outbox and is tried again by itself

    executor = guide.desk.relay_executor
    guide.work(executor, lambda: upload_trouble(office, case_id, UPLOAD_S), done, failed, hold=False)


def answer(guide: Guide, *, came_out: bool) -> None:
    """What the person saw of a paper whose fate the machine does not know."""
    session, office = guide.session, guide.desk.office
    received, job = session.received, session.job
    if received is None or job is None:
        return
    case_id, job_id = received.case.case_id, job.job_id

    def store() -> PrintJob:
        answer_unknown(office, job_id, case_id, came_out=came_out)
        with office.store.begin() as work:
            return next(j for j in work.prints_of(case_id) if j.job_id == job_id)

    def done(known: PrintJob) -> None:
        session.job = known
        guide.redraw()

    guide.work(guide.desk.store_executor, store, done)
