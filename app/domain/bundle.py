"""一件事: several items asked for together — questions once, one form, one set of materials.

`compose` takes the items of a `Bundle`, or any items a person picked (一件事随心办): what is the
same between them is found by itself then.  Answers are kept by the key of the question that is
asked, "item code#question id" of the first item that has it.

Questions are one when a bundle says so (`same`) or when they are equal, and in both cases only
when they offer the same options.  Materials are one by their id, or else by their name; an id
that only counts a list's rows (m1, 2) says nothing beyond its own item.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from app.domain.catalog import Audience, Bundle, Item, Material, Period, Question
from app.domain.situation import Answers, materials_for, reached, settle, union

_ROW_NUMBER = re.compile(r"m?\d{0,3}")


class Fact(Enum):
    """What the one form asks for; the word is `fact.<value>`."""

    APPLICANT = "applicant"
    ORGANISATION = "organisation"
    PHONE = "phone"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class SharedQuestion:
    """`key` is what its answer is kept by; `items` are the codes of the items it is asked for."""

    key: str
    question: Question
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedMaterial:
    """`material` with the larger counts and the stricter necessity of all `items` it serves."""

    material: Material
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormField:
    fact: Fact
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One item of the composition, as it would stand alone."""

    code: str
    name: str
    department: str
    legal: Period | None
    promise: Period | None
    questions: int
    materials: int


@dataclass(frozen=True, slots=True)
class Composition:
    """`promise`: what the bundle promises for all; None where it does not.

    `longest`: working days when all parts run side by side, `in_turn`: one after another; None
    where a part does not say, or counts otherwise.
    """

    parts: tuple[Part, ...]
    questions: tuple[SharedQuestion, ...]
    form: tuple[FormField, ...]
    materials: tuple[SharedMaterial, ...]
    promise: Period | None = None
    longest: int | None = None
    in_turn: int | None = None

    @property
    def questions_saved(self) -> int:
        return sum(part.questions for part in self.parts) - len(self.questions)

    @property
    def materials_saved(self) -> int:
        return sum(part.materials for part in self.parts) - len(self.materials)


def question_key(code: str, question_id: str) -> str:
    return f"{code}#{question_id}"


def compose(
    items: Sequence[Item], bundle: Bundle | None = None, answers: Answers | None = None
) -> Composition:
    """What `items` (each once, in the order they are handled) need together, after `answers` so far."""
    items = tuple({item.code: item for item in items}.values())
    keys = asked_as(items, bundle)
    own = {item.code: answers_of(item, keys, answers or {}) for item in items}
    parts = tuple(_part(item, own[item.code]) for item in items)
    days = [part.promise.working_days if part.promise else None for part in parts]
    said = [day for day in days if day is not None]
    whole = len(said) == len(days) > 0
    return Composition(
        parts,
        tuple(_questions(items, keys, own)),
        tuple(_form(items)),
        tuple(_materials(items, own)),
        bundle.promise if bundle else None,
        max(said) if whole else None,
        sum(said) if whole else None,
    )


def _part(item: Item, answers: Answers) -> Part:
    questions, materials = reached(item, answers), materials_for(item, answers)
    return Part(
        item.code, item.name, item.department, item.legal, item.promise, len(questions), len(materials)
    )


# -- questions -------------------------------------------------------------------------------------


def asked_as(items: Sequence[Item], bundle: Bundle | None = None) -> Mapping[str, str]:
    """Question key → key of the question that is asked in its place (itself where it is not shared)."""
    questions = {question_key(item.code, q.id): q for item in items for q in item.questions}
    keys = {key: key for key in questions}
    for group in bundle.same if bundle else ():
        _join(keys, questions, [key for key in group if key in questions])
    alike: dict[Question, list[str]] = {}
    for key, question in questions.items():
        alike.setdefault(replace(question, id="", when=()), []).append(key)
    for twins in alike.values():
        _join(keys, questions, list(dict.fromkeys(keys[key] for key in twins)))
    return {key: _root(keys, key) for key in keys}


