"""办件, 查验, 设备, the pop-up's event bar and the fault page."""

import logging
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.printing import PrintOutcome, PrintState
from app.errors import DiskFullError, RejectedError
from app.texts import load
from tests.patience import PATIENCE_S
from tests.ui.clerk import Clerk
from ui import fault_page
from ui.power import battery_percent
from ui.theme import COUNTER
from ui.widgets.table import rows_of

CTRL = Qt.KeyboardModifier.ControlModifier


def done(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    clerk.wait(lambda: "正在" not in clerk.text("outcome_upload"))


def test_the_list_shows_the_case_and_finds_it(clerk: Clerk) -> None:
    done(clerk)
    clerk.press(Qt.Key.Key_2, CTRL)
    table = clerk.find(QTableView, "cases")
    clerk.wait(lambda: len(rows_of(table).rows) == 1 and clerk.sees("detail_number"))
    row = [cell.text for cell in rows_of(table).rows[0]]
    assert "演示·东方测试" not in row and row[4:] == ["已上传", "已打印"]
    clerk.type("case_search", "zzzz")
    clerk.wait(lambda: clerk.sees("cases_empty"))
    assert "没有符合" in clerk.text("cases_empty")


def test_a_reprint_is_counted_and_a_question_can_be_answered_later(clerk: Clerk) -> None:
    clerk.hall.devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
    clerk.fill()
    clerk.receive()
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.wait(lambda: clerk.sees("case_came_out"))
    assert not clerk.button("case_reprint").isEnabled()
    clerk.click("case_came_out")
    clerk.wait(lambda: clerk.button("case_reprint").isEnabled())
    clerk.click("case_reprint")
    clerk.wait(lambda: len(clerk.hall.devices.slips) == 2)
    clerk.wait(lambda: "补打" in clerk.words() and clerk.button("case_reprint").isEnabled())


def test_a_key_struck_twice_prints_one_copy(clerk: Clerk) -> None:
    """Dead from the press until the outcome is in sight; a quick printer gives no second chance either."""
    clerk.shell.cases.rest.setInterval(600_000)
    done(clerk)
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.wait(lambda: clerk.sees("case_reprint") and clerk.button("case_reprint").isEnabled())
    clerk.hall.devices.gate = Event()
    for _ in range(2):
        clerk.press(Qt.Key.Key_F7)
    clerk.hall.devices.gate.set()
    clerk.rest()
    for _ in range(2):  # the outcome is known by now, and the fingers are not off the key
        clerk.press(Qt.Key.Key_F7)
        clerk.rest()
    assert len(clerk.hall.devices.slips) == 2 and not clerk.button("case_reprint").isEnabled()
    clerk.shell.cases.rest.stop()
    clerk.shell.cases.rest.timeout.emit()
    clerk.wait(lambda: "补打" in clerk.words() and clerk.button("case_reprint").isEnabled())
    clerk.press(Qt.Key.Key_F7)
    clerk.wait(lambda: len(clerk.hall.devices.slips) == 3)
    clerk.rest()


def test_a_pdf_that_cannot_be_saved_does_not_free_the_printer(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _data: bytes) -> None:
        raise DiskFullError

    monkeypatch.setattr(clerk.hall.files, "write", full)
    done(clerk)
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.wait(lambda: clerk.sees("case_reprint") and clerk.button("case_reprint").isEnabled())
    clerk.hall.devices.gate = Event()
    clerk.press(Qt.Key.Key_F7)
    clerk.press(Qt.Key.Key_S, CTRL)
    clerk.wait(lambda: clerk.sees("notice_error"))
    assert not clerk.button("case_reprint").isEnabled()
    clerk.hall.devices.gate.set()
    clerk.wait(lambda: len(clerk.hall.devices.slips) == 2)
    clerk.rest()


def test_a_refused_case_says_why(clerk: Clerk) -> None:
    clerk.hall.gateway.refusal = RejectedError(reason="number_taken")
    done(clerk)
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.wait(lambda: "已经用在另一个办件上" in clerk.words())
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("device_outbox"))
    clerk.click("device_outbox")
    clerk.wait(lambda: "已经用在另一个办件上" in clerk.words())


def test_a_genuine_receipt_is_told_from_others(clerk: Clerk) -> None:
    done(clerk)
    received = clerk.intake.receiving.received
    clerk.press(Qt.Key.Key_S, CTRL)
    clerk.wait(lambda: bool(clerk.hall.files.written))
    clerk.press(Qt.Key.Key_3, CTRL)
    clerk.type("verify_text", received.issued.qr_text)
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: "凭证真实" in clerk.words("verdict"))
    assert received.case.number in clerk.words()
    changed = received.issued.qr_text[:-9] + ("A" if received.issued.qr_text[-9] != "A" else "B")
    clerk.find(QLineEdit, "verify_text").setText(changed + received.issued.qr_text[-8:])
    clerk.click("verify_check")
    clerk.wait(lambda: "不能认定为真" in clerk.words("verdict"))
    clerk.hall.files.to_open = clerk.hall.files.written[0]
    clerk.click("verify_pdf")
    clerk.wait(lambda: "整份文件没有被改动" in clerk.words("verdict"))
    clerk.hall.files.to_open = clerk.hall.files.folder / "missing.pdf"
    clerk.click("verify_pdf")
    clerk.wait(lambda: "文件打不开" in clerk.words("verdict"))


