"""Is this receipt genuine?  Judged offline, with the station keys every terminal has synced.

A text (the QR's) is judged by its token.  A PDF must be, byte for byte, what a station
wrote: one signature over the whole file, its container in the one canonical form, by the
certificate that the signed key list names; inside, the canonical receipt whose salted
digest, number and station are those of its token, and the token signed by the same key.

There is deliberately no general PDF validator here.  Such a one accepts everything that the
standard lets be added after signing and every spelling of a signature; we accept what we
write.  Since the signed bytes are the station's own, what is read from them can be trusted.
"""

import hashlib
import re

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app.domain.receipt import StationKey, Verdict
from app.errors import ReceiptNotGenuineError
from app.receipts import envelope
from app.receipts.signature import canonical_cms, certificate_der
from app.receipts.token import KEY_ID_BYTES, KeyLookup, certificate_key, claims_of, known_key, verify_token

MAX_BYTES = 8_000_000

_PDF = b"%PDF-"
_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")


def verify(data: bytes | str, keys: KeyLookup) -> Verdict:
    """`data`: a whole PDF, or the text of a QR (as text or UTF-8 bytes; one line end is allowed).

    Raises ReceiptNotGenuineError with the first reason found.
    """
    if isinstance(data, bytes):
        if data.startswith(_PDF):
            return verify_pdf(data, keys)
        try:
            data = data.decode("ascii")
        except UnicodeDecodeError as error:
            raise _refused("not_a_pdf") from error
    return verify_token(data.removesuffix("\n").removesuffix("\r"), keys)


def verify_pdf(data: bytes, keys: KeyLookup) -> Verdict:
    """Raises ReceiptNotGenuineError."""
    if len(data) > MAX_BYTES or not data.startswith(_PDF):
        raise _refused("not_a_pdf")
    signed, container = _whole_file(data)
    station = _check_signature(signed, container, keys)
    return _check_facts(data, station, keys)


# -- the signature -----------------------------------------------------------------------------------


def _whole_file(data: bytes) -> tuple[bytes, bytes]:
    """The signed bytes and the CMS container.  The gap between the two ranges is `<hex 000…>` exactly."""
    ranges = list(_BYTE_RANGE.finditer(data))
    if not ranges or data.count(b"/ByteRange") != len(ranges):
        raise _refused("no_signature")
    start, resume, length = (int(number) for number in ranges[-1].groups())
    if len(ranges) > 1 or resume + length != len(data):
        raise _refused("appended")
    if not start < resume - 2 or data[start : start + 1] != b"<" or data[resume - 1 : resume] != b">":
        raise _refused("signature_form")
    return data[:start] + data[resume:], _container(data[start + 1 : resume - 1])


def _container(digits: bytes) -> bytes:
    """Hex → DER, accepted in upper case, padded with zeros, and nowhere else different."""
    try:
        padded = bytes.fromhex(digits.decode("ascii"))
        length = _der_length(padded)
    except (ValueError, IndexError) as error:
        raise _refused("signature_form") from error
    container = padded[:length]
    if container.hex().upper().encode().ljust(len(digits), b"0") != digits:
        raise _refused("signature_form")
    return container


def _der_length(data: bytes) -> int:
    """Bytes of the first DER value, header included (X.690, 8.1.3)."""
    if data[1] < 0x80:
        return 2 + data[1]
    octets = data[1] & 0x7F
    return 2 + octets + int.from_bytes(data[2 : 2 + octets], "big")


def _check_signature(signed: bytes, container: bytes, keys: KeyLookup) -> StationKey:
    """The known station whose key signed `signed`."""
    own, attributes, signature = _parts(container)
    spki = own.public_key.dump()
    station = known_key(hashlib.sha256(spki).digest()[:KEY_ID_BYTES].hex().upper(), keys)
    if own.dump() != certificate_der(station.certificate_pem):
        raise _refused("other_certificate")
    if _message_digest(attributes) != hashlib.sha256(signed).digest():
        raise _refused("signature")
    try:
        key = certificate_key(station.certificate_pem)
        key.verify(signature, attributes.untag().dump(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise _refused("signature") from error
    return station


def _parts(container: bytes) -> tuple[x509.Certificate, cms.CMSAttributes, bytes]:
    """Station certificate, signed attributes, signature; everything else must be as we write it."""
    try:
        body = cms.ContentInfo.load(container, strict=True)["content"]
        (choice,), (signer,) = body["certificates"], body["signer_infos"]
        own, attributes = choice.chosen, signer["signed_attrs"]
        signature = signer["signature"].native
        rebuilt = canonical_cms(own.dump(), attributes.contents, signature)
        own.public_key.dump()
    except Exception as error:  # asn1crypto answers damaged DER with errors of many kinds
        raise _refused("signature_form") from error
    if rebuilt != container:
        raise _refused("signature_form")
    return own, attributes, signature


def _message_digest(attributes: cms.CMSAttributes) -> bytes:
    try:
        values = {attribute["type"].native: attribute["values"] for attribute in attributes}
        digest: bytes = values["message_digest"][0].native
    except Exception as error:  # the same
        raise _refused("signature_form") from error
    return digest


# -- the facts ---------------------------------------------------------------------------------------


def _check_facts(data: bytes, station: StationKey, keys: KeyLookup) -> Verdict:
    try:
        facts = envelope.unpack(_attachment(data))
    except envelope.NewerFormatError as error:
        raise _refused("newer_format") from error
    except ValueError as error:
        raise _refused("facts_form") from error
    verdict = verify_token(facts.token, keys)
    claims, receipt = verdict.claims, facts.receipt
    if claims.key_id != station.key_id:
        raise _refused("other_certificate")
    if claims.digest != facts.digest:
        raise _refused("other_digest")
    if claims.number != receipt.number:
        raise _refused("other_number")
    if claims != claims_of(receipt, facts.digest, station.key_id):
        raise _refused("other_digest")
    return Verdict(claims, station, receipt)


def _attachment(data: bytes) -> bytes:
    """The one embedded file, which must be ours."""
    from app.receipts.pdfium import attachments

    found = attachments(data)
    if [name for name, _ in found] != [envelope.FILE_NAME]:
        raise _refused("no_facts")
    return found[0][1]


def _refused(reason: str) -> ReceiptNotGenuineError:
    return ReceiptNotGenuineError(f"receipt: {reason}", reason=reason)
