"""What the camera sees, with the sheet outlined; and the photograph whose corners are moved by hand."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.domain.page import WHOLE, Corners, Point
from ui.widgets.kit import Kit

GROUND, VEIL = "#20262E", 110
HANDLE = 11  # px, the radius of a corner's handle
REACH = 28  # px from which a handle is taken hold of
NUDGE, STRIDE = 0.002, 0.02
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class _Stage(QWidget):
    """A picture as large as it fits, on a dark ground."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._image: QImage | None = None
        self.setMinimumSize(480, 320)
        self.setProperty("no_ring", True)  # where the keyboard is by itself, and yellow is the sheet's

    def sizeHint(self) -> QSize:
        return QSize(800, 560)

    @property
    def picture_rect(self) -> QRectF:
        """Where the picture lies on the widget."""
        if self._image is None or self._image.isNull():
            return QRectF()
        size = QSize(self._image.size()).scaled(
            self.width() - 16, self.height() - 16, Qt.AspectRatioMode.KeepAspectRatio
        )
        x, y = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(x, y, size.width(), size.height())

    def _outline(self, corners: Corners) -> QPolygonF:
        at = self.picture_rect
        points = [QPointF(at.x() + x * at.width(), at.y() + y * at.height()) for x, y in corners]
        return QPolygonF(points)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(GROUND))
        p.drawRoundedRect(self.rect(), 8, 8)
        if self._image is not None and not self._image.isNull():
            p.drawImage(self.picture_rect, self._image)
            self._over(p)
        p.end()

    def _over(self, p: QPainter) -> None:
        """What is drawn on the picture."""

    def _veil(self, p: QPainter, corners: Corners) -> QPolygonF:
        """Darken what will be cut away."""
        inside, rim = self._outline(corners), QPolygonF(self.picture_rect)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(0, 0, 0, VEIL))
        p.drawPolygon(rim.subtracted(inside))
        return inside


class CameraView(_Stage):
    """Live; without a picture it stays dark, and words stand over it (see CaptureSheet)."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._corners: Corners | None = None
        self.setObjectName("camera_view")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def found(self) -> bool:
        return self._corners is not None

    @property
    def filled(self) -> bool:
        """Whether there is a picture."""
        return self._image is not None

    def show_frame(self, image: QImage | None, corners: Corners | None) -> None:
        self._image, self._corners = image, corners
        self.update()

    def _over(self, p: QPainter) -> None:
        if self._corners is None:
            return
        outline = self._veil(p, self._corners)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor("white"), 5, j=Qt.PenJoinStyle.RoundJoin))
        p.drawPolygon(outline)
        p.setPen(QPen(QColor(self._kit.pal.focus), 3, j=Qt.PenJoinStyle.RoundJoin))
        p.drawPolygon(outline)


class CropEditor(_Stage):
    """Four corners to drag, or to choose with 1 to 4, and to nudge with the arrows (Shift: further)."""

    moved = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.corners: Corners = WHOLE
        self.active = 0
        self._held = False
        self.setObjectName("crop_editor")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def open(self, corners: Corners | None) -> None:
        """The photograph follows by `show_photo`."""
        self._image, self.active = None, 0
        self.set_corners(corners or WHOLE)

    def show_photo(self, image: QImage) -> None:
        self._image = image
        self.update()

    def set_corners(self, corners: Corners) -> None:
        self.corners = corners
        self.update()
        self.moved.emit()

    def _over(self, p: QPainter) -> None:
        outline = self._veil(p, self.corners)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(QColor("white"), 2))
        p.drawPolygon(outline)
        for number in range(4):
            chosen = number == self.active
            p.setPen(QPen(QColor(self._kit.pal.ink), 2))
            p.setBrush(QColor(self._kit.pal.focus if chosen else "white"))
            radius = HANDLE if chosen else HANDLE - 3
            p.drawEllipse(outline.at(number), radius, radius)
            if chosen:
                p.setPen(QColor(self._kit.pal.ink))
                box = QRectF(0, 0, 2 * radius, 2 * radius)
                box.moveCenter(outline.at(number))
                p.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number + 1))

    # -- hands -------------------------------------------------------------------------------------

    def _put(self, point: Point) -> None:
        """The active corner goes there, as far as the four sides stay a sheet."""
        x, y = min(1.0, max(0.0, point[0])), min(1.0, max(0.0, point[1]))
        corners = list(self.corners)
        corners[self.active] = (x, y)
        moved = (corners[0], corners[1], corners[2], corners[3])
        if convex(moved):
            self.set_corners(moved)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            far = STRIDE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else NUDGE
            (dx, dy), (x, y) = _STEPS[key], self.corners[self.active]
            self._put((x + dx * far, y + dy * far))
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_4:
            self._choose(key - Qt.Key.Key_1)
        else:
            super().keyPressEvent(event)

    def _choose(self, number: int) -> None:
        self.active = number
        self.update()
        self.moved.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        outline = self._outline(self.corners)
        far = [(outline.at(n) - event.position()).manhattanLength() for n in range(4)]
        self._held = min(far) <= REACH
        if self._held:
            self._choose(far.index(min(far)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.picture_rect
        if self._held and at.width() and at.height():
            here = event.position()
            self._put(((here.x() - at.x()) / at.width(), (here.y() - at.y()) / at.height()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = False


def convex(corners: Corners) -> bool:
    """Clockwise, with every corner turning the same way and no side of nothing."""
    for i in range(4):
        (ax, ay), (bx, by), (cx, cy) = corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]
        if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) < 1e-3:
            return False
    return True
