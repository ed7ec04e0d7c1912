"""A scanner that types is told from a person by the times of the keys, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wedge import GAP_MS, LEAST, SILENCE_MS, STX, BurstWatch, Prefix

PLAIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=LEAST, max_size=80)
START = st.integers(0, 2**40)


def feed(watch: BurstWatch, text: str, at: int, gaps: list[int]) -> int:
    """Type `text`; returns the time of its last key."""
    for character, gap in zip(text, [0, *gaps], strict=False):
        at += gap
        watch.key(character, at)
    return at


def gaps_for(text: str, low: int, high: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(low, high), min_size=len(text), max_size=len(text))


@given(PLAIN, START, st.data())
def test_a_scan_ended_by_enter_is_a_code(text: str, at: int, data: st.DataObject) -> None:
    watch = BurstWatch()
    last = feed(watch, text, at, data.draw(gaps_for(text, 0, GAP_MS)))
    assert watch.end(last + data.draw(st.integers(0, SILENCE_MS))) == text


@given(PLAIN, START, st.data())
def test_nobody_types_a_code(text: str, at: int, data: st.DataObject) -> None:
    """30 ms between keys is far faster than any hand; no Enter after it, at once or late, makes it a scan."""
    watch = BurstWatch(data.draw(st.sampled_from(Prefix)))
    last = feed(watch, text, at, data.draw(gaps_for(text, 30, 400)))
    assert watch.end(last + data.draw(st.integers(0, 400))) is None
    feed(watch, text, last + 1000, data.draw(gaps_for(text, 30, 400)))
    assert watch.silence() is None


@given(PLAIN, st.text("ab1", min_size=1, max_size=9), START, st.data())
def test_what_a_hand_typed_before_is_not_part_of_the_code(
    text: str, typed: str, at: int, data: st.DataObject
) -> None:
    watch = BurstWatch()
    last = feed(watch, typed, at, data.draw(gaps_for(typed, 30, 400)))
    last = feed(watch, text, last + SILENCE_MS + 1, data.draw(gaps_for(text, 0, GAP_MS)))
    assert watch.end(last + 5) == text


@given(st.text("0123456789", max_size=LEAST - 1), START)
def test_a_few_fast_keys_are_not_enough(text: str, at: int) -> None:
    watch = BurstWatch()
    assert watch.end(feed(watch, text, at, [1] * len(text)) + 1) is None


@given(PLAIN, START)
def test_an_enter_after_a_silence_is_a_persons(text: str, at: int) -> None:
    watch = BurstWatch()
    last = feed(watch, text, at, [2] * len(text))
    assert watch.end(last + SILENCE_MS + 1) is None


@given(PLAIN, START, st.characters(min_codepoint=0x80), st.data())
def test_only_ascii(text: str, at: int, other: str, data: st.DataObject) -> None:
    watch = BurstWatch()
    where = data.draw(st.integers(len(text) - LEAST + 1, len(text)))
    last = feed(watch, text[:where] + other + text[where:], at, [2] * len(text) + [2])
    assert watch.end(last + 2) is None


def test_a_silence_ends_a_code_only_behind_the_prefix_the_scanner_was_set_to() -> None:
    for prefix, typed, code in (
        (Prefix.NONE, "]Q1ABCDEF", None),
        (Prefix.AIM, "ABCDEFGH", None),
        (Prefix.AIM, "]Q1AB", "]Q1AB"),
        (Prefix.AIM, "]Q1", None),
        (Prefix.STX, STX + "ABC", "ABC"),
        (Prefix.STX, STX, None),
        (Prefix.STX, "ABCDEFG", None),
    ):
        watch = BurstWatch(prefix)
        feed(watch, typed, 1000, [3] * len(typed))
        assert watch.silence() == code, (prefix, typed)
        assert watch.silence() is None  # once


def test_stx_is_taken_only_where_it_was_set_and_only_in_front() -> None:
    plain = BurstWatch()
    assert plain.end(feed(plain, STX + "ABC", 0, [3] * 4) + 3) is None
    watch = BurstWatch(Prefix.STX)
    assert watch.end(feed(watch, STX + "ABC", 0, [3] * 4) + 3) == "ABC"
    assert watch.end(feed(watch, "ABCDEF" + STX, 1000, [3] * 7) + 3) is None


@pytest.mark.parametrize("back", [-1, -5000])
def test_a_clock_that_jumps_back_begins_anew(back: int) -> None:
    watch = BurstWatch()
    last = feed(watch, "ABC", 10_000, [2, 2, 2])
    last = feed(watch, "DEF", last + back, [2, 2, 2])
    assert watch.end(last + 2) is None


def test_fast_is_said_from_the_second_key_on() -> None:
    watch = BurstWatch()
    watch.key("A", 100)
    assert not watch.fast
    watch.key("B", 104)
    assert watch.fast
    watch.key("C", 164)
    assert not watch.fast
