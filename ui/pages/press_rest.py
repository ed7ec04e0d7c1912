"""A key struck twice is one copy, however quick the printer: printing again rests after every press."""

from PySide6.QtCore import QObject, QTimer

AGAIN_MS = 800


class PressRest(QTimer):
    """Started by a press; while it is active the next one counts for nothing."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, singleShot=True, interval=AGAIN_MS)
