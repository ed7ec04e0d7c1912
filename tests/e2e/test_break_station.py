"""A station in trouble of its own: clock, disk, numbers, folders, settings, signals."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import NumbersExhaustedError
from app.store.local import open_local
from tests.e2e.hall import ROOT, Answer, Hall, program

FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
PERSON = {"name": "演示·甲乙", "number": "11010519491231002X"}


@pytest.fixture(scope="module")
def document(hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Path:
    item = str(hall.search("证")[0]["code"])
    fields = {"item_code": item, "situation": hall.first_path(item), "applicant": PERSON}
    file = tmp_path_factory.mktemp("document") / "intake.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    return file


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Shifts the clock of the programs started from here, not that of the gateway."""
    if FAKETIME is None:
        pytest.skip("libfaketime is not installed")

    def shift(by: str) -> None:
        monkeypatch.setenv("LD_PRELOAD", str(FAKETIME))
        monkeypatch.setenv("FAKETIME", by)
        monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")

    return shift


def elsewhere(hall: Hall, folder: Path, old: str, new: str, data: Path | None = None) -> Hall:
    text = hall.station.read_text(encoding="utf-8")
    assert old in text
    station = folder / "station.toml"
    station.write_text(text.replace(old, new), encoding="utf-8")
    return Hall(hall.services, station, data or hall.data)


def offline(hall: Hall, folder: Path) -> Hall:
    return elsewhere(hall, folder, f'\nurl = "{hall.services.gateway}"', '\nurl = "http://127.0.0.1:9"')


def test_a_clock_set_back_refuses_cases_until_it_is_right(
    hall: Hall, document: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "CST-8")  # a zone that not every library can read
    assert hall.run("intake", document).code == 0
    clock("+20m")
    ahead = hall.run("intake", document)
    assert (ahead.code, ahead.value["uploaded"]) == (0, False)
    assert ahead.value["upload_reason"] == "trust.clock"
    assert "?" not in ahead.value["upload_advice"]
    clock("-1d")
    back = hall.run("intake", document)
    assert (back.code, back.error) == (1, "trust.clock")
    clock("+0")
    alone = offline(hall, tmp_path).run("intake", document)
    assert (alone.code, alone.error) == (1, "trust.clock"), "nobody there to say who is right"
    assert hall.run("intake", document).code == 0, "the gateway says that the clock is right now"
    assert hall.run("sync").value["pending"] == 0


def test_the_paper_says_the_halls_time_on_a_machine_of_any_zone(
    hall: Hall, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    answer = hall.run("intake", document)
    receipt = program("receipt", "verify", answer.value["receipt_pdf"], "--data", hall.data).value
    day, _, minute = receipt["received_at"].partition("T")
    paper = subprocess.run(
        ["pdftotext", answer.value["receipt_pdf"], "-"], capture_output=True, text=True
    ).stdout
    assert receipt["received_at"].endswith("+08:00")
    assert f"{day} {minute[:5]}" in paper


def test_numbers_used_up(hall: Hall, document: Path, tmp_path: Path) -> None:
    with open_local(hall.data, "test") as local, local.store.begin() as work:
        with pytest.raises(NumbersExhaustedError):
            while True:
                work.take_sequence()
        work.commit()
    refused = offline(hall, tmp_path).run("intake", document)
    assert (refused.code, refused.error) == (1, "rule.numbers_exhausted")
    assert hall.run("intake", document).code == 0, "with the line up a new block comes by itself"


def test_a_folder_of_another_station(hall: Hall, document: Path, tmp_path: Path) -> None:
    other = elsewhere(hall, tmp_path, "441900A12", "441900A13")
    for words in (("intake", document), ("sync",), ("enrol", "--code", "DEMO")):
        answer = other.run(*words)
        assert (answer.code, answer.error) == (1, "trust.other_station")
        assert "441900A12" in answer.value["error"]["message"]


def test_a_folder_that_is_a_file(hall: Hall, document: Path, tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("x", encoding="utf-8")
    nowhere = Hall(hall.services, hall.station, file)
    for words in (("intake", document), ("sync",), ("enrol", "--code", "DEMO")):
        assert (nowhere.run(*words).code, nowhere.run(*words).error) == (1, "store")
    doctor = nowhere.run("doctor").value
    assert (doctor["ready"], doctor["store"]["ok"]) == (False, False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), 0),
        (lambda text: text.encode("gbk"), 2),
        (lambda text: text.encode("utf-16"), 2),
        (lambda text: b"a = " + b"[" * 5000, 2),
        (lambda text: text.replace("http://", "http://[::", 1).encode(), 2),
        (lambda text: b"station = 1\ngateway = []\ndevices = ''", 2),
    ],
    ids=["mark and CRLF", "GBK", "UTF-16", "deep", "half an address", "other types"],
)
def test_settings_of_any_bytes(hall: Hall, tmp_path: Path, change: Any, code: int) -> None:
    station = tmp_path / "设置 文件.toml"
    station.write_bytes(change(hall.station.read_text(encoding="utf-8")))
    answer = program("read-id", "--station", station)
    assert answer.code == code
    assert code == 0 or answer.error == "settings"


