"""The intake page: applicant → item → situation → materials → pre-check → decision, all in sight.

A card on the reader lands in the right field whatever has the focus.  The decision is one
key; it is dead from the press until the outcome is known.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app.domain.catalog import Item
from app.domain.device import DeviceEvent
from app.domain.identity import DocumentKind
from app.domain.operator import Operator
from app.domain.situation import Answers
from app.errors import AppError
from app.services import printing
from app.services.drafts import KeptDraft
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.counter.arrivals import Arrivals
from ui.pages.counter.coming import Around
from ui.pages.counter.filing import Filing
from ui.pages.counter.hand_entry import typed_document
from ui.pages.counter.item_news import NOTICE, ItemNews
from ui.pages.counter.missed import MissedPapers
from ui.pages.counter.morning import Morning
from ui.pages.counter.one_thing import OneThing
from ui.pages.counter.receiving import Receiving, Stage
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.showing import Showing
from ui.pages.counter.start import OFTEN, StartPage, strip_machine
from ui.pages.counter.workbench import Workbench
from ui.profile import Profile
from ui.status import StatusBoard
from ui.tasks import timed
from ui.widgets.kit import Kit, col
from ui.widgets.layouts import Island

NUMBER_LEAST = 6


class IntakePage(QWidget):
    """`stored`: a case was stored (send the outbox); `show_receipt(text)`: a receipt was scanned;
    `show_case(number)`: a case of which a paper failed after it had left the page."""

    stored = Signal()
    show_case = Signal(str)
    show_receipt = Signal(str)
    devices_wanted = Signal(str)

    def __init__(
        self, kit: Kit, desk: Desk, profile: Profile, board: StatusBoard, files: FileChoices
    ) -> None:
        super().__init__()
        self._desk, self._board, self._files = desk, board, files
        self.session = IntakeSession(desk, profile, self)
        self.receiving = Receiving(desk, self)
        self._morning = Morning(desk, profile, self)
        self.start = StartPage(kit, desk)
        self.bench = Workbench(kit, desk, self.session, self.receiving, board)
        self.sheet = self.bench.sheet
        self.arrivals = Arrivals(
            Around(kit, desk, self.session, self.receiving, self.sheet, self.bench.notices)
        )
        self.missed = MissedPapers(kit, desk.office.texts)
        bench = self.bench
        self.filing = Filing(kit, desk, self.session, board, bench.notices, bench.files, files, self)
        self.one_thing = OneThing(kit, desk, self.session, bench.notices, self)
        self.news = ItemNews(kit, desk, self.session, bench.notices, self)
        self.showing = Showing(
            self.session,
            self.receiving,
            board,
            self._morning,
            self.start,
            bench,
            self.filing,
            self.news,
        )
        self.setLayout(col(self.missed, Island(self.showing.pages), gap=0))
        self._wire()
        self._wire_start()
        bind_keys(self)

    def _wire(self) -> None:
        self.receiving.changed.connect(self.arrivals.settle)
        self.receiving.stored.connect(self.one_thing.stored)
        self.receiving.stored.connect(self.stored)
        self.receiving.refused.connect(self._refused)
        self.receiving.missed.connect(self.missed.add)
        self.missed.look.connect(self.show_case)
        self.bench.undo.connect(self.undo)
        self.bench.clear.connect(self.clear)
        self.bench.device_wanted.connect(self.devices_wanted)
        self.bench.side.decide.connect(self.decide)
        self.bench.side.enlarge.connect(self.bench.toggle_large)
        self.bench.large.closed.connect(self.bench.toggle_large)
        self.bench.outcome.next.connect(self.next_case)
        self.bench.outcome.save_pdf.connect(self.save_pdf)
        self.sheet.applicant.again.connect(self.arrivals.read_again)
        self.arrivals.taken.connect(self.showing.fields_first)
        self.arrivals.next_wanted.connect(self.next_case)
        self.arrivals.by_hand.connect(lambda: self.begin(""))
        self.arrivals.scans.searched.connect(self.find_by)
        self.arrivals.scans.receipt.connect(self.show_receipt)
        self.arrivals.scans.filled.connect(self._number_scanned)
        self.arrivals.noticed.connect(self.showing.begin)
        table = self.sheet.materials.table
        table.shoot.connect(self.filing.shoot)
        table.bring.connect(self.filing.bring)
        table.look.connect(self.filing.look)
        table.dropped.connect(self.filing.take_in)
        self.filing.closed.connect(table.setFocus)
        self.news.other_item.connect(self.find_item)
        self.news.settled.connect(self.showing.focus)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    def _wire_start(self) -> None:
        self._morning.trouble.connect(self.tell)
        self.start.typed.connect(self.begin)
        self.start.restore.connect(self.restore)
        self.start.forget.connect(self.forget)
        self.start.item.connect(self.begin_with)
        self.start.devices.connect(lambda: self.devices_wanted.emit(""))
        self.start.sheet.connect(lambda: self.devices_wanted.emit("readiness"))

    # -- coming and going --------------------------------------------------------------------------

    def sign_in(self, operator: Operator | None) -> None:
        """A draft stays with its author; the new operator gets an empty page and their own drafts."""
        self.session.settle()
        self.arrivals.waiting = None
        self.receiving.reset()
        self.showing.begun = False
        self.bench.notices.drop("reader", "card", "error", "scan")
        self.filing.leave()
        self.one_thing.leave()
        self.session.hand_over(operator)
        self._morning.load(operator)
        self.showing.show()

    def entered(self) -> None:
        self._morning.load(self.session.operator)
        self.showing.show()
        self.showing.focus()
        self.filing.entered()

    def left(self) -> None:
        self.session.flush()
        self.filing.left()
        self.sheet.item.close_search()
        self.bench.large.hide()

    def stop(self) -> None:
        self.session.flush()
        self.filing.left()
        self.bench.side.stop_clock()

    @property
    def busy(self) -> bool:
        """A case is being stored or printed, or its paper is in doubt: nothing may take its place."""
        return self.receiving.stage in (Stage.STORING, Stage.PRINTING) or self.receiving.question

    def device_event(self, event: DeviceEvent) -> None:
        self.arrivals.event_came(event)

    # -- showing -----------------------------------------------------------------------------------

    def _focus_moved(self, _old: QWidget | None, _new: QWidget | None) -> None:
        self.session.flush_soon()

    def tell(self, error: AppError) -> None:
        """Say what went wrong, inline."""
        self.bench.notices.tell(error)
        self.showing.begin()

    # -- entering ----------------------------------------------------------------------------------

    def begin(self, text: str = "") -> None:
        """A number of a document begins the applicant, other words the search; nothing opens the entry."""
        if not self.editable:
            return
        self.showing.begun = True
        self.bench.notices.drop("reader")
        if text and not looks_like_number(text):
            self.showing.show()
            self.sheet.item.search(text)
            return
        document = typed_document(DocumentKind.RESIDENT, "", text)
        if document is not None and self.session.intake.applicant is None:
            self.session.apply(self.session.intake.with_applicant(document))
        self.showing.show()
        self.sheet.applicant.edit()

    @property
    def settled(self) -> bool:
        """Whether the outcome of the last press of F9 is known."""
        return self.receiving.stage is Stage.SETTLED

    @property
    def editable(self) -> bool:
        return self.receiving.stage is Stage.IDLE

    def begin_with(self, code: str) -> None:
        """Take an item over by its code; not while a case is being settled."""
        if not self.editable:
            return
        self.showing.begin()
        self.sheet.item.take_code(code)

    def begin_series(self, items: Sequence[Item], answers: Mapping[str, Answers]) -> None:
        """Items of a bundle as cases one after another."""
        if self.editable:
            self.showing.begun = True
            self.one_thing.begin(items, answers)
            self.showing.focus()

    def find_item(self) -> None:
        """F3."""
        if self.editable:
            self.showing.begin()
            self.sheet.item.search()

    def find_by(self, text: str) -> None:
        """Look for an item by words that were not typed."""
        if self.editable:
            self.showing.begin()
            self.sheet.item.search(text)

    def _number_scanned(self) -> None:
        """The name is missing still: the cursor goes there, unless something is being typed elsewhere."""
        self.showing.begin()
        focus = QApplication.focusWidget()
        typing = isinstance(focus, QLineEdit) and bool(focus.text()) and self.bench.isAncestorOf(focus)
        self.sheet.applicant.edit(start=not typing)

    def open_agent(self) -> None:
        """F4: on an empty page the applicant is typed, later the agent."""
        if self.session.intake.applicant is None:
            self.begin("")
        elif self.editable:
            self.sheet.agent.open()

    def face_agrees(self) -> None:
        """F6."""
        if self.editable and self.session.intake.applicant is not None:
            self.session.confirm_face(True)

    def often_key(self, number: int) -> None:
        if self.showing.at_start:
            self.start.take_often(number)

    def clear(self) -> None:
        """Ctrl+Del asks nothing: it can be undone."""
        if self.editable and not self.session.intake.empty:
            self.sheet.item.close_search()
            self.sheet.agent.wanted = False
            self.sheet.applicant.close_entry()
            self.one_thing.leave()
            self.session.clear()
            self.showing.focus()

    def undo(self) -> None:
        self.session.undo_clear()
        self.one_thing.resume(self.session.intake.row)
        self.news.check()
        self.showing.focus()

    def catalog_changed(self) -> None:
        """Another catalog is in force: what is being entered may stand in another version of its item."""
        if self.editable:
            self.news.check()

    def restore(self, draft: KeptDraft) -> None:
        self._morning.drop(draft)
        self.session.apply(strip_machine(draft).intake)
        self.one_thing.resume(draft.intake.row)
        self.news.check()
        self.showing.focus()

    def resume_draft(self, draft_id: str) -> None:
        """That one, unless something else is being entered, which stays, or it is entered already."""
        if self.editable and self.session.intake.empty:
            self._morning.find(self.session.operator, draft_id, self.restore)

    def forget(self, draft: KeptDraft) -> None:
        self.session.forget(draft.intake.draft_id)
        self._morning.drop(draft)

    # -- the decision ------------------------------------------------------------------------------

    @timed
    def decide(self) -> None:
        """F9, once: from here on the button is dead until the outcome is known."""
        session = self.session
        session.settle()
        if not self.editable or session.blocking():
            return
        self.sheet.item.close_search()
        self.bench.notices.drop("error", "card", "reader", "scan", NOTICE)
        application = session.intake.application(session.profile.channel, session.operator)
        session.flush()
        self.bench.files.shed()
        session.freeze()
        self.bench.side.stop_clock()
        self.receiving.start(application, offline=not self._board.online)

    def _refused(self, error: AppError) -> None:
        self.session.thaw()
        self.tell(error)

    def reprint(self) -> None:
        """F7."""
        if self.receiving.stage is Stage.SETTLED and not self.receiving.question:
            self.receiving.print_again()

    def next_case(self) -> None:
        """F8: the next person.  Not before case and slip are settled; pages go on printing behind."""
        if not self.receiving.may_go_on:
            return
        card, self.arrivals.waiting = self.arrivals.waiting, None
        self.showing.begun = False
        self.sheet.agent.wanted = False
        self.bench.outcome.told_saved("")
        self.bench.side.start_clock()
        self.receiving.reset()
        self.filing.leave()
        self.session.begin_next()
        if card is not None:
            self.one_thing.stop()
            self.arrivals.take(card)
        elif self.one_thing.follow_up():
            self.news.check()
            self.showing.focus()
        else:
            self.entered()

    def save_pdf(self) -> None:
        """Ctrl+S."""
        received = self.receiving.received
        path = self._files.save_pdf(self, f"{received.case.number}.pdf") if received else None
        if received is not None and path is not None:
            self._write_pdf(path, received.case.case_id)

    def _write_pdf(self, path: Path, case_id: str) -> None:
        office, outcome = self._desk.office, self.bench.outcome
        texts = office.texts
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: self._files.write(path, printing.receipt_pdf(office, case_id)),
            owner=self,
            done=lambda _none: outcome.told_saved(texts.say("counter.done.saved", file=path.name)),
            failed=lambda error: outcome.told_saved("", texts.error(error)),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.filing.place()


def bind_keys(page: IntakePage) -> None:
    """The keys of the page; they act wherever on the page the cursor is."""
    slots: dict[str, Callable[[], None]] = {
        "F2": page.arrivals.read_again,
        "F3": page.find_item,
        "F4": page.open_agent,
        "F5": page.news.look,
        "F6": page.face_agrees,
        "F7": page.reprint,
        "F8": page.next_case,
        "F9": page.decide,
        "F12": page.bench.toggle_large,
        "Ctrl+Del": page.clear,
        "Ctrl+Z": page.undo,
        "Ctrl+A": page.sheet.materials.take_everything,
        "Ctrl+R": page.start.restore_draft,
        "Ctrl+S": page.save_pdf,
        "Esc": page.bench.large.hide,
    }
    for number in range(OFTEN):
        slots[f"Alt+{number + 1}"] = lambda n=number: page.often_key(n)  # type: ignore[misc]
    for key, slot in slots.items():
        shortcut = QShortcut(QKeySequence(key), page)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(slot)


def looks_like_number(text: str) -> bool:
    """A document number and no word: nearly all digits, and as long as one."""
    return len(text) >= NUMBER_LEAST and text.isascii() and sum(c.isdigit() for c in text) >= len(text) - 2
