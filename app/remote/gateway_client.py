"""The gateway as a station sees it: the port `app.ports.Gateway` over HTTP."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from app.domain.numbering import NumberBlock
from app.domain.operator import Operator, Role
from app.domain.outbox import OutboxMessage
from app.errors import NotEnrolledError, ProtocolError
from app.ports import Enrolment, GatewayHealth, Granted
from app.remote.line import Line
from app.remote.refusals import document, refusal
from app.remote.request_signing import Sign, authorization

LONGEST_ANSWER = 1 << 20
CALL_S = 10.0
ENROL_S = 20.0


class GatewayClient:
    """`sign` is the station's key; without it only health and enrolment can be asked for.

    Raises, besides what a method names: OfflineError, ThrottledError, RejectedError,
    StationRefusedError, ProtocolError, ClockWrongError (its clock is more than ten minutes off).
    """

    def __init__(
        self, url: str, station_id: str, sign: Sign | None = None, session: requests.Session | None = None
    ) -> None:
        self._line = Line(url, session)
        self._station_id = station_id
        self._sign = sign

    def health(self, timeout_s: float = 2.0) -> GatewayHealth:
        found = self._call("GET", "/v1/health", None, timeout_s, signed=False)
        return GatewayHealth(_time(found, "now"), _text(found, "catalog_version"))

    def enrol(self, code: str, station_id: str, site: str, mode: str, request_pem: str) -> Granted:
        """Raises EnrolmentRefusedError (values: reason, words)."""
        asked = {
            "code": code,
            "station_id": station_id,
            "site": site,
            "mode": mode,
            "request_pem": request_pem,
        }
        found = self._call("POST", "/v1/enrolments", asked, ENROL_S, signed=False)
        if _text(found, "station_id") != station_id:
            raise ProtocolError("enrolled as another station")
        return Granted(_enrolment(found), _block(_value(found, "block", dict)))

    def lease_numbers(self, count: int) -> NumberBlock:
        path = f"/v1/stations/{quote(self._station_id, safe='')}/numbers"
        return _block(self._call("POST", path, {"count": count}, CALL_S))

    def upload(self, message: OutboxMessage, timeout_s: float = 10.0) -> str:
        """Deliver one message, idempotent by its id; the platform's number, "" while unknown."""
        sent = {"topic": message.topic, "case_id": message.case_id, "content": json.loads(message.body)}
        path = f"/v1/messages/{quote(message.message_id, safe='')}"
        found = self._call("PUT", path, sent, timeout_s)
        if _text(found, "case_id") != message.case_id:
            raise ProtocolError("answered for another case")
        return _text(found, "platform_number")

    def sign_in(self, operator_id: str, pin: str, timeout_s: float = CALL_S) -> Operator:
        """Raises SignInError (values: left), LockedOutError (values: minutes)."""
        asked = {"operator_id": operator_id, "pin": pin}
        found = self._call("POST", "/v1/operators/sign-in", asked, timeout_s)
        try:
            role = Role(_text(found, "role"))
        except ValueError as error:
            raise ProtocolError("a role this version does not know") from error
        return Operator(_text(found, "operator_id"), _text(found, "name"), role)

    def _call(
        self,
        method: str,
        path: str,
        sent: Mapping[str, Any] | None,
        deadline_s: float,
        *,
        signed: bool = True,
    ) -> dict[str, Any]:
        body = b"" if sent is None else json.dumps(sent, ensure_ascii=False, sort_keys=True).encode()
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = "application/json"
        if signed:
            if self._sign is None:
                raise NotEnrolledError
            headers["Authorization"] = authorization(self._station_id, self._sign, method, path, body)
        answer = self._line.exchange(
            method, path, deadline_s=deadline_s, limit=LONGEST_ANSWER, body=body or None, headers=headers
        )
        if not 200 <= answer.status < 300:
            raise refusal(answer, enrolling=path == "/v1/enrolments")
        return document(answer)


# -- answers taken apart: a wrong shape is a wrong gateway ---------------------------------------------


def _value(found: Mapping[str, Any], name: str, kind: type) -> Any:
    value = found.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ProtocolError(f"{name} is missing in the answer")
    return value


def _text(found: Mapping[str, Any], name: str) -> str:
    return str(_value(found, name, str))


def _time(found: Mapping[str, Any], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(found, name))
    except ValueError as error:
        raise ProtocolError(f"{name} is not a time") from error
    if at.tzinfo is None:
        raise ProtocolError(f"{name} has no zone")
    return at


def _block(found: Mapping[str, Any]) -> NumberBlock:
    first, last = _value(found, "first", int), _value(found, "last", int)
    if not 1 <= first <= last:
        raise ProtocolError("a number block in disorder")
    return NumberBlock(_text(found, "block_id"), first, last)


def _enrolment(found: Mapping[str, Any]) -> Enrolment:
    try:
        root = base64.b64decode(_text(found, "trusted_root"), validate=True)
    except binascii.Error as error:
        raise ProtocolError("trusted_root is not base64") from error
    return Enrolment(
        station_id=_text(found, "station_id"),
        key_id=_text(found, "key_id"),
        certificate_pem=_text(found, "certificate_pem"),
        authority_pem=_text(found, "authority_pem"),
        trusted_root=root,
        enrolled_at=_time(found, "enrolled_at"),
    )
