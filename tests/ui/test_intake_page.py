"""The main job at a counter, by keys, clicks and cards on the real widgets."""

from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.domain.device import DeviceKind, DeviceStatus, DeviceTrouble, Scanned
from app.flows.intake import Taking
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, person
from ui.pages.counter.materials import COPIES, ORIGINALS

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_card_on_the_reader_fills_the_applicant_and_the_cursor_waits_for_the_item(clerk: Clerk) -> None:
    clerk.lay_card()
    assert clerk.text("applicant_name") == "演示·东方测试"
    assert "1101**********002X" in clerk.text("applicant_name_facts")
    assert "11010519491231002X" not in clerk.text("applicant_name_facts")
    assert clerk.shell.focusWidget() is clerk.find(QLineEdit, "item_search")


def test_the_whole_job_ends_in_one_case_one_slip_and_an_upload(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    assert clerk.hall.cases() == 1
    assert len(clerk.hall.devices.slips) == 1
    assert clerk.text("outcome_number").startswith("441900A12-261120-000217-")
    clerk.wait(lambda: "已打印" in clerk.words("outcome_print"))
    clerk.wait(lambda: clerk.text("outcome_upload") == "已上传")
    assert len(clerk.hall.gateway.kept) == 1
    assert clerk.hall.drafts() == 0


def test_pressing_f9_twice_quickly_is_one_case(clerk: Clerk) -> None:
    clerk.fill()
    clerk.hall.devices.gate = Event()
    clerk.press(Qt.Key.Key_F9)
    assert not clerk.button("receive").isEnabled()
    clerk.press(Qt.Key.Key_F9)
    clerk.click("receive")
    clerk.hall.devices.gate.set()
    clerk.wait(lambda: clerk.intake.settled)
    clerk.press(Qt.Key.Key_F9)
    clerk.rest()
    assert clerk.hall.cases() == 1
    assert len(clerk.hall.devices.slips) == 1


def test_the_decision_is_dead_with_a_reason_until_nothing_is_missing(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F4)
    assert "申请人" in clerk.text("reason")
    clerk.hall.devices.lay()
    clerk.wait(lambda: "事项" in clerk.text("reason"))
    clerk.pick()
    assert "不通过" in clerk.text("reason")
    clerk.click("materials_all")
    assert "人证" in clerk.text("reason")
    assert not clerk.button("receive").isEnabled()
    clerk.click("face_same")
    assert clerk.button("receive").isEnabled()


def test_a_card_goes_to_the_applicant_whatever_is_being_typed(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F3)
    clerk.pick()
    clerk.type("phone", "138")
    clerk.lay_card()
    assert clerk.intake.session.intake.contact.phone == "138"
    assert clerk.intake.session.intake.applicant.machine_read


def test_a_card_while_another_page_is_shown_brings_the_intake_back(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.type("case_search", "12")
    clerk.lay_card()
    assert clerk.intake.isVisible()


def test_the_same_card_read_again_takes_nothing_back(clerk: Clerk) -> None:
    clerk.fill()
    before = clerk.intake.session.intake
    clerk.find(QLineEdit, "phone").setFocus()
    clerk.press(Qt.Key.Key_4, CTRL)
    clerk.hall.devices.lay()
    clerk.hall.devices.lay(doubtful=True)
    clerk.rest()
    assert not clerk.intake.isVisible()  # nobody is taken from where they are
    clerk.press(Qt.Key.Key_1, CTRL)
    clerk.find(QLineEdit, "phone").setFocus()
    clerk.hall.devices.lay()
    clerk.rest()
    assert clerk.shell.focusWidget() is clerk.find(QLineEdit, "phone")
    assert clerk.intake.session.intake == before
    assert clerk.button("receive").isEnabled()


def test_a_good_read_ends_the_doubt_of_the_one_before_and_keeps_the_face(clerk: Clerk) -> None:
    clerk.hall.devices.lay(doubtful=True)
    clerk.wait(lambda: clerk.intake.session.intake.doubtful)
    clerk.press(Qt.Key.Key_F6)
    clerk.hall.devices.lay()
    clerk.wait(lambda: not clerk.intake.session.intake.doubtful)
    assert clerk.intake.session.intake.identity_confirmed is True


def test_another_name_under_the_same_number_asks_for_the_face_again(clerk: Clerk) -> None:
    clerk.fill()
    clerk.hall.devices.lay(person("演示·改名样例"))
    clerk.wait(lambda: clerk.text("applicant_name") == "演示·改名样例")
    assert clerk.intake.session.intake.identity_confirmed is None


def test_another_persons_card_is_a_question_and_changes_nothing(clerk: Clerk) -> None:
    clerk.fill()
    clerk.hall.devices.lay(person("演示·南方样例", "11010519491231001X"))
    clerk.wait(lambda: clerk.sees("notice_card"))
    assert clerk.intake.session.intake.applicant.name == "演示·东方测试"
    clerk.click("other_agent")
    assert clerk.intake.session.intake.agent.name == "演示·南方样例"
    assert clerk.intake.session.intake.applicant.name == "演示·东方测试"


def test_a_card_belongs_to_the_agent_while_the_agents_row_waits(clerk: Clerk) -> None:
    clerk.fill()
    clerk.press(Qt.Key.Key_F4)
    clerk.hall.devices.lay(person("演示·代办", "11010519491231001X"))
    clerk.wait(lambda: clerk.intake.session.intake.agent is not None)
    assert clerk.text("agent_name") == "演示·代办"
    clerk.click("agent_remove")
    assert clerk.intake.session.intake.agent is None


def test_typing_an_applicant_checks_the_number_and_marks_the_document(clerk: Clerk) -> None:
    clerk.type("start_field", "110105194912310021")
    QTest.keyClick(clerk.find(QLineEdit, "start_field"), Qt.Key.Key_Return)
    assert clerk.text("hand_check") == "校验不符"
    clerk.type("hand_name", "演示·手录")
    number = clerk.find(QLineEdit, "hand_number")
    number.clear()
    clerk.type("hand_number", "11010519491231002x")
    assert clerk.text("hand_check") == "校验相符"
    QTest.keyClick(number, Qt.Key.Key_Return)
    document = clerk.intake.session.intake.applicant
    assert (document.number, document.machine_read) == ("11010519491231002X", False)
    assert document.birth is not None
    clerk.pick()
    clerk.wait(lambda: "未经机读" in clerk.words("checks"))


def test_searching_takes_the_newest_question_and_enter_waits_for_it(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.hall.catalog.gate = Event()
    clerk.type("item_search", "zz")
    clerk.wait(lambda: "zz" in clerk.hall.catalog.asked)
    field = clerk.find(QLineEdit, "item_search")
    field.clear()
    clerk.type("item_search", "jzz")
    QTest.keyClick(field, Qt.Key.Key_Return)
    clerk.hall.catalog.gate.set()
    clerk.wait(lambda: clerk.intake.session.intake.item is not None)
    assert "居住证" in clerk.intake.session.intake.item.name


@pytest.mark.parametrize("text", ["居住证", "juzhuzheng", "jzz"])
def test_items_are_found_by_chinese_pinyin_and_initials(clerk: Clerk, text: str) -> None:
    clerk.lay_card()
    clerk.search(text)
    assert "居住证" in clerk.intake.sheet.item.hits().hits()[0].name


def test_a_search_without_hits_says_what_else_to_try(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("qqqqxxxx")
    assert "qqqqxxxx" in clerk.text("hits_empty")
    clerk.press(Qt.Key.Key_Escape)
    assert not clerk.sees("hits_panel")


def test_arrows_choose_and_tab_changes_the_group(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("zheng")
    hits = clerk.intake.sheet.item.hits()
    second = hits.hits()[1]
    clerk.press(Qt.Key.Key_Down)
    assert hits.current() == second
    clerk.press(Qt.Key.Key_Up)
    clerk.press(Qt.Key.Key_Tab)
    clerk.wait(lambda: clerk.intake.sheet.item.settled)
    assert hits.hits() == []
    assert "收藏" in clerk.text("hits_empty")
    clerk.press(Qt.Key.Key_Tab)
    clerk.wait(lambda: clerk.intake.sheet.item.settled)
    assert "常办" in clerk.text("hits_empty")


def test_a_situation_changes_the_materials_and_keeps_the_cursor(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick()
    session = clerk.intake.session
    question = session.intake.questions()[0]
    before = session.intake.materials()
    name = f"situation_{question.id}_{question.options[1].id}"
    clerk.button(name).setFocus()
    clerk.click(name)
    assert session.intake.answers[question.id] == frozenset({question.options[1].id})
    assert session.intake.materials() != before or session.findings()
    assert clerk.button(name).isChecked()
    assert clerk.shell.focusWidget().objectName() == name


def test_questions_that_begin_a_line_stand_below_each_other(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick("中央厨房")
    labels = [w for w in clerk.intake.sheet.situation.findChildren(QLabel) if w.property("glued")]
    lines: dict[int, int] = {}
    for label in labels:
        begins = label.x() + label.contentsMargins().left()
        lines[label.y()] = min(begins, lines.get(label.y(), begins))
    assert len(lines) == 2 and len(set(lines.values())) == 1, lines


def test_keys_count_the_materials(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick()
    table, session = clerk.table, clerk.intake.session
    table.setFocus()
    material = table.source.materials[0]
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert session.intake.taking(material) == Taking(material.originals, material.copies)
    assert table.currentIndex().row() == 1
    table.setCurrentIndex(table.source.index(0, ORIGINALS))
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert session.intake.taking(material) is None
    QTest.keyClicks(table, "++-")
    assert session.intake.taking(material) == Taking(1, 0)
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert table.currentIndex().column() == COPIES
    QTest.keyClicks(table, "3")
    assert session.intake.taking(material) == Taking(1, 3)
    QTest.keyClick(table, Qt.Key.Key_A, CTRL)
    assert session.intake.tally().missing == 0


def test_a_mouse_can_count_too(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick()
    table = clerk.table
    cell = table.visualRect(table.source.index(1, ORIGINALS))
    more = cell.topLeft() + (cell.center() - cell.topLeft())
    more.setX(cell.x() + 70)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=more)
    assert table.source.taking(table.source.materials[1]).originals == 1


def test_a_finding_leads_to_its_field(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick()
    clerk.click("materials_all")
    clerk.click("jump_0")
    assert clerk.shell.focusWidget() is clerk.find(QLineEdit, "phone")


def test_mail_asks_for_an_address_and_it_is_needed(clerk: Clerk) -> None:
    clerk.fill()
    clerk.click("delivery_mail")
    assert clerk.shell.focusWidget() is clerk.find(QLineEdit, "address")
    assert clerk.find(QLineEdit, "address").width() > 300  # it has the rest of the row
    assert not clerk.button("receive").isEnabled()
    clerk.type("address", "演示路一号")
    assert clerk.button("receive").isEnabled()


def test_without_a_signed_catalog_no_item_can_be_taken(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.search("jzz")
    clerk.hall.catalog.gone = True
    QTest.keyClick(clerk.find(QLineEdit, "item_search"), Qt.Key.Key_Return)
    clerk.wait(lambda: clerk.sees("notice_error"))
    clerk.wait(lambda: "目录" in clerk.words("notice_error"))
    assert clerk.intake.session.intake.applicant is not None


@pytest.mark.parametrize("code", ["device.card_unreadable", "device.card_unsupported", "device.not_found"])
def test_a_card_that_will_not_read_is_said_and_typing_offered(clerk: Clerk, code: str) -> None:
    clerk.hall.devices.say(DeviceTrouble(DeviceKind.ID_READER, code))
    clerk.wait(lambda: clerk.sees("notice_reader"))
    assert clerk.words("notice_reader").strip()
    clerk.click("type_instead")
    assert clerk.shell.focusWidget() is clerk.find(QLineEdit, "hand_name")
    clerk.lay_card()
    assert not clerk.sees("notice_reader")


def test_f2_reads_once_more_and_says_when_there_is_no_card(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F2)
    clerk.wait(lambda: clerk.sees("notice_reader"))


def test_a_printer_in_trouble_is_said_before_the_decision(clerk: Clerk) -> None:
    clerk.fill()
    clerk.hall.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.USER_ERROR, "device.printer_paper")
    clerk.wait(lambda: clerk.sees("notice_printer"))
    assert "补打" in clerk.text("reason")
    clerk.hall.devices.set(DeviceKind.RECEIPT_PRINTER, DeviceStatus.ONLINE)
    clerk.wait(lambda: not clerk.sees("notice_printer"))


def test_a_scanned_number_starts_the_applicant_and_a_receipt_opens_verification(clerk: Clerk) -> None:
    clerk.hall.devices.say(Scanned("11010519491231002X"))
    clerk.wait(lambda: clerk.sees("hand_number"))
    assert clerk.find(QLineEdit, "hand_number").text() == "11010519491231002X"
    clerk.hall.devices.say(Scanned("HTTPS://Q.EXAMPLE.CN/R/ABCDEFG"))
    clerk.wait(lambda: clerk.sees("scan_verify"))
    clerk.click("scan_verify")
    clerk.wait(lambda: clerk.sees("verdict") and "不能认定为真" in clerk.words("verdict"))


def test_enterprise_items_ask_for_the_organisation(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick("食品经营")
    assert clerk.sees("organisation")
    clerk.type("organisation", "演示有限公司")
    clerk.type("uscc", "91441900MA0000000X")
    assert clerk.intake.session.intake.organisation.name == "演示有限公司"


def test_the_preview_is_drawn_and_can_be_enlarged(clerk: Clerk) -> None:
    clerk.fill()
    clerk.wait(lambda: clerk.intake.bench.preview_ready)
    clerk.press(Qt.Key.Key_F12)
    assert clerk.sees("large_preview")
    clerk.click("large_a4")
    clerk.rest()
    clerk.click("large_close")
    assert not clerk.sees("large_preview")
    assert not clerk.button("clear").hasFocus(), "the next Enter must not clear the case"


def test_before_the_first_preview_its_place_says_so_and_f12_opens_all_the_same(clerk: Clerk) -> None:
    clerk.lay_card()
    assert "预览" in clerk.text("preview_words") and not clerk.button("enlarge").isEnabled()
    gate, session = Event(), clerk.intake.session
    clerk.search("jzz")
    session.changed.connect(lambda: clerk.hall.executors[3].submit(gate.wait, 20))  # no drawing before that
    clerk.press(Qt.Key.Key_Return)
    clerk.wait(lambda: session.intake.item is not None)
    assert clerk.text("preview_words") == "正在生成预览…"
    clerk.press(Qt.Key.Key_F12)
    paper = clerk.find(QLabel, "large_paper")
    assert clerk.sees("large_preview") and paper.text() == "正在生成预览…"
    gate.set()
    clerk.wait(lambda: not paper.pixmap().isNull())
    clerk.press(Qt.Key.Key_Escape)
    clerk.wait(lambda: clerk.intake.bench.preview_ready)
    assert not clerk.sees("preview_words")


def test_no_sample_is_shown_beside_a_case_that_was_received(clerk: Clerk) -> None:
    clerk.fill()
    clerk.wait(lambda: clerk.intake.bench.preview_ready)
    clerk.press(Qt.Key.Key_F12)
    clerk.receive()
    assert not clerk.sees("paper_to_come") and not clerk.sees("large_preview")
    clerk.press(Qt.Key.Key_F12)
    assert not clerk.sees("large_preview")
    clerk.press(Qt.Key.Key_F8)
    clerk.lay_card()
    clerk.press(Qt.Key.Key_Escape)  # the list of items stands in front of it
    assert clerk.sees("paper_to_come") and clerk.sees("preview_words")


def test_the_author_stands_on_the_case(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    application = clerk.intake.receiving.received.case.application
    assert (application.operator_id, application.operator_name) == (LI.operator_id, LI.name)
    assert application.identity_confirmed is True
