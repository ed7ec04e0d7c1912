"""设备: everything the station depends on at the left, one thing at the right: what, since when, what to do.

Reads the same `StatusBoard` as the strip, so the two cannot disagree.  Catalog and outbox
are things too: the first can be fetched now (with real progress), the second lists what waits.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from app.domain.device import DeviceHealth, DeviceKind
from app.errors import AppError
from app.services import case_file
from app.services.case_file import Waiting
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.pages.sync_control import SyncControl
from ui.status import StatusBoard
from ui.status_lines import StatusLine, can_receive, device_line, worst
from ui.widgets.kit import Kit, Part, box, clear, col, row, stack
from ui.words import moment, sentence, since

LIST_ROW, DETAIL = 52, 520
NOTE_PX = 460
WAITING_ROWS = 8


class DevicesPage(QWidget):
    """`send_now`: deliver the outbox at once."""

    send_now = Signal()

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard) -> None:
        super().__init__()
        self._kit, self._desk, self._board = kit, desk, board
        self._texts = desk.office.texts
        self._current = ""
        self._shown: tuple[StatusLine, ...] = ()
        self._buttons: dict[str, _ListRow] = {}
        self._testing: set[str] = set()
        self._tested: dict[str, str] = {}
        self._waiting: tuple[Waiting, ...] = ()
        self.sync = SyncControl(kit, desk, self)
        self._summary = kit.text("", "body", "muted", name="devices_summary")
        self._list: QVBoxLayout = QVBoxLayout()
        self._detail: QVBoxLayout = QVBoxLayout()
        self._counts = QVBoxLayout()
        self._lay_out()
        board.changed.connect(self.refresh)
        board.ticked.connect(self._ticked)
        self.sync.changed.connect(self._show_detail)
        for key, slot in (("F5", self.check_all), ("F6", self.act)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        again = kit.button(texts["health.check_again"], "secondary", "F5", name="check_again")
        again.clicked.connect(self.check_all)
        head = row(kit.text(texts["ui.nav.devices"], "h2"), 8, self._summary, None, again, gap=8)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._counts.setContentsMargins(0, 0, 0, 0)
        title = row(kit.text(texts["health.list"], "title"), None, self._counts, gap=8)
        left = box(
            col(box(title, (16, 0, 16, 0), role="row", fixed=(0, 48)), self._list, None, gap=0), role="card"
        )
        self._detail.setContentsMargins(24, 20, 24, 16)
        self._detail.setSpacing(12)
        right = QFrame()
        right.setProperty("role", "card")
        right.setFixedWidth(DETAIL)
        right.setLayout(self._detail)
        layout = col(box(head, fixed=(0, 40)), row(left, right, gap=16), gap=12)
        layout.setContentsMargins(16, 12, 16, 12)
        self.setLayout(layout)

    # -- coming and going --------------------------------------------------------------------------

    def entered(self) -> None:
        self.refresh()
        self._load_waiting()

    def left(self) -> None:
        """A sync that was started goes on; its progress is here when one comes back."""

    def open(self, key: str) -> None:
        """Show one thing (a pill of the strip was pressed)."""
        self._current = key
        self._mark()
        self._show_detail()

    def check_all(self) -> None:
        """F5: look again, and ask every device."""
        self._board.look()
        for health in self._board.healths:
            self._probe(health.kind)

    def _ticked(self) -> None:
        if self.isVisible():
            self._load_waiting()

    def refresh(self) -> None:
        lines = self._board.lines
        if not lines:
            return
        if [line.key for line in lines] != [line.key for line in self._shown]:
            self._build_list(lines)
        if lines != self._shown:
            self._shown = lines
            self._fill(lines)
        if self._current not in self._buttons:
            self._current = next((x.key for x in lines if not x.well), lines[0].key)
        self._mark()
        self._show_detail()

    # -- the list ----------------------------------------------------------------------------------

    def _build_list(self, lines: tuple[StatusLine, ...]) -> None:
        clear(self._list)
        self._buttons = {}
        for line in lines:
            button = _ListRow(self._kit, line)
            button.clicked.connect(lambda _checked=False, key=line.key: self.open(key))
            self._buttons[line.key] = button
            self._list.addWidget(button)

    def _fill(self, lines: tuple[StatusLine, ...]) -> None:
        texts = self._texts
        for line in lines:
            button = self._buttons[line.key]
            button.setAccessibleName(texts.say("ui.status_name", name=line.name, state=line.state))
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

    def _show_detail(self) -> None:
        clear(self._detail)
        line, health = self._line(), self._health()
        if line is None:
            return
        kit = self._kit
        about = self._about(health)
        name = col(
            kit.text(line.name, "h2"), *([kit.text(about, "caption", "muted")] if about else []), gap=0
        )
        self._add(box(row(kit.icon(line.icon, 32, "primary"), name, None, state_pill(kit, line), gap=12)))
        if health is not None:
            self._device(line, health)
        elif line.key == "catalog":
            self._add(self._note(line))
            self.sync.fill(self._detail)
        elif line.key == "outbox":
            self._outbox(line)
        else:
            self._add(self._note(line))
            self._still(line.key)
        self._detail.addStretch(1)
        self._foot(line, health)

    def _add(self, widget: QWidget) -> None:
        self._detail.addWidget(widget)

    def _note(self, line: StatusLine) -> QFrame:
        tone = {"quiet": "ok", "muted": "primary"}.get(line.tone, line.tone)
        return self._kit.message(tone, line.state, line.note, name="device_note")

    def _about(self, health: DeviceHealth | None) -> str:
        if health is None:
            return ""
        texts = self._texts
        parts = [health.driver, health.line]
        if health.simulated:
            parts.append(texts["health.simulated_note"])
        return texts["ui.dot"].join(p for p in parts if p)

    def _device(self, line: StatusLine, health: DeviceHealth) -> None:
        kit, texts = self._kit, self._texts
        if line.well or line.tone == "muted":
            self._add(self._note(line))
            self._facts(health)
            return
        why = sentence(texts, health.reason) or line.note
        now = self._desk.office.clock.now()
        when = ""
        if health.since is not None:
            start, lasted = moment(texts, health.since, now), since(texts, health.since, now)
            when = texts.say("health.since_note", time=start, since=lasted)
        self._add(kit.message(line.tone, line.state, why + when, name="device_note"))
        self._steps(health)
        self._still(line.key)

    def _steps(self, health: DeviceHealth) -> None:
        kit, texts = self._kit, self._texts
        key = f"health.steps.{health.reason.rpartition('.')[2]}"
        words = texts[key] if key in texts else texts["health.steps.other"]
        self._add(kit.text(texts["health.do_this"], "title"))
        for number, step in enumerate(words.split("\n"), 1):
            line = row(kit.text(str(number), "title", "primary"), kit.text(step, "body", wrap=True), gap=12)
            self._add(box(line))

    def _still(self, key: str) -> None:
        """What can be done meanwhile, and what cannot."""
        if f"health.still.{key}" not in self._texts:
            return
        kit = self._kit
        self._add(kit.rule())
        self._add(kit.text(self._texts["health.meanwhile"], "title"))
        for line in self._texts[f"health.still.{key}"].split("\n"):
            can = line.startswith("+")
            tone = "ok" if can else "stop"
            mark = kit.icon("done" if can else "fail", 20, tone, 2)
            self._add(box(row(mark, kit.text(line[1:], "body", wrap=True), gap=8)))

    def _facts(self, health: DeviceHealth) -> None:
        texts, kit = self._texts, self._kit
        for key, value in health.facts.items():
            label = kit.text(texts.code("health.fact", key), "caption", "muted")
            label.setFixedWidth(96)
            word = texts.code(f"health.fact_{key}", value)
            self._add(box(row(label, kit.text(word, "body", wrap=True), gap=8)))

    def _outbox(self, line: StatusLine) -> None:
        kit, texts = self._kit, self._texts
        self._add(self._note(line))
        now = self._desk.office.clock.now()
        for held in self._waiting[:WAITING_ROWS]:
            why = texts.code("gateway_fault", held.reason) if held.rejected else ""
            word = why or (
                texts.say("health.tries", n=held.attempts) if held.attempts else texts["health.no_try"]
            )
            pill = kit.pill(texts["health.refused" if held.rejected else "health.waits"],
                            "stop" if held.rejected else "primary",
                            "fail" if held.rejected else "clock")  # fmt: skip
            words = stack(
                kit.text(f"{held.number}  {moment(texts, held.received_at, now)}", "body"),
                kit.text(word[:40], "caption", "muted"),
            )
            self._add(box(row(words, None, pill, gap=8), (0, 4, 0, 4), role="row"))
        if len(self._waiting) > WAITING_ROWS:
            more = texts.say("health.more_waiting", n=len(self._waiting) - WAITING_ROWS)
            self._add(kit.text(more, "caption", "muted"))

    def _foot(self, line: StatusLine, health: DeviceHealth | None) -> None:
        """One filled button, always here: what F6 does for this thing."""
        kit, texts = self._kit, self._texts
        word = self._action_word(line, health)
        if not word:
            return
        tested = self._tested.get(line.key, "")
        if tested:
            self._add(kit.text(tested, "body", "muted", wrap=True, name="tested"))
        act = kit.button(word, "primary", "F6", "", "device_act", h=48)
        act.setEnabled(line.key not in self._testing and not (line.key == "catalog" and self.sync.running))
        act.clicked.connect(self.act)
        stop = kit.button(texts["health.stop_sync"], "secondary", name="stop_sync", h=48)
        stop.setVisible(line.key == "catalog" and self.sync.running)
        stop.clicked.connect(self.sync.stop)
        self._add(box(row(act, stop, None, gap=8)))

    def _action_word(self, line: StatusLine, health: DeviceHealth | None) -> str:
        texts = self._texts
        if health is not None:
            return texts["health.testing" if line.key in self._testing else "health.test"]
        return {
            "catalog": texts["health.sync_now"],
            "outbox": texts["health.send_now"],
            "network": texts["health.look_again"],
            "clock": texts["health.look_again"],
            "numbers": texts["health.sync_now"],
        }.get(line.key, "")

    # -- actions -------------------------------------------------------------------------------------

    def act(self) -> None:
        """F6: test the device, fetch the catalog, send the outbox."""
        health = self._health()
        if health is not None:
            self._probe(health.kind)
        elif self._current in ("catalog", "numbers"):
            self.sync.start()
        elif self._current == "outbox":
            self.send_now.emit()
        else:
            self._board.look()

    def _probe(self, kind: DeviceKind) -> None:
        if kind.value in self._testing:
            return
        self._testing.add(kind.value)
        self._desk.tasks.follow(
            self._desk.office.devices.probe(kind),
            owner=self,
            done=self._probed,
            failed=lambda error: self._probe_failed(kind, error),
        )
        self._show_detail()

    def _probed(self, health: DeviceHealth) -> None:
        texts, now = self._texts, self._desk.office.clock.now()
        key = health.kind.value
        self._testing.discard(key)
        state = device_line(texts, health, now).state
        self._tested[key] = texts.say("health.tested", time=f"{now:%H:%M:%S}", state=state)
        self._board.refresh_devices()
        self._show_detail()

    def _probe_failed(self, kind: DeviceKind, error: AppError) -> None:
        self._testing.discard(kind.value)
        self._tested[kind.value] = self._texts.error(error)
        self._show_detail()

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


class _ListRow(QPushButton):
    """Icon, name over note, and the state as a pill; one click target."""

    def __init__(self, kit: Kit, line: StatusLine) -> None:
        super().__init__()
        self._kit = kit
        self.setObjectName(f"device_{line.key}")
        self.setProperty("kind", "line")
        self.setFixedHeight(LIST_ROW)
        self._name = kit.text("", "strong")
        self._note = kit.text("", "caption", "muted")
        self._pill = QVBoxLayout()
        words = stack(self._name, self._note)
        layout = row(kit.icon(line.icon, 24, "primary"), words, None, self._pill, gap=12)
        layout.setContentsMargins(16, 0, 8, 0)
        self.setLayout(layout)

    def show_line(self, line: StatusLine) -> None:
        set_text(self._name, line.name)
        set_text(self._note, self.fontMetrics().elidedText(line.note, Qt.TextElideMode.ElideRight, NOTE_PX))
        clear(self._pill)
        self._pill.addWidget(state_pill(self._kit, line))


def state_pill(kit: Kit, line: StatusLine) -> QFrame:
    icon = {"quiet": "done", "warn": "warning", "stop": "fail"}.get(line.tone, "clock")
    return kit.pill(line.state, line.tone, icon)
