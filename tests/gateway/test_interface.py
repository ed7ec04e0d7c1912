"""The interface as a whole: its OpenAPI document, every path, every refusal in one form."""

import hashlib
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from openapi_spec_validator import validate

from app.gateway.faults import Fault
from app.texts import load
from tests.gateway.running import ROOT, AStation, RunningGateway, fault

DOCUMENT = ROOT / "docs" / "gateway" / "openapi.json"
TIMEOUT = 20


def get(running: RunningGateway, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{running.url}{path}", headers=headers, timeout=TIMEOUT)


def test_the_committed_document_is_the_running_one(running: RunningGateway) -> None:
    document = get(running, "/v1/openapi.json").json()
    validate(document)
    assert document == json.loads(DOCUMENT.read_text(encoding="utf-8"))


def test_every_path_answers_as_the_document_says(running: RunningGateway, station: AStation) -> None:
    """Each operation of the document is called with something good; a new path without a call here fails."""
    message = station.message()
    token = json.loads(message.body)["token"]
    timestamp = get(running, "/repository/metadata/timestamp.json").json()
    version = timestamp["signed"]["meta"]["snapshot.json"]["version"]
    snapshot = get(running, f"/repository/metadata/{version}.snapshot.json").json()
    targets = get(
        running, f"/repository/metadata/{snapshot['signed']['meta']['targets.json']['version']}.targets.json"
    ).json()["signed"]["targets"]
    listed = targets["stations.json"]["hashes"]["sha256"]
    enrolment = {
        "code": running.code(),
        "station_id": station.station_id + "Z",
        "site": "演示",
        "mode": "kiosk",
        "request_pem": _request(),
    }
    sent = {"topic": message.topic, "case_id": message.case_id, "content": json.loads(message.body)}
    wrong_pin = {"operator_id": "2000", "pin": "1"}

    data = b"%PDF-1.7 made up"
    path = f"/v1/files/{uuid4()}"
    announced = {
        "case_id": str(uuid4()),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "media_type": "application/pdf",
    }

    def call(method: str, path: str, body: Any = None) -> int:
        data = json.dumps(body).encode() if body is not None else b""
        return station.raw(method, path, data).status_code

    answers = {
        "get /v1/health": call("GET", "/v1/health"),
        "post /v1/enrolments": call("POST", "/v1/enrolments", enrolment),
        "post /v1/stations/{station_id}/numbers": call(
            "POST", f"/v1/stations/{station.station_id}/numbers", {"count": 2}
        ),
        "put /v1/messages/{message_id}": call("PUT", f"/v1/messages/{message.message_id}", sent),
        "put /v1/files/{file_id}": call("PUT", path, announced),
        "get /v1/files/{file_id}": call("GET", path),
        "put /v1/files/{file_id}/parts/{start}": station.raw("PUT", f"{path}/parts/0", data).status_code,
        "post /v1/files/{file_id}/complete": call("POST", f"{path}/complete"),
        "post /v1/operators/sign-in": call("POST", "/v1/operators/sign-in", wrong_pin),
        "get /R/{token}": call("GET", f"/R/{token}"),
        "get /repository/metadata/{name}": call("GET", "/repository/metadata/1.root.json"),
        "get /repository/targets/{path}": call("GET", f"/repository/targets/{listed}.stations.json"),
    }
    expected = {200, 201}
    assert {name: status for name, status in answers.items() if status not in expected} == {
        "post /v1/operators/sign-in": 403
    }
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    operations = {f"{method} {path}" for path, methods in document["paths"].items() for method in methods}
    assert set(answers) == operations


def _request() -> str:
    from app.receipts.keys import make_key, signing_request

    return signing_request(make_key(), "X")


def test_every_fault_has_a_sentence() -> None:
    for each in Fault:
        assert load()[f"gateway_fault.{each.code}"].endswith("。")


def test_refusals_have_one_form(running: RunningGateway) -> None:
    post = f"{running.url}/v1/enrolments"
    assert fault(get(running, "/nothing/here")) == (404, "not_found")
    assert fault(get(running, "/v1/enrolments")) == (405, "method_not_allowed")
    assert fault(requests.post(post, data=b"{", timeout=TIMEOUT)) == (422, "invalid")
    assert fault(requests.post(post, json=[], timeout=TIMEOUT)) == (422, "invalid")
    assert fault(requests.post(post, json={"code": 7}, timeout=TIMEOUT)) == (422, "invalid")
    assert fault(requests.post(post, data=b"\xff\xfe" * 600_000, timeout=TIMEOUT)) == (413, "too_large")
    assert fault(get(running, "/v1/messages/not-a-uuid")) == (405, "method_not_allowed")


def test_a_refusal_never_repeats_what_was_sent(running: RunningGateway) -> None:
    answer = requests.post(
        f"{running.url}/v1/enrolments", json={"code": ["SECRET-CODE"], "site": 5}, timeout=TIMEOUT
    )
    assert "SECRET-CODE" not in answer.text
    assert "body.code" in answer.json()["error"]["values"]["fields"]


def test_an_endless_body_is_cut_off(running: RunningGateway) -> None:
    def endless() -> Any:
        while True:
            yield b"a" * 65536

    try:
        answer = requests.post(f"{running.url}/v1/enrolments", data=endless(), timeout=TIMEOUT)
    except requests.ConnectionError:  # refused while we were still sending
        pass
    else:
        assert fault(answer) == (413, "too_large")
    assert get(running, "/v1/health").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/repository/metadata/..%2f..%2fkeys%2froot.pem",
        "/repository/metadata/../../keys/root.pem",
        "/repository/targets/../../keys/root.pem",
        "/repository/targets/%2e%2e/%2e%2e/keys/root.pem",
        "/repository/targets/" + "0" * 64 + ".stations.json",
        "/repository/metadata/99999.root.json",
    ],
)
def test_only_published_files_come_out(running: RunningGateway, path: str) -> None:
    host = urlsplit(running.url)
    with socket.create_connection(
        (host.hostname, host.port), timeout=TIMEOUT
    ) as raw:  # as typed, unnormalised
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.split(b" ")[1] in {b"404", b"422"}
    assert b"PRIVATE" not in answer


