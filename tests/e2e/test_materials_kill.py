"""The terminal killed at random instants of keep → receive → upload: nothing lost, nothing doubled."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from app.domain.material_file import PART
from tests.e2e.hall import ROOT, Hall, program
from tests.receipts import samples

PERSON = {"name": "演示·东方测试", "number": "11010519491231002X"}
PNG = b"\x89PNG\r\n\x1a\n"


def files_in(folder: Path) -> list[Path]:
    """A real PDF with room behind its end, and a picture's beginning with noise."""
    issued = samples.station().sealer.issue(samples.receipt())
    pdf = samples.station().sealer.pdf(issued)
    made = [folder / "one.pdf", folder / "two.png"]
    made[0].write_bytes(pdf)
    made[1].write_bytes(PNG + os.urandom(3 * PART))
    return made


class Trial:
    """Cases of one item with two files each, whose intake is killed and repeated."""

    def __init__(self, hall: Hall, folder: Path) -> None:
        self.hall, self.folder, self.files = hall, folder, files_in(folder)
        self.hashes = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in self.files)
        for hit in hall.search("证"):
            self.item = str(hit["code"])
            shown = program("catalog", "show", self.item, "--data", hall.data).value
            if shown["materials"]:
                break
        self.path = hall.first_path(self.item)
        self.material = str(shown["materials"][0]["name"])
        self.cases: dict[str, str] = {}

    def words(self, request: str) -> list[str]:
        file = self.folder / f"{request}.json"
        document = {
            "item_code": self.item, "situation": self.path, "applicant": PERSON, "request_id": request,
        }  # fmt: skip
        file.write_text(json.dumps(document), encoding="utf-8")
        attached = [f"--file={self.material}={path}" for path in self.files]
        return [
            "intake",
            str(file),
            "--station",
            str(self.hall.station),
            "--data",
            str(self.hall.data),
            *attached,
        ]

    def killed_after(self, request: str, seconds: float) -> bool:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), *self.words(request), "--json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        return False

    def to_the_end(self, request: str) -> None:
        answer = program(*self.words(request))
        assert answer.code == 0, answer
        assert sorted(file["sha256"] for file in answer.value["files"]) == self.hashes
        self.cases[answer.value["case_id"]] = request

    def check(self) -> None:
        synced = self.hall.run("sync")
        assert synced.value["pending"] == synced.value.get("rejected", 0) == 0, synced
        with closing(connect(self.hall.services.data / "gateway" / "gateway.sqlite")) as db:
            cases = [row[0] for row in db.execute("SELECT case_id FROM cases")]
            files = db.execute("SELECT case_id, sha256, completed_at FROM files").fetchall()
        for case_id, request in self.cases.items():
            assert cases.count(case_id) == 1, request
            mine = [(sha256, whole is not None) for of, sha256, whole in files if of == case_id]
            assert sorted(mine) == [(sha256, True) for sha256 in self.hashes], request
        assert len(files) == 2 * len(self.cases), "no file of a case that never came to be"
        assert len(list((self.hall.data / "files").iterdir())) == len(files), "nothing left over"


def run_trial(hall: Hall, folder: Path, kills: int, whole: float = 0.0) -> int:
    """How many were killed before they had ended; `whole`: how long one takes, 0 to measure it."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice, trial = random.Random(seed), Trial(hall, folder)
    began, killed = time.monotonic(), 0
    if not whole:
        trial.to_the_end("whole")
        whole = time.monotonic() - began
    for n in range(kills):
        killed += trial.killed_after(f"kill-{n}", dice.uniform(whole * 0.3, whole))
        trial.to_the_end(f"kill-{n}")
    trial.check()
    return killed


def test_killed_once_and_repeated(hall: Hall, tmp_path: Path) -> None:
    """The store's own part is killed more often in tests/store/test_crash.py."""
    run_trial(hall, tmp_path, 1, whole=2.5)


@pytest.mark.soak
def test_killed_sixty_times(hall: Hall, tmp_path: Path) -> None:
    assert run_trial(hall, tmp_path, 60) >= 20
