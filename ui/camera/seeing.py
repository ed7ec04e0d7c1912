"""Frames off the GUI thread: made small, searched for a sheet, and dropped while that goes on."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from app.errors import AppError
from ui.camera.source import PREVIEW, Seen
from ui.desk import Desk
from ui.pictures import picture_of, shrunk

LEAST_GAP_S = 0.07  # at most 14 frames a second


class Seeing(QObject):
    """`offer` a frame; `shown(image, corners)` follows on the GUI thread for as many as there is time for."""

    def __init__(self, desk: Desk, shown: Callable[[QImage, object], None], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._shown = desk, shown
        self._busy, self._last = False, 0.0
        self.dropped = 0
        self.running = True

    def offer(self, image: Callable[[], QImage]) -> None:
        """`image` makes the picture, on the camera's thread."""
        now = monotonic()
        if self._busy or now - self._last < LEAST_GAP_S:
            self.dropped += 1
            return
        self._busy, self._last = True, now
        tools = self._desk.office.page_tools
        assert tools is not None

        def see() -> Seen:
            small = shrunk(image(), PREVIEW)
            return small, None if small.isNull() else tools.find_page(picture_of(small))

        self._desk.tasks.run(self._desk.camera_executor, see, owner=self, done=self._seen, failed=self._blind)

    def _seen(self, seen: Seen) -> None:
        self._busy = False
        if self.running and not seen[0].isNull():
            self._shown(*seen)

    def _blind(self, _error: AppError) -> None:
        self._busy = False
