"""The catalog file as a publisher makes it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.file import CatalogFile
from app.errors import StoreError
from tests.catalog.conftest import DAY


def test_equal_input_makes_equal_bytes(tmp_path: Path, demo_file: Path) -> None:
    build_catalog(reversed(demo_items()), "demo-1", DAY, tmp_path / "again.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == demo_file.read_bytes()


def test_the_file_is_whole_and_plain(demo_file: Path) -> None:
    with closing(sqlite3.connect(demo_file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"meta", "line", "body", "gram", "reading"} <= tables and "staged" not in tables


def test_of_a_code_that_comes_twice_the_last_item_stays(tmp_path: Path) -> None:
    first = demo_items()[0]
    last = replace(first, name="后来的名称")
    build_catalog([first, last], "v", DAY, tmp_path / "c.sqlite")
    file = CatalogFile(tmp_path / "c.sqlite")
    assert file.item(first.code) == last
    assert file.info().items == 1
    file.close()


def test_an_empty_catalog_is_a_catalog(tmp_path: Path) -> None:
    build_catalog([], "v0", DAY, tmp_path / "c.sqlite")
    file = CatalogFile(tmp_path / "c.sqlite")
    assert file.info().items == 0 and file.search("证") == () and file.search("") == ()
    file.close()


def test_a_failed_build_leaves_the_old_file_and_no_rubbish(tmp_path: Path, demo_file: Path) -> None:
    out = tmp_path / "c.sqlite"
    build_catalog(demo_items()[:1], "v1", DAY, out)
    before = out.read_bytes()

    def failing():
        yield demo_items()[1]
        raise RuntimeError("the source of items broke")

    with pytest.raises(RuntimeError):
        build_catalog(failing(), "v2", DAY, out)
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["c.sqlite"]


def test_a_folder_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        build_catalog(demo_items()[:1], "v", DAY, tmp_path / "file" / "c.sqlite")
    (tmp_path / "taken").mkdir()
    with pytest.raises(StoreError):
        build_catalog(demo_items()[:1], "v", DAY, tmp_path / "taken")
