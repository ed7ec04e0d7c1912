"""app.atomic_file: the old file or the new one, never half of either."""

import os
from pathlib import Path

import pytest

from app.atomic_file import install, remove_leftovers, temporary_beside, write_atomically
from app.errors import StoreError


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_atomically(path, b"one")
    write_atomically(path, b"")
    assert path.read_bytes() == b""
    write_atomically(path, b"three" * 100_000)
    assert path.read_bytes() == b"three" * 100_000
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_the_mode_holds_whatever_the_umask(tmp_path: Path, mode: int) -> None:
    old = os.umask(0o077)
    try:
        write_atomically(tmp_path / "a", b"x", mode)
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


def test_a_failed_write_leaves_the_old_file_and_no_stray_one(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "inside").write_bytes(b"kept")
    with pytest.raises(StoreError) as caught:
        write_atomically(target, b"x")  # a folder cannot be replaced by a file
    assert str(tmp_path) not in str(caught.value)
    assert isinstance(caught.value.__cause__, OSError)
    assert names(tmp_path) == ["folder"]
    assert (target / "inside").read_bytes() == b"kept"


def test_a_missing_folder_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        write_atomically(tmp_path / "none" / "a", b"x")


def test_install_moves_a_file_written_piecemeal(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"old")
    temporary = temporary_beside(path)
    temporary.write_bytes(b"new")
    assert temporary.parent == tmp_path
    install(temporary, path)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["big"]


def test_leftovers_go_and_nothing_else_does(tmp_path: Path) -> None:
    temporary_beside(tmp_path / "a").write_bytes(b"half")
    for name in ("a", "b.tmp", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [".hidden", "a", "b.tmp"]
