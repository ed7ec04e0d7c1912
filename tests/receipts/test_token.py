"""The QR's token: one spelling, one signature, nothing else is believed."""

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cbor2 import CBORTag, dumps, loads
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hall_time import CHINA
from app.domain.receipt import TokenClaims, canonical, digest
from app.errors import ReceiptNotGenuineError
from app.receipts import qr
from app.receipts.keys import key_id, load_key
from app.receipts.token import (
    P256_ORDER,
    certificate_key,
    issue_token,
    parse_token,
    qr_text,
    verify_token,
)
from tests.receipts.samples import RECEIVED, STATION, receipt, station

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
OTHERS = "abcxyz0189=-_ /%"


def issued_token() -> str:
    return station().sealer.issue(receipt()).token


def unpacked(token: str) -> CBORTag:
    message = loads(base64.b32decode(token + "=" * (-len(token) % 8)))
    assert isinstance(message, CBORTag)
    return message


def packed(message: object) -> str:
    return base64.b32encode(dumps(message)).decode().rstrip("=")


def reason(text: str) -> str:
    with pytest.raises(ReceiptNotGenuineError) as caught:
        verify_token(text, station().keys)
    return str(caught.value.values["reason"])


def test_a_token_says_what_the_receipt_says_and_no_name() -> None:
    issued = station().sealer.issue(receipt())
    verdict = verify_token(issued.token, station().keys)
    assert verdict.claims == TokenClaims(
        number=issued.receipt.number,
        item_code=issued.receipt.item_code,
        station_id=STATION,
        received_at=RECEIVED,
        offline=False,
        digest=digest(canonical(issued.receipt), issued.salt),
        key_id=station().entry.key_id,
    )
    assert verdict.station == station().entry
    raw = base64.b32decode(issued.token + "=" * (-len(issued.token) % 8))
    assert issued.receipt.applicant_name.encode() not in raw and b"002X" not in raw


def test_the_signature_holds_for_a_reader_of_the_standard_alone() -> None:
    """RFC 9052, 4.4: Sig_structure over the protected header and the payload; checked without our code."""
    protected, unprotected, payload, signature = unpacked(issued_token()).value
    assert unprotected == {} and loads(protected)[1] == -7
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    message = dumps(["Signature1", protected, b"", payload])
    public = certificate_key(station().entry.certificate_pem)
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


@given(
    number=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=30),
    item=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=33),
    offline=st.booleans(),
    seconds=st.integers(0, 4_000_000_000),
    salted=st.binary(min_size=32, max_size=32),
)
def test_every_claim_comes_back(number: str, item: str, offline: bool, seconds: int, salted: bytes) -> None:
    own = station()
    at = datetime.fromtimestamp(seconds, CHINA)
    claims = TokenClaims(number, item, STATION, at, offline, salted, own.entry.key_id)
    token = issue_token(claims, load_key(own.private_key_pem))
    assert verify_token(token, own.keys).claims == claims


def test_address_or_bare_token() -> None:
    token = issued_token()
    text = qr_text("https://q.example.cn/", token)
    assert text == f"HTTPS://Q.EXAMPLE.CN/R/{token}"
    assert qr_text("", token) == token
    claims = verify_token(token, station().keys).claims
    for form in (text, f"https://q.example.cn/R/{token}", f"HTTP://OTHER.EXAMPLE/HALL/R/{token}"):
        assert verify_token(form, station().keys).claims == claims
    for form in (
        f"{text}?A=1",
        f"{text}/",
        f"{text}#A",
        f"R/{token}",
        f"/R/{token}",
        f"HTTPS://Q.EXAMPLE.CN/{token}",
    ):
        assert reason(form) == "not_a_token"


def test_the_qr_is_alphanumeric_and_small_enough_for_four_dots_a_module() -> None:
    cells = qr.matrix(station().sealer.issue(receipt()).qr_text)
    version = (len(cells) - 17) // 4
    assert version <= 14
    assert (len(cells) + 2 * qr.QUIET) * 4 <= 384
    with pytest.raises(ValueError):
        qr.matrix("lower case")


def test_every_single_changed_character_is_refused() -> None:
    """Exhaustive over one token: each place, each other character of the alphabet and some from outside."""
    token = issued_token()
    reasons: Counter[str] = Counter()
    for at, old in enumerate(token):
        for new in BASE32 + OTHERS:
            if new != old:
                reasons[reason(token[:at] + new + token[at + 1 :])] += 1
    assert sum(reasons.values()) == len(token) * (len(BASE32) + len(OTHERS) - 1)
    assert set(reasons) <= {"not_a_token", "not_canonical", "signature", "unknown_key"}


