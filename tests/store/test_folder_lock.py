"""One writing process a DATA folder, told by the operating system."""

import os
import signal
import stat
from pathlib import Path

import pytest

from app.errors import StoreBusyError
from app.store.folder import DataFolder
from app.store.local import open_local
from app.texts import load
from tests.patience import PATIENCE_S
from tests.store.conftest import Child

FILE_KEY = {"GUANJIA_KEYSTORE": "file"}


def line(process: object) -> str:
    return process.stdout.readline().strip()  # type: ignore[attr-defined, no-any-return]


def test_a_second_process_is_told_and_a_killed_one_lets_go(tmp_path: Path, child: Child) -> None:
    first = child("hold", tmp_path, "counter")
    assert line(first) == "held"
    assert line(child("hold", tmp_path, "sync")) == f"busy {first.pid} counter"
    with pytest.raises(StoreBusyError) as caught:
        open_local(tmp_path, "intake", FILE_KEY)
    assert caught.value.values["pid"] == first.pid
    assert str(first.pid) in load().error(caught.value)
    first.send_signal(signal.SIGKILL)
    assert first.wait(PATIENCE_S) == -signal.SIGKILL
    third = child("hold", tmp_path, "kiosk")
    assert line(third) == "held"
    third.communicate("", 20)
    assert line(child("hold", tmp_path, "popup")) == "held"


def test_a_forked_child_does_not_keep_the_lock_of_its_dead_parent(tmp_path: Path, child: Child) -> None:
    parent = child("hold_and_fork", tmp_path)
    orphan = int(line(parent))
    parent.send_signal(signal.SIGKILL)
    parent.wait(PATIENCE_S)
    assert line(parent) == "orphaned"
    try:
        assert line(child("hold", tmp_path, "counter")) == "held"
        os.kill(orphan, 0)  # it was alive all the while
    finally:
        os.kill(orphan, signal.SIGKILL)


def test_twice_in_one_process_is_refused_too(tmp_path: Path) -> None:
    lock = DataFolder(tmp_path).lock("counter")
    with pytest.raises(StoreBusyError) as caught:
        DataFolder(tmp_path).lock("counter")
    assert caught.value.values == {"pid": os.getpid(), "command": "counter"}
    assert lock.held
    lock.release()
    lock.release()
    DataFolder(tmp_path).lock().release()


def test_a_mangled_note_does_not_matter(tmp_path: Path) -> None:
    lock = DataFolder(tmp_path).lock("counter")
    (tmp_path / "writer.lock").write_bytes(b"\xff[1")
    with pytest.raises(StoreBusyError) as caught:
        DataFolder(tmp_path).lock()
    assert caught.value.values["pid"] == "?"
    lock.release()
    DataFolder(tmp_path).lock().release()


def test_everything_in_the_folder_is_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "data"
    old = os.umask(0)
    try:
        with open_local(path, "test", FILE_KEY) as local:
            local.archive.put("441900A12-261120-000217-K", b"%PDF")
            local.secrets.put(b"pem")
            with local.store.begin() as work:
                work.set_note("a", "b")
                work.commit()
            found = [path, *path.rglob("*")]
            modes = {str(p.relative_to(path)): stat.S_IMODE(p.stat().st_mode) for p in found}
            folders = {str(p.relative_to(path)) for p in found if p.is_dir()}
    finally:
        os.umask(old)
    assert folders == {".", "archive", "files", "out", "catalog", "draft", "trust", "log"}
    assert {name: oct(mode) for name, mode in modes.items() if name in folders and mode != 0o700} == {}
    assert {name: oct(mode) for name, mode in modes.items() if name not in folders and mode != 0o600} == {}
    assert {"store.db", "store.db-wal", "store.key", "store.id", "station.key.enc"} <= modes.keys()


def test_the_mode_of_a_folder_that_was_there_is_left(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_local(tmp_path, "test", FILE_KEY).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_the_lock_clears_what_a_crashed_writer_left(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.create()
    strays = [tmp_path / ".store.id.ab12.tmp", folder.archive / ".x.pdf.enc.0.tmp"]
    for stray in strays:
        stray.write_bytes(b"half")
    folder.lock().release()
    assert not any(stray.exists() for stray in strays)


def test_a_failed_opening_lets_go_of_the_lock(tmp_path: Path) -> None:
    open_local(tmp_path, "test", FILE_KEY).close()
    (tmp_path / "store.key").unlink()
    for _ in range(2):
        with pytest.raises(Exception) as caught:
            open_local(tmp_path, "test", FILE_KEY)
        assert not isinstance(caught.value, StoreBusyError)
