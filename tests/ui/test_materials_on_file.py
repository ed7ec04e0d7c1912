"""Materials on file: looked at, taken away and back, with their draft and their case; how the sheets look."""

import io

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.material_file import FileRole, MediaType
from app.services import materials
from tests.pages import table as paper_on_table
from tests.ui.clerk import Clerk
from tests.ui.fakes import Bench
from tests.ui.studio import (
    CTRL,
    KEY,
    camera,
    files,
    keep,
    kept,
    open_sheet,
    row,
    sheet,
    shoot,
)
from ui.pages.counter.file_viewer import FileViewer
from ui.widgets.audit import audit


def viewer(clerk: Clerk) -> FileViewer:
    return clerk.find(FileViewer, "file_viewer")


def test_kept_pages_are_looked_at_larger_and_taken_away_and_back(shooter: Clerk) -> None:
    kept(shooter, 2)
    shooter.table.go_to_row(0)
    shooter.press(KEY.Key_V)
    page = viewer(shooter).findChild(QWidget, "viewer_page")
    shooter.wait(lambda: not page.pixmap().isNull())
    small = page.width()
    shooter.press(KEY.Key_Plus)
    shooter.wait(lambda: page.width() > small)
    shooter.press(KEY.Key_Right)
    assert shooter.text("viewer_count") == "第 2 页 / 共 2 页"
    shooter.press(KEY.Key_Delete)
    shooter.wait(lambda: shooter.sees("viewer_undo"))
    shooter.rest()
    assert not files(shooter)
    assert shooter.intake.session.intake.tally().taken == 0
    shooter.press(KEY.Key_Z, CTRL)
    shooter.wait(lambda: len(files(shooter)) == 1)
    shooter.rest()
    assert row(shooter, 0)[5] == "高拍 2 页"
    shooter.press(KEY.Key_Escape)
    assert not viewer(shooter).isVisible() and shooter.table.hasFocus()


def test_counting_everything_does_not_forget_what_came_as_a_file(shooter: Clerk) -> None:
    kept(shooter, 1)
    shooter.click("materials_all")
    hows = [shooter.intake.session.intake.taking(m).how for m in shooter.intake.session.intake.materials()]
    assert hows == ["scan", "paper", "paper"]
    shooter.table.go_to_row(0)
    shooter.press(KEY.Key_Space)
    shooter.table.go_to_row(0)
    shooter.press(KEY.Key_Space)
    assert shooter.intake.session.intake.taking(shooter.intake.session.intake.materials()[0]).how == "scan"


def test_a_restored_draft_has_its_files(looks: QApplication, studio: Bench, qtbot: QtBot) -> None:
    with Clerk.at_counter(studio, qtbot) as clerk:
        clerk.lay_card()
        clerk.pick("cjrzhl")
        clerk.table.setFocus()
        kept(clerk, 2)
    with Clerk.at_counter(studio, qtbot) as again:
        again.wait(lambda: again.sees("restore_button"))
        again.press(KEY.Key_R, CTRL)
        again.wait(lambda: again.intake.bench.files.files)
        assert row(again, 0)[5] == "高拍 2 页"


def test_a_restored_draft_says_which_file_the_disk_has_lost(
    looks: QApplication, studio: Bench, qtbot: QtBot
) -> None:
    """It counts no more, so that no case goes without it; a new picture mends the row."""
    with Clerk.at_counter(studio, qtbot) as clerk:
        clerk.lay_card()
        clerk.pick("cjrzhl")
        clerk.table.setFocus()
        kept(clerk, 1)
        sign(clerk)
    for sealed in studio.local.folder.files.iterdir():
        sealed.unlink()
    with Clerk.at_counter(studio, qtbot) as again:
        again.wait(lambda: again.sees("restore_button"))
        again.press(KEY.Key_R, CTRL)
        again.wait(lambda: "找不到" in name_line(again) and again.sees("notice_error"))
        assert "找不到" in again.words("notice_error")
        again.rest()
        assert again.intake.session.intake.taking(again.intake.session.intake.materials()[0]) is None
        assert files(again) == ()
        again.table.setFocus()
        kept(again, 1)
        assert "找不到" not in name_line(again) and row(again, 0)[5] == "高拍 1 页"


