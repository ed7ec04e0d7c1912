"""Every way a line can be bad, as the error the program makes of it, and always within the deadline."""

import json
import socket
import threading
from datetime import UTC, datetime

import pytest

from app.domain.outbox import OutboxMessage
from app.errors import (
    AppError,
    ClockWrongError,
    EnrolmentRefusedError,
    LockedOutError,
    NotEnrolledError,
    OfflineError,
    ProtocolError,
    RejectedError,
    SignInError,
    StationRefusedError,
    ThrottledError,
)
from app.remote.gateway_client import GatewayClient
from app.remote.line import Line
from app.texts import load
from tests.patience import PATIENCE_S
from tests.remote.trouble import Behaviour, answer, drip, flood, raw, server, silence

JSON = "Content-Type: application/json"
HTML = "Content-Type: text/html"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def client(url: str) -> GatewayClient:
    return GatewayClient(url, "441900A12", lambda _: b"signature")


def message() -> OutboxMessage:
    return OutboxMessage("3f0c2a54-0000-4000-8000-000000000001", "case.received", "c", "{}", NOW, NOW)


def refusal(status: str, code: str, **values: object) -> Behaviour:
    error = {"code": code, "message": "…", "retryable": False, "values": values}
    return answer(status, json.dumps({"error": error}).encode(), JSON)


@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (silence, OfflineError),
        (raw(b""), OfflineError),
        (drip(HEAD), OfflineError),
        (drip(b"X-Endless: 1\r\n"), OfflineError),
        (drip(HEAD + b"Content-Length: 9999999\r\n\r\n" + b" " * 50), OfflineError),
        (raw(HEAD + b"Content-Length: 100\r\n\r\n{}"), OfflineError),
        (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"), OfflineError),
        (answer("500 Oops"), OfflineError),
        (answer("502 Bad Gateway", b"<html>", HTML), OfflineError),
        (answer("503 Busy", b'{"error":{"code":"busy"}}', JSON), OfflineError),
        (answer("408 Slow"), OfflineError),
        (answer("429 Slow down"), ThrottledError),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), ProtocolError),
        (raw(b"\x00\xff\xfe garbage \r\n\r\n"), ProtocolError),
        (answer("200 OK", b"<html>sign in</html>", HTML), ProtocolError),
        (answer("200 OK", b"not json", JSON), ProtocolError),
        (answer("200 OK", b"[" * 100_000, JSON), ProtocolError),
        (answer("200 OK", b"[]", JSON), ProtocolError),
        (answer("200 OK", b"{}", JSON), ProtocolError),
        (answer("200 OK", b'{"now": "noon", "catalog_version": ""}', JSON), ProtocolError),
        (answer("200 OK", b'{"now": "2026-11-21T00:00:00", "catalog_version": ""}', JSON), ProtocolError),
        (answer("204 Nothing"), ProtocolError),
        (answer("302 Elsewhere", b"", "Location: http://127.0.0.1:1/"), ProtocolError),
        (answer("403 No", b"<html>blocked by policy</html>", HTML), ProtocolError),
        (answer("404 Not here", b'{"detail":"Not Found"}', JSON), ProtocolError),
        (flood(HEAD + b"\r\n"), ProtocolError),
        (flood(HEAD + b"Content-Length: 99999999999\r\n\r\n"), ProtocolError),
        (refusal("404 Not here", "not_found"), RejectedError),
    ],
)
def test_health_over_a_bad_line(behave: Behaviour, expected: type[AppError]) -> None:
    deadline_s = 0.7 if expected is OfflineError else PATIENCE_S  # only silence has to run into it
    with server(behave) as url, pytest.raises(AppError) as caught:
        client(url).health(deadline_s)
    assert caught.value.code == expected.code
    assert load().error(caught.value)


