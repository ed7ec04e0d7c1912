"""Case intake against the running gateway: once, whole, and only what a station really signed."""

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from app.domain import numbering, record
from app.domain.case import Contact
from app.domain.outbox import OutboxMessage
from app.errors import OfflineError, RejectedError
from tests.gateway.running import ID_NUMBER, PERSON, AStation, RunningGateway, fault, receipt_of


def refused(station: AStation, message: OutboxMessage) -> str:
    with pytest.raises(RejectedError) as caught:
        station.client.upload(message)
    return str(caught.value.values["reason"])


def changed(message: OutboxMessage, **content: object) -> OutboxMessage:
    return replace(message, body=json.dumps({**json.loads(message.body), **content}))


def test_a_message_is_taken_once_however_often_it_is_sent(station: AStation) -> None:
    message = station.message()
    assert station.client.upload(message) == ""  # no city platform here, so no number yet
    assert station.client.upload(message) == ""
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: station.client.upload(message), range(12))) == {""}


def test_the_same_message_many_times_at_once_is_one_case(station: AStation) -> None:
    """A loser of the race may be told to come again (OfflineError), never that it was wrong."""
    message = station.message()

    def upload(_: int) -> bool:
        try:
            station.client.upload(message)
        except OfflineError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert any(pool.map(upload, range(16)))
    assert station.client.upload(message) == ""


def test_the_same_id_with_other_content_is_refused(station: AStation) -> None:
    message = station.message()
    station.client.upload(message)
    other = replace(station.message(), message_id=message.message_id)
    assert refused(station, other) == "message_differs"
    spelled = replace(message, body=json.dumps(json.loads(message.body), indent=3))
    assert station.client.upload(spelled) == ""  # said the same, spelled otherwise


def test_another_stations_message_id_is_refused(station: AStation, enrolled: Callable[[], AStation]) -> None:
    message, other = station.message(), enrolled()
    station.client.upload(message)
    assert refused(other, message) == "message_differs"


def test_a_number_is_used_by_one_case_only(station: AStation) -> None:
    case = station.case()
    station.client.upload(station.message(case))
    twin = replace(case, case_id=str(uuid4()))
    assert refused(station, station.message(twin)) == "number_taken"


def test_a_case_arrives_by_one_message_only(station: AStation) -> None:
    case = station.case()
    station.client.upload(station.message(case))
    again = replace(case, number=station.next_number())
    assert refused(station, station.message(again)) == "case_taken"


def test_a_number_must_be_of_a_block_leased_to_this_station(
    station: AStation, enrolled: Callable[[], AStation]
) -> None:
    def number(station_id: str, sequence: int) -> str:
        return numbering.compose(station_id, date(2026, 11, 21), sequence)

    beyond = number(station.station_id, station.block.last + 1)
    foreign = number(enrolled().station_id, 1)
    good = number(station.station_id, 900)
    wrong_check = good[:-1] + ("A" if good[-1] != "A" else "B")
    for bad in (beyond, foreign, wrong_check):
        assert refused(station, station.message(station.case(number=bad))) == "number_not_leased"


def test_a_token_must_be_genuine_and_about_this_receipt(
    station: AStation, enrolled: Callable[[], AStation]
) -> None:
    message, other = station.message(), enrolled().message()
    token = json.loads(message.body)["token"]
    for forged in ("", "A" * 300, token[:-1], token[:40] + ("A" if token[40] != "A" else "B") + token[41:]):
        assert refused(station, changed(message, token=forged)) == "receipt_not_genuine"
    foreign = json.loads(other.body)["token"]
    assert refused(station, changed(message, token=foreign)) == "content_mismatch"
    assert refused(station, changed(message, salt="00" * 16)) == "content_mismatch"


def test_case_receipt_and_token_have_to_agree(station: AStation) -> None:
    case = station.case()
    message = station.message(case)
    for other_receipt in (
        replace(receipt_of(case), applicant_name="演示·另一人"),
        replace(receipt_of(case), case_id=str(uuid4())),
        replace(receipt_of(case), offline=True),
    ):
        assert refused(station, changed(message, receipt=record.plain(other_receipt))) == "content_mismatch"
    for other_case in (
        replace(case, number=station.next_number()),
        replace(case, offline=True),
        replace(case, case_id=str(uuid4())),
    ):
        assert refused(station, changed(message, case=record.plain(other_case))) == "content_mismatch"
    assert refused(station, replace(message, case_id=str(uuid4()))) == "content_mismatch"
    assert station.client.upload(message) == ""


def test_no_station_hands_in_for_another(station: AStation, enrolled: Callable[[], AStation]) -> None:
    assert refused(enrolled(), station.message()) == "content_mismatch"


def test_a_field_of_a_newer_terminal_does_not_hurt(station: AStation) -> None:
    from app.domain.receipt import canonical_fields, digest
    from app.receipts.keys import load_key
    from app.receipts.token import claims_of, issue_token

    case = station.case()
    plain = {**record.plain(receipt_of(case)), "from_the_future": "新字段"}
    text = canonical_fields(plain)
    claims = claims_of(receipt_of(case), digest(text, b"s" * 16), station.key_id)
    token = issue_token(claims, load_key(station.pem))
    message = station.message(case, receipt=plain, salt=(b"s" * 16).hex(), token=token)
    assert station.client.upload(message) == ""


@pytest.mark.parametrize(
    "content",
    [
        {"case": None},
        {"case": {}},
        {"case": []},
        {"receipt": "x"},
        {"salt": "zz"},
        {"salt": 7},
        {"case": {"case_id": 1}},
    ],
)
def test_malformed_content_is_a_422_and_not_a_500(station: AStation, content: dict[str, object]) -> None:
    assert refused(station, changed(station.message(), **content)) == "invalid"


def test_an_unknown_topic_is_refused(station: AStation) -> None:
    assert refused(station, replace(station.message(), topic="case.sung")) == "topic_unknown"


def test_old_messages_of_a_renewed_station_still_arrive(running: RunningGateway, station: AStation) -> None:
    """Offline for days, then enrolled anew: what waits is signed with the former key."""
    waiting = station.message()
    renewed = AStation(station.station_id, running.url).enrol(running.code(station.station_id))
    assert renewed.client.upload(waiting) == ""


def test_what_is_too_long_is_refused(station: AStation) -> None:
    path = f"/v1/messages/{uuid4()}"
    assert fault(station.raw("PUT", path, b'{"x":"' + b"a" * (1 << 20) + b'"}')) == (413, "too_large")


def test_nothing_personal_lies_open(running: RunningGateway, station: AStation) -> None:
    """Not in the log, and in the database only sealed."""
    case = station.case()
    case = replace(case, application=replace(case.application, contact=Contact("13800000000")))
    station.client.upload(station.message(case))
    refused(station, changed(station.message(case), case={"applicant": PERSON}))
    secrets = [PERSON.encode(), ID_NUMBER.encode(), b"13800000000"]
    log = running.log().encode()
    assert not any(secret in log for secret in secrets)
    if running.database is None:
        with sqlite3.connect(running.data / "gateway" / "gateway.sqlite") as db:
            db.execute("PRAGMA wal_checkpoint(FULL)")
        stored = b"".join(p.read_bytes() for p in (running.data / "gateway").glob("gateway.sqlite*"))
        assert case.number.encode() in stored
        assert not any(secret in stored for secret in secrets)
