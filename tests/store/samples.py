"""Obviously fictitious values for the tests of the store."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.domain import numbering
from app.domain.case import (
    Application,
    Case,
    CaseState,
    Contact,
    Delivery,
    DeliveryWay,
    Organisation,
    TakenMaterial,
)
from app.domain.catalog import Channel, Necessity
from app.domain.hall_time import CHINA
from app.domain.identity import DocumentKind, IdentityDocument, Sex
from app.domain.outbox import OutboxMessage
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.domain.receipt import IssuedReceipt, Receipt, ReceiptMaterial

NOW = datetime(2026, 11, 20, 9, 30, 15, 123456, CHINA)
KEY = bytes(range(32))
NAME = "演示·欧阳𬭚"
NUMBER = "11010519491231002X"
PHONE = "13800000000"


def uid(n: int) -> str:
    return str(UUID(int=n))


def a_number(n: int) -> str:
    return numbering.compose("441900A12", date(2026, 11, 20), n)


def a_case(n: int = 1, **changes: object) -> Case:
    """The n-th case; ids, request and number follow from `n`."""
    applicant = IdentityDocument(
        DocumentKind.RESIDENT,
        str(changes.pop("name", NAME)),
        NUMBER,
        sex=Sex.FEMALE,
        nation="01",
        birth=date(1949, 12, 31),
        address="演示市样本区示例路1号",
        valid_from=date(2016, 3, 12),
        long_term=True,
        machine_read=True,
    )
    material = TakenMaterial("m1", "身份证明(演示)", 1, 2, 1, 2, Necessity.DEFERRABLE)
    organisation = changes.pop("organisation", None)
    application = Application(
        request_id=str(changes.pop("request_id", f"request-{n}")),
        item_code="11441900MB2C0001XX4440100000001",
        applicant=applicant,
        answers={"q1": frozenset({"a", "b"}), "q2": frozenset()},
        materials=(material,),
        contact=Contact(PHONE),
        delivery=Delivery(DeliveryWay.MAIL, "演示市样本区示例路2号"),
        organisation=organisation if isinstance(organisation, Organisation) else None,
        identity_confirmed=True,
        operator_id="D0001",
        operator_name="演示员",
        channel=Channel.POPUP,
    )
    values: dict[str, object] = {
        "case_id": uid(n),
        "number": a_number(n),
        "application": application,
        "item_name": "演示事项:居住证签发",
        "catalog_version": "7",
        "station_id": "441900A12",
        "state": CaseState.RECEIVED,
        "received_at": NOW + timedelta(seconds=n),
        "materials": (material,),
        "offline": True,
    }
    return Case(**{**values, **changes})  # type: ignore[arg-type]


def a_receipt(case: Case) -> IssuedReceipt:
    receipt = Receipt(
        number=case.number,
        case_id=case.case_id,
        station_id=case.station_id,
        site="演示大厅",
        item_code=case.application.item_code,
        item_name=case.item_name,
        department="演示局",
        situation=("首次申领", "本人办理"),
        catalog_version="7",
        applicant_name=case.application.applicant.name,
        document_kind="居民身份证",
        document_number=case.application.applicant.masked_number,
        machine_read=True,
        organisation="",
        agent_name="",
        phone="138****0000",
        delivery="邮寄",
        materials=(ReceiptMaterial("身份证明(演示)", 1, 2, 1, 2),),
        received_at=case.received_at,
        starts=date(2026, 11, 20),
        starts_provisional=False,
        answer_by=date(2026, 11, 27),
        answer_provisional=True,
        promise_days=None,
        promised_by=None,
        operator_id="D0001",
        operator_name="演示员",
        channel="popup",
        offline=True,
        demo=True,
    )
    return IssuedReceipt(receipt, b"\x00\xff" * 8, "TOKEN" + case.number, "HTTPS://Q.EXAMPLE.CN/R/TOKEN")


def a_message(n: int = 1, case_id: str = "", **changes: object) -> OutboxMessage:
    values: dict[str, object] = {
        "message_id": f"message-{n}",
        "topic": "case.received",
        "case_id": case_id or uid(n),
        "body": f'{{"n":{n}}}',
        "created_at": NOW + timedelta(seconds=n),
        "not_before": NOW,
    }
    return OutboxMessage(**{**values, **changes})  # type: ignore[arg-type]


def a_job(n: int = 1, case_id: str = "", **changes: object) -> PrintJob:
    values: dict[str, object] = {
        "job_id": f"job-{n}",
        "case_id": case_id or uid(n),
        "form": PaperForm.SLIP,
        "copy_no": 1,
        "state": PrintState.PREPARED,
        "reason": "",
        "changed_at": NOW.astimezone(UTC),
    }
    return PrintJob(**{**values, **changes})  # type: ignore[arg-type]
