"""Sheet, head and right edge together: everything that is on screen while a case is being worked on."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QStackedLayout, QWidget

from app.domain.printing import PaperForm
from app.services.printing import PRINTERS, printable
from ui.desk import Desk
from ui.pages.counter.draft_files import DraftFiles
from ui.pages.counter.notices import Notices
from ui.pages.counter.outcome import OutcomePanel
from ui.pages.counter.preview import Drawing, LargePreview, printed_form
from ui.pages.counter.receiving import Receiving, Stage
from ui.pages.counter.session import DraftState, IntakeSession
from ui.pages.counter.sheet import Sheet
from ui.pages.counter.side import SidePanel
from ui.pages.counter.signing import Signing
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.widgets.kit import Kit, box, col, row
from ui.widgets.layouts import laid_out_once

WIDE_FROM = 1600


class Workbench(QFrame):
    """Shows session, receiving and status; decides nothing."""

    undo = Signal()
    clear = Signal()
    device_wanted = Signal(str)

    def __init__(
        self, kit: Kit, desk: Desk, session: IntakeSession, receiving: Receiving, board: StatusBoard
    ) -> None:
        super().__init__()
        self._kit, self._desk, self._board = kit, desk, board
        self._session, self._receiving = session, receiving
        self._texts = desk.office.texts
        self._printer = ""
        self.notices = Notices(kit, self._texts)
        self.files = DraftFiles(desk, session, self)
        self.sheet = Sheet(kit, desk, session, self.files)
        self.signing = Signing(desk, session)
        self.side = SidePanel(kit, desk, session, self.signing)
        self.outcome = OutcomePanel(kit, desk, receiving)
        self.large = LargePreview(kit, self._texts, self)
        self._drawing = Drawing(desk, session, lambda: not board.online)
        self._middle = QStackedLayout()
        self._middle.addWidget(self.sheet)
        self._middle.addWidget(self.outcome)
        middle = QWidget()
        middle.setLayout(self._middle)
        left = col(self.notices, self._head(), middle, gap=8)
        layout = row(left, self.side, gap=16)
        layout.setContentsMargins(16, 12, 16, 12)
        self.setLayout(layout)
        self._drawing.changed.connect(self._show_paper)
        self._show_paper()
        session.draft_changed.connect(self._show_draft)
        self.sheet.item.looked_at.connect(self.side.show_item)
        self.sheet.item.trouble.connect(self.notices.tell)
        self.signing.trouble.connect(self.notices.tell)
        self.large.form_wanted.connect(self._show_large)

    def _head(self) -> QFrame:
        kit, texts = self._kit, self._texts
        self._title = kit.text("", "h2", name="case_title")
        self._draft = kit.text("", "caption", "muted", name="draft_state")
        self._tick = kit.icon("check", 16, "ok", 2)
        self._undo = kit.button(texts["counter.undo"], "secondary", "Ctrl+Z", name="undo_clear", h=26)
        self._clear = kit.button(texts["counter.clear"], "quiet", "Ctrl+Del", name="clear", h=26)
        self._undo.clicked.connect(self.undo)
        self._clear.clicked.connect(self.clear)
        line = row(self._title, 8, self._tick, self._draft, None, self._undo, self._clear, gap=8)
        return box(line, fixed=(0, 32))

    def sizeHint(self) -> QSize:
        return QSize(1280, 680)

    # -- showing -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        with laid_out_once(self.sheet):
            self._refresh()

    def _refresh(self) -> None:
        stored = self._receiving.received is not None
        self._middle.setCurrentIndex(1 if stored else 0)
        self.sheet.refresh()
        self.side.refresh()
        self._show_title(stored)
        self._show_printer()
        self._show_decision()
        self.outcome.refresh()
        self.side.show_stored(stored)
        if stored:
            self.large.hide()

    @property
    def preview_ready(self) -> bool:
        """Whether a paper is shown at the right."""
        return self._drawing.image is not None

    def redraw(self) -> None:
        """The intake is another one: so is the paper."""
        self._drawing.ask()

    def _show_paper(self) -> None:
        self.side.show_paper(self._drawing.sight, self._drawing.image)

    def status_changed(self) -> None:
        self.outcome.refresh()
        self._show_title(self._receiving.received is not None)
        self._show_printer()
        self._show_decision()

    def _show_printer(self) -> None:
        """Paper in trouble is said where the paper is asked for, with what still works."""
        printers = {PRINTERS[form].value for form in self._desk.office.papers}
        line = next((x for x in self._board.lines if x.key in printers and x.tone == "stop"), None)
        if line is None or self._receiving.received is not None:
            self.notices.drop("printer")
            self._printer = ""
        elif line.word != self._printer:
            self._printer, key = line.word, line.key
            how = self._kit.button(self._texts["counter.how"], "secondary", name="printer_how", h=28)
            how.clicked.connect(lambda: self.device_wanted.emit(key))
            body = self._texts["counter.printer_note"]
            self.notices.say("printer", "stop", line.word, body, how)

    def _show_title(self, stored: bool) -> None:
        status = self._board.status
        n = (status.received_today if status else 0) + (0 if stored else 1)
        set_text(self._title, self._texts.say("counter.nth", n=max(1, n)))
        self._undo.setVisible(self._session.can_undo)
        self._clear.setVisible(not self._session.intake.empty and not stored)
        self._clear.setEnabled(self._receiving.stage is Stage.IDLE)
        self._show_draft()

    def _show_draft(self) -> None:
        state, error = self._session.draft, self._session.draft_error
        stored = self._receiving.received is not None
        if state is DraftState.FAILED and error is not None:
            self.notices.say(
                "draft", "stop", self._texts["counter.draft.failed_title"], self._texts.error(error)
            )
        else:
            self.notices.drop("draft")
        key = "counter.draft.cleared" if self._session.can_undo else f"counter.draft.{state.value}"
        set_text(self._draft, "" if stored else self._texts[key])
        self._tick.setVisible(state is DraftState.SAVED and not stored)

    def _show_decision(self) -> None:
        texts, session, offline = self._texts, self._session, not self._board.online
        word = texts[decision_key(self._desk, offline)]
        if self._receiving.received is not None:
            key, tone, live = "counter.reason.done", "muted", False
        elif self._receiving.stage is not Stage.IDLE:
            key, tone, live = "counter.reason.storing", "primary", False
        elif blocked := session.blocking():
            key, tone, live = blocked, "stop" if blocked == "counter.reason.errors" else "muted", False
        elif self._printer:
            key, tone, live = "counter.reason.no_paper", "warn", True
        else:
            key, tone, live = f"counter.reason.{'offline' if offline else 'ready'}", "primary", True
        failed = sum(f.error is not None for f in session.findings())
        self.side.show_decision(texts.say(key, n=failed), tone, live=live, word=word)

    # -- the large preview ---------------------------------------------------------------------------

    def toggle_large(self) -> None:
        """F12 opens at once, also before the first picture is there; not beside a case that is stored."""
        if self.large.isVisible():
            self._focus_decision()  # before it goes: Qt would pass the focus on to the page's first button
            self.large.hide()
        elif self._drawing.possible and self._receiving.received is None:
            self._show_large(printed_form(self._desk))

    def _focus_decision(self) -> None:
        target = self.side.receive if self.side.receive.isEnabled() else self.side
        target.setFocus()

    def _show_large(self, form: PaperForm) -> None:
        words = self._texts
        self.large.show_form(form)
        self.large.show_words(words["counter.preview_coming"])
        self._place_large()
        self.large.show()
        self.large.raise_()
        self._drawing.large(
            form, self.large.show_image, lambda: self.large.show_words(words["counter.preview_failed"])
        )

    def _place_large(self) -> None:
        self.large.setGeometry(self.rect().adjusted(16, 12, -16, -12))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.set_wide(self.width() >= WIDE_FROM)
        self._place_large()


def decision_key(desk: Desk, offline: bool) -> str:
    """The button says what will happen: on paper or not, with the line or without."""
    paper = bool(printable(desk.office))
    return {
        (False, True): "counter.receive",
        (True, True): "counter.receive_offline",
        (False, False): "counter.receive_no_paper",
        (True, False): "counter.receive_offline_no_paper",
    }[(offline, paper)]
