"""A gateway in a process of its own, and stations that talk to it.  Other areas' tests may use this."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain import numbering, record
from app.domain.case import Application, Case, CaseState, TakenMaterial
from app.domain.catalog import Audience, Channel, Item
from app.domain.hall_time import CHINA
from app.domain.identity import DocumentKind, IdentityDocument
from app.domain.numbering import NumberBlock
from app.domain.outbox import OutboxMessage
from app.domain.receipt import Receipt, ReceiptMaterial, canonical, digest
from app.gateway import admin
from app.ports import Granted
from app.receipts.keys import load_key, make_key, signing_request
from app.receipts.token import claims_of, issue_token
from app.remote.gateway_client import GatewayClient
from app.remote.request_signing import authorization
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
SITE = "演示市民服务中心"
PERSON = "演示·东方测试"
ID_NUMBER = "11010519491231002X"


def items(count: int = 3) -> tuple[Item, ...]:
    return tuple(
        Item(
            code=f"11441900MB2C0001XX44401000{n:05d}",
            name=f"演示事项第{n}号",
            department="演示局",
            department_code="01",
            audience=frozenset({Audience.PERSON}),
            channels=frozenset({Channel.COUNTER}),
            demo=True,
            draft=True,
        )
        for n in range(1, count + 1)
    )


def put_draft(data: Path, published: Sequence[Item]) -> None:
    folder = data / "draft"
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(record.dumps(item) + "\n" for item in published)
    (folder / "items.jsonl").write_text(text, encoding="utf-8")


@dataclass
class RunningGateway:
    data: Path
    url: str
    process: "subprocess.Popen[str]"
    database: str | None = None

    def code(self, station_id: str | None = None) -> str:
        return admin.make_code(self.data, self.database, station_id)

    def log(self) -> str:
        return (self.data / "gateway.log").read_text(encoding="utf-8")


@contextmanager
def gateway(
    data: Path, *options: str, database: str | None = None, environment: dict[str, str] | None = None
) -> Iterator[RunningGateway]:
    """Started, ready, and ended with SIGTERM; a gateway that does not end with 0 fails the test."""
    data.mkdir(parents=True, exist_ok=True)
    more = ["--database", database] if database else []
    with (data / "gateway.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.gateway.server", "--data", str(data), "--port", "0", *more, *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **(environment or {})},
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()  # "" when it ended instead
        assert line.startswith("ready "), (data / "gateway.log").read_text()
        yield RunningGateway(data, f"http://{line.split()[1]}", process, database)
        if process.poll() is None:
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@dataclass
class AStation:
    """A station with its key; `client` talks to the gateway as it would."""

    station_id: str
    url: str
    pem: str = field(default_factory=make_key)
    granted: Granted | None = None
    sequence: int = 0

    def sign(self, data: bytes) -> bytes:
        return load_key(self.pem).sign(data, ec.ECDSA(hashes.SHA256()))

    @property
    def client(self) -> GatewayClient:
        return GatewayClient(self.url, self.station_id, self.sign)

    def enrol(self, code: str, site: str = SITE) -> "AStation":
        request = signing_request(self.pem, self.station_id)
        self.granted = self.client.enrol(code, self.station_id, site, "counter", request)
        self.sequence = max(self.sequence, self.block.first - 1)
        return self

    @property
    def block(self) -> NumberBlock:
        assert self.granted is not None
        return self.granted.block

    @property
    def key_id(self) -> str:
        assert self.granted is not None
        return self.granted.enrolment.key_id

    def next_number(self) -> str:
        self.sequence += 1
        return numbering.compose(self.station_id, date(2026, 11, 21), self.sequence)

    def case(self, **changes: Any) -> Case:
        applicant = IdentityDocument(DocumentKind.RESIDENT, PERSON, ID_NUMBER, machine_read=True)
        material = TakenMaterial("m1", "演示材料", 1, 0, 1, 0)
        made = Case(
            case_id=str(uuid4()),
            number=self.next_number(),
            application=Application(str(uuid4()), items()[0].code, applicant, materials=(material,)),
            item_name=items()[0].name,
            catalog_version="20261121.1",
            station_id=self.station_id,
            state=CaseState.RECEIVED,
            received_at=datetime.now(CHINA),
            materials=(material,),
        )
        return replace(made, **changes)

    def message(self, case: Case | None = None, **content: Any) -> OutboxMessage:
        """A message as the terminal queues it; `content` replaces parts of its body."""
        case = case or self.case()
        receipt, salt = receipt_of(case), os.urandom(16)
        claims = claims_of(receipt, digest(canonical(receipt), salt), self.key_id)
        body = {
            "case": record.plain(case),
            "receipt": record.plain(receipt),
            "salt": salt.hex(),
            "token": issue_token(claims, load_key(self.pem)),
            **content,
        }
        now = datetime.now(CHINA)
        text = json.dumps(body, ensure_ascii=False)
        return OutboxMessage(str(uuid4()), "case.received", case.case_id, text, now, now)

    def raw(self, method: str, path: str, body: bytes = b"", header: str | None = None) -> requests.Response:
        """A signed request as bytes, for what the client would never send."""
        value = header or authorization(self.station_id, self.sign, method, path, body)
        media_type = "application/octet-stream" if "/parts/" in path else "application/json"
        headers = {"Authorization": value, "Content-Type": media_type}
        return requests.request(method, f"{self.url}{path}", data=body, headers=headers, timeout=PATIENCE_S)


def receipt_of(case: Case) -> Receipt:
    return Receipt(
        number=case.number,
        case_id=case.case_id,
        station_id=case.station_id,
        site=SITE,
        item_code=case.application.item_code,
        item_name=case.item_name,
        department="演示局",
        situation=(),
        catalog_version=case.catalog_version,
        applicant_name=case.application.applicant.name,
        document_kind="居民身份证",
        document_number="1101**********002X",
        machine_read=True,
        organisation="",
        agent_name="",
        phone="",
        delivery="窗口自取",
        materials=(ReceiptMaterial("演示材料", 1, 0, 1, 0),),
        received_at=case.received_at,
        starts=date(2026, 11, 23),
        starts_provisional=False,
        answer_by=date(2026, 11, 27),
        answer_provisional=False,
        promise_days=None,
        promised_by=None,
        operator_id="0000",
        operator_name="演示员",
        channel="counter",
        offline=case.offline,
        demo=True,
    )


def token_of(message: OutboxMessage) -> str:
    token: str = json.loads(message.body)["token"]
    return token


def fault(response: requests.Response) -> tuple[int, str]:
    """(status, code) of a refusal, whose whole form is checked."""
    error = response.json()["error"]
    assert set(error) == {"code", "message", "retryable", "values"}
    assert error["message"].endswith("。")
    return response.status_code, error["code"]
