"""全景导览图 with a painter: on the screen and on a page of a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from app.domain.bundle import Composition
from app.texts import Texts
from ui import icons
from ui.changes.words import period_words
from ui.pages.catalog.panorama_layout import EDGE, HEAD, Link, Node, NodeKind, Panorama
from ui.widgets.kit import Kit

FAINT = 0.3  # of links that have nothing to do with the node at hand; words stay readable
LINE = 19.0
_BRACKETS = "(\uff08\u201c\u300a"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn.  `at`: the node at hand, "" for the whole; `top`: how far the sight is scrolled down,
    `tall`: how much of it is seen: the head and the whole stay in sight."""

    picture: Panorama
    composition: Composition
    done: frozenset[str] = frozenset()
    at: str = ""
    focused: bool = False
    top: float = 0.0
    tall: float = 0.0

    def node(self, key: str) -> Node | None:
        """Where it is seen."""
        node = self.picture.node(key)
        if node is None or node.kind is not NodeKind.WHOLE or not self.tall:
            return node
        seen = self.top + HEAD + (min(self.tall, self.picture.height) - HEAD - node.h) / 2
        last = self.picture.height - EDGE - node.h
        return replace(node, y=round(max(HEAD, min(last, seen))))


class PanoramaPainter:
    """`font`: of the widget, or of the page."""

    def __init__(self, kit: Kit, texts: Texts, font: QFont) -> None:
        self._kit, self._texts, self._like = kit, texts, font

    def paint(self, p: QPainter, scene: Scene) -> None:
        p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        near = scene.picture.beside(scene.at) if scene.at else frozenset(n.key for n in scene.picture.nodes)
        strong = [link for link in scene.picture.links if scene.at and scene.at in (link.start, link.end)]
        for link in scene.picture.links:  # what belongs to the node at hand lies on top
            if link not in strong:
                self._link(p, scene, link, strong=False)
        for link in strong:
            self._link(p, scene, link, strong=True)
        for node in scene.picture.nodes:
            seen = scene.node(node.key)
            if seen is not None:
                self._node(
                    p, scene, seen, near=bool(scene.at) and node.key in near, quiet=node.key not in near
                )
        p.setOpacity(1.0)
        self._head(p, scene)

    def _head(self, p: QPainter, scene: Scene) -> None:
        """What stands in each column, above everything that scrolls."""
        pal, whole = self._kit.pal, scene.composition
        p.fillRect(QRectF(0, scene.top, scene.picture.width, HEAD - 6), QColor(pal.panel))
        shared = sum(len(material.items) > 1 for material in whole.materials)
        captions = (
            self._texts["bundle.column_whole"],
            self._texts.say("bundle.items", n=len(whole.parts)),
            self._texts.say("bundle.column_materials", n=len(whole.materials), shared=shared),
        )
        p.setFont(self._font(12))
        p.setPen(QColor(pal.muted))
        for (x, w), words in zip(scene.picture.columns, captions, strict=True):
            p.drawText(QRectF(x, scene.top, w, HEAD - 10), Qt.AlignmentFlag.AlignVCenter, words)

    def _link(self, p: QPainter, scene: Scene, link: Link, strong: bool) -> None:
        pal, start, end = self._kit.pal, scene.node(link.start), scene.node(link.end)
        if start is None or end is None:
            return
        a, b = QPointF(start.x + start.w, start.y + start.h / 2), QPointF(end.x, end.y + end.h / 2)
        bend = (b.x() - a.x()) / 2
        path = QPainterPath(a)
        path.cubicTo(a + QPointF(bend, 0), b - QPointF(bend, 0), b)
        colour = pal.primary if strong else pal.accent if link.shared else pal.edge
        p.setOpacity(FAINT if scene.at and not strong else 1.0)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor(colour), 2.5 if strong else 1.8 if link.shared else 1.2))
        p.drawPath(path)

    def _node(self, p: QPainter, scene: Scene, node: Node, *, near: bool, quiet: bool) -> None:
        """`near`: joined to the node at hand; `quiet`: not joined to it."""
        pal, here = self._kit.pal, bool(scene.at) and node.key == scene.at
        shared, done = node.shared > 1, node.key in scene.done
        ground = pal.primary if node.kind is NodeKind.WHOLE else pal.panel
        edge = pal.primary if near else pal.line if quiet else pal.edge
        if not quiet and (shared or done):
            ground = pal.accent_soft if shared else pal.ok_soft
            edge = edge if near else pal.accent if shared else pal.ok
        if scene.focused and node.key == scene.at:
            edge, here = pal.focus, True
        at = QRectF(node.x, node.y, node.w, node.h)
        p.setBrush(QColor(ground))
        p.setPen(QPen(QColor(edge), 3 if here else 2 if near or (shared and not quiet) else 1))
        p.drawRoundedRect(at, 8, 8)
        ink = pal.muted if quiet else pal.ink
        if node.kind is NodeKind.WHOLE:
            self._whole(p, scene, node, at)
        elif node.kind is NodeKind.ITEM:
            self._item(p, scene, node, at, ink)
        else:
            self._material(p, node, at, ink)

    def _whole(self, p: QPainter, scene: Scene, node: Node, at: QRectF) -> None:
        """Its name, and how many of its items are received."""
        pal, total = self._kit.pal, len(scene.composition.parts)
        n = sum(part.code in scene.done for part in scene.composition.parts)
        self._lines(
            p, at.adjusted(10, 8, -10, -34), node.title, 14, pal.on_primary, 3, bold=True, centre=True
        )
        track = QRectF(at.x() + 12, at.bottom() - 14, at.width() - 24, 5)
        soft = QColor(pal.on_primary)
        soft.setAlpha(70)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(soft)
        p.drawRoundedRect(track, 2.5, 2.5)
        if n:
            p.setBrush(QColor(pal.on_primary))
            p.drawRoundedRect(QRectF(track.x(), track.y(), track.width() * n / total, 5), 2.5, 2.5)
        p.setFont(self._font(12))
        p.setPen(QColor(pal.on_primary))
        words = self._texts.say("bundle.progress", n=n, total=total)
        p.drawText(QRectF(at.x(), at.bottom() - 32, at.width(), 16), Qt.AlignmentFlag.AlignCenter, words)

    def _item(self, p: QPainter, scene: Scene, node: Node, at: QRectF, ink: str) -> None:
        """Its place in the row, or that it is received; name, department and promise."""
        pal = self._kit.pal
        part = next((x for x in scene.composition.parts if x.code == node.key), None)
        badge = QRectF(at.x() + 12, at.y() + 14, 24, 24)
        if node.key in scene.done:
            p.drawPixmap(badge.toRect(), icons.pixmap("done", 96, pal.ok, 2))
        else:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(QColor(pal.primary_soft))
            p.drawEllipse(badge)
            p.setFont(self._font(13, bold=True))
            p.setPen(QColor(pal.primary if ink == pal.ink else ink))
            p.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(node.number))
        self._lines(p, at.adjusted(46, 6, -10, -26), node.title, 14, ink, 2)
        words = [part.department, period_words(self._texts, part.promise)] if part else []
        below = at.adjusted(46, at.height() - 25, -10, -5)
        self._lines(p, below, self._texts["ui.dot"].join(words), 12, pal.muted, 1)

    def _material(self, p: QPainter, node: Node, at: QRectF, ink: str) -> None:
        pal, room = self._kit.pal, 12.0
        if node.shared > 1:
            words = self._texts.say("bundle.shared_by", n=node.shared)
            p.setFont(self._font(12))
            p.setPen(QColor(pal.accent if ink == pal.ink else ink))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            p.drawText(at.adjusted(0, 0, -10, 0), right, words)
            room += QFontMetricsF(self._font(12)).horizontalAdvance(words) + 6
        self._lines(p, at.adjusted(12, 2, -room, -2), node.title, 13, ink, 2)

    def _lines(
        self, p: QPainter, at: QRectF, text: str, px: int, ink: str, most: int,
        *, bold: bool = False, centre: bool = False,
    ) -> None:  # fmt: skip
        """At most so many lines, the last one cut in its middle; in the middle of the height."""
        font = self._font(px, bold)
        metrics = QFontMetricsF(font)
        lines = broken(metrics, text, at.width(), most)
        top = at.y() + (at.height() - LINE * len(lines)) / 2
        p.setFont(font)
        p.setPen(QColor(ink))
        flag = Qt.AlignmentFlag.AlignCenter if centre else Qt.AlignmentFlag.AlignVCenter
        for n, line in enumerate(lines):
            p.drawText(QRectF(at.x(), top + n * LINE, at.width(), LINE), flag, line)

    def _font(self, px: int, bold: bool = False) -> QFont:
        font = QFont(self._like)
        font.setPixelSize(px)
        font.setBold(bold)
        return font


def broken(metrics: QFontMetricsF, text: str, width: float, most: int) -> Sequence[str]:
    """The text in at most so many lines, broken before a bracket where one is near.

    What is left over is cut out of the middle of the last line.
    """
    lines: list[str] = []
    while text and len(lines) < most - 1 and metrics.horizontalAdvance(text) > width:
        n = next((n for n in range(len(text), 0, -1) if metrics.horizontalAdvance(text[:n]) <= width), 1)
        bracket = max(text.rfind(sign, 0, n + 1) for sign in _BRACKETS)
        n = bracket if bracket * 3 > n else n
        lines.append(text[:n])
        text = text[n:]
    if text:
        lines.append(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width))
    return lines
