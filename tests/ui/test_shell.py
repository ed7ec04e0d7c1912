"""Signing in, handing over, locking, moving about; and that modes are data."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from app.commands.fitting import shrinking
from app.domain.catalog import Channel
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, Bench
from ui.profile import PROFILES

CTRL = Qt.KeyboardModifier.ControlModifier
UI = Path(__file__).parent.parent.parent / "ui"


def sign_in(clerk: Clerk, number: str, pin: str) -> None:
    clerk.type("sign_in_id", number)
    clerk.type("sign_in_pin", pin)
    QTest.keyClick(clerk.find(QLineEdit, "sign_in_pin"), Qt.Key.Key_Return)


def test_without_an_operator_the_sign_in_page_comes_first(
    looks: QApplication, hall: Bench, qtbot: QtBot
) -> None:
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        assert clerk.sees("sign_in_id") and not hall.devices.watching
        hall.devices.lay()
        clerk.rest()
        assert clerk.intake.session.intake.empty
        sign_in(clerk, "0217", "246810")
        clerk.wait(lambda: clerk.sees("start_field"))
        assert hall.devices.watching
        assert "0217" in clerk.text("operator")


def test_the_pad_types_where_the_cursor_is(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        for digit in "0217":
            clerk.click(f"pad_{digit}")
        clerk.find(QLineEdit, "sign_in_pin").setFocus()
        for digit in "2468109":
            clerk.click(f"pad_{digit}")
        clerk.click("pad_erase")
        clerk.click("sign_in_button")
        clerk.wait(lambda: clerk.sees("start_field"))


def test_a_wrong_pin_is_refused_and_five_lock_out(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        sign_in(clerk, "0217", "246810")
        clerk.wait(lambda: clerk.sees("start_field"))
    hall.gateway.down = True
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        clerk.wait(lambda: "离线" in clerk.text("sign_in_line"))
        for _ in range(4):
            sign_in(clerk, "0217", "1")
            clerk.wait(lambda: clerk.sees("sign_in_trouble") and clerk.button("sign_in_button").isEnabled())
            clerk.find(QLineEdit, "sign_in_id").clear()
        clerk.wait(lambda: "密码不对" in clerk.words("sign_in_trouble"))
        sign_in(clerk, "0217", "1")
        clerk.wait(lambda: clerk.sees("sign_in_trouble") and "15 分钟后" in clerk.words("sign_in_trouble"))
        clerk.find(QLineEdit, "sign_in_id").clear()
        sign_in(clerk, "0105", "135790")
        clerk.wait(lambda: "没有在本机登录过" in clerk.words("sign_in_trouble"))


def lock_out(clerk: Clerk) -> None:
    """Li has signed in here before, gets the PIN wrong five times, and tries once more."""
    sign_in(clerk, "0217", "246810")
    clerk.wait(lambda: clerk.sees("start_field"))
    clerk.press(Qt.Key.Key_J, CTRL)
    for _ in range(6):
        clerk.find(QLineEdit, "sign_in_id").clear()
        sign_in(clerk, "0217", "1")
        clerk.wait(lambda: clerk.sees("sign_in_trouble") and clerk.button("sign_in_button").isEnabled())
    clerk.wait(lambda: clerk.sees("unlock_button"))


def test_a_supervisor_unlocks_on_the_spot(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        lock_out(clerk)
        clerk.click("unlock_button")
        assert "0217" in clerk.text("sign_in_lead") and clerk.button("sign_in_button").text() == "解锁"
        sign_in(clerk, "0105", "135790")
        clerk.wait(lambda: clerk.sees("sign_in_trouble") and "不是主管" in clerk.words("sign_in_trouble"))
        clerk.find(QLineEdit, "sign_in_id").clear()
        sign_in(clerk, "0900", "975310")
        clerk.wait(lambda: clerk.sees("sign_in_trouble") and "已解锁" in clerk.words("sign_in_trouble"))
        assert clerk.find(QLineEdit, "sign_in_id").text() == "0217"
        assert clerk.sees("sign_in_back")  # it began as a hand-over
        clerk.type("sign_in_pin", "246810")
        clerk.click("sign_in_button")
        clerk.wait(lambda: clerk.sees("start_field"))


def test_who_is_locked_out_can_go_back_to_the_sign_in(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        lock_out(clerk)
        clerk.click("unlock_button")
        clerk.press(Qt.Key.Key_Escape)
        clerk.wait(lambda: clerk.text("sign_in_title") == "交接" and not clerk.sees("sign_in_trouble"))


def test_a_hand_over_leaves_the_draft_with_its_author(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.type("phone", "138")
    clerk.press(Qt.Key.Key_J, CTRL)
    assert clerk.sees("sign_in_back")
    sign_in(clerk, "0105", "135790")
    clerk.wait(lambda: clerk.sees("start_field"))
    clerk.rest()
    assert "0105" in clerk.text("operator")
    assert clerk.intake.session.intake.empty and not clerk.sees("restore_button")
    assert clerk.hall.drafts() == 1
    clerk.press(Qt.Key.Key_J, CTRL)
    sign_in(clerk, "0217", "246810")
    clerk.wait(lambda: clerk.sees("restore_button"))
    clerk.click("restore_button")
    assert clerk.intake.session.intake.contact.phone == "138"


def test_a_hand_over_can_be_called_off(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.click("nav_handover")
    clerk.press(Qt.Key.Key_Escape)
    assert clerk.text("applicant_name") == "演示·东方测试"


def test_nobody_hands_over_in_the_middle_of_a_case(clerk: Clerk) -> None:
    clerk.fill()
    clerk.press(Qt.Key.Key_F9)
    clerk.press(Qt.Key.Key_J, CTRL)
    assert not clerk.sees("sign_in_id")
    clerk.wait(lambda: clerk.intake.settled)


def test_a_lock_keeps_the_work_and_asks_the_same_person(
    looks: QApplication, hall: Bench, qtbot: QtBot
) -> None:
    with Clerk.at_counter(hall, qtbot, LI, demo=False) as clerk:
        clerk.lay_card()
        clerk.shell.idle.check(now=float("inf"))
        assert clerk.sees("sign_in_pin") and not clerk.sees("applicant_name")
        assert clerk.find(QLineEdit, "sign_in_id").text() == "0217"
        clerk.type("sign_in_pin", "246810")
        clerk.click("sign_in_button")
        clerk.wait(lambda: clerk.sees("applicant_name"))
        assert clerk.intake.session.intake.applicant is not None


def test_ctrl_and_a_digit_open_the_pages_and_f1_the_help(clerk: Clerk) -> None:
    for key, name in (
        (Qt.Key.Key_2, "cases_empty"),
        (Qt.Key.Key_3, "verify_text"),
        (Qt.Key.Key_4, "device_network"),
        (Qt.Key.Key_1, "start_field"),
    ):
        clerk.press(key, CTRL)
        clerk.wait(lambda n=name: clerk.sees(n))  # type: ignore[misc]
    clerk.press(Qt.Key.Key_F1)
    assert clerk.sees("help_card")
    clerk.press(Qt.Key.Key_Escape)
    assert not clerk.sees("help_card")


def test_everything_to_press_has_a_name_for_a_screen_reader(clerk: Clerk) -> None:
    clerk.fill()
    buttons = [
        b
        for b in clerk.shell.findChildren(QAbstractButton)
        if not isinstance(b.parent(), (QLineEdit, QTableView))
    ]
    nameless = [b.objectName() for b in buttons if not (b.accessibleName() or b.text())]
    fields = [f.objectName() for f in clerk.shell.findChildren(QLineEdit) if not f.accessibleName()]
    assert not [n for n in nameless if not n.startswith("qt_")]
    assert not [f for f in fields if f and not f.startswith("qt_")]


def test_the_whole_case_can_be_done_without_a_mouse(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F4)
    QTest.keyClicks(clerk.shell.focusWidget(), "Yanshi")
    clerk.press(Qt.Key.Key_Return)
    QTest.keyClicks(clerk.shell.focusWidget(), "11010519491231002X")
    clerk.press(Qt.Key.Key_Return)
    QTest.keyClicks(clerk.shell.focusWidget(), "jzz")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.intake.session.intake.item is not None)
    clerk.press(Qt.Key.Key_A, CTRL)
    clerk.press(Qt.Key.Key_F6)
    clerk.receive()
    clerk.press(Qt.Key.Key_Return)
    assert clerk.sees("start_field")
    assert clerk.hall.cases() == 1


def test_no_page_asks_which_mode_it_is_in() -> None:
    asks = re.compile(r"Channel\.(COUNTER|KIOSK|POPUP)|station\.mode|isinstance\([^)]*Shell")
    for folder in ("pages", "widgets"):
        for file in (UI / folder).rglob("*.py"):
            assert not asks.search(file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("channel", [Channel.COUNTER, Channel.KIOSK, Channel.POPUP])
def test_every_mode_has_a_profile(channel: Channel) -> None:
    assert PROFILES[channel].channel is channel


def test_a_screen_with_too_little_room_shrinks_everything() -> None:
    counter, kiosk = PROFILES[Channel.COUNTER], PROFILES[Channel.KIOSK]
    assert shrinking(QSize(1366, 768), counter) == shrinking(QSize(2560, 1440), counter) == 1
    assert shrinking(QSize(1280, 720), counter) == pytest.approx(1280 / 1366)  # 1920 x 1080 at 150 %
    assert shrinking(QSize(1366, 700), counter) == pytest.approx(700 / 768)
    assert shrinking(QSize(600, 1000), kiosk) == 1  # fits itself
