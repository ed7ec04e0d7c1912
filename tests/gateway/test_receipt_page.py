"""The page behind the QR, and the demo gateway with its codes, operators and simulated platform."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests

from app.domain.numbering import compose
from app.texts import load
from tests.gateway.running import (
    ID_NUMBER,
    PERSON,
    SITE,
    AStation,
    RunningGateway,
    gateway,
    items,
    put_draft,
    token_of,
)
from tests.patience import PATIENCE_S


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    data = tmp_path_factory.mktemp("demo")
    put_draft(data, items())
    with gateway(data, "--demo") as started:
        yield started


@pytest.fixture(scope="module")
def station(demo: RunningGateway) -> AStation:
    return AStation("441900A12", demo.url).enrol("DEMO")


def page(station: AStation, token: str) -> requests.Response:
    return requests.get(f"{station.url}/R/{token}", timeout=PATIENCE_S)


def words(answer: requests.Response) -> str:
    body = answer.text.partition("</style>")[2]
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


def say(key: str) -> str:
    return load()[f"gateway_page.{key}"]


def test_an_uploaded_receipt(station: AStation) -> None:
    message = station.message()
    platform_number = station.client.upload(message)
    assert platform_number.startswith("SIM-")
    assert station.client.upload(message) == platform_number
    answer = page(station, token_of(message))
    shown = words(answer)
    case = json.loads(message.body)["case"]
    assert answer.status_code == 200
    for expected in (
        say("genuine"),
        say("what_it_is"),
        case["number"],
        case["item_name"],
        SITE,
        say("state_received"),
        say("uploaded"),
        load().say("gateway_page.simulated", number=platform_number),
        say("demo_note"),
    ):
        assert expected in shown
    assert "收件凭证" in shown and "不是受理通知书" in shown
    assert PERSON not in answer.text and ID_NUMBER not in answer.text and "东方测试" not in answer.text


def test_a_receipt_made_offline_is_genuine_before_it_is_uploaded(station: AStation) -> None:
    message = station.message(station.case(offline=True))
    shown = words(page(station, token_of(message)))
    for key in ("genuine", "line_offline", "not_uploaded", "platform_waiting"):
        assert say(key) in shown
    assert items()[0].name in shown  # from the published catalog: the record is not here yet


def test_two_receipts_under_one_number_are_told(station: AStation) -> None:
    case = station.case()
    station.client.upload(station.message(case))
    other = station.message(replace(case, offline=True))
    shown = words(page(station, token_of(other)))
    assert say("mismatch") in shown and say("genuine_note") not in shown and say("uploaded") not in shown


def test_changed_tokens_are_not_genuine(station: AStation) -> None:
    token = token_of(station.message())
    assert page(station, token).status_code == 200
    for at in range(0, len(token), 29):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        answer = page(station, changed)
        assert answer.status_code == 404
        assert say("not_genuine") in words(answer) and say("genuine_note") not in words(answer)
    for odd in (token.lower(), token + "=", "1", "%00", "<script>", token[:15], "A" * 2001):
        answer = page(station, odd)
        assert answer.status_code in (400, 404)
        assert "<script>" not in answer.text


def test_a_strangers_token_is_not_genuine(station: AStation) -> None:
    stranger = AStation("441900A12", station.url)
    stranger.granted = station.granted  # claims to be it, but has another key
    assert page(station, token_of(stranger.message())).status_code == 404


def test_the_page_is_closed_to_everything_else(station: AStation) -> None:
    answer = page(station, token_of(station.message()))
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text and "http://" not in answer.text and "https://" not in answer.text


def test_names_are_escaped(demo: RunningGateway) -> None:
    odd = AStation("441900A13", demo.url).enrol("DEMO", site="<b>厅</b>&")
    answer = page(odd, token_of(odd.message()))
    assert "&lt;b&gt;厅&lt;/b&gt;&amp;" in answer.text


def test_any_station_enrols_in_the_demo_again_and_again(demo: RunningGateway) -> None:
    first = AStation("441900A14", demo.url).enrol("DEMO")
    old = first.message()
    second = AStation("441900A14", demo.url).enrol("DEMO")
    assert second.block.first == first.block.last + 1
    assert page(second, token_of(old)).status_code == 200  # signed before: still genuine
    assert second.client.lease_numbers(1).first > second.block.last


def test_many_stations_enrol_at_once(demo: RunningGateway) -> None:
    def enrol(n: int) -> AStation:
        return AStation(f"441900M{n:02d}", demo.url).enrol("DEMO")

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(enrol, range(12)))
    listed = json.loads(_stations_target(demo))
    assert {s.key_id for s in made} <= {key["key_id"] for key in listed}


def _stations_target(demo: RunningGateway) -> bytes:
    """The list in force, found through the signed metadata as a terminal does."""

    def metadata(name: str) -> dict[str, object]:
        found = requests.get(f"{demo.url}/repository/metadata/{name}", timeout=PATIENCE_S).json()["signed"]
        assert isinstance(found, dict)
        return found

    snapshot = metadata("timestamp.json")["meta"]["snapshot.json"]["version"]  # type: ignore[index]
    targets = metadata(f"{snapshot}.snapshot.json")["meta"]["targets.json"]["version"]  # type: ignore[index]
    digest = metadata(f"{targets}.targets.json")["targets"]["stations.json"]["hashes"]["sha256"]  # type: ignore[index]
    return requests.get(f"{demo.url}/repository/targets/{digest}.stations.json", timeout=PATIENCE_S).content


def test_demo_operators_sign_in(station: AStation) -> None:
    clerk, supervisor = station.client.sign_in("0000", "1234"), station.client.sign_in("9000", "4321")
    assert (clerk.name, clerk.role.value) == (say("demo_clerk"), "clerk")
    assert (supervisor.name, supervisor.role.value) == (say("demo_supervisor"), "supervisor")


def test_numbers_of_the_demo_are_its_own(station: AStation) -> None:
    number = json.loads(station.message().body)["case"]["number"]
    assert (
        number.startswith("441900A12-")
        and number[-1]
        == compose(
            "441900A12", station.case().received_at.date().replace(2026, 11, 21), station.sequence - 1
        )[-1]
    )