def sign(clerk: Clerk) -> None:
    """As if the applicant had signed."""
    made, draft = io.BytesIO(), clerk.intake.session.intake.draft_id
    Image.new("L", (8, 8), 255).save(made, "PNG")
    materials.keep(clerk.hall.office, draft, made.getvalue(), MediaType.PNG, 1, role=FileRole.SIGNATURE)


def name_line(clerk: Clerk) -> str:
    """What stands below the name of the first material."""
    from ui.widgets.kit import CELL

    return str(clerk.table.source.index(0, 1).data(CELL).sub)


def test_a_case_takes_its_files_along_and_none_that_nobody_asked_for(shooter: Clerk) -> None:
    kept(shooter, 1)
    kept_by = files(shooter)[0]
    other = materials.keep(
        shooter.hall.office,
        shooter.intake.session.intake.draft_id,
        paper_on_table.jpeg(paper_on_table.paper(620, 877)),
        MediaType.JPEG,
        1,
        material_key="no such row",
    )
    shooter.intake.bench.files.read()
    shooter.rest()
    shooter.type("phone", "13800000000")
    shooter.press(KEY.Key_F6)
    shooter.click("materials_all")
    shooter.wait(lambda: shooter.button("receive").isEnabled())
    shooter.receive()
    case = shooter.intake.receiving.received.case
    of_case = materials.files_of_case(shooter.hall.office, case.case_id)
    assert [f.file_id for f in of_case] == [kept_by.file_id]
    assert other.file_id not in [f.file_id for f in of_case]


def faults(clerk: Clerk) -> list[str]:
    found = []
    for size in ((1366, 768), (1920, 1080)):
        clerk.shell.resize(*size)
        QApplication.processEvents()
        found += audit(clerk.shell)
    return found


def test_nothing_is_cut(shooter: Clerk) -> None:
    open_sheet(shooter)
    assert faults(shooter) == []
    shoot(shooter, 3)
    assert faults(shooter) == []
    shooter.press(KEY.Key_C)
    assert faults(shooter) == []
    shooter.press(KEY.Key_Escape)
    shooter.press(KEY.Key_Delete)
    shooter.press(KEY.Key_Escape)
    assert faults(shooter) == []
    shooter.press(KEY.Key_Escape)
    camera(shooter).plug(False)
    assert faults(shooter) == []
    keep(shooter)
    shooter.table.go_to_row(0)
    shooter.press(KEY.Key_V)
    shooter.rest()
    assert faults(shooter) == []


def test_everything_on_the_sheet_has_a_name(shooter: Clerk) -> None:
    open_sheet(shooter)
    for widget in sheet(shooter).findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.accessibleName(), widget.objectName()


def test_the_camera_is_a_device_like_the_others(shooter: Clerk) -> None:
    health = camera(shooter).health
    assert (health.kind, health.status, health.simulated) == (
        DeviceKind.DOCUMENT_CAMERA,
        DeviceStatus.ONLINE,
        True,
    )
    line = next(x for x in shooter.shell.board.lines if x.key == DeviceKind.DOCUMENT_CAMERA.value)
    assert line.well and "高拍（模拟）" in line.word
    trials = shooter.shell.devices.trials
    for plugged, code in ((True, ""), (False, "device.not_found")):
        camera(shooter).plug(plugged)
        trials.run(DeviceKind.DOCUMENT_CAMERA, "probe")
        shooter.wait(lambda: DeviceKind.DOCUMENT_CAMERA not in trials.running)
        assert trials.ended[DeviceKind.DOCUMENT_CAMERA].code == code
