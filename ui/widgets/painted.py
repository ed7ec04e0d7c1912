"""Widgets that paint themselves: a button with its key, the focus ring, a picture from a function."""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy, QWidget

from ui.theme import Palette

KEY_CAP_PX = 12

Draw = Callable[[QPainter, int, int], None]
"""A picture: (painter, width, height)."""


class KeyButton(QPushButton):
    """Shows its key at the right end; the key cap is painted, so it costs no child widget."""

    def __init__(self, text: str, key: str, palette: Palette, icon_px: int) -> None:
        super().__init__(text)
        self.key, self.pal, self.icon_px = key, palette, icon_px

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.key:
            self._paint_key(QPainter(self))

    def _paint_key(self, p: QPainter) -> None:
        font = self.font()
        font.setPixelSize(KEY_CAP_PX)
        font.setBold(False)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setFont(font)
        width = p.fontMetrics().horizontalAdvance(self.key) + 12
        cap = QRect(self.width() - width - 10, (self.height() - 20) // 2, width, 20)
        filled = self.isEnabled() and self.property("kind") == "primary"
        ground = self.pal.primary_deep if filled else self.pal.sunken if self.isEnabled() else self.pal.panel
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(QColor(ground))
        p.drawRoundedRect(cap, 4, 4)
        p.setPen(QColor(self.pal.on_primary if filled else self.pal.muted))
        p.drawText(cap, Qt.AlignmentFlag.AlignCenter, self.key)
        p.end()


class FocusRing(QWidget):
    """One ring for a whole window: it goes where the keyboard is, and moves with it.

    Without a `target` it follows `QApplication.focusChanged`; with one it stays there.
    """

    def __init__(self, window: QWidget, target: QWidget | None, palette: Palette, width: int = 3) -> None:
        super().__init__(window)
        self.pal, self.w = palette, width
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self._placing = QTimer(self)
        self._placing.setSingleShot(True)
        self._placing.timeout.connect(self._place)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        if target is None:
            app = QApplication.instance()
            if isinstance(app, QApplication):
                app.focusChanged.connect(self._focus_changed)
            target = window.focusWidget()
        self.follow(target)

    def follow(self, target: QWidget | None) -> None:
        """Lie round `target`; None, or one that wants no ring, hides it."""
        for widget in filter(shiboken6.isValid, self._watched):
            widget.removeEventFilter(self)
        self._watched = []
        self._target = target if target is not None and not target.property("no_ring") else None
        up: QWidget | None = self._target
        while up is not None:
            up.installEventFilter(self)
            self._watched.append(up)
            if up is self.parentWidget():
                break
            up = up.parentWidget()
        self._placing.start(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moved = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
        if event.type() in moved:
            self._placing.start(0)  # once for a whole page that is laid out anew
        return False

    def _focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if not shiboken6.isValid(self):
            return
        window = self.parentWidget()
        if new is None or window is None or not window.isAncestorOf(new):
            self.follow(None)
        else:
            self.follow(new)

    def _place(self) -> None:
        target, window = self._target, self.parentWidget()
        if (
            target is None
            or window is None
            or not shiboken6.isValid(target)
            or not target.isVisibleTo(window)
        ):
            self.hide()
            return
        at = QRect(target.mapTo(window, target.rect().topLeft()), target.size())
        self.setGeometry(at.adjusted(-4, -4, 4, 4))
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(QColor(self.pal.focus), self.w))
        p.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 10, 10)
        p.end()


class Painted(QWidget):
    """A picture drawn by a function; tests call the function, the widget only hands over the painter."""

    def __init__(self, draw: Draw, w: int = 0, h: int = 0) -> None:
        super().__init__()
        self.draw = draw
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if w:
            self.setFixedWidth(w)
        if h:
            self.setFixedHeight(h)

    def paintEvent(self, _event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.draw(p, self.width(), self.height())
        p.end()
