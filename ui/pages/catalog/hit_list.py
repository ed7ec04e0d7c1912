"""A list of items that takes the keyboard itself; painted like the list under the counter's search field."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.domain.catalog import Channel, ItemHit
from app.texts import Texts
from ui.finding.hit_lines import HitLines, HitPainter
from ui.widgets.kit import CELL, Kit


class HitList(QListView):
    """`looked_at(ItemHit or None)`: the current line is another one."""

    looked_at = Signal(object)

    def __init__(self, kit: Kit, texts: Texts, channel: Channel, name: str) -> None:
        super().__init__()
        self._lines = HitLines(self)
        self.setObjectName(name)
        self.setAccessibleName(texts["counter.hits"])
        self.setModel(self._lines)
        self._painter = HitPainter(kit, texts, channel, self)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(lambda now, _old: self.looked_at.emit(now.data(CELL)))

    def show_hits(self, hits: Sequence[ItemHit], keep: bool = True) -> None:
        """`keep`: the line at hand stays at hand where it is still there; else the first is."""
        kept = self.current() if keep else None
        self._lines.show(hits)
        codes = [hit.code for hit in hits]
        at = codes.index(kept.code) if kept is not None and kept.code in codes else 0
        if hits:
            self.setCurrentIndex(self._lines.index(at, 0))

    def show_kept(self, codes: frozenset[str]) -> None:
        """Mark the favourites among the lines."""
        self._painter.kept = codes
        self.viewport().update()

    @property
    def kept(self) -> frozenset[str]:
        return self._painter.kept

    def current(self) -> ItemHit | None:
        hit: ItemHit | None = self.currentIndex().data(CELL)
        return hit

    def hits(self) -> list[ItemHit]:
        return list(self._lines.hits)

    def move_by(self, step: int) -> None:
        """One line down (1) or up (-1); stops at the ends."""
        rows = self._lines.rowCount()
        if rows:
            to = max(0, min(rows - 1, self.currentIndex().row() + step))
            self.setCurrentIndex(self._lines.index(to, 0))
