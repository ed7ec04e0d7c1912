"""A signature by pen, finger or mouse: the pad, and the card with its buttons.

A pen's pressure makes the stroke wider; everything else draws an even one.  Only the first finger
draws: the ball of the hand does not.  What leaves is a PNG, ink on nothing, cut to the ink.
"""

from dataclasses import dataclass, field
from math import hypot

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageWriter,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from app.texts import Texts
from ui.widgets.kit import Kit, box, col, restyle, row

WIDEST_PX = 800  # of the picture
_EDGE = 8  # px of nothing round the ink
_EVEN = 3.0  # width of a stroke without pressure
_THIN, _SWELL = 1.2, 3.6
_LEAST_INK = 1.2  # of the pad's height: a dot or a tick is no name


@dataclass(slots=True)
class Stroke:
    points: list[QPointF] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    @property
    def length(self) -> float:
        pairs = zip(self.points, self.points[1:], strict=False)
        return sum(hypot(b.x() - a.x(), b.y() - a.y()) for a, b in pairs)

    def paint(self, p: QPainter, ink: QColor) -> None:
        """Curves through the middles between points: smooth, and never beyond what was drawn."""
        if len(self.points) == 1:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(ink)
            p.drawEllipse(self.points[0], self.widths[0] / 2, self.widths[0] / 2)
            return
        p.setBrush(Qt.BrushStyle.NoBrush)
        start = self.points[0]
        for i in range(1, len(self.points)):
            last = i + 1 == len(self.points)
            end = self.points[i] if last else (self.points[i] + self.points[i + 1]) * 0.5
            path = QPainterPath(start)
            path.quadTo(self.points[i], end)
            p.setPen(QPen(ink, self.widths[i], Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            p.drawPath(path)
            start = end


class SignaturePad(QWidget):
    """`changed` after every stroke, undo and clear."""

    changed = Signal()

    def __init__(self, kit: Kit, hint: str) -> None:
        super().__init__()
        self._ink, self._edge = QColor(kit.pal.ink), QColor(kit.pal.edge)
        self._muted, self._ground = QColor(kit.pal.muted), QColor(kit.pal.panel)
        self._hint = hint
        self._strokes: list[Stroke] = []
        self._drawing = False
        self.setObjectName("signature_pad")
        self.setAccessibleName(hint)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def sizeHint(self) -> QSize:
        return QSize(640, 240)

    @property
    def empty(self) -> bool:
        return not self._strokes

    @property
    def enough(self) -> bool:
        """Whether it can be a name."""
        return sum(s.length for s in self._strokes) >= _LEAST_INK * self.height()

    def undo(self) -> None:
        if self._strokes:
            self._strokes.pop()
            self._news()

    def clear(self) -> None:
        if self._strokes:
            self._strokes.clear()
            self._news()

    def png(self) -> bytes:
        """Transparent, cut to the ink, at most WIDEST_PX on a side; b"" while empty."""
        if self.empty:
            return b""
        ink = self._inked()
        scale = min(2.0, WIDEST_PX / max(ink.width(), ink.height()))
        size = QSize(int(ink.width() * scale), int(ink.height() * scale))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        p = QPainter(image)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.scale(scale, scale)
        p.translate(-ink.topLeft())
        for stroke in self._strokes:
            stroke.paint(p, self._ink)
        p.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, b"png").write(image)
        return bytes(buffer.data().data())

    def _inked(self) -> QRectF:
        xs = [point.x() for stroke in self._strokes for point in stroke.points]
        ys = [point.y() for stroke in self._strokes for point in stroke.points]
        least = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
        return least.adjusted(-_EDGE, -_EDGE, _EDGE, _EDGE)

    def _news(self) -> None:
        self.update()
        self.changed.emit()

    # -- hands -----------------------------------------------------------------------------------

    def _begin(self, at: QPointF, width: float) -> None:
        self._drawing = True
        self._strokes.append(Stroke([at], [width]))
        self.update()

    def _go_on(self, at: QPointF, width: float) -> None:
        if self._drawing and (at - self._strokes[-1].points[-1]).manhattanLength() >= 1.0:
            self._strokes[-1].points.append(at)
            self._strokes[-1].widths.append(width)
            self.update()

    def _end(self) -> None:
        if self._drawing:
            self._drawing = False
            self._news()

    def tabletEvent(self, event: QTabletEvent) -> None:
        width = _THIN + _SWELL * event.pressure()
        if event.pointerType() == QPointingDevice.PointerType.Eraser:
            pass
        elif event.type() == QEvent.Type.TabletPress:
            self._begin(event.position(), width)
        elif event.type() == QEvent.Type.TabletMove:
            self._go_on(event.position(), width)
        elif event.type() == QEvent.Type.TabletRelease:
            self._end()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            self._touched(event)
            return True
        return super().event(event)

    def _touched(self, event: QTouchEvent) -> None:
        if event.type() in (QEvent.Type.TouchEnd, QEvent.Type.TouchCancel) or not event.points():
            self._end()
        elif event.type() == QEvent.Type.TouchBegin:
            self._begin(event.points()[0].position(), _EVEN)
        else:
            self._go_on(event.points()[0].position(), _EVEN)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position(), _EVEN)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_on(event.position(), _EVEN)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()

    # -- paint -----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        p.setPen(QPen(self._edge, 2))
        p.setBrush(self._ground)
        p.drawRoundedRect(frame, 8, 8)
        base = frame.bottom() - frame.height() / 4
        p.setPen(QPen(self._edge, 1, Qt.PenStyle.DashLine))
        p.drawLine(QPointF(frame.left() + 32, base), QPointF(frame.right() - 32, base))
        if self.empty:
            p.setPen(self._muted)
            p.drawText(frame, Qt.AlignmentFlag.AlignCenter, self._hint)
        for stroke in self._strokes:
            stroke.paint(p, self._ink)


