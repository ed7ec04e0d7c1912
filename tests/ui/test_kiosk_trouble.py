"""A kiosk when something is wrong: printers, the line, the store, staff who come."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.printing import PrintOutcome, PrintState
from tests.ui.kiosk_drive import PHONE, visitor
from tests.ui.kiosk_fakes import NOW, PROFILE, bench


@pytest.mark.parametrize(
    ("kind", "reason", "word"),
    [
        (DeviceKind.RECEIPT_PRINTER, "device.printer_paper", "打印纸用完了"),
        (DeviceKind.RECEIPT_PRINTER, "device.not_found", "打印机暂时用不了"),
        (DeviceKind.ID_READER, "device.not_found", "读卡器暂时用不了"),
    ],
)
def test_no_promise_without_reader_and_paper(
    tmp_path: Path, qtbot: QtBot, kind: DeviceKind, reason: str, word: str
) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        person.devices.set(kind, DeviceStatus.USER_ERROR, reason)
        person.settle()
        person.touch("start")
        assert person.place == "trouble" and word in person.words()
        person.devices.set(kind, DeviceStatus.ONLINE)
        person.wait(lambda: "机器已经好了" in person.words())
        person.touch("go_on")
        assert person.place == "themes" and not person.shell.session.paperless


def test_out_of_paper_the_receipt_comes_on_the_phone(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        person.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
        person.settle()
        person.touch("start")
        person.touch("go_on")
        person.choose()
        person.lay_card()
        person.touch("yes")
        person.answer()
        person.touch("all_taken")
        person.touch("next")
        person.type(PHONE)
        person.touch("next")
        person.touch("next")
        person.touch("submit")
        person.at("receipt")
        assert person.has("paper_paperless") and person.has("receipt_qr")
        assert person.devices.printed == []
        assert person.shell.session.received is not None
        with person.bench.store.begin() as work:
            jobs = work.prints_of(person.shell.session.received.case.case_id)
        assert [job.state for job in jobs] == [PrintState.PREPARED]  # the window can still print it


def test_an_unknown_print_is_asked_about_and_never_repeated_unasked(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
        person.to_receipt()
        person.printed()
        assert person.has("paper_unknown") and len(person.devices.printed) == 1
        person.touch("not_out")
        person.wait(lambda: person.has("paper_failed"))
        assert len(person.devices.printed) == 1
        person.touch("print_again")
        person.wait(lambda: person.has("paper_confirmed"))
        assert person.devices.printed[1].endswith(b" 2")


def test_paper_that_came_out_after_all_is_confirmed(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
        person.to_receipt()
        person.printed()
        person.touch("came_out")
        person.wait(lambda: person.has("paper_confirmed"))
        assert len(person.devices.printed) == 1


def test_a_failed_print_says_why_and_the_case_is_kept(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.devices.outcomes = [PrintOutcome(PrintState.FAILED, "device.printer_paper")]
        person.to_receipt()
        person.printed()
        assert person.has("paper_failed") and "打印纸用完了" in person.words()
        assert person.bench.cases() == 1


def test_with_the_line_down_the_case_is_kept_and_said_so(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.bench.gateway.offline = True
        person.wait(lambda: person.shell.board.ready)
        person.shell.rounds.look()
        person.wait(lambda: not person.shell.board.online)
        person.to_receipt()
        person.wait(lambda: person.shell.session.uploaded is False)
        received = person.shell.session.received
        assert received is not None and received.case.offline
        note = person.shell.findChild(QLabel, "note")
        assert note is not None and "恢复后自动上传" in note.text()


def test_a_failed_hand_in_loses_nothing_and_can_be_repeated(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        before = person.shell.session.intake
        person.bench.gateway.offline = True  # nobody to say which clock is right
        with person.bench.store.begin() as work:  # the clock went back behind what is written here
            work.set_note("last_time", NOW.replace(year=2027).isoformat())
            work.commit()
        person.touch("submit")
        person.at("failed")
        assert person.has("failure") and person.bench.cases() == 0
        assert person.shell.session.intake == before
        with person.bench.store.begin() as work:
            work.set_note("last_time", NOW.isoformat())
            work.commit()
        person.touch("again")
        person.at("receipt")
        assert person.bench.cases() == 1


def test_without_enrolment_the_machine_is_out_of_service(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "bare").mkdir()
    with (
        bench(tmp_path / "bare", enrolled=False) as made,
        visitor(tmp_path, qtbot, made=made) as person,
    ):
        person.at("closed")
        assert person.has("closed_reason") and not person.has("start")
        reason = person.widget("closed_reason")
        words = " ".join(label.text() for label in reason.findChildren(QLabel))
        assert "还没有登记" in words and "登记码" in words


def test_without_items_the_machine_is_out_of_service(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "bare").mkdir()
    with bench(tmp_path / "bare", items=()) as made, visitor(tmp_path, qtbot, made=made) as person:
        person.at("closed")


def test_help_is_shown_on_every_page_and_written_down(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.touch("foot_help")
        assert person.has("help_banner")
        person.choose()
        assert person.has("help_banner")
        assert "help.called" in person.bench.actions()


def test_staff_come_by_the_hidden_corner(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        corner = person.widget("staff_corner")
        QTest.mouseClick(corner, Qt.MouseButton.LeftButton)
        person.settle()
        assert person.place == "attract"  # a tap is not enough
        corner._held.setInterval(1)  # type: ignore[attr-defined]
        QTest.mousePress(corner, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        person.at("staff_sign_in")
        person.type("S001")
        person.touch("field_pin")
        person.type("111111")
        person.touch("enter")
        person.wait(lambda: person.has("notice"))
        assert person.place == "staff_sign_in"
        person.type("246810")
        person.touch("enter")
        person.at("staff")
        person.wait(lambda: not person.shell.idle.held)
        assert "演示主管" in person.words()
        assert not person.has("exit_program")  # this machine may not be left
        person.touch("home")
        assert person.place == "attract" and person.shell.session.operator is None


def test_staff_look_at_the_readiness_sheet(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        person.shell.go("staff")
        person.wait(lambda: not person.shell.idle.held)
        person.touch("open_sheet")
        person.at("staff_sheet")
        person.wait(lambda: "可以开门" in person.words())
        person.touch("sheet_print")
        person.wait(lambda: "已在小票打印机上打印" in person.words())
        assert len(person.devices.printed) == 1
        person.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE, "device.not_found")
        person.touch("sheet_again")
        person.wait(lambda: "证件要手工录入" in person.words())
        person.touch("foot_back")
        person.at("staff")


def test_the_window_is_closed_by_staff_only(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        assert not person.shell.close()
        assert person.shell.isVisible()


def test_where_the_profile_allows_it_staff_can_leave_to_the_desktop(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot, profile=replace(PROFILE, may_exit=True)) as person:
        person.wait(lambda: person.shell.board.ready)
        person.shell.go("staff")
        person.wait(lambda: not person.shell.idle.held)
        person.touch("exit_program")
        assert not person.shell.isVisible()
