"""A camera for the demo: it sees drawn papers of nobody on a drawn table, and says that it is simulated.

Another sheet lies there after every photograph, now and then none or one that leaves the picture.
"""

from math import cos, radians, sin
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF, QTransform

from app.domain.device import DeviceStatus
from app.texts import Texts
from ui.camera.seeing import Seeing
from ui.camera.source import CameraSource
from ui.desk import Desk
from ui.theme import FAMILY

WIDTH, HEIGHT = 2592, 1944
FRAME_MS = 120
PAPER = 1240, 1754
_TABLE, _SHEET, _INK, _GREY, _STAMP = "#3B3F45", "#F8F7F2", "#1B1E24", "#8A8F98", "#B42A22"
_LINES = 14
_POSES = ((-6, 0.94, 0.02), (4, 0.90, -0.04), (12, 0.86, 0.03), (-2, 0.96, 0.0))
"""Degrees turned, size, shift to the right."""


class SimulatedCamera(CameraSource):
    """`folder`: pictures to show instead of the drawn ones, in the order of their names."""

    simulated = True
    driver = "simulated"

    def __init__(self, desk: Desk, folder: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._texts = desk, desk.office.texts
        self._files = sorted(f for f in Path(folder).glob("*.[jp][pn]g")) if folder else []
        self._number = 0
        self.plugged = True
        self._drawn: dict[int, QImage] = {}
        self._seeing = Seeing(desk, self.frame.emit, self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self.turn_to(DeviceStatus.ONLINE, line="demo", now=desk.office.clock.now())

    def start(self) -> None:
        self._seeing.running = True
        self._timer.start(FRAME_MS)
        self._tick()

    def stop(self) -> None:
        self._seeing.running = False
        self._timer.stop()

    def plug(self, plugged: bool) -> None:
        """What a hand at the cable would do."""
        self.plugged = plugged
        now = self._desk.office.clock.now()
        if plugged:
            self.turn_to(DeviceStatus.ONLINE, line="demo", now=now)
        else:
            self.turn_to(DeviceStatus.NO_DEVICE, "device.not_found", now=now)

    def capture(self) -> None:
        if not self.plugged:
            self.missed.emit()
            return
        number = self._number
        self._desk.tasks.run(
            self._desk.camera_executor,
            lambda: self._scene(number),
            owner=self,
            done=self._taken,
            failed=lambda _error: self.missed.emit(),
        )

    def _taken(self, image: QImage) -> None:
        self._number += 1
        self.captured.emit(image)

    def _tick(self) -> None:
        if self.plugged:
            number = self._number
            self._seeing.offer(lambda: self._scene(number))

    def _scene(self, number: int) -> QImage:
        """On the camera's thread."""
        if self._files:
            return QImage(str(self._files[number % len(self._files)]))
        if number not in self._drawn:
            self._drawn = {number: scene(self._texts, number)}
        return self._drawn[number]


def scene(texts: Texts, number: int) -> QImage:
    """The table with the sheet of that number."""
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB888)
    picture.fill(QColor(_TABLE))
    p = QPainter(picture)
    p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    sheet = paper(texts, number)
    to_table = QTransform()
    corners = _corners(*_POSES[number % len(_POSES)])
    edges = QPolygonF([QPointF(0, 0), QPointF(PAPER[0], 0), QPointF(*PAPER), QPointF(0, PAPER[1])])
    QTransform.quadToQuad(edges, corners, to_table)
    p.setPen(Qt.PenStyle.NoPen)
    for step in range(6):
        p.setBrush(QColor(0, 0, 0, 22))
        p.drawPolygon(corners.translated(4 + 3 * step, 4 + 3 * step))
    p.setTransform(to_table)
    p.drawImage(0, 0, sheet)
    p.end()
    return picture


def _corners(turn: float, size: float, shift: float) -> QPolygonF:
    tall = HEIGHT * size * 0.98
    wide = tall * PAPER[0] / PAPER[1]
    c, s = cos(radians(turn)), sin(radians(turn))
    shrink = 1 / (abs(c) + abs(s) * wide / tall)
    points = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        u, v = x * wide / 2 * shrink * (1 + 0.02 * y), y * tall / 2 * shrink
        points.append(QPointF(WIDTH * (0.5 + shift) + u * c - v * s, HEIGHT / 2 + u * s + v * c))
    return QPolygonF(points)


def paper(texts: Texts, number: int) -> QImage:
    """A form of nobody: title, lines, boxes, and a stamp that says what it is."""
    sheet = QImage(*PAPER, QImage.Format.Format_RGB888)
    sheet.fill(QColor(_SHEET))
    p = QPainter(sheet)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    _write(p, QRectF(0, 90, PAPER[0], 90), 54, texts[f"camera.paper_{number % 4}"], _INK, bold=True)
    _write(p, QRectF(0, 180, PAPER[0], 50), 26, texts["camera.paper_note"], _GREY)
    for line in range(_LINES):
        top = 280 + 78 * line
        p.setPen(QPen(QColor(_INK), 2))
        p.drawRect(110, top, PAPER[0] - 220, 78)
        p.drawLine(370, top, 370, top + 78)
        _write(p, QRectF(120, top, 240, 78), 28, texts[f"camera.paper_field_{line % 4}"], _INK)
        _write(p, QRectF(390, top, 730, 78), 28, texts[f"camera.paper_value_{line % 4}"], _INK, left=True)
    p.setPen(QPen(QColor(_STAMP), 8))
    p.drawEllipse(800, 1430, 230, 230)
    _write(p, QRectF(800, 1430, 230, 230), 44, texts["camera.paper_stamp"], _STAMP, bold=True)
    p.end()
    return sheet


def _write(
    p: QPainter, where: QRectF, px: int, words: str, colour: str, *, bold: bool = False, left: bool = False
) -> None:
    font = QFont(FAMILY)
    font.setPixelSize(px)
    font.setBold(bold)
    p.setFont(font)
    p.setPen(QColor(colour))
    side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
    p.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, words)
