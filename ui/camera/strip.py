"""The strip of pages taken: pictures in their order, the chosen one framed."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from app.texts import Texts
from ui.camera.shots import Shots
from ui.widgets.kit import Kit

COLUMNS, CELL_W, CELL_H, GAP = 2, 132, 172, 8


class ShotStrip(QWidget):
    """Painted in one piece; `chosen(n)` by mouse, the keys belong to the sheet."""

    chosen = Signal(int)

    def __init__(self, kit: Kit, texts: Texts, shots: Shots) -> None:
        super().__init__()
        self._kit, self._texts, self._shots = kit, texts, shots
        self.setObjectName("shot_strip")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        shots.changed.connect(self._changed)
        self._changed()

    def sizeHint(self) -> QSize:
        rows = -(-len(self._shots.items) // COLUMNS)
        return QSize(COLUMNS * (CELL_W + GAP), rows * (CELL_H + GAP) + GAP)

    def cell(self, number: int) -> QRect:
        line, column = divmod(number, COLUMNS)
        return QRect(column * (CELL_W + GAP), line * (CELL_H + GAP), CELL_W, CELL_H)

    def _changed(self) -> None:
        shots = self._shots
        said = self._texts.say("camera.page_of", n=shots.chosen + 1, total=len(shots.items))
        self.setAccessibleName(said if shots.items else self._texts["camera.no_pages"])
        self.setFixedSize(self.sizeHint())
        self.update()
        port = self.parentWidget()
        scroll = port.parentWidget() if port is not None else None
        if isinstance(scroll, QScrollArea) and shots.current is not None:
            at = self.cell(shots.chosen).center()
            scroll.ensureVisible(at.x(), at.y(), 0, CELL_H)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number in range(len(self._shots.items)):
            if self.cell(number).contains(event.position().toPoint()):
                self.chosen.emit(number)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for number in range(len(self._shots.items)):
            self._paint(p, number)
        p.end()

    def _paint(self, p: QPainter, number: int) -> None:
        pal, shot, cell = self._kit.pal, self._shots.items[number], self.cell(number)
        chosen = number == self._shots.chosen
        p.setPen(QPen(QColor(pal.primary if chosen else pal.line), 3 if chosen else 1))
        p.setBrush(QColor(pal.primary_soft if chosen else pal.sunken))
        p.drawRoundedRect(cell.adjusted(2, 2, -2, -2), 8, 8)
        room = cell.adjusted(8, 8, -8, -28)
        if shot.thumb is not None:
            size = shot.thumb.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            at = QRect(room.center().x() - size.width() // 2, room.center().y() - size.height() // 2, 0, 0)
            at.setSize(size)
            p.drawImage(at, shot.thumb)
        else:
            p.setPen(QColor(pal.muted))
            p.drawText(room, Qt.AlignmentFlag.AlignCenter, self._texts["camera.making"])
        p.setPen(QColor(pal.ink))
        foot = QRect(cell.x(), cell.bottom() - 26, cell.width(), 22)
        p.drawText(foot, Qt.AlignmentFlag.AlignCenter, str(number + 1))
