"""事项库问题反馈 at the running gateway: once, signed, sealed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import pytest

from app.domain.feedback import TOPIC, CatalogFeedback
from app.domain.outbox import OutboxMessage
from app.domain.record import dumps, plain
from app.errors import RejectedError
from tests.gateway.running import AStation

AT = datetime.fromisoformat("2026-11-20T09:30:00+08:00")


def told(text: str = "咨询电话打不通") -> OutboxMessage:
    feedback_id = str(uuid4())
    feedback = CatalogFeedback(
        feedback_id, "11990000DEM000014D3440511903002", "演示事项", "7", "1", "phone", "phones_same", text,
        "D0001", AT, date(2026, 11, 25),
    )  # fmt: skip
    return OutboxMessage(feedback_id, TOPIC, feedback_id, dumps({"feedback": plain(feedback)}), AT, AT)


def refused(station: AStation, message: OutboxMessage) -> str:
    with pytest.raises(RejectedError) as caught:
        station.client.upload(message)
    return str(caught.value.values["reason"])


def test_it_is_taken_once_however_often_it_is_sent(station: AStation) -> None:
    message = told()
    assert station.client.upload(message) == station.client.upload(message) == ""


def test_what_does_not_fit_is_refused(station: AStation, enrolled: Callable[[], AStation]) -> None:
    message = told()
    station.client.upload(message)
    other = json.loads(message.body)
    other["feedback"]["text"] = "别的"
    assert refused(station, replace(message, body=json.dumps(other))) == "message_differs"
    assert refused(enrolled(), message) == "message_differs"
    assert refused(station, replace(told(), body='{"feedback": {}}')) == "invalid"
    assert refused(station, replace(told(), body=message.body)) == "content_mismatch"
    assert refused(station, replace(told(), topic="catalog.other")) == "topic_unknown"
