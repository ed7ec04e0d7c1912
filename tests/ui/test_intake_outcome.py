"""What becomes of a decision: papers, the line, the next person, drafts, refusals."""

from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind
from app.domain.printing import PrintOutcome, PrintState
from tests.ui.clerk import Clerk
from tests.ui.fakes import WANG, Bench, bench, person

CTRL = Qt.KeyboardModifier.ControlModifier


def test_an_unknown_print_is_asked_about_and_holds_the_next_case(clerk: Clerk) -> None:
    clerk.hall.devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
    clerk.fill()
    clerk.receive()
    clerk.wait(lambda: "纸出来了吗" in clerk.words("outcome_print"))
    clerk.press(Qt.Key.Key_F8)
    assert clerk.sees("outcome")
    assert not clerk.button("print_again").isEnabled()
    clerk.click("not_out")
    clerk.wait(lambda: clerk.button("print_again").isEnabled())
    assert len(clerk.hall.devices.slips) == 1
    clerk.press(Qt.Key.Key_F7)
    clerk.wait(lambda: len(clerk.hall.devices.slips) == 2 and clerk.intake.settled)
    clerk.wait(lambda: "补打" in clerk.words("outcome_print"))


def test_paper_that_did_come_out_is_confirmed_by_the_person(clerk: Clerk) -> None:
    clerk.hall.devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
    clerk.fill()
    clerk.receive()
    QTest.keyClick(clerk.button("came_out"), Qt.Key.Key_Y)
    clerk.wait(lambda: "已打印" in clerk.words("outcome_print"))
    assert len(clerk.hall.devices.slips) == 1


def test_a_failed_print_says_why_and_offers_another_go(clerk: Clerk) -> None:
    clerk.hall.devices.outcomes = [PrintOutcome(PrintState.FAILED, "device.printer_paper")]
    clerk.fill()
    clerk.receive()
    clerk.wait(lambda: "缺纸" in clerk.words("outcome_print"))
    assert clerk.button("print_again").property("kind") == "primary"
    assert clerk.button("next").isEnabled()


def test_without_a_printer_the_case_is_taken_and_the_pdf_offered(clerk: Clerk) -> None:
    del clerk.hall.devices.states[DeviceKind.RECEIPT_PRINTER]
    clerk.fill()
    assert clerk.button("receive").text().strip() == "收件并生成凭证"
    clerk.receive()
    clerk.wait(lambda: "没有打印" in clerk.words("outcome_print"))
    clerk.press(Qt.Key.Key_S, CTRL)
    clerk.wait(lambda: bool(clerk.hall.files.written))
    assert clerk.hall.files.written[0].read_bytes().startswith(b"%PDF")
    clerk.wait(lambda: clerk.sees("outcome_saved"))


def test_offline_is_said_on_the_button_and_the_case_waits(clerk: Clerk) -> None:
    clerk.hall.gateway.down = True
    clerk.shell.board.look()
    clerk.wait(lambda: not clerk.shell.board.online)
    clerk.fill()
    assert clerk.button("receive").text().strip() == "离线收件并打印凭证"
    clerk.receive()
    clerk.wait(lambda: "待上传" in clerk.text("outcome_upload"))
    assert clerk.intake.receiving.received.case.offline
    clerk.wait(lambda: clerk.sees("status_outbox") and "待传 1" in clerk.button("status_outbox").text())


