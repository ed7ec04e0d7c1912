"""查找设备: what is plugged in and nobody has set up, with the lines of station.toml to copy."""

from collections.abc import Sequence
from concurrent.futures import Future

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout

from app.domain.device import FoundDevice
from app.services.found_devices import station_lines
from ui.desk import Desk
from ui.status_lines import ICONS
from ui.widgets.kit import Kit, Part, box, col, row, stack

MOST = 4  # rows that fit beside the lines to copy; more of them scroll
SCROLLED = 200  # px
TICK_MS = 1000
_TOLD = ("model", "serial", "sam", "usb")


class Finder(QObject):
    """One search at a time; `changed` while it runs (once a second) and when it ends."""

    changed = Signal()

    def __init__(self, kit: Kit, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._search: Future[Sequence[FoundDevice]] | None = None
        self._found: tuple[FoundDevice, ...] | None = None
        self._trouble = ""
        self._chosen = 0
        self._copied = False
        self._seconds = 0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        return self._search is not None

    @property
    def ended(self) -> bool:
        return not self.running and (self._found is not None or bool(self._trouble))

    def start(self) -> None:
        if self.running:
            return
        self._found, self._trouble, self._chosen, self._copied, self._seconds = None, "", 0, False, 0
        search = self._search = self._desk.office.devices.find()
        self._timer.start()
        self._desk.tasks.follow(
            search,
            owner=self,
            done=lambda found: self._end(search, tuple(found), ""),
            failed=lambda error: self._end(search, None, self._texts.error(error)),
        )
        self.changed.emit()

    def stop(self) -> None:
        """Nobody waits any more; what was asked ends by itself at its own deadline."""
        if self._search is not None:
            self._search.cancel()
            self._search = None
            self._timer.stop()
            self.changed.emit()

    def _tick(self) -> None:
        self._seconds += 1
        self.changed.emit()

    def _end(self, search: object, found: tuple[FoundDevice, ...] | None, trouble: str) -> None:
        if search is not self._search:
            return
        self._search, self._found, self._trouble = None, found, trouble
        self._timer.stop()
        self.changed.emit()

    def copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None and self._found:
            clipboard.setText(station_lines(self._found[self._chosen]) + "\n")
            self._copied = True
            self.changed.emit()

    def choose(self, number: int) -> None:
        self._chosen, self._copied = number, False
        self.changed.emit()

    # -- what it looks like --------------------------------------------------------------------------

    def fill(self, layout: QVBoxLayout) -> None:
        kit, texts = self._kit, self._texts
        if self.running:
            layout.addWidget(
                kit.text(texts.say("health.finding", n=self._seconds), "body", "muted", name="finding")
            )
            layout.addWidget(kit.progress(0, 0))
            layout.addWidget(kit.text(texts["health.finding_note"], "caption", "muted", wrap=True))
        elif self._trouble:
            layout.addWidget(
                kit.message("stop", texts["health.find_failed"], self._trouble, name="find_outcome")
            )
        elif self._found == ():
            note = texts["health.find_none_note"]
            layout.addWidget(kit.message("primary", texts["health.find_none"], note, name="find_outcome"))
        elif self._found:
            self._results(layout, self._found)

    def _results(self, layout: QVBoxLayout, found: tuple[FoundDevice, ...]) -> None:
        kit, texts = self._kit, self._texts
        layout.addWidget(kit.text(texts.say("health.find_some", n=len(found)), "title", name="find_outcome"))
        rows = [self._row(number, device) for number, device in enumerate(found)]
        if len(rows) <= MOST:
            for one in rows:
                layout.addWidget(one)
        else:
            layout.addWidget(_scrolled(box(col(*rows, gap=0), role="sheet")))
        self._lines(layout, found[min(self._chosen, len(found) - 1)])

    def _row(self, number: int, device: FoundDevice) -> QFrame:
        kit, texts = self._kit, self._texts
        state = device.facts.get("state") or "strange"
        kind = texts[f"health.{device.kind.value}.name"] if device.kind else texts[f"found.state.{state}"]
        name = kit.text(texts["ui.dot"].join(p for p in (kind, device.name) if p), "strong")
        facts = [
            f"{texts.code('health.fact', key)} {device.facts[key]}" for key in _TOLD if key in device.facts
        ]
        about = texts["ui.dot"].join([device.line, *facts])
        note = kit.text(self._short(about), "caption", "muted")
        note.setToolTip(about)
        icon = ICONS[device.kind] if device.kind else "usb"
        parts: list[Part] = [kit.icon(icon, 20, "primary"), stack(name, note), None]
        if device.kind is not None:
            chosen = number == self._chosen
            choose = kit.button(texts["health.found_lines"], "seg", name=f"found_{number}", on=chosen)
            choose.clicked.connect(lambda _=False: self.choose(number))
            parts.append(choose)
        return box(row(*parts, gap=12), (0, 4, 0, 4), role="row")

    def _short(self, text: str) -> str:
        return text if len(text) <= 48 else text[:47] + "\u2026"

    def _lines(self, layout: QVBoxLayout, device: FoundDevice) -> None:
        kit, texts = self._kit, self._texts
        lines = station_lines(device)
        if not lines:
            layout.addWidget(kit.text(texts["health.found_unknown_note"], "body", "muted", wrap=True))
            return
        words = kit.text(lines, "body", name="station_lines")
        layout.addWidget(box(col(words), (12, 8, 12, 8), role="hole"))
        layout.addWidget(kit.text(texts["health.found_note"], "caption", "muted", wrap=True))
        copy = kit.button(
            texts["health.copied" if self._copied else "health.copy"], "secondary", name="copy_lines"
        )
        copy.clicked.connect(self.copy)
        layout.addWidget(box(row(copy, None)))


def _scrolled(rows: QFrame) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFixedHeight(SCROLLED)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(rows)
    return area
