"""What keeps the catalog right, on the page 目录: its tabs 质量检查 and 反馈记录, and 反馈 in a guide.

Names for tours and tests: tell_text tell_send tell_cancel tell_note
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.domain.catalog import Item
from app.domain.feedback import LONGEST_TEXT, CatalogFeedback
from app.domain.operator import Operator
from app.errors import AppError
from app.services import catalog_feedback
from app.texts import Texts
from ui.desk import Desk
from ui.pages.catalog.feedback import FeedbackView
from ui.pages.catalog.page import CatalogPage
from ui.pages.catalog.quality import QualityView
from ui.pages.counter.steps import set_text
from ui.status import StatusBoard
from ui.widgets.kit import Kit, row
from ui.widgets.overlay import Overlay
from ui.words import day

QUALITY, FEEDBACK = "quality", "feedback"
CARD = 520


class Keeping(QObject):
    """`told`: feedback was stored and wants to leave."""

    told = Signal()

    def __init__(self, kit: Kit, desk: Desk, board: StatusBoard, page: CatalogPage, window: QWidget) -> None:
        super().__init__(page)
        self._desk, self._operator = desk, desk.operator
        self._page = page
        self.quality = QualityView(kit, desk)
        self.feedback = FeedbackView(kit, desk, board)
        self.card = TellCard(kit, desk.office.texts, window, self._send)
        for name, view in ((QUALITY, self.quality), (FEEDBACK, self.feedback)):
            page.add_tab(name, view)
            view.opened.connect(page.show_guide)
        self.quality.told.connect(self.told)
        page.guide.telling.connect(self._tell)

    def signed_in(self, operator: Operator) -> None:
        self._operator = operator
        self.quality.signed_in(operator)
        self.feedback.signed_in(operator)

    def _tell(self) -> None:
        if self._page.guide.item is not None and self._operator is not None:
            self.card.ask(self._page.guide.item)

    def _send(self, item: Item, text: str) -> None:
        office, operator = self._desk.office, self._operator
        if operator is None:
            return
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: catalog_feedback.send(office, operator.operator_id, item, text=text),
            owner=self,
            done=self._stored,
            failed=self.card.failed,
        )

    def _stored(self, told: CatalogFeedback) -> None:
        self.card.stored(told)
        self.told.emit()


class TellCard(Overlay):
    """What is wrong with an item, in a person's words; closes when it is stored, and says until when."""

    def __init__(self, kit: Kit, texts: Texts, window: QWidget, send: Callable[[Item, str], None]) -> None:
        self._texts, self._give = texts, send
        self._item: Item | None = None
        self._name = kit.text("", "strong", wrap=True)
        self._note = kit.text(texts["feedback.tell_note"], "body", "muted", wrap=True, name="tell_note")
        self.text = QPlainTextEdit()
        self.text.setObjectName("tell_text")
        self.text.setPlaceholderText(texts["feedback.tell_hint"])
        self.text.setAccessibleName(texts["feedback.tell_hint"])
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(112)
        self._send = kit.button(texts["quality.send"], "primary", name="tell_send", h=40)
        self._cancel = kit.button(texts["feedback.tell_close"], "secondary", "Esc", name="tell_cancel", h=40)
        title = kit.text(texts["feedback.title"], "title")
        card = kit.card(
            title, self._name, self.text, self._note, row(None, self._cancel, self._send), gap=12, role="card"
        )
        card.setFixedWidth(CARD)
        super().__init__(window, card, "tell_card")
        self.text.textChanged.connect(self._changed)
        self._send.clicked.connect(self.give)
        self._cancel.clicked.connect(self.hide)

    def ask(self, item: Item) -> None:
        self._item = item
        set_text(self._name, item.name)
        set_text(self._note, self._texts["feedback.tell_note"], "muted")
        self.text.setReadOnly(False)
        self.text.clear()
        self._changed()
        self.open()
        self.text.setFocus()

    def _changed(self) -> None:
        written = self.text.toPlainText()
        if len(written) > LONGEST_TEXT:
            self.text.setPlainText(written[:LONGEST_TEXT])
        self._send.setEnabled(bool(written.strip()) and not self.text.isReadOnly())

    def give(self) -> None:
        if self._item is not None and self._send.isEnabled():
            self.text.setReadOnly(True)
            self._send.setEnabled(False)
            self._give(self._item, self.text.toPlainText())

    def stored(self, told: CatalogFeedback) -> None:
        set_text(self._note, self._texts.say("feedback.tell_done", day=day(self._texts, told.due)), "ok")
        self._cancel.setFocus()

    def failed(self, error: AppError) -> None:
        self.text.setReadOnly(False)
        self._changed()
        set_text(self._note, self._texts.error(error), "stop")
