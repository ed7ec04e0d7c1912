"""Finding an item: the search of the counter with filters, the list, and the guide of the line at hand."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit

from app.domain.catalog import Audience, Channel, ItemHit
from app.errors import AppError
from ui import icons
from ui.desk import Desk
from ui.pages.catalog.hit_list import HitList
from ui.pages.counter.steps import set_text
from ui.widgets.kit import Kit, box, col, row

PAUSE_MS, LIMIT, WIDTH = 40, 100, 480
THEMES = ("social_insurance", "household", "work", "care", "housing", "traffic", "family", "company")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an item must have besides the text."""

    text: str = ""
    audience: Audience | None = None
    theme: str = ""
    channel: Channel | None = None
    department: str = ""


class Finder(QFrame):
    """`chosen(code)`: the line at hand is another one; `taken(code)`: Enter or a double click."""

    chosen = Signal(str)
    taken = Signal(str)
    trouble = Signal(object)

    def __init__(self, kit: Kit, desk: Desk, channel: Channel, name: str) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._asked = self._shown = 0
        self._name = name
        self.field = kit.field(hint=self._texts["counter.search_hint"], name=f"{name}_search", h=40)
        glass = icons.icon("search", 18, kit.pal.muted, kit.pal.muted)
        self.field.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self._audience = self._box("audience", [("", "any")] + [(a.value, a.value) for a in Audience])
        self._theme = self._box("theme", [("", "any"), *((t, t) for t in THEMES)])
        self._channel = self._box("channel", [("", "any")] + [(c.value, c.value) for c in Channel])
        self.list = HitList(kit, self._texts, channel, f"{name}_hits")
        self.list.looked_at.connect(self._looked_at)
        self.list.activated.connect(lambda _index: self._take())
        self._found = kit.text("", "caption", "muted", name=f"{name}_found")
        self._none = kit.text("", "body", "muted", wrap=True, align="center", name=f"{name}_none")
        self._department = self._box("department", [("", "any")])
        filters = row(self._audience, self._theme, self._channel, gap=8)
        layout = col(self.field, self._department, filters, self._found, self.list, self._none, gap=8)
        layout.setContentsMargins(12, 12, 12, 12)
        self.setLayout(layout)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.search)
        self.field.textChanged.connect(lambda _text: self._pause.start())

    def _box(self, name: str, values: list[tuple[str, str]]) -> QComboBox:
        """A filter; the first line lets everything through."""
        made = QComboBox()
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(6)
        made.setObjectName(f"{self._name}_filter_{name}")
        made.setAccessibleName(self._texts[f"guide.filter.{name}"])
        for value, word in values:
            made.addItem(self._word(name, word), value)
        made.currentIndexChanged.connect(lambda _n: self.search())
        return made

    def _word(self, name: str, value: str) -> str:
        if value == "any":
            return self._texts[f"guide.filter.{name}"]
        return self._texts[f"theme.{value}.title"] if name == "theme" else self._texts.code(name, value)

    @property
    def wanted(self) -> Wanted:
        audience, channel = self._audience.currentData(), self._channel.currentData()
        return Wanted(
            self.field.text().strip(),
            Audience(audience) if audience else None,
            self._theme.currentData(),
            Channel(channel) if channel else None,
            self._department.currentData(),
        )

    def load_departments(self) -> None:
        """The bodies of the catalog in force; the choice stays where it is still there."""
        catalog = self._desk.office.catalog
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: tuple(catalog.departments()),
            owner=self,
            done=self._show_departments,
            failed=self._failed,
        )

    def _show_departments(self, names: tuple[str, ...]) -> None:
        box = self._department
        if names == tuple(box.itemData(n) for n in range(1, box.count())):
            return
        chosen = box.currentData()
        box.blockSignals(True)
        while box.count() > 1:
            box.removeItem(box.count() - 1)
        for name in names:
            box.addItem(name, name)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)
        if box.currentData() != chosen:
            self.search()

    @property
    def settled(self) -> bool:
        return self._shown == self._asked and not self._pause.isActive()

    def search(self) -> None:
        """The newest question wins."""
        self._asked += 1
        ticket = self._asked
        self._desk.tasks.run(
            self._desk.catalog_executor,
            self._question(self.wanted),
            owner=self,
            done=lambda hits: self._show(hits, ticket),
            failed=self._failed,
        )

    def _question(self, w: Wanted) -> Callable[[], tuple[ItemHit, ...]]:
        catalog = self._desk.office.catalog
        return lambda: tuple(catalog.search(w.text, LIMIT, w.channel, w.audience, w.theme, w.department))

    def _show(self, hits: tuple[ItemHit, ...], ticket: int) -> None:
        if ticket != self._asked:
            return
        self._shown = ticket
        self.list.show_hits(hits)
        self.list.setVisible(bool(hits))
        self._none.setVisible(not hits)
        set_text(self._none, self._texts["guide.none"])
        n = f"{LIMIT}+" if len(hits) >= LIMIT else str(len(hits))
        set_text(self._found, self._texts.say("guide.found", n=n))
        if not hits:
            self.chosen.emit("")

    def _failed(self, error: AppError) -> None:
        self._shown = self._asked
        self.trouble.emit(error)

    def _looked_at(self, hit: ItemHit | None) -> None:
        self.chosen.emit(hit.code if hit else "")

    def _take(self) -> None:
        hit = self.list.current()
        if hit is not None:
            self.taken.emit(hit.code)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows walk the list while the cursor stays in the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.move_by(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                self._take()
                return True
        return super().eventFilter(watched, event)


def framed(*parts: QFrame) -> QFrame:
    """Parts beside each other, the last one as wide as it can be."""
    line = row(*parts, gap=16)
    line.setStretch(len(parts) - 1, 1)
    return box(line)
