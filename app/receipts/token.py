"""The text of a receipt's QR: a CBOR Web Token (RFC 8392) in BASE32, behind the public address.

    HTTPS://Q.EXAMPLE.CN/R/2KCFUQ…        upper case throughout: QR alphanumeric mode

    token   BASE32 (RFC 4648, no padding) of COSE_Sign1 (RFC 9052), CBOR tag 18, ES256
    header  protected {1: -7, 4: key id as 8 bytes}; nothing unprotected
    claims  {1: station, 2: number, 6: time in whole seconds, -65537: item code,
             -65538: offline, -65539: digest of salt + canonical receipt (32 bytes)}

Keys below -65536 are RFC 8392's private range.  No name and no number of a document is in
it.  One receipt signature has exactly one accepted spelling: what arrives is taken apart,
put together again and compared; `s` of the signature is the low one, since (r, n - s) is
good mathematics but another text.  The gateway's page uses this file too, so nothing here
may import the papers.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.hall_time import CHINA
from app.domain.receipt import QR_TEXT, Receipt, StationKey, TokenClaims, Verdict
from app.errors import ReceiptNotGenuineError

KeyLookup = Callable[[str], StationKey | None]

KEY_ID_BYTES = 8
DIGEST_BYTES = 32
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_ISS, _SUB, _IAT = 1, 2, 6
_ITEM, _OFFLINE, _DIGEST = -65537, -65538, -65539
_KINDS: Mapping[int, type] = {_ISS: str, _SUB: str, _IAT: int, _ITEM: str, _OFFLINE: bool, _DIGEST: bytes}
_ALG, _KID, _ES256 = 1, 4, -7
_SIGN1 = 18
_SIGN1_TYPES = [bytes, dict, bytes, bytes]  # protected and unprotected header, payload, signature
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]*")


@dataclass(frozen=True, slots=True)
class _Token:
    """A token taken apart: key id, the claims' CBOR, the 64 signature bytes."""

    key_id: bytes
    payload: bytes
    signature: bytes


# -- key ids -----------------------------------------------------------------------------------------


def key_id(public_key: ec.EllipticCurvePublicKey) -> str:
    """Sixteen upper-case hex digits: the head of SHA-256 over the key's SubjectPublicKeyInfo (DER)."""
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).digest()[:KEY_ID_BYTES].hex().upper()


