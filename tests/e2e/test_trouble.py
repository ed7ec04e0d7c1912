"""Each trouble has a sentence, and nothing that was entered is lost."""

import json
from pathlib import Path

import pytest

from tests.e2e.hall import Answer, Hall, program


@pytest.fixture(scope="module")
def item(hall: Hall) -> str:
    return str(hall.search("\u8bc1")[0]["code"])


def take(hall: Hall, item: str, folder: Path, **fields: object) -> Answer:
    return hall.intake(
        folder / "intake.json", **{"item_code": item, "situation": hall.first_path(item), **fields}
    )


def elsewhere(hall: Hall, folder: Path, old: str, new: str) -> Hall:
    """The same station with one line of its file changed."""
    text = hall.station.read_text(encoding="utf-8")
    assert old in text
    station = folder / "station.toml"
    station.write_text(text.replace(old, new), encoding="utf-8")
    return Hall(hall.services, station, hall.data)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("no_card", "device.no_card"),
        ("dead", "device.timeout"),
        ("garbage", "device."),
        ("unplug_mid_read", "device.not_found"),
        ("wrong_card", "device.card_unsupported"),
        ("sam_not_authorised", "device.needs_service"),
    ],
)
def test_reader_trouble_is_named(hall: Hall, fault: str, code: str) -> None:
    hall.services.tell("sdt", f"fault {fault}")
    answer = program("read-id", "--station", hall.station, "--timeout", 5)
    assert answer.code == 1
    assert answer.error.startswith(code), answer


@pytest.mark.parametrize("fault", ["slow", "split", "stray", "corrupt"])
def test_a_reader_that_stutters_is_still_read(hall: Hall, fault: str) -> None:
    hall.services.tell("sdt", f"fault {fault}")
    answer = program("read-id", "--station", hall.station)
    assert answer.code == 0, answer
    assert answer.value["number_valid"] is True


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("paper out", {"failed"}),
        ("cover open", {"failed"}),
        ("fault silent", {"failed"}),
        ("fault die_mid_slip", {"unknown"}),
        ("fault mute_after", {"unknown"}),
    ],
)
def test_printer_trouble_never_loses_the_case(
    hall: Hall, item: str, tmp_path: Path, command: str, printed: set[str]
) -> None:
    hall.services.tell("escpos", command)
    answer = take(hall, item, tmp_path)
    assert answer.code == 0, answer
    assert answer.value["printed"] in printed
    assert answer.value["uploaded"] is True
    assert Path(answer.value["receipt_pdf"]).is_file()


def test_a_printer_that_is_not_there(hall: Hall, item: str, tmp_path: Path) -> None:
    absent = elsewhere(hall, tmp_path, hall.services.lines["escpos"], "127.0.0.1:9")
    answer = take(absent, item, tmp_path)
    assert (answer.code, answer.value["printed"]) == (0, "failed")


def test_without_the_gateway_the_case_waits_and_the_paper_says_so(
    hall: Hall, item: str, tmp_path: Path
) -> None:
    gone = elsewhere(
        hall, tmp_path, f'url = "{hall.services.gateway}"\npublic', 'url = "http://127.0.0.1:9"\npublic'
    )
    answer = take(gone, item, tmp_path)
    assert (answer.code, answer.value["uploaded"], answer.value["offline"]) == (0, False, True)
    later = hall.run("sync")
    assert later.value["pending"] == 0, "delivered once the line is back"


def test_unknown_settings_are_all_reported_at_once(hall: Hall, tmp_path: Path) -> None:
    station = tmp_path / "station.toml"
    station.write_text('[station]\nid = "x"\ncolour = "red"\n[devices.id_reader]\ndriver = "none"\n', "utf-8")
    answer = program("read-id", "--station", station)
    assert answer.code == 2
    for word in ("station.id", "station.mode", "station.site", "station.colour", "driver", "line"):
        assert word in answer.value["error"]["message"], word


def test_not_enrolled(hall: Hall, item: str, tmp_path: Path) -> None:
    stranger = Hall(hall.services, hall.station, tmp_path / "fresh")
    file = tmp_path / "intake.json"
    file.write_text(
        json.dumps({"item_code": item, "applicant": {"name": "演示·甲", "number": "x1"}}), "utf-8"
    )
    answer = stranger.run("intake", file)
    assert (answer.code, answer.error) == (1, "trust.not_enrolled")


def test_a_draft_is_never_used_for_cases(hall: Hall, item: str, tmp_path: Path) -> None:
    data = tmp_path / "drafting"
    native = tmp_path / "items.json"
    shown = program("catalog", "show", item, "--data", hall.data).value
    record = {
        "code": item, "name": shown["name"], "department": shown["department"], "department_code": item[:18],
        "audience": ["person"], "channels": ["counter"],
    }  # fmt: skip
    native.write_text(json.dumps({"items": [record, {"code": 7}]}, ensure_ascii=False), "utf-8")
    imported = program("catalog", "import", native, "--format", "native", "--data", data)
    assert imported.code == 0, imported
    assert imported.value["items"] == 1
    assert imported.value["warnings"], "the broken row is counted"
    assert program("catalog", "search", shown["name"][:2], "--data", data).value[0]["code"] == item
    drafting = Hall(hall.services, hall.station, data)
    assert program("enrol", "--station", hall.station, "--data", data, "--code", "WRONG").code == 1
    file = tmp_path / "intake.json"
    file.write_text(
        json.dumps({"item_code": item, "applicant": {"name": "演示·甲", "number": "x1"}}), "utf-8"
    )
    assert drafting.run("intake", file).code == 1


def test_two_processes_on_one_folder(hall: Hall, tmp_path: Path) -> None:
    from app.store.folder import DataFolder

    lock = DataFolder(hall.data).lock("test")
    try:
        answer = hall.run("sync")
        assert (answer.code, answer.error) == (1, "store.busy")
    finally:
        lock.release()
