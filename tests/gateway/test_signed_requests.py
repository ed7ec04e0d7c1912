"""The signature on a station's request: what it covers, when it is too old, and that it works once."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.station_request import SKEW, Stamp, header, parse_header, signing_input
from app.errors import ClockWrongError
from app.remote.line import Answer
from app.remote.refusals import refusal
from tests.gateway.running import AStation, fault

BODY = b'{"count":1}'


def path_of(station: AStation) -> str:
    return f"/v1/stations/{station.station_id}/numbers"


def signed(station: AStation, at: datetime, method: str = "POST", path: str = "", body: bytes = BODY) -> str:
    stamp = Stamp(station.station_id, at, secrets.token_hex(16))
    return header(stamp, station.sign(signing_input(stamp, method, path or path_of(station), body)))


def test_every_part_is_covered(station: AStation) -> None:
    now, path = datetime.now(UTC), path_of(station)
    for value in (
        signed(station, now, method="PUT"),
        signed(station, now, path=path + "/"),
        signed(station, now, path=path + "?count=2"),
        signed(station, now, body=b'{"count":2}'),
        signed(station, now).replace("nonce=", "nonce=0")[:-1] + "=",
    ):
        status, code = fault(station.raw("POST", path, BODY, value))
        assert (status, code) in {(401, "signature"), (401, "unsigned")}
    assert station.raw("POST", path, BODY, signed(station, now)).status_code == 201


def test_the_query_is_covered(station: AStation) -> None:
    path = path_of(station) + "?x=1"
    assert station.raw("POST", path, BODY, signed(station, datetime.now(UTC), path=path)).status_code == 201
    assert fault(station.raw("POST", path, BODY, signed(station, datetime.now(UTC)))) == (401, "signature")


def test_a_request_works_once(station: AStation) -> None:
    value = signed(station, datetime.now(UTC))
    assert station.raw("POST", path_of(station), BODY, value).status_code == 201
    assert fault(station.raw("POST", path_of(station), BODY, value)) == (401, "replay")


def test_time_and_nonce_cannot_be_changed(station: AStation) -> None:
    value = signed(station, datetime.now(UTC))
    stamp, signature = parse_header(value)
    for other in (
        Stamp(stamp.station_id, stamp.at + timedelta(seconds=1), stamp.nonce),
        Stamp(stamp.station_id, stamp.at, secrets.token_hex(16)),
    ):
        answer = station.raw("POST", path_of(station), BODY, header(other, signature))
        assert fault(answer) == (401, "signature")


@pytest.mark.parametrize("direction", [-1, 1])
def test_a_wrong_clock_is_told_as_a_wrong_clock(station: AStation, direction: int) -> None:
    far = datetime.now(UTC) + direction * (SKEW + timedelta(minutes=2))
    answer = station.raw("POST", path_of(station), BODY, signed(station, far))
    assert fault(answer) == (401, "clock_skew")
    error = refusal(Answer(401, {"content-type": "application/json"}, answer.content))
    assert isinstance(error, ClockWrongError)
    known = datetime.strptime(f"{error.values['known']} +0800", "%Y-%m-%d %H:%M %z")  # as a hall's clock
    assert abs(known - datetime.now(UTC)) < timedelta(minutes=5)

    near = datetime.now(UTC) + direction * (SKEW - timedelta(minutes=2))
    assert station.raw("POST", path_of(station), BODY, signed(station, near)).status_code == 201


def test_another_stations_key_does_not_sign_for_this_one(station: AStation, enrolled) -> None:  # type: ignore[no-untyped-def]
    other: AStation = enrolled()
    stamp = Stamp(station.station_id, datetime.now(UTC), secrets.token_hex(16))
    covered = signing_input(stamp, "POST", path_of(station), BODY)
    answer = station.raw("POST", path_of(station), BODY, header(stamp, other.sign(covered)))
    assert fault(answer) == (401, "signature")


@pytest.mark.parametrize("value", ["Basic abc", "GJ-Station", "GJ-Station station=A", "x" * 5000])
def test_other_headers_are_no_signature(station: AStation, value: str) -> None:
    assert fault(station.raw("POST", path_of(station), BODY, value)) == (401, "unsigned")


@given(
    st.from_regex(r"[0-9A-Z]{4,16}", fullmatch=True),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)),
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=1, max_size=80),
)
def test_headers_come_back(station_id: str, at: datetime, nonce: bytes, signature: bytes) -> None:
    stamp = Stamp(station_id, at.replace(microsecond=0, tzinfo=UTC), nonce.hex())
    assert parse_header(header(stamp, signature)) == (stamp, signature)


@given(st.text(max_size=80))
def test_any_text_is_a_header_or_a_value_error(text: str) -> None:
    try:
        parse_header(text)
    except ValueError:
        return
    assert text.startswith("GJ-Station station=")
