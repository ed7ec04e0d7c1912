"""目录: find an item and read its guide; 一件事 with its picture; what the catalog's quality is."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.domain.catalog import CatalogInfo, Item
from app.domain.operator import Operator
from app.domain.situation import Answers
from app.errors import AppError
from ui.desk import Desk
from ui.files import FileChoices
from ui.pages.catalog.bundles import BundleTab
from ui.pages.catalog.finder import WIDTH, Finder, framed
from ui.pages.catalog.guide import GuideView
from ui.pages.counter.item_row import LOOK_MS
from ui.pages.counter.notices import Notices
from ui.pages.counter.steps import set_text
from ui.profile import Profile
from ui.widgets.kit import KeyButton, Kit, box, col, row

FIND, BUNDLE = "find", "bundle"
_NO_NAME = str.maketrans(dict.fromkeys('<>:"/\\|?*'))  # not in the name of a file


class CatalogPage(QWidget):
    """`begin(code)`: an intake with that item; `begin_series(items, answers)`: several, one after another."""

    begin = Signal(str)
    begin_series = Signal(object, object)

    def __init__(self, kit: Kit, desk: Desk, profile: Profile, files: FileChoices) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._peeked = 0
        self._at_hand = self._wished = ""
        self._look = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._look.timeout.connect(self._fetch)
        self._files = files
        self.notices = Notices(kit, self._texts)
        self.finder = Finder(kit, desk, profile.channel, "catalog")
        self.guide = GuideView(kit, self._texts, profile.channel)
        self.bundles = BundleTab(kit, desk, profile.channel)
        self._version = kit.text("", "body", "muted", name="catalog_version")
        self._tabs: dict[str, QWidget] = {}
        self._buttons: dict[str, KeyButton] = {}
        self._switch = row(gap=4)
        self._stack = QStackedLayout()
        self.tab = FIND
        self._lay_out()
        left = box(col(self.finder, gap=0), role="card", fixed=(WIDTH, 0))
        self.add_tab(FIND, framed(left, self.guide))
        self.add_tab(BUNDLE, self.bundles)
        self._wire()
        self.show_tab(FIND)

    def _lay_out(self) -> None:
        pages = QWidget()
        pages.setLayout(self._stack)
        title = self._kit.text(self._texts["ui.nav.catalog"], "h2")
        head = row(title, 8, self._switch, None, self._version, gap=8)
        layout = col(self.notices, box(head, fixed=(0, 40)), pages, gap=12)
        layout.setContentsMargins(16, 12, 16, 12)
        self.setLayout(layout)

    def _wire(self) -> None:
        self.finder.chosen.connect(self._peek)
        self.finder.taken.connect(self._take)
        self.guide.wanted.connect(self.begin)
        self.bundles.guide_wanted.connect(self.show_guide)
        self.bundles.begin.connect(self._series)
        self.bundles.view.pdf_wanted.connect(self.save_pdf)
        for part in (self.finder, self.bundles):
            part.trouble.connect(self.notices.tell)
        for key, slot in (
            ("Ctrl+Return", self.use), ("Ctrl+Enter", self.use), ("F3", self.find_item),
            ("Ctrl+S", self.save_pdf),
        ):  # fmt: skip
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def add_tab(self, name: str, widget: QWidget) -> None:
        """`name` is also the object name `catalog_tab_<name>` and the key `guide.tab.<name>`.

        A widget with `entered()` is told when it comes into sight.
        """
        self._tabs[name] = widget
        self._stack.addWidget(widget)
        button = self._kit.button(
            self._texts[f"guide.tab.{name}"], "seg", on=False, h=32, name=f"catalog_tab_{name}"
        )
        button.clicked.connect(lambda: self.show_tab(name))
        self._buttons[name] = button
        self._switch.addWidget(button)

    # -- coming and going --------------------------------------------------------------------------

    def entered(self) -> None:
        catalog = self._desk.office.catalog
        self._desk.tasks.run(
            self._desk.catalog_executor,
            catalog.info,
            owner=self,
            done=self._show_info,
            failed=self.notices.tell,
        )
        self.show_tab(self.tab)

    def signed_in(self, operator: Operator) -> None:
        """Favourites and what goes first are one person's."""
        self.finder.signed_in(operator)
        self.bundles.finder.signed_in(operator)

    def left(self) -> None:
        """Nothing runs on here."""

    def show_tab(self, name: str) -> None:
        self.tab = name
        self.notices.drop("saved")
        for key, button in self._buttons.items():
            button.setChecked(key == name)
        widget = self._tabs[name]
        self._stack.setCurrentWidget(widget)
        if not self.isVisible():
            return
        if name == FIND:
            self.finder.entered()
        elif hasattr(widget, "entered"):
            widget.entered()

    def find_item(self) -> None:
        """F3."""
        self.show_tab(FIND)
        self.finder.field.selectAll()

    def use(self) -> None:
        """Ctrl+Enter: begin with what is at hand."""
        if self.tab == FIND:
            self.finder.take()
        elif self.tab == BUNDLE:
            self.bundles.view.use()

    def save_pdf(self) -> None:
        """Ctrl+S: the picture of a 一件事 as a file, to print or to give away."""
        view = self.bundles.view
        if self.tab != BUNDLE or view.composition is None:
            return
        name = view.title.translate(_NO_NAME)
        path = self._files.save_pdf(self, f"{name}.pdf")
        if path is None:
            return
        data = view.pdf(self._version.text())
        self._desk.tasks.run(
            self._desk.store_executor,
            lambda: self._files.write(path, data),
            owner=self,
            done=lambda _none: self._saved(path.name),
            failed=self.notices.tell,
        )

    def _saved(self, name: str) -> None:
        self.notices.say("saved", "ok", self._texts.say("counter.done.saved", file=name), "")

    def show_guide(self, code: str) -> None:
        """The guide of one item, from wherever it was asked for."""
        self.finder.look_for(code)
        self.show_tab(FIND)
        self._peek(code)
        self._fetch()

    # -- what is shown -----------------------------------------------------------------------------

    def _show_info(self, info: CatalogInfo | None) -> None:
        words = (
            "" if info is None else self._texts.say("guide.version", version=info.version, items=info.items)
        )
        set_text(self._version, words)

    @property
    def settled(self) -> bool:
        """Whether the guide is of the line at hand."""
        return (self.guide.item.code if self.guide.item else "") == self._at_hand

    def _peek(self, code: str) -> None:
        """Once the hand rests, fetch the item at hand: a guide takes longer than a key may."""
        self._peeked += 1
        self._at_hand, self._wished = code, ""
        if code:
            self._look.start()
        else:
            self._look.stop()
            self.guide.show_item(None)

    def _fetch(self) -> None:
        """The newest question wins."""
        self._look.stop()
        ticket, code, catalog = self._peeked, self._at_hand, self._desk.office.catalog
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: catalog.item(code),
            owner=self,
            done=lambda item: self._show_item(item) if ticket == self._peeked else None,
            failed=self._failed,
        )

    def _take(self, code: str) -> None:
        """Begin with that item, as soon as its guide is there: never with the one before."""
        if self.guide.item is not None and self.guide.item.code == code:
            self.guide.use()
        else:
            self._at_hand = self._wished = code
            self._fetch()

    def _show_item(self, item: Item | None) -> None:
        if item is None or item != self.guide.item:
            self.guide.show_item(item)
        wished, self._wished = self._wished, ""
        if item is not None and item.code == wished:
            self.guide.use()

    def _failed(self, error: AppError) -> None:
        self.notices.tell(error)

    def _series(self) -> None:
        view = self.bundles.view
        answers: Mapping[str, Answers] = view.answers_by_item()
        self.begin_series.emit(view.items, answers)
