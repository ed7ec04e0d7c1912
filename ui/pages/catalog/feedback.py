"""反馈记录: what this station told the keepers of the item library, how far it got, when the answer is due.

Names for tours and tests: feedback (QTableView) feedback_close feedback_reopen feedback_open feedback_empty
feedback_count
"""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.catalog_quality import UNSAID
from app.domain.feedback import FeedbackLine
from app.domain.operator import Operator
from app.domain.outbox import Lane
from app.services import catalog_feedback
from app.services.office import Office
from ui.desk import Desk
from ui.pages.counter.notices import Notices
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.widgets.cells import Cell
from ui.widgets.kit import Kit, box, col, row
from ui.widgets.table import make_table, rows_of
from ui.words import day, moment

_STATE = {
    "waiting": ("primary", "clock"),
    "sent": ("primary", "network"),
    "refused": ("stop", "fail"),
    "overdue": ("stop", "warning"),
    "closed": ("ok", "done"),
}


class FeedbackView(QWidget):
    """`opened(code)`: show the item."""

    opened = Signal(str)

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._operator: Operator | None = None
        self._lines: tuple[FeedbackLine, ...] = ()
        texts = self._texts
        self.notices = Notices(kit, texts)
        heads = [texts[f"feedback.column.{n}"] for n in range(5)]
        self.table = make_table(kit, "feedback", heads, (0, 360, 96, 136, 104))
        self.table.setAccessibleName(texts["feedback.title"])
        self._count = kit.text("", "body", "muted", name="feedback_count")
        self._empty = kit.text(texts["feedback.none"], "body", "muted", align="center", wrap=True)
        self._empty.setObjectName("feedback_empty")
        self._open = kit.button(texts["quality.open"], "secondary", "F7", name="feedback_open", h=36)
        self._close = kit.button(texts["feedback.close"], "secondary", "F8", name="feedback_close", h=36)
        self._reopen = kit.button(
            texts["feedback.reopen"], "secondary", "Ctrl+Z", name="feedback_reopen", h=36
        )
        card = box(col(self.table, self._empty, gap=0), (8, 8, 8, 8), role="card")
        head = row(self._count, None, self._open, self._reopen, self._close, gap=8)
        layout = col(self.notices, box(head, fixed=(0, 40)), card, gap=8)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setLayout(layout)
        self._open.clicked.connect(self.open_item)
        self._close.clicked.connect(self.close_one)
        self._reopen.clicked.connect(self.reopen_one)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _old: self._show_act())
        board.ticked.connect(lambda: self.load() if self.isVisible() else None)
        for key, slot in (
            ("F5", self.load), ("F7", self.open_item), ("F8", self.close_one), ("Ctrl+Z", self.reopen_one),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def signed_in(self, operator: Operator) -> None:
        self._operator = operator

    def entered(self) -> None:
        self.load()
        self.table.setFocus()

    def left(self) -> None:
        pass

    def load(self) -> None:
        office = self._desk.office
        self._run(lambda: catalog_feedback.listed(office), self._show)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        desk = self._desk
        desk.tasks.run(desk.store_executor, work, owner=self, done=done, failed=self.notices.tell)

    def _show(self, lines: Sequence[FeedbackLine]) -> None:
        at = max(0, self.table.currentIndex().row())
        self._lines = tuple(lines)
        rows_of(self.table).show_rows([self._cells(line) for line in self._lines])
        if self._lines:
            self.table.setCurrentIndex(rows_of(self.table).index(min(at, len(lines) - 1), 0))
        self.table.setVisible(bool(lines))
        self._empty.setVisible(not lines)
        open_ones = [line for line in lines if line.closed_at is None]
        late = sum(line.overdue(self._today()) for line in open_ones)
        words = self._texts.say("feedback.count", n=len(open_ones), late=late) if lines else ""
        set_text(self._count, words, "stop" if late else "muted")
        self._show_act()

    def _today(self) -> date:
        return self._desk.office.clock.now().date()

    def _cells(self, line: FeedbackLine) -> tuple[Cell, ...]:
        texts, told = self._texts, line.feedback
        state = self._state(line)
        tone, icon = _STATE[state]
        note = texts["feedback.provisional"] if told.provisional else ""
        return (
            Cell(told.item_name, sub=f"…{told.item_code[-15:]}"),
            Cell(self._about(line), sub=told.text if told.rule else ""),
            Cell(moment(texts, told.made_at, self._desk.office.clock.now()), tone="muted"),
            Cell(day(texts, told.due), sub=note, tone="stop" if state == "overdue" else "ink"),
            Cell(texts[f"feedback.state.{state}"], tone=tone, icon=icon, pill=True),
        )

    def _about(self, line: FeedbackLine) -> str:
        texts, told = self._texts, line.feedback
        if not told.rule:
            return told.text or texts["feedback.wordless"]
        field = texts.code("catalog_field", told.field)
        if told.rule == UNSAID:
            return texts.say(f"catalog_warning.{UNSAID}", field=field)
        return texts.code("catalog_warning", told.rule)

    def _state(self, line: FeedbackLine) -> str:
        if line.closed_at is not None:
            return "closed"
        if line.lane is Lane.REJECTED:
            return "refused"
        if line.overdue(self._today()):
            return "overdue"
        return "sent" if line.lane is Lane.DONE else "waiting"

    def _line(self) -> FeedbackLine | None:
        at = self.table.currentIndex().row()
        return self._lines[at] if 0 <= at < len(self._lines) else None

    def _show_act(self) -> None:
        line = self._line()
        self._open.setEnabled(line is not None)
        mine = line is not None and self._operator is not None
        self._close.setEnabled(mine and line is not None and line.closed_at is None)
        self._reopen.setVisible(mine and line is not None and line.closed_at is not None)

    def open_item(self) -> None:
        line = self._line()
        if line is not None:
            self.opened.emit(line.feedback.item_code)

    def close_one(self) -> None:
        """A person notes that the answer has come."""
        self._note(catalog_feedback.close, closed=False)

    def reopen_one(self) -> None:
        """That was the wrong line, or no answer."""
        self._note(catalog_feedback.reopen, closed=True)

    def _note(self, how: Callable[[Office, str, str], None], *, closed: bool) -> None:
        """Of the line at hand, if it is `closed` or not as it has to be."""
        line, operator, office = self._line(), self._operator, self._desk.office
        if line is None or (line.closed_at is not None) is not closed or operator is None:
            return
        feedback_id = line.feedback.feedback_id
        self._run(lambda: how(office, operator.operator_id, feedback_id), lambda _none: self.load())
