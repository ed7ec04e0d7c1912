"""The list under the search field: tabs 全部 · 收藏 · 常办 · 最近, filters, eight hits, keys at the foot.

A child frame of the window, not a pop-up: the cursor stays in the field, nothing is
grabbed, and a picture of the window shows it.
"""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFrame,
    QListView,
    QWidget,
)

from app.domain.catalog import Audience, Channel, ItemHit
from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.services.finding import Tab
from app.texts import Texts
from ui.finding.choices import KIOSK, THEME, TOPIC, said
from ui.finding.hit_lines import ROW_HEIGHT, HitLines, HitPainter, opaque
from ui.finding.sheet import HEIGHT as SHEET
from ui.finding.sheet import FilterSheet
from ui.pages.counter.steps import set_text
from ui.widgets.kit import CELL, Kit, Part, box, col, row

MOST_ROWS, HEAD, FOOT, EMPTY = 8, 52, 36, 96
MORE = (THEME, KIOSK, TOPIC)  # ways of narrowing that have their chips on the sheet


class Hits(QFrame):
    """`chosen(ItemHit)`: Enter or a click; `looked_at(ItemHit or None)`: the current line changed."""

    chosen = Signal(object)
    looked_at = Signal(object)
    tab_changed = Signal()
    filter_changed = Signal()
    sheet_changed = Signal(bool)

    def __init__(self, kit: Kit, texts: Texts, channel: Channel, parent: QWidget) -> None:
        super().__init__(parent)
        self._filling = False
        self.wanted, self._facets = EVERYTHING, Facets()
        self.setObjectName("hits_panel")
        self.setProperty("role", "card")
        self._texts = texts
        self.tab = Tab.ALL
        self._group = QButtonGroup(self)
        self._tabs = {tab: kit.choice(texts[f"counter.tab.{tab.value}"], on=tab is Tab.ALL) for tab in Tab}
        for tab, button in self._tabs.items():
            button.setObjectName(f"tab_{tab.value}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._group.addButton(button)
            button.clicked.connect(lambda _checked=False, t=tab: self.show_tab(t))
        self._whom = {a: kit.choice(texts[f"counter.audience.{a.value}"]) for a in Audience}
        for whom, button in self._whom.items():
            button.setObjectName(f"only_{whom.value}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, a=whom: self.only_for(a))
        for whom, key in zip(Audience, ("Ctrl+P", "Ctrl+E"), strict=True):
            self._whom[whom].setToolTip(key)
        self._body = kit.choice(texts["counter.only_department"])
        self._body.setObjectName("only_department")
        self._body.setToolTip("Ctrl+B")
        self._body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body.clicked.connect(self.only_department)
        self._filters = kit.choice(texts["filter.title"])
        self._filters.setObjectName("filters")
        self._filters.setToolTip("Ctrl+F")
        self._filters.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._filters.clicked.connect(lambda: self.show_sheet(self.sheet.isHidden()))
        self.sheet: FilterSheet = FilterSheet(kit, texts, MORE)
        self.sheet.changed.connect(self._narrow)
        self.sheet.left.connect(lambda: self.show_sheet(False))
        self.sheet.hide()
        self._found = kit.text("", "caption", "muted", name="hits_found")
        self._empty = kit.text("", "body", "muted", wrap=True, name="hits_empty", align="center")
        self._more = kit.text("", "caption", "muted")
        self._model = HitLines(self)
        self._painter = HitPainter(kit, texts, channel, self)
        self.list = _make_list(texts, self._model, self._painter, self)
        filters = (*self._whom.values(), self._body, self._filters)
        head = box(
            row(*self._tabs.values(), 16, *filters, None, self._found, gap=4), (12, 0, 16, 0), fixed=(0, HEAD)
        )
        self.setLayout(col(head, self.sheet, self.list, self._empty, self._foot(kit), gap=0))
        self.list.clicked.connect(lambda index: self.chosen.emit(index.data(CELL)))
        self.list.selectionModel().currentChanged.connect(self._current_changed)
        self.hide()

    def _foot(self, kit: Kit) -> QFrame:
        keys: list[Part] = []
        for key, word in (
            ("↑↓", "move"),
            ("Enter", "take"),
            ("Tab", "tab"),
            ("Ctrl+D", "keep"),
            ("Ctrl+F", "filter"),
            ("Esc", "close"),
        ):
            keys += [kit.key(key), kit.text(self._texts[f"counter.search_{word}"], "caption", "muted"), 8]
        ways = kit.text(self._texts["counter.search_ways"], "caption", "muted")
        return box(
            row(*keys, None, self._more, 16, ways, gap=4), (16, 0, 16, 0), role="foot", fixed=(0, FOOT)
        )

    # -- filters ---------------------------------------------------------------------------------

    def narrow(self, key: Qt.Key) -> bool:
        """Ctrl+P persons, Ctrl+E enterprises, Ctrl+B this line's department (again: all), Ctrl+F the rest."""
        if key == Qt.Key.Key_F:
            self.show_sheet(True)
        elif key == Qt.Key.Key_B:
            self.only_department()
        elif key in (Qt.Key.Key_P, Qt.Key.Key_E):
            self.only_for(Audience.PERSON if key == Qt.Key.Key_P else Audience.ENTERPRISE)
        else:
            return False
        return True

    def only_for(self, audience: Audience) -> None:
        """Only items for these; asked again, for all."""
        self._narrow(replace(self.wanted, audience=None if self.wanted.audience is audience else audience))

    def only_department(self) -> None:
        """Only items of the current line's department; asked again, of all."""
        hit, department = self.current(), self.wanted.department
        chosen = "" if department or hit is None else hit.department
        self._narrow(replace(self.wanted, department=chosen))

    def _narrow(self, wanted: Narrowing) -> None:
        self.wanted = wanted
        for whom, button in self._whom.items():
            button.setChecked(whom is wanted.audience)
        self._body.setChecked(bool(wanted.department))
        self._body.setToolTip(wanted.department or "Ctrl+B")
        self.sheet.show_wanted(wanted)
        self._say_filters()
        self.filter_changed.emit()

    def show_facets(self, facets: Facets) -> None:
        """How much of the catalog each filter would leave; one that leaves nothing cannot be chosen."""
        if facets == self._facets:
            return
        self._facets = facets
        self.sheet.show_facets(facets)
        for whom, button in self._whom.items():
            button.setEnabled(facets.audiences.get(whom.value, 0) > 0)
        self._say_filters()

    def _say_filters(self) -> None:
        texts, words = self._texts, said(self._texts, self._facets, self.wanted, MORE)
        self._filters.setChecked(bool(words) or not self.sheet.isHidden())
        self._filters.setText(texts.say("filter.chosen", words=words) if words else texts["filter.title"])
        self._filters.setToolTip(words or "Ctrl+F")

    def show_sheet(self, on: bool) -> None:
        """The filters in the place of the list; the keyboard goes there, and back when it closes."""
        self.sheet.setVisible(on)
        self._say_filters()
        self._stand()
        if on:
            self.sheet.take_keyboard()
        self.sheet_changed.emit(on)

    def show_kept(self, codes: frozenset[str]) -> None:
        """Mark the favourites among the hits."""
        self._painter.kept = codes
        self.list.viewport().update()

    # -- content ---------------------------------------------------------------------------------

    def show_hits(self, hits: Sequence[ItemHit], summary: str, empty: str) -> None:
        """Best first; the first is current, so that Enter takes it.  `empty`: said when there are none."""
        self._filling = True  # the edge of the page is not emptied between two lists
        self._model.show(hits)
        self._filling = False
        set_text(self._found, summary)
        set_text(self._empty, empty)
        rows = min(len(hits), MOST_ROWS)
        self.list.setFixedHeight(ROW_HEIGHT * rows)
        self._empty.setFixedHeight(0 if hits else EMPTY)
        self._stand()
        set_text(
            self._more, self._texts.say("counter.hit_more", n=len(hits) - rows) if len(hits) > rows else ""
        )
        if hits:
            self.list.setCurrentIndex(self._model.index(0, 0))
        else:
            self.looked_at.emit(None)

    def _stand(self) -> None:
        """One of sheet, list and the word that there is nothing."""
        sheet, hits = not self.sheet.isHidden(), self._model.rowCount() > 0
        self.list.setVisible(hits and not sheet)
        self._empty.setVisible(not hits and not sheet)

    def _current_changed(self, now: QModelIndex, _old: QModelIndex) -> None:
        if not self._filling:
            self.looked_at.emit(now.data(CELL))

    def current(self) -> ItemHit | None:
        hit: ItemHit | None = self.list.currentIndex().data(CELL)
        return hit

    def hits(self) -> list[ItemHit]:
        return list(self._model.hits)

    def move(self, step: int) -> None:  # type: ignore[override]
        """One line down (1) or up (-1); stops at the ends."""
        rows = self._model.rowCount()
        if rows:
            to = max(0, min(rows - 1, self.list.currentIndex().row() + step))
            self.list.setCurrentIndex(self._model.index(to, 0))

    def show_tab(self, tab: Tab) -> None:
        self._tabs[tab].setChecked(True)
        if tab is not self.tab:
            self.tab = tab
            self.tab_changed.emit()

    def next_tab(self) -> None:
        tabs = list(Tab)
        self.show_tab(tabs[(tabs.index(self.tab) + 1) % len(tabs)])

    def height_wanted(self) -> int:
        rows = min(self._model.rowCount(), MOST_ROWS)
        body = ROW_HEIGHT * rows if rows else EMPTY
        return HEAD + (body if self.sheet.isHidden() else SHEET) + FOOT + 2


def _make_list(texts: Texts, model: HitLines, painter: HitPainter, parent: Hits) -> QListView:
    view = QListView(parent)
    view.setObjectName("hits")
    view.setAccessibleName(texts["counter.hits"])
    view.setModel(model)
    view.setItemDelegate(painter)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setUniformItemSizes(True)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    opaque(view)
    return view
