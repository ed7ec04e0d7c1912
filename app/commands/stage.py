"""A window that is driven like a person drives it: keys and presses on real widgets, and a camera."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

PATIENCE_S = 60.0


class StageError(Exception):
    """What was waited for did not come."""


class Stage:
    """`folder` gets the pictures, numbered in the order they were taken."""

    def __init__(self, app: QApplication, shell: QWidget, folder: Path, prefix: str) -> None:
        self.app, self.shell = app, shell
        self._folder, self._prefix, self._shots = folder, prefix, 0
        self.pictures: list[Path] = []

    def until(self, wanted: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
        """Let the program run until `wanted()` is true.  Raises StageError."""
        end = time.monotonic() + patience_s
        while not wanted():
            if time.monotonic() > end:
                self.shoot("stuck")
                raise StageError(f"{self._prefix}: {what} did not come")
            QTest.qWait(20)

    def find(self, name: str) -> QWidget | None:
        """The visible widget of that object name."""
        found = self.shell.findChildren(QWidget, name)
        return next((w for w in found if w.isVisible()), None)

    def live(self, name: str) -> QWidget:
        """Wait until it is there and can be pressed."""
        self.until(lambda: (w := self.find(name)) is not None and w.isEnabled(), f"live {name}")
        return self.wait_for(name)

    def first(self, prefix: str) -> str:
        """The name of the topmost live widget whose name begins so; waits for one."""

        def names() -> list[str]:
            found = [w for w in self.shell.findChildren(QWidget) if w.objectName().startswith(prefix)]
            live = [w for w in found if w.isVisible() and w.isEnabled()]
            live.sort(key=lambda w: w.mapTo(self.shell, QPoint(0, 0)).y())
            return [w.objectName() for w in live]

        self.until(names, f"{prefix}…")
        return names()[0]

    def wait_for(self, name: str) -> QWidget:
        self.until(lambda: self.find(name), name)
        widget = self.find(name)
        assert widget is not None
        return widget

    def press(self, name: str) -> None:
        """Wait until it is there and live, then press its middle."""
        widget = self.live(name)
        middle = QPoint(widget.width() // 2, widget.height() // 2)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)

    def key(self, key: Qt.Key, target: QWidget | None = None) -> None:
        QTest.keyClick(target or self.app.focusWidget() or self.shell, key)

    def type(self, name: str, text: str) -> None:
        """Type into a field; Chinese comes as from an input method, a commit at a time."""
        field = self.wait_for(name)
        field.setFocus()
        QTest.keyClicks(field, text)

    def shoot(self, name: str) -> Path:
        """A picture of the whole window at its real size."""
        QTest.qWait(60)
        self._shots += 1
        path = self._folder / f"{self._prefix}-{self._shots:02d}-{name}.png"
        self.shell.grab().save(str(path))
        self.pictures.append(path)
        return path
