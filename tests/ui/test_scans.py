"""What a scan does at the counter and at the kiosk, and what it leaves alone."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from app.domain.case import Organisation
from app.domain.device import DeviceHealth, DeviceKind, DeviceStatus, Scanned
from app.domain.identity import DocumentKind
from tests.receipts import samples
from tests.ui.clerk import Clerk

NUMBER = "11010519491231002X"
OTHER = "440524188001010014"  # GB 11643's own example
USCC = "91350100M000100Y43"  # GB 32100's own example
MEDICAL = "424" + "0" * 25
UNKNOWN = "(01)06901234567892"


def scan(clerk: Clerk, text: str) -> None:
    clerk.hall.devices.say(Scanned(text))
    clerk.rest()


def focus() -> QLineEdit:
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    return field


@pytest.mark.parametrize(
    ("code", "said"),
    [(MEDICAL, "医保码"), ("https://example.com/p?id=1", "不打开网址"), (UNKNOWN, "不认识"), (USCC, "企业")],
)
def test_what_cannot_be_used_is_said_and_nothing_typed_is_lost(clerk: Clerk, code: str, said: str) -> None:
    clerk.lay_card()
    clerk.type("phone", "1380000")
    before = clerk.intake.session.intake
    scan(clerk, code)
    clerk.wait(lambda: clerk.sees("notice_scan"))
    assert said in clerk.words("notice_scan")
    assert code not in clerk.words()
    assert (focus().objectName(), focus().text(), focus().cursorPosition()) == ("phone", "1380000", 7)
    assert clerk.intake.session.intake == before
    clerk.click("scan_leave")
    clerk.wait(lambda: not clerk.sees("notice_scan"))


def test_an_unknown_code_can_be_searched_for(clerk: Clerk) -> None:
    clerk.lay_card()
    scan(clerk, "juzhuzheng")
    clerk.click("scan_search")
    clerk.wait(lambda: clerk.sees("hits_panel"))
    assert clerk.find(QLineEdit, "item_search").text() == "juzhuzheng"


def test_a_number_fills_what_is_empty_and_is_marked_as_typed(clerk: Clerk) -> None:
    clerk.press(Qt.Key.Key_F4)
    clerk.type("hand_name", "演示甲")
    scan(clerk, NUMBER.lower())
    applicant = clerk.intake.session.intake.applicant
    assert (applicant.name, applicant.number, applicant.machine_read) == ("演示甲", NUMBER, False)
    assert (focus().objectName(), focus().text()) == ("hand_name", "演示甲")


def test_the_kind_of_document_follows_the_number(clerk: Clerk) -> None:
    scan(clerk, "810000199408230021")
    assert clerk.intake.session.intake.applicant.kind is DocumentKind.HMT_RESIDENCE


def test_another_persons_number_is_a_question(clerk: Clerk) -> None:
    clerk.lay_card()
    scan(clerk, NUMBER)  # the applicant's own: said, nothing more
    clerk.wait(lambda: "一致" in clerk.words("notice_scan"))
    before = clerk.intake.session.intake
    scan(clerk, OTHER)
    clerk.wait(lambda: clerk.sees("scan_swap"))
    assert clerk.intake.session.intake == before
    assert OTHER not in clerk.words()
    assert "4405**********0014" in clerk.words("notice_scan")
    clerk.click("scan_agent")
    clerk.wait(lambda: clerk.intake.session.intake.agent is not None)
    assert clerk.intake.session.intake.agent.number == OTHER
    assert clerk.intake.session.intake.applicant == before.applicant
    scan(clerk, "810000199408230021")
    clerk.click("scan_swap")
    applicant = clerk.intake.session.intake.applicant
    assert (applicant.number, applicant.name) == ("810000199408230021", "")


def test_an_open_agents_row_takes_the_number(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.press(Qt.Key.Key_F4)
    clerk.type("agent_name", "演示乙")
    scan(clerk, OTHER)
    agent = clerk.intake.session.intake.agent
    assert (agent.name, agent.number) == ("演示乙", OTHER)


def test_an_organisations_code_goes_to_its_field(clerk: Clerk) -> None:
    clerk.lay_card()
    clerk.pick("食品经营")
    clerk.type("organisation", "演示有限公司")
    scan(clerk, USCC)
    assert clerk.intake.session.intake.organisation == Organisation("演示有限公司", USCC)
    assert clerk.find(QLineEdit, "uscc").text() == USCC
    assert (focus().objectName(), focus().text()) == ("organisation", "演示有限公司")
    clerk.find(QLineEdit, "uscc").clear()
    clerk.type("uscc", "91441900MA0000000X")
    scan(clerk, USCC)
    clerk.click("scan_swap_uscc")
    assert clerk.intake.session.intake.organisation.uscc == USCC


def test_a_receipt_in_the_middle_of_a_case_waits_for_the_clerk(clerk: Clerk) -> None:
    clerk.lay_card()
    issued = clerk.hall.sample.sealer.issue(samples.receipt())
    scan(clerk, issued.qr_text)
    clerk.wait(lambda: clerk.sees("scan_verify"))
    assert not clerk.sees("verdict")
    clerk.click("scan_verify")
    clerk.wait(lambda: clerk.sees("verdict") and "凭证真实" in clerk.words("verdict"))


def test_a_genuine_receipt_of_this_station_opens_its_case(clerk: Clerk) -> None:
    clerk.fill()
    clerk.receive()
    received = clerk.intake.receiving.received
    number = received.case.number
    with clerk.hall.local.store.begin() as work:
        issued = work.receipt(received.case.case_id)
    assert issued is not None
    scan(clerk, issued.qr_text)
    clerk.wait(lambda: clerk.sees("verify_open"))
    clerk.click("verify_open")
    clerk.wait(lambda: clerk.sees("detail_number") and number in clerk.text("detail_number"))


def test_the_verify_page_turns_the_scanner_on_while_it_waits(clerk: Clerk) -> None:
    devices = clerk.hall.devices
    clerk.click("nav_verify")
    assert devices.scanning
    clerk.click("nav_cases")
    assert not devices.scanning
    clerk.click("nav_verify")
    clerk.click("nav_handover")  # somebody else signs in: nothing is scanned meanwhile
    assert not devices.scanning


@pytest.mark.parametrize("code", [MEDICAL, NUMBER, UNKNOWN])
def test_the_verify_page_says_what_is_no_receipt(clerk: Clerk, code: str) -> None:
    clerk.click("nav_verify")
    scan(clerk, code)
    clerk.wait(lambda: "不是收件凭证" in clerk.words("verdict"))
    assert clerk.find(QLineEdit, "verify_text").text() == ""
    assert code not in clerk.words()


def test_a_scanner_that_types_goes_the_same_way(clerk: Clerk) -> None:
    """The keys go to the field in focus first; with the Enter it is a scan, and the field is as it was."""
    clerk.lay_card()
    clerk.type("phone", "138")
    clerk.hall.devices.say(DeviceHealth(DeviceKind.SCANNER, DeviceStatus.ONLINE, capabilities=("wedge",)))
    clerk.rest()
    at = 50_000
    for character in OTHER + "\r":
        key = Qt.Key.Key_Return if character == "\r" else ord(character)
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, character)
        event.setTimestamp(at := at + 4)
        QApplication.sendEvent(clerk.shell.windowHandle(), event)
    clerk.wait(lambda: clerk.sees("notice_scan"))
    assert clerk.find(QLineEdit, "phone").text() == "138"
    assert clerk.intake.session.intake.contact.phone == "138"