@pytest.mark.parametrize(
    ("behave", "expected", "values"),
    [
        (refusal("401 Who", "clock_skew", now="2030-01-02T03:04:05+00:00"), ClockWrongError, {}),
        (refusal("401 Who", "clock_skew", now="nonsense"), ClockWrongError, {"known": "?"}),
        (refusal("401 Who", "signature"), StationRefusedError, {"reason": "signature"}),
        (refusal("401 Who", "station_unknown"), StationRefusedError, {"reason": "station_unknown"}),
        (refusal("409 No", "number_taken"), RejectedError, {"reason": "number_taken"}),
        (refusal("422 No", "a_code_of_tomorrow"), RejectedError, {"reason": "a_code_of_tomorrow"}),
        (refusal("403 No", "sign_in", left=3), SignInError, {"left": 3}),
        (refusal("423 Locked", "locked_out", minutes=15), LockedOutError, {"minutes": 15}),
    ],
)
def test_refusals_keep_their_meaning(
    behave: Behaviour, expected: type[AppError], values: dict[str, object]
) -> None:
    with server(behave) as url, pytest.raises(AppError) as caught:
        client(url).upload(message(), timeout_s=5)
    assert type(caught.value) is expected
    assert values.items() <= caught.value.values.items()
    assert "?" not in load().error(caught.value) or values == {"known": "?"}


def test_a_refused_enrolment_is_its_own_error() -> None:
    with server(refusal("403 No", "code_refused")) as url, pytest.raises(EnrolmentRefusedError) as caught:
        GatewayClient(url, "441900A12").enrol("X", "441900A12", "演示", "counter", "pem")
    assert "登记码不对" in load().error(caught.value)


def test_nobody_there_is_offline() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and nobody else can
        with pytest.raises(OfflineError):
            client(f"http://127.0.0.1:{deaf.getsockname()[1]}").health()
    with pytest.raises(OfflineError):
        client("http://no-such-host.invalid").health(timeout_s=3)


@pytest.mark.parametrize(
    "url", ["", "gateway", "ftp://127.0.0.1", "http://", "http://[", "http://127.0.0.1:99999"]
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises((ProtocolError, OfflineError)):
        client(url).health()


def test_a_station_without_a_key_sends_nothing() -> None:
    asked = threading.Event()

    def note(_connection: socket.socket, _over: threading.Event) -> None:
        asked.set()

    with server(note) as url, pytest.raises(NotEnrolledError):
        GatewayClient(url, "441900A12").lease_numbers(1)
    assert not asked.is_set()


def test_an_abandoned_call_leaves_no_thread_behind() -> None:
    with server(drip(HEAD)) as url, pytest.raises(OfflineError):
        client(url).health(timeout_s=0.3)
    for thread in threading.enumerate():
        if thread.name == "gateway-call":
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "body",
    [
        {"block_id": "b", "first": 0, "last": 5},
        {"block_id": "b", "first": 9, "last": 5},
        {"block_id": "b", "first": "1", "last": 5},
        {"block_id": "b", "first": True, "last": 5},
        {"first": 1, "last": 5},
    ],
)
def test_a_block_in_disorder_is_not_taken(body: dict[str, object]) -> None:
    with server(answer("201 Made", json.dumps(body).encode(), JSON)) as url, pytest.raises(ProtocolError):
        client(url).lease_numbers(5)


def test_an_answer_about_another_case_is_no_receipt_for_this_one() -> None:
    body = {"message_id": message().message_id, "case_id": "another", "platform_number": "SIM-1"}
    with server(answer("200 OK", json.dumps(body).encode(), JSON)) as url, pytest.raises(ProtocolError):
        client(url).upload(message())


def test_a_download_that_only_drips_is_given_up() -> None:
    """Each byte comes well within the time-out per read; it is the pace that is not good enough."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        drip(b"x", pause_s=0.02)(connection, over)

    with (
        server(behave) as url,
        pytest.raises(OfflineError),
        Line(url, window_s=0.3).stream("/large") as (_, chunks),
    ):
        for chunk in chunks:
            assert chunk == b"x" * len(chunk)


def test_a_download_that_is_cut_off_says_so() -> None:
    with server(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) as url:
        seen: list[bytes] = []
        with pytest.raises(OfflineError), Line(url).stream("/large") as (_, chunks):
            seen.extend(chunks)
        assert b"".join(seen) == b"abc"
