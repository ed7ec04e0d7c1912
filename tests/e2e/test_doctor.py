"""Doctor and diagnostic bundle as commands beside real emulators: faults, a program at work, nobody in it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.e2e.hall import ROOT, Answer, Hall
from tests.patience import PATIENCE_S

PEOPLE = ("演示·甲", "演示·王芳", "11010519491231002X", "13800000000", "演示街道", "公安局演示分局")


def rows(answer: Answer) -> dict[str, tuple[str, str]]:
    assert answer.code == 0, answer
    return {row["area"]: (row["state"], row["sentence"]) for row in answer.value["sheet"]["rows"]}


def state(answer: Answer, area: str) -> str:
    return rows(answer)[area][0]


def test_all_well_is_one_sheet(hall: Hall) -> None:
    answer = hall.run("doctor")
    assert answer.value["ready"] is True
    assert answer.value["sheet"]["opening"] == "open"
    assert answer.value["in_use"] == ""
    found = rows(answer)
    assert {s for s, _ in found.values()} == {"fine"}, found
    assert found["enrolment"][1] == "前置机认得本站"
    assert answer.value["sheet"]["simulated"] is True
    assert (answer.value["store"]["ok"], answer.value["clock"]["ok"]) == (True, True)


def test_a_schedule_that_cannot_be_read_is_in_its_row(hall: Hall) -> None:
    schedules = hall.data / "data" / "schedules"
    schedules.mkdir(parents=True, exist_ok=True)
    (schedules / "2027.json").write_text("{")
    answer = hall.run("doctor")
    (schedules / "2027.json").unlink()
    assert state(answer, "carried") == "mind"
    assert "2027.json" in rows(answer)["carried"][1]
    (told,) = answer.value["carried"]
    assert (told["kind"], told["standing"], told["reason"]) == ("schedules", "broken", "schedule")
    assert answer.value["sheet"]["opening"] == "open", "no case waits for it"


@pytest.mark.devices
def test_each_fault_is_in_its_row(hall: Hall) -> None:
    hall.services.tell("escpos", "paper out")
    hall.services.tell("sdt", "fault dead")
    answer = hall.run("doctor")
    assert answer.value["ready"] is False
    assert answer.value["sheet"]["opening"] == "limited"
    assert len(answer.value["sheet"]["limits"]) == 2
    assert rows(answer)["receipt_printer"] == ("mind", "缺纸")
    assert state(answer, "id_reader") == "mind"
    assert state(answer, "scanner") == "fine"


@pytest.mark.devices
def test_the_sheet_is_printed(hall: Hall) -> None:
    before = len(hall.slips())
    answer = hall.run("doctor", "--print")
    assert answer.value["printed"] == "confirmed", answer.value["printed_reason"]
    (slip,) = hall.slips()[before:]
    assert "开门自检单".encode("gb18030") in slip and "模拟设备".encode("gb18030") in slip
    hall.services.tell("escpos", "paper out")
    assert hall.run("doctor", "--print").value["printed"] == "failed"


@contextmanager
def at_work(hall: Hall) -> Iterator[int]:
    """Another process that has the station open, as a counter would."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from app.commands.wiring import open_office\n"
        "from app.domain.catalog import Channel\n"
        "with open_office(Path(sys.argv[1]), Path(sys.argv[2]), mode=Channel.COUNTER):\n"
        "    print('open', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", code, str(hall.station), str(hall.data)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline().strip() == "open"
        try:
            yield child.pid
        finally:
            child.stdin.close()
            child.wait(PATIENCE_S)


def test_beside_a_program_at_work_no_device_is_blamed(hall: Hall, tmp_path: Path) -> None:
    with at_work(hall) as pid:
        answer = hall.run("doctor")
        bundle = hall.run("diagnose", "--out", tmp_path / "busy.zip")
    assert answer.value["ready"] is False
    assert answer.value["sheet"]["opening"] == "unknown"
    assert "综窗程序正在使用" in answer.value["in_use"] and str(pid) in answer.value["in_use"]
    for device in answer.value["devices"]:
        assert (device["status"], device["reason"]) == ("busy", "device.busy")
        assert device["advice"] == answer.value["in_use"]
    assert answer.value["store"]["code"] == "store.busy"
    assert bundle.code == 0 and bundle.value["in_use"]
    assert (tmp_path / "busy.zip").stat().st_size > 0


@pytest.fixture
def case(hall: Hall) -> dict[str, Any]:
    code = hall.search("cjrzhl")[0]["code"]
    return {
        "item_code": code,
        "situation": hall.first_path(code),
        "operator": "0217",
        "contact": {"phone": "13800000000"},
        "delivery": {"way": "mail", "address": "广东省东莞市演示街道测试路一号"},
        "applicant": {"name": "演示·甲", "number": "11010519491231002X"},
    }


def test_the_bundle_holds_nobody(hall: Hall, case: dict[str, Any], tmp_path: Path) -> None:
    """A whole case, typed and read, with a printer that fails, and then every byte that leaves."""
    read = hall.intake(tmp_path / "read.json", **{**case, "applicant": "read", "request_id": "doctor-read"})
    assert read.code == 0, read
    hall.services.tell("escpos", "paper out")
    typed = hall.intake(tmp_path / "typed.json", **{**case, "request_id": "doctor-typed"})
    assert typed.code == 0, typed
    wrong = hall.intake(tmp_path / "wrong.json", **{**case, "item_code": "演示·甲 11010519491231002X"})
    assert wrong.code == 1
    out = tmp_path / "bundle.zip"
    answer = hall.run("diagnose", "--out", out)
    assert answer.value["bytes"] == out.stat().st_size
    with ZipFile(out) as packed:
        names = packed.namelist()
        whole = b"".join(packed.read(name) for name in names)
    assert {"readiness.json", "log/intake.log", "log/diagnose.log"} <= set(names)
    assert b"device.printer_paper" in whole, "the fault is there for support to read"
    logs = b"".join(path.read_bytes() for path in (hall.data / "log").iterdir())
    for secret in PEOPLE:
        for coded in (secret.encode(), secret.encode("gb18030"), secret.encode("unicode_escape")):
            assert coded not in whole and coded not in logs, secret
    for number in (read.value["case_id"], typed.value["case_id"]):
        assert number.encode() not in whole


@pytest.mark.devices
def test_a_withdrawn_station_is_told_before_the_first_case(hall: Hall) -> None:
    """The last here: this hall does not recover from it."""
    folder = hall.services.data
    words = [
        sys.executable,
        str(ROOT / "main.py"),
        "gateway-admin",
        "withdraw",
        "441900A12",
        "--data",
        str(folder),
    ]
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT, timeout=60)
    answer = hall.run("doctor")
    assert rows(answer)["enrolment"] == ("stop", "前置机不认本站的签名")
    assert (answer.value["sheet"]["opening"], answer.value["ready"]) == ("closed", False)
