"""A card over a page, without a window of its own: help, large pictures, the question before 交接."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QLayout, QWidget


class Overlay(QFrame):
    """Covers its parent with a margin and follows its size."""

    def __init__(self, parent: QWidget, layout: QLayout, name: str, margin: int = 24) -> None:
        super().__init__(parent)
        self._margin = margin
        self.setObjectName(name)
        self.setProperty("role", "card")
        self.setLayout(layout)
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

    def _cover(self) -> None:
        parent, m = self.parentWidget(), self._margin
        if parent is not None:
            self.setGeometry(parent.rect().adjusted(m, m, -m, -m))
