"""Finding an item: the search of the counter, its lists and filters, and the line at hand.

As there, every keystroke asks at once, and older questions that still wait are not asked any more.

Names for tours and tests: <name>_search, <name>_hits, <name>_tab_<tab>, <name>_keep, <name>_filter_<kind>
"""

from concurrent.futures import Future

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit

from app.domain.catalog import Channel, ItemHit
from app.domain.narrowing import EVERYTHING
from app.domain.operator import Operator
from app.errors import AppError
from app.services import favourites
from app.services.finding import Found, Question, Tab, find
from ui import icons
from ui.desk import Desk
from ui.finding.boxes import FilterBoxes
from ui.finding.choices import AUDIENCE, CHANNEL, DEPARTMENT, THEME, TOPIC
from ui.pages.catalog.hit_list import HitList
from ui.pages.counter.steps import set_text
from ui.widgets.kit import Kit, box, col, row

LIMIT, WIDTH = 100, 480


class Finder(QFrame):
    """`chosen(code)`: the line at hand is another one; `taken(code)`: Enter or a double click.

    Enter before the answer takes the first line of the answer, never one of the list before.
    """

    chosen = Signal(str)
    taken = Signal(str)
    trouble = Signal(object)

    def __init__(self, kit: Kit, desk: Desk, channel: Channel, name: str) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._asked = self._shown = 0
        self._asking: Future[Found] = Future()
        self._shown_text, self._take_shown = "", False
        self._name, self._operator = name, desk.operator
        self._first: favourites.First | None = None
        self.tab = Tab.ALL
        self.field = kit.field(hint=self._texts["counter.search_hint"], name=f"{name}_search", h=40)
        glass = icons.icon("search", 18, kit.pal.muted, kit.pal.muted)
        self.field.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self.filters = FilterBoxes(self._texts, (DEPARTMENT, AUDIENCE, THEME, TOPIC, CHANNEL), name)
        self.filters.changed.connect(lambda _wanted: self.search())
        self.list = HitList(kit, self._texts, channel, f"{name}_hits")
        self.list.looked_at.connect(self._looked_at)
        self.list.activated.connect(lambda _index: self.take())
        self.list.installEventFilter(self)
        self._found = kit.text("", "caption", "muted", name=f"{name}_found")
        self._none = kit.text("", "body", "muted", wrap=True, align="center", name=f"{name}_none")
        self._keep = kit.button(self._texts["counter.star"], "quiet", "Ctrl+D", name=f"{name}_keep", h=32)
        self._keep.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._keep.clicked.connect(self.keep)
        self._lay_out()
        self.field.textChanged.connect(lambda _text: self.search())

    def _lay_out(self) -> None:
        self._group = QButtonGroup(self)
        self._tabs = {tab: self._kit.choice(self._texts[f"counter.tab.{tab.value}"], h=32) for tab in Tab}
        for tab, button in self._tabs.items():
            button.setCheckable(True)
            button.setChecked(tab is self.tab)
            button.setObjectName(f"{self._name}_tab_{tab.value}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, t=tab: self.show_tab(t))
            self._group.addButton(button)
        lists = row(*self._tabs.values(), None, self._keep, gap=4)
        layout = col(self.field, lists, self.filters, self._found, self.list, self._none, gap=8)
        for part in (self.list, self._none):  # what stands above keeps its place when nothing is found
            layout.setStretchFactor(part, 1)
        layout.setContentsMargins(12, 12, 12, 12)
        self.setLayout(layout)

    # -- the question ------------------------------------------------------------------------------

    def signed_in(self, operator: Operator) -> None:
        self._operator, self._first = operator, None

    def entered(self) -> None:
        """Come into sight: what is used here, and what the catalog has, may have changed."""
        self._first = None
        self.search()
        self.field.setFocus()

    @property
    def wanted(self) -> Question:
        return Question(self.field.text().strip(), self.tab, self.filters.wanted, None, LIMIT)

    @property
    def settled(self) -> bool:
        """Whether the list answers what stands in the field."""
        return self._shown == self._asked

    @property
    def _operator_id(self) -> str:
        return "" if self._operator is None else self._operator.operator_id

    def look_for(self, code: str) -> None:
        """That one item, whatever the list was narrowed to."""
        self.show_tab(Tab.ALL)
        self.filters.show_wanted(EVERYTHING)
        self.field.setText(code)

    def search(self) -> None:
        """The newest question wins."""
        self._asked += 1
        ticket, office, operator, known = self._asked, self._desk.office, self._operator_id, self._first
        question = self.wanted
        self._asking.cancel()  # where a quick hand was quicker
        self._take_shown = False
        self._asking = self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: find(office, operator, question, known),
            owner=self,
            done=lambda found: self._show(found, ticket),
            failed=lambda error: self._unanswered(error, ticket),
        )

    def show_tab(self, tab: Tab) -> None:
        self._tabs[tab].setChecked(True)
        if tab is not self.tab:
            self.tab = tab
            self.search()

    def next_tab(self) -> None:
        tabs = list(Tab)
        self.show_tab(tabs[(tabs.index(self.tab) + 1) % len(tabs)])

    # -- the answer --------------------------------------------------------------------------------

    def _show(self, found: Found, ticket: int) -> None:
        if ticket != self._asked:
            return
        self._shown = ticket
        self._first = found.first
        self.filters.show_facets(found.facets)
        hits = found.hits
        self.list.show_kept(found.first.kept)
        self.list.show_hits(hits, keep=found.query == self._shown_text)
        self._shown_text = found.query
        self.list.setVisible(bool(hits))
        self._none.setVisible(not hits)
        set_text(self._none, self._nothing())
        n = f"{LIMIT}+" if len(hits) >= LIMIT else str(len(hits))
        set_text(self._found, self._texts.say("guide.found", n=n))
        if not hits:
            self.chosen.emit("")
        if self._take_shown:
            self.take()

    def _nothing(self) -> str:
        """Why the list is empty."""
        own = self.tab is not Tab.ALL and not self.wanted.text and self.filters.wanted == EVERYTHING
        return self._texts[f"counter.empty_{self.tab.value}" if own else "guide.none"]

    def _unanswered(self, error: AppError, ticket: int) -> None:
        self._shown = ticket
        self.trouble.emit(error)

    def _looked_at(self, hit: ItemHit | None) -> None:
        self._say_kept(hit)
        self.chosen.emit(hit.code if hit else "")

    def take(self) -> None:
        """The line at hand; of a list that is still being asked for, as soon as it is there."""
        self._take_shown = not self.settled
        hit = self.list.current()
        if self.settled and hit is not None:
            self.taken.emit(hit.code)

    # -- favourites --------------------------------------------------------------------------------

    def keep(self) -> None:
        """Make the line at hand a favourite, or none any more."""
        hit = self.list.current()
        if hit is None or not self._operator_id:
            return
        office, operator = self._desk.office, self._operator_id
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: favourites.toggle(office, operator, hit.code),
            owner=self,
            done=lambda added: self._marked(hit, added),
            failed=self.trouble.emit,
        )

    def _marked(self, hit: ItemHit, added: bool) -> None:
        kept = self._first.kept if self._first else frozenset()
        self.list.show_kept(kept | {hit.code} if added else kept - {hit.code})
        self._first = None
        self._say_kept(self.list.current())
        if self.tab is Tab.KEPT:
            self.search()

    def _say_kept(self, hit: ItemHit | None) -> None:
        kept = hit is not None and hit.code in self.list.kept
        self._keep.setText(self._texts["filter.drop" if kept else "filter.keep"])
        self._keep.setEnabled(hit is not None and bool(self._operator_id))

    # -- keys --------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows walk the list while the cursor stays in the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return self._with_control(event.key())
            if watched is self.field:
                return self._in_field(event.key())
        return super().eventFilter(watched, event)

    def _in_field(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.list.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        else:
            return False
        return True

    def _with_control(self, key: int) -> bool:
        """The counter's keys: Ctrl+D keeps; Ctrl+P, Ctrl+E, Ctrl+B narrow; Ctrl+F to the filters."""
        if key == Qt.Key.Key_D:
            self.keep()
        elif key == Qt.Key.Key_F:
            self.filters.take_keyboard()
        elif key == Qt.Key.Key_B:
            hit = self.list.current()
            self.filters.switch(DEPARTMENT, hit.department if hit else "")
        elif key in (Qt.Key.Key_P, Qt.Key.Key_E):
            self.filters.switch(AUDIENCE, "person" if key == Qt.Key.Key_P else "enterprise")
        else:
            return False
        return True


def framed(*parts: QFrame) -> QFrame:
    """Parts beside each other, the last one as wide as it can be."""
    line = row(*parts, gap=16)
    line.setStretch(len(parts) - 1, 1)
    return box(line)
