"""Situations: which questions are reached, which answers count, what materials they ask for."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.demo import demo_items
from app.domain.catalog import (
    STRICTNESS,
    Audience,
    Channel,
    Choice,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Option,
    Question,
)
from app.domain.situation import (
    Answers,
    first_options,
    materials_for,
    reached,
    settle,
    unanswered,
    union,
)
from app.errors import NotEligibleError, SituationError


def question(name: str, *options: str, multiple: bool = False, when: tuple[Choice, ...] = ()) -> Question:
    made = tuple(Option(o.rstrip("!"), o, refusal="不在本市" if o.endswith("!") else "") for o in options)
    return Question(name, f"{name}?", made, multiple, when)


def answers(**chosen: str) -> Answers:
    return {name: frozenset(options.split("+")) for name, options in chosen.items()}


ITEM = Item(
    code="x",
    name="演示",
    department="演示",
    department_code="",
    audience=frozenset({Audience.PERSON}),
    channels=frozenset({Channel.COUNTER}),
    questions=(
        question("kind", "first", "change", "away!"),
        question("why", "lost", "broken", when=(Choice("kind", "change"),)),
        question("where", "home", "street", when=(Choice("why", "lost"),)),
        question("help", "none", "stairs", "letters", multiple=True),
    ),
    rules=(
        MaterialRule(Material("card", "身份证", 1, 1)),
        MaterialRule(Material("old", "原证", 1, 0), when=(Choice("why", "broken"),)),
        MaterialRule(Material("loss", "声明", 1, 0), when=(Choice("why", "lost"), Choice("kind", "first"))),
        MaterialRule(Material("card", "身份证", 0, 2, Necessity.OPTIONAL), when=(Choice("help", "letters"),)),
    ),
)


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [q.id for q in questions]


def test_questions_are_reached_by_the_answers_before_them() -> None:
    assert ids(reached(ITEM, {})) == ["kind", "help"]
    assert ids(reached(ITEM, answers(kind="change"))) == ["kind", "why", "help"]
    assert ids(reached(ITEM, answers(kind="change", why="lost"))) == ["kind", "why", "where", "help"]


def test_an_answer_to_a_question_not_reached_opens_nothing() -> None:
    stale = answers(kind="first", why="lost", where="home", help="none")
    assert ids(reached(ITEM, stale)) == ["kind", "help"]
    assert settle(ITEM, stale) == answers(kind="first", help="none")
    assert [m.id for m in materials_for(ITEM, stale)] == ["card", "loss"]


def test_unanswered() -> None:
    assert ids(unanswered(ITEM, answers(kind="change", help="none"))) == ["why"]


@pytest.mark.parametrize(
    "given_answers",
    [
        answers(help="none"),
        answers(kind="unknown", help="none"),
        answers(kind="first+change", why="lost", where="home", help="none"),
        answers(kind="first"),
        answers(kind="first", help="none+unknown"),
        {"kind": frozenset(), "help": frozenset({"none"})},
    ],
)
def test_what_is_open_or_not_offered_is_refused(given_answers: Answers) -> None:
    with pytest.raises(SituationError) as caught:
        settle(ITEM, given_answers)
    assert caught.value.values["question"] in ("kind?", "help?")


def test_a_path_that_cannot_be_handled_says_why() -> None:
    with pytest.raises(NotEligibleError) as caught:
        settle(ITEM, answers(kind="away", help="none"))
    assert caught.value.values == {"reason": "不在本市"}


def test_several_answers_where_several_are_asked() -> None:
    chosen = answers(kind="first", help="stairs+letters")
    assert settle(ITEM, chosen) == chosen
    assert materials_for(ITEM, chosen)[0] == Material("card", "身份证", 1, 2, Necessity.REQUIRED)


def test_the_same_material_by_name_under_another_id_is_one_row() -> None:
    a, b = Material("a", "身份证", 1, 0, Necessity.DEFERRABLE), Material("b", "身份证", 0, 1)
    assert union([a, b]) == (Material("a", "身份证", 1, 1),)
    assert union([a, replace(b, name="护照")]) == (a, replace(b, name="护照"))
    assert union([replace(a, id=""), replace(b, id="")]) == (Material("", "身份证", 1, 1),)


MATERIALS = st.lists(
    st.builds(
        Material,
        st.sampled_from("abc"),
        st.sampled_from(("甲", "乙", "丙", "丁")),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(Necessity),
    ),
    max_size=8,
)


@given(MATERIALS)
def test_a_union_loses_nothing_and_repeats_nothing(materials: list[Material]) -> None:
    merged = union(materials)
    assert union(merged) == merged
    assert len({m.id for m in merged}) == len(merged)
    for material in materials:
        rows = [m for m in merged if m.id == material.id or m.name == material.name]
        assert any(
            row.originals >= material.originals
            and row.copies >= material.copies
            and STRICTNESS.index(row.necessity) >= STRICTNESS.index(material.necessity)
            for row in rows
        )


ITEMS = st.sampled_from(demo_items())


@given(ITEMS, st.data())
def test_whatever_is_chosen_is_settled_or_refused_with_a_reason(item: Item, data: st.DataObject) -> None:
    chosen: dict[str, frozenset[str]] = {}
    for asked in item.questions:
        if asked in reached(item, chosen):
            options = st.sampled_from([option.id for option in asked.options])
            several = st.frozensets(options, min_size=1)
            chosen[asked.id] = data.draw(several if asked.multiple else options.map(lambda o: frozenset({o})))
    try:
        assert settle(item, chosen) == chosen
    except NotEligibleError as error:
        assert error.values["reason"]
    due = materials_for(item, chosen)
    assert len({m.name for m in due}) == len(due)


@given(ITEMS)
def test_the_first_options_are_a_way_through(item: Item) -> None:
    chosen = first_options(item)
    assert settle(item, chosen) == chosen
    assert not unanswered(item, chosen)


# -- trees made at random ------------------------------------------------------------------------------


@st.composite
def trees(draw: st.DrawFn) -> Item:
    """Up to six questions, some multiple, conditional on any earlier options; rules on any option."""
    questions: list[Question] = []
    made: list[Choice] = []
    for number in range(draw(st.integers(0, 6))):
        options = [Option(f"o{n}", f"o{n}") for n in range(draw(st.integers(1, 3)))]
        when = tuple(draw(st.lists(st.sampled_from(made), max_size=2, unique=True))) if made else ()
        asked = Question(f"q{number}", "?", tuple(options), draw(st.booleans()), when)
        questions.append(asked)
        made += [Choice(asked.id, option.id) for option in options]
    rules = []
    for material in draw(MATERIALS):
        when = tuple(draw(st.lists(st.sampled_from(made), max_size=2, unique=True))) if made else ()
        rules.append(MaterialRule(material, when))
    return replace(ITEM, questions=tuple(questions), rules=tuple(rules))


def drawn(item: Item, data: st.DataObject) -> Answers:
    """Any answers at all: to questions not reached, with options not offered, several where one is asked."""
    options = st.frozensets(st.sampled_from(["o0", "o1", "o2", "gone"]), max_size=3)
    return data.draw(st.dictionaries(st.sampled_from([*(q.id for q in item.questions), "none"]), options))


@settings(deadline=None)
@given(trees(), st.data())
def test_a_question_is_reached_only_through_reached_ones(item: Item, data: st.DataObject) -> None:
    chosen = drawn(item, data)
    way = reached(item, chosen)
    names = ids(way)
    for asked in item.questions:
        opened = [
            choice for choice in asked.when
            if choice.question_id in names
            and choice.option_id in chosen.get(choice.question_id, ())
            and choice.option_id in {o.id for q in way if q.id == choice.question_id for o in q.options}
        ]  # fmt: skip
        assert (asked.id in names) == (not asked.when or bool(opened))
    assert names == [q.id for q in item.questions if q.id in names], "in catalog order"


@settings(deadline=None)
@given(trees(), st.data())
def test_what_was_not_reached_changes_nothing(item: Item, data: st.DataObject) -> None:
    chosen = drawn(item, data)
    names = ids(reached(item, chosen))
    bare = {name: options for name, options in chosen.items() if name in names}
    assert reached(item, bare) == reached(item, chosen)
    assert unanswered(item, bare) == unanswered(item, chosen)
    assert materials_for(item, bare) == materials_for(item, chosen)


@settings(deadline=None)
@given(trees(), st.data())
def test_settling_is_final(item: Item, data: st.DataObject) -> None:
    chosen = drawn(item, data)
    try:
        settled = settle(item, chosen)
    except SituationError:
        return
    assert settle(item, settled) == settled
    assert not unanswered(item, settled)
    assert set(settled) == set(ids(reached(item, chosen)))
    assert materials_for(item, settled) == materials_for(item, chosen)


@settings(deadline=None)
@given(trees())
def test_the_default_path_of_any_tree_settles(item: Item) -> None:
    assert settle(item, first_options(item)) == first_options(item)


def test_what_one_source_says_goes_before_what_the_other_leaves_unsaid() -> None:
    unsaid = Material("a", "身份证", 1, 0, unsaid=("counts", "necessity"))
    said = Material("a", "身份证", 0, 2, Necessity.OPTIONAL)
    for both in ([unsaid, said], [said, unsaid]):
        assert union(both) == (said,)
    assert union([unsaid, unsaid]) == (unsaid,)
    half = replace(unsaid, unsaid=("counts",), necessity=Necessity.DEFERRABLE)
    assert union([unsaid, half]) == (half,)


@settings(deadline=None)
@given(MATERIALS, MATERIALS)
def test_a_union_grows_and_never_shrinks(some: list[Material], more: list[Material]) -> None:
    """Asked for more, nobody brings fewer sheets of anything, and nothing becomes less necessary."""
    before, after = union(some), union([*some, *more])
    for row in before:
        (now,) = [m for m in after if m.id == row.id and m.name == row.name]
        assert now.originals >= row.originals and now.copies >= row.copies
        assert STRICTNESS.index(now.necessity) >= STRICTNESS.index(row.necessity)
    assert [m.name for m in after[: len(before)]] == [m.name for m in before], "what came first stays first"


@settings(deadline=None)
@given(MATERIALS, st.sampled_from(Necessity), st.integers(0, 5))
def test_a_stricter_wish_makes_a_stricter_row(
    materials: list[Material], necessity: Necessity, count: int
) -> None:
    for number, material in enumerate(materials):
        stricter = replace(
            material,
            originals=material.originals + count,
            necessity=max(material.necessity, necessity, key=STRICTNESS.index),
        )
        changed = union([*materials[:number], stricter, *materials[number + 1 :]])
        for old, new in zip(union(materials), changed, strict=True):
            assert new.originals >= old.originals and new.copies == old.copies
            assert STRICTNESS.index(new.necessity) >= STRICTNESS.index(old.necessity)
