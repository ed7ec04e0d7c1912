"""Pages that are no document yet: offered again with their draft, given up, gone with it."""

from tests.ui.clerk import Clerk
from tests.ui.fakes import LI
from tests.ui.studio import CTRL, KEY, files, keep, open_sheet, sheet, shoot
from ui.camera.sheet import CaptureSheet


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
