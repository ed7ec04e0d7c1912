"""设备: everything the station depends on at the left, one thing at the right: what, since when, what to do.

Reads the same `StatusBoard` as the strip, so the two cannot disagree.  Catalog and outbox
are things too: the first can be fetched now (with real progress), the second lists what waits.
Behind the head: 开门自检单, the search for devices, and the diagnostic bundle.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLayout, QStackedLayout, QVBoxLayout, QWidget

from app.domain.device import DeviceHealth, DeviceKind
from app.domain.operator import Operator
from app.services import case_file
from app.services.case_file import Waiting
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.counter.steps import set_text
from ui.pages.devices.bundle import Bundle
from ui.pages.devices.detail import DetailCard
from ui.pages.devices.finder import Finder
from ui.pages.devices.rows import ListRow, QuietRow
from ui.pages.devices.sheet import SheetView
from ui.pages.sync_control import SyncControl
from ui.readiness import ReadinessCheck
from ui.status import StatusBoard
from ui.status_lines import ICONS, StatusLine, can_receive, worst
from ui.trials import PROBE, SELF, Trials
from ui.widgets.kit import Kit, Part, box, clear, col, row

FIND = "find"
READINESS = "readiness"


class DevicesPage(QWidget):
    """`send_now`: deliver the outbox at once."""

    send_now = Signal()

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard, files: FileChoices) -> None:
        super().__init__()
        self._kit, self._desk, self._board = kit, desk, board
        self._texts = desk.office.texts
        self._current = ""
        self._operator: Operator | None = None
        self._shown: tuple[StatusLine, ...] = ()
        self._missing: tuple[DeviceKind, ...] = ()
        self._buttons: dict[str, ListRow | QuietRow] = {}
        self._waiting: tuple[Waiting, ...] = ()
        self.sync = SyncControl(kit, desk, self)
        self.trials = Trials(desk, self, board.told)
        self.finder = Finder(kit, desk, self)
        self.bundle = Bundle(desk, files, self)
        self.check = ReadinessCheck(desk, lambda: board.healths, self.trials, self)
        self.sheet = SheetView(kit, desk, self.check, self.trials, files)
        self._detail = DetailCard(kit, desk, self.trials, self.sync, self.finder)
        self._summary = kit.text("", "body", "muted", name="devices_summary")
        self._notice: QVBoxLayout = QVBoxLayout()
        self._list: QVBoxLayout = QVBoxLayout()
        self._counts = QVBoxLayout()
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        for part in (self._list, self._counts, self._notice):
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(0)
        title = row(kit.text(texts["health.list"], "title"), None, self._counts, gap=8)
        left = box(
            col(box(title, (16, 0, 16, 0), role="row", fixed=(0, 48)), self._list, None, gap=0), role="card"
        )
        layout = col(box(self._head(), fixed=(0, 40)), self._notice, row(left, self._detail, gap=16), gap=12)
        layout.setContentsMargins(16, 12, 16, 12)
        self._main = QWidget()
        self._main.setLayout(layout)
        self._stack = QStackedLayout()
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self._main)
        self._stack.addWidget(self.sheet)
        self.setLayout(self._stack)

    def _head(self) -> QLayout:
        kit, texts = self._kit, self._texts
        self._pack = kit.button(texts["health.bundle"], "quiet", name="bundle")
        self._pack.clicked.connect(lambda: self.bundle.ask_and_save(self))
        find = kit.button(texts["health.find"], "quiet", name="find_devices")
        find.clicked.connect(self.search)
        sheet = kit.button(texts["readiness.title"], "secondary", "F7", name="open_sheet")
        sheet.clicked.connect(self.open_sheet)
        again = kit.button(texts["health.check_again"], "secondary", "F5", name="check_again")
        again.clicked.connect(self.check_all)
        title = kit.text(texts["ui.nav.devices"], "h2")
        return row(title, 8, self._summary, None, self._pack, find, sheet, again, gap=8)

    def _wire(self) -> None:
        self._board.changed.connect(self.refresh)
        self._board.ticked.connect(self._ticked)
        self.sync.changed.connect(self._show_detail)
        self.trials.changed.connect(self._tried)
        self.finder.changed.connect(self._show_detail)
        self.bundle.changed.connect(self._packing)
        self._detail.act.connect(self.act)
        self._detail.full.connect(self.full_test)
        self._detail.search.connect(self.finder.start)
        self.sheet.closed.connect(lambda: self._stack.setCurrentWidget(self._main))
        keys = (("F5", self.check_all), ("F6", self.act), ("F7", self.open_sheet), ("F8", self.full_test))
        for key, slot in keys:
            shortcut = QShortcut(QKeySequence(key), self._main)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)  # a key held down is one page
            shortcut.activated.connect(slot)

    # -- coming and going --------------------------------------------------------------------------

    def entered(self) -> None:
        self.refresh()
        self._load_waiting()
        if self._stack.currentWidget() is self.sheet:
            self.sheet.take_focus()
        elif self._current in self._buttons:
            self._buttons[self._current].setFocus()  # the keys of this page work from the first moment

    def left(self) -> None:
        """A sync that was started goes on; its progress is here when one comes back."""
        self.sheet.let_go()

    def signed_in(self, operator: Operator) -> None:
        """Whose name stands on the sheet."""
        self._operator = operator

    def scanned(self) -> bool:
        """A code while this page is shown: whether it was waited for."""
        return self.trials.scanned()

    def open(self, key: str) -> None:
        """Show one thing (a pill of the strip was pressed), or the readiness sheet."""
        if key == READINESS:
            self.open_sheet()
            return
        self._stack.setCurrentWidget(self._main)
        self._current = key
        if key in self._buttons:
            self._buttons[key].setFocus()
        self._mark()
        self._show_detail()

    def open_sheet(self) -> None:
        """F7: 开门自检单, and a round of it begins."""
        self._stack.setCurrentWidget(self.sheet)
        self.sheet.open(self._operator)

    def check_all(self) -> None:
        """F5: look again, and ask every device."""
        self._board.look()
        for health in self._board.healths:
            self._try(health.kind, PROBE)

    def search(self) -> None:
        self.open(FIND)
        self.finder.start()

    def _ticked(self) -> None:
        if self.isVisible():
            self._load_waiting()

    def refresh(self) -> None:
        """Nothing is drawn for a page nobody sees: it is drawn when it is come to."""
        lines = self._board.lines
        if not lines or not self.isVisible():
            return
        there = {health.kind for health in self._board.healths}
        missing = tuple(kind for kind in DeviceKind if kind not in there)
        if [line.key for line in lines] != [line.key for line in self._shown] or missing != self._missing:
            self._missing = missing
            self._build_list(lines)
            self._shown = ()
        if lines != self._shown:
            self._shown = lines
            self._fill(lines)
        if self._current not in self._buttons and self._current != FIND:
            self._current = next((x.key for x in lines if not x.well), lines[0].key)
        self._mark()
        self._show_detail()
        self.sheet.refresh()

    # -- the list ----------------------------------------------------------------------------------

    def _build_list(self, lines: tuple[StatusLine, ...]) -> None:
        clear(self._list)
        self._buttons = {}
        for line in lines:
            self._enlist(line.key, ListRow(self._kit, line))
        if self._missing:
            title = self._kit.text(self._texts["health.missing"], "caption", "muted", name="missing_title")
            self._list.addWidget(box(row(title), (16, 12, 16, 4)))
        for kind in self._missing:
            name, word = self._texts[f"health.{kind.value}.name"], self._texts["health.not_set_up"]
            self._enlist(kind.value, QuietRow(self._kit, kind.value, ICONS[kind], name, word))

    def _enlist(self, key: str, button: ListRow | QuietRow) -> None:
        button.clicked.connect(lambda _checked=False: self.open(key))
        self._buttons[key] = button
        self._list.addWidget(button)

    def _fill(self, lines: tuple[StatusLine, ...]) -> None:
        texts = self._texts
        for line in lines:
            button = self._buttons[line.key]
            button.setAccessibleName(texts.say("ui.status_name", name=line.name, state=line.state))
            assert isinstance(button, ListRow)
            button.show_line(line)
        ready = can_receive(lines)
        tone = worst(lines)
        key = "health.open" if ready and tone == "quiet" else "health.open_with" if ready else "health.closed"
        set_text(self._summary, texts[key], "muted" if ready else "stop")
        clear(self._counts)
        self._counts.addLayout(row(*self._tallies(lines), gap=8))

    def _tallies(self, lines: tuple[StatusLine, ...]) -> list[Part]:
        kit, texts = self._kit, self._texts
        kinds = (("ok", "done", "fine", ("quiet", "muted")), ("warn", "warning", "mind", ("warn",)),
                 ("stop", "fail", "bad", ("stop",)))  # fmt: skip
        pills: list[Part] = []
        for tone, icon, word, tones in kinds:
            n = sum(line.tone in tones for line in lines)
            if n:
                pills.append(kit.pill(texts.say(f"health.count_{word}", n=n), tone, icon))
        return pills

    def _mark(self) -> None:
        for key, button in self._buttons.items():
            wanted = "yes" if key == self._current else "no"
            if button.property("current") != wanted:
                button.setProperty("current", wanted)
                button.style().unpolish(button)
                button.style().polish(button)

    # -- one thing -----------------------------------------------------------------------------------

    def _line(self) -> StatusLine | None:
        return next((line for line in self._board.lines if line.key == self._current), None)

    def _health(self) -> DeviceHealth | None:
        return next((h for h in self._board.healths if h.kind.value == self._current), None)

    def _gap(self) -> DeviceKind | None:
        """The kind that is shown and not set up."""
        return next((kind for kind in self._missing if kind.value == self._current), None)

    def _show_detail(self) -> None:
        if not self.isVisible():
            return
        focus = self.focusWidget()
        pressed = focus.objectName() if focus is not None and self._detail.isAncestorOf(focus) else ""
        line, gap = self._line(), self._gap()
        if line is not None:
            self._detail.show_line(line, self._health(), self._waiting)
        elif gap is not None:
            self._detail.show_missing(gap)
        elif self._current == FIND:
            self._detail.show_search()
        if pressed:
            self._keep_focus(pressed)

    def _keep_focus(self, name: str) -> None:
        """The button that was pressed is a new one now, or dead for a while: then its row has the focus."""
        button = self._detail.findChild(QWidget, name)
        row_of = self._buttons.get(self._current)
        if button is not None and button.isEnabled():
            button.setFocus()
        elif row_of is not None:
            row_of.setFocus()

    # -- actions -------------------------------------------------------------------------------------

    def act(self) -> None:
        """F6: test the device, fetch the catalog, send the outbox."""
        health = self._health()
        if health is not None:
            self._try(health.kind, PROBE)
        elif self._current in ("catalog", "numbers", "carried"):
            self.sync.start()
        elif self._current == "outbox":
            self.send_now.emit()
        elif self._current == FIND or self._gap() is not None:
            self.finder.start()
        else:
            self._board.look()

    def full_test(self) -> None:
        """F8: a test page, or the device's own test."""
        health = self._health()
        if health is not None:
            self._try(health.kind, SELF)

    def _try(self, kind: DeviceKind, what: str) -> None:
        if self._desk.office.devices.has(kind):
            self.trials.run(kind, what)

    def _tried(self) -> None:
        self._board.refresh_devices()
        self._show_detail()

    def _packing(self) -> None:
        self._pack.setEnabled(not self.bundle.running)
        self._pack.setText(self._texts["health.bundling" if self.bundle.running else "health.bundle"])
        clear(self._notice)
        if self.bundle.outcome[1]:
            close = self._kit.button(self._texts["ui.close"], "quiet", name="close_notice")
            close.clicked.connect(lambda: clear(self._notice))
            self._notice.addWidget(self._kit.message(*self.bundle.outcome, close, name="bundle_outcome"))

    def _load_waiting(self) -> None:
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: case_file.waiting(office),
            owner=self,
            done=self._waiting_loaded,
            failed=lambda _error: None,  # the line of the store tells it
        )

    def _waiting_loaded(self, waiting: tuple[Waiting, ...]) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            if self._current == "outbox":
                self._show_detail()
