"""`make soak`: killed at 100 random instants of intake → print → upload, and started again.

Nothing lost, uploaded once, number used once, never printed twice unasked.
"""

import json
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.e2e.hall import ROOT, Hall, program

KILLS = 100


@pytest.mark.soak
def test_killed_at_a_hundred_random_instants(hall: Hall, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    item = str(hall.search("\u8bc1")[0]["code"])
    path = hall.first_path(item)
    whole = _time_of_one(hall, item, path, tmp_path)
    numbers: dict[str, str] = {}
    killed = 0
    for attempt in range(KILLS):
        request = f"soak-{attempt}"
        file = tmp_path / f"{request}.json"
        document = {"item_code": item, "situation": path, "applicant": "read", "request_id": request}
        file.write_text(json.dumps(document), encoding="utf-8")
        before = _killed_after(hall, file, dice.uniform(0.0, whole * 1.1))
        killed += before is None
        hall.services.tell("sdt", "put resident")
        after = program("intake", file, "--station", hall.station, "--data", hall.data)
        assert after.code == 0, (seed, attempt, after)
        if before is not None:
            assert before == after.value["number"], (seed, attempt)
        numbers[request] = after.value["number"]
    assert killed >= KILLS // 4, f"only {killed} of {KILLS} were killed before they had finished"
    assert len(set(numbers.values())) == KILLS, "a number was used twice"
    _delivered_once(hall, set(numbers.values()))
    _printed_at_most_once(hall, numbers)


def _time_of_one(hall: Hall, item: str, path: dict[str, str], folder: Path) -> float:
    started = time.monotonic()
    assert hall.intake(folder / "one.json", item_code=item, situation=path).code == 0
    return time.monotonic() - started


def _killed_after(hall: Hall, file: Path, seconds: float) -> str | None:
    """Start an intake and kill it; the number it had already answered with, or None."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "intake", str(file), "--station", str(hall.station),
         "--data", str(hall.data), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        out, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
    return str(json.loads(out)["number"]) if out else None


def _delivered_once(hall: Hall, numbers: set[str]) -> None:
    synced = hall.run("sync")
    assert synced.value["pending"] == 0, synced
    with closing(connect(hall.services.data / "gateway" / "gateway.sqlite")) as db:
        stored = [row[0] for row in db.execute("SELECT number FROM cases")]
    assert sorted(n for n in stored if n in numbers) == sorted(numbers), "each once, none missing"


def _printed_at_most_once(hall: Hall, numbers: dict[str, str]) -> None:
    slips = hall.slips()
    for request, number in numbers.items():
        prints = sum(number.encode() in slip for slip in slips)
        assert prints <= 1, f"{request}: {prints} slips"
