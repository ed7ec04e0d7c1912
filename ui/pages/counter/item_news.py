"""An intake whose item changed in the catalog meanwhile: told of inline, and looked at before going on.

What matters nothing to the path that was answered is taken over at once; where something has to be done,
or something entered falls away, the decision waits until a person has looked.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.catalog import Item
from app.domain.catalog_diff import Matters
from app.errors import AppError
from app.flows.carrying import carry
from app.services.catalog_changes import ChangedDraft, changed_draft
from ui.changes.sheet import ChangesSheet
from ui.desk import Desk
from ui.pages.counter.notices import Notices
from ui.pages.counter.session import IntakeSession
from ui.widgets.kit import KeyButton, Kit

NOTICE = "item_changed"


class ItemNews(QObject):
    """`other_item`: find another one; `settled`: the intake goes on under the new version.

    `told(draft_id)`: the person knows what changed for that draft.
    """

    other_item = Signal()
    told = Signal(str)
    settled = Signal()

    def __init__(self, kit: Kit, desk: Desk, session: IntakeSession, notices: Notices, page: QWidget) -> None:
        super().__init__(page)
        self._kit, self._desk, self._session, self._notices = kit, desk, session, notices
        self._texts = desk.office.texts
        self._page = page
        self._sheet: ChangesSheet | None = None
        self._about: Item | None = None
        self._asked = 0
        self.changed: ChangedDraft | None = None
        session.changed.connect(self._session_changed)

    @property
    def pill(self) -> tuple[str, str]:
        """(tone, word) beside the item's name; ("", "") where nothing changed."""
        if self.changed is None:
            return "", ""
        if self.changed.carried is None:
            return "stop", self._texts["counter.news.pill_gone"]
        if self.held:
            return "warn", self._texts["counter.news.pill"]
        return "primary", self._texts["counter.news.pill_quiet"]

    @property
    def held(self) -> bool:
        """Whether the decision waits for a person to look."""
        return bool(self._session.held)

    def check(self) -> None:
        """Compare the item of the intake with the catalog in force, in the background."""
        self._asked += 1
        ticket, intake, office = self._asked, self._session.intake, self._desk.office
        if intake.item is None:
            return
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: changed_draft(office, intake),
            owner=self,
            done=lambda changed: self._compared(intake.item, changed) if ticket == self._asked else None,
            failed=self._failed,
        )

    def look(self) -> None:
        """F5."""
        item, changed = self._session.intake.item, self.changed
        if item is None or changed is None:
            return
        if self._sheet is None:
            self._sheet = ChangesSheet(self._kit, self._texts, self._page.window(), "changes_sheet")
            self._sheet.accepted.connect(self._accept)
        self._sheet.show_draft(item.name, changed, done=not self.held)

    # -- what was found ----------------------------------------------------------------------------

    def _compared(self, item: Item | None, changed: ChangedDraft | None) -> None:
        if item is not self._session.intake.item:
            return
        if changed is None:
            if self.held:
                self._forget()
            return
        self.changed = changed
        if changed.carried is None:
            self._hold(item, "counter.reason.withdrawn")
            self._tell_gone()
        elif changed.must_be_seen:
            self._hold(item, "counter.reason.changed")
            self._tell(changed)
        else:
            self._take_over(changed)

    def _failed(self, error: AppError) -> None:
        self._notices.tell(error)

    def _hold(self, item: Item | None, reason: str) -> None:
        self._about = item
        self._session.hold(reason)

    def _take_over(self, changed: ChangedDraft) -> None:
        """Under the new version with all that was entered; a notice where something is worth knowing."""
        assert changed.carried is not None
        moved = carry(self._session.intake, _item_of(changed)).intake
        self._about = moved.item
        self._session.apply(moved)
        self._session.hold("")
        self.told.emit(moved.draft_id)
        known = sum(change.matters is not Matters.NO for change in changed.changes)
        if known:
            note = self._texts.say("counter.news.quiet_note", n=known)
            title = self._texts["counter.news.quiet"]
            self._notices.say(NOTICE, "primary", title, note, self._look_button(), self._close_button())
        else:
            self._forget()

    def _tell(self, changed: ChangedDraft) -> None:
        n = sum(change.matters is Matters.NOW for change in changed.changes)
        title = self._texts.say("counter.news.must", n=n) if n else self._texts["counter.news.fell"]
        body = self._texts["counter.news.must_one"]
        self._notices.say(NOTICE, "warn", title, body, self._look_button())

    def _tell_gone(self) -> None:
        texts = self._texts
        other = self._kit.button(texts["counter.news.change"], "secondary", "F3", name="news_other", h=28)
        other.clicked.connect(self.other_item)
        title, body = texts["counter.news.gone"], texts["counter.news.gone_note"]
        self._notices.say(NOTICE, "stop", title, body, other)

    def _look_button(self) -> KeyButton:
        button = self._kit.button(self._texts["counter.news.look"], "secondary", "F5", name="news_look", h=28)
        button.clicked.connect(self.look)
        return button

    def _close_button(self) -> KeyButton:
        close = self._kit.button(self._texts["counter.understood"], "quiet", name="news_close", h=28)
        close.clicked.connect(self._forget)
        return close

    def _accept(self) -> None:
        """The person has looked: what was changed meanwhile on the page counts too."""
        changed = self.changed
        if changed is None or changed.carried is None or not self.held:
            return
        moved = carry(self._session.intake, _item_of(changed)).intake
        self._forget()
        self._session.apply(moved)
        self.told.emit(moved.draft_id)
        self.settled.emit()

    def _session_changed(self) -> None:
        """Another item, or none: what was found about the one before is nobody's any more."""
        if self.changed is not None and self._session.intake.item is not self._about:
            self._forget()

    def _forget(self) -> None:
        self.changed, self._about = None, None
        self._notices.drop(NOTICE)
        self._session.hold("")


def _item_of(changed: ChangedDraft) -> Item:
    assert changed.carried is not None and changed.carried.intake.item is not None
    return changed.carried.intake.item
