"""What of the intake page is in sight: start page or sheet, and where the cursor is.

A card's own row is shown first: it is what the clerk looks at.  Counts, reasons, the paper to come and the
list of items follow in the next turn of the event loop (`IntakeSession.apply_soon`).  That the row may come
alone, the sheet behind the start page is kept empty of the case before.
"""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.device import DeviceKind
from ui.pages.counter.filing import Filing
from ui.pages.counter.item_news import ItemNews
from ui.pages.counter.morning import Morning
from ui.pages.counter.receiving import Receiving, Stage
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.start import StartPage
from ui.pages.counter.workbench import Workbench
from ui.status import StatusBoard
from ui.tasks import timed
from ui.widgets.kit import box, col
from ui.widgets.layouts import laid_out_once


class Showing(QObject):
    """`begun`: somebody began, though the intake may be empty still: the sheet is shown."""

    def __init__(
        self,
        session: IntakeSession,
        receiving: Receiving,
        board: StatusBoard,
        morning: Morning,
        start: StartPage,
        bench: Workbench,
        filing: Filing,
        news: ItemNews,
    ) -> None:
        super().__init__(session)
        self._session, self._receiving, self._board = session, receiving, board
        self._morning, self._start, self._bench = morning, start, bench
        self._filing, self._news = filing, news
        self.begun = False
        self._warm = False
        self.pages = QWidget()
        self._stack = QStackedLayout(self.pages)
        self._stack.addWidget(box(col(start), (16, 16, 16, 16)))
        self._stack.addWidget(bench)
        self._emptying = QTimer(self, singleShot=True, interval=0)
        self._emptying.timeout.connect(self._make_ready)
        session.changed.connect(self._changed)
        receiving.changed.connect(self.show)
        board.changed.connect(self._status_changed)
        board.ticked.connect(self._status_changed)
        morning.loaded.connect(self._show_start)

    @property
    def at_start(self) -> bool:
        return self._stack.currentIndex() == 0

    @timed
    def _changed(self) -> None:
        if not self._session.intake.empty:
            self.begun = True
        self.show()
        self._bench.redraw()

    def show(self) -> None:
        working = self.begun or self._receiving.stage is not Stage.IDLE or self._session.can_undo
        self._stack.setCurrentIndex(1 if working else 0)
        if working:
            self._show_sheet()
        else:
            self._show_start()
            self._emptying.start()

    def begin(self) -> None:
        self.begun = True
        self.show()

    def fields_first(self) -> None:
        """An applicant came: their row and the cursor now, the rest when it is told of."""
        self.begun = True
        row = self._bench.sheet.applicant
        with laid_out_once(row):
            if self._emptying.isActive():
                self._show_sheet()
            self._stack.setCurrentIndex(1)
            self.focus()  # before the entry goes: Qt would pass the cursor on to any button
            row.refresh()

    def _make_ready(self) -> None:
        """Behind the start page: the sheet is emptied, and painted once where nobody sees it.

        Else the first card of the day would wait for style, layout, letters and icons of the sheet.
        """
        self._show_sheet()
        if not self._warm and self.pages.isVisible():
            self._warm = True
            self._bench.resize(self.pages.size())
            self._bench.grab()

    def _show_sheet(self) -> None:
        self._emptying.stop()
        self._bench.sheet.item.show_news(*self._news.pill)
        self._bench.refresh()

    def _show_start(self) -> None:
        status, lines = self._board.status, self._board.lines
        reader = next((line for line in lines if line.key == DeviceKind.ID_READER.value), None)
        self._start.greet(status.received_today if status else 0, reader)
        morning = self._morning
        self._start.show_side(morning.newest, lines, morning.often, morning.sheet_due)

    def _status_changed(self) -> None:
        if self.at_start:
            self._show_start()
        self._bench.status_changed()

    def focus(self) -> None:
        """The cursor goes where the next input is expected; not from under what lies over the page."""
        if self._filing.open:
            self._filing.focus()
        elif self._receiving.received is not None:
            self._bench.outcome.focus_first()
        elif self.at_start:
            self._start.start_at()
        else:
            self._bench.sheet.focus_next()
