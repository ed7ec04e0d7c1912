"""Materials photographed, imported, looked at and taken away again at the counter."""

import io
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceKind, DeviceStatus
from app.domain.material_file import FileRole, MediaType
from app.pages.tools import Tools
from app.services import materials
from app.services.office import CameraChoice
from tests.pages import table as paper_on_table
from tests.ui.clerk import Clerk
from tests.ui.fakes import LI, WANG, Bench, bench
from ui.camera.sheet import CaptureSheet
from ui.camera.simulated import SimulatedCamera
from ui.pages.counter.file_viewer import FileViewer
from ui.widgets.audit import audit

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path / "hall", camera=CameraChoice("simulated")) as made:
        yield made


@pytest.fixture
def shooter(looks: QApplication, studio: Bench, qtbot: QtBot) -> Iterator[Clerk]:
    """A clerk with an item chosen and the cursor in the first material."""
    with Clerk.at_counter(studio, qtbot) as clerk:
        clerk.lay_card()
        clerk.pick("cjrzhl")
        clerk.table.setFocus()
        yield clerk


def sheet(clerk: Clerk) -> CaptureSheet:
    return clerk.find(CaptureSheet, "capture_sheet")


def camera(clerk: Clerk) -> SimulatedCamera:
    source = clerk.intake.filing.camera
    assert isinstance(source, SimulatedCamera)
    return source


def open_sheet(clerk: Clerk) -> CaptureSheet:
    clerk.press(KEY.Key_P)
    clerk.wait(lambda: sheet(clerk).view.found)
    return sheet(clerk)


def shoot(clerk: Clerk, times: int = 1, key: Qt.Key = KEY.Key_Space) -> None:
    shots = sheet(clerk).shots
    for _ in range(times):
        n = len(shots.items) + 1
        clerk.wait(lambda: sheet(clerk).shoot.isEnabled())
        clerk.press(key)
        clerk.wait(lambda n=n: len(shots.items) == n and shots.ready)  # type: ignore[misc]


def keep(clerk: Clerk) -> None:
    clerk.press(KEY.Key_Return, CTRL)
    clerk.wait(lambda: not sheet(clerk).isVisible())
    clerk.rest()


def kept(clerk: Clerk, pages: int = 2) -> None:
    open_sheet(clerk)
    shoot(clerk, pages)
    keep(clerk)


def files(clerk: Clerk):  # type: ignore[no-untyped-def]
    return materials.files_of_draft(clerk.hall.office, clerk.intake.session.intake.draft_id)


def row(clerk: Clerk, number: int) -> list[str]:
    model = clerk.table.source
    return [str(model.index(number, c).data(Qt.ItemDataRole.DisplayRole)) for c in range(model.columnCount())]


def words_of_keys(clerk: Clerk, number: int) -> list[str]:
    from ui.widgets.kit import CELL

    return [word for word, _ in clerk.table.source.index(number, 7).data(CELL).keys]


# -- taking pages ------------------------------------------------------------------------------------


def test_pages_become_one_kept_document_and_count_as_taken(shooter: Clerk) -> None:
    open_sheet(shooter)
    shoot(shooter, 1)
    shoot(shooter, 1, KEY.Key_Return)  # a pedal sends Enter
    keep(shooter)
    (file,) = files(shooter)
    assert (file.pages, file.media_type) == (2, MediaType.PDF)
    material = shooter.intake.session.intake.materials()[0]
    taking = shooter.intake.session.intake.taking(material)
    assert (taking.originals, taking.copies, taking.how) == (material.originals, material.copies, "scan")
    assert row(shooter, 0)[5] == "高拍 2 页"
    assert words_of_keys(shooter, 0) == ["撤回", "看"]
    assert shooter.table.hasFocus()


def test_the_paper_that_lay_there_is_on_the_page(shooter: Clerk) -> None:
    """Straightened to A4, upright, and what the camera drew can be seen on it again."""
    from ui.camera.simulated import paper
    from ui.pictures import jpeg_of

    kept(shooter, 1)
    data = materials.content(shooter.hall.office, files(shooter)[0].file_id)
    shown = Tools().show(data, 0, 620)
    page = Image.frombytes("RGB", (shown.width, shown.height), shown.rgb)
    drawn = Image.open(io.BytesIO(jpeg_of(paper(shooter.hall.office.texts, 0))))
    assert paper_on_table.likeness(page, drawn) > 0.85


