"""No page, at no size, cuts a word or lets a widget spill."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind, DeviceStatus, FoundDevice
from app.domain.printing import PrintOutcome, PrintState
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench, person
from ui.widgets.audit import audit
from ui.widgets.kit import Kit, box, row

CTRL = Qt.KeyboardModifier.ControlModifier
SIZES = [(1366, 768), (1920, 1080)]


def start(clerk: Clerk) -> None:
    clerk.wait(lambda: clerk.sees("ready_card"))


def by_hand(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F4)
    clerk.type("hand_number", "11010519491231002")


def searching(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("zheng")


def missing(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick("食品经营")


def crowded(clerk: Clerk) -> None:
    """As much at once as a counter may meet: trouble, an agent, mail, warnings, a question about a card."""
    clerk.fill("食品经营")
    clerk.press(Qt.Key.Key_F4)
    clerk.click("delivery_mail")
    clerk.hall.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    clerk.hall.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE, "device.not_found")
    clerk.hall.gateway.down = True
    clerk.shell.board.look()
    clerk.wait(lambda: clerk.sees("notice_printer") and not clerk.shell.board.online)


def longest(clerk: Clerk) -> None:
    """The item with the most materials and questions there is."""
    clerk.lay_card()
    clerk.pick("中央厨房")
    intake = clerk.intake.session.intake
    assert (len(intake.materials()), len(intake.questions())) == (17, 4)


def enterprise(clerk: Clerk) -> None:
    longest(clerk)
    clerk.type("organisation", "演示·东莞市松山湖样例餐饮管理有限公司第一分公司")
    clerk.type("uscc", "91441900MA0000000X")
    clerk.type("phone", "13800000000")
    clerk.click("delivery_mail")
    clerk.type("address", "广东省东莞市演示街道测试路一号样例大厦十二楼一二〇三室")
    clerk.press(Qt.Key.Key_F6)
    clerk.click("materials_all")
    clerk.wait(lambda: clerk.button("receive").isEnabled() and clerk.intake.bench.preview_ready)


def waiting(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.press(Qt.Key.Key_Escape)
    assert clerk.sees("preview_words")


def ready(clerk: Clerk) -> None:
    clerk.fill()
    clerk.wait(lambda: clerk.intake.bench.preview_ready)


def confirmed(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()


def in_doubt(clerk: Clerk) -> None:
    clerk.hall.devices.outcomes = [PrintOutcome(PrintState.UNKNOWN, "device.timeout")]
    confirmed(clerk)


def failed(clerk: Clerk) -> None:
    clerk.hall.devices.outcomes = [PrintOutcome(PrintState.FAILED, "device.printer_fault")]
    confirmed(clerk)


def another_card(clerk: Clerk) -> None:
    clerk.fill()
    clerk.hall.devices.lay(person("演示·阿卜杜拉·买买提·样例", "11010519491231001X"))
    clerk.wait(lambda: clerk.sees("notice_card"))


def cases(clerk: Clerk) -> None:
    in_doubt(clerk)
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.wait(lambda: clerk.sees("detail_number"))


def verify(clerk: Clerk) -> None:
    confirmed(clerk)
    clerk.press(Qt.Key.Key_3, CTRL)
    clerk.shell.verify.verify_text(clerk.intake.receiving.received.issued.qr_text)
    clerk.wait(lambda: "凭证真实" in clerk.words("verdict"))


def devices(clerk: Clerk) -> None:
    clerk.hall.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE, "device.not_found")
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("device_id_reader"))
    clerk.click("device_id_reader")


def no_paper(clerk: Clerk) -> None:
    clerk.hall.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("device_receipt_printer"))
    clerk.click("device_receipt_printer")
    clerk.wait(lambda: clerk.sees("device_note"))


def everything_broken(clerk: Clerk) -> None:
    for kind in (DeviceKind.ID_READER, DeviceKind.RECEIPT_PRINTER, DeviceKind.SCANNER):
        clerk.hall.devices.set(kind, DeviceStatus.NO_DEVICE, "device.not_found")
    clerk.hall.gateway.skew = timedelta(minutes=9)
    clerk.hall.catalog.gone = True


def sheet(clerk: Clerk) -> None:
    everything_broken(clerk)
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("open_sheet"))
    clerk.press(Qt.Key.Key_F7)
    clerk.wait(lambda: "还不能开门" in clerk.words("verdict_note"))


def found(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("find_devices"))
    clerk.click("find_devices")
    devices = [
        FoundDevice(f"/dev/ttyUSB{n}", DeviceKind.ID_READER, "sdt", "演示阅读器", 115200) for n in range(7)
    ]
    clerk.hall.devices.search.set_result(devices)
    clerk.wait(lambda: clerk.sees("station_lines"))


def five_devices(clerk: Clerk) -> None:
    for kind in DeviceKind:
        clerk.hall.devices.set(kind, DeviceStatus.USER_ERROR, "device.printer_paper")
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.wait(lambda: clerk.sees("device_document_camera"))


def locked_out(clerk: Clerk) -> None:
    clerk.hall.gateway.lock_out("0217")
    clerk.press(Qt.Key.Key_J, CTRL)
    clerk.type("sign_in_id", "0217")
    clerk.type("sign_in_pin", "246810")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.sees("unlock_button"))


def unlocking(clerk: Clerk) -> None:
    locked_out(clerk)
    clerk.click("unlock_button")
    clerk.type("sign_in_id", "0900")
    clerk.type("sign_in_pin", "1")
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.sees("sign_in_trouble"))


def help_card(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F1)


SCENES = [start, by_hand, searching, missing, crowded, ready, confirmed]
SCENES += [in_doubt, failed, another_card, cases, verify, devices, help_card]
SCENES += [sheet, found, five_devices]
SCENES += [longest, enterprise, waiting, no_paper, locked_out, unlocking]


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.__name__)
def test_nothing_is_cut_at_the_counter(clerk: Clerk, scene: Callable[[Clerk], None]) -> None:
    scene(clerk)
    for size in SIZES:
        assert faults_at(clerk, size) == []


def faults_at(clerk: Clerk, size: tuple[int, int]) -> list[str]:
    clerk.shell.resize(*size)
    clerk.rest()
    return audit(clerk.shell)


def test_nothing_is_cut_at_sign_in(looks: QApplication, hall: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(hall, qtbot, None) as clerk:
        assert [faults_at(clerk, size) for size in SIZES] == [[], []]


def test_nothing_is_cut_at_a_pop_up(outing: Clerk) -> None:
    outing.fill()
    outing.rest()
    assert audit(outing.shell) == []
    outing.click("event_edit")
    outing.rest()
    assert audit(outing.shell) == []


def test_the_audit_sees_what_it_is_for(looks: QApplication, qtbot: QtBot) -> None:
    kit = Kit()
    label, button = kit.text("a sentence that is far too long"), kit.button("press", w=20)
    label.setFixedWidth(40)
    frame = box(row(label, button))
    qtbot.addWidget(frame)
    frame.show()
    found = " ".join(audit(frame, touch=88, from_y=500))
    assert all(word in found for word in ("cut: a sentence", "cut button: press", "small target", "too high"))
