"""Case numbers: shape, check character, and that no slip of the pen goes unnoticed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from app.domain.numbering import STATION_ID, check_character, compose, number_valid

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
stations = st.text(ALPHABET, min_size=4, max_size=16)
days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
sequences = st.integers(0, 999_999_999)
case_numbers = st.builds(compose, stations, days, sequences)


def test_the_example_of_the_architecture() -> None:
    number = compose("441900A12", date(2026, 11, 20), 217)
    assert number.startswith("441900A12-261120-000217-") and number_valid(number)


@given(case_numbers)
def test_every_number_is_good_and_agrees_with_an_independent_check(number: str) -> None:
    assert number_valid(number)
    assert mod_37_36.is_valid(number.replace("-", ""))


@given(st.text(ALPHABET, min_size=1, max_size=30))
def test_the_check_character(text: str) -> None:
    assert check_character(text) == mod_37_36.calc_check_digit(text)


@given(case_numbers, st.data())
def test_one_wrong_character_is_noticed(number: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([i for i, character in enumerate(number) if character != "-"]))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != number[at]]))
    assert not number_valid(number[:at] + other + number[at + 1 :])


@given(stations, days, days, sequences, sequences)
def test_two_sequences_make_two_numbers(station: str, a: date, b: date, one: int, two: int) -> None:
    assert (compose(station, a, one) == compose(station, b, two)) == (
        (f"{a:%y%m%d}", one) == (f"{b:%y%m%d}", two)
    )


@pytest.mark.parametrize(
    "text", ["", "-", "441900A12-261120-000217", "441900a12-261120-000217-K", "１-2-3-4"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert not number_valid(text)


@given(st.text(max_size=40))
def test_no_text_upsets_the_judge(text: str) -> None:
    assert number_valid(text) in (True, False)


def test_station_ids() -> None:
    assert STATION_ID.fullmatch("441900A12")
    assert not STATION_ID.fullmatch("441900-A12") and not STATION_ID.fullmatch("abc4")
