"""The gateway as a station sees it: the port `app.ports.Gateway` over HTTP."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from app.domain.material_file import FileProgress, MaterialFile
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
PART_S = 30.0
_BYTES = "application/octet-stream"


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

    def begin_file(self, file: MaterialFile, timeout_s: float = CALL_S) -> FileProgress:
        """Announce a file of a case; how much of it is there already."""
        sent = {
            "case_id": file.case_id,
            "sha256": file.sha256,
            "size": file.size,
            "media_type": file.media_type.value,
        }
        return _progress(self._call("PUT", _file_path(file.file_id), sent, timeout_s), file.file_id)

    def send_part(self, file_id: str, start: int, data: bytes, timeout_s: float = PART_S) -> FileProgress:
        """At most `PART` bytes; the answer says where to go on."""
        path = f"{_file_path(file_id)}/parts/{start:d}"
        return _progress(self._send("PUT", path, data, _BYTES, timeout_s), file_id)

    def finish_file(self, file_id: str, timeout_s: float = PART_S) -> FileProgress:
        """Raises FileCorruptError, FilesMissingError (not all of it is there) besides."""
        return _progress(
            self._send("POST", f"{_file_path(file_id)}/complete", b"", _BYTES, timeout_s), file_id
        )

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
        return self._send(method, path, body, "application/json", deadline_s, signed=signed)

    def _send(
        self, method: str, path: str, body: bytes, media_type: str, deadline_s: float, *, signed: bool = True
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if body:
            headers["Content-Type"] = media_type
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


def _file_path(file_id: str) -> str:
    return f"/v1/files/{quote(file_id, safe='')}"


def _progress(found: Mapping[str, Any], file_id: str) -> FileProgress:
    if _text(found, "file_id") != file_id:
        raise ProtocolError("answered for another file")
    complete = found.get("complete")
    if not isinstance(complete, bool):
        raise ProtocolError("complete is missing in the answer")
    offset = int(_value(found, "offset", int))
    if offset < 0:
        raise ProtocolError("a negative offset")
    return FileProgress(offset, complete, _text(found, "sha256"))


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
