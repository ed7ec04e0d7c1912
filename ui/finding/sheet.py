"""The filters of a search as chips in lines of their kind: touched, or walked by arrows and pressed by space.

Names for tours and tests: filter_<kind>_<value>, filter_clear, filter_close
"""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QScrollArea, QWidget

from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.texts import Texts
from ui.finding.choices import Choice, Kind
from ui.widgets.flow import FlowLayout
from ui.widgets.kit import KeyButton, Kit, box, clear, col, row

LABEL, CHIP, HEIGHT = 80, 32, 336
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)
}  # fmt: skip


class FilterSheet(QFrame):
    """`changed(Narrowing)`: another choice was made.  `left`: the keyboard wants back where it came from.

    `deserted`: the keyboard went elsewhere by itself.
    """

    changed = Signal(object)
    left = Signal()
    deserted = Signal()

    def __init__(self, kit: Kit, texts: Texts, kinds: Iterable[Kind]) -> None:
        super().__init__()
        self.setObjectName("filter_sheet")
        self._kit, self._texts, self._kinds = kit, texts, tuple(kinds)
        self.wanted, self._facets = EVERYTHING, Facets()
        self._built = False
        self._chips: dict[tuple[str, str], KeyButton] = {}
        self._lines = col(gap=12)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(box(col(self._lines, None, gap=0), (12, 12, 12, 12), role="sheet"))
        self._clear = kit.button(texts["filter.clear"], "quiet", name="filter_clear", h=CHIP)
        self._close = kit.button(texts["filter.close"], "secondary", name="filter_close", h=CHIP)
        self._clear.clicked.connect(self._none)
        self._close.clicked.connect(self.left)
        foot = box(row(self._clear, None, self._close, gap=8), (12, 0, 12, 8), fixed=(0, 48))
        self.setLayout(col(self._scroll, foot, gap=0))
        self.setFixedHeight(HEIGHT)
        for button in (self._clear, self._close):
            button.installEventFilter(self)

    def show_facets(self, facets: Facets) -> None:
        """What this catalog has.  Its chips are made when somebody looks: a search must not wait for them."""
        if facets != self._facets:
            self._facets, self._built = facets, False
            if self.isVisible():
                self._build()

    def showEvent(self, event: QShowEvent) -> None:
        self._build()
        super().showEvent(event)

    def _build(self) -> None:
        if self._built:
            return
        self._built = True
        clear(self._lines)
        self._chips = {}
        for kind in self._kinds:
            self._lines.addLayout(self._line(kind))
        self._check()

    def show_wanted(self, wanted: Narrowing) -> None:
        """What is narrowed to, when it was changed elsewhere."""
        self.wanted = wanted
        self._check()

    def take_keyboard(self) -> None:
        """To what is chosen, else to the first chip."""
        chips = [chip for chip in self._chips.values() if chip.isEnabled()]
        first = next((chip for chip in chips if chip.isChecked()), chips[0] if chips else self._close)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._scroll.ensureWidgetVisible(first)

    def _line(self, kind: Kind) -> QBoxLayout:
        name = self._kit.text(self._texts[f"filter.{kind.name}"], "strong", "muted")
        name.setFixedWidth(LABEL)
        name.setFixedHeight(CHIP + 4)
        flow = FlowLayout(gap=4, line_gap=6)
        choices = kind.choices(self._texts, self._facets)
        for choice in choices:
            flow.addWidget(self._chip(kind, choice))
        holder = QWidget()
        holder.setLayout(flow)
        line = row(name, 4, holder, gap=0)
        line.setStretch(2, 1)
        line.setAlignment(name, Qt.AlignmentFlag.AlignTop)
        return line

    def _chip(self, kind: Kind, choice: Choice) -> KeyButton:
        words = self._texts.say("filter.choice", word=choice.word, n=choice.count)
        name, any_there = f"filter_{kind.name}_{choice.value}", choice.count > 0
        chip = self._kit.button(words, "seg", on=False, h=CHIP, name=name, enabled=any_there)
        chip.clicked.connect(lambda: self._pressed(kind, choice.value))
        chip.installEventFilter(self)
        self._chips[kind.name, choice.value] = chip
        return chip

    def _pressed(self, kind: Kind, value: str) -> None:
        """One of a kind at a time; pressed again, none."""
        self._put(kind.put(self.wanted, "" if kind.chosen(self.wanted) == value else value))

    def _none(self) -> None:
        """Nothing of these kinds any more."""
        wanted = self.wanted
        for kind in self._kinds:
            wanted = kind.put(wanted, "")
        self._put(wanted)

    def _put(self, wanted: Narrowing) -> None:
        if wanted != self.wanted:
            self.wanted = wanted
            self.changed.emit(wanted)
        self._check()

    def _check(self) -> None:
        chosen = {kind.name: kind.chosen(self.wanted) for kind in self._kinds}
        for (kind, value), chip in self._chips.items():
            chip.setChecked(chosen[kind] == value)
        self._clear.setEnabled(any(chosen.values()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self._scroll.ensureWidgetVisible(watched)
        if event.type() == QEvent.Type.FocusOut and self._is_deserted():
            self.deserted.emit()
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self.left.emit()
            event.accept()
            return event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _ARROWS:
            self._walk(watched, *_ARROWS[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    def _walk(self, here: QObject, across: int, down: int) -> None:
        """To the neighbour in the line, or to the nearest chip of the next line that has one."""
        ring = self._ring()
        if not isinstance(here, QWidget) or here not in ring:
            return
        if across:
            ring[(ring.index(here) + across) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)
            return
        at = _middle(here, self)
        further = [(w, _middle(w, self)) for w in ring if (_middle(w, self).y() - at.y()) * down > CHIP // 2]
        if further:
            near = min(further, key=lambda each: (abs(each[1].y() - at.y()), abs(each[1].x() - at.x())))
            near[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _is_deserted(self) -> bool:
        """Not when the whole window lost the keyboard, nor while the sheet closes."""
        now = QApplication.focusWidget()
        return now is not None and self.isVisible() and not self.isAncestorOf(now)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab goes round in here: what lies below the sheet is not seen."""
        ring = self._ring()
        here = self.focusWidget()
        at = ring.index(here) if here in ring else -1
        ring[(at + (1 if following else -1)) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _ring(self) -> list[QWidget]:
        return [part for part in (*self._chips.values(), self._clear, self._close) if part.isEnabled()]


def _middle(of: QWidget, seen_from: QWidget) -> QPoint:
    return of.mapTo(seen_from, of.rect().center())
