"""Materials on file against the running gateway: in parts, once, whole, and a case only with all of them."""

import hashlib
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.domain.material_file import LARGEST_CASE, LARGEST_FILE, PART, FileRole, MaterialFile, MediaType
from app.errors import FileCorruptError, FilesMissingError, OfflineError, RejectedError
from app.gateway import files
from app.gateway.database import SCHEMA, Database, file_parts, schema_version, sqlite_url
from app.gateway.database import files as files_table
from app.gateway.vault import Vault
from tests.gateway.running import CHINA, AStation, RunningGateway, fault, gateway
from tests.patience import PATIENCE_S

PDF = b"%PDF-1.7\n"


def some_bytes(size: int, start: bytes = PDF) -> bytes:
    return start + os.urandom(size - len(start))


def a_file(data: bytes, case_id: str = "", **changes: object) -> MaterialFile:
    digest = hashlib.sha256(data).hexdigest()
    made = MaterialFile(
        str(uuid4()), "draft", "m1", FileRole.MATERIAL, MediaType.PDF, 1, len(data), digest,
        datetime.now(CHINA), case_id or str(uuid4()),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def send(station: AStation, file: MaterialFile, data: bytes, part: int = PART) -> None:
    at = station.client.begin_file(file).offset
    while at < file.size:
        at = station.client.send_part(file.file_id, at, data[at : at + part]).offset
    assert station.client.finish_file(file.file_id).sha256 == file.sha256


def reason(caught: "pytest.ExceptionInfo[RejectedError]") -> str:
    return str(caught.value.values["reason"])


def stored(running: RunningGateway, file_id: str) -> bytes:
    """As the gateway keeps it: sealed; opened with its own key."""
    database = Database(running.database or sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    try:
        with database.read() as db:
            box = Vault(running.data / "gateway" / "keys").records_box()
            return files.content(db, box, file_id)
    finally:
        database.close()


def test_a_file_in_parts_is_whole_and_sealed_at_the_gateway(
    running: RunningGateway, station: AStation
) -> None:
    data = some_bytes(2 * PART + 77)
    file = a_file(data)
    send(station, file, data)
    assert stored(running, file.file_id) == data
    done = station.client.begin_file(file)
    assert (done.offset, done.complete, done.sha256) == (file.size, True, file.sha256)
    database = Database(running.database or sqlite_url(running.data / "gateway" / "gateway.sqlite"))
    with database.read() as db:
        sealed = db.scalars(select(file_parts.c.sealed).where(file_parts.c.file_id == file.file_id)).all()
    database.close()
    assert len(sealed) == 3
    assert not any(data[:64] in part or data[PART : PART + 64] in part for part in sealed)


def test_whatever_is_sent_the_answer_says_where_to_go_on(station: AStation) -> None:
    data = some_bytes(3 * PART)
    file, client = a_file(data), station.client
    assert client.begin_file(file).offset == 0
    assert client.send_part(file.file_id, PART, data[PART : 2 * PART]).offset == 0  # a gap is not taken
    assert client.send_part(file.file_id, 0, data[:PART]).offset == PART
    assert client.send_part(file.file_id, 0, data[:PART]).offset == PART  # nor the same part twice
    assert client.begin_file(file).offset == PART
    with pytest.raises(FilesMissingError) as caught:
        client.finish_file(file.file_id)
    assert caught.value.values["missing"] == [file.file_id]


def test_parts_sent_many_times_at_once_are_one_file(running: RunningGateway, station: AStation) -> None:
    data = some_bytes(4 * PART)
    file = a_file(data)

    def upload(_: int) -> None:
        at = station.client.begin_file(file).offset
        while at < file.size:
            try:
                at = station.client.send_part(file.file_id, at, data[at : at + PART]).offset
            except OfflineError:  # lost a race: come again
                at = station.client.begin_file(file).offset

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upload, range(4)))
    assert station.client.finish_file(file.file_id).complete
    assert stored(running, file.file_id) == data


