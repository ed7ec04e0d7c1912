"""The catalog of a station: which file answers, when it changes, and what damage does."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.catalog.build import build_catalog
from app.catalog.demo import demo_items
from app.catalog.draft import import_draft
from app.catalog.file import CatalogFile
from app.catalog.layout import FORMAT
from app.catalog.source import CatalogFolder
from app.domain import record
from app.domain.catalog import CatalogInfo
from app.errors import AppError, NewerSchemaError, StoreDamagedError
from app.ports import CatalogSource
from tests.catalog.conftest import DAY

ITEM = next(item for item in demo_items() if item.name.startswith("居住证签注"))


def put_in_force(data: Path, file: Path, version: str = "v1") -> None:
    """What a sync does: the file under its own name, then the pointer, each by replace."""
    folder = data / "catalog"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(file, folder / f"catalog-{version}.sqlite")
    pointer = {"version": version, "file": f"catalog-{version}.sqlite", "sha256": "", "items": 1}
    (folder / "new").write_text(json.dumps(pointer), encoding="utf-8")
    (folder / "new").replace(folder / "current.json")


def native_file(path: Path) -> Path:
    items = [record.plain(replace(item, demo=False)) for item in demo_items()[:3]]
    path.write_text(json.dumps({"items": items}), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path):
    source = CatalogFolder(tmp_path)
    yield source
    source.close()


def test_a_new_folder_has_no_catalog(folder: CatalogFolder) -> None:
    source: CatalogSource = folder
    assert source.info() is None and source.item(ITEM.code) is None
    assert source.search("证") == () and source.hits([ITEM.code]) == ()


def test_items_come_back_whole(folder: CatalogFolder, tmp_path: Path, demo_file: Path) -> None:
    put_in_force(tmp_path, demo_file)
    assert folder.info() == CatalogInfo("demo-1", len(demo_items()), DAY, draft=False)
    for item in demo_items():
        assert folder.item(item.code) == item
    assert folder.item("11441900007331881C3442106100010") is None


def test_hits_keep_the_order_asked_for(folder: CatalogFolder, tmp_path: Path, demo_file: Path) -> None:
    put_in_force(tmp_path, demo_file)
    codes = [item.code for item in demo_items()[5:0:-1]]
    hits = folder.hits([codes[0], "unknown", *codes[1:]])
    assert [hit.code for hit in hits] == codes
    assert [hit.material_count for hit in hits] == [
        len({rule.material.name for rule in item.rules}) for item in demo_items()[5:0:-1]
    ]


def test_the_signed_catalog_goes_before_the_draft(
    folder: CatalogFolder, tmp_path: Path, demo_file: Path
) -> None:
    import_draft(native_file(tmp_path / "f.json"), "native", tmp_path, DAY)
    info = folder.info()
    assert info is not None and info.draft and info.items == 3
    put_in_force(tmp_path, demo_file)
    info = folder.info()
    assert info is not None and not info.draft and info.version == "demo-1"


def test_a_newer_file_is_noticed(folder: CatalogFolder, tmp_path: Path, demo_file: Path) -> None:
    put_in_force(tmp_path, demo_file)
    assert folder.item(ITEM.code) is not None
    newer = tmp_path / "newer.sqlite"
    build_catalog([demo_items()[0]], "demo-2", DAY + timedelta(days=1), newer)
    put_in_force(tmp_path, newer, "v2")
    info = folder.info()
    assert info is not None and (info.version, info.items) == ("demo-2", 1)
    assert folder.item(ITEM.code) is None


def test_a_second_import_replaces_the_draft(folder: CatalogFolder, tmp_path: Path) -> None:
    file = native_file(tmp_path / "f.json")
    import_draft(file, "native", tmp_path, DAY)
    assert folder.search("")
    file.write_text(json.dumps({"items": [record.plain(ITEM)]}), encoding="utf-8")
    import_draft(file, "native", tmp_path, DAY + timedelta(seconds=1))
    assert [hit.code for hit in folder.search("")] == [ITEM.code]


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "{",
        "[]",
        '"x"',
        "{}",
        '{"file": 7}',
        '{"file": "missing.sqlite"}',
        '{"file": "../draft/catalog.sqlite"}',
        '{"file": ""}',
    ],
)
def test_a_damaged_pointer_is_an_error_of_the_store(
    folder: CatalogFolder, tmp_path: Path, pointer: str
) -> None:
    import_draft(native_file(tmp_path / "f.json"), "native", tmp_path, DAY)
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "current.json").write_text(pointer, encoding="utf-8")
    for ask in (folder.info, lambda: folder.search("证"), lambda: folder.item(ITEM.code)):
        with pytest.raises(StoreDamagedError):
            ask()


def test_what_is_no_catalog_is_refused(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.sqlite"
    garbage.write_bytes(os.urandom(5000))
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE t (x)")
    (tmp_path / "empty.sqlite").touch()
    for path in (garbage, other, tmp_path / "empty.sqlite", tmp_path / "missing.sqlite", tmp_path):
        with pytest.raises(StoreDamagedError):
            CatalogFile(path)


def test_a_newer_format_is_refused_not_guessed(tmp_path: Path, demo_file: Path) -> None:
    path = Path(shutil.copy(demo_file, tmp_path))
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version={FORMAT + 1}")
    with pytest.raises(NewerSchemaError):
        CatalogFile(path)


@pytest.mark.parametrize("kept", [0, 100, 4096, 50_000, 100_000])
def test_a_file_cut_short_is_damage_not_a_crash(tmp_path: Path, demo_file: Path, kept: int) -> None:
    whole = demo_file.read_bytes()
    path = tmp_path / "cut.sqlite"
    path.write_bytes(whole[:kept])
    assert kept < len(whole)
    _use_or_refuse(path)


@pytest.mark.parametrize("seed", range(12))
def test_spoilt_pages_are_damage_not_a_crash(tmp_path: Path, demo_file: Path, seed: int) -> None:
    spoilt = bytearray(demo_file.read_bytes())
    pages = len(spoilt) // 4096
    for n in range(6):
        at = (seed * 7919 + n * 104729) % pages * 4096
        spoilt[at : at + 512] = bytes((seed * 37 + n + i) % 256 for i in range(512))
    path = tmp_path / "spoilt.sqlite"
    path.write_bytes(spoilt)
    _use_or_refuse(path)


def _use_or_refuse(path: Path) -> None:
    """Every question is answered, or refused with an AppError; nothing else may come out."""
    try:
        file = CatalogFile(path)
    except AppError:
        return
    outcomes = []
    for ask in (
        lambda: file.search("", 1000),
        lambda: file.search("证", 1000),
        lambda: file.search("zheng", 1000),
        lambda: file.hits([item.code for item in demo_items()]),
        lambda: [file.item(item.code) for item in demo_items()],
    ):
        try:
            outcomes.append(len(ask()))
        except AppError:
            outcomes.append(0)
    file.close()
    assert len(outcomes) == 5 and max(outcomes) <= len(demo_items())


def test_a_broken_row_is_left_out_and_the_rest_works(
    tmp_path: Path, demo_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(shutil.copy(demo_file, tmp_path))
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "UPDATE body SET json = x'00112233' WHERE id = (SELECT id FROM line WHERE code = ?)", (ITEM.code,)
        )
        db.commit()
    file = CatalogFile(path)
    assert ITEM.code not in {hit.code for hit in file.search("居住证签注")}
    assert file.item(ITEM.code) is None
    assert file.hits([ITEM.code]) == ()
    assert len(file.search("", 1000)) == len(demo_items()) - 1
    assert sum(ITEM.code in message for message in caplog.messages) == 1, "told once"
    file.close()


def test_a_row_that_is_no_item_is_left_out_once_known(tmp_path: Path, demo_file: Path) -> None:
    import zlib

    path = Path(shutil.copy(demo_file, tmp_path))
    with closing(sqlite3.connect(path)) as db:
        body = zlib.compress(b'{"code": 1}')
        db.execute(
            "UPDATE body SET json = ? WHERE id = (SELECT id FROM line WHERE code = ?)", (body, ITEM.code)
        )
        db.commit()
    file = CatalogFile(path)
    assert file.item(ITEM.code) is None
    assert ITEM.code not in {hit.code for hit in file.search("居住证签注")}
    file.close()


def test_a_line_with_wrong_types_is_left_out(tmp_path: Path, demo_file: Path) -> None:
    path = Path(shutil.copy(demo_file, tmp_path))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE line SET name = x'ff', audience = 'x' WHERE code = ?", (ITEM.code,))
        db.commit()
    file = CatalogFile(path)
    assert ITEM.code not in {hit.code for hit in file.search("居住", 100)}
    assert len(file.search("居住证申领")) >= 1
    assert ITEM.code not in {hit.code for hit in file.search("", 1000)}
    file.close()
