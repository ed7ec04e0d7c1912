"""A card over a page, without a window of its own: help, for one."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.kit import col, row

_LEAVING = (Qt.Key.Key_J, *(Qt.Key(Qt.Key.Key_1.value + n) for n in range(9)))


def keeps_key(event: QEvent) -> bool:
    """Whether a sheet that lies over a page takes this key before the page's shortcuts do.

    The shell's own stay free: F1, and Ctrl+1 … 9 and Ctrl+J, by which one leaves the page.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() != Qt.Key.Key_F1 and not (control and event.key() in _LEAVING)


class Overlay(QFrame):
    """Dims its parent and lays `card` in the middle; a click beside the card closes it."""

    def __init__(self, parent: QWidget, card: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "scrim")
        self._card = card
        self.setLayout(col(None, row(None, card, None), None))
        parent.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        self._cover()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._cover()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._card.geometry().contains(event.position().toPoint()):
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
