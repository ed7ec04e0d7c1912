"""One classifier: what is told apart, and what is honestly unknown."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalog_rules import uscc_valid
from app.domain.identity import check_character, id_number_valid
from app.domain.receipt import TOKEN_HEAD
from app.domain.scanned_code import CodeKind, classify
from tests.receipts import samples

DIGITS = st.text("0123456789", min_size=6, max_size=6)
USCC_SAMPLE = "91350100M000100Y43"  # the worked example of GB 32100


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    birth = draw(st.dates(date(1900, 1, 1), date(2025, 12, 31)))
    body = draw(DIGITS) + f"{birth:%Y%m%d}" + f"{draw(st.integers(0, 999)):03}"
    return body + check_character(body)


@given(id_numbers(), st.sampled_from(["", "]Q1", "]C0"]), st.sampled_from(["", " ", "\t"]))
def test_id_numbers(number: str, identifier: str, blank: str) -> None:
    code = classify(blank + identifier + number.lower() + blank)
    assert (code.kind, code.text) == (CodeKind.ID_NUMBER, number)
    assert number[4:14] not in code.shown
    assert len(code.shown) == 18


@given(id_numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_no_id_number(number: str, where: int, by: int) -> None:
    digit = number[where]
    wrong = str((int(digit) + by) % 10) if digit.isdigit() else str(by)
    changed = number[:where] + wrong + number[where + 1 :]
    assert not id_number_valid(changed)
    assert classify(changed).kind is not CodeKind.ID_NUMBER


def test_a_uscc() -> None:
    assert uscc_valid(USCC_SAMPLE)
    assert classify(USCC_SAMPLE.lower()).kind is CodeKind.USCC
    assert classify(USCC_SAMPLE.lower()).text == USCC_SAMPLE
    assert classify(USCC_SAMPLE[:-1] + "4").kind is CodeKind.UNKNOWN


@given(st.text("0123456789ABCDEFabcdef", min_size=25, max_size=25))
def test_medical_insurance_codes_are_named_and_not_shown(rest: str) -> None:
    code = classify("424" + rest)
    assert code.kind is CodeKind.MEDICAL
    assert code.shown == ""
    assert classify("424" + rest[:-1]).kind is CodeKind.UNKNOWN
    assert classify("425" + rest).kind is CodeKind.UNKNOWN


def test_own_receipts_whole_bare_and_damaged() -> None:
    token = samples.station().sealer.issue(samples.receipt()).qr_text
    address, _, bare = token.rpartition("/")
    assert bare.startswith(TOKEN_HEAD)
    for text in (token, bare, token[:-20], address + "/AB"):
        assert classify(text).kind is CodeKind.RECEIPT, text
    assert classify("ABCDEFGHIJKLMNOPQRSTUVWX").kind is CodeKind.UNKNOWN


def test_addresses() -> None:
    for url in ("https://example.com/r/abc", "HTTP://EXAMPLE.COM", "https://u.example.cn/a?b=/R/AB#c"):
        assert classify(url).kind is CodeKind.URL, url
    for other in ("https://", "ftp://example.com/a", "http://[::1", "https ://example.com", "wxp://f2f0x"):
        assert classify(other).kind is CodeKind.UNKNOWN, other


@given(st.text(max_size=60))
def test_anything_is_classified_and_never_shown_whole(text: str) -> None:
    code = classify(text)
    assert code.text not in code.shown or not code.text
    assert classify(code.text).kind is code.kind
    assert text not in repr(code) or len(text) < 12