def test_what_arrived_wrong_is_thrown_away_and_can_be_sent_anew(station: AStation) -> None:
    data = some_bytes(PART + 5)
    file = a_file(data)
    wrong = data[:-1] + bytes([data[-1] ^ 1])
    client = station.client
    client.begin_file(file)
    for start in (0, PART):
        client.send_part(file.file_id, start, wrong[start : start + PART])
    with pytest.raises(FileCorruptError):
        client.finish_file(file.file_id)
    assert client.begin_file(file).offset == 0
    send(station, file, data)


def test_only_what_was_announced(station: AStation) -> None:
    data = some_bytes(1000)
    file, client = a_file(data), station.client
    client.begin_file(file)
    other_hash = replace(file, sha256="0" * 64)
    with pytest.raises(RejectedError) as caught:
        client.begin_file(other_hash)
    assert reason(caught) == "file_differs"
    with pytest.raises(RejectedError) as caught:
        client.send_part(file.file_id, 0, data + b"x")
    assert reason(caught) == "invalid"
    with pytest.raises(RejectedError) as caught:
        client.send_part(file.file_id, 0, b"PK\x03\x04 something else")
    assert reason(caught) == "file_kind"
    picture = a_file(data, media_type=MediaType.JPEG)
    client.begin_file(picture)
    with pytest.raises(RejectedError) as caught:
        client.send_part(picture.file_id, 0, data)
    assert reason(caught) == "file_kind"
    path = f"/v1/files/{file.file_id}/parts/0"
    assert fault(station.raw("PUT", path, bytes(PART + 1))) == (413, "too_large")
    assert client.begin_file(file).offset == 0


def test_limits_of_a_file_and_of_a_case(station: AStation) -> None:
    with pytest.raises(RejectedError) as caught:
        station.client.begin_file(a_file(PDF, size=LARGEST_FILE + 1))
    assert reason(caught) == "file_too_large"
    case_id = str(uuid4())
    for _ in range(LARGEST_CASE // LARGEST_FILE):
        station.client.begin_file(a_file(PDF, case_id, size=LARGEST_FILE))
    with pytest.raises(RejectedError) as caught:
        station.client.begin_file(a_file(PDF, case_id))
    assert reason(caught) == "file_too_large"


def test_a_file_is_its_stations_alone(station: AStation, enrolled: Callable[[], AStation]) -> None:
    data, other = some_bytes(500), enrolled()
    file = a_file(data)
    station.client.begin_file(file)
    with pytest.raises(RejectedError) as caught:
        other.client.begin_file(file)
    assert reason(caught) == "file_differs"
    with pytest.raises(FilesMissingError):
        other.client.send_part(file.file_id, 0, data)
    with pytest.raises(FilesMissingError):
        other.client.finish_file(file.file_id)
    path = f"/v1/files/{file.file_id}"
    assert fault(other.raw("GET", path)) == (404, "file_unknown")
    assert station.raw("GET", path).json()["offset"] == 0


def test_a_case_is_taken_with_all_its_files_only(running: RunningGateway, station: AStation) -> None:
    case = station.case()
    one, two = some_bytes(700), some_bytes(PART + 1)
    first, second = a_file(one, case.case_id), a_file(two, case.case_id)
    message = station.message(case, files=[first.listed(), second.listed()])
    with pytest.raises(FilesMissingError) as caught:
        station.client.upload(message)
    assert caught.value.values["missing"] == [first.file_id, second.file_id]
    send(station, first, one)
    station.client.begin_file(second)
    station.client.send_part(second.file_id, 0, two[:PART])
    with pytest.raises(FilesMissingError) as caught:
        station.client.upload(message)
    assert caught.value.values["missing"] == [second.file_id]
    send(station, second, two)
    assert station.client.upload(message) == ""
    assert station.client.upload(message) == ""
    assert stored(running, second.file_id) == two


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sha256": "0" * 64}, "content_mismatch"),
        ({"size": 4}, "content_mismatch"),
        ({"file_id": "../x"}, "invalid"),
        ({"size": None}, "invalid"),
    ],
)
def test_a_list_that_says_something_else_is_refused(
    station: AStation, change: dict[str, object], expected: str
) -> None:
    case, data = station.case(), some_bytes(300)
    file = a_file(data, case.case_id)
    send(station, file, data)
    message = station.message(case, files=[{**file.listed(), **change}])
    with pytest.raises(RejectedError) as caught:
        station.client.upload(message)
    assert reason(caught) == expected


