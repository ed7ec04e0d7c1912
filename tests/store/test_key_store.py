"""The key of a folder: in one place, this folder's, and never a second one."""

import json
import logging
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingsError, StoreDamagedError, StoreKeyError
from app.store.derived_key import ARCHIVE, STATION_KEY, derived
from app.store.folder import DataFolder
from app.store.key_store import folder_key
from app.store.local import open_local
from app.store.system_keys import SystemKeys
from app.texts import load
from tests.store.conftest import Child

FILE = {"GUANJIA_KEYSTORE": "file"}


def use(folder: Path, **environment: str) -> int:
    """Open, leave a mark, close; how many marks were there."""
    with open_local(folder, "test", {**FILE, **environment}) as local, local.store.begin() as work:
        marks = work.note("marks") or ""
        work.set_note("marks", marks + "x")
        work.commit()
    return len(marks)


# -- in a file -----------------------------------------------------------------------------------


def test_a_file_beside_the_data(tmp_path: Path) -> None:
    assert [use(tmp_path), use(tmp_path)] == [0, 1]
    key_file = tmp_path / "store.key"
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert len(bytes.fromhex(key_file.read_text())) == 32
    assert key_file.read_text().strip() not in (tmp_path / "store.id").read_text()


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    use(tmp_path / "a")
    use(tmp_path / "b")
    assert (tmp_path / "a/store.key").read_text() != (tmp_path / "b/store.key").read_text()


def test_without_its_key_a_folder_stays_closed_and_gets_no_new_one(tmp_path: Path) -> None:
    use(tmp_path)
    key = (tmp_path / "store.key").read_bytes()
    (tmp_path / "store.key").unlink()
    with pytest.raises(StoreKeyError) as caught:
        use(tmp_path)
    assert "密钥" in load().error(caught.value)
    assert not (tmp_path / "store.key").exists()
    (tmp_path / "store.key").write_bytes(key)
    assert use(tmp_path) == 1


@pytest.mark.parametrize("left", ["archive/A-1.pdf.enc", "station.key.enc", "store.db"])
@pytest.mark.parametrize("with_identity", [True, False])
def test_anything_encrypted_forbids_a_new_key(tmp_path: Path, left: str, with_identity: bool) -> None:
    use(tmp_path)
    for name in ("store.db", "store.key", *([] if with_identity else ["store.id"])):
        (tmp_path / name).unlink()
    (tmp_path / left).write_bytes(b"sealed")
    with pytest.raises(StoreKeyError):
        use(tmp_path)


def test_the_key_of_another_folder_is_told_from_damage(tmp_path: Path) -> None:
    use(tmp_path / "a")
    use(tmp_path / "b")
    shutil.copy(tmp_path / "a/store.key", tmp_path / "b/store.key")
    with pytest.raises(StoreKeyError):
        use(tmp_path / "b")
    (tmp_path / "a/store.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StoreDamagedError):
        use(tmp_path / "a")


@pytest.mark.parametrize("text", ["", "zz", "ab" * 31, "ab" * 33, "\udcff\udcfe"])
def test_a_malformed_key(tmp_path: Path, text: str) -> None:
    use(tmp_path)
    (tmp_path / "store.key").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StoreKeyError):
        use(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"folder_id":"x","place":"moon"}'])
def test_a_mangled_identity(tmp_path: Path, text: str) -> None:
    use(tmp_path)
    (tmp_path / "store.id").write_text(text)
    with pytest.raises(StoreKeyError):
        use(tmp_path)


def test_a_lost_identity_is_made_again_from_a_key_that_opens(tmp_path: Path) -> None:
    use(tmp_path)
    (tmp_path / "store.id").unlink()
    assert [use(tmp_path), use(tmp_path)] == [1, 2]
    assert json.loads((tmp_path / "store.id").read_text())["place"] == "file"


def test_and_not_from_one_that_does_not_open(tmp_path: Path) -> None:
    use(tmp_path)
    (tmp_path / "store.id").unlink()
    (tmp_path / "store.key").write_text("ab" * 32)
    with pytest.raises(StoreKeyError):
        use(tmp_path)
    assert not (tmp_path / "store.id").exists()


