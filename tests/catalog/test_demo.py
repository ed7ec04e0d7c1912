"""What the demo catalog promises: real shape, and every row marked as invented."""

import re

import pytest

from app.catalog.demo import demo_items
from app.domain.catalog import Audience, CaseType, Channel, Choice, Item, Necessity, parse_item_code
from app.domain.catalog_rules import check_catalog, uscc_valid
from app.domain.situation import first_options, materials_for, settle, union
from app.texts import load

ITEMS = demo_items()
THEMES = ("social_insurance", "household", "work", "care", "housing", "traffic", "family", "company")
MARK = "演示"
by_name = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)


def test_there_are_enough_and_no_code_comes_twice() -> None:
    assert len(ITEMS) >= 64
    assert len({item.code for item in ITEMS}) == len(ITEMS)
    assert len({item.name for item in ITEMS}) == len(ITEMS)


def test_the_quality_rules_find_nothing() -> None:
    assert list(check_catalog(ITEMS)) == []


@by_name
def test_code_and_body(item: Item) -> None:
    code = parse_item_code(item.code)
    assert code is not None and len(item.code) == 31
    assert uscc_valid(code.uscc) and code.uscc == item.department_code
    assert code.uscc[2:8] == "990000", "a region that does not exist, so no real body"
    assert code.type_digits == item.type_code
    assert code.type_word_key in load()
    assert code.level in "35"


@by_name
def test_every_row_says_that_it_is_invented(item: Item) -> None:
    assert item.demo and not item.draft
    assert item.name.endswith(f"（{MARK}）")
    assert item.department.startswith(MARK)
    assert item.phone == "0769-00000000"


@by_name
def test_questions(item: Item) -> None:
    assert 2 <= len(item.questions) <= 5
    assert all(len(question.options) >= 2 for question in item.questions)
    answers = first_options(item)
    assert settle(item, answers) == answers, "the first options are an eligible path"
    assert all(not question.options[0].refusal for question in item.questions)


@by_name
def test_every_condition_looks_at_an_option_that_exists(item: Item) -> None:
    made = {Choice(q.id, o.id) for q in item.questions for o in q.options}
    for holder in (*item.questions, *item.rules):
        assert made.issuperset(holder.when)


@by_name
def test_materials(item: Item) -> None:
    due = union(rule.material for rule in item.rules)
    assert len({material.name for material in due}) == len(due), "a name stands for one material"
    for material in due:
        assert material.name and material.source and material.form
        assert material.originals + material.copies >= 1
    assert len(materials_for(item, first_options(item))) <= len(due)


@by_name
def test_days_and_results(item: Item) -> None:
    assert item.legal_days is not None and item.promise_days is not None
    assert item.promise_days <= item.legal_days
    assert (item.case_type is CaseType.IMMEDIATE) == (item.promise_days == 1 and item.decided_here) or (
        item.case_type is CaseType.PROMISED
    )
    assert item.conditions and item.results and item.everyday_names


def test_variety() -> None:
    assert {a for item in ITEMS for a in item.audience} == set(Audience)
    assert {c for item in ITEMS for c in item.channels} == set(Channel)
    assert {item.case_type for item in ITEMS} >= {CaseType.IMMEDIATE, CaseType.PROMISED}
    assert {rule.material.necessity for item in ITEMS for rule in item.rules} == set(Necessity)
    assert {item.decided_here for item in ITEMS} == {True, False}
    assert any(question.multiple for item in ITEMS for question in item.questions)
    assert any(question.when for item in ITEMS for question in item.questions)
    assert any(option.refusal for item in ITEMS for q in item.questions for option in q.options)
    assert any(item.cross_region for item in ITEMS) and any(not item.cross_region for item in ITEMS)
    assert {parse_item_code(item.code).region for item in ITEMS} == {"00", "44"}  # type: ignore[union-attr]


def test_some_lists_are_long_and_some_names_differ_only_at_the_end() -> None:
    due = [len(materials_for(item, first_options(item))) for item in ITEMS]
    assert sum(count >= 8 for count in due) >= 5 and max(due) >= 17
    siblings: dict[str, int] = {}
    for item in ITEMS:
        if item.variant:
            base = re.split("[（，]", item.name)[0]
            siblings[base] = siblings.get(base, 0) + 1
            assert item.variant in item.name
    assert sorted(siblings.values(), reverse=True)[:3] >= [4, 3, 3]


@pytest.mark.parametrize("theme", THEMES)
def test_each_tile_of_the_kiosk_has_something_behind_it(theme: str) -> None:
    texts = load()
    assert f"theme.{theme}.title" in texts and f"theme.{theme}.words" in texts
    offered = [i for i in ITEMS if i.theme == theme and Channel.KIOSK in i.channels]
    assert len(offered) >= 3
    assert all(Audience.PERSON in item.audience for item in offered)


def test_the_themes_are_those_of_the_tiles() -> None:
    assert {item.theme for item in ITEMS} == set(THEMES)


def test_a_kiosk_item_without_materials() -> None:
    assert any(
        Channel.KIOSK in item.channels and item.case_type is CaseType.IMMEDIATE and not item.rules
        for item in ITEMS
    )