def test_pages_are_turned_cropped_moved_and_removed_by_keys(shooter: Clerk) -> None:
    shots = open_sheet(shooter).shots
    shoot(shooter, 3)
    first = [shot.number for shot in shots.items]
    shooter.press(KEY.Key_R)
    shooter.wait(lambda: shots.ready)
    assert shots.current.turns == 1
    assert shots.current.thumb.width() > shots.current.thumb.height()
    shooter.press(KEY.Key_L)
    shooter.wait(lambda: shots.ready)
    shooter.press(KEY.Key_Left, CTRL)
    assert [shot.number for shot in shots.items] == [first[0], first[2], first[1]]
    shooter.press(KEY.Key_Delete)
    assert [shot.number for shot in shots.items] == [first[0], first[1]]
    shooter.press(KEY.Key_Z, CTRL)
    assert [shot.number for shot in shots.items] == [first[0], first[2], first[1]]
    shooter.press(KEY.Key_Left)
    assert shots.chosen == 0


def test_a_page_is_cropped_by_its_corners(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    shoot(shooter)
    before = page.shots.current
    shooter.press(KEY.Key_C)
    assert page.cropping and page.crop.hasFocus()
    shooter.press(KEY.Key_3)
    shooter.press(KEY.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    shooter.press(KEY.Key_Up)
    shooter.press(KEY.Key_Return)
    shooter.wait(lambda: page.shots.ready)
    x, y = before.corners[2]
    assert page.shots.current.corners[2] == pytest.approx((x - 0.02, y - 0.002))
    assert page.shots.current.corners[0] == before.corners[0]
    shooter.press(KEY.Key_C)
    shooter.press(KEY.Key_W)
    shooter.press(KEY.Key_Escape)
    assert page.shots.current.corners[2] == pytest.approx((x - 0.02, y - 0.002))


def test_a_corner_is_dragged_and_the_sheet_stays_a_sheet(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    shoot(shooter)
    shooter.press(KEY.Key_C)
    crop = page.crop
    shooter.wait(lambda: not crop.picture_rect.isEmpty())
    at, old = crop.picture_rect, crop.corners
    start = QPoint(round(at.x() + old[0][0] * at.width()), round(at.y() + old[0][1] * at.height()))
    QTest.mousePress(crop, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(crop, start + QPoint(30, 20))
    moved = crop.corners
    assert moved[0][0] > old[0][0] and moved[0][1] > old[0][1]
    QTest.mouseMove(
        crop, QPoint(round(at.right()) + 200, round(at.bottom()) + 200)
    )  # across the other corners
    assert crop.corners == moved
    QTest.mouseRelease(crop, Qt.MouseButton.LeftButton, pos=start)


def test_leaving_asks_only_when_pages_would_be_lost(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    shooter.press(KEY.Key_Escape)
    assert not page.isVisible()
    open_sheet(shooter)
    shoot(shooter)
    shooter.press(KEY.Key_Escape)
    assert page.isVisible() and "还没有存" in shooter.words("capture_sheet")
    shooter.press(KEY.Key_Escape)
    assert page.isVisible() and len(page.shots.items) == 1
    shooter.press(KEY.Key_Escape)
    shooter.click("abandon_pages")
    assert not page.isVisible()
    assert not files(shooter)


def test_a_camera_that_goes_leaves_the_pages_and_comes_back(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    shoot(shooter, 2)
    camera(shooter).plug(False)
    assert "已经拍好的页都在" in shooter.words("capture_sheet")
    assert not page.shoot.isEnabled()
    line = next(x for x in shooter.shell.board.lines if x.key == DeviceKind.DOCUMENT_CAMERA.value)
    assert not line.well
    camera(shooter).plug(True)
    shooter.wait(lambda: page.view.found and page.shoot.isEnabled())
    keep(shooter)
    assert files(shooter)[0].pages == 2


def test_a_camera_pulled_out_in_mid_photograph_takes_the_next_one(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    slow = Event()
    shooter.shell._desk.camera_executor.submit(slow.wait, 20)
    shooter.press(KEY.Key_Space)
    assert not page.shoot.isEnabled()
    camera(shooter).captured.disconnect()  # a real one says nothing any more
    camera(shooter).plug(False)
    slow.set()
    shooter.rest()
    camera(shooter).captured.connect(page._captured)
    camera(shooter).plug(True)
    shooter.wait(page.shoot.isEnabled)
    shoot(shooter)


def test_the_page_below_gets_no_key_while_the_sheet_is_open(shooter: Clerk) -> None:
    intake = shooter.intake.session.intake
    open_sheet(shooter)
    for key in (KEY.Key_F9, KEY.Key_F8, KEY.Key_F3, KEY.Key_F12):
        shooter.press(key)
    shooter.press(KEY.Key_A, CTRL)
    shooter.press(KEY.Key_Delete, CTRL)
    assert shooter.intake.session.intake == intake
    assert sheet(shooter).isVisible() and sheet(shooter).view.hasFocus()


def test_a_full_disk_keeps_the_pages_in_the_sheet(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    shoot(shooter)
    shooter.hall.store.full = True
    shooter.press(KEY.Key_Return, CTRL)
    shooter.wait(lambda: "空间" in shooter.words("capture_sheet") or "磁盘" in shooter.words("capture_sheet"))
    assert len(page.shots.items) == 1
    shooter.hall.store.full = False
    keep(shooter)
    assert len(files(shooter)) == 1


def test_another_operator_does_not_see_the_pages(shooter: Clerk) -> None:
    open_sheet(shooter)
    shoot(shooter)
    shooter.intake.sign_in(WANG)
    assert not sheet(shooter).isVisible()
    assert sheet(shooter).shots.items == ()


# -- pages that are no document yet -------------------------------------------------------------------


def again(clerk: Clerk) -> CaptureSheet:
    """The operator is back after the idle lock and takes the draft up again."""
    session = clerk.intake.session
    clerk.rest()
    session.flush()
    clerk.rest()
    clerk.intake.sign_in(None)
    clerk.intake.sign_in(LI)
    clerk.wait(lambda: clerk.sees("restore_button"))
    clerk.click("restore_button")
    clerk.wait(lambda: clerk.sees("notice_shots"))
    return sheet(clerk)


def test_pages_taken_are_offered_again_with_their_draft(shooter: Clerk) -> None:
    shooter.type("phone", "13800000000")
    shooter.click("materials_all")
    shooter.table.setFocus()
    page = open_sheet(shooter)
    shoot(shooter, 3)
    shooter.press(KEY.Key_R)
    shooter.wait(lambda: page.shots.ready)
    shooter.press(KEY.Key_Left, CTRL)
    before = [shot.kept for shot in page.shots.items]
    looks = [shot.page for shot in page.shots.items]
    page = again(shooter)
    assert "拍了 3 页" in shooter.words("notice_shots")
    shooter.press(KEY.Key_F6)
    assert shooter.intake.session.blocking() == "counter.reason.unfinished_pages"
    shooter.click("unfinished_go_on")
    shooter.wait(lambda: page.shots.ready)
    assert not shooter.sees("notice_shots")
    assert [shot.kept for shot in page.shots.items] == before
    assert [shot.page for shot in page.shots.items] == looks
    shooter.wait(page.shoot.isEnabled)
    shoot(shooter)
    keep(shooter)
    (file,) = files(shooter)
    assert file.pages == 4
    assert not shooter.sees("notice_shots") and not shooter.intake.session.blocking()
    assert sealed(shooter) == {f"{file.file_id}.enc"}, "the photographs went with their document"


def sealed(clerk: Clerk) -> set[str]:
    clerk.rest()
    return {path.name for path in clerk.hall.local.folder.files.iterdir()}


def test_pages_offered_again_can_be_given_up(shooter: Clerk) -> None:
    open_sheet(shooter)
    shoot(shooter, 2)
    again(shooter)
    assert len(sealed(shooter)) == 2
    shooter.click("unfinished_give_up")
    shooter.wait(lambda: not shooter.sees("notice_shots"))
    assert sealed(shooter) == set()
    assert shooter.intake.session.blocking() != "counter.reason.unfinished_pages"


def test_no_page_is_on_the_disk_any_more_that_was_removed_or_abandoned(shooter: Clerk) -> None:
    open_sheet(shooter)
    shoot(shooter, 2)
    shooter.press(KEY.Key_Delete)
    shooter.press(KEY.Key_Escape)
    shooter.click("abandon_pages")
    assert sealed(shooter) == set()


def test_pages_go_with_the_draft_that_is_cleared_and_come_back_with_it(shooter: Clerk) -> None:
    open_sheet(shooter)
    shoot(shooter, 1)
    again(shooter)
    shooter.intake.clear()
    shooter.rest()
    assert not shooter.sees("notice_shots")
    shooter.intake.undo()
    shooter.wait(lambda: shooter.sees("notice_shots"))
    shooter.intake.clear()
    shooter.lay_card()
    assert sealed(shooter) == set()


def test_a_page_lost_from_the_disk_is_told_and_the_others_stay(shooter: Clerk) -> None:
    page = open_sheet(shooter)
    shoot(shooter, 2)
    lost = page.shots.items[0].file_id
    page = again(shooter)
    shooter.hall.office.vault.delete(lost)
    shooter.click("unfinished_go_on")
    shooter.wait(lambda: len(page.shots.items) == 1 and page.shots.ready)
    assert "找不到了" in shooter.words("capture_sheet")
    keep(shooter)
    assert files(shooter)[0].pages == 1


# -- importing ---------------------------------------------------------------------------------------


def picture_file(folder: Path, name: str = "照片.jpg") -> Path:
    path = folder / name
    path.write_bytes(paper_on_table.jpeg(paper_on_table.paper(620, 877)))
    return path


def bring(clerk: Clerk, *paths: Path) -> None:
    clerk.hall.files.to_import = paths
    clerk.press(KEY.Key_I)
    clerk.wait(lambda: not clerk.intake.filing.importing)
    clerk.rest()


def test_files_are_imported_and_bad_ones_named(shooter: Clerk, tmp_path: Path) -> None:
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7 cut")
    (tmp_path / "说明.docx").write_bytes(b"PK\3\4")
    good = picture_file(tmp_path)
    bring(shooter, good, tmp_path / "坏.pdf", tmp_path / "说明.docx", tmp_path / "没有.jpg")
    (file,) = files(shooter)
    assert file.media_type is MediaType.JPEG
    assert row(shooter, 0)[5] == "电子件 1 页"
    said = shooter.words("notice_import")
    assert "3 份文件没有导入" in said and "坏.pdf" in said and "说明.docx" in said and "没有.jpg" in said


def test_a_long_import_says_how_far_it_is_and_can_be_stopped(
    shooter: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.pages.counter.importing.PATIENCE_MS", 0)
    shooter.hall.files.to_import = tuple(picture_file(tmp_path, f"{n}.jpg") for n in range(8))
    shooter.press(KEY.Key_I)
    shooter.wait(lambda: shooter.sees("import_stop"))
    assert shooter.intake.session.blocking() == "counter.reason.errors" or shooter.intake.filing.importing
    shooter.click("import_stop")
    shooter.wait(lambda: not shooter.intake.filing.importing)
    shooter.rest()
    assert len(files(shooter)) < 8
    assert "已停下" in shooter.words("notice_import")


def test_files_are_dropped_on_the_row_they_belong_to(shooter: Clerk, tmp_path: Path) -> None:
    path = picture_file(tmp_path)
    table = shooter.table
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at = QPointF(table.visualRect(table.source.index(1, 1)).center())
    drop = QDropEvent(
        at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    table.dropEvent(drop)
    shooter.wait(lambda: not shooter.intake.filing.importing)
    shooter.rest()
    assert row(shooter, 1)[5] == "电子件 1 页"
    assert row(shooter, 0)[5] != "电子件 1 页"


def test_without_a_camera_the_row_offers_the_import(clerk: Clerk, tmp_path: Path) -> None:
    clerk.lay_card()
    clerk.pick("cjrzhl")
    clerk.table.setFocus()
    assert words_of_keys(clerk, 0) == ["收齐", "导入"]
    clerk.hall.files.to_import = (picture_file(tmp_path),)
    clerk.press(KEY.Key_P)
    clerk.wait(lambda: row(clerk, 0)[5] == "电子件 1 页")


# -- looking, taking away, handing in ----------------------------------------------------------------


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


# -- how it looks ------------------------------------------------------------------------------------


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
