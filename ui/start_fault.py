"""The program cannot start: one calm window that says why and what to do, instead of none."""

from PySide6.QtWidgets import QApplication, QFrame

from app.texts import Texts
from ui.theme import COUNTER, style_sheet
from ui.widgets.kit import Kit, col, row


class StartFault(QFrame):
    """`sentence` says what happened and what to do."""

    def __init__(self, texts: Texts, sentence: str) -> None:
        super().__init__()
        kit = Kit(COUNTER)
        self.setObjectName("window")
        self.setWindowTitle(texts["app.name"])
        self.setStyleSheet(style_sheet(kit.s, kit.pal))
        close = kit.button(texts["start.close"], "primary", name="start_fault_close", h=48)
        close.clicked.connect(self.close)
        card = kit.card(
            row(kit.icon("warning", 40, "warn", 2), kit.text(texts["start.failed"], "h2"), None, gap=12),
            kit.text(sentence, "body", wrap=True, name="start_fault_reason"),
            kit.text(texts["start.nothing_lost"], "body", "muted", wrap=True),
            8,
            row(None, close),
            gap=12,
            margins=(32, 28, 32, 24),
        )
        card.setFixedWidth(kit.s.base * 40)
        self.setLayout(col(None, row(None, card, None), None))
        self.setMinimumSize(kit.s.base * 48, kit.s.base * 26)


def show(app: QApplication, texts: Texts, sentence: str) -> None:
    """Blocks until the person has closed it."""
    window = StartFault(texts, sentence)
    window.show()
    app.exec()
