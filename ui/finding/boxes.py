"""The filters of a search as boxes that open, where there is a column's width only.

Names for tours and tests: <name>_filter_<kind>
"""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QGridLayout, QStyledItemDelegate, QWidget

from app.domain.narrowing import EVERYTHING, Facets, Narrowing
from app.texts import Texts
from ui.finding.choices import Kind

COLUMNS, GAP, SHOWN = 2, 8, 12


class FilterBoxes(QWidget):
    """The first kind has a line of its own.  `changed(Narrowing)`: another choice was made."""

    changed = Signal(object)

    def __init__(self, texts: Texts, kinds: Iterable[Kind], name: str) -> None:
        super().__init__()
        self._texts, self._facets = texts, Facets()
        self.wanted = EVERYTHING
        self._boxes = {kind: self._box(kind, name) for kind in kinds}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for number, box in enumerate(self._boxes.values()):
            if number == 0:
                grid.addWidget(box, 0, 0, 1, COLUMNS)
            else:
                grid.addWidget(box, 1 + (number - 1) // COLUMNS, (number - 1) % COLUMNS)
        self.setLayout(grid)

    def show_facets(self, facets: Facets) -> None:
        """The choices this catalog offers; one without items stays in sight but cannot be made."""
        if facets == self._facets:
            return
        self._facets = facets
        for kind, box in self._boxes.items():
            self._fill(kind, box)
        self._show(self.wanted)

    def show_wanted(self, wanted: Narrowing) -> None:
        """What is narrowed to, when it was changed elsewhere."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._show(wanted)
            self.changed.emit(wanted)

    def switch(self, kind: Kind, value: str) -> None:
        """To that value, or back to all."""
        self.show_wanted(kind.put(self.wanted, "" if kind.chosen(self.wanted) == value else value))

    def take_keyboard(self) -> None:
        next(iter(self._boxes.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _box(self, kind: Kind, name: str) -> QComboBox:
        """The first line lets everything through."""
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(4)
        box.setMaxVisibleItems(SHOWN)
        box.setItemDelegate(QStyledItemDelegate(box))  # the one that keeps to the style sheet's height
        box.setObjectName(f"{name}_filter_{kind.name}")
        box.setAccessibleName(self._texts[f"filter.{kind.name}"])
        box.addItem(self._texts.say("filter.any", kind=self._texts[f"filter.{kind.name}"]), "")
        box.currentIndexChanged.connect(lambda _n: self._chosen(kind, box))
        return box

    def _fill(self, kind: Kind, box: QComboBox) -> None:
        model = box.model()
        assert isinstance(model, QStandardItemModel)
        box.blockSignals(True)
        while box.count() > 1:
            box.removeItem(box.count() - 1)
        for choice in kind.choices(self._texts, self._facets):
            box.addItem(self._texts.say("filter.choice", word=choice.word, n=choice.count), choice.value)
            model.item(box.count() - 1).setEnabled(choice.count > 0)
        box.blockSignals(False)

    def _show(self, wanted: Narrowing) -> None:
        """A choice that this catalog does not have any more lets everything through."""
        for kind, box in self._boxes.items():
            box.blockSignals(True)
            box.setCurrentIndex(max(0, box.findData(kind.chosen(wanted))))
            box.blockSignals(False)
            self.wanted = kind.put(self.wanted, box.currentData())

    def _chosen(self, kind: Kind, box: QComboBox) -> None:
        wanted = kind.put(self.wanted, box.currentData())
        if wanted != self.wanted:
            self.wanted = wanted
            self.changed.emit(wanted)
