"""The status strip: quiet while all is well, loud in words when not; every pill opens the device page.

Never a toast: what is wrong stays here until it is right again.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.domain.device import DeviceKind
from app.domain.operator import Operator
from ui import icons
from ui.desk import Desk
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.status_lines import StatusLine
from ui.widgets.kit import KeyButton, Kit, Part, clear, row
from ui.words import hour

HEIGHT = 48
GAP = 4
SIDE = 56  # px of margins, gaps and rules
DEVICES = tuple(kind.value for kind in DeviceKind)


class StatusStrip(QFrame):
    """`opened(key)`: a pill was pressed; `help`: F1."""

    opened = Signal(str)
    help = Signal()

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard, hidden: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._kit, self._desk, self._board, self._hidden = kit, desk, board, hidden
        self._texts = desk.office.texts
        self.setProperty("role", "strip")
        self.setFixedHeight(HEIGHT)
        station = desk.office.station
        self._site = kit.text(f"{station.site} {station.station_id[-3:]}", "title", name="site")
        self._site.setToolTip(station.station_id)
        self._who = kit.text("", "body", "muted", name="operator")
        self._pills = QHBoxLayout()
        self._pills.setSpacing(GAP)
        self._pills.setContentsMargins(0, 0, 0, 0)
        self._clock = kit.text("", "strong", name="clock")
        ask = kit.button(self._texts["ui.help"], "quiet", "F1", name="help_button", h=32)
        ask.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ask.clicked.connect(self.help)
        parts: list[Part] = [self._site, self._who]
        if desk.demo:
            parts.append(kit.pill(self._texts["ui.demo"], "accent", "info", "demo_pill"))
        self._fixed = [*(p for p in parts if isinstance(p, QWidget)), self._clock, ask]
        line = row(*parts, None, self._pills, kit.rule(True), self._clock, ask, gap=8)
        line.setContentsMargins(16, 0, 8, 0)
        self.setLayout(line)
        self._shown: tuple[StatusLine, ...] = ()
        self._news: tuple[StatusLine, ...] = ()
        self._buttons: list[KeyButton] = []
        board.changed.connect(self.refresh)
        board.ticked.connect(self._tell_time)
        self.refresh()

    def show_operator(self, operator: Operator | None) -> None:
        words = f"{operator.name} {operator.operator_id}" if operator else self._texts["ui.nobody"]
        set_text(self._who, words)

    def show_news(self, line: StatusLine | None) -> None:
        """A line that is no state of the station: it goes once somebody has looked."""
        self._news = () if line is None else (line,)
        self.refresh()

    def refresh(self) -> None:
        self._tell_time()
        lines = tuple(
            line
            for line in (*self._news, *self._board.lines)
            if line.key not in self._hidden and not (line.loud and line.tone not in ("warn", "stop"))
        )
        lines = tuple(sorted(lines, key=lambda line: line.key in DEVICES))
        if lines == self._shown:
            return
        self._shown = lines
        clear(self._pills)
        self._buttons = [self._pill(line) for line in lines]
        devices = [line.key in DEVICES for line in lines]
        for button, device, before in zip(self._buttons, devices, [True, *devices], strict=False):
            if device and not before:
                self._pills.addWidget(self._kit.rule(True))
            self._pills.addWidget(button)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """No trouble is cut off: where there is not room for every word, what is well keeps only its sign,
        then a device in trouble its sign and what is wrong.
        """
        taken = sum(part.sizeHint().width() + GAP for part in self._fixed)
        spare = self.width() - taken - SIDE
        for button, line in zip(self._buttons, self._shown, strict=True):
            self._say(button, line, line.word)
        pills = list(zip(self._buttons, self._shown, strict=True))
        shorter = [(b, line, "") for b, line in pills if line.well]
        shorter += [(b, line, line.state) for b, line in pills if not line.well and line.key in DEVICES]
        for button, line, word in shorter:
            if sum(b.sizeHint().width() + GAP for b in self._buttons) <= spare:
                return
            self._say(button, line, word)

    def _tell_time(self) -> None:
        set_text(self._clock, hour(self._texts, self._desk.office.clock.now()))

    def _pill(self, line: StatusLine) -> KeyButton:
        """Well: a green tick (or the thing's own icon) and a muted word.  Else ground, icon and the fact."""
        pal = self._kit.pal
        button = KeyButton(line.word, "", pal, 16)
        button.setObjectName(f"status_{line.key}")
        button.setProperty("kind", "pill")
        button.setProperty("tone", line.tone)
        button.setAccessibleName(self._texts.say("ui.status_name", name=line.name, state=line.state))
        button.setToolTip(line.note)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.opened.emit(line.key))
        return button

    def _say(self, button: KeyButton, line: StatusLine, word: str) -> None:
        """Without its word a thing shows its own icon, or nobody would know what is well."""
        pal = self._kit.pal
        own = not line.well or not word or line.key in ("network", "outbox")
        button.setText(word)
        colour = pal.ok if line.well else pal.of(line.tone)
        button.setIcon(icons.icon(line.icon if own else "check", 16, colour, pal.muted))
