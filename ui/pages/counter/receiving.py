"""From the press of F9 to a settled outcome: stored, printed, uploaded, each known by itself."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.case import Application, Case
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.errors import AppError, RejectedError
from app.services import printing
from app.services.case_file import CaseFile, open_file
from app.services.intake import Received, receive
from app.services.office import Office
from app.services.outbox_relay import upload_trouble
from ui.desk import Desk
from ui.pages.press_rest import PressRest

UPLOAD_S = 5.0


class Stage(Enum):
    IDLE = "idle"
    STORING = "storing"
    PRINTING = "printing"
    SETTLED = "settled"


class Upload(Enum):
    RUNNING = "running"
    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of the case just received, and what is known of it."""

    form: PaperForm
    job: PrintJob | None = None
    busy: bool = False
    trouble: AppError | None = None

    @property
    def question(self) -> bool:
        """Whether a person has to say if it came out."""
        return not self.busy and self.job is not None and self.job.state is PrintState.UNKNOWN

    @property
    def failed(self) -> bool:
        lost = self.job is not None and self.job.state is PrintState.FAILED
        return not self.busy and (self.trouble is not None or lost)


@dataclass(frozen=True, slots=True)
class Missed:
    """A paper of a case that had left the page when it turned out not to be surely printed."""

    number: str
    paper: Paper


class Receiving(QObject):
    """`changed` at every step; `refused` when the case was not stored (the page goes on editing);
    `missed(Missed)`: nobody is looking at that case any more, so somebody has to be told."""

    changed = Signal()
    missed = Signal(object)
    stored = Signal()
    refused = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.stage = Stage.IDLE
        self.received: Received | None = None
        self.papers: tuple[Paper, ...] = ()
        self.upload = Upload.RUNNING
        self.rest = PressRest(self)
        self.rest.timeout.connect(self.changed)
        self._pressed: PaperForm | None = None

    @property
    def question(self) -> bool:
        """Whether a person has to say if paper came out."""
        return any(paper.question for paper in self.papers)

    @property
    def in_hand(self) -> bool:
        """Whether every paper came out."""
        jobs = [paper.job for paper in self.papers if not paper.busy]
        return len(jobs) == len(self.papers) > 0 and all(
            job is not None and job.state is PrintState.CONFIRMED for job in jobs
        )

    @property
    def resting(self) -> bool:
        """Whether a copy was asked for just now."""
        return self.rest.isActive()

    @property
    def may_go_on(self) -> bool:
        """Whether the next person may come: pages go on printing behind, a slip is waited for."""
        slip = any(paper.busy and paper.form is PaperForm.SLIP for paper in self.papers)
        return self.received is not None and bool(self.papers) and not (slip or self.question)

    def reset(self) -> None:
        self.stage, self.received, self.papers = Stage.IDLE, None, ()
        self.upload = Upload.RUNNING
        self.rest.stop()
        self.changed.emit()

    def start(self, application: Application, *, offline: bool) -> None:
        """Once only: a second press while the first is under way does nothing."""
        if self.stage is not Stage.IDLE:
            return
        self._enter(Stage.STORING)
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: receive(office, application, offline=offline),
            owner=self,
            done=self._stored,
            failed=self._refused,
        )

    def print_again(self, form: PaperForm | None = None) -> None:
        """Another copy of one paper; without `form` of the one that failed, else of the first.

        A second press within the rest is no wish for a second copy, nor for one of the other paper.
        """
        if self.resting and form in (None, self._pressed):
            return
        idle = [paper for paper in self.papers if not (paper.busy or paper.question)]
        wanted = [paper for paper in idle if form in (None, paper.form)]
        chosen = next((paper for paper in wanted if paper.failed), next(iter(wanted), None))
        if chosen is not None:
            self._pressed = chosen.form
            self.rest.start()
            self._print(chosen.form, again=True)

    def take_back(self) -> None:
        """The person waits no longer for pages that have not come out."""
        printing.take_back(self._desk.office)

    def answer(self, came_out: bool, form: PaperForm | None = None) -> None:
        """What the person saw of a print whose fate the machine does not know."""
        asked = (paper for paper in self.papers if paper.question and form in (None, paper.form))
        paper = next(asked, None)
        job = paper.job if paper else None
        if job is None:
            return
        office = self._desk.office

        def settle() -> CaseFile | None:
            printing.answer_unknown(office, job.job_id, job.case_id, came_out=came_out)
            return open_file(office, job.case_id)

        self._desk.tasks.run(
            self._desk.store_executor, settle, owner=self, done=self._answered, failed=self._failed
        )

    def _stored(self, received: Received) -> None:
        self.received = received
        self.stored.emit()
        self._send(received.case.case_id)
        self.papers = tuple(Paper(form) for form in self._desk.office.papers)
        for form in self._desk.office.papers:
            self._print(form, again=False)

    def _refused(self, error: AppError) -> None:
        self._enter(Stage.IDLE)
        self.refused.emit(error)

    def _print(self, form: PaperForm, *, again: bool) -> None:
        if self.received is None:
            return
        office, case = self._desk.office, self.received.case
        case_id = case.case_id
        self._change(case_id, form, busy=True, trouble=None)
        self._desk.tasks.run(
            self._desk.printing(form),
            lambda: printing.print_paper(office, case_id, form, again=again),
            owner=self,
            done=lambda job: self._came(case, Paper(form, job)),
            failed=lambda error: self._came(case, Paper(form, trouble=error)),
        )

    def _came(self, case: Case, paper: Paper) -> None:
        """The printer is done with a paper; it may be one of a case that has left the page."""
        if self.received is not None and self.received.case.case_id == case.case_id:
            known: dict[str, Any] = {"job": paper.job} if paper.job is not None else {}
            self._change(case.case_id, paper.form, busy=False, trouble=paper.trouble, **known)
        elif paper.failed or paper.question:
            self.missed.emit(Missed(case.number, paper))

    def _change(self, case_id: str, form: PaperForm, **known: Any) -> None:
        """What became of a paper; nothing when the next case has begun."""
        if self.received is None or self.received.case.case_id != case_id:
            return
        self.papers = tuple(replace(p, **known) if p.form is form else p for p in self.papers)
        self._enter(Stage.PRINTING if any(p.busy for p in self.papers) else Stage.SETTLED)

    def _failed(self, error: AppError) -> None:
        asked = next((paper.form for paper in self.papers if paper.question), None)
        if asked is not None and self.received is not None:
            self._change(self.received.case.case_id, asked, trouble=error)

    def _answered(self, file: CaseFile | None) -> None:
        if file is not None:
            for job in file.papers:
                self._change(file.case.case_id, job.form, job=job)

    def _send(self, case_id: str) -> None:
        self.upload = Upload.RUNNING
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.relay_executor,
            lambda: _upload(office, case_id),
            owner=self,
            done=self._sent,
            failed=lambda _error: self._sent(Upload.PENDING),
        )

    def _sent(self, upload: Upload) -> None:
        self.upload = upload
        self.changed.emit()

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self.changed.emit()


def _upload(office: Office, case_id: str) -> Upload:
    """One attempt: delivered, refused for good, or waiting for the line."""
    trouble = upload_trouble(office, case_id, UPLOAD_S)
    if trouble is None:
        return Upload.DONE
    return Upload.REFUSED if isinstance(trouble, RejectedError) else Upload.PENDING
