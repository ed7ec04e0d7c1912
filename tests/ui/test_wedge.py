"""Keys that are a scan leave no trace in the field; keys that are typing are left alone.

Key events with times of our own are given to the window, where the display server's come in.
tests/e2e/test_wedge_keys.py does the same with a real display server.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.wedge import SILENCE_MS, Prefix
from tests.patience import PATIENCE_MS
from ui.wedge import WedgeWatch, changed

CODE = "441900ABC123"


@dataclass
class Typist:
    """A window with some fields, a watch, and hands of any speed."""

    window: QWidget
    watch: WedgeWatch
    line: QLineEdit
    text: QTextEdit
    plain: QPlainTextEdit
    names: QListWidget
    push: QPushButton
    at: int = 1_000
    codes: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    pressed: list[bool] = field(default_factory=list)

    def key(
        self,
        key: int,
        text: str,
        gap: int,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        repeat: bool = False,
    ) -> None:
        self.at += gap
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text, repeat)
            event.setTimestamp(self.at)
            QApplication.sendEvent(self.window.windowHandle(), event)

    def type(self, text: str, gap: int, repeat: bool = False) -> None:
        for character in text:
            self.key(ord(character.upper()), character, gap, repeat=repeat)

    def enter(self, gap: int = 2, key: Qt.Key = Qt.Key.Key_Return) -> None:
        self.key(key, "\r" if key == Qt.Key.Key_Return else "\t", gap)

    def scan(self, text: str = CODE, gap: int = 3) -> None:
        self.at += 500
        self.type(text, gap)
        self.enter()


@pytest.fixture
def typist(qtbot: QtBot) -> Iterator[Typist]:
    window = QWidget()
    line, text, plain = QLineEdit(), QTextEdit(), QPlainTextEdit()
    names, push = QListWidget(), QPushButton("push")
    names.addItems(["nothing", "4 of them", "1 more"])
    layout = QVBoxLayout(window)
    for widget in (line, text, plain, names, push):
        layout.addWidget(widget)
    watch = WedgeWatch(window)
    made = Typist(window, watch, line, text, plain, names, push)
    watch.scanned.connect(made.codes.append)
    line.textEdited.connect(made.edits.append)
    line.returnPressed.connect(lambda: made.entered.append(line.text()))
    push.clicked.connect(made.pressed.append)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    watch.wake()
    line.setFocus()
    yield made
    watch.stop()


def test_a_scan_goes_its_way_and_leaves_the_field_as_it_was(typist: Typist) -> None:
    typist.line.setText("typed before")
    typist.line.setCursorPosition(5)
    typist.scan()
    assert typist.codes == [CODE]
    assert (typist.line.text(), typist.line.cursorPosition()) == ("typed before", 5)
    assert typist.entered == []
    assert typist.edits[-1] == "typed before"  # who listens to edits has heard the old text last
    assert typist.line.hasFocus()


@pytest.mark.parametrize("backwards", [False, True])
def test_what_was_selected_is_selected_again(typist: Typist, backwards: bool) -> None:
    typist.line.setText("one two three")
    typist.line.setSelection(7 if backwards else 4, -3 if backwards else 3)
    typist.scan()
    assert typist.line.text() == "one two three"
    assert typist.line.selectedText() == "two"
    assert typist.line.cursorPosition() == (4 if backwards else 7)


def test_no_undo_brings_the_code_back(typist: Typist) -> None:
    typist.type("by hand", 90)
    typist.scan()
    for step in (typist.line.undo, typist.line.redo):
        step()
        assert CODE[:6] not in typist.line.text()
    assert typist.line.text() == "by hand"


def test_a_field_with_a_limit_and_a_hidden_one(typist: Typist) -> None:
    typist.line.setMaxLength(8)
    typist.line.setEchoMode(QLineEdit.EchoMode.Password)
    typist.line.setText("123")
    typist.scan()
    assert typist.codes == [CODE]
    assert typist.line.text() == "123"


@pytest.mark.parametrize("which", ["text", "plain"])
def test_a_text_of_many_lines(typist: Typist, which: str) -> None:
    area: QTextEdit | QPlainTextEdit = getattr(typist, which)
    area.setPlainText("first\nsecond\nthird")
    cursor = area.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(8, cursor.MoveMode.KeepAnchor)
    area.setTextCursor(cursor)
    area.setFocus()
    typist.scan()
    assert typist.codes == [CODE]
    assert area.toPlainText() == "first\nsecond\nthird"
    assert (area.textCursor().anchor(), area.textCursor().position()) == (2, 8)
    area.undo()
    assert area.toPlainText() == "first\nsecond\nthird"


def test_lists_do_not_jump_and_buttons_are_not_pressed(typist: Typist) -> None:
    typist.names.setFocus()
    typist.names.setCurrentRow(0)
    typist.scan("0 1 of them")
    typist.push.setFocus()
    typist.scan("AB CD EF")
    assert typist.codes == ["0 1 of them", "AB CD EF"]
    assert typist.names.currentRow() == 0
    assert typist.pressed == []


def test_typing_is_left_alone(typist: Typist) -> None:
    typist.type("fast fingers", 30)
    typist.enter(30)
    assert typist.codes == []
    assert typist.entered == ["fast fingers"]
    typist.line.undo()
    assert typist.line.text() == ""


def test_a_key_held_down_is_left_alone(typist: Typist) -> None:
    typist.type("1", 500)
    typist.type("1", 200, repeat=True)
    typist.type("1" * 20, 5, repeat=True)
    typist.enter()
    assert typist.codes == []
    assert typist.entered == ["1" * 22]


def test_doubled_characters_of_a_very_fast_scanner_are_no_held_key(typist: Typist) -> None:
    typist.type("4419", 2)
    typist.type("99", 0, repeat=True)
    typist.enter()
    assert typist.codes == ["441999"]


def test_an_enter_of_a_person_behind_fast_keys(typist: Typist) -> None:
    typist.type(CODE, 3)
    typist.enter(SILENCE_MS + 40)
    assert typist.codes == []
    assert typist.entered == [CODE]


def test_composition_of_an_input_method_is_left_alone(typist: Typist) -> None:
    QApplication.sendEvent(typist.line, QInputMethodEvent("zhong", []))
    commit = QInputMethodEvent()
    commit.setCommitString("中山路二十三号")
    QApplication.sendEvent(typist.line, commit)
    typist.enter(1)
    assert typist.codes == []
    assert typist.entered == ["中山路二十三号"]


def test_tab_ends_a_scan_and_moves_nothing(typist: Typist) -> None:
    typist.type(CODE, 3)
    typist.enter(key=Qt.Key.Key_Tab)
    assert typist.codes == [CODE]
    assert typist.line.hasFocus()
    typist.enter(SILENCE_MS + 200, key=Qt.Key.Key_Tab)
    assert not typist.line.hasFocus()


def test_a_second_end_and_a_line_feed_belong_to_the_code(typist: Typist) -> None:
    typist.scan()
    typist.enter(2)
    typist.key(Qt.Key.Key_J, "\n", 2, Qt.KeyboardModifier.ControlModifier)
    assert typist.entered == []
    assert typist.line.text() == ""
    typist.enter(500)
    assert typist.entered == [""]


def test_two_scans_one_after_the_other(typist: Typist) -> None:
    typist.type("A", 200)
    typist.scan()
    typist.scan("second-code")
    typist.type("B", 200)
    assert typist.codes == [CODE, "second-code"]
    assert typist.line.text() == "AB"


@pytest.mark.parametrize(
    ("prefix", "typed", "code"), [(Prefix.AIM, "]Q1AB", "]Q1AB"), (Prefix.STX, "\x02AB12", "AB12")]
)
def test_a_prefix_needs_no_enter(typist: Typist, qtbot: QtBot, prefix: Prefix, typed: str, code: str) -> None:
    typist.watch.wake(prefix)
    for character in typed:
        control = Qt.KeyboardModifier.ControlModifier
        if character == "\x02":
            typist.key(Qt.Key.Key_B, character, 3, control)
        else:
            typist.type(character, 3)
    qtbot.waitUntil(lambda: typist.codes == [code], timeout=PATIENCE_MS)
    assert typist.line.text() == ""


def test_it_sleeps_until_the_devices_say_that_a_scanner_types(typist: Typist) -> None:
    def health(*capabilities: str) -> DeviceHealth:
        return DeviceHealth(DeviceKind.SCANNER, DeviceStatus.ONLINE, capabilities=capabilities)

    typist.watch.hear(health("trigger"))
    typist.scan()
    assert typist.codes == []
    assert typist.entered == [CODE]
    typist.line.clear()
    typist.watch.hear(health("wedge"))
    typist.scan()
    assert typist.codes == [CODE]
    assert typist.line.text() == ""


@pytest.mark.parametrize(
    ("before", "now"), [("", "abc"), ("aa", "aaaa"), ("abc", "axc"), ("abcabc", "abc"), ("x", "")]
)
def test_the_way_back(before: str, now: str) -> None:
    start, length, middle = changed(before, now)
    assert now[:start] + middle + now[start + length :] == before