def test_every_truncation_and_extension_is_refused() -> None:
    token = issued_token()
    for length in range(len(token)):
        reason(token[:length])
        reason(token[length + 1 :])
    for more in [*BASE32, *OTHERS, "=" * (-len(token) % 8 or 8), "AAAAAAAA", "\n", "\r\n", "\u00a0", token]:
        reason(token + more)
        reason(more + token)
    assert reason(token.lower()) == "not_a_token"


def respelled(message: CBORTag) -> Iterator[object]:
    """The same claims and signature in other words."""
    protected, _, payload, signature = message.value
    s = int.from_bytes(signature[32:], "big")
    yield [protected, {}, payload, signature]  # without its tag
    yield CBORTag(61, message)  # the CWT tag around it
    yield CBORTag(18, [protected, {4: loads(protected)[4]}, payload, signature])
    yield CBORTag(18, [protected, {}, payload, signature[:32] + (P256_ORDER - s).to_bytes(32, "big")])
    yield CBORTag(18, [protected, {}, payload, signature, b""])
    yield CBORTag(18, [b"\xbf" + protected[1:] + b"\xff", {}, payload, signature])  # indefinite length
    yield CBORTag(18, [protected, {}, dumps({**loads(payload), -65540: 1}), signature])
    yield CBORTag(18, [protected, {}, dumps(dict(reversed(loads(payload).items()))), signature])


def test_other_spellings_of_a_good_token_are_refused() -> None:
    token = issued_token()
    assert packed(unpacked(token)) == token
    for message in respelled(unpacked(token)):
        assert reason(packed(message)) in ("not_canonical", "not_a_token", "signature")
    high_s = list(respelled(unpacked(token)))[3]
    assert reason(packed(high_s)) == "not_canonical"
    assert reason(packed(unpacked(token)) + "A" * 8) == "not_canonical"


def test_unused_bits_of_the_last_character() -> None:
    token = issued_token()
    spare = len(token) * 5 % 8
    aliases = [
        c for c in BASE32 if c != token[-1] and BASE32.index(c) >> spare == BASE32.index(token[-1]) >> spare
    ]
    assert bool(aliases) == bool(spare)
    for alias in aliases:
        assert reason(token[:-1] + alias) == "not_canonical"


def test_claims_of_a_wrong_shape_are_refused_even_when_signed() -> None:
    """A station that signs nonsense is not believed either."""
    own = station()
    protected, _, payload, _ = unpacked(issued_token()).value
    good = loads(payload)
    for claims in (
        {**good, 6: 1.5},
        {**good, -65538: 1},
        {**good, -65539: b"short"},
        {1: "x"},
        [],
        {**good, 6: 10**18},
    ):
        body = dumps(claims)
        der = load_key(own.private_key_pem).sign(
            dumps(["Signature1", protected, b"", body]), ec.ECDSA(hashes.SHA256())
        )
        r, s = decode_dss_signature(der)
        signature = r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")
        assert reason(packed(CBORTag(18, [protected, {}, body, signature]))) == "not_a_token"


def test_whose_key() -> None:
    own = station()
    stranger = station("441900B07")
    token = issued_token()
    for keys, expected in (
        (stranger.keys, "unknown_key"),
        ({own.entry.key_id: stranger.entry}.get, "unknown_key"),
        ({own.entry.key_id: replace(stranger.entry, key_id=own.entry.key_id)}.get, "unknown_key"),
        ({own.entry.key_id: replace(own.entry, station_id="441900X99")}.get, "other_station"),
    ):
        with pytest.raises(ReceiptNotGenuineError) as caught:
            verify_token(token, keys)
        assert caught.value.values["reason"] == expected


def test_a_revoked_key_counts_until_its_revocation() -> None:
    entry = station().entry
    token = issued_token()
    later = replace(entry, revoked_at=RECEIVED + timedelta(seconds=1))
    assert verify_token(token, {entry.key_id: later}.get).station == later
    for revoked_at in (RECEIVED, RECEIVED - timedelta(days=1)):
        keys = {entry.key_id: replace(entry, revoked_at=revoked_at)}.get
        with pytest.raises(ReceiptNotGenuineError) as caught:
            verify_token(token, keys)
        assert caught.value.values["reason"] == "revoked"


@given(st.text(max_size=400))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with pytest.raises(ReceiptNotGenuineError):
        parse_token(text)


@given(st.binary(min_size=10, max_size=300))
def test_any_bytes_in_base32_are_refused(data: bytes) -> None:
    with pytest.raises(ReceiptNotGenuineError):
        parse_token(base64.b32encode(data).decode().rstrip("="))


def test_key_ids_are_short_and_of_the_key() -> None:
    own = load_key(station().private_key_pem)
    assert key_id(own.public_key()) == station().entry.key_id
    assert len(station().entry.key_id) == 16 and station().entry.key_id == station().entry.key_id.upper()
