"""质量检查: what an editor of the catalog should look into, by rule; a finding can be sent back as feedback.

Names for tours and tests: quality_again quality_stop quality_rules (QTableView) quality_items (QTableView)
severity_all severity_error severity_warning severity_unsaid quality_department quality_text
quality_send quality_open quality_state
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QComboBox, QWidget

from app.domain.catalog_quality import ORDER, UNSAID
from app.domain.catalog_rules import Severity
from app.domain.feedback import LONGEST_TEXT, CatalogFeedback, FeedbackLine
from app.domain.operator import Operator
from app.errors import AppError, NoCatalogError
from app.services import catalog_feedback
from app.services.catalog_check import CatalogCheck, CheckResult, Judged
from ui.desk import Desk
from ui.pages.counter.notices import Notices
from ui.pages.counter.steps import set_text
from ui.widgets.cells import Cell
from ui.widgets.kit import Kit, box, col, row
from ui.widgets.table import make_table, rows_of
from ui.words import day

MOST_ROWS = 500
RULES_WIDE = 464
_TONE = {
    Severity.ERROR: ("stop", "fail"),
    Severity.WARNING: ("warn", "warning"),
    Severity.UNSAID: ("muted", "todo"),
}


class QualityView(QWidget):
    """`opened(code)`: show the item; `told`: feedback was stored and wants to leave."""

    opened = Signal(str)
    told = Signal()

    def __init__(self, kit: Kit, desk: Desk) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._operator: Operator | None = None
        self._run: CatalogCheck | None = None
        self._result: CheckResult | None = None
        self._groups: tuple[Judged, ...] = ()
        self._codes: tuple[str, ...] = ()
        self._sent: dict[tuple[str, str], CatalogFeedback] = {}
        self._severity: Severity | None = None
        self._percent = -1
        self.notices = Notices(kit, self._texts)
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._go_on)
        self._build()
        self._lay_out()
        self._wire()
        self._fill_departments()
        self._show_groups()

    def _build(self) -> None:
        kit, texts = self._kit, self._texts
        self._state = kit.text("", "body", "muted", name="quality_state")
        self._bar = kit.progress(0, 1)
        self._bar.setFixedWidth(160)
        self._again = kit.button(texts["quality.again"], "secondary", "F5", name="quality_again", h=36)
        self._stop = kit.button(texts["quality.stop"], "secondary", "Esc", name="quality_stop", h=36)
        self._filters = QButtonGroup(self)
        self._choices: dict[Severity | None, QWidget] = {}
        for severity in (None, *ORDER):
            word = texts["quality.all"] if severity is None else texts[f"catalog_severity.{severity.value}"]
            choice = kit.choice(word, on=severity is None, h=36)
            choice.setObjectName(f"severity_{severity.value if severity else 'all'}")
            choice.clicked.connect(lambda _on=False, chosen=severity: self._filter(chosen))
            self._filters.addButton(choice)
            self._choices[severity] = choice
        self._department = QComboBox()
        self._department.setObjectName("quality_department")
        self._department.setAccessibleName(texts["quality.department"])
        self._department.setFixedWidth(280)
        heads = [texts[f"quality.rules.{n}"] for n in range(3)]
        self.rules = make_table(kit, "quality_rules", heads, (88, 0, 72))
        self.rules.setAccessibleName(texts["quality.rules.title"])
        heads = [texts[f"quality.items.{n}"] for n in range(3)]
        self.items = make_table(kit, "quality_items", heads, (0, 216, 104))
        self.items.setAccessibleName(texts["quality.items.title"])
        self._empty = kit.text("", "body", "muted", align="center", wrap=True, name="quality_empty")
        self._count = kit.text("", "caption", "muted", name="quality_count")
        self._text = kit.field(hint=texts["quality.text"], name="quality_text", h=36)
        self._text.setMaxLength(LONGEST_TEXT)
        self._send = kit.button(texts["quality.send"], "primary", "F8", name="quality_send", h=36)
        self._open = kit.button(texts["quality.open"], "secondary", "F7", name="quality_open", h=36)

    def _lay_out(self) -> None:
        filters = row(*self._choices.values(), 8, self._department, None, gap=4)
        head = row(filters, self._state, self._bar, self._stop, self._again, gap=8)
        head.setStretch(0, 1)
        left = box(col(self.rules, gap=0), (8, 8, 8, 8), role="card")
        left.setFixedWidth(RULES_WIDE)
        act = row(self._text, self._send, self._open, gap=8)
        act.setStretch(0, 1)
        right = box(col(self._count, self.items, act, gap=8), (8, 8, 8, 8), role="card")
        halves = row(left, right, gap=12)
        halves.setStretch(1, 1)
        self._body = box(halves)
        layout = col(self.notices, box(head, fixed=(0, 40)), self._body, self._empty, gap=8)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setLayout(layout)

    def _wire(self) -> None:
        self._again.clicked.connect(self.check)
        self._stop.clicked.connect(self.stop)
        self._send.clicked.connect(self.send)
        self._open.clicked.connect(self.open_item)
        self.items.doubleClicked.connect(lambda _index: self.open_item())
        self._text.returnPressed.connect(self.send)
        self._department.currentIndexChanged.connect(lambda _n: self._show_groups())
        self.rules.selectionModel().currentRowChanged.connect(lambda now, _old: self._show_items(now.row()))
        self.items.selectionModel().currentRowChanged.connect(lambda _now, _old: self._show_act())
        for key, slot in (("F5", self.check), ("F7", self.open_item), ("F8", self.send), ("Esc", self.stop)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # -- the page's life -----------------------------------------------------------------------------

    def signed_in(self, operator: Operator) -> None:
        self._operator = operator

    def entered(self) -> None:
        """The first look checks by itself; later ones only when another catalog is in force."""
        self._load_feedback()
        office = self._desk.office
        self._ask(
            lambda: office.catalog.info(),
            lambda info: (
                self.check()
                if self._run is None
                and (self._result is None or self._result.version != (info.version if info else ""))
                else None
            ),
        )
        self.rules.setFocus()

    def left(self) -> None:
        self.stop()

    # -- checking --------------------------------------------------------------------------------------

    def check(self) -> None:
        """From the start; a run under way is given up."""
        self.notices.drop("error")
        office = self._desk.office
        self._ask(lambda: CatalogCheck(office), self._begin)

    def _begin(self, run: CatalogCheck) -> None:
        self._run, self._percent = run, -1
        self._turn.stop()
        self._show_groups()
        self._next(run)

    def _go_on(self) -> None:
        if self._run is not None:
            self._next(self._run)

    def _next(self, run: CatalogCheck) -> None:
        """One page, then the executor is free for a search before the next."""
        percent = 100 * run.done // max(run.total, 1)
        if percent != self._percent:  # a large catalog has thousands of pages
            self._percent = percent
            self._show_state()
        self._ask(run.step, lambda more: self._stepped(run, more))

    def _stepped(self, run: CatalogCheck, more: bool) -> None:
        if run is not self._run:
            return
        if more:
            self._turn.start()
            return
        self._ask(run.result, lambda result: self._finished(run, result))

    def _finished(self, run: CatalogCheck, result: CheckResult) -> None:
        if run is not self._run:
            return
        self._run, self._result = None, result
        self._fill_departments()
        self._show_groups()

    def stop(self) -> None:
        """Leave off; what an earlier run found stays."""
        if self._run is not None:
            self._run = None
            self._show_groups()

    def _ask(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        desk = self._desk
        desk.tasks.run(desk.catalog_executor, work, owner=self, done=done, failed=self._failed)

    def _failed(self, error: AppError) -> None:
        self._run = None
        self.notices.tell(error)
        self._show_groups()

    # -- filters ---------------------------------------------------------------------------------------

    def _filter(self, severity: Severity | None) -> None:
        self._severity = severity
        self._show_groups()

    def _fill_departments(self) -> None:
        chosen = self._department.currentData()
        names = self._result.departments if self._result else ()
        self._department.blockSignals(True)
        self._department.clear()
        self._department.addItem(self._texts["quality.all_departments"], "")
        for name in names:
            self._department.addItem(name, name)
        self._department.setCurrentIndex(max(0, self._department.findData(chosen)))
        self._department.blockSignals(False)

    def _mine(self, group: Judged) -> int:
        """How many items of the department that is looked at."""
        return group.count_of(self._department.currentData())

    # -- showing ---------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        run, result = self._run, self._result
        self._bar.setVisible(run is not None)
        self._stop.setVisible(run is not None)
        self._again.setVisible(run is None)
        if run is not None:
            self._bar.setRange(0, max(run.total, 1))
            self._bar.setValue(run.done)
            set_text(self._state, self._texts.say("quality.running", done=run.done, total=run.total))
        elif result is not None:
            faults = sum(self._mine(g) for g in result.groups if g.severity is not Severity.UNSAID)
            set_text(self._state, self._texts.say("quality.done", items=result.items, faults=faults))
        else:
            set_text(self._state, "")

    def _show_groups(self) -> None:
        self._show_state()
        result = self._result
        known = result.groups if result else ()
        shown = [(g, self._mine(g)) for g in known if self._severity in (None, g.severity)]
        self._groups = tuple(group for group, n in shown if n)
        rows_of(self.rules).show_rows([self._rule_cells(g, n) for g, n in shown if n])
        self._body.setVisible(bool(self._groups))
        self._empty.setVisible(not self._groups)
        set_text(self._empty, self._why_empty())
        self.rules.setCurrentIndex(
            rows_of(self.rules).index(0, 0) if self._groups else self.rules.rootIndex()
        )
        self._show_items(0)

    def _why_empty(self) -> str:
        if self._run is not None:
            return self._texts["quality.wait"]
        if self._result is None:
            return self._texts["quality.not_yet"]
        if not self._result.items:
            return self._texts.error(NoCatalogError())
        return self._texts["quality.fine" if not self._result.groups else "quality.none_here"]

    def _rule_cells(self, group: Judged, n: int) -> tuple[Cell, ...]:
        tone, icon = _TONE[group.severity]
        word = self._texts[f"catalog_severity.{group.severity.value}"]
        return (
            Cell(word, tone=tone, icon=icon, pill=True),
            Cell(self._sentence(group)),
            Cell(str(n), right=True, bold=group.severity is not Severity.UNSAID),
        )

    def _sentence(self, group: Judged) -> str:
        if group.rule == UNSAID:
            field = self._texts.code("catalog_field", group.field)
            return self._texts.say("catalog_warning.unsaid", field=field)
        return self._texts[f"catalog_warning.{group.rule}"]

    def _group(self) -> Judged | None:
        at = self.rules.currentIndex().row()
        return self._groups[at] if 0 <= at < len(self._groups) else None

    def _show_items(self, at: int) -> None:
        group = self._groups[at] if 0 <= at < len(self._groups) else None
        n = self._mine(group) if group else 0
        self._codes = group.first(self._department.currentData(), MOST_ROWS) if group else ()
        rows_of(self.items).show_rows([self._item_cells(code) for code in self._codes])
        key = "quality.shown_some" if n > MOST_ROWS else "quality.shown"
        set_text(self._count, self._texts.say(key, n=n, most=MOST_ROWS) if n else "")
        if self._codes:
            self.items.setCurrentIndex(rows_of(self.items).index(0, 0))
        self._show_act()

    def _item_cells(self, code: str) -> tuple[Cell, ...]:
        assert self._result is not None
        line, group = self._result.lines[code], self._group()
        told = self._sent.get((code, group.rule + group.field)) if group else None
        state = Cell()
        if told is not None:
            state = Cell(self._texts["quality.told"], tone="primary", icon="clock", pill=True)
        return Cell(line.name, sub=f"…{code[-15:]}"), Cell(line.department, tone="muted"), state

    def _code(self) -> str:
        at = self.items.currentIndex().row()
        return self._codes[at] if 0 <= at < len(self._codes) else ""

    def _show_act(self) -> None:
        code, group = self._code(), self._group()
        told = self._sent.get((code, group.rule + group.field)) if group else None
        self._send.setEnabled(bool(code) and told is None and self._operator is not None)
        self._open.setEnabled(bool(code))
        self._text.setEnabled(told is None)
        hint = (
            self._texts.say("quality.due", day=day(self._texts, told.due))
            if told
            else self._texts["quality.text"]
        )
        self._text.setPlaceholderText(hint)

    # -- feedback --------------------------------------------------------------------------------------

    def open_item(self) -> None:
        if self._code():
            self.opened.emit(self._code())

    def send(self) -> None:
        """Tell the keepers of the library of this finding; stored at once, sent when there is a line."""
        code, group, operator = self._code(), self._group(), self._operator
        if not code or group is None or operator is None or not self._send.isEnabled():
            return
        office, text = self._desk.office, self._text.text()
        self._send.setEnabled(False)

        def work() -> CatalogFeedback | None:
            item = office.catalog.item(code)
            if item is None:
                return None
            return catalog_feedback.send(
                office, operator.operator_id, item, field=group.field, rule=group.rule, text=text
            )

        self._store(work, self._was_told)

    def _was_told(self, told: CatalogFeedback | None) -> None:
        self._text.clear()
        if told is not None:
            self._sent[told.item_code, told.rule + told.field] = told
            self.told.emit()
        self._refresh_items()

    def _load_feedback(self) -> None:
        self._store(lambda: catalog_feedback.listed(self._desk.office), self._loaded)

    def _loaded(self, lines: Sequence[FeedbackLine]) -> None:
        told = (line.feedback for line in lines if line.closed_at is None)
        self._sent = {(f.item_code, f.rule + f.field): f for f in told}
        self._refresh_items()

    def _refresh_items(self) -> None:
        at = self.items.currentIndex().row()
        rows_of(self.items).show_rows([self._item_cells(code) for code in self._codes])
        if 0 <= at < len(self._codes):
            self.items.setCurrentIndex(rows_of(self.items).index(at, 0))
        self._show_act()

    def _store(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        desk = self._desk
        desk.tasks.run(desk.store_executor, work, owner=self, done=done, failed=self._not_told)

    def _not_told(self, error: AppError) -> None:
        self.notices.tell(error)
        self._show_act()
