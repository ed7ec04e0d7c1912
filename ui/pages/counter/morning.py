"""What the start page needs from disk: the operator's own drafts, the items this counter handles most,
and whether the readiness sheet is still to be looked at today."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.domain.catalog import ItemHit
from app.domain.operator import Operator
from app.services import case_file, drafts, readiness
from app.services.drafts import KeptDraft
from ui.desk import Desk
from ui.pages.counter.start import OFTEN
from ui.profile import Profile


class Morning(QObject):
    """`loaded` whenever there is something new to show; `trouble(AppError)`."""

    loaded = Signal()
    trouble = Signal(object)

    def __init__(self, desk: Desk, profile: Profile, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._profile = desk, profile
        self._operator: Operator | None = None
        self._dropped: set[str] = set()
        self.drafts: tuple[KeptDraft, ...] = ()
        self.often: tuple[ItemHit, ...] = ()
        self.sheet_due = False  # nobody has looked at the readiness sheet today

    @property
    def newest(self) -> KeptDraft | None:
        return self.drafts[0] if self.drafts else None

    def load(self, operator: Operator | None) -> None:
        self._operator = operator
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: (
                drafts.recover(office),
                case_file.often_used(office, OFTEN),
                not readiness.seen_today(office),
            ),
            owner=self,
            done=lambda found: self._kept(operator, *found),
            failed=self.trouble.emit,
        )

    def find(self, operator: Operator | None, draft_id: str, found: Callable[[KeptDraft], None]) -> None:
        """One of the operator's drafts, wherever it stands in the list."""
        office, mine = self._desk.office, operator.operator_id if operator else ""

        def done(kept: tuple[KeptDraft, ...]) -> None:
            for draft in kept:
                if draft.intake.draft_id == draft_id and draft.operator_id == mine:
                    found(draft)

        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: drafts.recover(office),
            owner=self,
            done=done,
            failed=self.trouble.emit,
        )

    def drop(self, draft: KeptDraft) -> None:
        """Not offered again, not even by a list that is on its way."""
        self._dropped.add(draft.intake.draft_id)
        self.drafts = self._offered(self.drafts)
        self.loaded.emit()

    def _kept(
        self, operator: Operator | None, kept: tuple[KeptDraft, ...], codes: tuple[str, ...], due: bool
    ) -> None:
        """A draft stays with its author: nobody is offered another person's."""
        if operator is not self._operator:
            return
        self.sheet_due = due
        mine = operator.operator_id if operator else ""
        self.drafts = self._offered(tuple(d for d in kept if d.operator_id == mine))
        self.loaded.emit()
        office, channel = self._desk.office, self._profile.channel
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: tuple(hit for hit in office.catalog.hits(codes) if channel in hit.channels),
            owner=self,
            done=self._hits,
            failed=self.trouble.emit,
        )

    def _offered(self, drafts: tuple[KeptDraft, ...]) -> tuple[KeptDraft, ...]:
        return tuple(d for d in drafts if d.intake.draft_id not in self._dropped)

    def _hits(self, often: tuple[ItemHit, ...]) -> None:
        self.often = often
        self.loaded.emit()
