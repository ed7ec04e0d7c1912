"""A person at the kiosk, from the first touch to the paper, by touches only."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
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


@pytest.mark.parametrize("dates", [{"effective_from": date(2027, 1, 1)}, {"withdrawn_on": date(2026, 11, 1)}])
def test_an_item_that_is_not_in_force_is_said_so_at_once(
    dates: dict[str, date], tmp_path: Path, qtbot: QtBot
) -> None:
    items = [replace(item, **dates) for item in demo_items()]  # type: ignore[arg-type]
    with bench(tmp_path, items) as made, visitor(tmp_path, qtbot, made=made) as person:
        person.start()
        person.touch("theme_care")
        hit = person.shell.board.of_theme("care")[0]
        person.touch(f"item_{hit.code}")
        person.wait(lambda: person.shell.session.notice is not None)
        assert person.place == "items" and person.shell.session.intake.item is None
        (day,) = dates.values()
        assert str(day) in person.words() and hit.name in person.words()


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
