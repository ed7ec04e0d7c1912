"""Everything the kiosk draws itself: the white magnolia (the city's flower), card, paper slot, ring.

Pure functions of (painter, width, height) in px of the kiosk page; no file is loaded.
"""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QRadialGradient,
)

from ui import icons, theme
from ui.theme import Palette
from ui.widgets.kit import Draw

NO_PEN = Qt.PenStyle.NoPen
ROUND = Qt.PenCapStyle.RoundCap
TWIG, CALYX = "#4F4740", "#6B5B4E"
# (angle, length, width, tip, root) of the petals of an open flower, back to front, as parts of its size
PETALS = (
    (-30, 1.00, 0.30, "#ECEAEF", "#D9AFBE"),
    (30, 1.00, 0.30, "#ECEAEF", "#D9AFBE"),
    (-11, 1.08, 0.30, "#ECEAEF", "#D9AFBE"),
    (12, 1.06, 0.30, "#ECEAEF", "#D9AFBE"),
    (-62, 0.84, 0.26, "#F6F3F4", "#E0B9C6"),
    (60, 0.84, 0.26, "#F6F3F4", "#E0B9C6"),
    (-40, 0.84, 0.31, "#FBF9F9", "#E6C3CE"),
    (38, 0.84, 0.31, "#FBF9F9", "#E6C3CE"),
    (-3, 0.90, 0.36, "#FFFFFF", "#EBCBD5"),
)
BUD = (
    (-14, 1.0, 0.26, "#FDFBFA", "#E7C4CF"),
    (14, 1.0, 0.26, "#FDFBFA", "#E7C4CF"),
    (0, 1.0, 0.26, "#FDFBFA", "#E7C4CF"),
)
# four points of a curve, width at its root and at its end: one branch in a 1000 x 800 space
TWIGS = (
    (((1040, 760), (820, 700), (640, 560), (330, 470)), 22, 6),
    (((752, 642), (668, 560), (650, 420), (600, 304)), 11, 5),
    (((880, 702), (852, 600), (876, 490), (850, 402)), 11, 5),
    (((485, 522), (430, 566), (380, 590), (300, 620)), 8, 4),
)
FLOWERS = ((850, 402, 150, 12, PETALS), (330, 470, 190, -28, PETALS), (600, 304, 230, 4, PETALS))
BUDS = ((300, 620, 86, -70, BUD), (760, 640, 80, 62, BUD))
SKY = ((0, "#082A5E"), (0.38, "#0B4A9E"), (0.62, "#5E9BD0"), (0.8, "#CFE4F1"), (1, "#F2F5F8"))

Petals = tuple[tuple[float, float, float, str, str], ...]
Curve = tuple[tuple[float, float], ...]


def _petal(p: QPainter, length: float, width: float, angle: float, tip: str, root: str) -> None:
    p.save()
    p.rotate(angle)
    path = QPainterPath(QPointF(0, 0))
    path.cubicTo(-width * 0.75, -length * 0.22, -width * 1.25, -length * 0.98, 0, -length)
    path.cubicTo(width * 1.25, -length * 0.98, width * 0.75, -length * 0.22, 0, 0)
    shade = QLinearGradient(0, 0, 0, -length)
    for at, colour in ((0.0, root), (0.55, tip), (1.0, tip)):
        shade.setColorAt(at, QColor(colour))
    p.setPen(QPen(QColor(120, 130, 160, 46), 1.5))
    p.setBrush(QBrush(shade))
    p.drawPath(path)
    p.restore()


def magnolia(p: QPainter, x: float, y: float, size: float, tilt: float, petals: Petals = PETALS) -> None:
    p.save()
    p.translate(x, y)
    p.rotate(tilt)
    for angle, length, width, tip, root in petals:
        _petal(p, size * length, size * width, angle, tip, root)
    p.setPen(NO_PEN)
    p.setBrush(QColor(CALYX))
    p.drawEllipse(QPointF(0, 2), size * 0.09, size * 0.07)
    p.restore()


