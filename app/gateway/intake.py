"""Case intake: one message of a station's outbox, taken once however often it is sent.

A message is believed when its token verifies with a station's key, when case, receipt and
token say the same, and when the number lies in a block that was leased to that station.
Message id, case id and number are each unique in the database.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from app.domain import record
from app.domain.case import Case
from app.domain.numbering import number_valid
from app.domain.receipt import Receipt, StationKey, TokenClaims, canonical_fields, digest
from app.errors import ReceiptNotGenuineError
from app.gateway import files, numbers
from app.gateway.database import cases, messages, station_keys
from app.gateway.faults import Fault, GatewayFaultError
from app.gateway.vault import RecordsBox
from app.receipts.token import verify_token

TOPIC = "case.received"


@dataclass(frozen=True, slots=True)
class Message:
    message_id: str
    topic: str
    case_id: str
    content: dict[str, Any]

    @property
    def digest(self) -> str:
        """Over what was said, not how it was spelled."""
        said = [self.topic, self.case_id, self.content]
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Handed:
    """A message taken apart; `canonical` are the receipt's bytes as its station signed them."""

    case: Case
    receipt: Receipt
    canonical: bytes
    salt: bytes
    token: str
    files: tuple[Mapping[str, Any], ...]


def take(db: Connection, box: RecordsBox, station_id: str, message: Message, now: datetime) -> str:
    """Store the message's case, or recognise it; returns the case id.

    Raises GatewayFaultError: message_differs, topic_unknown, invalid, receipt_not_genuine,
    content_mismatch, number_not_leased, case_taken, number_taken, files_missing (a file it lists
    is not here whole: the same message helps once it is).
    """
    if _known(db, station_id, message):
        return message.case_id
    if message.topic != TOPIC:
        raise GatewayFaultError(Fault.TOPIC_UNKNOWN)
    handed = _take_apart(message.content)
    claims = _believed(db, handed)
    _agree(handed, claims, station_id, message.case_id)
    sequence = int(handed.case.number.split("-")[2])
    if not numbers.leased(db, station_id, sequence):
        raise GatewayFaultError(Fault.NUMBER_NOT_LEASED, station_id)
    if _taken_by_itself(db, station_id, message, handed.case):
        return message.case_id
    files.require(db, station_id, message.case_id, handed.files)
    _store(db, box, message, handed.case, claims, now)
    return handed.case.case_id


def platform_number(db: Connection, case_id: str) -> str:
    return db.scalar(select(cases.c.platform_number).where(cases.c.case_id == case_id)) or ""


def set_platform_number(db: Connection, case_id: str, number: str) -> None:
    unset = (cases.c.case_id == case_id) & cases.c.platform_number.is_(None)
    db.execute(update(cases).where(unset).values(platform_number=number))


def case_of(db: Connection, box: RecordsBox, case_id: str) -> Case:
    """The case as the station sent it, out of its sealed record."""
    sealed = db.scalar(select(cases.c.sealed).where(cases.c.case_id == case_id))
    if sealed is None:
        raise GatewayFaultError(Fault.NOT_FOUND)
    return record.build(Case, json.loads(box.open(case_id, sealed))["case"])


def waiting_for_platform(db: Connection, limit: int = 50) -> list[str]:
    """Case ids without an official number, oldest first."""
    none_yet = select(cases.c.case_id).where(cases.c.platform_number.is_(None))
    return list(db.scalars(none_yet.order_by(cases.c.stored_at).limit(limit)))


def key_finder(db: Connection) -> Callable[[str], StationKey | None]:
    """Station keys by their id, withdrawn ones too."""

    def find(key_id: str) -> StationKey | None:
        row = db.execute(select(station_keys).where(station_keys.c.key_id == key_id)).one_or_none()
        if row is None:
            return None
        return StationKey(row.key_id, row.station_id, row.site, row.certificate_pem, row.revoked_at, row.demo)

    return find


