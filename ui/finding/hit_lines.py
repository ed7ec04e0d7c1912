"""The lines of a list of items: a model that takes a whole answer at once, and what paints one line.

Painted at every key of a search, so a line costs no more than its words: fonts and their measures are
made once, a word is shortened only when it is too long, and nothing beneath the list is painted.
"""

from collections.abc import Callable, Sequence
from functools import cache

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.catalog import Audience, Channel, ItemHit
from app.texts import Texts
from ui.widgets.kit import CELL, Kit

ROW_HEIGHT = 48
_EDGE, _GAP, _MARK = 16, 16, 3
_NAME, _BELOW = (4, 22), (26, 18)  # y and height within a line
_NOWHERE = QModelIndex()
AnyIndex = QModelIndex | QPersistentModelIndex


class HitLines(QAbstractListModel):
    """The hits as they came, each under the role `CELL`; its name for who cannot see the list."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.hits: tuple[ItemHit, ...] = ()

    def show(self, hits: Sequence[ItemHit]) -> None:
        self.beginResetModel()
        self.hits = tuple(hits)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == CELL:
            return self.hits[index.row()]
        return self.hits[index.row()].name if role == Qt.ItemDataRole.DisplayRole else None


class _Pen:
    """A font with its measures."""

    def __init__(self, like: QWidget, px: int, bold: bool = False) -> None:
        self.font = QFont(like.font())
        self.font.setPixelSize(px)
        self.font.setBold(bold)
        metrics = QFontMetrics(self.font)
        self.width: Callable[[str], int] = metrics.horizontalAdvance
        self._metrics, self._ascent, self._height = metrics, metrics.ascent(), metrics.height()

    def fitted(self, text: str, most: int) -> tuple[str, int]:
        """The text, shortened in the middle where it is too long, and its width."""
        width = self.width(text)
        if width <= most:
            return text, width
        text = self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, most)
        return text, self.width(text)

    def baseline(self, top: int, height: int) -> int:
        """Of a line in the middle of so much height."""
        return top + (height - self._height) // 2 + self._ascent


class HitPainter(QStyledItemDelegate):
    """Name with the match marked, department below; materials and promise at the right."""

    def __init__(self, kit: Kit, texts: Texts, channel: Channel, parent: QListView | QWidget) -> None:
        super().__init__(parent)
        self._texts, self._channel = texts, channel
        self.kept: frozenset[str] = frozenset()
        self._star = texts["counter.star"]
        self._plain, self._bold, self._small = _Pen(parent, 14), _Pen(parent, 14, bold=True), _Pen(parent, 12)
        pal = kit.pal
        self._ground, self._chosen = QColor(pal.panel), QColor(pal.primary_soft)
        self._edge, self._match = QColor(pal.primary), QColor(pal.warn_soft)
        self._ink, self._muted = QColor(pal.ink), QColor(pal.muted)
        self._whom = cache(self._audience)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        look: object = option
        rect: QRect = look.rect  # type: ignore[attr-defined]
        chosen = bool(look.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        hit: ItemHit = index.data(CELL)
        left, top = rect.x() + _EDGE, rect.y()
        p.fillRect(rect, self._chosen if chosen else self._ground)  # all of it: see `opaque`
        if chosen:
            p.fillRect(QRect(rect.x(), top, _MARK, rect.height()), self._edge)
        p.setPen(self._muted)
        p.setFont(self._small.font)
        room = self._facts(p, rect, hit) - rect.x() - 2 * _EDGE
        below, _ = self._small.fitted(self._below(hit), room)
        p.drawText(left, self._small.baseline(top + _BELOW[0], _BELOW[1]), below)
        p.setPen(self._ink)
        self._name(p, QRect(left, top + _NAME[0], room, _NAME[1]), hit)

    def _facts(self, p: QPainter, rect: QRect, hit: ItemHit) -> int:
        """Paint what stands at the right; returns where the name must end."""
        words = [self._texts.say("counter.hit_materials", n=hit.material_count)]
        if hit.promise_days is not None:
            words.append(self._texts.say("counter.hit_promise", n=hit.promise_days))
        if self._channel not in hit.channels:
            words = [self._texts["counter.hit_elsewhere"]]
        if hit.code in self.kept:
            words.append(self._star)
        x, y = rect.right() - _EDGE, self._small.baseline(rect.y(), rect.height())
        for word in reversed(words):
            width = self._small.width(word)
            p.drawText(x - width, y, word)
            x -= width + _GAP
        return x

    def _name(self, p: QPainter, at: QRect, hit: ItemHit) -> None:
        start, end = hit.match or (0, 0)
        x, y = at.x(), self._plain.baseline(at.y(), at.height())
        for text, pen in (
            (hit.name[:start], self._plain),
            (hit.name[start:end], self._bold),
            (hit.name[end:], self._plain),
        ):
            text, width = pen.fitted(text, max(0, at.right() - x)) if text else ("", 0)
            if not text:
                continue
            if pen is self._bold:
                p.fillRect(QRect(x, at.y() + 2, width, at.height() - 4), self._match)
            p.setFont(pen.font)
            p.drawText(x, y, text)
            x += width

    def _below(self, hit: ItemHit) -> str:
        whom = self._whom(hit.audience)
        return self._texts["ui.dot"].join(part for part in (hit.department, whom) if part)

    def _audience(self, audience: frozenset[Audience]) -> str:
        return self._texts["ui.slash"].join(
            self._texts[f"counter.audience.{a.value}"] for a in Audience if a in audience
        )


def opaque(view: QListView) -> None:
    """For a list that is as high as its lines, which paint every pixel: what lies under it stays as it is."""
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
