"""一件事: what several items need together, for written bundles and for whatever a person picks."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.demo import demo_bundles, demo_items
from app.domain.bundle import (
    Composition,
    Fact,
    answers_of,
    asked_as,
    compose,
    question_key,
    settle_all,
)
from app.domain.catalog import (
    STRICTNESS,
    Audience,
    Bundle,
    Channel,
    Choice,
    Item,
    Material,
    MaterialRule,
    Necessity,
    Option,
    Period,
    Question,
    Result,
)
from app.domain.situation import Answers, materials_for, reached
from app.errors import SituationError
from app.texts import load

BY_CODE = {item.code: item for item in demo_items()}
PICKS = st.lists(st.sampled_from(demo_items()), min_size=1, max_size=5, unique_by=lambda item: item.code)


def question(name: str, *options: str, words: str = "", when: tuple[Choice, ...] = ()) -> Question:
    return Question(name, words or f"{name}?", tuple(Option(o, o) for o in options), when=when)


def an_item(code: str, *rules: MaterialRule, questions: tuple[Question, ...] = (), days: int = 3) -> Item:
    return Item(
        code=code,
        name=f"演示{code}",
        department="演示局",
        department_code="",
        audience=frozenset({Audience.PERSON}),
        channels=frozenset({Channel.COUNTER}),
        promise=Period(days),
        questions=questions,
        rules=rules,
    )


def drawn_answers(data: st.DataObject, items: list[Item], bundle: Bundle | None = None) -> Answers:
    """An answer to every question on the way, kept as a composition keeps it."""
    answers: dict[str, frozenset[str]] = {}
    while True:
        open_ones = [q for q in compose(items, bundle, answers).questions if q.key not in answers]
        if not open_ones:
            return answers
        asked = open_ones[0]
        options = [option.id for option in asked.question.options]
        most = len(options) if asked.question.multiple else 1
        answers[asked.key] = data.draw(st.frozensets(st.sampled_from(options), min_size=1, max_size=most))


# -- one question for what is the same ---------------------------------------------------------------

WHO = question("who", "self", "agent", words="谁来办？")
A = an_item(
    "A",
    MaterialRule(Material("id_card", "身份证", 1, 1)),
    MaterialRule(Material("letter", "委托书", 1, 0, Necessity.OPTIONAL), (Choice("who", "agent"),)),
    questions=(WHO, question("home", "yes", "no")),
)
B = an_item(
    "B",
    MaterialRule(Material("id_card", "居民身份证", 0, 2)),
    MaterialRule(Material("x", "委托书", 1, 0), (Choice("person", "agent"),)),
    questions=(replace(WHO, id="person"), question("wed", "yes", "no")),
    days=5,
)


def test_equal_questions_are_asked_once_and_answered_for_both() -> None:
    both = compose([A, B], answers={"A#who": frozenset({"agent"})})
    assert [(q.key, q.items) for q in both.questions] == [
        ("A#who", ("A", "B")), ("A#home", ("A",)), ("B#wed", ("B",)),
    ]  # fmt: skip
    assert both.questions_saved == 1
    assert [(m.material.name, m.items) for m in both.materials] == [
        ("身份证", ("A", "B")), ("委托书", ("A", "B")),
    ]  # fmt: skip
    assert both.materials[0].material == Material("id_card", "身份证", 1, 2)
    assert both.materials[1].material.necessity is Necessity.REQUIRED
    assert (both.longest, both.in_turn, both.materials_saved) == (5, 8, 2)


def test_a_bundle_says_what_is_the_same_in_other_words() -> None:
    bundle = Bundle("b", "演示", ("A", "B"), same=(("A#home", "B#wed"),), promise=Period(4))
    both = compose([A, B], bundle)
    assert [q.key for q in both.questions] == ["A#who", "A#home"]
    assert both.promise == Period(4)
    assert settle_all([A, B], bundle, {"A#who": frozenset({"self"}), "A#home": frozenset({"no"})}) == {
        "A": {"who": frozenset({"self"}), "home": frozenset({"no"})},
        "B": {"person": frozenset({"self"}), "wed": frozenset({"no"})},
    }
    with pytest.raises(SituationError):
        settle_all([A, B], bundle, {"A#who": frozenset({"self"})})


@pytest.mark.parametrize(
    "other",
    [
        question("wed", "yes", "no", "unsure"),
        replace(question("wed", "yes", "no"), multiple=True),
    ],
)
def test_questions_that_offer_other_things_are_never_one(other: Question) -> None:
    b = replace(B, questions=(other,))
    bundle = Bundle("b", "演示", ("A", "B"), same=(("A#home", "B#wed", "C#gone"),))
    assert asked_as([A, b], bundle)["B#wed"] == "B#wed"


def test_two_questions_of_one_item_stay_two() -> None:
    twice = an_item(
        "C", questions=(question("one", "y", "n", words="?"), question("two", "y", "n", words="?"))
    )
    assert set(asked_as([twice]).values()) == {"C#one", "C#two"}


def test_a_row_number_of_one_list_is_no_id_of_another() -> None:
    """The portal numbers each item's materials m1, m2 …: they must never stand for each other."""
    a = an_item("A", MaterialRule(Material("m1", "申请表", 1, 0)), MaterialRule(Material("m2", "照片", 2, 0)))
    b = an_item("B", MaterialRule(Material("m1", "照片", 1, 0)), MaterialRule(Material("m2", "章程", 1, 0)))
    both = compose([a, b])
    assert [(m.material.name, m.material.originals) for m in both.materials] == [
        ("申请表", 1), ("照片", 2), ("章程", 1),
    ]  # fmt: skip


