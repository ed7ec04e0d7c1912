"""What a document camera is to the capture sheet, whoever makes the pictures."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.page import Corners

PREVIEW = 960  # px, the long side of what is shown while one looks


class CameraSource(QObject):
    """Belongs to the GUI thread; does its work elsewhere.

    `frame(QImage, Corners | None)`: what it sees, at most PREVIEW px long, with the sheet found in it;
    `captured(QImage)`: a photograph at full size; `missed`: none came; `health_changed`: it is
    there, is gone, or is being opened.
    """

    frame = Signal(object, object)
    captured = Signal(object)
    missed = Signal()
    health_changed = Signal()
    simulated = False
    driver = ""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.health = DeviceHealth(
            DeviceKind.DOCUMENT_CAMERA, DeviceStatus.STARTING, driver=self.driver, simulated=self.simulated
        )

    @property
    def live(self) -> bool:
        return self.health.status is DeviceStatus.ONLINE

    def start(self) -> None:
        """Show what it sees until `stop`.  Without a camera it waits until one is plugged in."""
        raise NotImplementedError

    def stop(self) -> None:
        """Leave the camera to others; `health` stays known."""
        raise NotImplementedError

    def capture(self) -> None:
        """Take a photograph: `captured` or `missed` follows."""
        raise NotImplementedError

    def turn_to(
        self, status: DeviceStatus, reason: str = "", line: str = "", now: datetime | None = None
    ) -> None:
        """Tell another state; `since` stays while it is the same one."""
        if (status, reason, line) == (self.health.status, self.health.reason, self.health.line):
            return
        self.health = DeviceHealth(
            DeviceKind.DOCUMENT_CAMERA,
            status,
            reason,
            now,
            self.driver,
            line,
            simulated=self.simulated,
            capabilities=("preview", "capture"),
        )
        self.health_changed.emit()


Seen = tuple[QImage, Corners | None]
