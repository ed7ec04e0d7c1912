"""A person at the kiosk, from the first touch to the paper, by touches only."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.domain.case import DeliveryWay
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus, DeviceTrouble
from app.domain.printing import PrintOutcome, PrintState
from tests.ui.kiosk_drive import PHONE, visitor
from tests.ui.kiosk_fakes import NOW, PERSON, PROFILE, QR_TEXT, bench


def test_from_the_first_touch_to_the_paper(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_receipt()
        person.printed()
        received = person.shell.session.received
        assert received is not None
        case = received.case
        assert case.number.startswith("441900K07-261120-000217-")
        assert case.application.applicant == PERSON
        assert case.application.contact.phone == PHONE
        assert case.application.channel is PROFILE.channel
        assert case.application.identity_confirmed is None  # nobody could compare a face here
        assert all(m.complete for m in case.materials)
        assert person.devices.printed == [f"{case.number} 1".encode()]
        assert person.has("paper_confirmed")
        assert case.number in person.words()
        with person.bench.store.begin() as work:
            assert work.case(case.case_id) == case
        person.wait(lambda: person.shell.session.uploaded is True)
        assert len(person.bench.gateway.uploaded) == 1
        person.touch("finish")
        assert person.place == "leaving"
        person.touch("home")
        assert person.place == "attract"


def test_a_press_that_comes_twice_makes_one_case(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        button = person.widget("submit")
        where = button.mapTo(person.shell, button.rect().center())
        for _ in range(3):  # before anything has had time to happen
            QTest.mouseClick(person.shell.childAt(where) or person.shell, Qt.MouseButton.LeftButton)
        person.at("receipt")
        person.printed()
        assert person.bench.cases() == 1
        assert len(person.devices.printed) == 1


def test_the_button_is_dead_while_the_case_is_on_its_way(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        gate = Event()
        person.bench.executors[0].submit(gate.wait, 20)
        person.touch("submit")
        assert person.place == "sending"
        assert not person.widget("submit").isEnabled()
        assert not person.has("foot_back") and not person.has("foot_leave")
        gate.set()
        person.at("receipt")


def test_back_keeps_every_answer(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.to_summary()
        before = person.shell.session.intake
        seen = []
        while person.place != "consent":
            seen.append(person.place)
            person.touch("foot_back")
        assert seen[:4] == ["summary", "delivery", "phone", "materials"] and "question" in seen
        assert person.shell.session.intake == before
        person.touch("agree")
        assert person.place == "check"  # the card has been read already
        person.touch("yes")
        while person.place != "summary":
            person.touch("next")
        assert person.shell.session.intake == before


def test_a_second_touch_never_lands_on_the_next_page(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        window = person.shell.windowHandle()
        assert window is not None
        tile = person.widget("theme_care")
        where = tile.mapTo(person.shell, tile.rect().center())
        QTest.mouseDClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        person.settle()
        assert person.place == "items"


def test_search_by_initials_leads_to_the_item(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.touch("search")
        person.type("JZZQ")
        person.wait(lambda: person.shell.session.found_for == "JZZQ")
        hit = person.shell.session.found[0]
        assert hit.name.startswith("居住证签注")
        person.touch(f"item_{hit.code}")
        person.at("consent")


def test_only_items_of_this_channel_for_persons_are_offered(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        hits = person.shell.board.hits
        assert hits and all(PROFILE.channel in hit.channels for hit in hits)
        assert sum(count for _, count in person.shell.board.themes()) == len(hits)


def test_a_refused_path_says_why_and_goes_no_further(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose("care")
        person.lay_card()
        person.touch("yes")
        refusing = None
        while refusing is None:
            question = person.shell.page.question()  # type: ignore[union-attr]
            refusing = next((o for o in question.options if o.refusal), None)
            if refusing is None:
                person.touch(f"option_{question.options[0].id}")
                person.touch("next")
        person.touch(f"option_{refusing.id}")
        assert refusing.refusal in person.words()
        assert not person.widget("next").isEnabled()
        person.touch(f"option_{question.options[0].id}")
        assert person.widget("next").isEnabled()


def test_a_missing_necessary_material_stops_before_the_phone(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        person.lay_card()
        person.touch("yes")
        person.answer()
        person.touch("next")
        assert person.place == "materials"
        assert person.has("notice") and person.has("go_home")
        lacking = person.shell.session.intake.materials()[0]
        assert lacking.name in person.words()
        person.touch(f"material_{lacking.id or lacking.name}")
        assert person.shell.session.intake.taking(lacking) is not None
        assert not person.has("notice")


def test_without_a_phone_and_by_mail_to_the_address_of_the_card(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        person.lay_card()
        person.touch("yes")
        person.answer()
        person.touch("all_taken")
        person.touch("next")
        assert not person.widget("next").isEnabled()
        person.touch("without_phone")
        person.touch("delivery_mail")
        assert PERSON.address not in person.words()  # a bystander reads the city only
        person.touch("next")
        assert person.has("finding_phone_missing")
        person.touch("submit")
        person.at("receipt")
        received = person.shell.session.received
        assert received is not None
        assert received.case.application.delivery.way is DeliveryWay.MAIL
        assert received.case.application.delivery.address == PERSON.address


def test_the_number_and_name_by_hand_are_marked(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        person.touch("hand")
        person.type("X")  # only the last character can be X
        person.type("110105194912310029")
        assert not person.widget("next").isEnabled()  # the check does not fit
        person.touch("key_erase")
        person.type("X")
        person.touch("next")
        person.type("LI")
        person.touch("choice_李")
        assert not person.widget("next").isEnabled()
        person.type("SI")
        person.touch("choice_四")
        person.touch("next")
        assert person.place == "check"
        document = person.shell.session.intake.applicant
        assert document is not None
        assert (document.name, document.number, document.machine_read) == (
            "李四",
            "11010519491231002X",
            False,
        )
        assert str(document.birth) == "1949-12-31"


def test_hand_entry_can_be_switched_off(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot, profile=replace(PROFILE, hand_entry=False)) as person:
        person.start()
        person.choose()
        assert not person.has("hand")
        person.touch("no_card")
        person.touch("try_again")
        assert person.place == "card"


def test_a_card_that_is_not_read_says_what_to_do(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.start()
        person.choose()
        assert person.devices.watching
        person.devices.say(DeviceTrouble(DeviceKind.ID_READER, "device.card_unsupported"))
        person.wait(lambda: person.has("notice"))
        person.lay_card()
        assert not person.has("notice")
        person.touch("no")
        assert person.place == "card" and person.shell.session.intake.applicant is None


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


def test_the_qr_on_the_screen_can_be_scanned(tmp_path: Path, qtbot: QtBot) -> None:
    import numpy as np
    import zxingcpp

    with visitor(tmp_path, qtbot) as person:
        person.to_receipt()
        person.printed()
        picture = person.shell.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(
            picture.height(), picture.bytesPerLine()
        )
        found = zxingcpp.read_barcodes(np.ascontiguousarray(pixels[:, : picture.width()]))
        assert [code.text for code in found] == [QR_TEXT]


def test_after_a_crash_in_mid_print_the_case_is_there_and_staff_are_told(
    tmp_path: Path, qtbot: QtBot
) -> None:
    with bench(tmp_path) as made:
        with visitor(tmp_path, qtbot, made=made) as person:
            person.devices.outcomes = [PrintOutcome(PrintState.SENT)]  # nobody lived to store how it ended
            person.to_receipt()
            person.printed()
        with visitor(tmp_path, qtbot, made=made) as person:
            person.wait(lambda: person.shell.board.ready)
            assert person.place == "attract" and person.bench.cases() == 1
            assert PERSON.name not in person.words()
            person.shell.go("staff")
            person.wait(lambda: person.shell.session.open_prints == 1)
            assert "1 张" in person.words()
            assert len(made.devices.printed) == 1


def test_nothing_on_the_way_can_be_pressed_while_the_catalog_is_slow(tmp_path: Path, qtbot: QtBot) -> None:
    """An impatient second touch on the same item opens it once."""
    with visitor(tmp_path, qtbot) as person:
        person.start()
        gate = Event()
        person.bench.executors[3].submit(gate.wait, 20)
        code = person.shell.board.of_theme("care")[0].code
        person.touch("theme_care")
        person.touch(f"item_{code}")
        person.touch(f"item_{code}")
        gate.set()
        person.at("consent")
        person.wait(lambda: not person.shell.idle.held)
        assert person.place == "consent"
        person.touch("foot_back")
        assert person.place == "items"


def test_a_device_that_only_repeats_itself_draws_nothing_again(tmp_path: Path, qtbot: QtBot) -> None:
    """A button must not be taken away under a finger."""
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        page = person.shell.page
        person.devices.set(DeviceKind.ID_READER, DeviceStatus.BUSY)
        person.devices.set(DeviceKind.ID_READER, DeviceStatus.ONLINE)
        person.settle()
        assert person.shell.page is page
        person.devices.set(DeviceKind.ID_READER, DeviceStatus.NO_DEVICE)
        person.wait(lambda: "读卡器有问题" in person.words())


def test_a_button_under_a_finger_stays_until_it_is_let_go(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        window, start = person.shell.windowHandle(), person.widget("start")
        assert window is not None
        where = start.mapTo(person.shell, start.rect().center())
        none = Qt.KeyboardModifier.NoModifier
        QTest.mousePress(window, Qt.MouseButton.LeftButton, none, where)
        person.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.NO_DEVICE)
        person.settle()
        assert person.widget("start") is start
        QTest.mouseRelease(window, Qt.MouseButton.LeftButton, none, where)
        person.settle()
        assert person.place == "trouble"  # the touch counted, and the page knows what has changed


def test_a_new_catalog_is_offered_to_the_next_person(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "few").mkdir()
    with visitor(tmp_path, qtbot) as person:
        person.wait(lambda: person.shell.board.ready)
        before = person.shell.board.hits
        fewer = [item for item in demo_items() if item.code == before[0].code]
        file = tmp_path / "few" / "catalog.sqlite"
        build_catalog(fewer, "v2026.11.20", NOW, file)
        newer = CatalogFile(file)
        person.bench.catalog.become(newer)
        person.shell.rounds.look()
        person.wait(lambda: len(person.shell.board.hits) == 1)
        newer.close()


def test_nobody_starts_before_the_devices_have_answered(tmp_path: Path, qtbot: QtBot) -> None:
    with bench(tmp_path) as made:
        made.devices.states[DeviceKind.ID_READER] = DeviceHealth(DeviceKind.ID_READER, DeviceStatus.STARTING)
        with visitor(tmp_path, qtbot, made=made) as person:
            person.wait(lambda: person.shell.board.ready)
            assert not person.widget("start").isEnabled() and "读卡器有问题" not in person.words()
            person.devices.set(DeviceKind.ID_READER, DeviceStatus.ONLINE)
            person.wait(lambda: person.widget("start").isEnabled())


def test_a_case_the_gateway_refuses_is_not_blamed_on_the_line(tmp_path: Path, qtbot: QtBot) -> None:
    with visitor(tmp_path, qtbot) as person:
        person.bench.gateway.refuses = True
        person.to_receipt()
        person.wait(lambda: person.shell.session.uploaded is False)
        note = person.shell.findChild(QLabel, "note")
        assert note is not None and "工作人员处理" in note.text() and "网络不通" not in note.text()
        assert person.bench.cases() == 1
