"""A station with several papers: each is told by itself, and A4 holds up nobody."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.commands.window import desk_of
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus
from app.domain.printing import DocumentOptions, PaperForm, PrintOutcome, PrintState
from app.services import case_file
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench
from tests.ui.kiosk_drive import visitor
from tests.ui.kiosk_fakes import KioskBench
from ui.pages.kiosk.trouble import missing


@pytest.fixture
def clerk(tmp_path: Path, qtbot: QtBot) -> Iterator[Clerk]:
    hall = Bench(tmp_path)
    hall.devices.states[DeviceKind.A4_PRINTER] = DeviceHealth(DeviceKind.A4_PRINTER, DeviceStatus.ONLINE)
    hall.office = replace(hall.office, papers=(PaperForm.SLIP, PaperForm.A4))
    with Clerk.at_counter(hall, qtbot) as clerk:
        yield clerk


def taken(clerk: Clerk) -> None:
    clerk.fill()
    clerk.press(Qt.Key.Key_F9)


def test_both_papers_come_out_and_are_told_apart(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    assert (len(clerk.hall.devices.slips), len(clerk.hall.devices.pages)) == (1, 1)
    assert clerk.hall.devices.pages[0].startswith(b"%PDF")
    assert "小票" in clerk.words("outcome_print") and "已打印" in clerk.words("outcome_print")
    assert "A4" in clerk.words("outcome_print_a4") and "存根联" in clerk.words("outcome_print_a4")
    assert clerk.button("next").isEnabled()


def test_each_paper_is_printed_again_by_itself(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = [PrintOutcome(PrintState.FAILED, "device.printer_jam")]
    clerk.fill()
    clerk.receive()
    assert "卡纸" in clerk.words("outcome_print_a4") and "已打印" in clerk.words("outcome_print")
    clerk.click("print_again_a4")
    clerk.wait(lambda: "补打" in clerk.words("outcome_print_a4"))
    clerk.rest()
    assert (len(clerk.hall.devices.slips), len(clerk.hall.devices.pages)) == (1, 2)
    clerk.click("print_again_slip")
    clerk.wait(lambda: len(clerk.hall.devices.slips) == 2)
    clerk.rest()
    assert len(clerk.hall.devices.pages) == 2


def test_the_key_prints_what_failed(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = [PrintOutcome(PrintState.FAILED, "device.printer_paper")]
    clerk.fill()
    clerk.receive()
    clerk.press(Qt.Key.Key_F7)
    clerk.wait(lambda: len(clerk.hall.devices.pages) == 2)
    clerk.rest()
    assert len(clerk.hall.devices.slips) == 1


def test_a_key_struck_twice_after_a_case_prints_one_copy(clerk: Clerk) -> None:
    """Nor one of the other paper; that paper's own button is a wish of its own."""
    receiving = clerk.intake.receiving
    receiving.rest.setInterval(600_000)
    clerk.fill()
    clerk.receive()
    for _ in range(2):  # the second when the outcome is known, and the fingers are not off the key
        clerk.press(Qt.Key.Key_F7)
        clerk.rest()
    devices = clerk.hall.devices
    assert (len(devices.slips), len(devices.pages)) == (2, 1)
    assert not clerk.button("print_again").isEnabled()
    clerk.click("print_again_slip")
    clerk.rest()
    assert len(devices.slips) == 2
    clerk.click("print_again_a4")
    clerk.wait(lambda: len(devices.pages) == 2)
    clerk.rest()
    receiving.rest.stop()
    receiving.rest.timeout.emit()
    clerk.wait(lambda: clerk.button("print_again").isEnabled())
    clerk.press(Qt.Key.Key_F7)
    clerk.wait(lambda: len(devices.slips) == 3)
    clerk.rest()


