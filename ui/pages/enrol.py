"""Before anything else: a station nobody knows yet says so, and takes its one-time code (登记码) right here.

No operator can sign in before that, so this page stands where the sign-in will be.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.widgets.kit import Kit, box, clear, col, row

WIDTH = 480


class EnrolPage(QWidget):
    """`reopen`: the station is known now, and the window has to be opened anew."""

    reopen = Signal()

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard) -> None:
        super().__init__()
        self._kit, self._desk, self._board = kit, desk, board
        texts, station = desk.office.texts, desk.office.station
        self._texts = texts
        self._busy = False
        self.code = kit.field(hint=texts["signin.enrol.code"], name="enrol_code", h=48)
        self.enter = kit.button(texts["signin.enrol.enter"], "primary", "Enter", name="enrol_button", h=48)
        self._progress = kit.progress(0, 0)
        self._trouble = QVBoxLayout()
        self._line = kit.text("", "body", "muted", wrap=True, name="enrol_line")
        self._form = box(
            col(
                kit.text(texts["signin.enrol.code"], "caption", "muted"),
                self.code,
                4,
                self.enter,
                self._progress,
                gap=8,
            )
        )
        here = desk.enrol is not None
        self._sign = kit.icon("warning", 28, "warn", 2)
        self._title = kit.text(texts["signin.enrol.title"], "h2", name="enrol_title")
        lead = texts["signin.enrol.lead" if here else "signin.enrol.lead_only"]
        self._lead = kit.text(lead, "body", "ink", wrap=True, name="enrol_lead")
        words = col(
            row(self._sign, self._title, None),
            self._lead,
            8,
            kit.pair(texts["signin.enrol.station"], station.station_id, 64, role="title"),
            kit.pair(texts["signin.enrol.site"], station.site, 64),
            8,
            self._form,
            self._trouble,
            self._line,
            gap=8,
        )
        card = box(words, (32, 28, 32, 24), name="enrol_card", role="card")
        card.setFixedWidth(WIDTH)
        self.setLayout(col(None, row(None, card, None), None))
        self._form.setVisible(here)
        self._set_busy(False)
        self.code.returnPressed.connect(self._try)
        self.enter.clicked.connect(self._try)
        board.ticked.connect(self._show_line)

    def begin(self) -> None:
        self._show_line()
        self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_line(self) -> None:
        """Only what stands in the way: enrolment needs the line."""
        known = self._board.status
        offline = known is not None and not known.online and self._form.isVisible()
        set_text(self._line, self._texts["signin.enrol.offline"] if offline else "", "warn")
        self._line.setVisible(offline)

    def _try(self) -> None:
        enrol, code = self._desk.enrol, self.code.text().strip()
        if self._busy or enrol is None:
            return
        if not code:
            self.code.setFocus()
            return
        clear(self._trouble)
        self._set_busy(True)
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: enrol(code),
            owner=self,
            done=lambda _granted: self._done(),
            failed=self._failed,
        )

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.code.setEnabled(not busy)
        self.enter.setEnabled(not busy)
        self.enter.setText(self._texts["signin.enrol.waiting" if busy else "signin.enrol.enter"])
        self._progress.setVisible(busy)

    def _done(self) -> None:
        """The ports of this window were made without the station's key: a new window has them."""
        self._set_busy(False)
        for part in (self._form, self._line, self._sign):
            part.hide()
        clear(self._trouble)
        set_text(self._title, self._texts["signin.enrol.done"], "ok")
        set_text(self._lead, self._texts["signin.enrol.done_note"])
        reopen = self._kit.button(
            self._texts["signin.enrol.reopen"], "primary", "Enter", name="enrol_reopen", h=48
        )
        reopen.clicked.connect(self.reopen)
        self._trouble.addWidget(reopen)
        reopen.setFocus()

    def _failed(self, error: AppError) -> None:
        self._set_busy(False)
        clear(self._trouble)
        title = self._texts["signin.enrol.refused"]
        self._trouble.addWidget(
            self._kit.message("stop", title, self._texts.error(error), name="enrol_outcome")
        )
        self.code.setFocus()
        self.code.selectAll()