def _twig(p: QPainter, points: Curve, thick: float, thin: float) -> None:
    path = QPainterPath(QPointF(*points[0]))
    path.cubicTo(QPointF(*points[1]), QPointF(*points[2]), QPointF(*points[3]))
    for i in range(40):
        p.setPen(QPen(QColor(TWIG), thick + (thin - thick) * i / 40, Qt.PenStyle.SolidLine, ROUND))
        p.drawLine(path.pointAtPercent(i / 40), path.pointAtPercent((i + 1) / 40))


def branch(p: QPainter, scale: float = 1.0) -> None:
    """One flowering branch in a 1000 x 800 space, growing from the right edge."""
    p.save()
    p.scale(scale, scale)
    for points, thick, thin in TWIGS:
        _twig(p, points, thick, thin)
    for x, y, size, tilt, petals in FLOWERS + BUDS:
        magnolia(p, x, y, size, tilt, petals)
    p.restore()


def corner(p: QPainter, w: int, _h: int) -> None:
    p.setOpacity(0.95)
    p.translate(w - 470, -4)
    branch(p, 0.46)


def _sky(p: QPainter, w: int, h: int) -> None:
    ground = QLinearGradient(0, 0, 0, h)
    for at, colour in SKY:
        ground.setColorAt(at, QColor(colour))
    p.fillRect(QRectF(0, 0, w, h), QBrush(ground))
    wide = w > h
    centre = QPointF(w * 0.72, h * 0.42) if wide else QPointF(w * 0.56, 740)
    moon = QRadialGradient(centre, 430)
    for stop, alpha in ((0.0, 70), (0.92, 34), (1.0, 0)):
        moon.setColorAt(stop, QColor(255, 255, 255, alpha))
    p.setPen(NO_PEN)
    p.setBrush(QBrush(moon))
    p.drawEllipse(centre, 430, 430)
    p.translate(w - 1110, 200 if wide else 350)
    if not wide:
        p.translate(20, 0)
    branch(p, 1.1)


@lru_cache(maxsize=2)
def sky(width: int, height: int, u: float) -> QPixmap:
    """The ground of the first page, drawn once into a pixmap (it costs some 70 ms)."""
    picture = QPixmap(width, height)
    p = QPainter(picture)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.scale(u, u)
    _sky(p, round(width / u), round(height / u))
    p.end()
    return picture


def mark(pal: Palette, *, light: bool) -> Draw:
    """The product's mark: a flower on a rounded square."""

    def draw(p: QPainter, w: int, h: int) -> None:
        p.setPen(NO_PEN)
        p.setBrush(QColor(255, 255, 255, 40) if light else QColor(pal.primary))
        p.drawRoundedRect(QRectF(0, 0, w, h), 16, 16)
        magnolia(p, w / 2, h * 0.82, h * 0.62, 0)

    return draw


def card_on_pad(pal: Palette) -> Draw:
    """The card going down on the pad."""

    def draw(p: QPainter, w: int, h: int) -> None:
        cx, cy = w / 2, h - 150
        _pad(p, pal, cx, cy)
        p.save()
        p.translate(cx, cy - 190)
        p.rotate(-6)
        _card(p, pal)
        p.restore()
        _arrows(p, pal, cx, cy)

    return draw


def _pad(p: QPainter, pal: Palette, cx: float, cy: float) -> None:
    p.setPen(NO_PEN)
    for i, alpha in enumerate((16, 24, 34, 60)):
        colour = QColor(pal.accent)
        colour.setAlpha(alpha)
        p.setBrush(colour)
        r = 64 - i * 8
        p.drawRoundedRect(QRectF(cx - 330 + i * 48, cy - 92 + i * 20, 660 - i * 96, 200 - i * 40), r, r)


def _card(p: QPainter, pal: Palette) -> None:
    p.setPen(NO_PEN)
    p.setBrush(QColor(20, 32, 44, 26))
    p.drawRoundedRect(QRectF(-196, -108, 408, 256), 26, 26)
    p.setPen(QPen(QColor(pal.primary), 4))
    p.setBrush(QColor(pal.panel))
    p.drawRoundedRect(QRectF(-204, -128, 408, 256), 24, 24)
    p.setPen(NO_PEN)
    p.setBrush(QColor(pal.primary_soft))
    p.drawRoundedRect(QRectF(72, -88, 100, 124), 12, 12)
    p.drawRoundedRect(QRectF(-164, 68, 330, 24), 12, 12)
    p.drawPixmap(QPointF(82, -72), icons.pixmap("person", 80, pal.primary))
    p.setBrush(QColor(pal.line))
    for y, width in ((-84, 200), (-44, 150), (-4, 184)):
        p.drawRoundedRect(QRectF(-164, y, width, 16), 8, 8)


