"""A clerk who uses the real widgets: keys, clicks and cards, and eyes that wait until something is seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QListView, QWidget
from pytestqt.qtbot import QtBot

from app.domain.catalog import Channel
from app.domain.operator import Operator
from tests.patience import PATIENCE_MS
from tests.ui.fakes import LI, Bench, settle
from ui.pages.counter.materials import MaterialsTable
from ui.profile import PROFILES
from ui.shells.counter import CounterShell
from ui.shells.popup import PopupShell

W = TypeVar("W", bound=QWidget)


class Clerk:
    def __init__(self, hall: Bench, shell: CounterShell, qtbot: QtBot) -> None:
        self.hall, self.shell, self.qtbot = hall, shell, qtbot

    @classmethod
    @contextmanager
    def at_counter(
        cls,
        hall: Bench,
        qtbot: QtBot,
        operator: Operator | None = LI,
        size: tuple[int, int] = (1366, 768),
        *,
        demo: bool = True,
    ) -> Iterator["Clerk"]:
        shell = CounterShell(hall.desk(operator, demo=demo), PROFILES[Channel.COUNTER], hall.files)
        with cls._open(hall, shell, qtbot, size) as clerk:
            yield clerk

    @classmethod
    @contextmanager
    def at_popup(cls, hall: Bench, qtbot: QtBot, size: tuple[int, int] = (1366, 768)) -> Iterator["Clerk"]:
        shell = PopupShell(hall.desk(LI), PROFILES[Channel.POPUP], hall.files)
        with cls._open(hall, shell, qtbot, size) as clerk:
            yield clerk

    @classmethod
    @contextmanager
    def _open(
        cls, hall: Bench, shell: CounterShell, qtbot: QtBot, size: tuple[int, int]
    ) -> Iterator["Clerk"]:
        shell.resize(*size)
        shell.show()
        shell.activateWindow()
        try:
            clerk = cls(hall, shell, qtbot)
            clerk.rest()
            yield clerk
        finally:
            shell.stop()
            settle(hall)
            shell.close()
            shell.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # processEvents leaves these

    # -- eyes --------------------------------------------------------------------------------------

    def find(self, kind: type[W], name: str) -> W:
        widget = self.shell.findChild(kind, name)
        assert widget is not None, name
        return widget

    def sees(self, name: str) -> bool:
        return any(widget.isVisible() for widget in self.shell.findChildren(QWidget, name))

    def text(self, name: str) -> str:
        return self.find(QLabel, name).text()

    def words(self, name: str = "") -> str:
        """All words to be read inside a widget; of the whole window without a name."""
        where: QWidget = self.find(QWidget, name) if name else self.shell
        return " ".join(label.text() for label in where.findChildren(QLabel) if label.isVisible())

    def button(self, name: str) -> QAbstractButton:
        return self.find(QAbstractButton, name)

    def wait(self, seen: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(lambda: bool(seen()), timeout=PATIENCE_MS)

    def rest(self) -> None:
        """Until everything that was begun is done."""
        settle(self.hall)

    # -- hands -------------------------------------------------------------------------------------

    def type(self, name: str, text: str) -> None:
        field = self.find(QLineEdit, name)
        field.setFocus()
        if text.isascii():
            QTest.keyClicks(field, text)
        else:
            field.insert(text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key to whatever has the focus."""
        QTest.keyClick(self.shell.focusWidget() or self.shell, key, modifier)

    def click(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def lay_card(self) -> None:
        self.hall.devices.lay()
        self.wait(lambda: self.sees("applicant_name"))
        self.rest()

    def search(self, text: str) -> None:
        self.type("item_search", text)
        self.wait(lambda: self.sees("hits_panel") and self.intake.sheet.item.settled)

    def pick(self, text: str = "jzz") -> None:
        self.search(text)
        QTest.keyClick(self.find(QLineEdit, "item_search"), Qt.Key.Key_Return)
        self.wait(lambda: self.intake.session.intake.item is not None)
        self.rest()

    def fill(self, text: str = "jzz") -> None:
        """Everything up to the decision."""
        self.lay_card()
        self.pick(text)
        self.type("phone", "13800000000")
        self.press(Qt.Key.Key_F6)
        self.click("materials_all")
        self.wait(lambda: self.button("receive").isEnabled())

    def receive(self) -> None:
        self.press(Qt.Key.Key_F9)
        self.wait(lambda: self.sees("outcome_print") and self.intake.settled)
        self.rest()

    # -- places ------------------------------------------------------------------------------------

    @property
    def intake(self):  # type: ignore[no-untyped-def]
        return self.shell.intake

    @property
    def table(self) -> MaterialsTable:
        return self.find(MaterialsTable, "materials")

    @property
    def hits(self) -> QListView:
        return self.find(QListView, "hits")
