"""Navigation at the left: one button a page that exists, Ctrl+1 … in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton

from app.texts import Texts
from ui import icons
from ui.widgets.kit import Kit, box, col

WIDTH, BUTTON = 72, 56


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is also the object name `nav_<name>` and the key `ui.nav.<name>`."""

    name: str
    icon: str


class Rail(QFrame):
    """`chosen(name)`; `handover`: 交接."""

    chosen = Signal(str)
    handover = Signal()

    def __init__(self, kit: Kit, texts: Texts, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        self._entries = {entry.name: entry for entry in entries}
        self._buttons: dict[str, QToolButton] = {}
        brand = col(
            kit.text(texts["ui.brand_top"], "title", "on_primary", align="center"),
            kit.text(texts["ui.brand_low"], "caption", "on_deep", align="center"),
            gap=0,
        )
        layout = col(box(brand, (0, 6, 0, 0), fixed=(BUTTON, 48)), 8, gap=4)
        for number, entry in enumerate(entries, 1):
            button = self._button(entry, texts, f"Ctrl+{number}")
            button.clicked.connect(lambda _checked=False, name=entry.name: self.chosen.emit(name))
            layout.addWidget(button)
        layout.addStretch(1)
        swap = self._button(Entry("handover", "swap"), texts, "Ctrl+J")
        swap.clicked.connect(self.handover)
        layout.addWidget(swap)
        layout.setContentsMargins(8, 0, 8, 8)
        self.setLayout(layout)

    def _button(self, entry: Entry, texts: Texts, key: str) -> QToolButton:
        word = texts[f"ui.nav.{entry.name}"]
        button = self._kit.tool(
            entry.icon, word, (BUTTON, BUTTON), 22, 12, self._kit.pal.on_deep, name=f"nav_{entry.name}"
        )
        button.setToolTip(key)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setProperty("current", "no")
        pal = self._kit.pal
        button.setStyleSheet(
            button.styleSheet()
            + f'QToolButton[current="yes"] {{ background:{pal.primary}; color:{pal.on_primary}; }}'
            + f"QToolButton:hover {{ background:{pal.primary}; color:{pal.on_primary}; }}"
        )
        self._buttons[entry.name] = button
        return button

    def select(self, name: str) -> None:
        pal = self._kit.pal
        for key, entry in self._entries.items():
            button, current = self._buttons[key], key == name
            button.setProperty("current", "yes" if current else "no")
            colour = pal.on_primary if current else pal.on_deep
            button.setIcon(icons.icon(entry.icon, 22, colour, pal.muted))
            button.style().unpolish(button)
            button.style().polish(button)
