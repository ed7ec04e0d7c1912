"""Situations (情形): which questions are reached, and which materials the answers select."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.catalog import COUNTS, NECESSITY, STRICTNESS, Choice, Item, Material, Option, Question
from app.errors import NotEligibleError, SituationError

Answers = Mapping[str, frozenset[str]]
"""Question id → chosen option ids."""

NO_ANSWERS: Answers = {}


def reached(item: Item, answers: Answers) -> tuple[Question, ...]:
    """The questions that the answers so far lead to, in catalog order.

    A question's condition counts only when the question it looks at is itself reached.
    """
    out: list[Question] = []
    made: set[Choice] = set()
    for question in item.questions:
        if question.when and made.isdisjoint(question.when):
            continue
        out.append(question)
        offered = {option.id for option in question.options}
        made |= {Choice(question.id, o) for o in answers.get(question.id, frozenset()) & offered}
    return tuple(out)


def unanswered(item: Item, answers: Answers) -> tuple[Question, ...]:
    return tuple(q for q in reached(item, answers) if not answers.get(q.id))


def settle(item: Item, answers: Answers) -> Answers:
    """The answers that count: those of reached questions, checked.

    Raises:
        SituationError: a reached question is unanswered, has an option it does not
            offer, or has several where one is asked.
        NotEligibleError: an option whose path cannot be handled here.
    """
    settled: dict[str, frozenset[str]] = {}
    for question in reached(item, answers):
        chosen = answers.get(question.id, frozenset())
        options = {option.id: option for option in question.options}
        if not chosen or not chosen <= options.keys() or (len(chosen) > 1 and not question.multiple):
            raise SituationError(f"question {question.id}", question=question.question)
        for option_id in sorted(chosen):
            _refuse(options[option_id])
        settled[question.id] = chosen
    return settled


def _refuse(option: Option) -> None:
    if option.refusal:
        raise NotEligibleError(f"option {option.id}", reason=option.refusal)


def first_options(item: Item) -> Answers:
    """The default path: the first option of every question it reaches."""
    answers: dict[str, frozenset[str]] = {}
    for question in item.questions:
        if question in reached(item, answers):
            answers[question.id] = frozenset({question.options[0].id})
    return answers


def materials_for(item: Item, answers: Answers) -> tuple[Material, ...]:
    """The union of what the answers select, in catalog order, one row a material.

    Asked for twice, a material keeps the larger counts and the stricter necessity.
    """
    made = {
        Choice(question.id, option)
        for question in reached(item, answers)
        for option in answers.get(question.id, frozenset())
    }
    chosen = (rule.material for rule in item.rules if not rule.when or not made.isdisjoint(rule.when))
    return union(chosen)


def union(materials: Iterable[Material]) -> tuple[Material, ...]:
    """One row a material: the same by its id, or else by its name; the first row's texts stay."""
    merged: dict[str, Material] = {}
    keys: dict[str, str] = {}
    for material in materials:
        own = material.id or material.name
        key = own if own in merged else keys.setdefault(material.name, own)
        merged[key] = _stricter(merged[key], material) if key in merged else material
    return tuple(merged.values())


def _stricter(a: Material, b: Material) -> Material:
    """What one of them says goes before what stands in for the unsaid of the other."""
    counted, judged = _saying(COUNTS, a, b), _saying(NECESSITY, a, b)
    return replace(
        a,
        originals=max(m.originals for m in counted),
        copies=max(m.copies for m in counted),
        necessity=max((m.necessity for m in judged), key=STRICTNESS.index),
        unsaid=tuple(word for word in a.unsaid if word in b.unsaid),
    )


def _saying(what: str, *materials: Material) -> Sequence[Material]:
    """Those whose source says it; all where none does."""
    return [m for m in materials if what not in m.unsaid] or materials
