"""A sheet over the page takes the keys of the page and leaves the shell its own: F1, Ctrl+1 …, Ctrl+J."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.ui.clerk import Clerk
from tests.ui.studio import CTRL, KEY, kept, open_sheet


def over_a_sheet(clerk: Clerk) -> QWidget:
    return open_sheet(clerk)


def over_a_viewer(clerk: Clerk) -> QWidget:
    kept(clerk, 1)
    clerk.table.go_to_row(0)
    clerk.press(KEY.Key_V)
    viewer = clerk.find(QWidget, "file_viewer")
    clerk.wait(viewer.isVisible)
    return viewer


@pytest.mark.parametrize("lay", [over_a_sheet, over_a_viewer])
def test_the_keys_of_the_shell_work_over_a_sheet(shooter: Clerk, lay: Callable[[Clerk], QWidget]) -> None:
    shell, sheet = shooter.shell, lay(shooter)
    pages = shell._pages
    assert list(pages)[0] == "intake" and len(pages) == 5
    for number, (name, page) in enumerate(pages.items()):
        sheet.setFocus()
        shooter.press(Qt.Key(KEY.Key_1.value + number), CTRL)
        assert page.isVisible(), f"Ctrl+{number + 1} over {sheet.objectName()} does not open {name}"
        shell.go("intake")
        assert sheet.isVisible(), "and it lies there still"
    sheet.setFocus()
    shooter.press(KEY.Key_F1)
    assert shooter.sees("help_card")
    shooter.press(KEY.Key_F1)
    assert not shooter.sees("help_card")
    sheet.setFocus()
    shooter.press(KEY.Key_J, CTRL)
    assert shooter.sees("sign_in_id")