def certificate_key(certificate_pem: str) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a certificate.  Raises ValueError for any other."""
    key = x509.load_pem_x509_certificate(certificate_pem.encode()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


# -- writing -----------------------------------------------------------------------------------------


def claims_of(receipt: Receipt, digest: bytes, station_key_id: str) -> TokenClaims:
    return TokenClaims(
        number=receipt.number,
        item_code=receipt.item_code,
        station_id=receipt.station_id,
        received_at=receipt.received_at.replace(microsecond=0),
        offline=receipt.offline,
        digest=digest,
        key_id=station_key_id,
    )


def issue_token(claims: TokenClaims, private_key: ec.EllipticCurvePrivateKey) -> str:
    """Sign `claims`; the private key must be the one `claims.key_id` names."""
    from cwt import COSE
    from cwt.algs.ec2 import EC2Key

    kid = bytes.fromhex(claims.key_id)
    numbers = private_key.private_numbers()
    key = EC2Key(
        {
            1: 2,
            3: _ES256,
            -1: 1,
            -2: numbers.public_numbers.x.to_bytes(32, "big"),
            -3: numbers.public_numbers.y.to_bytes(32, "big"),
            -4: numbers.private_value.to_bytes(32, "big"),
        }
    )
    signed = COSE.new(deterministic_header=True).encode_and_sign(
        _payload(claims), key, protected={_ALG: _ES256, _KID: kid}, unprotected={}
    )
    parts = _take_apart(signed, strict=False)
    return _base32(_put_together(_Token(kid, parts.payload, _low_s(parts.signature))))


def qr_text(public_url: str, token: str) -> str:
    """What the QR holds: an address a telephone opens, or the bare token when the hall has none."""
    return f"{public_url.upper().rstrip('/')}/R/{token}" if public_url else token


def qr_alphanumeric(text: str) -> bool:
    """Whether a QR can hold `text` in its alphanumeric mode (ISO/IEC 18004, table 5)."""
    return _ALPHANUMERIC.fullmatch(text) is not None


def _payload(claims: TokenClaims) -> bytes:
    from cbor2 import dumps

    body = {
        _ISS: claims.station_id,
        _SUB: claims.number,
        _IAT: int(claims.received_at.timestamp()),
        _ITEM: claims.item_code,
        _OFFLINE: claims.offline,
        _DIGEST: claims.digest,
    }
    encoded: bytes = dumps(body, canonical=True)
    return encoded


def _put_together(token: _Token) -> bytes:
    from cbor2 import CBORTag, dumps

    protected = dumps({_ALG: _ES256, _KID: token.key_id}, canonical=True)
    encoded: bytes = dumps(CBORTag(_SIGN1, [protected, {}, token.payload, token.signature]), canonical=True)
    return encoded


def _low_s(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + min(s, P256_ORDER - s).to_bytes(32, "big")


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


# -- reading -----------------------------------------------------------------------------------------


def parse_token(text: str) -> tuple[TokenClaims, bytes]:
    """Claims and COSE bytes of a QR text (whole address or bare token), signature NOT checked.

    Raises ReceiptNotGenuineError.
    """
    match = QR_TEXT.fullmatch(text)
    if match is None:
        raise _refused("not_a_token")
    data = _unbase32(match[1])
    parts = _take_apart(data)
    if _put_together(parts) != data:
        raise _refused("not_canonical")
    return _claims(parts), data


def verify_token(text: str, keys: KeyLookup) -> Verdict:
    """Raises ReceiptNotGenuineError with the first reason found."""
    claims, data = parse_token(text)
    station = known_key(claims.key_id, keys)
    _check_signature(data, certificate_key(station.certificate_pem), claims.key_id)
    if station.station_id != claims.station_id:
        raise _refused("other_station")
    if station.revoked_at is not None and claims.received_at >= station.revoked_at:
        raise _refused("revoked")
    return Verdict(claims, station)


def known_key(wanted: str, keys: KeyLookup) -> StationKey:
    """The entry of the signed key list, checked to be the key it says.  Raises ReceiptNotGenuineError."""
    station = keys(wanted)
    if station is None:
        raise _refused("unknown_key")
    if station.key_id != wanted or key_id(certificate_key(station.certificate_pem)) != wanted:
        raise _refused("unknown_key")
    return station


def _check_signature(data: bytes, public_key: ec.EllipticCurvePublicKey, kid: str) -> None:
    from cwt import COSE
    from cwt.algs.ec2 import EC2Key
    from cwt.exceptions import CWTError

    if int.from_bytes(_take_apart(data).signature[32:], "big") > P256_ORDER // 2:
        raise _refused("not_canonical")
    numbers = public_key.public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    key = EC2Key({1: 2, 2: bytes.fromhex(kid), 3: _ES256, -1: 1, -2: x, -3: y})
    try:
        COSE.new(verify_kid=True).decode(data, key)
    except (CWTError, ValueError) as error:
        raise _refused("signature") from error


def _unbase32(text: str) -> bytes:
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise _refused("not_a_token") from error
    if _base32(data) != text:  # unused bits of the last character must be zero
        raise _refused("not_canonical")
    return data


def _take_apart(data: bytes, *, strict: bool = True) -> _Token:
    """COSE_Sign1 → its parts.  `strict` asks for our header; freshly signed bytes have no other."""
    from cbor2 import CBORTag

    message = _loaded(data)
    if not isinstance(message, CBORTag) or message.tag != _SIGN1:
        raise _refused("not_a_token")
    if not isinstance(message.value, list) or [type(part) for part in message.value] != _SIGN1_TYPES:
        raise _refused("not_a_token")
    protected, unprotected, payload, signature = message.value
    header = _loaded(protected)
    kid = header.get(_KID) if isinstance(header, dict) else None
    if not isinstance(kid, bytes) or len(kid) != KEY_ID_BYTES or len(signature) != 64:
        raise _refused("not_a_token")
    if strict and (unprotected or header != {_ALG: _ES256, _KID: kid}):
        raise _refused("not_canonical")
    return _Token(kid, payload, signature)


def _loaded(data: bytes) -> Any:
    from cbor2 import loads

    try:
        return loads(data)
    except Exception as error:  # tags of dates, numbers, patterns …: each fails in its own way
        raise _refused("not_a_token") from error


def _claims(token: _Token) -> TokenClaims:
    body = _loaded(token.payload)
    if not isinstance(body, dict) or {k: type(v) for k, v in body.items()} != dict(_KINDS):
        raise _refused("not_a_token")
    if len(body[_DIGEST]) != DIGEST_BYTES:
        raise _refused("not_a_token")
    claims = TokenClaims(
        number=body[_SUB],
        item_code=body[_ITEM],
        station_id=body[_ISS],
        received_at=_time(body[_IAT]),
        offline=body[_OFFLINE],
        digest=body[_DIGEST],
        key_id=token.key_id.hex().upper(),
    )
    if _payload(claims) != token.payload:
        raise _refused("not_canonical")
    return claims


def _time(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, CHINA)
    except (OverflowError, OSError, ValueError) as error:
        raise _refused("not_a_token") from error


def _refused(reason: str) -> ReceiptNotGenuineError:
    return ReceiptNotGenuineError(f"receipt token: {reason}", reason=reason)