def test_the_next_person_starts_empty(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    clerk.press(Qt.Key.Key_F8)
    assert clerk.sees("start_field")
    assert clerk.intake.session.intake.empty
    clerk.wait(lambda: "第 2 件" in clerk.text("greeting"))
    clerk.wait(lambda: clerk.sees("often_1"))


def test_a_card_laid_down_after_a_case_begins_the_next(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    clerk.hall.devices.lay()  # the same card, still lying there
    clerk.rest()
    assert clerk.sees("outcome")
    clerk.hall.devices.lay(person("演示·下一位", "11010519491231001X"))
    clerk.wait(lambda: not clerk.sees("outcome"))
    assert clerk.text("applicant_name") == "演示·下一位"


def test_every_keystroke_survives_a_crash_and_is_offered_to_its_author(
    looks: QApplication, hall: Bench, qtbot: QtBot
) -> None:
    with Clerk.at_counter(hall, qtbot) as before:
        before.lay_card()
        before.pick()
        before.type("phone", "1380000")
        before.wait(lambda: hall.drafts() == 1 and before.intake.session.draft.value == "saved")
        # no stop(), no flush: the next window finds what the disk has
        with Clerk.at_counter(hall, qtbot, WANG) as other:
            other.rest()
            assert not other.sees("restore_button")
        with Clerk.at_counter(hall, qtbot) as after:
            after.wait(lambda: after.sees("restore_button"))
            after.press(Qt.Key.Key_R, CTRL)
            assert after.intake.session.intake.contact.phone == "1380000"
            assert "居住证" in after.text("item_name")
            assert after.intake.session.intake.draft_id == before.intake.session.intake.draft_id


def test_a_draft_can_be_thrown_away(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot) as before:
        before.lay_card()
        before.pick()
    with Clerk.at_counter(hall, qtbot) as after:
        after.wait(lambda: after.sees("forget_button"))
        after.click("forget_button")
        after.rest()
        assert not after.sees("forget_button")
        assert hall.drafts() == 0


def test_clearing_can_be_undone(clerk: Clerk) -> None:
    clerk.fill()
    kept = clerk.intake.session.intake
    clerk.press(Qt.Key.Key_Delete, CTRL)
    assert clerk.intake.session.intake.empty
    clerk.click("undo_clear")
    assert clerk.intake.session.intake == kept
    clerk.rest()
    clerk.wait(lambda: clerk.hall.drafts() == 1)


def test_a_draft_that_cannot_be_kept_is_said_and_tried_again(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.hall.store.full = True
    clerk.type("phone", "1")
    clerk.wait(lambda: clerk.sees("notice_draft"))
    clerk.wait(lambda: "磁盘" in clerk.words("notice_draft"))
    clerk.hall.store.full = False
    clerk.type("phone", "2")
    clerk.wait(lambda: not clerk.sees("notice_draft"))
    clerk.rest()
    assert clerk.hall.drafts() == 1


def test_a_case_that_is_refused_leaves_everything_where_it_was(clerk: Clerk) -> None:
    clerk.fill()
    with clerk.hall.local.store.begin() as work:
        for _ in range(300):
            work.take_sequence()
        work.commit()
    before = clerk.intake.session.intake
    clerk.press(Qt.Key.Key_F9)
    clerk.wait(lambda: clerk.sees("notice_error"))
    clerk.wait(lambda: "编号" in clerk.words("notice_error"))
    assert clerk.intake.session.intake == before
    assert clerk.button("receive").isEnabled()
    clerk.wait(lambda: clerk.hall.drafts() == 1)


def test_a_clock_that_went_back_is_a_sentence(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    clerk.press(Qt.Key.Key_F8)
    clerk.hall.clock.pass_time(hours=-2)
    clerk.hall.gateway.skew = timedelta(hours=2)  # the gateway knows better
    clerk.fill()
    clerk.press(Qt.Key.Key_F9)
    clerk.wait(lambda: clerk.sees("notice_error"))
    clerk.wait(lambda: "校准时间" in clerk.words("notice_error"))


def test_a_station_that_is_not_enrolled_says_so(looks: QApplication, tmp_path: Path, qtbot: QtBot) -> None:
    with bench(tmp_path / "new", enrolled=False) as hall, Clerk.at_counter(hall, qtbot) as clerk:
        clerk.wait(lambda: "还不能收件" in clerk.words("ready_card"))
        clerk.fill()
        clerk.press(Qt.Key.Key_F9)
        clerk.wait(lambda: clerk.sees("notice_error"))
        clerk.wait(lambda: "登记" in clerk.words("notice_error"))