class SignatureCard(QFrame):
    """`done(png)`: signed; `left`: without a signature (a person who cannot use it, or the clerk)."""

    done = Signal(bytes)
    left = Signal()

    def __init__(self, kit: Kit, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self.setProperty("role", "card")
        self.setObjectName("signature_card")
        self._title = kit.text("", "h2", wrap=True, name="signature_title")
        self._lead = kit.text(texts["signature.lead"], "body", "muted", wrap=True)
        self._said = kit.text("", "body", "muted", wrap=True, name="signature_said")
        self.pad = SignaturePad(kit, texts["signature.hint"])
        self._undo = kit.button(texts["signature.undo"], "secondary", name="signature_undo")
        self._clear = kit.button(texts["signature.clear"], "secondary", name="signature_clear")
        self._leave = kit.button(texts["signature.leave"], "quiet", name="signature_leave")
        self._done = kit.button(texts["signature.done"], "primary", name="signature_done")
        buttons = row(self._undo, self._clear, None, self._leave, self._done, gap=kit.s.pad // 2)
        layout = col(self._title, self._lead, self.pad, self._said, box(buttons), gap=kit.s.pad // 2)
        layout.setStretch(2, 1)
        layout.setContentsMargins(*(kit.s.pad,) * 4)
        self.setLayout(layout)
        self._undo.clicked.connect(self.pad.undo)
        self._clear.clicked.connect(self.pad.clear)
        self._leave.clicked.connect(self._left)
        self._done.clicked.connect(self._finished)
        self.pad.changed.connect(self._changed)
        self._changed()

    def begin(self, name: str) -> None:
        """`name`: masked."""
        self._title.setText(self._texts.say("signature.title", name=name))
        self.pad.clear()
        self._changed()

    def start_at(self) -> None:
        """Where the keyboard is while the hand draws: who only has keys can leave without a signature."""
        self._leave.setFocus()

    def _changed(self) -> None:
        for button in (self._undo, self._clear, self._done):
            button.setEnabled(not self.pad.empty)
        self._say("")

    def _finished(self) -> None:
        if not self.pad.enough:
            self._say(self._texts["signature.too_little"])
            return
        png = self.pad.png()
        self.pad.clear()
        self.done.emit(png)

    def _say(self, words: str) -> None:
        restyle(self._said, tone="stop" if words else "muted")
        self._said.setText(words)

    def _left(self) -> None:
        self.pad.clear()
        self.left.emit()
