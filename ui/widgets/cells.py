"""Table cells without cell widgets: the model hands out `Cell`s, one delegate paints them all.

200 rows cost as much as 6, and a test reads the model instead of the pixels.
"""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import icons
from ui.theme import Palette

CELL = int(Qt.ItemDataRole.UserRole)
TONE_ICON = {
    "ok": "done",
    "warn": "warning",
    "stop": "fail",
    "primary": "info",
    "accent": "help",
    "muted": "todo",
}
_VCENTER = Qt.AlignmentFlag.AlignVCenter
_PILL_PX, _SUB_PX = 13, 12
_TWO_LINES = 36


@dataclass(frozen=True, slots=True)
class Cell:
    """`keys`: (word, key) pairs that act on the current row; `pill` draws the text as a status."""

    text: str = ""
    sub: str = ""
    tone: str = "ink"
    bold: bool = False
    pill: bool = False
    icon: str = ""
    right: bool = False
    keys: tuple[tuple[str, str], ...] = field(default=())


class Cells(QStyledItemDelegate):
    """Paints the `Cell` each index carries under the role `CELL`."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pal = palette

    def paint(
        self, p: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look: Any = option  # its fields are missing from the type stubs
        cell = index.data(CELL) or Cell()
        rect: QRect = look.rect
        chosen = bool(look.state & QStyle.StateFlag.State_Selected)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(p, rect, chosen, first=index.column() == 0)
        font = QFont(look.font)
        font.setBold(cell.bold)
        inner = inner_rect(rect)
        if cell.pill:
            self._pill(p, inner, font, cell)
        elif cell.keys:
            self._keys(p, inner, font, cell, chosen)
        else:
            self._words(p, inner, font, cell)
        p.restore()

    def _ground(self, p: QPainter, rect: QRect, chosen: bool, first: bool) -> None:
        if chosen:
            p.fillRect(rect, QColor(self.pal.primary_soft))
            if first:
                p.fillRect(QRect(rect.x(), rect.y(), 3, rect.height()), QColor(self.pal.primary))
        p.setPen(QColor(self.pal.line))
        p.drawLine(rect.bottomLeft(), rect.bottomRight())

    def _pill(self, p: QPainter, inner: QRect, font: QFont, cell: Cell) -> None:
        font.setPixelSize(_PILL_PX)
        p.setFont(font)
        colour = self.pal.of(cell.tone)
        chip = QRect(
            inner.x(), inner.center().y() - 11, p.fontMetrics().horizontalAdvance(cell.text) + 36, 24
        )
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.pal.soft(cell.tone)))
        p.drawRoundedRect(chip, 12, 12)
        name = cell.icon or TONE_ICON[cell.tone]
        p.drawPixmap(chip.x() + 6, chip.y() + 4, icons.pixmap(name, 16, colour, 2))
        p.setPen(QColor(colour))
        p.drawText(chip.adjusted(26, 0, 0, 0), _VCENTER, cell.text)

    def _keys(self, p: QPainter, inner: QRect, font: QFont, cell: Cell, chosen: bool) -> None:
        """Keys act on the current row: only there are their caps shown."""
        for (word, key), where, cap in zip(cell.keys, *key_places(font, inner, cell, chosen), strict=True):
            font.setPixelSize(_PILL_PX)
            p.setFont(font)
            p.setPen(QColor(self.pal.primary))
            p.drawText(where, _VCENTER, word)
            if cap.width():
                self._key_cap(p, font, cap, key)

    def _key_cap(self, p: QPainter, font: QFont, cap: QRect, key: str) -> None:
        font.setPixelSize(_SUB_PX)
        p.setFont(font)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(self.pal.panel))
        p.drawRoundedRect(cap, 4, 4)
        p.setPen(QColor(self.pal.muted))
        p.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)

    def _words(self, p: QPainter, inner: QRect, font: QFont, cell: Cell) -> None:
        p.setFont(font)
        p.setPen(QColor(self.pal.of(cell.tone)))
        side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
        metrics = p.fontMetrics()
        small = QFont(font)
        small.setPixelSize(_SUB_PX)
        small.setBold(False)
        room = inner.width()
        if not cell.sub and metrics.horizontalAdvance(cell.text) > room and inner.height() >= _TWO_LINES:
            p.setFont(small)  # long names differ at the end: two small lines rather than dots
            p.drawText(inner, side | _VCENTER | int(Qt.TextFlag.TextWrapAnywhere), cell.text)
            return
        text = metrics.elidedText(cell.text, Qt.TextElideMode.ElideMiddle, room)
        p.drawText(inner, side | _VCENTER, text)
        if cell.sub:
            p.setPen(QColor(self.pal.muted))
            at = inner.adjusted(metrics.horizontalAdvance(text) + 8, 0, 0, 0)
            p.setFont(small)
            p.drawText(
                at,
                _VCENTER,
                p.fontMetrics().elidedText(cell.sub, Qt.TextElideMode.ElideRight, max(0, at.width())),
            )


def key_places(font: QFont, inner: QRect, cell: Cell, chosen: bool) -> tuple[list[QRect], list[QRect]]:
    """Where the words of a cell's keys stand, and their caps (of no width where none is shown)."""
    large, small = QFont(font), QFont(font)
    large.setPixelSize(_PILL_PX)
    small.setPixelSize(_SUB_PX)
    words, caps, x = [], [], inner.x()
    for word, key in cell.keys:
        width = QFontMetrics(large).horizontalAdvance(word)
        words.append(QRect(x, inner.y(), width, inner.height()))
        x += width + 4
        cap = QFontMetrics(small).horizontalAdvance(key) + 8 if key and chosen else 0
        caps.append(QRect(x, inner.center().y() - 8, cap, 18))
        x += cap + 8
    return words, caps


def inner_rect(rect: QRect) -> QRect:
    """The part of a cell that is written in."""
    return QRect(rect.x() + 8, rect.y(), rect.width() - 16, rect.height())
