"""F1: what the keys do, over the page; Esc closes it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from app.texts import Texts
from ui.widgets.kit import Kit, box, row
from ui.widgets.overlay import Overlay

SPACE = ""  # the one key with a word of ours
KEYS = (
    "F1", "F2", "F3", "F4", "F6", "F7", "F8", "F9", "F12",
    SPACE, "+ −", "← →", "Ctrl+A", "Ctrl+S", "Ctrl+R", "Ctrl+Del", "Ctrl+Z", "Ctrl+1…5", "Ctrl+J", "Esc",
    "P  I  V", "F5", "Ctrl+F", "Ctrl+Enter",
)  # fmt: skip


class HelpCard(Overlay):
    closed = Signal()

    def __init__(self, kit: Kit, texts: Texts, parent: QWidget) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        half = (len(KEYS) + 1) // 2
        for number, key in enumerate(KEYS):
            words = kit.text(texts[f"ui.key.{number}"], "body", wrap=True)
            line, side = number % half, 2 * (number // half)
            grid.addWidget(box(row(None, kit.key(key or texts["ui.space_key"])), fixed=(96, 0)), line, side)
            grid.addWidget(words, line, side + 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        close = kit.button(texts["ui.close"], "secondary", "Esc", name="help_close")
        head = row(kit.text(texts["ui.help_title"], "h2"), None, close)
        phone = kit.text(texts["ui.help_support"], "body", "muted", wrap=True)
        lead = kit.text(texts["ui.help_lead"], "body", "muted", wrap=True)
        card = kit.card(head, lead, 8, grid, 16, phone, gap=12, margins=(32, 24, 32, 24), name="help_sheet")
        card.setFixedWidth(1000)
        super().__init__(parent, card, "help_card")
        close.clicked.connect(self.hide)
        self._close = close

    def open(self) -> None:
        super().open()
        self._close.setFocus()
