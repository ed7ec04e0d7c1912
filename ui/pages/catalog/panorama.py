"""全景导览图: items and materials of a bundle as a picture; arrows walk it, + and − zoom, words say the same.

It can be pulled about, and goes to a PDF (panorama_pdf).  Painted; the sentence of the node at hand
stands under the picture and is what a screen reader reads.
"""

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from app.domain.bundle import Composition
from app.texts import Texts
from ui.changes.words import period_words
from ui.pages.catalog.panorama_layout import WIDEST, Node, NodeKind, Panorama, panorama
from ui.pages.catalog.panorama_paint import PanoramaPainter, Scene
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
        self._title, self._room = "", WIDEST
        self._pulled: QPoint | None = None
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
        self._title, self._composition, self._done = title, composition, done
        self.picture = panorama(title, composition, self._room)
        if self.picture.node(self.at) is None:
            self.at = ""
        self.setAccessibleDescription("\n".join(self.sentences()))
        self._resize()
        self._speak()

    def scroll_area(self) -> QScrollArea:
        area = _ScrollArea(self)
        area.verticalScrollBar().valueChanged.connect(lambda _y: self.update())
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
        else:
            self._pulled = event.globalPosition().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the picture about by its ground."""
        area = self._area()
        if self._pulled is None or area is None:
            return
        now = event.globalPosition().toPoint()
        by, self._pulled = now - self._pulled, now
        for bar, step in ((area.horizontalScrollBar(), by.x()), (area.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() - step)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pulled = None
        self.unsetCursor()

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

    def fit(self, width: int) -> None:
        """Lay it out for so much room; words keep their size."""
        if width == self._room:
            return
        self._room = width
        if self._composition is not None:
            self.picture = panorama(self._title, self._composition, width)
            self._resize()

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
        scene = self.scene()
        seen = [node for n in self.picture.nodes if scene is not None and (node := scene.node(n.key))]
        return next((n for n in seen if n.x <= x <= n.x + n.w and n.y <= y <= n.y + n.h), None)

    # -- painting ----------------------------------------------------------------------------------

    def scene(self) -> Scene | None:
        """What is to be drawn, as far as it is in sight."""
        if self._composition is None:
            return None
        area = self._area()
        top = area.verticalScrollBar().value() / self.zoom if area else 0.0
        tall = area.viewport().height() / self.zoom if area else 0.0
        focused = self.hasFocus()
        return Scene(self.picture, self._composition, self._done, self.at, focused, top, tall)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scene = self.scene()
        if scene is None:
            return
        p = QPainter(self)
        p.scale(self.zoom, self.zoom)
        PanoramaPainter(self._kit, self._texts, self.font()).paint(p, scene)
        p.end()


class _ScrollArea(QScrollArea):
    """Tells the picture how much room there is."""

    def __init__(self, picture: PanoramaView) -> None:
        super().__init__()
        self._picture = picture
        self.setWidget(picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.fit(self.viewport().width())
