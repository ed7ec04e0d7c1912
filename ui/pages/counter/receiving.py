"""From the press of F9 to a settled outcome: stored, printed, uploaded, each known by itself."""

from enum import Enum

from PySide6.QtCore import QObject, Signal

from app.domain.case import Application
from app.domain.printing import PrintJob, PrintState
from app.errors import AppError, RejectedError
from app.services import printing
from app.services.case_file import CaseFile, open_file
from app.services.intake import Received, receive
from app.services.office import Office
from app.services.outbox_relay import upload_trouble
from ui.desk import Desk

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


class Receiving(QObject):
    """`changed` at every step; `refused` when the case was not stored (the page goes on editing)."""

    changed = Signal()
    stored = Signal()
    refused = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.stage = Stage.IDLE
        self.received: Received | None = None
        self.job: PrintJob | None = None
        self.upload = Upload.RUNNING
        self.trouble: AppError | None = None

    @property
    def question(self) -> bool:
        """Whether a person has to say if paper came out."""
        return self.job is not None and self.job.state is PrintState.UNKNOWN

    def reset(self) -> None:
        self.stage, self.received, self.job = Stage.IDLE, None, None
        self.upload, self.trouble = Upload.RUNNING, None
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

    def print_again(self) -> None:
        self._print(again=True)

    def answer(self, came_out: bool) -> None:
        """What the person saw of a print whose fate the machine does not know."""
        job = self.job
        if job is None or not self.question:
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
        self._print(again=False)

    def _refused(self, error: AppError) -> None:
        self._enter(Stage.IDLE)
        self.refused.emit(error)

    def _print(self, *, again: bool) -> None:
        if self.received is None or self.stage is Stage.PRINTING:
            return
        self.trouble = None
        self._enter(Stage.PRINTING)
        office, case_id = self._desk.office, self.received.case.case_id
        self._desk.tasks.run(
            self._desk.paper_executor,
            lambda: printing.print_slip(office, case_id, again=again),
            owner=self,
            done=self._printed,
            failed=self._failed,
        )

    def _printed(self, job: PrintJob) -> None:
        self.job = job
        self._enter(Stage.SETTLED)

    def _failed(self, error: AppError) -> None:
        self.trouble = error
        self._enter(Stage.SETTLED)

    def _answered(self, file: CaseFile | None) -> None:
        self.job = file.last_print if file else None
        self.changed.emit()

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
