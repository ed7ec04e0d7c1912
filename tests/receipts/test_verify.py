"""A signed PDF: other people's programs find it valid, and ours refuses every copy that differs."""

import random
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms, pem, x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app import texts
from app.domain.receipt import IssuedReceipt, canonical, digest
from app.errors import ReceiptNotGenuineError
from app.receipts import envelope, facts, pdf
from app.receipts.keys import load_key
from app.receipts.sealer import StationSealer
from app.receipts.signature import PdfSeal
from app.receipts.token import P256_ORDER, claims_of, issue_token
from app.receipts.verify import verify
from tests.receipts.judges import needs_poppler
from tests.receipts.samples import PUBLIC_URL, crowded, receipt, station


@cache
def issued() -> IssuedReceipt:
    return station().sealer.issue(receipt())


@cache
def signed() -> bytes:
    return station().sealer.pdf(issued())


def reason(data: bytes | str) -> str:
    with pytest.raises(ReceiptNotGenuineError) as caught:
        verify(data, station().keys)
    return str(caught.value.values["reason"])


def test_the_number_of_the_platform_changes_the_paper_and_not_the_receipt() -> None:
    numbered = station().sealer.pdf(issued(), platform_number="PF1")
    assert numbered != signed()
    assert verify(numbered, station().keys) == verify(signed(), station().keys)


def contents(data: bytes) -> tuple[int, int]:
    """Where the hex of /Contents begins and ends."""
    match = re.search(rb"/Contents <([0-9A-F]+)>", data)
    assert match
    return match.span(1)


def container() -> bytes:
    """The CMS container in the gap, without its padding."""
    start, end = contents(signed())
    padded = bytes.fromhex(signed()[start:end].decode())
    return padded[: 4 + int.from_bytes(padded[2:4], "big")]


def with_container(other: bytes) -> bytes:
    """The signed file with another CMS container in its gap, same length."""
    start, end = contents(signed())
    digits = other.hex().upper().encode().ljust(end - start, b"0")
    return signed()[:start] + digits + signed()[end:]


# -- what others say -----------------------------------------------------------------------------------


@needs_poppler
def test_poppler_finds_the_signature_valid(tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(signed())
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=True).stdout
    assert said.count("Signature Validation: Signature is Valid.") == 1 and said.count("Signature #") == 1
    assert "Total document signed" in said and "ETSI.CAdES.detached" in said


def test_pyhanko_finds_it_valid_trusted_and_untouched() -> None:
    _, _, root = pem.unarmor(station().authority.pem.encode())
    context = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
    (embedded,) = PdfFileReader(BytesIO(signed())).embedded_signatures
    status = validate_pdf_signature(embedded, context)
    assert status.valid and status.intact and status.trusted
    assert status.coverage.name == "ENTIRE_FILE"


@needs_poppler
def test_a_stranger_to_us_can_take_the_facts_out(tmp_path: Path) -> None:
    path = tmp_path / "receipt.pdf"
    path.write_bytes(signed())
    subprocess.run(["pdfdetach", "-save", "1", "-o", tmp_path / "receipt.json", path], check=True)
    assert envelope.unpack((tmp_path / "receipt.json").read_bytes()).receipt == receipt()


# -- what we say -----------------------------------------------------------------------------------------


def test_a_genuine_receipt_gives_its_facts() -> None:
    for sample in (receipt(), crowded(), receipt(offline=True, promise_days=None, promised_by=None)):
        made = station().sealer.issue(sample)
        verdict = verify(station().sealer.pdf(made, 2, "4419000000000001"), station().keys)
        assert verdict.receipt == sample and verdict.station == station().entry
        assert verdict.claims.digest == digest(canonical(sample), made.salt)


def test_text_and_its_bytes_are_judged_alike() -> None:
    text = issued().qr_text
    for form in (text, text.encode(), text + "\n", (text + "\r\n").encode()):
        assert verify(form, station().keys).claims.number == receipt().number
    for form in (text + " ", text + "\n\n", "\ufeff" + text, text.encode() + b"\xff"):
        reason(form)


