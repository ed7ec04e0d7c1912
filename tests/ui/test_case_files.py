"""A case with materials on file in the list of cases: on their way, refused, there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from app.domain.material_file import FileRole, MediaType
from app.errors import OfflineError, RejectedError
from app.services import materials
from app.services.outbox_relay import relay
from tests.ui.clerk import Clerk
from ui.widgets.table import rows_of

CTRL = Qt.KeyboardModifier.ControlModifier
PDF, PNG = b"%PDF-1.7 made up", b"\x89PNG\r\n\x1a\n made up"


def a_case_with_files(clerk: Clerk) -> None:
    clerk.fill()
    intake, office = clerk.intake.session.intake, clerk.hall.office
    first = intake.materials()[0]
    materials.keep(office, intake.draft_id, PDF, MediaType.PDF, 1, material_key=first.id or first.name)
    materials.keep(office, intake.draft_id, PNG, MediaType.PNG, 1, role=FileRole.SIGNATURE)
    clerk.receive()
    clerk.wait(lambda: "正在" not in clerk.text("outcome_upload"))
    clerk.press(Qt.Key.Key_2, CTRL)
    clerk.wait(lambda: clerk.sees("case_files"))


def upload_word(clerk: Clerk) -> str:
    rows = rows_of(clerk.find(QTableView, "cases")).rows
    return rows[0][4].text if rows else ""


def test_files_under_way_are_counted_and_then_the_case_is_there(clerk: Clerk) -> None:
    gateway = clerk.hall.gateway
    gateway.file_trouble = lambda file, _start: (
        OfflineError("500") if file.role is FileRole.SIGNATURE else None
    )
    a_case_with_files(clerk)
    relay(clerk.hall.office, everything=True)
    clerk.press(Qt.Key.Key_F5)
    clerk.wait(lambda: upload_word(clerk) == "材料 1/2" and "影像 1/2 已传" in clerk.words())
    assert "材料 1/2 已传" in clerk.words() and "1 份待传" in clerk.words()
    gateway.file_trouble = lambda file, _start: None
    relay(clerk.hall.office, everything=True)
    clerk.press(Qt.Key.Key_F5)
    clerk.wait(lambda: upload_word(clerk) == "已上传" and "影像 2/2 已传" in clerk.words())


def test_a_refused_file_says_which_and_why(clerk: Clerk) -> None:
    clerk.hall.gateway.file_trouble = lambda file, _start: (
        RejectedError(reason="file_kind") if file.role is FileRole.SIGNATURE else None
    )
    a_case_with_files(clerk)
    relay(clerk.hall.office)
    clerk.press(Qt.Key.Key_F5)
    clerk.wait(lambda: upload_word(clerk) == "被退回" and "材料被退回" in clerk.words())
    assert clerk.hall.office.texts["gateway_fault.file_kind"] in clerk.words()


def test_a_cleared_page_brings_its_files_back(clerk: Clerk) -> None:
    clerk.fill()
    clerk.rest()
    office, draft_id = clerk.hall.office, clerk.intake.session.intake.draft_id
    kept = materials.keep(office, draft_id, PDF, MediaType.PDF, 1)
    clerk.press(Qt.Key.Key_Delete, CTRL)
    clerk.rest()
    assert materials.files_of_draft(office, draft_id) == ()
    clerk.click("undo_clear")
    clerk.rest()
    assert materials.files_of_draft(office, draft_id) == (kept,)
    clerk.press(Qt.Key.Key_Delete, CTRL)
    clerk.lay_card()
    clerk.rest()
    assert list(clerk.hall.local.folder.files.iterdir()) == [], "past undoing: gone for good"
