"""Two versions of an item: what changed, and to whom it matters."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.demo import demo_items
from app.domain.catalog import (
    Audience,
    Channel,
    Choice,
    DayUnit,
    Fee,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Option,
    Period,
    Question,
    Window,
)
from app.domain.catalog_diff import OPPOSITE, Change, Matters, differences
from app.domain.catalog_diff import ChangeKind as K
from app.domain.catalog_weight import WEIGHT, Stand, heaviest, holding, weighed
from app.domain.situation import Answers, materials_for

TODAY = date(2026, 11, 20)
LOST = (Choice("kind", "lost"),)
ITEM = Item(
    code="x",
    name="演示",
    department="演示局",
    department_code="",
    audience=frozenset({Audience.PERSON}),
    channels=frozenset({Channel.COUNTER, Channel.KIOSK}),
    promise=Period(10),
    legal=Period(20),
    questions=(
        Question("kind", "办理情形", (Option("first", "首次"), Option("lost", "补领"))),
        Question("why", "原因", (Option("fire", "火灾"), Option("theft", "被盗")), when=LOST),
    ),
    rules=(
        MaterialRule(Material("card", "身份证", 1, 1)),
        MaterialRule(Material("loss", "声明", 1, 0), LOST),
    ),
)
FIRST = Stand({"kind": frozenset({"first"})}, {"card": (1, 1)}, Channel.COUNTER)
LOSER = Stand({"kind": frozenset({"lost"}), "why": frozenset({"fire"})}, {"card": (1, 1)}, Channel.COUNTER)


def with_material(material: Material, when: tuple[Choice, ...] = ()) -> Item:
    kept = tuple(rule for rule in ITEM.rules if rule.material.id != material.id)
    return replace(ITEM, rules=(*kept, MaterialRule(material, when)))


def seen(after: Item | None, stand: Stand) -> dict[K, Matters]:
    return {change.kind: change.matters for change in weighed(ITEM, after, TODAY, stand)}


def test_a_material_added_matters_on_the_path_that_was_taken_only() -> None:
    after = with_material(Material("photo", "照片", 2, 0), LOST)
    assert seen(after, FIRST) == {K.MATERIAL_ADDED: Matters.NO}
    assert seen(after, LOSER) == {K.MATERIAL_ADDED: Matters.NOW}
    optional = with_material(Material("photo", "照片", 2, 0, Necessity.OPTIONAL), LOST)
    assert seen(optional, LOSER) == {K.MATERIAL_ADDED: Matters.KNOW}
    assert seen(after, replace(LOSER, received=True)) == {K.MATERIAL_ADDED: Matters.KNOW}


def test_more_sheets_matter_unless_enough_were_taken() -> None:
    after = with_material(Material("card", "身份证", 1, 2))
    assert seen(after, FIRST) == {K.MORE_SHEETS: Matters.NOW}
    assert seen(after, replace(FIRST, taken={"card": (1, 2)})) == {K.MORE_SHEETS: Matters.KNOW}
    (change,) = differences(ITEM, after, TODAY)
    assert (change.subject, change.before, change.after) == ("身份证", "1/1", "1/2")


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        (replace(ITEM, promise=Period(5)), K.SHORTER),
        (replace(ITEM, promise=Period(15)), K.LONGER),
        (replace(ITEM, promise=Period(0, DayUnit.HOUR)), K.SHORTER),
        (replace(ITEM, promise=Period(5, DayUnit.NATURAL_DAY)), K.OTHER_PERIOD),
        (replace(ITEM, promise=None), K.OTHER_PERIOD),
        (replace(ITEM, fee=True, fees=(Fee("工本费", "10 元"),)), K.FEE_STARTED),
        (replace(ITEM, department="演示二局"), K.DEPARTMENT),
        (replace(ITEM, windows=(Window("3 号窗"),)), K.WINDOWS),
        (replace(ITEM, conditions="本市户籍"), K.CONDITIONS),
        (replace(ITEM, name="演示二"), K.NAME),
        (replace(ITEM, phone="12345"), K.FACTS),
        (replace(ITEM, withdrawn_on=TODAY), K.WITHDRAWN),
        (replace(ITEM, channels=frozenset({Channel.KIOSK})), K.CHANNEL_LOST),
        (with_material(Material("card", "居民身份证", 1, 1)), K.MATERIAL_RENAMED),
        (with_material(Material("card", "身份证", 0, 2)), K.OTHER_SHEETS),
        (with_material(Material("card", "身份证", 1, 1, Necessity.DEFERRABLE)), K.LOOSER),
        (with_material(Material("card", "身份证", 1, 1, points="看清照片")), K.MATERIAL_NOTES),
        (with_material(Material("loss", "声明", 1, 0)), K.MATERIAL_PATH),
    ],
)
def test_one_change_is_told_as_one(after: Item, kind: K) -> None:
    assert [change.kind for change in differences(ITEM, after, TODAY)] == [kind]


def test_a_material_with_another_id_and_the_same_name_is_the_same() -> None:
    (card, loss) = ITEM.rules
    after = replace(ITEM, rules=(replace(card, material=replace(card.material, id="new")), loss))
    assert differences(ITEM, after, TODAY) == ()


def test_an_item_no_longer_in_the_catalog_stops_a_draft_and_is_told_of_to_a_case() -> None:
    assert seen(None, FIRST) == {K.WITHDRAWN: Matters.NOW}
    assert seen(None, replace(FIRST, received=True)) == {K.WITHDRAWN: Matters.KNOW}
    assert seen(replace(ITEM, withdrawn_on=date(2026, 12, 1)), FIRST) == {}


def test_an_answer_that_is_gone_or_closed_matters_to_the_one_who_gave_it() -> None:
    kind, why = ITEM.questions
    gone = replace(ITEM, questions=(kind, replace(why, options=why.options[1:])))
    assert seen(gone, LOSER) == {K.OPTION_REMOVED: Matters.NOW}
    assert seen(gone, FIRST) == {K.OPTION_REMOVED: Matters.NO}
    assert holding(gone, LOSER.answers) == {"kind": frozenset({"lost"})}
    closed = replace(why, options=(replace(why.options[0], refusal="向所在地申请"), why.options[1]))
    assert seen(replace(ITEM, questions=(kind, closed)), LOSER) == {K.OPTION_CLOSED: Matters.NOW}


def test_a_new_question_matters_where_it_is_asked() -> None:
    more = Question("car", "有车吗", (Option("y", "有"), Option("n", "无")), when=LOST)
    after = replace(ITEM, questions=(*ITEM.questions, more))
    assert seen(after, LOSER) == {K.QUESTION_ADDED: Matters.NOW}
    assert seen(after, FIRST) == {K.QUESTION_ADDED: Matters.NO}


def test_a_question_that_takes_one_answer_now_matters_to_who_gave_two() -> None:
    several = replace(ITEM, questions=(replace(ITEM.questions[0], multiple=True), ITEM.questions[1]))
    both = Stand({"kind": frozenset({"first", "lost"}), "why": frozenset({"fire"})})
    changes = weighed(several, ITEM, TODAY, both)
    assert [(c.kind, c.matters) for c in changes] == [(K.QUESTION_CHANGED, Matters.NOW)]


def test_a_received_case_keeps_its_dates_and_its_fee() -> None:
    after = replace(ITEM, promise=Period(5), fee=True, department="演示二局")
    told = seen(after, replace(FIRST, received=True))
    assert told == {K.SHORTER: Matters.NO, K.FEE_STARTED: Matters.NO, K.DEPARTMENT: Matters.KNOW}


# -- properties --------------------------------------------------------------------------------------

few = settings(max_examples=40)
ids = st.sampled_from(["a", "b", "c", "d"])
choices = st.lists(st.builds(Choice, st.sampled_from(["p", "q"]), st.sampled_from("xyz")), max_size=2)
periods = st.none() | st.builds(Period, st.integers(0, 3), st.sampled_from(DayUnit))
materials = st.builds(
    lambda key, named, o, c, n, p: Material(key, f"material {key}{named}", o, c, n, points=p),
    ids, st.sampled_from(["", "!"]), st.integers(0, 2), st.integers(0, 2), st.sampled_from(Necessity),
    st.sampled_from(["", "look"]),
)  # fmt: skip
rules = st.builds(lambda m, w: MaterialRule(m, tuple(w)), materials, choices)
options = st.lists(
    st.builds(lambda o, label, no: Option(o, label, refusal=no), st.sampled_from("xyz"),
              st.sampled_from("AB"), st.sampled_from(["", "", "no", "never"])),
    min_size=1, unique_by=lambda o: o.id,
)  # fmt: skip
questions = st.lists(
    st.builds(
        lambda q, o, m: Question(q, f"{q}?", tuple(o), m), st.sampled_from("pq"), options, st.booleans()
    ),
    unique_by=lambda q: q.id,
)
items = st.builds(
    lambda q, r, legal, promise, fee, phone, gone, channels: replace(
        ITEM, questions=tuple(q), rules=tuple(r), legal=legal, promise=promise, fee=fee, phone=phone,
        withdrawn_on=gone, channels=channels,
    ),
    questions, st.lists(rules, max_size=5), periods, periods, st.none() | st.booleans(),
    st.sampled_from(["", "1"]), st.sampled_from([None, TODAY, date(2030, 1, 1)]),
    st.frozensets(st.sampled_from(Channel)),
)  # fmt: skip
answers = st.dictionaries(st.sampled_from("pq"), st.frozensets(st.sampled_from("xyz")))
takings = st.dictionaries(ids, st.tuples(st.integers(0, 2), st.integers(0, 2)))
stands = st.builds(Stand, answers, takings, st.none() | st.sampled_from(Channel), st.booleans())


@few
@given(items, stands)
def test_an_item_does_not_differ_from_itself(item: Item, stand: Stand) -> None:
    assert differences(item, item, TODAY) == ()
    assert weighed(item, item, TODAY, stand) == ()


@few
@given(items, items)
def test_seen_from_the_other_end_every_change_is_the_opposite(one: Item, other: Item) -> None:
    forth = Counter(OPPOSITE[c.kind] for c in differences(one, other, TODAY))
    back = Counter(c.kind for c in differences(other, one, TODAY))
    assert forth == back


@few
@given(items, items)
def test_items_that_differ_are_told_to_differ(one: Item, other: Item) -> None:
    paths = [{}, {"p": frozenset("x")}, {"q": frozenset("xy")}]
    if any(materials_for(one, path) != materials_for(other, path) for path in paths):
        same_rows = [sorted(map(str, materials_for(i, p))) for i in (one, other) for p in paths]
        assert differences(one, other, TODAY) or same_rows[:3] == same_rows[3:]


def total(changes: tuple[Change, ...]) -> Mapping[tuple[K, str], int]:
    return {(c.kind, c.key): WEIGHT.index(c.matters) for c in changes}


@few
@given(items, items, stands, takings)
def test_who_took_more_has_no_more_to_do(
    one: Item, other: Item, stand: Stand, more: Mapping[str, tuple[int, int]]
) -> None:
    richer = dict(stand.taken)
    for key, (originals, copies) in more.items():
        had = richer.get(key, (0, 0))
        richer[key] = (max(had[0], originals), max(had[1], copies))
    poor = total(weighed(one, other, TODAY, stand))
    rich = total(weighed(one, other, TODAY, replace(stand, taken=richer)))
    assert all(rich[change] <= weight for change, weight in poor.items())


@few
@given(items, items, stands)
def test_a_received_case_has_less_to_do_than_a_draft(one: Item, other: Item, stand: Stand) -> None:
    draft = total(weighed(one, other, TODAY, replace(stand, received=False)))
    case = weighed(one, other, TODAY, replace(stand, received=True))
    assert heaviest(case) is not Matters.NOW
    assert all(weight <= draft[change] for change, weight in total(case).items())


@few
@given(items, answers)
def test_what_holds_is_offered_and_holds_again(item: Item, given_answers: Answers) -> None:
    kept = holding(item, given_answers)
    assert holding(item, kept) == kept
    assert all(kept[q] <= given_answers[q] for q in kept)


def test_no_demo_item_differs_from_itself() -> None:
    assert not [item.code for item in demo_items() if differences(item, item, TODAY)]
