"""The list at the left: a row for each thing, and a quiet one for each kind of device nobody has set up."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from ui.pages.counter.steps import set_text
from ui.status_lines import StatusLine
from ui.widgets.kit import Kit, clear, row, stack

LIST_ROW, QUIET_ROW = 52, 36
NOTE_PX = 460


class ListRow(QPushButton):
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
        note = line.note.replace("\n", " ")
        set_text(self._note, self.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, NOTE_PX))
        clear(self._pill)
        self._pill.addWidget(state_pill(self._kit, line))


class QuietRow(QPushButton):
    """A kind of device that station.toml does not name."""

    def __init__(self, kit: Kit, key: str, icon: str, name: str, word: str) -> None:
        super().__init__()
        self.setObjectName(f"device_{key}")
        self.setProperty("kind", "line")
        self.setStyleSheet(f"QPushButton {{ min-height:{QUIET_ROW - 1}px; max-height:{QUIET_ROW - 1}px; }}")
        self.setFixedHeight(QUIET_ROW)
        self.setAccessibleName(name)
        parts = (
            kit.icon(icon, 20, "muted"),
            kit.text(name, "body", "muted"),
            None,
            kit.text(word, "caption", "muted"),
        )
        layout = row(*parts, gap=12)
        layout.setContentsMargins(18, 0, 16, 0)
        self.setLayout(layout)


def state_pill(kit: Kit, line: StatusLine) -> QFrame:
    icon = {"quiet": "done", "warn": "warning", "stop": "fail"}.get(line.tone, "clock")
    return kit.pill(line.state, line.tone, icon)