def _root(keys: Mapping[str, str], key: str) -> str:
    while keys[key] != key:
        key = keys[key]
    return key


def _join(keys: dict[str, str], questions: Mapping[str, Question], group: Sequence[str]) -> None:
    """Have the first of `group` asked for all that offer what it offers; never two of one item."""
    if not group:
        return
    first = _root(keys, group[0])
    for key in group[1:]:
        taken = {other.partition("#")[0] for other in keys if _root(keys, other) == first}
        mine = {other.partition("#")[0] for other in keys if _root(keys, other) == _root(keys, key)}
        if not taken & mine and _offers(questions[key]) == _offers(questions[first]):
            keys[_root(keys, key)] = first


def _offers(question: Question) -> tuple[bool, frozenset[str]]:
    return question.multiple, frozenset(option.id for option in question.options)


def answers_of(item: Item, keys: Mapping[str, str], answers: Answers) -> Answers:
    """The part of the composed answers that is about `item`, by its own question ids."""
    own = {q.id: answers.get(keys[question_key(item.code, q.id)]) for q in item.questions}
    return {question_id: chosen for question_id, chosen in own.items() if chosen}


def settle_all(items: Sequence[Item], bundle: Bundle | None, answers: Answers) -> Mapping[str, Answers]:
    """Item code → its answers that count.  Raises SituationError, NotEligibleError as `settle`."""
    keys = asked_as(items, bundle)
    return {item.code: settle(item, answers_of(item, keys, answers)) for item in items}


def _questions(
    items: Sequence[Item], keys: Mapping[str, str], own: Mapping[str, Answers]
) -> Iterator[SharedQuestion]:
    """Those reached in at least one item, at the place of the first."""
    words = {question_key(item.code, q.id): q for item in items for q in item.questions}
    asked: dict[str, list[str]] = {}
    for item in items:
        for question in reached(item, own[item.code]):
            asked.setdefault(keys[question_key(item.code, question.id)], []).append(item.code)
    for key, codes in asked.items():
        yield SharedQuestion(key, words[key], tuple(codes))


# -- the form --------------------------------------------------------------------------------------


def needed_facts(item: Item) -> tuple[Fact, ...]:
    """What an application for `item` says besides situation and materials."""
    facts = [Fact.APPLICANT]
    if item.audience == {Audience.ENTERPRISE}:
        facts.append(Fact.ORGANISATION)
    facts.append(Fact.PHONE)
    return tuple([*facts, Fact.DELIVERY] if item.results else facts)


def _form(items: Iterable[Item]) -> Iterator[FormField]:
    wanted: dict[Fact, list[str]] = {}
    for item in items:
        for fact in needed_facts(item):
            wanted.setdefault(fact, []).append(item.code)
    yield from (FormField(fact, tuple(wanted[fact])) for fact in Fact if fact in wanted)


# -- materials -------------------------------------------------------------------------------------


def _materials(items: Sequence[Item], own: Mapping[str, Answers]) -> Iterator[SharedMaterial]:
    """One row a material over all items, in the order they first come up."""
    rows: list[SharedMaterial] = []
    for item in items:
        for material in materials_for(item, own[item.code]):
            at = next((n for n, row in enumerate(rows) if _one(row.material, material)), None)
            if at is None:
                rows.append(SharedMaterial(material, (item.code,)))
            else:
                rows[at] = _with(rows[at], material, item.code)
    yield from rows


def _one(a: Material, b: Material) -> bool:
    return a.name == b.name or (a.id == b.id and not _ROW_NUMBER.fullmatch(a.id))


def _with(row: SharedMaterial, material: Material, code: str) -> SharedMaterial:
    (merged,) = union([row.material, replace(material, id=row.material.id, name=row.material.name)])
    return SharedMaterial(merged, tuple(dict.fromkeys((*row.items, code))))
