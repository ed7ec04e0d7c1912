"""Pages photographed at the counter, one document of them, whatever happens to the camera meanwhile."""

import io
from threading import Event

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.device import DeviceKind
from app.domain.material_file import MediaType
from app.pages.tools import Tools
from app.services import materials
from tests.pages import table as paper_on_table
from tests.ui.clerk import Clerk
from tests.ui.fakes import WANG
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
    words_of_keys,
)


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
