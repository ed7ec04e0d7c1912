"""Lines break as Chinese is set; every character finds a font or is written by its code."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.receipts import fonts
from app.receipts.escpos import columns
from app.receipts.lines import wrap
from tests.receipts.judges import needs_hanazono

NOT_FIRST = "，。、；：？！）》」』】”’…%.,"
NOT_LAST = "（《「『【“‘"
TEXT = st.text(
    st.sampled_from("莞家综窗一丁" * 3 + NOT_FIRST + NOT_LAST + " Aa1-*/") | st.characters(codec="utf-8")
)


@given(TEXT, st.integers(1, 60))
def test_every_character_is_in_one_line_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, columns)
    assert "".join(lines) == text
    for line in lines:
        assert columns(line.rstrip(" ")) <= width or len(line.rstrip(" ")) == 1


@given(
    st.lists(
        st.sampled_from([*"莞家综窗丁", "，", "。", "（甲", "乙）", "《丙》", "2026-11-20", " "]), max_size=60
    )
)
def test_marks_stand_where_they_may(pieces: list[str]) -> None:
    """With at most one mark beside a character a line of 20 columns can always be broken well."""
    text = "莞" + "莞".join(pieces)
    lines = wrap(text, 20, columns)
    for line in lines[1:]:
        assert line.lstrip(" ")[:1] not in set(NOT_FIRST)
    for line in lines[:-1]:
        assert line.rstrip(" ")[-1:] not in set(NOT_LAST)


def test_numbers_and_codes_stay_whole() -> None:
    lines = wrap("办件编号441900A12-261120-000217-D，证件1101**********002X，姓〔U+20BB7〕名", 30, columns)
    for whole in ("441900A12-261120-000217-D", "1101**********002X", "〔U+20BB7〕"):
        assert any(whole in line for line in lines)
    assert wrap("A" * 25, 10, columns) == ["A" * 10, "A" * 10, "A" * 5]
    assert wrap("", 10, columns) == [""]


@pytest.mark.parametrize("width", range(11, 30))
def test_words_in_latin_letters_stay_whole_with_accents_and_apostrophes(width: int) -> None:
    name = "Ana Ñuñez, O'Brien D’Arcy Étienne Łukasz"
    assert [word for line in wrap(name, width, columns) for word in line.split()] == name.split()


@needs_hanazono
def test_rare_characters_of_names_have_a_font() -> None:
    runs = fonts.load().runs("欧阳𬭚䶮㛃𬱖𫖯·𠮷", bold=True)
    assert "".join(run.text for run in runs) == "欧阳𬭚䶮㛃𬱖𫖯·𠮷"
    assert runs[0].text == "欧阳𬭚䶮㛃𬱖𫖯·" and runs[0].font.name == "NotoSansSC_700Bold"
    assert runs[1].font.name.startswith("HanaMin")


def test_without_a_fallback_font_the_code_is_printed() -> None:
    own = fonts.load()
    bare = fonts.Fonts(own.regular, own.bold, ())
    assert bare.printable("演示𠮷示") == "演示〔U+20BB7〕示"
    assert [run.font for run in bare.runs("𠮷")] == [own.regular]


@pytest.mark.parametrize(
    "character", ["\u200b", "\ue863", "\n", "\U000e0100", "\u202e", "\U0010fffe", "\U00031350"]
)
def test_what_would_print_as_nothing_is_written_by_its_code(character: str) -> None:
    assert fonts.load().printable(f"甲{character}乙") == f"甲〔U+{ord(character):04X}〕乙"


@given(st.characters(codec="utf-8"))
def test_every_run_is_in_a_font_that_has_it(character: str) -> None:
    for run in fonts.load().runs(character):
        assert all(run.font.covers(c) or c in " \u00a0\u3000" for c in run.text)


def test_both_forms_of_the_character_map_agree() -> None:
    """Noto has the table in format 4 and 12: read by our two readers they name the same characters."""
    table = fonts._cmap_table(fonts.OWN / fonts.REGULAR)
    (count,) = struct.unpack_from(">H", table, 2)
    offsets = [struct.unpack_from(">L", table, 8 + 8 * n)[0] for n in range(count)]
    at = {struct.unpack_from(">H", table, offset)[0]: offset for offset in offsets}
    short = {c for a, b in fonts._segments(table, at[4]) for c in range(a, b + 1)}
    full = {c for a, b in fonts._segmented_coverage(table, at[12]) for c in range(a, b + 1)}
    assert short == {c for c in full if c < 0x10000} and len(full) > 30_000
