"""一件事 at the counter: its items as intakes one after another, with a notice of how far it is.

How far it is goes with the draft.  From the moment a case is received the next item's draft is on
disk, so that a crash between two items loses neither the person nor the row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.domain.catalog import Item
from app.domain.situation import Answers
from app.flows.intake import BundleRow, Intake
from app.flows.series import Series
from app.services import drafts
from ui.desk import Desk
from ui.pages.counter.notices import Notices
from ui.pages.counter.session import IntakeSession
from ui.widgets.kit import Kit

NOTICE = "series"


class OneThing(QObject):
    """`changed(frozenset of codes received)`."""

    changed = Signal(object)

    def __init__(
        self, kit: Kit, desk: Desk, session: IntakeSession, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._session, self._notices = session, notices
        self._series: Series | None = None
        self._upcoming: Intake | None = None

    @property
    def waiting(self) -> bool:
        """Whether another item comes after the case just received."""
        return self._upcoming is not None

    def begin(self, items: Sequence[Item], answers: Mapping[str, Answers]) -> None:
        """With the person who is entered already, if one is."""
        self._series, self._upcoming = Series(tuple(items), answers), None
        intake = self._series.begin(self._session.intake)
        if intake is not None:
            kept = self._session.intake.draft_id  # the draft at hand goes on as the first item
            self._session.apply(replace(intake, draft_id=kept))
            self._tell()
        self.changed.emit(self._series.done)

    def stored(self) -> None:
        """The case of the item at hand was received."""
        intake = self._session.intake
        if self._series is None or intake.item is None or intake.item.code not in self._codes():
            return
        self._series = self._series.after(intake)
        self._upcoming = self._series.begin(intake)
        self.changed.emit(self._series.done)
        if self._upcoming is None:
            self._notices.drop(NOTICE)
        elif self._series.next is not None:
            self._keep(self._upcoming)
            self._tell_next(self._series.next)

    def resume(self, row: BundleRow | None) -> None:
        """Go on with the row of a restored draft; items the catalog has no more fall out of it."""
        self.leave()
        if row is None:
            return
        catalog = self._desk.office.catalog
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: [item for code in row.codes if (item := catalog.item(code)) is not None],
            owner=self,
            done=lambda items: self._resumed(row, items),
            failed=self._notices.tell,
        )

    def _resumed(self, row: BundleRow, items: Sequence[Item]) -> None:
        if self._session.intake.row != row:
            return  # gone on meanwhile
        self._series = Series.resumed(row, items)
        self._tell()
        self.changed.emit(row.done)

    def follow_up(self) -> bool:
        """Begin the next item for the same person; False: there is none."""
        if not self.waiting or self._series is None:
            self.stop()
            return False
        intake, self._upcoming = self._upcoming, None
        if intake is not None:
            self._session.apply(intake)
            self._tell()
        return intake is not None

    def stop(self) -> None:
        """The rest is not asked for: neither its draft nor the row of the one at hand stays."""
        if self._upcoming is not None:
            self._session.forget(self._upcoming.draft_id)
        self._session.apply(replace(self._session.intake, row=None))
        self.leave()

    def leave(self) -> None:
        """Somebody else works here now; what was begun stays on disk with its author."""
        self._series, self._upcoming = None, None
        self._notices.drop(NOTICE)

    def _keep(self, upcoming: Intake) -> None:
        desk, operator = self._desk, self._session.operator
        author = operator.operator_id if operator else ""
        desk.tasks.run(
            desk.store_executor,
            lambda: drafts.keep(desk.office, upcoming, author),
            owner=self,
            done=lambda _none: None,
            failed=self._notices.tell,
        )

    def _codes(self) -> set[str]:
        return {item.code for item in self._series.items} if self._series else set()

    def _tell(self) -> None:
        series = self._series
        if series is None:
            return
        n, total = len(series.done) + 1, len(series.items)
        title = self._texts.say("counter.series.title", n=n, total=total)
        key = "counter.series.carried" if series.done else "counter.series.first"
        self._say(title, self._texts[key])

    def _tell_next(self, item: Item) -> None:
        assert self._series is not None
        title = self._texts.say(
            "counter.series.done", n=len(self._series.done), total=len(self._series.items)
        )
        self._say(title, self._texts.say("counter.series.next", name=item.name))

    def _say(self, title: str, body: str) -> None:
        stop = self._kit.button(self._texts["counter.series.stop"], "quiet", name="series_stop", h=28)
        stop.clicked.connect(self.stop)
        self._notices.say(NOTICE, "primary", title, body, stop)