def test_a_question_about_one_paper_leaves_the_other_alone(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.print_unproven")]
    clerk.fill()
    clerk.receive()
    assert "不会回报" in clerk.words("outcome_print_a4") and not clerk.button("next").isEnabled()
    clerk.click("came_out")
    clerk.wait(lambda: "已打印" in clerk.words("outcome_print_a4"))
    assert clerk.button("next").isEnabled()
    assert (len(clerk.hall.devices.slips), len(clerk.hall.devices.pages)) == (1, 1)


def test_pages_under_way_are_said_and_can_be_taken_back(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = None
    taken(clerk)
    clerk.wait(lambda: clerk.sees("take_back") and "已打印" in clerk.words("outcome_print"))
    assert "正在打印 A4" in clerk.words("outcome") and clerk.button("next").isEnabled()
    clerk.click("take_back")
    clerk.wait(lambda: clerk.sees("outcome_print_a4"))
    assert clerk.hall.devices.dropped == 1 and "没有打印出来" in clerk.words("outcome_print_a4")


def test_the_next_person_does_not_wait_for_pages(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = None
    taken(clerk)
    clerk.wait(lambda: clerk.sees("take_back") and clerk.button("next").isEnabled())
    clerk.press(Qt.Key.Key_F8)
    waiting = clerk.hall.devices.waiting_pages
    clerk.wait(lambda: not clerk.sees("outcome") and bool(waiting))
    clerk.hall.devices.page_outcomes = []
    waiting.pop().set_result(PrintOutcome(PrintState.CONFIRMED))
    clerk.rest()
    assert not clerk.sees("outcome")


def gone_on(clerk: Clerk) -> Future[PrintOutcome]:
    """The next person has come; the pages of the one before are on their way."""
    clerk.hall.devices.page_outcomes = None
    taken(clerk)
    clerk.wait(lambda: clerk.sees("take_back") and clerk.button("next").isEnabled())
    clerk.press(Qt.Key.Key_F8)
    clerk.wait(lambda: not clerk.sees("outcome") and bool(clerk.hall.devices.waiting_pages))
    return clerk.hall.devices.waiting_pages.pop()


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (PrintState.FAILED, "device.printer_jam", "卡纸"),
        (PrintState.UNKNOWN, "device.print_unproven", "看一下出纸口"),
    ],
)
def test_pages_that_fail_behind_the_next_person_are_told(
    clerk: Clerk, state: PrintState, reason: str, said: str
) -> None:
    pages = gone_on(clerk)
    (line,) = case_file.lines(clerk.hall.office, 9)
    pages.set_result(PrintOutcome(state, reason))
    clerk.wait(lambda: clerk.sees("notice_missed"))
    words = clerk.words("notice_missed")
    assert line.number[-8:] in words and "A4" in words and said in words
    clerk.click("missed_look")
    clerk.wait(lambda: clerk.sees("detail_number") and clerk.text("detail_number") == line.number)
    clerk.shell.go("intake")
    assert not clerk.sees("notice_missed")


def test_several_that_fail_are_one_notice_and_seen_one_by_one(clerk: Clerk) -> None:
    for _ in range(2):
        gone_on(clerk).set_result(PrintOutcome(PrintState.FAILED, "device.printer_paper"))
        clerk.wait(lambda: clerk.sees("notice_missed"))
    one, two = (line.number for line in reversed(case_file.lines(clerk.hall.office, 9)))
    clerk.wait(lambda: clerk.sees("notice_missed") and "还有 1 张" in clerk.words("notice_missed"))
    for number in (one, two):
        assert number[-8:] in clerk.words("notice_missed")
        clerk.click("missed_look")
        clerk.wait(lambda n=number: clerk.text("detail_number") == n)  # type: ignore[misc]
        clerk.shell.go("intake")
    assert not clerk.sees("notice_missed")


def test_pages_that_wait_for_paper_say_so(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = None
    taken(clerk)
    clerk.wait(lambda: clerk.sees("take_back") and clerk.button("next").isEnabled())
    clerk.hall.devices.set(DeviceKind.A4_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    clerk.wait(lambda: clerk.sees("outcome_held"))
    assert "A4" in clerk.words("outcome_held") and "缺纸" in clerk.words("outcome_held")
    assert clerk.sees("take_back")
    clerk.hall.devices.set(DeviceKind.A4_PRINTER, DeviceStatus.BUSY)
    clerk.wait(lambda: not clerk.sees("outcome_held"))
    assert "正在打印 A4" in clerk.words("outcome")
    clerk.click("take_back")
    clerk.rest()


def test_the_list_says_of_pages_under_way_that_they_are(clerk: Clerk) -> None:
    """Not that they did not come out; nor may they be printed a second time meanwhile."""
    clerk.hall.devices.page_outcomes = None
    taken(clerk)
    clerk.wait(lambda: clerk.sees("take_back") and clerk.button("next").isEnabled())
    clerk.press(Qt.Key.Key_F8)
    clerk.shell.go("cases")
    clerk.wait(lambda: clerk.sees("case_reprint_a4"))
    assert "A4：正在打印" in clerk.words() and "没有打印出来" not in clerk.words()
    assert not clerk.button("case_reprint_a4").isEnabled() and clerk.button("case_reprint").isEnabled()
    clerk.hall.devices.drop_prints()
    clerk.rest()
    clerk.press(Qt.Key.Key_F5)
    clerk.wait(lambda: "没有打印出来" in clerk.words())
    assert clerk.button("case_reprint_a4").isEnabled()


def test_the_list_prints_either_paper(clerk: Clerk) -> None:
    clerk.hall.devices.page_outcomes = [PrintOutcome(PrintState.FAILED, "device.printer_paper")]
    clerk.fill()
    clerk.receive()
    clerk.press(Qt.Key.Key_F8)
    clerk.shell.go("cases")
    clerk.wait(lambda: clerk.sees("case_reprint_a4"))
    clerk.rest()
    clerk.click("case_reprint_a4")
    clerk.wait(lambda: len(clerk.hall.devices.pages) == 2)
    clerk.rest()
    assert len(clerk.hall.devices.slips) == 1


def test_a_kiosk_session_that_ends_takes_its_pages_back(tmp_path: Path, qtbot: QtBot) -> None:
    """What has not come out is not for the next person."""
    made = KioskBench(tmp_path)
    made.office = replace(made.office, papers=(PaperForm.A4,))
    made.devices.states[DeviceKind.A4_PRINTER] = DeviceHealth(DeviceKind.A4_PRINTER, DeviceStatus.ONLINE)
    made.devices.page_outcomes = None
    with visitor(tmp_path, qtbot, made=made) as person:
        person.to_receipt()
        person.wait(lambda: bool(person.devices.waiting_pages))
        person.shell.home()
        person.wait(lambda: not person.devices.waiting_pages)
        assert person.devices.dropped >= 1 and len(person.devices.pages) == 1


def test_a_kiosk_with_pages_alone_needs_no_receipt_printer(tmp_path: Path, qtbot: QtBot) -> None:
    made = KioskBench(tmp_path)
    made.office = replace(made.office, papers=(PaperForm.A4,))
    del made.devices.states[DeviceKind.RECEIPT_PRINTER]
    made.devices.states[DeviceKind.A4_PRINTER] = DeviceHealth(DeviceKind.A4_PRINTER, DeviceStatus.ONLINE)
    with visitor(tmp_path, qtbot, made=made) as person:
        person.to_receipt()
        person.wait(lambda: len(person.devices.pages) == 1)
        person.shell.home()
        person.devices.set(DeviceKind.A4_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
        assert missing(person.shell.desk) == "paper"


def test_the_counter_tells_of_the_printer_it_prints_on(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.hall.devices.set(DeviceKind.A4_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    clerk.wait(lambda: clerk.sees("notice_printer"))
    assert "A4" in clerk.words("notice_printer")
    clerk.click("printer_how")
    clerk.wait(lambda: clerk.shell.devices.isVisible() and "缺纸" in clerk.words("device_note"))


def under_way_at(hall: Bench) -> None:
    """Wait until pages are under way."""
    ends = time.monotonic() + 20
    while not hall.devices.waiting_pages:
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_window_that_closes_waits_for_no_pages(tmp_path: Path, looks: QApplication) -> None:
    """Without paper they would hold the process, and the DATA folder with it, for minutes."""
    hall = Bench(tmp_path)
    hall.devices.page_outcomes = None

    def printing() -> PrintOutcome:
        return hall.devices.print_document(b"%PDF", DocumentOptions(), 90.0).result(timeout=60)

    with desk_of(hall.office) as desk:
        under_way = desk.paper_executor.submit(printing)
        waiting = desk.paper_executor.submit(printing)
        under_way_at(hall)
    assert under_way.result().state is PrintState.FAILED
    assert waiting.cancelled() and len(hall.devices.pages) == 1
