"""Nothing readable in any file; and what is broken, busy or locked is called so."""

import os
from pathlib import Path

import pytest

from app.domain.case import Draft
from app.errors import AppError, StoreBusyError, StoreDamagedError, StoreError, StoreKeyError
from app.store.local import open_local
from app.store.sql_store import SqlStore
from tests.store.samples import KEY, NAME, NOW, NUMBER, PHONE, a_case, a_number, a_receipt, uid

FILE = {"GUANJIA_KEYSTORE": "file"}


def test_no_name_number_or_key_is_readable_in_any_file(tmp_path: Path) -> None:
    local = open_local(tmp_path, "test", FILE)
    for n in range(1, 30):
        with local.store.begin() as work:
            work.add_case(a_case(n), a_receipt(a_case(n)))
            work.save_draft(Draft(f"d{n}", "D0001", NOW, f'{{"name":"{NAME}","number":"{NUMBER}"}}'))
            work.commit()
        local.archive.put(a_number(n), f"%PDF {NAME} {NUMBER}".encode())
    local.secrets.put(b"-----BEGIN PRIVATE KEY-----")
    key = bytes.fromhex((tmp_path / "store.key").read_text())
    _nothing_readable(tmp_path, key)
    local.close()
    _nothing_readable(tmp_path, key)


def _nothing_readable(folder: Path, key: bytes) -> None:
    words = [NAME[3:], NUMBER, PHONE, "示例路", "D0001", uid(1), "居住证", "PRIVATE", "%PDF"]
    forbidden = [w.encode(code) for w in words for code in ("utf-8", "utf-16-le", "gb18030")]
    forbidden += [b"CREATE TABLE", b"SQLite format 3", key]
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "store.key"]
    assert {"store.db", "station.key.enc", f"{a_number(1)}.pdf.enc"} <= {file.name for file in files}
    for file in files:
        data = file.read_bytes()
        assert [word for word in forbidden if word in data] == [], file.name
        assert NAME not in file.name and NUMBER not in file.name


def filled(path: Path) -> None:
    store = SqlStore(path, KEY)
    for n in range(1, 60):
        with store.begin() as work:
            work.add_case(a_case(n), a_receipt(a_case(n)))
            work.commit()
    store.close()


def test_a_wrong_key_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path)
    before = path.read_bytes()
    for key in (bytes(32), KEY[:31] + b"\0"):
        with pytest.raises(StoreKeyError) as caught:
            SqlStore(path, key)
        assert caught.value.__cause__ is not None
        assert key.hex() not in f"{caught.value.__cause__}"
    assert path.read_bytes() == before


def test_a_key_of_another_length_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        SqlStore(tmp_path / "store.db", b"short")


@pytest.mark.parametrize("place", [20, 4096 * 3 + 50, -60])
def test_a_flipped_bit_is_noticed_and_called_damage(tmp_path: Path, place: int) -> None:
    path = tmp_path / "store.db"
    filled(path)
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)
    with pytest.raises(StoreDamagedError):
        store = SqlStore(path, KEY, key_proven=True)
        try:
            store.check()
        finally:
            store.close()


def test_a_cut_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path)
    path.write_bytes(path.read_bytes()[: 4096 * 5 + 77])
    with pytest.raises(StoreDamagedError):
        store = SqlStore(path, KEY, key_proven=True)
        try:
            store.check()
        finally:
            store.close()


def test_a_plain_database_in_its_place_is_not_taken(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "store.db"
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE cases (x)")
    plain.close()
    with pytest.raises(StoreDamagedError):
        SqlStore(path, KEY, key_proven=True)


def test_a_stored_value_that_cannot_be_read_tells_no_data(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "store.db", KEY)
    with store.begin() as work:
        work.add_case(a_case(), a_receipt(a_case()))
        work._connection.exec_driver_sql("UPDATE cases SET body = replace(body, '1949-12-31', 'soon')")
        with pytest.raises(StoreDamagedError) as caught:
            work.case(uid(1))
    assert caught.value.__cause__ is None and "soon" not in str(caught.value)
    store.close()


def test_another_process_holding_the_file_is_called_busy(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    first, second = SqlStore(path, KEY), SqlStore(path, KEY, patience_s=0.05)
    with first.begin() as work:
        work.set_note("a", "b")
        with pytest.raises(StoreBusyError), second.begin():
            pass
        work.commit()
    with second.begin() as work:
        assert work.note("a") == "b"
    first.close()
    second.close()


def test_a_transaction_within_a_transaction_is_told_and_not_waited_for_ever(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "store.db", KEY, patience_s=0.05)
    with store.begin() as outer:
        with pytest.raises(StoreBusyError), store.begin():
            pass
        outer.set_note("a", "b")
        outer.commit()
    store.close()


def test_a_folder_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        open_local(tmp_path / "file" / "data", "test", FILE)
    (tmp_path / "store.db").mkdir()
    with pytest.raises(AppError):
        SqlStore(tmp_path / "store.db", KEY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_a_store_error(tmp_path: Path) -> None:
    filled(tmp_path / "store.db")
    (tmp_path / "store.db").chmod(0o400)
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError):
        SqlStore(tmp_path / "store.db", KEY)
    tmp_path.chmod(0o700)


def test_the_guarantees_are_switched_on(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "store.db", KEY)
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    with store.begin() as work:
        for pragma, value in expected.items():
            assert work._connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value, pragma
        assert work._connection.exec_driver_sql("PRAGMA cipher_version").scalar_one()
    store.close()
