"""The camera a station has configured, and what to say where it cannot be had."""

from datetime import datetime
from importlib.util import find_spec

from PySide6.QtCore import QObject

from app.domain.device import DeviceStatus
from ui.camera.source import CameraSource
from ui.desk import Desk


class NoCamera(CameraSource):
    """A camera is configured, but not what it takes to use it."""

    driver = "qt"

    def __init__(self, reason: str, now: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.turn_to(DeviceStatus.HARDWARE_ERROR, reason, now=now)

    def start(self) -> None:
        """There is nothing to show."""

    def stop(self) -> None:
        """Nothing runs."""

    def capture(self) -> None:
        self.missed.emit()


def camera_of(desk: Desk, parent: QObject) -> CameraSource | None:
    """None where none is configured."""
    wanted = desk.office.camera
    if wanted is None:
        return None
    if wanted.driver == "simulated":
        from ui.camera.simulated import SimulatedCamera

        return SimulatedCamera(desk, wanted.name, parent)
    if find_spec("PySide6.QtMultimedia") is None:
        return NoCamera("device.camera_extra", desk.office.clock.now(), parent)
    try:
        from ui.camera.qt_camera import QtCamera
    except ImportError:  # a system library of QtMultimedia is missing
        return NoCamera("device.camera_extra", desk.office.clock.now(), parent)
    return QtCamera(desk, wanted.name, parent)
