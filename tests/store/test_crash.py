"""kill -9 in the middle of writing: what was committed is there, and nothing is there by half."""

import hashlib
import random
import signal
import threading
from pathlib import Path

from app.store.local import open_local
from app.store.sql_store import SqlStore
from tests.patience import PATIENCE_S
from tests.services.fakes import FOLDER_KEY, Hall
from tests.store.conftest import Child
from tests.store.samples import KEY, a_case, a_receipt

ROUNDS = 4


def test_every_committed_case_survives_and_none_is_half(tmp_path: Path, child: Child) -> None:
    path = tmp_path / "store.db"
    told: list[str] = []
    chance = random.Random(2)
    for round_no in range(ROUNDS):
        writer = child("write", path, round_no * 10_000 + 1)
        assert writer.stdout is not None
        for _ in range(chance.randrange(1, 60)):
            told.append(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        told += [line for line in writer.stdout.read().splitlines(True) if line.endswith("\n")]
        writer.wait(PATIENCE_S)
    _check(path, [line.split() for line in told])


def test_killed_at_any_instant_of_its_creation_a_folder_opens_again(tmp_path: Path, child: Child) -> None:
    chance = random.Random(7)
    for n in range(8):
        creator = child("create", tmp_path / str(n))
        assert creator.stdout is not None
        assert creator.stdout.readline() == "ready\n"
        threading.Event().wait(chance.uniform(0, 0.12))  # any instant will do; nothing hangs on which
        creator.send_signal(signal.SIGKILL)
        creator.wait(PATIENCE_S)
        with open_local(tmp_path / str(n), "test", {"GUANJIA_KEYSTORE": "file"}) as local:
            assert local.archive.get("A-1") in (None, b"%PDF")
            local.store.check()
            with local.store.begin() as work:
                work.add_case(a_case(), a_receipt(a_case()))
                work.commit()


def test_killed_while_files_are_kept_no_case_loses_one_and_nothing_is_left_over(
    tmp_path: Path, child: Child
) -> None:
    data, told = tmp_path / "data", list[str]()
    chance = random.Random(11)
    for round_no in range(ROUNDS):
        keeper = child("files", data, round_no * 10_000)
        assert keeper.stdout is not None and keeper.stdout.readline() == "ready\n"
        for _ in range(chance.randrange(1, 12)):
            told.append(keeper.stdout.readline())
        keeper.send_signal(signal.SIGKILL)
        told += [line for line in keeper.stdout.read().splitlines(True) if line.endswith("\n")]
        keeper.wait(PATIENCE_S)
        _check_files(data, [line.split() for line in told])


def _check_files(data: Path, told: list[list[str]]) -> None:
    with open_local(data, "test", FOLDER_KEY) as local:
        office = Hall(local).office()
        with office.store.begin() as work:
            known = set(work.file_ids())
            for file_id, sha256, request in told:
                case = work.case_by_request(request)
                assert case is not None
                assert [f.file_id for f in work.files_of_case(case.case_id)] == [file_id]
                assert [m.message_id for m in work.messages_of(case.case_id)][0] == file_id
                assert hashlib.sha256(office.vault.get(file_id) or b"").hexdigest() == sha256
        assert {path.name for path in local.folder.files.iterdir()} == {f"{name}.enc" for name in known}
        assert len(known) - len(told) in range(ROUNDS + 1)  # bound, and killed before saying so


def _check(path: Path, told: list[list[str]]) -> None:
    store = SqlStore(path, KEY)
    store.check()
    with store.begin() as work:
        lines = work.case_lines(100_000)
        stored = {line.case_id: line.number for line in lines}
        for case_id, number in told:
            assert stored[case_id] == number
        assert len(lines) - len(told) in range(ROUNDS + 1)  # committed, and killed before saying so
        for case_id, number in stored.items():
            n = int(case_id[-12:], 16)
            case = a_case(n, number=number)
            assert work.case(case_id) == case
            assert work.receipt(case_id) == a_receipt(case)
            assert len(work.messages_of(case_id)) == len(work.prints_of(case_id)) == 1
        assert len(set(stored.values())) == len(stored)
        assert work.take_sequence() == len(stored) + 1  # each sequence once, none lost
    store.close()
