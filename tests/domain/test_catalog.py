"""Item codes against every real one, and the quality rules."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from app.catalog.demo import demo_items
from app.domain.catalog import (
    Audience,
    CaseType,
    Channel,
    Choice,
    Item,
    Material,
    MaterialRule,
    Option,
    Period,
    Question,
    parse_item_code,
)
from app.domain.catalog_rules import CatalogFinding, Severity, check_catalog, check_item, uscc_valid
from app.texts import load

PARSED = Path(__file__).parents[3] / "shared" / "data" / "gd_items" / "gd_items_parsed.csv"
DONGGUAN = "11441900007331881C3442106100010"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    if not PARSED.exists():
        pytest.skip("the parsed portal data is not beside this checkout (../shared/data)")
    with PARSED.open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def test_a_real_dongguan_code() -> None:
    code = parse_item_code(DONGGUAN)
    assert code is not None
    assert (code.uscc, code.level, code.region, code.type_digits, code.department) == (
        "11441900007331881C", "3", "44", "21", "06",
    )  # fmt: skip
    assert (code.main, code.sub, code.sequence) == ("100", "010", "")
    assert load()[code.type_word_key] == "公共服务"


def test_every_real_code_is_taken_apart_as_an_independent_parser_did(rows: list[dict[str, str]]) -> None:
    assert len(rows) == 2262
    for row in rows:
        code = parse_item_code(row["task_code"])
        assert code is not None
        taken = (code.uscc, code.level, code.region, code.type_digits, code.department, code.main, code.sub)
        assert taken == tuple(
            row[key] for key in ("uscc", "level", "region", "type2", "dept2", "main", "sub")
        )
        assert bool(code.sequence) == (len(row["task_code"]) == 33)


def test_the_type_word_of_every_real_code(rows: list[dict[str, str]]) -> None:
    """Digits 20 mean two things, by region; the published words agree with ours without exception."""
    texts = load()
    for row in rows:
        code = parse_item_code(row["task_code"])
        assert code is not None and texts[code.type_word_key] == row["type_text"]
    assert texts["task_type.44.20"] != texts["task_type.00.20"]


def test_two_real_bodies_fail_the_check(rows: list[dict[str, str]]) -> None:
    bodies = {row["task_code"][:18] for row in rows}
    assert {b for b in bodies if not uscc_valid(b)} == {"TE440000GD030003VV", "13440000515356094L"}
    assert all(uscc_valid(body) == uscc.is_valid(body) for body in bodies)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_the_check_digit_agrees_with_an_independent_one(body: str) -> None:
    good = uscc.calc_check_digit(body)
    assert uscc_valid(body + good)
    assert not uscc_valid(body + ("0" if good != "0" else "1"))


@given(st.text(max_size=40))
def test_no_text_upsets_the_parser(text: str) -> None:
    code = parse_item_code(text)
    assert code is None or len(text) in (31, 33)
    assert uscc_valid(text) in (True, False)


@pytest.mark.parametrize(
    "code", ["", DONGGUAN[:-1], DONGGUAN + "1", DONGGUAN[:18] + "X" + DONGGUAN[19:], "证" * 31]
)
def test_other_shapes_are_no_codes(code: str) -> None:
    assert parse_item_code(code) is None


# -- quality -------------------------------------------------------------------------------------

GOOD = demo_items()[0]


def rules(item: Item) -> list[str]:
    return [finding.rule for finding in check_item(item)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"code": "A-1"}, "code_shape"),
        ({"type_code": "01"}, "type_digits"),
        ({"name": "长" * 201}, "too_long"),
        ({"case_type": CaseType.IMMEDIATE, "promise": Period(2)}, "immediate_promise"),
        ({"legal": Period(3), "promise": Period(4)}, "promise_exceeds_legal"),
        ({"channels": frozenset({Channel.ONLINE})}, "not_in_halls"),
        ({"rules": (MaterialRule(Material("m", "x", 0, 0)),)}, "no_counts"),
    ],
)
def test_what_looks_wrong_is_a_warning(change: dict[str, object], rule: str) -> None:
    (finding,) = check_item(replace(GOOD, **change))  # type: ignore[arg-type]
    assert finding == CatalogFinding(str(change.get("code", GOOD.code)), finding.field, rule)
    assert f"catalog_warning.{rule}" in load()


def test_unknown_days_are_nothing_wrong() -> None:
    assert rules(replace(GOOD, legal=None, promise=None)) == []
    assert rules(replace(GOOD, legal=None, promise=Period(9))) == []


def asked(name: str, *options: str, when: tuple[Choice, ...] = ()) -> Question:
    return Question(name, "?", tuple(Option(o, o) for o in options), when=when)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"questions": (asked("a", "x"), asked("a", "y"))}, "question_twice"),
        ({"questions": (asked("a"),)}, "options"),
        ({"questions": (asked("a", "x", "x"),)}, "options"),
        ({"questions": (asked("a", "x", when=(Choice("b", "y"),)), asked("b", "y"))}, "condition"),
        ({"rules": (MaterialRule(Material("m", "x", 1, 0), (Choice("b", "y"),)),)}, "condition"),
        ({"rules": (MaterialRule(Material("m", "", 1, 0)),)}, "material_name"),
        ({"rules": (MaterialRule(Material("m", "x", 2, -1)),)}, "counts"),
    ],
)
def test_what_leaves_no_way_on_is_an_error(change: dict[str, object], rule: str) -> None:
    bare = replace(GOOD, questions=(), rules=())
    (finding,) = check_item(replace(bare, **change))  # type: ignore[arg-type]
    assert (finding.rule, finding.severity) == (rule, Severity.ERROR)


def test_the_set_is_judged_as_a_whole() -> None:
    bad_body = "13440000515356094L" + GOOD.code[18:]
    bad = [replace(GOOD, code=bad_body), replace(GOOD, code=bad_body[:-1] + "9"), GOOD, GOOD]
    found = Counter(finding.rule for finding in check_catalog(bad))
    assert found == {"uscc": 1, "code_twice": 1}, "a body is told once"


def test_enums_are_spelt_as_the_command_line_promises() -> None:
    assert {a.value for a in Audience} == {"person", "enterprise"}
    assert [c.value for c in Channel] == ["counter", "kiosk", "popup", "online"]
    texts = load()
    for table, kind in (("audience", Audience), ("channel", Channel), ("case_type", CaseType)):
        assert all(f"{table}.{member.value}" in texts for member in kind)
