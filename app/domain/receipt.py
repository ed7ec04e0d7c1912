"""The receipt (电子收件凭证): its facts, and the canonical bytes that are digested and signed.

Canonical form: JSON of the facts, keys sorted, no white space, UTF-8, dates in ISO 8601.
The digest in the QR is SHA-256 over `salt + canonical`, so that a QR alone tells nothing
about the person; the salt travels inside the PDF, beside the canonical bytes.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

FORMAT = 1
SALT_BYTES = 16

# The text of a receipt's QR: the public address or none, and the token (app/receipts/token.py).
QR_ADDRESS = r"[A-Za-z]{4,5}://[^\s?#]+/R/"
QR_TEXT = re.compile(rf"(?:{QR_ADDRESS})?([A-Z2-7]{{16,4096}})")
TOKEN_HEAD = "2KC"  # BASE32 of D2 84, how every COSE_Sign1 of four parts begins (RFC 9052)


@dataclass(frozen=True, slots=True)
class ReceiptMaterial:
    name: str
    due_originals: int
    due_copies: int
    originals: int
    copies: int
    how: str = "paper"


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """What both papers say.  No unmasked number of a document or a phone is ever in it."""

    number: str
    case_id: str
    station_id: str
    site: str
    item_code: str
    item_name: str
    department: str
    situation: tuple[str, ...]
    catalog_version: str
    applicant_name: str
    document_kind: str
    document_number: str
    machine_read: bool
    organisation: str
    agent_name: str
    phone: str
    delivery: str
    materials: tuple[ReceiptMaterial, ...]
    received_at: datetime
    starts: date
    starts_provisional: bool
    answer_by: date
    answer_provisional: bool
    promise_days: int | None
    promised_by: date | None
    operator_id: str
    operator_name: str
    channel: str
    offline: bool
    demo: bool
    service_phone: str = ""
    number_valid: bool | None = None  # whether the document's check character fitted; None: no known check
    promised_provisional: bool = False
    catalog_stale: bool = False  # received by a catalog nobody had proved for long; looked at again later
    format: int = FORMAT


def canonical(receipt: Receipt) -> bytes:
    return canonical_fields(asdict(receipt))


def canonical_fields(fields: Mapping[str, Any]) -> bytes:
    """The signed bytes of a receipt's fields, those of a newer program too.

    `catalog_stale` stands there only when it is so: receipts from before it was known keep their bytes.
    """
    told = {name: value for name, value in fields.items() if name != "catalog_stale" or value}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_iso).encode()


def _iso(value: date | datetime) -> str:
    return value.isoformat()


def parse(data: bytes) -> Receipt:
    """The receipt of canonical bytes.  Raises ValueError when they are not canonical."""
    try:
        fields: dict[str, Any] = json.loads(data)
        fields["materials"] = tuple(ReceiptMaterial(**m) for m in fields["materials"])
        fields["situation"] = tuple(fields["situation"])
        fields["received_at"] = datetime.fromisoformat(fields["received_at"])
        for name in ("starts", "answer_by", "promised_by"):
            fields[name] = date.fromisoformat(fields[name]) if fields[name] else None
        receipt = Receipt(**fields)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a receipt: {type(error).__name__}") from error
    if canonical(receipt) != data:
        raise ValueError("not in canonical form")
    return receipt


def digest(canonical_bytes: bytes, salt: bytes) -> bytes:
    return hashlib.sha256(salt + canonical_bytes).digest()


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """What the QR says: no name, no number of a document."""

    number: str
    item_code: str
    station_id: str
    received_at: datetime
    offline: bool
    digest: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A receipt with its station signature: all that is needed to draw either paper again."""

    receipt: Receipt
    salt: bytes
    token: str
    qr_text: str


@dataclass(frozen=True, slots=True)
class StationKey:
    """A station's public key as every terminal knows it (signed target `stations.json`)."""

    key_id: str
    station_id: str
    site: str
    certificate_pem: str
    revoked_at: datetime | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verification that passed: `claims` of the token, `receipt` when a whole PDF was given."""

    claims: TokenClaims
    station: StationKey
    receipt: Receipt | None = None
