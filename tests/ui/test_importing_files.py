"""Files brought on a stick or dropped on a row."""

from itertools import count
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from app.domain.material_file import MediaType
from app.domain.page import Imported
from tests.patience import PATIENCE_S
from tests.ui.clerk import Clerk
from tests.ui.studio import KEY, bring, files, picture_file, row, words_of_keys


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
    third, stopped, tools = Event(), Event(), shooter.hall.office.page_tools
    reading, read_import = count(1), tools.read_import

    def slow(data: bytes, suffix: str = "") -> Imported:
        """The third file takes until somebody stops it."""
        if next(reading) == 3:
            third.set()
            assert stopped.wait(PATIENCE_S)
        return read_import(data, suffix)

    monkeypatch.setattr(tools, "read_import", slow)
    shooter.hall.files.to_import = tuple(picture_file(tmp_path, f"{n}.jpg") for n in range(8))
    shooter.press(KEY.Key_I)
    shooter.wait(lambda: third.is_set() and shooter.sees("import_stop"))
    assert shooter.intake.session.blocking() == "counter.reason.errors" or shooter.intake.filing.importing
    shooter.click("import_stop")
    stopped.set()
    shooter.wait(lambda: not shooter.intake.filing.importing)
    shooter.rest()
    assert len(files(shooter)) == 2, "the file in hand is left"
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
