"""A station nobody knows yet: said on the first page, and enrolled there."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.errors import EnrolmentRefusedError, OfflineError
from tests.patience import PATIENCE_S
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench, bench
from ui import fault_page
from ui.widgets.audit import audit


class Counterpart:
    """Stands for the enrolment: takes one code, at its own pace, and tells on which thread it was asked."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.asked: list[tuple[str, bool]] = []
        self.down = False

    def __call__(self, code: str) -> None:
        self.asked.append((code, threading.current_thread() is threading.main_thread()))
        assert self.gate.wait(PATIENCE_S)
        if self.down:
            raise OfflineError
        if code != "A1B2C3":
            raise EnrolmentRefusedError(reason="code", words="登记码不对。")


@pytest.fixture
def counterpart() -> Counterpart:
    return Counterpart()


@pytest.fixture
def fresh(tmp_path: Path, counterpart: Counterpart) -> Iterator[Bench]:
    with bench(tmp_path / "new", enrolled=False) as made:
        made.enrol = counterpart
        yield made


def test_the_first_page_says_it_and_what_to_do(looks: QApplication, fresh: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(fresh, qtbot, None) as clerk:
        words = clerk.words("enrol_card")
        assert "本站还没有登记" in words and "441900A12" in words and "管理员" in words
        assert "已联网" not in clerk.words() and not clerk.sees("sign_in_id")
        assert clerk.shell.focusWidget() is clerk.find(QLineEdit, "enrol_code")
        assert not fresh.devices.watching


def test_a_code_enrols_in_the_background_and_the_window_opens_anew(
    looks: QApplication, fresh: Bench, counterpart: Counterpart, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["-c", "pass"])
    with Clerk.at_counter(fresh, qtbot, None) as clerk:
        clerk.type("enrol_code", " A1B2C3 ")
        clerk.press(Qt.Key.Key_Return)
        assert clerk.button("enrol_button").text() == "正在登记…"
        assert not clerk.button("enrol_button").isEnabled()
        counterpart.gate.set()
        clerk.wait(lambda: clerk.sees("enrol_reopen"))
        assert counterpart.asked == [("A1B2C3", False)]
        assert clerk.text("enrol_title") == "登记完成" and not clerk.sees("enrol_code")
        assert audit(clerk.shell) == []
        QTest.keyClick(clerk.find(QWidget, "enrol_reopen"), Qt.Key.Key_Return)
        assert not clerk.shell.isVisible()
        successor = fault_page._successors.pop()
        assert successor.stdin is not None
        successor.stdin.close()
        assert successor.wait(PATIENCE_S) == 0


def test_a_refusal_is_a_sentence_and_another_try_is_free(
    looks: QApplication, fresh: Bench, counterpart: Counterpart, qtbot: QtBot
) -> None:
    counterpart.gate.set()
    with Clerk.at_counter(fresh, qtbot, None) as clerk:
        clerk.click("enrol_button")
        assert not counterpart.asked  # nothing was typed
        clerk.type("enrol_code", "WRONG")
        clerk.click("enrol_button")
        clerk.wait(lambda: clerk.sees("enrol_outcome") and clerk.button("enrol_button").isEnabled())
        assert "没有登记成功" in clerk.words("enrol_outcome") and "登记码不对" in clerk.words("enrol_outcome")
        assert audit(clerk.shell) == []
        counterpart.down = True
        clerk.click("enrol_button")
        clerk.wait(lambda: clerk.sees("enrol_outcome") and "登记码不对" not in clerk.words("enrol_outcome"))
        assert clerk.button("enrol_button").isEnabled()


def test_without_the_line_it_says_that_enrolment_needs_it(
    looks: QApplication, fresh: Bench, qtbot: QtBot
) -> None:
    fresh.gateway.down = True
    with Clerk.at_counter(fresh, qtbot, None) as clerk:
        clerk.wait(lambda: clerk.sees("enrol_line"))
        assert "需要联网" in clerk.text("enrol_line")


def test_where_it_cannot_be_enrolled_from_here_there_is_no_field(
    looks: QApplication, fresh: Bench, qtbot: QtBot
) -> None:
    fresh.enrol = None
    with Clerk.at_counter(fresh, qtbot, None) as clerk:
        assert "管理员" in clerk.text("enrol_lead") and not clerk.sees("enrol_code")
        assert audit(clerk.shell) == []
