"""A full disk: said as such, and everything goes on once there is room."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.material_file import MediaType
from app.errors import AppError, DiskFullError, StoreError
from app.services import materials
from app.store.archive import EncryptedArchive
from app.store.local import open_local
from app.store.sql_store import SqlStore
from tests.services.fakes import FOLDER_KEY, Hall
from tests.store.conftest import Child
from tests.store.samples import KEY, NOW, a_case, a_receipt


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; needs root."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True).returncode
    except FileNotFoundError:
        done = 1
    if done:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def write_until_full(store: SqlStore) -> tuple[int, AppError]:
    for n in range(1, 5000):
        try:
            with store.begin() as work:
                work.add_case(a_case(n), a_receipt(a_case(n)))
                work.commit()
        except AppError as error:
            return n - 1, error
    raise AssertionError("the disk never filled")


def test_a_full_disk_is_told_and_survived(small_disk: Path) -> None:
    local = open_local(small_disk / "data", "test", {"GUANJIA_KEYSTORE": "file"})
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    kept, error = write_until_full(local.store)
    assert isinstance(error, DiskFullError) and error.retryable
    with pytest.raises(DiskFullError):
        local.archive.put("A-1", bytes(1_000_000))
    assert local.archive.get("A-1") is None
    with local.store.begin() as work:
        assert work.count_cases(NOW) == kept
    ballast.unlink()
    with local.store.begin() as work:
        work.add_case(a_case(9999), a_receipt(a_case(9999)))
        work.commit()
    local.store.check()
    local.close()
    again = open_local(small_disk / "data", "test", {"GUANJIA_KEYSTORE": "file"})
    with again.store.begin() as work:
        assert work.count_cases(NOW) == kept + 1
        assert work.case(a_case(kept).case_id) == a_case(kept)
    again.close()


def test_a_disk_full_from_the_start(small_disk: Path) -> None:
    data = small_disk / "data"
    data.mkdir()
    ballast = small_disk / "ballast"
    with pytest.raises(OSError), ballast.open("wb") as file:
        for _ in range(2000):
            file.write(bytes(1024))
            file.flush()
    with pytest.raises(DiskFullError):
        open_local(data, "test", {"GUANJIA_KEYSTORE": "file"})
    ballast.unlink()
    open_local(data, "test", {"GUANJIA_KEYSTORE": "file"}).close()


def test_an_exhausted_quota_is_a_full_disk_too(tmp_path: Path, child: Child) -> None:
    """SQLite reports it as an input-output error (only ENOSPC is "full" to it)."""
    filler = child("fill", tmp_path / "store.db", 50_000)
    answer, _ = filler.communicate("", 60)
    told = json.loads(answer)
    assert told["code"] == "store.disk_full"
    assert 0 < told["kept"] == told["seen"] == told["after"] - 1


def test_archive_on_a_full_disk_keeps_the_older_paper(small_disk: Path) -> None:
    archive = EncryptedArchive(small_disk, KEY)
    archive.put("A-1", b"%PDF old")
    with pytest.raises(DiskFullError):
        archive.put("A-1", bytes(2_000_000))
    assert archive.get("A-1") == b"%PDF old"
    assert [entry.name for entry in small_disk.iterdir()] == ["A-1.pdf.enc"]


def test_a_material_that_finds_no_room_is_told_and_leaves_nothing(small_disk: Path) -> None:
    """No half file, no row without content, and the next one is kept once there is room."""
    with open_local(small_disk / "data", "test", FOLDER_KEY) as local:
        office = Hall(local).office()
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(200_000))
        big, small = b"%PDF-" + bytes(900_000), b"%PDF-" + bytes(100_000)
        for _ in range(2):
            with pytest.raises(DiskFullError) as caught:
                materials.keep(office, "d1", big, MediaType.PDF, 1)
            assert caught.value.retryable
        assert list(local.folder.files.iterdir()) == [] == list(materials.files_of_draft(office, "d1"))
        kept = materials.keep(office, "d1", small, MediaType.PDF, 1)
        ballast.unlink()
        assert materials.content(office, kept.file_id) == small


def test_a_disk_that_turns_read_only_is_told(small_disk: Path) -> None:
    store = SqlStore(small_disk / "store.db", KEY)
    with store.begin() as work:
        work.add_case(a_case(1), a_receipt(a_case(1)))
        work.commit()
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreError) as caught:
        open_local(small_disk, "test", {"GUANJIA_KEYSTORE": "file"})
    assert not isinstance(caught.value, DiskFullError)
    with pytest.raises(StoreError):
        SqlStore(small_disk / "store.db", KEY)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    store = SqlStore(small_disk / "store.db", KEY)
    with store.begin() as work:
        assert work.case(a_case(1).case_id) == a_case(1)
    store.close()
