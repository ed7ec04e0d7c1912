"""What the gateway refuses, and how: one enum of codes with their HTTP status.

Every refusal leaves as `{"error": {"code", "message", "retryable", "values"}}`; the
message is the sentence `gateway_fault.<code>`.  `values` holds what a terminal needs to
act (tries left, the gateway's time), never personal data.
"""

from enum import Enum

from app.errors import AppError
from app.texts import load


class Fault(Enum):
    """code, HTTP status, does the same request help later."""

    INVALID = ("invalid", 422, False)
    TOO_LARGE = ("too_large", 413, False)
    TOO_SLOW = ("too_slow", 408, True)
    NOT_FOUND = ("not_found", 404, False)
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405, False)
    THROTTLED = ("throttled", 429, True)
    INTERNAL = ("internal", 500, True)
    BUSY = ("busy", 503, True)
    UNSIGNED = ("unsigned", 401, False)
    SIGNATURE = ("signature", 401, False)
    CLOCK_SKEW = ("clock_skew", 401, True)
    REPLAY = ("replay", 401, False)
    STATION_UNKNOWN = ("station_unknown", 401, False)
    STATION_REVOKED = ("station_revoked", 401, False)
    NOT_YOUR_STATION = ("not_your_station", 403, False)
    STATION_ID = ("station_id", 422, False)
    CODE_REFUSED = ("code_refused", 403, False)
    STATION_TAKEN = ("station_taken", 409, False)
    REQUEST_INVALID = ("request_invalid", 422, False)
    NUMBERS_EXHAUSTED = ("numbers_exhausted", 409, False)
    MESSAGE_DIFFERS = ("message_differs", 409, False)
    NUMBER_TAKEN = ("number_taken", 409, False)
    CASE_TAKEN = ("case_taken", 409, False)
    NUMBER_NOT_LEASED = ("number_not_leased", 422, False)
    RECEIPT_NOT_GENUINE = ("receipt_not_genuine", 422, False)
    CONTENT_MISMATCH = ("content_mismatch", 422, False)
    TOPIC_UNKNOWN = ("topic_unknown", 422, False)
    FILE_DIFFERS = ("file_differs", 409, False)
    FILE_TOO_LARGE = ("file_too_large", 413, False)
    FILE_KIND = ("file_kind", 415, False)
    FILE_UNKNOWN = ("file_unknown", 404, True)
    FILE_CORRUPT = ("file_corrupt", 409, True)
    FILES_MISSING = ("files_missing", 409, True)
    SIGN_IN = ("sign_in", 403, False)
    LOCKED_OUT = ("locked_out", 423, True)

    def __init__(self, code: str, status: int, retryable: bool) -> None:
        self.code = code
        self.status = status
        self.retryable = retryable


class GatewayFaultError(AppError):
    """A refusal on its way to the caller; `detail` is for the log only."""

    code = "gateway"

    def __init__(self, fault: Fault, detail: str = "", **values: object) -> None:
        super().__init__(detail or fault.code, **values)
        self.fault = fault


def body_of(fault: Fault, values: dict[str, object] | None = None, detail: str = "") -> dict[str, object]:
    """The JSON document of a refusal; `detail` names fields, never what they held."""
    message = load()[f"gateway_fault.{fault.code}"]
    error = {
        "code": fault.code,
        "message": f"{message}{detail}",
        "retryable": fault.retryable,
        "values": values or {},
    }
    return {"error": error}
