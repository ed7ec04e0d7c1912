"""设备: tests and test pages, the search, 开门自检单, the diagnostic bundle."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.carried import Carried, CarriedKind, Standing
from app.domain.device import CardRead, DeviceHealth, DeviceKind, DeviceStatus, FoundDevice, Scanned
from app.domain.printing import PrintOutcome, PrintState
from app.errors import DeviceBusyError, DeviceTimeoutError, NoCardError, RejectedError, StationRefusedError
from app.services import readiness
from tests.ui.clerk import Clerk
from tests.ui.fakes import NOW, Bench, bench, person
from ui.trials import READ, SCAN, Trials
from ui.widgets.audit import audit

READER, PRINTER = DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER
GB = 1024**3


@dataclass
class Machine:
    free: int | None = 50 * GB

    def disk_free(self) -> int | None:
        return self.free

    def versions(self) -> Mapping[str, str]:
        return {"program": "test"}

    def settings(self) -> Mapping[str, Any]:
        return {"station_id": "441900A12"}

    def logs(self) -> Mapping[str, bytes]:
        return {"counter.log": b"nothing\n"}


class NoKeys:
    def key(self, key_id: str) -> None:
        return None


def refuses(error: Exception) -> Any:
    def lease(count: int) -> Any:
        assert count == 0, "a look leases nothing"
        raise error

    return lease


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path / "hall") as made:
        made.office = replace(made.office, machine=Machine(), keys=NoKeys())  # type: ignore[arg-type]
        made.gateway.lease_numbers = refuses(RejectedError(reason="invalid"))  # type: ignore[method-assign]
        yield made


@pytest.fixture
def page(clerk: Clerk) -> Clerk:
    clerk.press(Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    clerk.wait(lambda: clerk.sees("device_id_reader"))
    return clerk


# -- tests and test pages ---------------------------------------------------------------------------


def test_the_whole_test_says_in_place_how_it_ended_and_when(page: Clerk) -> None:
    page.click("device_receipt_printer")
    page.press(Qt.Key.Key_F8)
    page.wait(lambda: page.sees("tested"))
    assert "09:46:00 打测试页" in page.words("tested")
    assert "测试页已打印" in page.words("tested")
    assert len(page.hall.devices.slips) == 1, "a real test page"
    assert page.hall.cases() == 0


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (PrintOutcome(PrintState.FAILED, "device.printer_cover"), "盖子"),
        (PrintOutcome(PrintState.UNKNOWN, "device.timeout"), "请看一眼纸出来没有"),
    ],
)
def test_a_test_page_is_as_honest_as_a_receipt(page: Clerk, outcome: PrintOutcome, words: str) -> None:
    page.hall.devices.outcomes = [outcome]
    page.click("device_receipt_printer")
    page.click("device_full")
    page.wait(lambda: page.sees("tested"))
    assert words in page.words("tested")


def test_a_device_in_use_is_told_politely(page: Clerk) -> None:
    page.hall.devices.refusals[READER] = DeviceBusyError(holder="intake")
    page.click("device_id_reader")
    page.click("device_full")
    page.wait(lambda: page.sees("tested"))
    assert "正在使用中" in page.words("tested")


def test_while_it_is_tested_it_cannot_be_tested_again(page: Clerk) -> None:
    waits: Future[DeviceHealth] = Future()
    page.hall.devices.self_test = lambda kind: waits  # type: ignore[method-assign]
    page.click("device_id_reader")
    page.click("device_full")
    assert not page.button("device_full").isEnabled()
    assert "正在测试" in page.button("device_full").text()
    waits.set_exception(DeviceTimeoutError())
    page.wait(lambda: page.sees("tested"))
    assert page.button("device_full").isEnabled()


def test_what_it_can_do_and_is_stands_there_in_words(page: Clerk) -> None:
    page.hall.devices.states[PRINTER] = DeviceHealth(
        PRINTER,
        DeviceStatus.ONLINE,
        since=NOW,
        driver="escpos",
        line="/dev/ttyUSB1",
        facts={"model": "演示机 80", "paper": "ok"},
        capabilities=("cutter", "status"),
    )
    page.shell.board.refresh_devices()
    page.click("device_receipt_printer")
    page.rest()
    words = page.words()
    assert "演示机 80 · escpos · /dev/ttyUSB1" in words
    assert "自动切纸、报告状态" in words


def test_a_device_nobody_set_up_is_quiet_and_says_how(page: Clerk) -> None:
    assert page.sees("missing_title")
    page.click("device_a4_printer")
    assert "未配置" in page.words()
    assert not page.sees("status_a4_printer")


def test_a_device_of_the_window_tells_the_board_itself(page: Clerk) -> None:
    camera = DeviceHealth(DeviceKind.DOCUMENT_CAMERA, DeviceStatus.NO_DEVICE, "device.not_found", NOW)
    page.shell.board.tell(camera)
    page.rest()
    assert page.sees("status_document_camera")
    page.click("device_document_camera")
    page.rest()
    assert "没有连上" in page.words("device_note")
    assert not page.sees("device_act")
    assert camera in page.hall.office.journal.entries()
    page.shell.board.forget(DeviceKind.DOCUMENT_CAMERA)
    page.rest()
    assert not page.sees("status_document_camera")


def test_an_online_line_says_nothing_of_what_cannot_be_done(page: Clerk) -> None:
    page.click("device_network")
    assert "暂时不能上传" not in page.words()


# -- the search -------------------------------------------------------------------------------------


def test_what_is_found_comes_with_the_lines_to_copy(page: Clerk) -> None:
    page.click("find_devices")
    page.wait(lambda: page.sees("finding"))
    page.hall.devices.search.set_result(
        [
            FoundDevice("/dev/ttyUSB0", READER, "sdt", "演示阅读器", 115200),
            FoundDevice('ipp://printer.example/"x"', DeviceKind.A4_PRINTER, "ipp", "演示打印机"),
            FoundDevice("usb:0403:6001", None, "", "USB Serial"),
        ]
    )
    page.wait(lambda: page.sees("find_outcome"))
    assert page.text("station_lines").splitlines()[0] == "[devices.id_reader]"
    page.click("found_1")
    page.click("copy_lines")
    assert QGuiApplication.clipboard().text() == (
        '[devices.a4_printer]\ndriver = "ipp"\nline = "ipp://printer.example/\\"x\\""\n'
    )
    page.rest()
    assert "不认识的设备" in page.words()


def test_nothing_found_and_a_search_that_was_stopped(page: Clerk) -> None:
    page.click("find_devices")
    page.hall.devices.search.set_result([])
    page.wait(lambda: page.sees("find_outcome"))
    assert "没有找到新的设备" in page.words("find_outcome")
    late = page.hall.devices.search = Future()
    late.set_running_or_notify_cancel()  # what has begun cannot be cancelled
    page.click("device_act")
    page.wait(lambda: page.sees("stop_finding"))
    page.click("stop_finding")
    late.set_result([FoundDevice("/dev/ttyUSB9", READER, "sdt")])
    page.rest()
    assert not page.sees("station_lines"), "what comes too late is nobody's answer"
    assert page.button("device_act").isEnabled()


# -- 开门自检单 --------------------------------------------------------------------------------------


def open_sheet(page: Clerk) -> None:
    page.press(Qt.Key.Key_F7)
    page.wait(lambda: page.sees("verdict_note") and "正在检查" not in page.words("verdict_note"))


def test_the_sheet_is_open_when_all_is_well_and_goes_away_by_escape(page: Clerk) -> None:
    open_sheet(page)
    assert "可以开门" in page.words("verdict_note") and "暂时" not in page.words("verdict_note")
    assert "前置机认得本站" in page.words("row_enrolment")
    page.press(Qt.Key.Key_Escape)
    assert page.sees("device_id_reader")


def test_limits_and_stops_are_told_apart(page: Clerk) -> None:
    page.hall.devices.set(READER, DeviceStatus.NO_DEVICE, "device.not_found")
    open_sheet(page)
    assert "证件要手工录入" in page.words("verdict_note")
    page.hall.gateway.lease_numbers = refuses(  # type: ignore[method-assign]
        StationRefusedError(reason="station_revoked")
    )
    page.press(Qt.Key.Key_F5)
    page.wait(lambda: "还不能开门" in page.words("verdict_note"))
    assert "签名已经停用" in page.words("row_enrolment")


def test_a_card_is_tried_and_nothing_of_it_is_kept(page: Clerk) -> None:
    page.hall.devices.on_reader = CardRead(person())
    open_sheet(page)
    page.click("try_id_reader")
    page.wait(lambda: "试读正常" in page.words("row_id_reader"))
    assert person().name not in page.words()
    assert page.hall.drafts() == 0


def test_a_try_can_be_skipped(page: Clerk) -> None:
    waits: Future[CardRead] = Future()
    asked: list[Any] = []

    def read(deadline_s: float, cancelled: Any) -> "Future[CardRead]":
        asked.append(cancelled)
        return waits

    page.hall.devices.read_card = read  # type: ignore[method-assign]
    open_sheet(page)
    page.click("try_id_reader")
    page.wait(lambda: page.sees("skip_id_reader"))
    page.click("skip_id_reader")
    assert asked[0].is_set()
    waits.set_exception(NoCardError())
    page.rest()
    assert "有应答" in page.words("row_id_reader"), "what was skipped says nothing of the reader"


def test_a_code_is_tried_and_goes_nowhere_else(page: Clerk) -> None:
    open_sheet(page)
    page.click("try_scanner")
    assert page.hall.devices.scanning
    page.hall.devices.say(Scanned("HTTPS://Q.EXAMPLE.CN/R/ABC"))
    page.wait(lambda: "试扫正常" in page.words("row_scanner"))
    assert not page.hall.devices.scanning
    assert page.sees("verdict_note"), "the page did not change"


def test_a_code_that_does_not_come_is_said(page: Clerk) -> None:
    open_sheet(page)
    page.click("try_scanner")
    page.shell.devices.trials._patience.timeout.emit()
    page.wait(lambda: "没有成功" in page.words("row_scanner"))


def test_it_is_printed_and_saved(page: Clerk) -> None:
    open_sheet(page)
    page.press(Qt.Key.Key_F9)
    page.wait(lambda: "已在小票打印机上打印" in page.words("verdict_note"))
    assert "开门自检单".encode("gb18030") in page.hall.devices.slips[0]
    assert b"0217" in page.hall.devices.slips[0]
    page.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    page.wait(lambda: bool(page.hall.files.written))
    assert page.hall.files.written[0].read_bytes().startswith(b"%PDF")


def test_it_is_offered_once_a_day_and_never_in_the_way(clerk: Clerk) -> None:
    clerk.wait(lambda: clerk.sees("offer_sheet"))
    clerk.click("offer_sheet")
    clerk.wait(lambda: clerk.sees("verdict_note"))
    clerk.rest()
    assert readiness.seen_today(clerk.hall.office)
    clerk.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    clerk.wait(lambda: not clerk.sees("offer_sheet"))


def test_leaving_the_page_ends_what_a_person_was_asked_for(page: Clerk) -> None:
    page.hall.devices.read_card = lambda *_: Future()  # type: ignore[method-assign,assignment]
    open_sheet(page)
    page.click("try_id_reader")
    page.click("try_scanner")
    page.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    trials: Trials = page.shell.devices.trials
    assert not {READ, SCAN} & set(trials.running.values())
    assert not page.hall.devices.scanning


# -- 诊断包 -----------------------------------------------------------------------------------------


def test_the_bundle_is_saved_where_the_person_says(page: Clerk) -> None:
    page.hall.devices.set(PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    page.click("bundle")
    page.wait(lambda: page.sees("bundle_outcome"))
    assert "诊断包已存好" in page.words("bundle_outcome")
    (file,) = page.hall.files.written
    assert file.name == "diagnose-441900A12-20261120-0946.zip"
    with ZipFile(file) as packed:
        devices = json.loads(packed.read("devices.json"))
    now = {device["kind"]: device["reason"] for device in devices["now"]}
    assert now["receipt_printer"] == "device.printer_paper"


# -- the strip --------------------------------------------------------------------------------------


def test_no_trouble_is_cut_off_however_many_there_are(clerk: Clerk) -> None:
    for kind in (READER, PRINTER, DeviceKind.SCANNER):
        clerk.hall.devices.set(kind, DeviceStatus.NO_DEVICE, "device.not_found")
    clerk.hall.catalog.gone = True
    clerk.shell.board.look()
    clerk.rest()
    QApplication.processEvents()
    for key in ("id_reader", "receipt_printer", "scanner", "catalog"):
        button = clerk.button(f"status_{key}")
        assert button.text()
        assert button.width() >= button.sizeHint().width(), key
    clerk.shell.strip.refresh()
    assert clerk.button("status_id_reader") is button or button.isVisible(), (
        "nothing is drawn anew for nothing"
    )


def test_what_travels_with_the_catalog_is_told_file_by_file(
    looks: QApplication, hall: Bench, qtbot: QtBot
) -> None:
    told = (
        Carried(CarriedKind.SCHEDULES, "2027.json", Standing.BROKEN, "", "schedule"),
        Carried(CarriedKind.TEXTS, "zh_CN.toml", Standing.BROKEN, "", "places", "counter.found"),
        Carried(CarriedKind.CODES, "nation.toml", Standing.WAITING, "2031-01-01"),
    )
    hall.office = replace(hall.office, carried=lambda: told)
    with Clerk.at_counter(hall, qtbot) as clerk:
        clerk.wait(lambda: clerk.sees("status_carried"))
        clerk.click("status_carried")
        clerk.wait(lambda: clerk.sees("carried_3"))
        assert "暂定" in clerk.text("carried_0") and "重新发布" in clerk.text("carried_0")
        assert clerk.text("carried_1").startswith("放假安排“2027.json”不能用")
        assert "counter.found" in clerk.text("carried_2") and "下次启动后生效" in clerk.text("carried_3")
        assert audit(clerk.shell) == []
