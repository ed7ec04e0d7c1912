"""One intake while it is being entered: the value, its draft on disk, and the way back after 清空.

Every change goes through `apply`, a card's through `apply_soon`.  The draft is written within
`SAVE_MS` of the first change since the last write, at every change of focus and when the window
closes, so a power cut costs at most a tenth of a second of typing.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.operator import Operator
from app.domain.precheck import Finding, Severity
from app.errors import AppError
from app.flows.intake import Intake
from app.services import drafts
from ui.desk import Desk
from ui.profile import Profile

SAVE_MS = 100
RETRY_MS = 2_000


class DraftState(Enum):
    NONE = "none"
    PENDING = "pending"
    SAVED = "saved"
    FAILED = "failed"


class IntakeSession(QObject):
    """`changed`: the intake is another one; `draft_changed`: how safely it is kept."""

    changed = Signal()
    draft_changed = Signal()

    def __init__(self, desk: Desk, profile: Profile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self.profile = desk, profile
        self.operator: Operator | None = None
        self.intake = Intake()
        self.draft = DraftState.NONE
        self.draft_error: AppError | None = None
        self._cleared: Intake | None = None
        self._frozen = False
        self.held = ""  # the key of a reason that comes from outside of the intake
        self._coming = 0
        self._unfinished = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        self._untold = False
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.timeout.connect(self.settle)

    # -- changes ---------------------------------------------------------------------------------

    def apply(self, intake: Intake) -> None:
        """Take over a changed intake; while a case is being received nothing changes any more."""
        self.apply_soon(intake)
        self.settle()

    def apply_soon(self, intake: Intake) -> None:
        """The same, but what follows from it (`changed`, the draft) comes in the next turn of the event loop.

        For what should be seen before anything else is worked out.  Whatever needs the intake settled,
        another change or the decision, settles it first.
        """
        self.settle()
        if self._frozen or intake == self.intake:
            return
        self.intake = intake
        self._untold = True
        self._telling.start(0)

    def settle(self) -> None:
        """Have what follows from the last change happen now, if it has not yet."""
        if not self._untold:
            return
        self._untold = False
        self._telling.stop()
        self._past_undo()
        self._keep_soon()
        self.changed.emit()

    def clear(self) -> None:
        """Empty the page at once; `undo_clear` brings it back."""
        self.settle()
        if self._frozen or self.intake.empty:
            return
        self._cleared = self.intake
        self._start_over()

    def undo_clear(self) -> None:
        self.settle()
        if self._cleared is not None:
            kept, self._cleared = self._cleared, None
            author = self.operator.operator_id if self.operator else ""
            self._in_store(lambda: drafts.bring_back(self._desk.office, kept, author))
            self.apply(kept)

    @property
    def can_undo(self) -> bool:
        return self._cleared is not None

    def begin_next(self) -> None:
        """A new intake after a case: its draft went with the case."""
        self.settle()
        self._frozen = False
        self._past_undo()
        self.intake = Intake()
        self._set_draft(DraftState.NONE)
        self.changed.emit()

    @property
    def frozen(self) -> bool:
        """A case is being made of the intake: nothing may be added to it."""
        return self._frozen

    def freeze(self) -> None:
        """From the press of F9 on no draft is written: it would outlive its case."""
        self.settle()
        self._timer.stop()
        self._frozen = True

    def thaw(self) -> None:
        """The case was refused: go on editing, and keep the draft again."""
        self._frozen = False
        self._keep_soon()

    def hand_over(self, operator: Operator | None) -> None:
        """Another person signs in: the draft stays on disk with its author."""
        self.flush()
        self.operator = operator
        self.intake = Intake()
        self._frozen = False
        self._past_undo()
        self._set_draft(DraftState.NONE)
        self.changed.emit()

    def _start_over(self) -> None:
        office, dropped = self._desk.office, self.intake.draft_id
        self._timer.stop()
        self.intake = Intake()
        self._set_draft(DraftState.NONE)
        self._in_store(lambda: drafts.set_aside(office, dropped))
        self.changed.emit()

    def _past_undo(self) -> None:
        """What was cleared cannot come back any more: its materials on file go for good."""
        if self._cleared is not None:
            dropped, self._cleared = self._cleared.draft_id, None
            self.forget(dropped)

    def hold(self, reason: str) -> None:
        """Keep the decision back for the reason of that key; "" lets it go."""
        if reason != self.held:
            self.held = reason
            self.changed.emit()

    def expect_file(self, more: int) -> None:
        """+1: a file of the draft is on its way to the disk; -1: it is there, or will not come."""
        self._coming += more
        self.changed.emit()

    def tell_unfinished(self, pages: bool) -> None:
        """Whether pages were photographed that are no document yet."""
        if pages != self._unfinished:
            self._unfinished = pages
            self.changed.emit()

    # -- the draft -------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write the draft now (on the store's thread)."""
        self.settle()
        self._timer.stop()
        if self._frozen or self.draft in (DraftState.NONE, DraftState.SAVED):
            return
        office, intake = self._desk.office, self.intake
        author = self.operator.operator_id if self.operator else ""
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: drafts.keep(office, intake, author),
            owner=self,
            done=lambda _none: self._kept(intake),
            failed=self._not_kept,
        )

    def flush_soon(self) -> None:
        """Write it in the next turn of the event loop: not while what was changed is being shown."""
        if not self._frozen and (self._untold or self.draft not in (DraftState.NONE, DraftState.SAVED)):
            self._timer.start(0)

    def forget(self, draft_id: str) -> None:
        office = self._desk.office
        self._in_store(lambda: drafts.drop(office, draft_id))

    def _in_store(self, act: Callable[[], None]) -> None:
        self._desk.tasks.run(
            self._desk.store_executor,
            act,
            owner=self,
            done=lambda _none: None,
            failed=lambda _error: None,  # the draft will be offered again, which loses nothing
        )

    def _keep_soon(self) -> None:
        self._set_draft(DraftState.PENDING)
        if not self._timer.isActive():
            self._timer.start(SAVE_MS)

    def _kept(self, intake: Intake) -> None:
        if intake is self.intake:
            self._set_draft(DraftState.NONE if intake.empty else DraftState.SAVED)

    def _not_kept(self, error: AppError) -> None:
        self._set_draft(DraftState.FAILED, error)
        if not self._frozen and not self._timer.isActive():
            self._timer.start(RETRY_MS)

    def _set_draft(self, state: DraftState, error: AppError | None = None) -> None:
        if (state, error) != (self.draft, self.draft_error):
            self.draft, self.draft_error = state, error
            self.draft_changed.emit()

    # -- what follows ----------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        office = self._desk.office
        today = office.clock.now().date()
        return self.intake.findings(self.profile.channel, today, office.calendar)

    def blocking(self) -> str:
        """The key of the reason why the decision is dead, or ""."""
        intake = self.intake
        if intake.applicant is None:
            return "counter.reason.applicant"
        if intake.item is None:
            return "counter.reason.item"
        if self.held:
            return self.held
        if any(f.severity is Severity.ERROR for f in self.findings()):
            return "counter.reason.errors"
        if self._coming:
            return "counter.reason.files_coming"
        if self._unfinished:
            return "counter.reason.unfinished_pages"
        if self.profile.compare_face and intake.identity_confirmed is None:
            return "counter.reason.face"
        return ""

    def confirm_face(self, same: bool) -> None:
        self.apply(replace(self.intake, identity_confirmed=same))
