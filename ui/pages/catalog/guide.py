"""The guide of one item: its name, what one can do with it, and every fact in calm sections."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.domain.catalog import Channel, Item
from app.texts import Texts
from ui.pages.catalog.guide_facts import Fact, Section, guide
from ui.pages.counter.steps import set_text
from ui.widgets.flow import FlowLayout
from ui.widgets.kit import Kit, Part, box, clear, col, row

LABEL = 96


class GuideView(QFrame):
    """`wanted(code)`: begin an intake with the item; `telling`: something is wrong with it."""

    wanted = Signal(str)
    telling = Signal()

    def __init__(self, kit: Kit, texts: Texts, channel: Channel) -> None:
        super().__init__()
        self._kit, self._texts, self._channel = kit, texts, channel
        self.item: Item | None = None
        self.setProperty("role", "card")
        self._name = kit.text("", "h2", wrap=True, name="guide_name")
        self._facts = kit.text("", "body", "muted", wrap=True, name="guide_facts")
        self._use = kit.button(texts["guide.use"], "primary", "Ctrl+Enter", name="guide_use", h=40)
        self._use.clicked.connect(self.use)
        self._tell = kit.button(texts["guide.tell"], "quiet", name="guide_tell", h=32)
        self._tell.clicked.connect(self.telling)
        self._why = kit.text("", "caption", "warn", name="guide_why")
        self._jumps = FlowLayout(gap=0, line_gap=0)
        self._sections: dict[str, QWidget] = {}
        self._body = QVBoxLayout()
        self._body.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("guide_scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(box(col(self._body, None, gap=0), (0, 0, 8, 0), role="sheet"))
        self._scroll.setAccessibleName(texts["guide.title"])
        self._empty = kit.text(texts["guide.choose"], "body", "muted", wrap=True, align="center")
        lead = col(self._name, self._facts, gap=2)
        act = col(self._use, self._tell, self._why, None, gap=2)
        head = row(lead, act, gap=16)
        head.setStretch(0, 1)
        jumps = QFrame()
        jumps.setLayout(self._jumps)
        above = box(head)
        above.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        shown = col(above, jumps, kit.rule(), self._scroll, gap=8)
        shown.setStretch(3, 1)
        self._shown = box(shown, name="guide")
        layout = col(self._shown, self._empty, gap=0)
        layout.setContentsMargins(20, 16, 12, 12)
        self.setLayout(layout)
        self.show_item(None)

    def show_item(self, item: Item | None) -> None:
        self.item = item
        self._shown.setVisible(item is not None)
        self._empty.setVisible(item is None)
        clear(self._body)
        clear(self._jumps)
        self._sections = {}
        if item is None:
            return
        texts = self._texts
        set_text(self._name, item.name)
        set_text(self._facts, item.department)
        here = self._channel in item.channels
        self._use.setEnabled(here)
        set_text(self._why, "" if here else texts["guide.not_here"])
        self._why.setVisible(not here)
        for section in guide(texts, item):
            self._add(section)
        self._scroll.verticalScrollBar().setValue(0)

    def use(self) -> None:
        """Ctrl+Enter."""
        if self.item is not None and self._use.isEnabled():
            self.wanted.emit(self.item.code)

    def _add(self, section: Section) -> None:
        kit, title = self._kit, self._texts[f"guide.section.{section.key}"]
        parts: list[Part] = [kit.text(title, "title")]
        parts += [self._fact(fact) for fact in section.facts] or [self._unsaid()]
        frame = box(col(*parts, gap=6), (0, 12, 0, 12), name=f"guide_{section.key}", role="row")
        self._body.addWidget(frame)
        self._sections[section.key] = frame
        jump = kit.button(title, "quiet", name=f"jump_{section.key}", h=28)
        jump.clicked.connect(lambda: self._jump(section.key))
        self._jumps.addWidget(jump)

    def _unsaid(self) -> QWidget:
        return self._kit.text(self._texts["changes.unsaid"], "body", "muted")

    def _fact(self, fact: Fact) -> QWidget:
        """Label, value and a quiet note below; what the source does not say is said to be so."""
        kit = self._kit
        value = kit.text(fact.value, "body", wrap=True) if fact.value else self._unsaid()
        words: list[Part] = [value]
        if fact.note:
            words.append(kit.text(fact.note, "caption", "muted", wrap=True))
        parts: list[Part] = []
        if fact.label:
            label = kit.text(fact.label, "caption", "muted")
            label.setFixedWidth(LABEL)
            parts.append(col(label, None, gap=0))
        parts.append(col(*words, None, gap=1))
        if fact.tag:
            parts.append(col(kit.text(fact.tag, "body", "muted"), None, gap=0))
        line = row(*parts, gap=8)
        line.setStretch(1 if fact.label else 0, 1)
        return box(line)

    def _jump(self, key: str) -> None:
        top = self._sections[key].y()
        self._scroll.verticalScrollBar().setValue(top)
