"""Numbers of identity documents: which are good, and what stays hidden."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from app.domain.identity import (
    CARD_KINDS,
    DocumentKind,
    IdentityDocument,
    Sex,
    birth_in,
    check_character,
    id_number_valid,
    mask,
    mask_phone,
    sex_in,
)

STANDARD = "11010519491231002X"  # the example of GB 11643 itself
digits = st.text("0123456789", min_size=17, max_size=17)
numbers = st.builds(
    lambda region, birth, serial: f"{region}{birth:%Y%m%d}{serial:03d}",
    st.integers(110000, 999999),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    "number",
    [STANDARD, "440524188001010014", "932682198501010017", "911124198108030024", "931586198001010028"],
)
def test_published_specimens_are_good(number: str) -> None:
    assert id_number_valid(number)


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_residence_permits_of_hong_kong_macao_and_taiwan_people_are_good(region: str) -> None:
    body = f"{region}19491231002"
    assert id_number_valid(body + check_character(body))
    document = IdentityDocument(DocumentKind.HMT_RESIDENCE, "演示·某", body + check_character(body))
    assert document.number_valid is True


@pytest.mark.parametrize(
    "number",
    [
        "",
        "11010519491231002",
        "11010519491231002x",
        "110105194912310021",
        "11010519491331002X",
        STANDARD + " ",
        "１１０１０５１９４９１２３１００２X",
        "一1010519491231002X",
    ],
)
def test_bad_numbers(number: str) -> None:
    assert not id_number_valid(number)


@given(numbers)
def test_the_check_agrees_with_an_independent_one(body: str) -> None:
    assert check_character(body) == ric.calc_check_digit(body + "?")
    number = body + check_character(body)
    assert id_number_valid(number)
    assert birth_in(number) == date(int(body[6:10]), int(body[10:12]), int(body[12:14]))
    assert sex_in(number) is (Sex.MALE if int(body[16]) % 2 else Sex.FEMALE)


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(body: str, at: int, by: int) -> None:
    number = body + check_character(body)
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert not id_number_valid(wrong)


@given(numbers, st.integers(0, 15))
def test_two_neighbours_exchanged_are_noticed(body: str, at: int) -> None:
    number = body + check_character(body)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or not id_number_valid(swapped)


@given(st.text(max_size=25))
def test_no_text_upsets_the_readers(text: str) -> None:
    assert id_number_valid(text) in (True, False)
    birth_in(text), sex_in(text)
    assert len(mask(text)) == len(text)


def test_a_number_not_yet_whole_tells_nothing() -> None:
    assert birth_in(STANDARD[:13]) is None and sex_in(STANDARD[:17]) is None


def test_a_number_is_judged_only_where_there_is_a_known_check() -> None:
    judged = {
        kind: IdentityDocument(kind, "演示·某", "X123").number_valid
        for kind in (*CARD_KINDS, DocumentKind.PASSPORT, DocumentKind.HMT_PERMIT, DocumentKind.OTHER)
    }
    assert judged[DocumentKind.RESIDENT] is False and judged[DocumentKind.HMT_RESIDENCE] is False
    assert judged[DocumentKind.FOREIGNER_2023] is False
    assert judged[DocumentKind.FOREIGNER_2017] is None
    assert judged[DocumentKind.PASSPORT] is None


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (STANDARD, "1101**********002X"),
        ("E12345678", "E1*****78"),
        ("H1234", "*****"),
        ("", ""),
    ],
)
def test_masks(number: str, masked: str) -> None:
    assert mask(number) == masked


@given(st.text("0123456789X", min_size=6, max_size=20))
def test_a_mask_hides_at_least_two_characters(number: str) -> None:
    masked = mask(number)
    assert masked.count("*") >= 2 and len(masked) == len(number)
    shown = len(number) - masked.count("*")
    assert shown <= 8


def test_phones_and_names() -> None:
    assert mask_phone("13800000000") == "138****0000"
    assert mask_phone("1234567") == "*******"
    assert IdentityDocument(DocumentKind.RESIDENT, "演示某", STANDARD).masked_name == "演**"
    assert IdentityDocument(DocumentKind.RESIDENT, "演", STANDARD).masked_name == "演*"
    assert IdentityDocument(DocumentKind.RESIDENT, "", STANDARD).masked_name == ""


@pytest.mark.parametrize(
    ("chinese", "english", "full", "masked"),
    [
        ("证件样本", "ZHENGJIAN, YANGBEN", "证件样本 ZHENGJIAN, YANGBEN", "证***"),
        (" ", "ZHENGJIAN,YANGBEN  ZHENG", "ZHENGJIAN,YANGBEN ZHENG", "Z********"),
        ("", "O", "O", "O*"),
        ("Ana Ñ", "Ana Ñ", "Ana Ñ", "A****"),
        ("证件样本", "", "证件样本", "证***"),
        (" ", ", ", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_foreigner_has_two_names_or_one(chinese: str, english: str, full: str, masked: str) -> None:
    card = IdentityDocument(DocumentKind.FOREIGNER_2023, chinese, "", english_name=english)
    assert (card.full_name, card.masked_name) == (full, masked)


def test_age_and_expiry() -> None:
    card = IdentityDocument(
        DocumentKind.RESIDENT, "演示·某", STANDARD, birth=date(2008, 11, 21), valid_to=date(2026, 11, 20)
    )
    assert card.age_on(date(2026, 11, 20)) == 17 and card.age_on(date(2026, 11, 21)) == 18
    assert not card.expired_on(date(2026, 11, 20)) and card.expired_on(date(2026, 11, 21))
    leap = IdentityDocument(DocumentKind.RESIDENT, "演示·某", STANDARD, birth=date(2008, 2, 29))
    assert leap.age_on(date(2026, 2, 28)) == 17 and leap.age_on(date(2026, 3, 1)) == 18
    typed = IdentityDocument(DocumentKind.RESIDENT, "演示·某", STANDARD)
    assert typed.age_on(date(2026, 11, 20)) == 76
    unknown = IdentityDocument(DocumentKind.PASSPORT, "演示·某", "E12345678", long_term=True)
    assert unknown.age_on(date(2026, 1, 1)) is None and not unknown.expired_on(date(2099, 1, 1))
