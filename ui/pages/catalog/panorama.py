"""全景导览图: items and materials of a bundle as a picture; arrows walk it, + and − zoom, words say the same.

Painted; the sentence of the node at hand stands under the picture and is what a screen reader reads.
"""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from app.domain.bundle import Composition
from app.texts import Texts
from ui import icons
from ui.changes.words import period_words
from ui.pages.catalog.panorama_layout import Link, Node, NodeKind, Panorama, panorama
from ui.widgets.kit import Kit

LEAST, MOST, STEP = 0.5, 2.0, 1.25


class PanoramaView(QWidget):
    """`spoken(sentence)`: the node at hand in words; `opened(code)`: Enter on an item."""

    spoken = Signal(str)
    opened = Signal(str)

    def __init__(self, kit: Kit, texts: Texts) -> None:
        super().__init__()
        self._kit, self._texts = kit, texts
        self._composition: Composition | None = None
        self._done: frozenset[str] = frozenset()
        self.picture = Panorama((), (), 1, 1)
        self.at = ""
        self.zoom = 1.0
        self.setObjectName("panorama")
        self.setProperty("no_ring", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(texts["bundle.panorama"])

    def show_composition(
        self, title: str, composition: Composition, done: frozenset[str] = frozenset()
    ) -> None:
        """`done`: codes of the items already received in this set of cases."""
        self._composition, self._done = composition, done
        self.picture = panorama(title, composition)
        if self.picture.node(self.at) is None:
            self.at = ""
        self.setAccessibleDescription("\n".join(self.sentences()))
        self._resize()
        self._speak()

    def scroll_area(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidget(self)
        area.setAlignment(Qt.AlignmentFlag.AlignCenter)
        area.setObjectName("panorama_area")
        for part in (area.viewport(), self):
            part.setAutoFillBackground(False)  # the card is the ground
        return area

    # -- words -------------------------------------------------------------------------------------

    def sentence(self, key: str) -> str:
        """What a node is and what it is joined to."""
        texts, node, whole = self._texts, self.picture.node(key), self._composition
        if node is None or whole is None:
            return ""
        if node.kind is NodeKind.WHOLE:
            n, m = len(whole.parts), len(whole.materials)
            return texts.say("bundle.say_whole", name=node.title, items=n, materials=m)
        near = [self.picture.node(k) for k in self.picture.beside(key)]
        if node.kind is NodeKind.MATERIAL:
            names = [n.title for n in self.picture.nodes if n in near and n.kind is NodeKind.ITEM]
            key = "bundle.say_shared" if node.shared > 1 else "bundle.say_material"
            return texts.say(key, name=node.title, items=texts["ui.comma"].join(names), n=node.shared)
        part = next(p for p in whole.parts if p.code == key)
        count = sum(n is not None and n.kind is NodeKind.MATERIAL for n in near)
        state = texts["bundle.say_done"] if key in self._done else ""
        words = period_words(texts, part.promise)
        return texts.say("bundle.say_item", name=node.title, n=count, promise=words) + state

    def sentences(self) -> list[str]:
        """The whole picture in words, from the top left on."""
        return [self.sentence(node.key) for node in self.picture.nodes]

    def _speak(self) -> None:
        self.spoken.emit(self.sentence(self.at))
        self.update()

    # -- keys and pointer --------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        arrows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if key in arrows:
            self._step(arrows[Qt.Key(key)])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._across(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_zoom(self.zoom * STEP)
        elif key == Qt.Key.Key_Minus:
            self.set_zoom(self.zoom / STEP)
        elif key == Qt.Key.Key_0:
            self.set_zoom(1.0)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """Up or down within the column."""
        here = self.picture.node(self.at)
        column = [n for n in self.picture.nodes if here is not None and n.kind is here.kind]
        if here is not None:
            self._go(column[max(0, min(len(column) - 1, column.index(here) + by))])

    def _across(self, by: int) -> None:
        """To the first node that is joined to this one in the next column."""
        kinds, here = list(NodeKind), self.picture.node(self.at)
        if here is None:
            return
        to = kinds.index(here.kind) + by
        near = self.picture.beside(self.at)
        found = [
            n for n in self.picture.nodes if 0 <= to < len(kinds) and n.kind is kinds[to] and n.key in near
        ]
        if found:
            self._go(found[0])

    def _go(self, node: Node) -> None:
        self.at = node.key
        area = self._area()
        if area is not None:
            centre = QPointF(node.x + node.w / 2, node.y + node.h / 2) * self.zoom
            area.ensureVisible(round(centre.x()), round(centre.y()), 160, 80)
        self._speak()

    def _open(self) -> None:
        here = self.picture.node(self.at)
        if here is not None and here.kind is NodeKind.ITEM:
            self.opened.emit(here.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        hit = self._node_at(event.position())
        if hit is not None:
            self._go(hit)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._node_at(event.position()) is not None:
            self._open()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel zoom; the wheel alone scrolls."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_zoom(self.zoom * (STEP if event.angleDelta().y() > 0 else 1 / STEP))
            event.accept()
        else:
            super().wheelEvent(event)

    def set_zoom(self, zoom: float) -> None:
        self.zoom = max(LEAST, min(MOST, zoom))
        self._resize()
        node = self.picture.node(self.at)
        if node is not None:
            self._go(node)

    def fit(self, width: int, height: int) -> None:
        """As large as it can be with everything in sight, never larger than life."""
        wide, tall = width / max(1, self.picture.width), height / max(1, self.picture.height)
        self.set_zoom(min(1.0, wide, max(tall, 0.75)))

    def _resize(self) -> None:
        size = QSize(round(self.picture.width * self.zoom), round(self.picture.height * self.zoom))
        self.setFixedSize(size)
        self.update()

    def _area(self) -> QScrollArea | None:
        port = self.parentWidget()
        area = port.parentWidget() if port is not None else None
        return area if isinstance(area, QScrollArea) else None

    def _node_at(self, point: QPointF) -> Node | None:
        x, y = point.x() / self.zoom, point.y() / self.zoom
        inside = (n for n in self.picture.nodes if n.x <= x <= n.x + n.w and n.y <= y <= n.y + n.h)
        return next(inside, None)

    # -- painting ----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.scale(self.zoom, self.zoom)
        near = self.picture.beside(self.at)
        for strong in (False, True):  # what belongs to the node at hand lies on top
            for link in self.picture.links:
                if (self.at in (link.start, link.end)) is strong:
                    self._link(p, link, strong)
        for node in self.picture.nodes:
            self._node(p, node, node.key in near)
        p.end()

    def _link(self, p: QPainter, link: Link, strong: bool) -> None:
        pal, start, end = self._kit.pal, self.picture.node(link.start), self.picture.node(link.end)
        if start is None or end is None:
            return
        a = QPointF(start.x + start.w, start.y + start.h / 2)
        b = QPointF(end.x, end.y + end.h / 2)
        bend = (b.x() - a.x()) / 2
        path = QPainterPath(a)
        path.cubicTo(a + QPointF(bend, 0), b - QPointF(bend, 0), b)
        colour = pal.primary if strong else pal.accent if link.shared else pal.edge
        pen = QPen(QColor(colour), 2.5 if strong or link.shared else 1.2)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(pen)
        p.drawPath(path)

    def _node(self, p: QPainter, node: Node, near: bool) -> None:
        pal, here = self._kit.pal, node.key == self.at
        whole, shared = node.kind is NodeKind.WHOLE, node.shared > 1
        ground = pal.primary if whole else pal.accent_soft if shared else pal.panel
        edge = (
            pal.focus
            if here and self.hasFocus()
            else pal.primary
            if near
            else pal.accent
            if shared
            else pal.edge
        )
        at = QRectF(node.x, node.y, node.w, node.h)
        p.setBrush(QColor(ground))
        p.setPen(QPen(QColor(edge), 3 if here else 2 if near or shared else 1))
        p.drawRoundedRect(at, 8, 8)
        ink = pal.on_primary if whole else pal.ink
        if node.kind is NodeKind.ITEM:
            self._item(p, node, at)
        else:
            self._title(p, node, at.adjusted(12, 4, -12 if not shared else -56, -4), ink, bold=whole)
            if shared and not whole:
                self._shared(p, node, at)

    def _title(self, p: QPainter, node: Node, at: QRectF, ink: str, bold: bool) -> None:
        font = self._font(14, bold)
        p.setFont(font)
        p.setPen(QColor(ink))
        if bold:
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            p.drawText(at, flags, node.title)
            return
        words = p.fontMetrics().elidedText(node.title, Qt.TextElideMode.ElideMiddle, int(at.width()))
        p.drawText(at, Qt.AlignmentFlag.AlignVCenter, words)

    def _item(self, p: QPainter, node: Node, at: QRectF) -> None:
        pal, whole = self._kit.pal, self._composition
        part = next((x for x in whole.parts if x.code == node.key), None) if whole else None
        done = node.key in self._done
        icon, colour = ("done", pal.ok) if done else ("paper", pal.primary)
        p.drawPixmap(at.topLeft() + QPointF(12, 20), icons.pixmap(icon, 24, colour, 2))
        words = at.adjusted(48, 8, -10, -30)
        self._title(p, node, words, pal.ink, bold=False)
        p.setFont(self._font(12, False))
        p.setPen(QColor(pal.muted))
        below = at.adjusted(48, 34, -10, -8)
        text = part.department if part else ""
        p.drawText(
            below,
            Qt.AlignmentFlag.AlignVCenter,
            p.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(below.width())),
        )

    def _shared(self, p: QPainter, node: Node, at: QRectF) -> None:
        p.setFont(self._font(12, False))
        p.setPen(QColor(self._kit.pal.accent))
        words = self._texts.say("bundle.shared_by", n=node.shared)
        p.drawText(
            at.adjusted(0, 0, -10, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words
        )

    def _font(self, px: int, bold: bool) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(px)
        font.setBold(bold)
        return font
