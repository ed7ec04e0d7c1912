"""A document camera as the operating system sees it: a video device, by QtMultimedia.

QtMultimedia is only imported here, and only when a station has such a camera configured; it is
part of the extra [camera].  `QCamera.start` tells no error where no camera is, so the list of
devices is asked, now and whenever it changes.
"""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QCamera,
    QCameraDevice,
    QCameraFormat,
    QImageCapture,
    QMediaCaptureSession,
    QMediaDevices,
    QVideoFrame,
    QVideoSink,
)

from app.domain.device import DeviceStatus
from ui.camera.seeing import Seeing
from ui.camera.source import CameraSource
from ui.desk import Desk

MOST_DOTS = 21_000_000  # the best document cameras; more is a photograph nobody waits for
PATIENCE_MS = 8_000  # from opening to the first frame
PHOTO_MS = 8_000  # from the press to the photograph: QImageCapture waits for a frame for ever
LEAST_RATE = 3.0  # frames a second one can still work by


class QtCamera(CameraSource):
    """`name`: the description of the camera wanted, "" for the first there is."""

    driver = "qt"

    def __init__(self, desk: Desk, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._name = desk, name
        self._wanted = False
        self._camera: QCamera | None = None
        self._devices = QMediaDevices(self)
        self._devices.videoInputsChanged.connect(self._look)
        self._session = QMediaCaptureSession(self)
        self._sink = QVideoSink(self)
        self._photo = QImageCapture(self)
        self._session.setVideoSink(self._sink)
        self._session.setImageCapture(self._photo)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._silent)
        self._exposure = QTimer(self)
        self._exposure.setSingleShot(True)
        self._exposure.timeout.connect(self.missed)
        self._seeing = Seeing(desk, self.frame.emit, self)
        self._sink.videoFrameChanged.connect(self._framed)
        self._photo.imageCaptured.connect(self._captured)
        self._photo.errorOccurred.connect(lambda *_: self._no_photo())
        self._look()

    @property
    def session(self) -> QMediaCaptureSession:
        """A test feeds frames into it."""
        return self._session

    def start(self) -> None:
        self._wanted = self._seeing.running = True
        self._look()

    def stop(self) -> None:
        self._wanted = self._seeing.running = False
        self._close()
        self._look()

    def capture(self) -> None:
        self._exposure.start(PHOTO_MS)
        if not self.live or self._photo.capture() < 0:
            self._no_photo()

    # -- the device --------------------------------------------------------------------------------

    def _look(self) -> None:
        """The camera came, went, or is to be opened."""
        device = self._device()
        if device is None:
            self._close()
            self._tell(DeviceStatus.NO_DEVICE, "device.not_found")
        elif self._camera is None or self._camera.cameraDevice() != device:
            self._close()
            if self._wanted:
                self._open(device)
            else:
                self._tell(DeviceStatus.ONLINE, line=device.description())

    def _device(self) -> QCameraDevice | None:
        found = [d for d in QMediaDevices.videoInputs() if self._name in ("", d.description())]
        return found[0] if found else None

    def _open(self, device: QCameraDevice) -> None:
        self._tell(DeviceStatus.STARTING, line=device.description())
        camera = QCamera(device, self)
        best = best_format(device.videoFormats())
        if best is not None:
            camera.setCameraFormat(best)
        camera.errorOccurred.connect(lambda *_: self._tell(DeviceStatus.HARDWARE_ERROR, "device.timeout"))
        self._camera = camera
        self._session.setCamera(camera)
        self._patience.start(PATIENCE_MS)
        camera.start()

    def _close(self) -> None:
        self._patience.stop()
        self._exposure.stop()
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.stop()
            self._session.setCamera(None)  # type: ignore[arg-type]  # Qt: none any more
            camera.deleteLater()

    def _silent(self) -> None:
        """Opened, and not one frame: another program may hold it."""
        if not self.live:
            self._tell(DeviceStatus.OFFLINE, "device.timeout", self.health.line)

    def _tell(self, status: DeviceStatus, reason: str = "", line: str = "") -> None:
        self.turn_to(status, reason, line, self._desk.office.clock.now())

    # -- pictures ----------------------------------------------------------------------------------

    def _framed(self, frame: QVideoFrame) -> None:
        """The first frame is the proof that it works."""
        if not self._wanted or not frame.isValid():
            return
        if not self.live:
            line = self._camera.cameraDevice().description() if self._camera else ""
            self._tell(DeviceStatus.ONLINE, line=line)
        held = QVideoFrame(frame)
        self._seeing.offer(held.toImage)

    def _captured(self, _number: int, image: QImage) -> None:
        if self._wanted and self._exposure.isActive():
            self._exposure.stop()
            self.captured.emit(image)

    def _no_photo(self) -> None:
        self._exposure.stop()
        self.missed.emit()


def best_format(formats: list[QCameraFormat]) -> QCameraFormat | None:
    """As many dots as useful, at a rate one can lay paper by; then the faster one."""
    useful = [f for f in formats if _dots(f) <= MOST_DOTS] or formats
    quick = [f for f in useful if f.maxFrameRate() >= LEAST_RATE] or useful
    return max(quick, key=lambda f: (_dots(f), f.maxFrameRate()), default=None)


def _dots(format_: QCameraFormat) -> int:
    return format_.resolution().width() * format_.resolution().height()
