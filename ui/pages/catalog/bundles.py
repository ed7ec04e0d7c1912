"""一件事: the catalog's bundles, and 一件事随心办, where a person picks the items."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.domain.catalog import Bundle, Channel, Item
from app.errors import AppError
from ui.desk import Desk
from ui.pages.catalog.composition import CompositionView
from ui.pages.catalog.finder import WIDTH, Finder
from ui.widgets.kit import KeyButton, Kit, box, clear, col, restyle, row

MOST = 12  # items picked freely: more cannot be looked over


class BundleTab(QWidget):
    """`guide_wanted(code)`; `begin(codes)`: take the cases of these items one after another."""

    guide_wanted = Signal(str)
    begin = Signal()
    trouble = Signal(object)

    def __init__(self, kit: Kit, desk: Desk, channel: Channel) -> None:
        super().__init__()
        self._kit, self._desk, self._texts = kit, desk, desk.office.texts
        self._bundles: tuple[Bundle, ...] = ()
        self._lines: list[KeyButton] = []
        self._current: Bundle | None = None
        self.picked: tuple[str, ...] = ()
        self._asked = 0
        self.free = False
        self.view = CompositionView(kit, self._texts)
        self.view.opened.connect(self.guide_wanted)
        self.view.wanted.connect(self.begin)
        self.finder = Finder(kit, desk, channel, "bundle")
        self.finder.taken.connect(self.pick)
        self.finder.trouble.connect(self.trouble)
        self._ways = {
            way: kit.button(self._texts[f"bundle.{way}"], "seg", on=way == "ready", h=32, name=f"way_{way}")
            for way in ("ready", "free")
        }
        self._list = QVBoxLayout()
        self._chosen = QVBoxLayout()
        self._lay_out()
        for way, button in self._ways.items():
            button.clicked.connect(lambda _checked=False, w=way: self.show_way(w))

    def _lay_out(self) -> None:
        kit, texts = self._kit, self._texts
        for column in (self._list, self._chosen):
            column.setSpacing(0)
            column.setContentsMargins(0, 0, 0, 0)
        self._none = kit.text(texts["bundle.none"], "body", "muted", wrap=True, align="center")
        ready = box(col(self._list, self._none, None, gap=0))
        hint = kit.text(texts["bundle.pick_hint"], "caption", "muted", wrap=True)
        picked = box(col(hint, self._chosen, gap=4), (12, 0, 12, 0))
        free = box(col(self.finder, picked, gap=0))
        self._stack = QStackedLayout()
        self._stack.addWidget(ready)
        self._stack.addWidget(free)
        stack = QWidget()
        stack.setLayout(self._stack)
        ways = box(row(*self._ways.values(), None, gap=4), (12, 12, 12, 8))
        left = box(col(ways, stack, gap=0), (0, 0, 0, 12), role="card", fixed=(WIDTH, 0))
        layout = row(left, self.view, gap=16)
        layout.setStretch(1, 1)
        layout.setContentsMargins(0, 0, 0, 0)
        self.setLayout(layout)

    # -- ready-made --------------------------------------------------------------------------------

    def entered(self) -> None:
        self._ask()
        if self.free:
            self.finder.field.setFocus()

    def _ask(self) -> None:
        catalog = self._desk.office.catalog
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: tuple(catalog.bundles()),
            owner=self,
            done=self._show_bundles,
            failed=self.trouble.emit,
        )

    def _show_bundles(self, bundles: tuple[Bundle, ...]) -> None:
        if bundles == self._bundles and self._lines:
            return
        self._bundles = bundles
        clear(self._list)
        self._lines = [self._line(number, bundle) for number, bundle in enumerate(bundles)]
        for line in self._lines:
            self._list.addWidget(line)
        self._none.setVisible(not bundles)
        if not self.free:
            self._open_first()

    def _open_first(self) -> None:
        if self._bundles:
            self.open(self._current if self._current in self._bundles else self._bundles[0])
        else:
            self.view.show_nothing("")

    def _line(self, number: int, bundle: Bundle) -> KeyButton:
        kit, texts = self._kit, self._texts
        line = kit.button("", "line", name=f"bundle_{number}")
        line.setAccessibleName(bundle.name)
        title = kit.text(bundle.name, "body")
        below = kit.text(texts.say("bundle.items", n=len(bundle.items)), "caption", "muted")
        layout = row(col(None, title, below, None, gap=0), None, gap=8)
        layout.setContentsMargins(16, 0, 12, 0)
        line.setLayout(layout)
        line.clicked.connect(lambda: self.open(bundle))
        return line

    def open(self, bundle: Bundle | None) -> None:
        if bundle is None:
            return
        self._current = bundle
        for line, known in zip(self._lines, self._bundles, strict=True):
            restyle(line, current="yes" if known == bundle else "no")
        self._load(bundle.items, bundle)

    def _load(self, codes: Sequence[str], bundle: Bundle | None) -> None:
        self._asked += 1
        ticket, catalog = self._asked, self._desk.office.catalog
        self._desk.tasks.run(
            self._desk.catalog_executor,
            lambda: [item for code in codes if (item := catalog.item(code)) is not None],
            owner=self,
            done=lambda items: self._loaded(items, bundle) if ticket == self._asked else None,
            failed=self._failed,
        )

    def _loaded(self, items: Sequence[Item], bundle: Bundle | None) -> None:
        self.view.show_items(items, bundle)
        if bundle is None:
            self._show_picked(items)

    def _failed(self, error: AppError) -> None:
        self.trouble.emit(error)

    # -- freely picked -----------------------------------------------------------------------------

    def show_way(self, way: str) -> None:
        self.free = way == "free"
        for name, button in self._ways.items():
            button.setChecked(name == way)
        self._stack.setCurrentIndex(1 if self.free else 0)
        if not self.free:
            self._open_first()
            return
        self.finder.entered()
        self._show_free()

    def pick(self, code: str) -> None:
        """Enter in the list; once more takes it out again."""
        if code in self.picked:
            self.picked = tuple(c for c in self.picked if c != code)
        elif len(self.picked) < MOST:
            self.picked = (*self.picked, code)
        self._show_free()

    def _show_free(self) -> None:
        if self.picked:
            self._load(self.picked, None)
        else:
            self._asked += 1
            self._show_picked(())
            self.view.show_nothing(self._texts["bundle.pick_first"])

    def _show_picked(self, items: Sequence[Item]) -> None:
        clear(self._chosen)
        kit = self._kit
        for number, item in enumerate(items):
            off = kit.button(self._texts["bundle.drop"], "quiet", h=28, name=f"drop_{number}")
            off.setAccessibleName(self._texts.say("bundle.drop_name", name=item.name))
            off.clicked.connect(lambda _c=False, code=item.code: self.pick(code))
            name = kit.text(item.name, "body", wrap=True)
            self._chosen.addWidget(box(row(name, off, gap=8), role="row"))
