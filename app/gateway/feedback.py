"""事项库问题反馈 from stations: taken once by message id, and sealed, since people write freely."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from app.domain import record
from app.domain.feedback import TOPIC, CatalogFeedback
from app.gateway.database import catalog_feedback as table
from app.gateway.faults import Fault, GatewayFaultError
from app.gateway.intake import Message
from app.gateway.vault import RecordsBox

__all__ = ["TOPIC", "listed", "take"]


def take(db: Connection, box: RecordsBox, station_id: str, message: Message, now: datetime) -> str:
    """Store the feedback, or recognise it; returns its id.

    Raises GatewayFaultError: message_differs (the id with other content, or of another station),
    invalid, content_mismatch.
    """
    row = db.execute(select(table).where(table.c.message_id == message.message_id)).one_or_none()
    if row is not None:
        if row.body_hash != message.digest or row.station_id != station_id:
            raise GatewayFaultError(Fault.MESSAGE_DIFFERS, message.message_id)
        return message.case_id
    told = _taken_apart(message)
    content = json.dumps(message.content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    db.execute(
        insert(table).values(
            message_id=message.message_id,
            station_id=station_id,
            item_code=told.item_code,
            rule=told.rule,
            due=told.due.isoformat(),
            body_hash=message.digest,
            sealed=box.seal(message.message_id, content),
            received_at=now,
        )
    )
    return message.case_id


def _taken_apart(message: Message) -> CatalogFeedback:
    try:
        told = record.build(CatalogFeedback, message.content["feedback"])
    except (KeyError, TypeError, ValueError) as error:
        raise GatewayFaultError(Fault.INVALID, type(error).__name__) from None  # the cause may quote data
    if not told.feedback_id == message.message_id == message.case_id:
        raise GatewayFaultError(Fault.CONTENT_MISMATCH)
    if len(told.item_code) > 64 or len(told.rule) > 40:
        raise GatewayFaultError(Fault.INVALID)
    return told


def listed(db: Connection, box: RecordsBox, limit: int = 200) -> list[dict[str, Any]]:
    """What stations told, newest first, for the keepers of the library."""
    rows = db.execute(select(table).order_by(table.c.received_at.desc()).limit(limit))
    return [
        {"station_id": row.station_id, "received_at": row.received_at.isoformat()}
        | json.loads(box.open(row.message_id, row.sealed))["feedback"]
        for row in rows
    ]