def test_a_device_in_trouble_says_what_to_do_and_can_be_tested(clerk: Clerk) -> None:
    clerk.hall.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE, "device.not_found")
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("device_id_reader"))
    clerk.click("device_id_reader")
    clerk.wait(lambda: "没有连上" in clerk.words("device_note"))
    clerk.wait(lambda: "手工录入" in clerk.words())
    clerk.hall.devices.states[DeviceKind.ID_READER] = clerk.hall.devices.states[DeviceKind.SCANNER].__class__(
        DeviceKind.ID_READER, DeviceStatus.ONLINE
    )
    clerk.press(Qt.Key.Key_F6)
    clerk.wait(lambda: clerk.sees("tested"))
    clerk.wait(lambda: "没有连上" not in clerk.words("device_note"))


def test_the_catalog_is_fetched_with_progress_and_can_be_stopped(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("device_catalog"))
    clerk.click("device_catalog")
    clerk.hall.sync.gate = Event()
    clerk.click("device_act")
    clerk.wait(lambda: "1.9 MB / 2.9 MB" in clerk.words())
    clerk.click("stop_sync")
    clerk.hall.sync.gate.set()
    clerk.wait(lambda: clerk.sees("sync_outcome"))
    clerk.wait(lambda: "没有改动" in clerk.words("sync_outcome"))
    clerk.click("device_act")
    clerk.wait(lambda: clerk.sees("sync_outcome") and "v2026.11.20" in clerk.words("sync_outcome"))


def test_a_wrong_clock_is_seen_on_the_strip(clerk: Clerk) -> None:
    clerk.hall.gateway.skew = timedelta(minutes=12)
    clerk.shell.board.look()
    clerk.wait(lambda: clerk.sees("status_clock"))
    assert "12 分钟" in clerk.button("status_clock").text()


def test_the_event_bar_counts_and_its_name_can_be_given(outing: Clerk) -> None:
    outing.wait(lambda: outing.button("event_numbers").text() == "号段余 300")
    assert outing.button("event_line").text() == "离线"
    assert not outing.sees("status_network")
    outing.click("event_edit")
    outing.type("event_name", "演示社区服务日")
    outing.type("event_place", "演示镇文化广场")
    outing.click("event_save")
    outing.wait(lambda: outing.text("event_title") == "演示社区服务日")
    outing.fill()
    assert outing.button("receive").text().strip() == "离线收件并打印凭证"
    outing.receive()
    outing.wait(lambda: outing.button("event_pending").text() == "待传 1")
    assert outing.button("event_received").text() == "已收 1"


def test_the_name_of_the_event_is_kept(outing: Clerk, qtbot: QtBot) -> None:
    outing.click("event_edit")
    outing.type("event_name", "演示活动")
    outing.click("event_save")
    outing.rest()
    with Clerk.at_popup(outing.hall, qtbot) as again:
        again.wait(lambda: again.text("event_title") == "演示活动")


def test_the_battery_is_read_where_there_is_one(tmp_path: Path) -> None:
    assert battery_percent(tmp_path) is None
    supply = tmp_path / "BAT0"
    supply.mkdir()
    (supply / "type").write_text("Battery\n")
    (supply / "capacity").write_text("62\n")
    assert battery_percent(tmp_path) == 62
    (supply / "capacity").write_text("?\n")
    assert battery_percent(tmp_path) is None


def test_a_bug_shows_the_fault_page_and_logs_no_words_of_it(
    clerk: Clerk, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    faults = fault_page.Faults(qapp, load())
    try:
        with caplog.at_level(logging.CRITICAL):
            error = ValueError("11010519491231002X 张三")
            try:
                raise error
            except ValueError:
                faults._caught(ValueError, error, error.__traceback__)
        clerk.wait(lambda: faults.page is not None and faults.page.isVisible())
        assert faults.page is not None
        assert "重新启动" in faults.page.restart.text()
        assert "ValueError at test_other_pages.py" in caplog.text
        assert "11010519491231002X" not in caplog.text and "张三" not in caplog.text
        QTest.mouseClick(faults.page.go_on, Qt.MouseButton.LeftButton)
        assert not faults.page.isVisible()
    finally:
        faults.remove()


def test_the_next_process_starts_only_when_this_one_lets_go(tmp_path: Path, qtbot: QtBot) -> None:
    mark = tmp_path / "started"
    code = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('yes')"
    waiting = fault_page.succeed([sys.executable, "-c", code, str(mark)])
    assert waiting.stdin is not None
    assert waiting.poll() is None and not mark.exists()
    waiting.stdin.close()
    assert waiting.wait(PATIENCE_S) == 0
    qtbot.waitUntil(mark.exists, timeout=20_000)


def test_the_restart_button_ends_the_program_and_leaves_a_successor(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["-c", "pass"])
    page = fault_page.FaultPage(load(), COUNTER, None)
    qtbot.addWidget(page)
    page.show()
    QTest.mouseClick(page.restart, Qt.MouseButton.LeftButton)
    assert not page.isVisible()
    successor = fault_page._successors.pop()
    assert successor.stdin is not None
    successor.stdin.close()
    assert successor.wait(PATIENCE_S) == 0
