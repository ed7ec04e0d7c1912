"""The real way of a camera's pictures through QtMultimedia; only the camera itself is ours: a frame input."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE_MS

pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat, QVideoFrameInput
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceStatus
from app.services.office import CameraChoice
from tests.ui.fakes import Bench, bench, settle
from ui.camera.choice import NoCamera, camera_of
from ui.camera.qt_camera import QtCamera, best_format
from ui.camera.simulated import scene
from ui.desk import Desk
from ui.pictures import shrunk

QUIET = pytest.mark.qt_log_ignore("No RHI backend", "Couldn't (load|resolve)", "FFmpeg", extend=True)
"""What QtMultimedia says of a machine without graphics, sound and video hardware."""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path / "hall", camera=CameraChoice("qt")) as made:
        yield made


class Tube:
    """Feeds the drawn table into a capture session, frame by frame, as a camera would."""

    def __init__(self, camera: QtCamera, image: QImage) -> None:
        self._image = image.convertToFormat(QImage.Format.Format_RGBA8888)
        shape = QVideoFrameFormat(self._image.size(), QVideoFrame(self._image).pixelFormat())
        self.input = QVideoFrameInput(shape, camera)
        camera.session.setVideoFrameInput(self.input)
        self._timer = QTimer(camera)
        self._timer.timeout.connect(self._send)
        self._timer.start(20)

    def stop(self) -> None:
        self._timer.stop()

    def _send(self) -> None:
        """A new frame every time: a sink takes the same one once only."""
        self.input.sendVideoFrame(QVideoFrame(self._image))


@pytest.fixture
def camera(looks: QApplication, studio: Bench, qtbot: QtBot) -> Iterator[QtCamera]:
    made = QtCamera(studio.desk(), "")
    yield made
    made.stop()
    settle(studio)
    made.deleteLater()
    QApplication.processEvents()


@QUIET
def test_without_a_camera_it_says_so_and_takes_nothing(camera: QtCamera, qtbot: QtBot) -> None:
    camera.start()
    assert (camera.health.status, camera.health.reason) == (DeviceStatus.NO_DEVICE, "device.not_found")
    with qtbot.waitSignal(camera.missed, timeout=PATIENCE_MS):
        camera.capture()


@QUIET
def test_frames_come_small_with_the_sheet_and_photographs_whole(
    camera: QtCamera, studio: Bench, qtbot: QtBot
) -> None:
    table = shrunk(scene(studio.office.texts, 0), 1600)
    seen: list[tuple[QImage, object]] = []
    camera.frame.connect(lambda image, corners: seen.append((image, corners)))
    camera.start()
    tube = Tube(camera, table)
    qtbot.waitUntil(lambda: len(seen) >= 3, timeout=PATIENCE_MS)
    assert camera.live and tube
    image, corners = seen[-1]
    assert max(image.width(), image.height()) == 960
    assert corners is not None
    with qtbot.waitSignal(camera.captured, timeout=PATIENCE_MS) as caught:
        camera.capture()
    photo = caught.args[0]
    assert (photo.width(), photo.height()) == (table.width(), table.height())


@QUIET
def test_frames_are_dropped_while_one_is_looked_at(camera: QtCamera, studio: Bench, qtbot: QtBot) -> None:
    """A slow machine shows fewer frames; none of them waits in a queue."""
    seen: list[object] = []
    camera.frame.connect(lambda image, _corners: seen.append(image))
    camera.start()
    tube = Tube(camera, shrunk(scene(studio.office.texts, 0), 1600))
    qtbot.waitUntil(lambda: camera._seeing.dropped > 10 and len(seen) > 1, timeout=PATIENCE_MS)
    assert tube and studio.executors[-1]._work_queue.qsize() <= 1


@QUIET
def test_a_photograph_that_never_comes_is_missed(
    camera: QtCamera, studio: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that stops in the middle: the picture stands still, and the next press must still work."""
    monkeypatch.setattr("ui.camera.qt_camera.PHOTO_MS", 200)
    camera.start()
    tube = Tube(camera, shrunk(scene(studio.office.texts, 0), 1600))
    qtbot.waitUntil(lambda: camera.live, timeout=PATIENCE_MS)
    tube.stop()
    late: list[QImage] = []
    camera.captured.connect(late.append)
    with qtbot.waitSignal(camera.missed, timeout=PATIENCE_MS):
        camera.capture()
    assert late == []


@QUIET
def test_what_is_missing_is_said_and_importing_goes_on(
    looks: QApplication, studio: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.camera.choice.find_spec", lambda _name: None)
    desk: Desk = studio.desk()
    made = camera_of(desk, looks)
    assert isinstance(made, NoCamera)
    assert (made.health.status, made.health.reason) == (DeviceStatus.HARDWARE_ERROR, "device.camera_extra")
    assert "从文件导入" in studio.office.texts["error.device.camera_extra.text"]
    made.deleteLater()


class Shape:
    """What `best_format` asks of a format."""

    def __init__(self, width: int, height: int, rate: float) -> None:
        self._size, self._rate = QSize(width, height), rate

    def resolution(self) -> QSize:
        return self._size

    def maxFrameRate(self) -> float:
        return self._rate


def test_the_largest_useful_format_is_taken() -> None:
    vga, eight, eight_slow = Shape(640, 480, 30), Shape(3264, 2448, 15), Shape(3264, 2448, 5)
    still, huge = Shape(4160, 3120, 1), Shape(8000, 6000, 30)
    assert best_format([vga, eight_slow, eight, still, huge]) is eight  # type: ignore[list-item]
    assert best_format([still]) is still  # type: ignore[list-item]
    assert best_format([]) is None
