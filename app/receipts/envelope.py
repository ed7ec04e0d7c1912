"""`receipt.json`, the file inside every receipt PDF: what a machine needs to check the paper.

    {"canonical": "…", "format": 1, "salt": "…hex…", "token": "…"}

`canonical` is the text of the canonical receipt (app/domain/receipt.py), byte for byte when
encoded in UTF-8; `salt` with it gives the digest in the token; `token` is the QR's.  Keys
sorted, no white space, UTF-8: one receipt has one envelope.
"""

import json
from dataclasses import dataclass

from app.domain.receipt import FORMAT as RECEIPT_FORMAT
from app.domain.receipt import SALT_BYTES, IssuedReceipt, Receipt, canonical, digest, parse

FILE_NAME = "receipt.json"
FORMAT = 1


class NewerFormatError(ValueError):
    """Written by a newer program: not wrong, but not ours to judge."""


@dataclass(frozen=True, slots=True)
class Envelope:
    receipt: Receipt
    salt: bytes
    token: str

    @property
    def digest(self) -> bytes:
        return digest(canonical(self.receipt), self.salt)


def pack(issued: IssuedReceipt) -> bytes:
    return _encode(canonical(issued.receipt).decode(), issued.salt, issued.token)


def unpack(data: bytes) -> Envelope:
    """Raises ValueError for anything `pack` would not write, NewerFormatError for a later format."""
    try:
        fields = json.loads(data)
        _check_formats(fields["format"], json.loads(fields["canonical"])["format"])
        receipt = parse(fields["canonical"].encode())
        envelope = Envelope(receipt, bytes.fromhex(fields["salt"]), str(fields["token"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a receipt envelope") from error
    if len(envelope.salt) != SALT_BYTES:
        raise ValueError("salt of a wrong length")
    if _encode(canonical(receipt).decode(), envelope.salt, envelope.token) != data:
        raise ValueError("not in canonical form")
    return envelope


def _check_formats(envelope: int, receipt: int) -> None:
    if envelope > FORMAT or receipt > RECEIPT_FORMAT:
        raise NewerFormatError("a later format")


def _encode(text: str, salt: bytes, token: str) -> bytes:
    fields = {"canonical": text, "format": FORMAT, "salt": salt.hex(), "token": token}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