def test_no_changed_byte_is_accepted() -> None:
    """One bit of every 97th byte, of 500 at random, of every byte of the signature's hex and its edges."""
    data, chance = signed(), random.Random(11643)
    start, end = contents(data)
    places = [*range(0, len(data), 97), *(chance.randrange(len(data)) for _ in range(500))]
    flips = [(at, 1 << chance.randrange(8)) for at in places]
    flips += [(at, 1 << chance.randrange(8)) for at in range(start, start + 1700)]
    edges = [*range(start - 2, start + 4), *range(end - 4, end + 2)]
    flips += [(at, 1 << bit) for at in edges for bit in range(8)]
    reasons: Counter[str] = Counter()
    for at, bit in flips:
        changed = bytearray(data)
        changed[at] ^= bit
        reasons[reason(bytes(changed))] += 1
    assert sum(reasons.values()) == len(flips)


def test_nothing_may_be_appended_cut_or_put_before() -> None:
    data = signed()
    for more in (b"\n", b" ", b"%", b"\0" * 10, b"%%EOF\n", data):
        reason(data + more)
        reason(more + data)
    for length in (0, 1, 5, 100, len(data) // 2, len(data) - 1):
        reason(data[:length])


def test_the_signature_of_another_receipt_does_not_fit() -> None:
    other = station().sealer.pdf(station().sealer.issue(receipt()))
    (start, end), (first, last) = contents(signed()), contents(other)
    swapped = signed()[:start] + other[first:last] + signed()[end:]
    assert len(swapped) == len(signed()) and reason(swapped) == "signature"


def test_an_incremental_update_is_refused_though_others_call_the_signature_valid(tmp_path: Path) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed()))
    writer.root["/Note"] = writer.root["/Type"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(signed())
    assert reason(out.getvalue()) == "appended"


def other_spellings(good: bytes) -> Iterator[bytes]:
    """The same signature, spelt otherwise: all of them mathematically good."""
    info = cms.ContentInfo.load(good)
    r, s = decode_dss_signature(info["content"]["signer_infos"][0]["signature"].native)
    info["content"]["signer_infos"][0]["signature"] = encode_dss_signature(r, P256_ORDER - s)
    yield info.dump(force=True)
    info = cms.ContentInfo.load(good)
    attribute = {"type": "content_type", "values": ["data"]}
    info["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    yield info.dump(force=True)
    info = cms.ContentInfo.load(good)
    authority = x509.Certificate.load(station().authority.certificate.public_bytes(Encoding.DER))
    info["content"]["certificates"].append(cms.CertificateChoices("certificate", authority))
    yield info.dump(force=True)
    yield good[:1] + b"\x83\x00" + good[2:]  # a longer spelling of the same length
    yield good + b"\x00\x01"


def test_other_spellings_of_the_signature_are_refused() -> None:
    assert with_container(container()) == signed()
    spellings = list(other_spellings(container()))
    assert len(set(spellings)) == 5 and container() not in spellings
    for spelling in spellings:
        assert reason(with_container(spelling)) == "signature_form"
    start, end = contents(signed())
    data = signed()
    assert reason(data[:start] + data[start:end].lower() + data[end:]) == "signature_form"
    assert reason(data[: end - 1] + b" " + data[end:]) == "signature_form"


def test_a_foreign_station_is_not_believed() -> None:
    stranger = station("441900B07")
    data = stranger.sealer.pdf(stranger.sealer.issue(receipt(station_id="441900B07")))
    assert verify(data, stranger.keys).receipt is not None
    assert reason(data) == "unknown_key"
    reissued = replace(station().entry, certificate_pem=station().authority.certify(_request()))
    with pytest.raises(ReceiptNotGenuineError) as caught:
        verify(signed(), {reissued.key_id: reissued}.get)
    assert caught.value.values["reason"] == "other_certificate"


def _request() -> str:
    from app.receipts.keys import signing_request

    return signing_request(station().private_key_pem, station().entry.station_id)


def test_papers_that_contradict_their_token_are_refused_even_when_well_signed() -> None:
    """A good station key on a page whose attachment, token and number do not belong together."""
    own, good = station(), issued()
    other = own.sealer.issue(receipt(number="441900A12-261120-000218-X", applicant_name="演示·别人"))
    claims = claims_of(receipt(number="X"), digest(canonical(good.receipt), good.salt), own.entry.key_id)
    wrong_number = issue_token(claims, load_key(own.private_key_pem))
    stranger = station("441900B07").sealer.issue(receipt(station_id="441900B07"))
    for attachment, expected in (
        (envelope.pack(replace(good, token=other.token)), "other_digest"),
        (envelope.pack(replace(good, salt=other.salt)), "other_digest"),
        (envelope.pack(replace(good, token=wrong_number)), "other_number"),
        (envelope.pack(replace(good, token=stranger.token)), "unknown_key"),
        (envelope.pack(good) + b" ", "facts_form"),
        (envelope.pack(good).replace(b'"format":1', b'"format":2'), "newer_format"),
        (envelope.pack(replace(good, receipt=receipt(format=2))), "newer_format"),
        (b"{}", "facts_form"),
        (b"\xff\xfe", "facts_form"),
    ):
        assert reason(sealed(attachment)) == expected
    assert reason(sealed(envelope.pack(good), name="other.json")) == "no_facts"


def sealed(attachment: bytes, name: str = envelope.FILE_NAME) -> bytes:
    own = station()
    page = pdf.draw(facts.of_issued(issued(), texts.load(), facts.Impression()))
    seal = PdfSeal(load_key(own.private_key_pem), own.entry.certificate_pem)
    return seal.sign(page, name, attachment, "test")


def test_files_that_are_no_receipts() -> None:
    unsigned = pdf.draw(facts.of_issued(issued(), texts.load(), facts.Impression()))
    assert reason(unsigned) == "no_signature"
    assert reason(b"%PDF-1.4\n%%EOF") == "no_signature"
    assert reason(b"") == "not_a_token"
    assert reason(b"\x89PNG\r\n") == "not_a_pdf"
    assert reason(b"%PDF-" + b"/ByteRange [0 5 9 9]" * 2) == "appended"


def test_every_reason_has_a_sentence() -> None:
    sentences = texts.load()
    source = (Path(verify.__code__.co_filename)).read_text() + Path(
        issue_token.__code__.co_filename
    ).read_text()
    named = set(re.findall(r'_refused\("(\w+)"\)', source))
    assert len(named) > 10
    for name in named:
        assert sentences[f"receipt_fault.{name}"].endswith("。")
    assert sentences.error(ReceiptNotGenuineError(reason="signature"))


def test_a_warm_sealer_signs_as_a_cold_one() -> None:
    own = station("441900C03")
    own.sealer.warm_up()
    made = own.sealer.issue(receipt(station_id="441900C03"))
    assert verify(own.sealer.pdf(made), own.keys).receipt == made.receipt


def test_a_sealer_takes_only_what_belongs_together() -> None:
    own, stranger = station(), station("441900B07")
    good = (own.private_key_pem, own.entry.certificate_pem, own.authority.pem, own.entry.key_id)
    StationSealer(*good, PUBLIC_URL, texts.load())
    for at, wrong in (
        (0, stranger.private_key_pem),
        (1, stranger.entry.certificate_pem),
        (2, stranger.entry.certificate_pem),
        (3, stranger.entry.key_id),
    ):
        parts = list(good)
        parts[at] = wrong
        with pytest.raises(ValueError):
            StationSealer(parts[0], parts[1], parts[2], parts[3], PUBLIC_URL, texts.load())
    with pytest.raises(ValueError):
        StationSealer(*good, "HTTPS://Q.EXAMPLE.CN/~HALL_1", texts.load())