def test_a_terminal_without_the_gateways_extra_works(hall: Hall, document: Path) -> None:
    blocked = """
import runpy, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("fastapi", "uvicorn", "starlette", "pydantic"):
            raise ModuleNotFoundError("not installed", name=name)
sys.meta_path.insert(0, Absent())
sys.path.insert(0, sys.argv[1])
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0] + "/main.py", run_name="__main__")
"""

    def bare(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", blocked, str(ROOT), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    where = ("--station", hall.station, "--data", hall.data, "--json")
    assert json.loads(bare("intake", document, *where).stdout)["state"] == "received"
    assert bare("sync", *where).returncode == 0
    gateway = bare("gateway", "--data", document.parent / "gateway", "--port", 0)
    assert gateway.returncode == 2
    assert "Traceback" not in gateway.stderr


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_prints(hall: Hall, document: Path, sent: signal.Signals) -> None:
    """The case is stored by then, so the caller gets it, and the next run finds everything in order."""
    hall.services.tell("escpos", "fault mute_after")
    slips = len(hall.slips())
    where = ("--station", str(hall.station), "--data", str(hall.data), "--json")
    command = [sys.executable, str(ROOT / "main.py"), "intake", str(document), *where]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(hall.slips()) == slips:  # the paper is out, its confirmation is not
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.05)
    running.send_signal(sent)
    out, errors = running.communicate(timeout=60)
    answer = json.loads(out)
    assert (running.returncode, answer["state"], answer["printed"]) == (0, "received", "unknown")
    assert "Traceback" not in errors
    assert hall.run("sync").value["pending"] == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Six megabytes, for those who may mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if (
        not sys.platform.startswith("linux")
        or os.geteuid()
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("no right to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_fills_up(hall: Hall, document: Path, small_disk: Path, tmp_path: Path) -> None:
    """Full before, full in the middle, space again: what was answered as stored is there."""
    station = elsewhere(hall, tmp_path, "441900A12", "441900A14", small_disk / "data")
    assert station.run("enrol", "--code", "DEMO").code == 0
    assert station.run("sync").code == 0
    filler, stored = small_disk / "filler", []
    for left in (0, 60_000, 200_000, 6_000_000):
        _fill(filler, left)
        answer = station.run("intake", document)
        if answer.code:
            assert (answer.error, answer.value["error"]["retryable"]) == ("store.disk_full", True)
        else:
            stored.append(answer.value["number"])
            assert answer.value["printed"] == "confirmed"
        filler.unlink(missing_ok=True)
    assert stored, "with space again it works"
    assert len(set(stored)) == len(stored)
    with open_local(small_disk / "data", "test") as local, local.store.begin() as work:
        assert sorted(line.number for line in work.case_lines(10)) == sorted(stored)
    assert station.run("sync").value["pending"] == 0


def _fill(filler: Path, left: int) -> None:
    disk = os.statvfs(filler.parent)
    filler.write_bytes(bytes(max(0, disk.f_bavail * disk.f_frsize - left)))


def test_a_missing_receipt_is_not_called_forged(hall: Hall, tmp_path: Path) -> None:
    answers: list[Answer] = [
        program("receipt", "verify", subject, "--data", hall.data)
        for subject in (tmp_path, tmp_path / "none.pdf")
    ]
    assert [(answer.code, answer.error) for answer in answers] == [(1, "rule.input")] * 2