def _arrows(p: QPainter, pal: Palette, cx: float, cy: float) -> None:
    p.setPen(QPen(QColor(pal.accent), 9, Qt.PenStyle.SolidLine, ROUND, Qt.PenJoinStyle.RoundJoin))
    for x in (cx - 290, cx + 290):
        p.drawLine(QPointF(x, cy - 250), QPointF(x, cy - 140))
        p.drawPolyline([QPointF(x - 30, cy - 172), QPointF(x, cy - 140), QPointF(x + 30, cy - 172)])


def slot(pal: Palette, out: float) -> Draw:
    """The paper slot, 400 x 200: a receipt coming out of it (`out` 0 … 1), or nothing (0)."""

    def draw(p: QPainter, w: int, _h: int) -> None:
        cx = w / 2
        p.setPen(QPen(QColor(pal.edge), 3, Qt.PenStyle.SolidLine if out else Qt.PenStyle.DashLine))
        p.setBrush(QColor(pal.panel) if out else Qt.BrushStyle.NoBrush)
        p.drawRect(QRectF(cx - 110, 40, 220, 150 * out if out else 150))
        p.setPen(NO_PEN)
        p.setBrush(QColor(pal.line))
        if out:
            for i, width in enumerate((168, 130, 150, 96)):
                p.drawRect(QRectF(cx - 84, 66 + i * 24, width, 9))
        p.setBrush(QColor(pal.primary_deep))
        p.drawRoundedRect(QRectF(cx - 170, 20, 340, 34), 17, 17)
        p.setBrush(QColor(pal.ok if out else pal.stop))
        p.drawEllipse(QPointF(cx + 146, 37), 7, 7)

    return draw


def slot_above(pal: Palette) -> Draw:
    """The empty slot where a page's art stands, in the upper right."""

    def draw(p: QPainter, w: int, _h: int) -> None:
        p.translate(w - 440, 150)
        slot(pal, 0)(p, 400, 200)

    return draw


def ring(pal: Palette, left: int, total: int) -> Draw:
    """A countdown: `left` of `total` seconds."""

    def draw(p: QPainter, w: int, h: int) -> None:
        round_about = QRectF(14, 14, w - 28, h - 28)
        p.setPen(QPen(QColor(pal.line), 20))
        p.drawEllipse(round_about)
        p.setPen(QPen(QColor(pal.primary), 20, Qt.PenStyle.SolidLine, ROUND))
        p.drawArc(round_about, 90 * 16, round(360 * 16 * left / max(1, total)))
        font = QFont(theme.FAMILY)
        font.setPixelSize(112)
        font.setBold(True)
        p.setFont(font)
        p.setPen(QColor(pal.ink))
        p.drawText(QRectF(0, 0, w, h), Qt.AlignmentFlag.AlignCenter, str(left))

    return draw


def dot(pal: Palette, *, on: bool, square: bool) -> Draw:
    """The mark of a choice, 44 x 44: round for one of several, square for any number."""

    def draw(p: QPainter, w: int, h: int) -> None:
        outline = QRectF(3, 3, w - 6, h - 6)
        radius = 10 if square else w / 2
        p.setPen(QPen(QColor(pal.primary if on else pal.edge), 4))
        p.setBrush(QColor(pal.primary if on and square else pal.panel))
        p.drawRoundedRect(outline, radius, radius)
        if on and square:
            p.drawPixmap(QPointF(6, 6), icons.pixmap("check", 32, pal.on_primary, 3))
        elif on:
            p.setPen(NO_PEN)
            p.setBrush(QColor(pal.primary))
            p.drawEllipse(QRectF(12, 12, w - 24, h - 24))

    return draw