def test_targets_are_served_in_ranges(running: RunningGateway) -> None:
    path = "/repository/metadata/1.root.json"
    whole = get(running, path).content
    part = get(running, path, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole[10:20])


def test_guessing_codes_is_slowed_down(running: RunningGateway) -> None:
    """From another address than the other tests use, since this one gets blocked."""
    body = {
        "code": "GUESS",
        "station_id": "GUESS1",
        "site": "演示",
        "mode": "kiosk",
        "request_pem": _request(),
    }

    def guess(_: int) -> requests.Response:
        with requests.Session() as session:
            session.mount("http://", _From("127.0.0.77"))
            return session.post(f"{running.url}/v1/enrolments", json=body, timeout=TIMEOUT)

    with ThreadPoolExecutor(4) as pool:
        faults = [fault(answer) for answer in pool.map(guess, range(14))]
    assert set(faults) == {(403, "code_refused"), (429, "throttled")}
    assert guess(0).headers["Retry-After"] == "60"


class _From(requests.adapters.HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, source_address=(self._address, 0))


def test_the_log_names_routes_and_never_tokens(running: RunningGateway, station: AStation) -> None:
    token = json.loads(station.message().body)["token"]
    assert get(running, f"/R/{token}").status_code == 200
    log = running.log()
    assert "GET /R/{token} 200" in log
    assert token[:24] not in log
    assert station.station_id not in "".join(line for line in log.splitlines() if "requests" in line)


def test_documents_say_where_they_are(running: RunningGateway) -> None:
    headers = get(running, "/v1/health").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "server" not in {name.lower() for name in headers}
    assert Path(DOCUMENT).stat().st_size > 1000
