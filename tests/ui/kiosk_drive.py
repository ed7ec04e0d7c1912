"""Fingers for the kiosk: touch, wait, look."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.patience import PATIENCE_MS
from tests.ui.kiosk_fakes import PERSON, PROFILE, KioskBench, Seconds, bench
from ui import theme
from ui.profile import Profile
from ui.shells.kiosk import KioskShell

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PHONE = "13800000000"


class Visitor:
    """A person in front of the machine."""

    def __init__(self, shell: KioskShell, made: KioskBench, seconds: Seconds, qtbot: QtBot) -> None:
        self.shell, self.bench, self.seconds, self._bot = shell, made, seconds, qtbot

    @property
    def devices(self):  # type: ignore[no-untyped-def]
        return self.bench.devices

    @property
    def place(self) -> str:
        return self.shell.session.place.name

    def widget(self, name: str) -> QWidget:
        found = self.shell.findChild(QWidget, name)
        assert found is not None, f"no {name} on {self.place}"
        return found

    def has(self, name: str) -> bool:
        return self.shell.findChild(QWidget, name) is not None

    def touch(self, name: str) -> None:
        target = self.widget(name)
        assert target.isEnabled(), f"{name} is dead on {self.place}"
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        self.settle()

    def type(self, keys: str) -> None:
        for key in keys:
            self.touch(f"key_{key}")

    def settle(self) -> None:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def wait(self, until: Callable[[], bool]) -> None:
        self._bot.waitUntil(until, timeout=PATIENCE_MS)
        self.settle()

    def at(self, name: str) -> None:
        self.wait(lambda: self.place == name)

    def words(self) -> str:
        """Everything the window shows, names for screen readers included."""
        said = []
        for widget in [self.shell, *self.shell.findChildren(QWidget)]:
            said += [widget.accessibleName(), widget.toolTip(), widget.objectName()]
            text = getattr(widget, "text", None)
            if callable(text):
                said.append(str(text()))
        return "\n".join(said)

    # -- stretches of the way ------------------------------------------------------------------

    def start(self) -> None:
        self.wait(lambda: self.shell.board.ready)
        self.touch("start")

    def choose(self, theme_code: str = "care") -> None:
        """From the themes to the card page."""
        self.touch(f"theme_{theme_code}")
        code = self.shell.board.of_theme(theme_code)[0].code
        self.touch(f"item_{code}")
        self.at("consent")
        self.touch("agree")

    def lay_card(self) -> None:
        self.devices.lay_card(PERSON)
        self.at("check")

    def answer(self) -> None:
        """Every question with its first option."""
        while self.place == "question":
            question = self.shell.page.question()  # type: ignore[union-attr]
            self.touch(f"option_{question.options[0].id}")
            self.touch("next")

    def to_summary(self) -> None:
        self.start()
        self.choose()
        self.lay_card()
        self.touch("yes")
        self.answer()
        self.touch("all_taken")
        self.touch("next")
        self.type(PHONE)
        self.touch("next")
        self.touch("next")
        self.at("summary")

    def to_receipt(self) -> None:
        self.to_summary()
        self.touch("submit")
        self.at("receipt")

    def printed(self) -> None:
        self.wait(lambda: not self.shell.session.printing)


@contextmanager
def visitor(
    folder: Path,
    qtbot: QtBot,
    *,
    size: tuple[int, int] = (1080, 1920),
    profile: Profile = PROFILE,
    made: KioskBench | None = None,
) -> Iterator[Visitor]:
    theme.load_fonts()
    with nullcontext(made) if made is not None else bench(folder) as station:
        seconds = Seconds()
        shell = KioskShell(station.desk(), profile, monotonic=seconds)
        shell.resize(*size)
        shell.show()
        try:
            yield Visitor(shell, station, seconds, qtbot)
        finally:
            shell.stop()
            shell.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def cut_words(window: QWidget) -> list[str]:
    """Wrapped labels with an unbreakable word (a number) that does not fit: the audit cannot see these."""
    faults = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.wordWrap():
            continue
        for word in label.text().split():
            if word.isascii() and label.fontMetrics().horizontalAdvance(word) > label.width() + 1:
                faults.append(f"cut word: {word}")
    return faults
