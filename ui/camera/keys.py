"""Which key does what on the capture sheet; the pedal is an Enter."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtGui import QKeyEvent

from app.domain.page import WHOLE
from ui.camera.shots import Shots
from ui.camera.view import CropEditor

Act = Callable[[], None]
KEY = Qt.Key


class Keyed(Protocol):
    """What of the sheet keys reach."""

    shots: Shots
    crop: CropEditor
    import_wanted: SignalInstance

    @property
    def cropping(self) -> bool: ...
    @property
    def asking(self) -> bool: ...
    def escape(self) -> None: ...
    def take(self) -> None: ...
    def keep(self) -> None: ...
    def open_crop(self) -> None: ...
    def apply_crop(self) -> None: ...


def act_of(sheet: Keyed, event: QKeyEvent) -> Act | None:
    """What a key asks for now; None for nothing.  Held down, only the choice of a page goes on."""
    key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if event.isAutoRepeat() and key not in (KEY.Key_Left, KEY.Key_Right):
        return None
    if key == KEY.Key_Escape:
        return sheet.escape
    if sheet.cropping:
        return _crop_acts(sheet).get(key)
    if control:
        return _control_acts(sheet).get(key)
    return None if sheet.asking else _plain_acts(sheet).get(key)


def _crop_acts(sheet: Keyed) -> dict[int, Act]:
    return {
        KEY.Key_Return: sheet.apply_crop,
        KEY.Key_Enter: sheet.apply_crop,
        KEY.Key_W: lambda: sheet.crop.set_corners(WHOLE),
    }


def _control_acts(sheet: Keyed) -> dict[int, Act]:
    return {
        KEY.Key_Return: sheet.keep,
        KEY.Key_Enter: sheet.keep,
        KEY.Key_Left: lambda: sheet.shots.move(-1),
        KEY.Key_Right: lambda: sheet.shots.move(1),
        KEY.Key_Z: sheet.shots.undo,
    }


def _plain_acts(sheet: Keyed) -> dict[int, Act]:
    shots = sheet.shots
    return {
        KEY.Key_Space: sheet.take,
        KEY.Key_Return: sheet.take,
        KEY.Key_Enter: sheet.take,
        KEY.Key_Left: lambda: shots.choose(shots.chosen - 1),
        KEY.Key_Right: lambda: shots.choose(shots.chosen + 1),
        KEY.Key_L: lambda: shots.turn(-1),
        KEY.Key_R: lambda: shots.turn(1),
        KEY.Key_C: sheet.open_crop,
        KEY.Key_Delete: shots.remove,
        KEY.Key_I: lambda: sheet.import_wanted.emit(),
    }
