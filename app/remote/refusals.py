"""The gateway's answers other than 2xx as this program's errors.

A 4xx judges what was sent (RejectedError) only when it comes in the gateway's own form and is
about the request itself.  A station that is not known, or a clock that is wrong, says nothing
about the message that happened to be sent: it waits for better times.
"""

import json
from datetime import datetime
from typing import Any

from app.domain.hall_time import CHINA
from app.errors import (
    AppError,
    ClockWrongError,
    EnrolmentRefusedError,
    FileCorruptError,
    FilesMissingError,
    LockedOutError,
    OfflineError,
    ProtocolError,
    RejectedError,
    SignInError,
    StationRefusedError,
    ThrottledError,
)
from app.remote.line import Answer
from app.texts import load

_ABOUT_THE_STATION = frozenset(
    {"unsigned", "signature", "replay", "station_unknown", "station_revoked", "not_your_station"}
)


def document(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer.  Raises ProtocolError."""
    try:
        parsed = json.loads(answer.body) if answer.media_type == "application/json" else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise ProtocolError(f"{answer.status} without a JSON object")
    return parsed


def refusal(answer: Answer, *, enrolling: bool = False) -> AppError:
    """The error of an answer that is not 2xx."""
    if answer.status >= 500 or answer.status == 408:
        return OfflineError(f"the gateway answers {answer.status}")
    if answer.status == 429:
        return ThrottledError("429")
    if answer.status < 400:
        return ProtocolError(f"the gateway answers {answer.status}")
    code, values = _code_and_values(answer)
    if code == "":
        return ProtocolError(f"{answer.status} not in the gateway's form")
    return _by_code(code, values, enrolling)


def _code_and_values(answer: Answer) -> tuple[str, dict[str, Any]]:
    try:
        error = document(answer).get("error")
    except ProtocolError:
        return "", {}
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return "", {}
    values = error.get("values")
    return error["code"][:60], values if isinstance(values, dict) else {}


def _by_code(code: str, values: dict[str, Any], enrolling: bool) -> AppError:
    if code == "clock_skew":
        return clock_error(values.get("now"))
    if code == "sign_in":
        return SignInError(left=values.get("left", "?"))
    if code == "locked_out":
        return LockedOutError(minutes=values.get("minutes", "?"))
    if code in ("files_missing", "file_unknown"):
        missing = values.get("missing")
        return FilesMissingError(code, missing=missing if isinstance(missing, list) else None)
    if code == "file_corrupt":
        return FileCorruptError(code)
    said = {"reason": code, "words": _words(code)}
    if code in _ABOUT_THE_STATION:
        return StationRefusedError(code, **said)
    return EnrolmentRefusedError(code, **said) if enrolling else RejectedError(code, **said)


def clock_error(known: object) -> ClockWrongError:
    """This machine's time against the gateway's (ISO 8601), both as a clock in the hall shows them."""
    try:
        theirs = datetime.fromisoformat(str(known))
    except ValueError:
        theirs = None
    shown = f"{theirs.astimezone(CHINA):%Y-%m-%d %H:%M}" if theirs is not None and theirs.tzinfo else "?"
    return ClockWrongError(now=f"{datetime.now(CHINA):%Y-%m-%d %H:%M}", known=shown)


def _words(code: str) -> str:
    """A sentence for a code; a code this version does not know stands for itself."""
    words = load().code("gateway_fault", code)
    return words if words != code else f"{code}; "
