"""The row every step of the intake is laid out in: state and word at the left, content beside it."""

from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from ui import icons
from ui.widgets.kit import Kit, Part, restyle, row

LABEL_WIDTH = 96
ROW, LOW_ROW = 56, 48
_LOOK = {
    "done": ("done", "ok"),
    "now": ("pen", "primary"),
    "todo": ("todo", "muted"),
    "warn": ("warning", "stop"),
}


class StepLabel(QFrame):
    """Icon and word, never colour alone; states: done, now, todo, warn."""

    def __init__(self, kit: Kit, word: str) -> None:
        super().__init__()
        self._kit, self.state = kit, ""
        self._icon = kit.icon("todo", 20, "muted", 2)
        self._word = kit.text(word, "strong", "muted")
        layout = row(self._icon, self._word, None, gap=8)
        self.setLayout(layout)
        self.setFixedWidth(LABEL_WIDTH)
        self.set_state("todo")

    def set_state(self, state: str) -> None:
        if state == self.state:
            return
        self.state = state
        icon, tone = _LOOK[state]
        self._icon.setPixmap(icons.pixmap(icon, 20, self._kit.pal.of(tone), 2))
        restyle(self._word, tone="muted" if state == "todo" else "ink")


class StepRow(QFrame):
    """One line of the sheet; `height` is its least height, it grows with its content."""

    def __init__(self, kit: Kit, word: str, height: int = ROW) -> None:
        super().__init__()
        self.setProperty("role", "row")
        self.label = StepLabel(kit, word)
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def put(self, *content: Part, wide: QWidget | None = None, gap: int = 8) -> None:
        """The content beside the label, once; `wide`, while shown, takes the width that is left over."""
        layout = row(self.label, *content, gap=gap)
        layout.setContentsMargins(16, 0, 8, 0)
        if wide is not None:
            layout.setStretchFactor(wide, 100)  # beside this a spring gets next to nothing
        self.setLayout(layout)

    def set_state(self, state: str) -> None:
        self.label.set_state(state)


def set_text(label: QLabel, text: str, tone: str = "") -> None:
    """Change a label only when it differs, so that nothing is laid out for nothing."""
    if label.text() != text:
        label.setText(text)
    if tone:
        restyle(label, tone=tone)
