"""Item codes in words, and the law they are handled under."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalog import parse_item_code
from app.domain.item_code import Regime, code_words, has_children, main_item_of, regime
from app.texts import load
from tests.domain.test_catalog import DONGGUAN, PARSED, rows

__all__ = ["rows"]
BODY = "11441900007331881C"


def coded(region: str, kind: str) -> Regime:
    return regime(parse_item_code(f"{BODY}3{region}{kind}06100010"))


@pytest.mark.parametrize(
    ("region", "kind", "law"),
    [
        ("44", "01", Regime.LICENCE),
        ("00", "01", Regime.LICENCE),
        ("00", "20", Regime.SERVICE),
        ("44", "20", Regime.POWER),
        ("44", "21", Regime.SERVICE),
        ("00", "21", Regime.UNKNOWN),
        ("00", "10", Regime.POWER),
        ("51", "01", Regime.UNKNOWN),
        ("44", "99", Regime.UNKNOWN),
    ],
)
def test_type_digits_are_read_with_their_region(region: str, kind: str, law: Regime) -> None:
    assert coded(region, kind) is law


def test_no_code_no_law() -> None:
    assert regime(None) is Regime.UNKNOWN
    assert all(f"regime.{law.value}" in load() for law in Regime)


def test_a_real_dongguan_code_in_words() -> None:
    code = parse_item_code(DONGGUAN)
    assert code is not None
    words, texts = code_words(code), load()
    assert [texts[key] for key in (words.level, words.kind, words.department)] == ["市级", "公共服务", "公安"]


def test_every_real_code_has_words_and_a_law(rows: list[dict[str, str]]) -> None:
    texts = load()
    law = {"行政许可": Regime.LICENCE, "公共服务": Regime.SERVICE}
    unsaid = set()
    for row in rows:
        code = parse_item_code(row["task_code"])
        assert code is not None
        words = code_words(code)
        assert words.level in texts and words.regime in texts and texts[words.kind] == row["type_text"]
        unsaid |= set() if words.department in texts else {(code.region, code.department)}
        assert regime(code) is law.get(row["type_text"], Regime.POWER)
    assert unsaid == {("44", n) for n in ("82", "85", "89", "92")}, "bodies of several kinds share these"


def test_a_main_item_with_children_ends_in_y() -> None:
    assert has_children("44010200200Y") and not has_children("440102002001")
    assert main_item_of("440102002003") == "44010200200Y"
    assert main_item_of("44010200200Y") == "" == main_item_of("440102002000") == main_item_of("x")


def test_a_basic_code_that_ends_in_y_is_a_code() -> None:
    code = parse_item_code(f"{BODY}344010200200Y")
    assert code is not None and (code.main, code.sub) == ("002", "00Y")
    assert regime(code) is Regime.LICENCE


@given(st.text("0123456789ABCDEFGHJY", min_size=31, max_size=33))
def test_taken_apart_and_put_together_again(text: str) -> None:
    code = parse_item_code(text)
    if code is None:
        assert len(text) == 32 or not (text[18] + text[19:25]).isdigit()
        return
    parts = (code.uscc, code.level, code.region, code.type_digits, code.department, code.main, code.sub)
    assert "".join(parts) + code.sequence == text
    assert len(code.sequence) == len(text) - 31
    assert isinstance(regime(code), Regime)


def test_the_portal_names_the_same_main_items() -> None:
    """The published parent of each sub-item is what its code says, but for one of 2262."""
    if not PARSED.exists():
        pytest.skip("the parsed portal data is not beside this checkout (../shared/data)")
    with PARSED.open(encoding="utf-8-sig") as lines:
        codes = {row["task_code"][19:31] for row in csv.DictReader(lines)}
    parents = {main_item_of(code) for code in codes} - {""}
    assert all(has_children(parent) for parent in parents) and parents.isdisjoint(codes)
