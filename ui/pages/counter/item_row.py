"""The row of the service item: a search field while none is chosen, then the item's facts.

A search runs on the catalog's own thread, at once with every keystroke; older questions that still
wait are not asked any more and their answers are dropped, so the list belongs to what stands in the field.
"""

from concurrent.futures import Future

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QStackedLayout, QWidget

from app.domain.catalog import CaseType, Item, ItemHit, parse_item_code
from app.errors import AppError
from app.services import favourites
from app.services.finding import Found, Question, Tab, find
from app.services.intake import pinned_item
from app.texts import Texts
from ui import icons
from ui.desk import Desk
from ui.pages.counter.hits import Hits
from ui.pages.counter.session import IntakeSession
from ui.pages.counter.steps import StepRow, set_text
from ui.widgets.cells import TONE_ICON
from ui.widgets.kit import Kit, box, clear, row, stack

LOOK_MS = 120  # the page's edge follows when the hand rests, not at every key
LIMIT = 50


class ItemRow(StepRow):
    """`item_chosen`: an item was taken over; `looked_at(Item or None)`: the one under the cursor."""

    item_chosen = Signal()
    looked_at = Signal(object)
    trouble = Signal(object)

    def __init__(self, kit: Kit, desk: Desk, session: IntakeSession) -> None:
        texts = desk.office.texts
        super().__init__(kit, texts["counter.step.item"])
        self._kit, self._desk, self._session, self._texts = kit, desk, session, texts
        self._asked, self._shown, self._peeked = 0, 0, 0
        self._asking: Future[Found] = Future()
        self._take_first = False
        self._searching = False
        self._first: favourites.First | None = None
        self._hits: Hits | None = None
        self.field = kit.field(hint=texts["counter.search_hint"], name="item_search", h=40)
        glass = icons.icon("search", 18, kit.pal.muted, kit.pal.muted)
        self.field.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.field.installEventFilter(self)
        self._name = kit.text("", "title", name="item_name")
        self._variant = kit.text("", "title", "primary", name="item_variant")
        self._news = row(gap=0)
        self._news_said = ("", "")
        self._facts = kit.text("", "body", "muted", name="item_facts")
        self._change = kit.button(texts["counter.change_item"], "quiet", "F3", name="change_item")
        words = stack(row(self._name, self._variant, self._news, None, gap=8), self._facts, gap=2)
        self._pages = QStackedLayout()
        self._pages.addWidget(box(row(self.field, 8, gap=0)))
        self._pages.addWidget(box(row(words, None, self._change, gap=8)))
        holder = QWidget()
        holder.setLayout(self._pages)
        self.put(holder, wide=holder)
        self._looking: ItemHit | None = None
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._fetch_looked_at)
        self._opening = QTimer(self, singleShot=True, interval=0)
        self._opening.timeout.connect(self._search)
        self.field.textChanged.connect(lambda _text: self._typed())
        self._change.clicked.connect(self.search)

    # -- state -----------------------------------------------------------------------------------

    @property
    def searching(self) -> bool:
        """Whether the list is open."""
        return self._hits is not None and self._hits.isVisible()

    @property
    def settled(self) -> bool:
        """Whether the list answers what stands in the field."""
        return self._shown == self._asked and not self._opening.isActive()

    def refresh(self) -> None:
        item = self._session.intake.item
        self._pages.setCurrentIndex(0 if item is None or self._searching else 1)
        if item is None:
            self.set_state("now" if self._session.intake.applicant else "todo")
            return
        self.set_state("done")
        base, variant = name_parts(item)
        set_text(self._name, base)
        set_text(self._variant, variant)
        self._variant.setVisible(bool(variant))
        set_text(self._facts, item_facts(self._texts, item))

    def show_news(self, tone: str, word: str) -> None:
        """A pill beside the name: the item changed in the catalog meanwhile; "": it did not."""
        if (tone, word) != self._news_said:
            self._news_said = (tone, word)
            clear(self._news)
            if word:
                self._news.addWidget(self._kit.pill(word, tone, TONE_ICON[tone], name="item_news"))

    def search(self, text: str = "") -> None:
        """Open the field (F3); the item stays chosen until another one is."""
        self._searching = True
        self.refresh()
        if isinstance(text, str) and text:
            self.field.setText(text)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._open()

    def close_search(self) -> None:
        self._searching = False
        self._asking.cancel()
        self._opening.stop()
        self._asked += 1
        if self._hits is not None:
            self._hits.hide()
            self._hits.sheet.hide()
        self.looked_at.emit(None)
        self.refresh()

    # -- the list --------------------------------------------------------------------------------

    def hits(self) -> Hits:
        """The list, made when it is first needed and the row stands in its window."""
        if self._hits is None:
            hits = Hits(self._kit, self._texts, self._session.profile.channel, self.window())
            hits.chosen.connect(self._take)
            hits.looked_at.connect(self._peek)
            hits.tab_changed.connect(self._search)
            hits.filter_changed.connect(self._search)
            hits.sheet_changed.connect(self._sheet_changed)
            hits.sheet.deserted.connect(self.close_search)
            self._hits = hits
        return self._hits

    def _open(self) -> None:
        """Once, however often the cursor comes, and after what is being shown; each time asked anew."""
        self._first = None  # what is used here may have changed
        self._opening.start()

    def _typed(self) -> None:
        if self.field.hasFocus() or self.searching:
            self._search()

    def _search(self) -> None:
        """What goes first is asked of the store once each time the list opens."""
        self._opening.stop()
        self._asked += 1
        ticket, office, operator, known = self._asked, self._desk.office, self._operator_id, self._first
        question = self._question()
        self._asking.cancel()  # where a quick hand was quicker
        self._asking = self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: find(office, operator, question, known),
            owner=self,
            done=lambda found: self._show(found, ticket),
            failed=lambda error: self.trouble.emit(error),
        )

    def _question(self) -> Question:
        shown, here = self.hits(), self._session.profile.channel
        return Question(self.field.text().strip(), shown.tab, shown.wanted, here, LIMIT)

    def _sheet_changed(self, opened: bool) -> None:
        """The filters lie in the place of the list; the cursor comes back when they close."""
        self._place(self.hits())
        if not opened and self.searching:
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def _operator_id(self) -> str:
        operator = self._session.operator
        return "" if operator is None else operator.operator_id

    def _keep(self, hit: ItemHit | None) -> None:
        """Make the current line a favourite, or none any more."""
        if hit is None or not self._operator_id:
            return
        office, operator = self._desk.office, self._operator_id
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: favourites.toggle(office, operator, hit.code),
            owner=self,
            done=lambda added: self._marked(hit.code, added),
            failed=lambda error: self.trouble.emit(error),
        )

    def _marked(self, code: str, added: bool) -> None:
        kept = self._first.kept if self._first else frozenset()
        self.hits().show_kept(kept | {code} if added else kept - {code})
        self._first = None
        if self.hits().tab is Tab.KEPT:
            self._search()

    def _show(self, found: Found, ticket: int) -> None:
        if ticket != self._asked:
            return  # a newer question is on its way
        hits = self.hits()
        key = "counter.found_elsewhere" if found.everywhere and found.hits else "counter.found"
        n = f"{LIMIT}+" if len(found.hits) >= LIMIT else str(len(found.hits))
        summary = self._texts.say(key if found.query else "counter.found_all", total=found.total, n=n)
        empty = "counter.found_none" if found.query and found.total else f"counter.empty_{hits.tab.value}"
        self._first = found.first
        hits.show_kept(found.first.kept)
        hits.show_facets(found.facets)
        hits.show_hits(found.hits, summary, self._texts.say(empty, text=found.query))
        self._place(hits)
        self._shown = ticket
        if self._take_first and found.query:
            self._take(hits.current())
        self._take_first = False

    def _enter(self) -> None:
        """Take the first line; of a list that is still being asked for, as soon as it is there."""
        if self.settled and self.searching:
            self._take(self.hits().current())
        else:
            self._take_first = True
            self._search()

    def _place(self, hits: Hits) -> None:
        window = self.window()
        at = self.field.mapTo(window, QPoint(0, self.field.height()))
        height = min(hits.height_wanted(), window.height() - at.y() - 16)
        hits.setGeometry(at.x(), at.y() + 8, self.field.width(), height)
        hits.show()
        hits.raise_()

    def _peek(self, hit: ItemHit | None) -> None:
        """Once the hand rests, fetch the item under the cursor: the right edge shows what it asks for."""
        self._peeked += 1
        self._looking = hit
        if hit is None:
            self._look.stop()
            self.looked_at.emit(None)
        else:
            self._look.start()

    def _fetch_looked_at(self) -> None:
        ticket, hit = self._peeked, self._looking
        if hit is None:
            return
        office, code = self._desk.office, hit.code
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: office.catalog.item(code),
            owner=self,
            done=lambda item: (
                self.looked_at.emit(item) if ticket == self._peeked and self.searching else None
            ),
            failed=lambda error: self.trouble.emit(error),
        )

    def _take(self, hit: ItemHit | None) -> None:
        if hit is not None:
            self.take_code(hit.code)

    def take_code(self, code: str) -> None:
        """Take an item over by its code; only the signed catalog counts."""
        office = self._desk.office
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: pinned_item(office, code)[0],
            owner=self,
            done=self._taken,
            failed=self._refused,
        )

    def _taken(self, item: Item) -> None:
        session = self._session
        self.close_search()
        with QSignalBlocker(self.field):  # emptied, not asked for everything
            self.field.clear()
        session.apply(session.intake.with_item(item, preselect=session.profile.preselect_situations))
        self.refresh()
        self.item_chosen.emit()

    def _refused(self, error: AppError) -> None:
        self.close_search()
        self.trouble.emit(error)

    # -- keys ------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._key(event)
            if event.key() == Qt.Key.Key_Escape and self.searching:
                event.accept()  # the list closes first, before any shortcut of the page
                return True
        if event.type() == QEvent.Type.FocusIn and not self.searching and self.isVisible():
            self._open()
        elif event.type() == QEvent.Type.FocusOut and self._left_for_good():
            self.close_search()
        return super().eventFilter(watched, event)

    def _left_for_good(self) -> bool:
        """Not while the pointer is on the list, nor when the whole window lost the keyboard."""
        if self._hits is None or not self.window().isActiveWindow() or self._hits.underMouse():
            return False
        now = QApplication.focusWidget()
        return now is None or not self._hits.isAncestorOf(now)

    def _key(self, event: QKeyEvent) -> bool:
        key, hits = event.key(), self.hits()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            hits.move(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        elif key == Qt.Key.Key_Tab and self.searching:
            hits.next_tab()
        elif key == Qt.Key.Key_Escape and self.searching:
            self.close_search()
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and self.searching:
            if key == Qt.Key.Key_D:
                self._keep(hits.current())
            else:
                return hits.narrow(Qt.Key(key))
        else:
            return False
        return True


def name_parts(item: Item) -> tuple[str, str]:
    """Base name and variant: long names differ at the end, so the end is what must be seen."""
    base = item.name.removesuffix(item.variant).rstrip(
        " -(\uff08\u2014"
    )  # the same signs in full width if item.variant else item.name
    return (base, item.variant) if base and base != item.name else (item.name, "")


def item_facts(texts: Texts, item: Item) -> str:
    """Department, type, promise, visits: what the catalog says, nothing where it is silent."""
    parts = [item.department]
    code = parse_item_code(item.code)
    if code is not None and code.type_word_key in texts:
        parts.append(texts[code.type_word_key])
    if item.case_type is not CaseType.OTHER:
        parts.append(texts[f"counter.case_type.{item.case_type.value}"])
    if item.promise_days:
        parts.append(texts.say("counter.days", n=item.promise_days))
    if item.visits is not None:
        parts.append(texts.say("counter.visits", n=item.visits))
    return texts["ui.dot"].join(part for part in parts if part)
