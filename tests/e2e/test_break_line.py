"""Whatever stands where the gateway should be: the case is safe, soon, and delivered once later."""

import time
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from tests.e2e.gateways import Behaviour, dripping, endless, saying, silent, standing_in, swallowing
from tests.e2e.hall import Answer, Hall

LONGEST_S = 30  # what the caller of `intake` is promised
WRONG_ANSWERS: dict[str, Behaviour] = {
    "dripping": dripping,
    "endless": endless,
    "not HTTP": lambda line, over: line.sendall(bytes(range(256)) * 9),
    "a login page": saying("200 OK", "<html>login</html>"),
    "other JSON": saying("200 OK", '{"now": 5, "case_id": [], "platform_number": 7}', "application/json"),
    "302": saying("302 Found\r\nLocation: http://127.0.0.1:9/"),
    "401": saying("401 Unauthorized"),
    "409": saying("409 Conflict", "{}", "application/json"),
    "429": saying("429 Too Many Requests\r\nRetry-After: 3600"),
    "503": saying("503 Service Unavailable"),
    "refused as ours would": saying("422 X", '{"error": {"code": "content"}}', "application/json"),
}


@pytest.fixture(scope="module")
def case(hall: Hall) -> dict[str, object]:
    item = str(hall.search("证")[0]["code"])
    return {"item_code": item, "situation": hall.first_path(item)}


def behind(hall: Hall, folder: Path, address: str, *devices: str) -> Hall:
    """The same station with another gateway, and these devices, at `address`."""
    text = hall.station.read_text(encoding="utf-8")
    text = text.replace(f'\nurl = "{hall.services.gateway}"', f'\nurl = "http://{address}"')
    for device in devices:
        text = text.replace(hall.services.lines[device], address)
    station = folder / "station.toml"
    station.write_text(text, encoding="utf-8")
    return Hall(hall.services, station, hall.data)


def take(hall: Hall, case: dict[str, object], folder: Path, **fields: object) -> Answer:
    """One intake, back in time; a machine so busy that a start alone takes long is no fault of the line."""
    began = time.monotonic()
    answer = hall.intake(folder / "intake.json", **{**case, **fields})
    took = time.monotonic() - began
    if took >= LONGEST_S:
        began = time.monotonic()
        hall.run("receipt", "verify", answer.value["receipt_pdf"])
        took -= 3 * (time.monotonic() - began)
    assert took < LONGEST_S
    return answer


def uploads(hall: Hall, *case_ids: str) -> list[int]:
    """How often the gateway has each case."""
    with closing(connect(hall.services.data / "gateway" / "gateway.sqlite")) as database:
        count = "SELECT count(*) FROM cases WHERE case_id = ?"
        return [database.execute(count, (case_id,)).fetchone()[0] for case_id in case_ids]


def test_no_wrong_gateway_costs_a_case(hall: Hall, case: dict[str, object], tmp_path: Path) -> None:
    taken = []
    for name, behaviour in WRONG_ANSWERS.items():
        with standing_in(behaviour) as address:
            answer = take(behind(hall, tmp_path, address), case, tmp_path)
        assert answer.code == 0, (name, answer)
        assert (answer.value["state"], answer.value["uploaded"]) == ("received", False), name
        assert answer.value["upload_reason"] and answer.value["upload_advice"], name
        taken.append(answer.value["case_id"])
    assert uploads(hall, *taken) == [0] * len(taken)
    later = hall.run("sync").value
    assert (later["uploaded"], later["pending"], later["rejected"]) == (len(taken), 0, 0)
    assert uploads(hall, *taken) == [1] * len(taken)


@pytest.mark.soak
def test_everything_silent_at_once(hall: Hall, case: dict[str, object], tmp_path: Path) -> None:
    hall.services.tell("escpos", "fault mute_after")
    typed = {"name": "演示·甲", "number": "11010519491231002X"}
    with standing_in(silent) as address:
        answer = take(behind(hall, tmp_path, address), case, tmp_path, applicant=typed)
        assert (answer.code, answer.value["printed"], answer.value["uploaded"]) == (0, "unknown", False)
        mute = behind(hall, tmp_path, address, "sdt", "escpos")
        answer = take(mute, case, tmp_path)
        assert (answer.code, answer.error) == (1, "device.timeout")
        doctor = mute.run("doctor").value
    assert doctor["ready"] is False
    advice = {device["kind"]: device["advice"] for device in doctor["devices"]}
    assert advice["id_reader"] and advice["receipt_printer"] and not advice["scanner"]
    assert doctor["gateway"]["online"] is False
    assert hall.run("sync").value["pending"] == 0


def test_stored_there_but_the_answer_lost(hall: Hall, case: dict[str, object], tmp_path: Path) -> None:
    with standing_in(swallowing(hall.services.gateway)) as address:
        answer = take(behind(hall, tmp_path, address), case, tmp_path)
    assert (answer.code, answer.value["uploaded"], answer.value["offline"]) == (0, False, False)
    assert uploads(hall, answer.value["case_id"]) == [1], "the gateway had stored it"
    later = hall.run("sync").value
    assert (later["uploaded"], later["pending"]) == (1, 0)
    assert uploads(hall, answer.value["case_id"]) == [1], "and took the second for the same"