def _known(db: Connection, station_id: str, message: Message) -> bool:
    """True for a repetition.  A message id with other content, or of another station, is refused."""
    row = db.execute(select(messages).where(messages.c.message_id == message.message_id)).one_or_none()
    if row is None:
        return False
    if row.body_hash != message.digest or row.station_id != station_id:
        raise GatewayFaultError(Fault.MESSAGE_DIFFERS, message.message_id)
    return True


def _take_apart(content: dict[str, Any]) -> _Handed:
    try:
        case = record.build(Case, content["case"])
        receipt = record.build(Receipt, content["receipt"])
        salt, token = bytes.fromhex(content["salt"]), str(content["token"])
        listed = tuple(_listed(file) for file in content.get("files", []))
        return _Handed(case, receipt, canonical_fields(content["receipt"]), salt, token, listed)
    except (KeyError, TypeError, ValueError) as error:
        raise GatewayFaultError(Fault.INVALID, type(error).__name__) from None  # the cause may quote data


def _listed(sent: dict[str, Any]) -> Mapping[str, Any]:
    """What has to be right of a file in a case's list.  Raises KeyError, TypeError, ValueError."""
    return {"file_id": str(UUID(sent["file_id"])), "sha256": str(sent["sha256"]), "size": int(sent["size"])}


def _believed(db: Connection, handed: _Handed) -> TokenClaims:
    try:
        return verify_token(handed.token, key_finder(db)).claims
    except ReceiptNotGenuineError as error:
        raise GatewayFaultError(Fault.RECEIPT_NOT_GENUINE, str(error.values.get("reason", ""))) from error


def _agree(handed: _Handed, claims: TokenClaims, station_id: str, case_id: str) -> None:
    """Message, case, receipt and token are about the same thing."""
    case, receipt = handed.case, handed.receipt
    same = (
        case.case_id == receipt.case_id == case_id
        and case.number == receipt.number == claims.number
        and case.station_id == receipt.station_id == claims.station_id == station_id
        and case.application.item_code == receipt.item_code == claims.item_code
        and case.received_at == receipt.received_at
        and case.offline == receipt.offline == claims.offline
        and digest(handed.canonical, handed.salt) == claims.digest
    )
    if not same:
        raise GatewayFaultError(Fault.CONTENT_MISMATCH, station_id)
    if not (number_valid(case.number) and case.number.startswith(f"{station_id}-")):
        raise GatewayFaultError(Fault.NUMBER_NOT_LEASED, station_id)


def _taken_by_itself(db: Connection, station_id: str, message: Message, case: Case) -> bool:
    """True when the same message was stored while this one was looked at (PostgreSQL shows what others
    commit in between): sent twice at once is no conflict.  Raises GatewayFaultError for a real one."""
    try:
        _refuse_taken(db, case)
    except GatewayFaultError:
        if _known(db, station_id, message):
            return True
        raise
    return False


def _refuse_taken(db: Connection, case: Case) -> None:
    if db.scalar(select(cases.c.case_id).where(cases.c.case_id == case.case_id)) is not None:
        raise GatewayFaultError(Fault.CASE_TAKEN, case.case_id)
    if db.scalar(select(cases.c.case_id).where(cases.c.number == case.number)) is not None:
        raise GatewayFaultError(Fault.NUMBER_TAKEN, case.number)


def _store(
    db: Connection, box: RecordsBox, message: Message, case: Case, claims: TokenClaims, now: datetime
) -> None:
    content = json.dumps(message.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    db.execute(
        insert(cases).values(
            case_id=case.case_id,
            number=case.number,
            station_id=case.station_id,
            item_code=case.application.item_code,
            item_name=case.item_name,
            state=case.state.value,
            received_at=case.received_at,
            stored_at=now,
            receipt_digest=claims.digest.hex(),
            sealed=box.seal(case.case_id, content),
        )
    )
    db.execute(
        insert(messages).values(
            message_id=message.message_id,
            station_id=case.station_id,
            topic=message.topic,
            body_hash=message.digest,
            case_id=case.case_id,
            received_at=now,
        )
    )