def test_a_crash_between_identity_and_key_starts_anew(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.create()
    first = folder_key(folder, FILE)
    assert first.proven
    folder.key_file.unlink()
    second = folder_key(folder, FILE)
    assert second.proven and second.key != first.key
    assert folder_key(folder, FILE) == second


def test_a_key_open_to_others_is_closed_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    use(tmp_path)
    (tmp_path / "store.key").chmod(0o644)
    with caplog.at_level(logging.WARNING):
        use(tmp_path)
    assert stat.S_IMODE((tmp_path / "store.key").stat().st_mode) == 0o600
    assert "store.key" in caplog.text


def test_a_wrong_wish_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        use(tmp_path, GUANJIA_KEYSTORE="usb")
    assert caught.value.values["faults"] == ("GUANJIA_KEYSTORE",)


def test_a_wish_against_the_folder_is_refused(tmp_path: Path) -> None:
    use(tmp_path)
    with pytest.raises(StoreKeyError):
        use(tmp_path, GUANJIA_KEYSTORE="system")


def test_derived_keys_differ_and_stay() -> None:
    key = bytes(range(32))
    keys = {key, derived(key, ARCHIVE), derived(key, STATION_KEY), derived(bytes(32), ARCHIVE)}
    assert len(keys) == 4
    # RFC 5869 with SHA-256, no salt, one block: HMAC(HMAC(0…0, key), info | 0x01)
    import hashlib
    import hmac

    extracted = hmac.digest(bytes(32), key, hashlib.sha256)
    assert derived(key, ARCHIVE) == hmac.digest(extracted, ARCHIVE.encode() + b"\x01", hashlib.sha256)


# -- in the platform's key store, each in a process of its own -----------------------------------


def opened(child: Child, folder: Path, backend: str, **environment: str) -> dict[str, Any]:
    settings = {
        "PYTHON_KEYRING_BACKEND": f"tests.store.keyring_backends.{backend}",
        "TEST_KEYRING_FILE": str(folder.parent / "keyring.json"),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        "XDG_RUNTIME_DIR": "",
        **environment,
    }
    inherited = {k: v for k, v in os.environ.items() if k not in ("GUANJIA_KEYSTORE", "XDG_RUNTIME_DIR")}
    process = child("open_folder", folder, env={**inherited, **settings})
    answer: dict[str, Any] = json.loads(process.communicate("", 60)[0])
    return answer


def test_the_platform_keeps_the_key_of_a_new_folder(tmp_path: Path, child: Child) -> None:
    data = tmp_path / "data"
    assert opened(child, data, "InAFile") == {"place": "system", "file": False, "before": 0}
    assert opened(child, data, "InAFile") == {"place": "system", "file": False, "before": 1}
    kept = json.loads((tmp_path / "keyring.json").read_text())
    ((name, secret),) = kept.items()
    assert name.startswith("guanjia-zongchuang/") and str(tmp_path) not in name
    assert len(bytes.fromhex(secret)) == 32


def test_a_copied_folder_does_not_find_the_key(tmp_path: Path, child: Child) -> None:
    opened(child, tmp_path / "data", "InAFile")
    shutil.copytree(tmp_path / "data", tmp_path / "copy")
    assert opened(child, tmp_path / "copy", "InAFile")["error"] == "store.key"
    (tmp_path / "data").rename(tmp_path / "gone")
    assert opened(child, tmp_path / "gone", "InAFile")["error"] == "store.key"
    (tmp_path / "gone").rename(tmp_path / "data")
    assert opened(child, tmp_path / "data", "InAFile")["before"] == 1


@pytest.mark.parametrize("backend", ["Weak", "Refusing"])
def test_a_back_end_not_to_be_trusted_is_left_alone(tmp_path: Path, child: Child, backend: str) -> None:
    assert opened(child, tmp_path / "data", backend)["place"] == "file"
    assert not (tmp_path / "keyring.json").exists()


def test_without_a_session_nobody_is_asked(tmp_path: Path, child: Child) -> None:
    data = tmp_path / "data"
    answer = opened(child, data, "Hanging", DBUS_SESSION_BUS_ADDRESS="")
    assert answer == {"place": "file", "file": True, "before": 0}


def test_the_wish_decides(tmp_path: Path, child: Child) -> None:
    assert opened(child, tmp_path / "a", "InAFile", GUANJIA_KEYSTORE="file")["place"] == "file"
    assert not (tmp_path / "keyring.json").exists()
    assert opened(child, tmp_path / "b", "InAFile", GUANJIA_KEYSTORE="system")["place"] == "system"
    answer = opened(child, tmp_path / "c", "InAFile", GUANJIA_KEYSTORE="system", DBUS_SESSION_BUS_ADDRESS="")
    assert answer["error"] == "store.key"


def test_a_key_the_platform_did_not_keep_is_noticed_before_anything_is_written(
    tmp_path: Path, child: Child
) -> None:
    assert opened(child, tmp_path / "data", "Forgetful")["error"] == "store.key"
    assert not (tmp_path / "data/store.db").exists()
    assert opened(child, tmp_path / "data", "InAFile")["place"] == "system"


def test_a_stray_key_file_is_not_used(tmp_path: Path, child: Child) -> None:
    data = tmp_path / "data"
    opened(child, data, "InAFile")
    (data / "store.key").write_text("ab" * 32)
    assert opened(child, data, "InAFile") == {"place": "system", "file": True, "before": 1}


def test_a_hanging_back_end_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import keyring

    from tests.store.keyring_backends import Hanging

    before = keyring.get_keyring()
    monkeypatch.setenv("TEST_KEYRING_FILE", str(tmp_path / "keyring.json"))
    keyring.set_keyring(Hanging())
    try:
        system = SystemKeys({"DBUS_SESSION_BUS_ADDRESS": "x"}, patience_s=0.05)
        assert not system.usable()
        with pytest.raises(StoreKeyError):
            system.get("name")
    finally:
        keyring.set_keyring(before)
