"""One thing at the right: what it is, how it is since when, what to do about it, and what F6 does for it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.device import DeviceHealth, DeviceKind
from app.services.case_file import Waiting
from ui.desk import Desk
from ui.pages.devices.finder import Finder
from ui.pages.devices.rows import state_pill
from ui.pages.sync_control import SyncControl
from ui.status_lines import ICONS, StatusLine, device_line
from ui.trials import PROBE, SELF, Trials, Tried
from ui.widgets.kit import Kit, Part, box, clear, col, row, stack
from ui.words import moment, sentence, since

DETAIL = 520
WAITING_ROWS = 8
LABEL_PX = 88


class DetailCard(QFrame):
    """`act`: F6; `full`: F8, the thorough test of a device; `search`: look for devices."""

    act = Signal()
    full = Signal()
    search = Signal()

    def __init__(self, kit: Kit, desk: Desk, trials: Trials, sync: SyncControl, finder: Finder) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._trials, self._sync, self._finder = trials, sync, finder
        self.setProperty("role", "card")
        self.setFixedWidth(DETAIL)
        self._inside = QVBoxLayout()
        self._inside.setContentsMargins(24, 20, 24, 16)
        self._inside.setSpacing(12)
        self.setLayout(self._inside)

    def _add(self, widget: QWidget) -> None:
        self._inside.addWidget(widget)

    # -- a thing of the list ---------------------------------------------------------------------

    def show_line(self, line: StatusLine, health: DeviceHealth | None, waiting: Sequence[Waiting]) -> None:
        clear(self._inside)
        self._head(line.icon, line.name, self._about(health), state_pill(self._kit, line))
        if health is not None:
            self._device(line, health)
        elif line.key == "catalog":
            self._add(self._note(line))
            self._sync.fill(self._inside)
        elif line.key == "carried":
            self._carried(line)
        elif line.key == "outbox":
            self._outbox(line, waiting)
        else:
            self._add(self._note(line))
            if not line.well:
                self._still(line.key)
        self._inside.addStretch(1)
        self._foot(line, health)

    def _head(self, icon: str, name: str, about: str, pill: QFrame | None) -> None:
        kit = self._kit
        words = col(kit.text(name, "h2"), *([kit.text(about, "caption", "muted")] if about else []), gap=0)
        parts: list[Part] = [kit.icon(icon, 32, "primary"), words, None]
        self._add(box(row(*parts, *([pill] if pill else []), gap=12)))

    def _carried(self, line: StatusLine) -> None:
        """What it comes to, and each file by itself."""
        tone = {"quiet": "ok", "muted": "primary"}.get(line.tone, line.tone)
        self._add(self._kit.message(tone, line.state, "", name="device_note"))
        for number, words in enumerate(line.note.split("\n")):
            self._add(self._kit.text(words, "body", wrap=True, name=f"carried_{number}"))

    def _note(self, line: StatusLine) -> QFrame:
        tone = {"quiet": "ok", "muted": "primary"}.get(line.tone, line.tone)
        return self._kit.message(tone, line.state, line.note, name="device_note")

    def _about(self, health: DeviceHealth | None) -> str:
        if health is None:
            return ""
        texts = self._texts
        parts = [health.facts.get("model", ""), health.driver, health.line]
        if health.simulated:
            parts.append(texts["health.simulated_note"])
        return texts["ui.dot"].join(p for p in parts if p)

    def _device(self, line: StatusLine, health: DeviceHealth) -> None:
        if line.well or line.tone == "muted":
            self._add(self._note(line))
            self._facts(health)
            return
        texts, now = self._texts, self._desk.office.clock.now()
        why = sentence(texts, health.reason) or line.note
        when = ""
        if health.since is not None:
            start, lasted = moment(texts, health.since, now), since(texts, health.since, now)
            when = texts.say("health.since_note", time=start, since=lasted)
        self._add(self._kit.message(line.tone, line.state, why + when, name="device_note"))
        if health.reason:
            self._steps(health)
            self._still(line.key)
        else:
            self._facts(health)

    def _steps(self, health: DeviceHealth) -> None:
        kit, texts = self._kit, self._texts
        code = health.reason.rpartition(".")[2]
        own = f"health.steps.{health.kind.value}_{code}"  # which cable it is
        key = own if own in texts else f"health.steps.{code}"
        words = texts[key] if key in texts else texts["health.steps.other"]
        self._add(kit.text(texts["health.do_this"], "title"))
        for number, step in enumerate(words.split("\n"), 1):
            self._add(self._step(number, step))

    def _step(self, number: int, words: str) -> QFrame:
        kit = self._kit
        lead = stack(kit.text(str(number), "title", "primary"), None)
        return box(row(lead, kit.text(words, "body", wrap=True), gap=12))

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
        texts = self._texts
        for key, value in health.facts.items():
            if key == "model":
                continue  # it stands under the name
            self._pair(texts.code("health.fact", key), texts.code(f"health.fact_{key}", value))
        if health.capabilities:
            words = [texts.code("capability", word) for word in health.capabilities]
            self._pair(texts["health.capabilities"], texts["ui.comma"].join(words))

    def _pair(self, label: str, value: str) -> None:
        kit = self._kit
        name = kit.text(label, "caption", "muted")
        name.setFixedWidth(LABEL_PX)
        self._add(box(row(name, kit.text(value, "body", wrap=True), gap=8)))

    def _outbox(self, line: StatusLine, waiting: Sequence[Waiting]) -> None:
        kit, texts = self._kit, self._texts
        self._add(self._note(line))
        for held in waiting[:WAITING_ROWS]:
            self._add(self._held(held))
        if len(waiting) > WAITING_ROWS:
            more = texts.say("health.more_waiting", n=len(waiting) - WAITING_ROWS)
            self._add(kit.text(more, "caption", "muted"))

    def _held(self, held: Waiting) -> QFrame:
        kit, texts, now = self._kit, self._texts, self._desk.office.clock.now()
        why = texts.code("gateway_fault", held.reason) if held.rejected else ""
        tries = texts.say("health.tries", n=held.attempts) if held.attempts else texts["health.no_try"]
        if held.files_sent < held.files:
            tries = texts.say("health.files_waiting", done=held.files_sent, n=held.files)
        tone, icon = ("stop", "fail") if held.rejected else ("primary", "clock")
        pill = kit.pill(texts["health.refused" if held.rejected else "health.waits"], tone, icon)
        words = stack(
            kit.text(f"{held.number}  {moment(texts, held.received_at, now)}", "body"),
            kit.text((why or tries)[:40], "caption", "muted"),
        )
        return box(row(words, None, pill, gap=8), (0, 4, 0, 4), role="row")

    # -- a kind of device nobody has set up ------------------------------------------------------

    def show_missing(self, kind: DeviceKind) -> None:
        kit, texts = self._kit, self._texts
        clear(self._inside)
        name = texts[f"health.{kind.value}.name"]
        self._head(ICONS[kind], name, texts["health.not_set_up"], None)
        self._add(kit.text(texts[f"health.add.{kind.value}"], "body", wrap=True))
        if not (self._finder.running or self._finder.ended):
            self._add(kit.text(texts["health.do_this"], "title"))
            for number, step in enumerate(texts["health.add_steps"].split("\n"), 1):
                self._add(self._step(number, step))
        self._search_part()

    def show_search(self) -> None:
        clear(self._inside)
        self._head("search", self._texts["health.find"], self._texts["health.find_about"], None)
        self._search_part()

    def _search_part(self) -> None:
        kit, texts, finder = self._kit, self._texts, self._finder
        finder.fill(self._inside)
        self._inside.addStretch(1)
        again = "health.find_again" if finder.ended else "health.find"
        go = kit.button(texts[again], "primary", "F6", "", "device_act", h=48)
        go.setEnabled(not finder.running)
        go.clicked.connect(self.search)
        parts: list[Part] = [go]
        if finder.running:  # not shown before it has a place: it would be a window of its own
            stop = kit.button(texts["health.stop_finding"], "secondary", name="stop_finding", h=48)
            stop.clicked.connect(finder.stop)
            parts.append(stop)
        self._add(box(row(*parts, None, gap=8)))

    # -- the foot --------------------------------------------------------------------------------

    def _foot(self, line: StatusLine, health: DeviceHealth | None) -> None:
        """One filled button, always here: what F6 does for this thing."""
        kit, texts = self._kit, self._texts
        word = self._action_word(line, health)
        if not word:
            return
        if health is not None and health.kind in self._trials.ended:
            self._add(self._outcome(health.kind, self._trials.ended[health.kind]))
        idle = health is None or health.kind not in self._trials.running
        act = kit.button(word, "primary", "F6", "", "device_act", h=48)
        act.setEnabled(idle and not (line.key == "catalog" and self._sync.running))
        act.clicked.connect(self.act)
        parts: list[Part] = [act]
        if health is not None:
            thorough = kit.button(self._full_word(health.kind), "secondary", "F8", "", "device_full", h=48)
            thorough.setEnabled(idle)
            thorough.clicked.connect(self.full)
            parts.append(thorough)
        if line.key == "catalog" and self._sync.running:
            stop = kit.button(texts["health.stop_sync"], "secondary", name="stop_sync", h=48)
            stop.clicked.connect(self._sync.stop)
            parts.append(stop)
        self._add(box(row(*parts, None, gap=8)))

    def _full_word(self, kind: DeviceKind) -> str:
        running = self._trials.running.get(kind) == SELF
        return self._texts["health.testing" if running else f"health.full.{kind.value}"]

    def _outcome(self, kind: DeviceKind, tried: Tried) -> QFrame:
        """What the last test said, and when, where it was asked for."""
        texts = self._texts
        what = texts[f"health.full.{kind.value}" if tried.what == SELF else f"health.tried.{tried.what}"]
        health = tried.health
        if health is not None:
            line = device_line(texts, health, self._desk.office.clock.now())
            tone, said = ("ok" if line.well else line.tone), line.state
        else:
            tone = "stop" if tried.code else "ok"
            said = (
                sentence(texts, tried.code, **dict(tried.values)) or texts[f"health.tried_well.{tried.what}"]
            )
        if tried.doubt:
            tone, said = "warn", texts["health.tried_doubt"]
        tone = "warn" if tried.code == "device.busy" else "primary" if tone == "muted" else tone
        title = texts.say("health.tested", time=f"{tried.at:%H:%M:%S}", what=what)
        return self._kit.message(tone, title, said, name="tested")

    def _action_word(self, line: StatusLine, health: DeviceHealth | None) -> str:
        texts = self._texts
        if health is not None:
            if not self._desk.office.devices.has(health.kind):
                return ""  # it lives in the window, which shows how it is by showing its picture
            return texts[
                "health.testing" if self._trials.running.get(health.kind) == PROBE else "health.test"
            ]
        return {
            "catalog": texts["health.sync_now"],
            "outbox": texts["health.send_now"],
            "network": texts["health.look_again"],
            "clock": texts["health.look_again"],
            "numbers": texts["health.sync_now"],
            "carried": texts["health.sync_now"],
        }.get(line.key, "")