def test_another_cases_file_is_no_substitute(station: AStation) -> None:
    case, data = station.case(), some_bytes(300)
    file = a_file(data)
    send(station, file, data)
    with pytest.raises(RejectedError) as caught:
        station.client.upload(station.message(case, files=[file.listed()]))
    assert reason(caught) == "content_mismatch"


def test_a_gateway_killed_mid_part_goes_on_where_it_was(tmp_path: Path) -> None:
    data = some_bytes(3 * PART)
    file = a_file(data)
    with gateway(tmp_path) as running:
        station = AStation("T90001", running.url).enrol(running.code())
        station.client.begin_file(file)
        station.client.send_part(file.file_id, 0, data[:PART])
        with ThreadPoolExecutor(1) as pool:
            under_way = pool.submit(station.client.send_part, file.file_id, PART, data[PART : 2 * PART])
            running.process.kill()
            running.process.wait(PATIENCE_S)
            assert isinstance(under_way.exception(), OfflineError | None)
    with gateway(tmp_path) as running:
        station.url = running.url
        assert station.client.begin_file(file).offset in (PART, 2 * PART)
        send(station, file, data)
        assert stored(running, file.file_id) == data


def test_what_nobody_goes_on_with_is_removed(tmp_path: Path) -> None:
    data = some_bytes(600)
    with gateway(tmp_path) as running:
        station = AStation("T90002", running.url).enrol(running.code())
        case = station.case()
        half, whole, cased = a_file(data), a_file(data), a_file(data, case.case_id)
        station.client.begin_file(half)
        station.client.send_part(half.file_id, 0, data[:100])
        send(station, whole, data)
        send(station, cased, data)
        station.client.upload(station.message(case, files=[cased.listed()]))
    database = Database(sqlite_url(tmp_path / "gateway" / "gateway.sqlite"))

    def left_after(days: int) -> set[str]:
        with database.write() as db:
            files.clean(db, datetime.now(CHINA) + timedelta(days=days))
            assert set(db.scalars(select(file_parts.c.file_id))) <= set(
                db.scalars(select(files_table.c.file_id))
            )
            return set(db.scalars(select(files_table.c.file_id)))

    assert left_after(6) == {half.file_id, whole.file_id, cased.file_id}
    assert left_after(8) == {whole.file_id, cased.file_id}
    assert left_after(3650) == {cased.file_id}
    database.close()


def test_a_gateway_of_before_gets_the_tables(tmp_path: Path) -> None:
    """Schema 1 is schema 2 without the two tables of files."""
    url = sqlite_url(tmp_path / "gateway.sqlite")
    old = Database(url)
    with old.write() as db:
        file_parts.drop(db)
        files_table.drop(db)
        db.execute(schema_version.update().values(version=1))
    old.close()
    new = Database(url)
    with new.read() as db:
        assert db.scalars(select(schema_version.c.version)).all() == [SCHEMA]
        assert db.execute(select(files_table)).all() == []
    new.close()


def test_the_log_says_nothing_of_files_but_their_routes(running: RunningGateway, station: AStation) -> None:
    data = some_bytes(300)
    file = a_file(data, material_key="演示材料")
    send(station, file, data)
    log = running.log()
    assert "PUT /v1/files/{file_id}/parts/{start} 200" in log
    assert "演示材料" not in json.dumps(log, ensure_ascii=False)