def test_one_form_says_which_item_needs_what() -> None:
    company = replace(A, code="C", audience=frozenset({Audience.ENTERPRISE}), results=(Result("执照"),))
    form = {field.fact: field.items for field in compose([A, company]).form}
    assert form == {
        Fact.APPLICANT: ("A", "C"),
        Fact.ORGANISATION: ("C",),
        Fact.PHONE: ("A", "C"),
        Fact.DELIVERY: ("C",),
    }
    assert all(f"fact.{fact.value}" in load() for fact in Fact)


def test_a_part_that_does_not_say_its_days_leaves_the_total_unsaid() -> None:
    silent = replace(B, promise=None)
    assert (compose([A, silent]).longest, compose([A, silent]).in_turn) == (None, None)
    assert compose([]) == Composition((), (), (), ())


# -- the demo's bundles ------------------------------------------------------------------------------


@pytest.mark.parametrize("bundle", demo_bundles(), ids=lambda bundle: bundle.code)
def test_a_demo_bundle_saves_the_applicant_something(bundle: Bundle) -> None:
    items = [BY_CODE[code] for code in bundle.items]
    whole = compose(items, bundle)
    assert bundle.demo and bundle.name.endswith("（演示）")
    assert whole.questions_saved > 0 and whole.materials_saved > 0
    keys = {question_key(item.code, q.id) for item in items for q in item.questions}
    assert all(set(group) <= keys for group in bundle.same)
    assert all(len({asked_as(items, bundle)[key] for key in group}) == 1 for group in bundle.same)


# -- whatever is picked ------------------------------------------------------------------------------


@settings(deadline=None)
@given(PICKS, st.data())
def test_a_composition_asks_for_all_that_its_items_ask_for(items: list[Item], data: st.DataObject) -> None:
    answers = drawn_answers(data, items)
    whole = compose(items, None, answers)
    keys = asked_as(items)
    for item in items:
        for due in materials_for(item, answers_of(item, keys, answers)):
            (row,) = [r for r in whole.materials if r.material.name == due.name or r.material.id == due.id][
                :1
            ]
            assert item.code in row.items
            assert row.material.originals >= due.originals and row.material.copies >= due.copies
            assert STRICTNESS.index(row.material.necessity) >= STRICTNESS.index(due.necessity)
    assert len({r.material.name for r in whole.materials}) == len(whole.materials)
    assert whole.materials_saved >= 0 and whole.questions_saved >= 0


@settings(deadline=None)
@given(PICKS, st.data())
def test_each_question_is_asked_once_and_reaches_every_item_it_is_for(
    items: list[Item], data: st.DataObject
) -> None:
    answers = drawn_answers(data, items)
    whole = compose(items, None, answers)
    assert len({q.key for q in whole.questions}) == len(whole.questions)
    keys = asked_as(items)
    for item in items:
        own = answers_of(item, keys, answers)
        asked = {keys[question_key(item.code, q.id)] for q in reached(item, own)}
        assert asked == {q.key for q in whole.questions if item.code in q.items}


@settings(deadline=None)
@given(PICKS)
def test_one_item_alone_is_as_it_is(items: list[Item]) -> None:
    item = items[0]
    alone = compose([item])
    assert [q.question for q in alone.questions] == list(reached(item, {}))
    assert [m.material for m in alone.materials] == list(materials_for(item, {}))
    assert (alone.questions_saved, alone.materials_saved) == (0, 0)
    assert compose([item, item]) == alone


@settings(deadline=None)
@given(PICKS, st.randoms())
def test_the_order_of_items_changes_no_need(items: list[Item], random) -> None:  # type: ignore[no-untyped-def]
    turned = list(items)
    random.shuffle(turned)
    one, other = compose(items), compose(turned)
    assert len(one.questions) == len(other.questions)
    counts = [
        {r.material.name: (r.material.originals, set(r.items)) for r in c.materials} for c in (one, other)
    ]
    assert {n: v for n, v in counts[0].items() if n in counts[1]} == {
        n: v for n, v in counts[1].items() if n in counts[0]
    }
