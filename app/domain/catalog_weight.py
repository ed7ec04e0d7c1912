"""Whether a change of an item matters to the draft or the case that stands in it.

A material asked for on another path than the one answered matters to nobody here; one that has to be
asked for now does, unless enough of it was taken.  A received case keeps its version: nothing is to be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from app.domain.catalog import Channel, Item, Material, Necessity
from app.domain.catalog_diff import Change, Matters, differences, material_key, material_names
from app.domain.catalog_diff import ChangeKind as K
from app.domain.situation import NO_ANSWERS, Answers, materials_for, reached

WEIGHT = (Matters.NO, Matters.KNOW, Matters.NOW)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a draft or a case stands: `taken` sheets (originals, copies) by the material's id or name.

    `received`: the case keeps the version it was taken under, so nothing has to be done any more.
    """

    answers: Answers = field(default_factory=lambda: NO_ANSWERS)
    taken: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    channel: Channel | None = None
    received: bool = False


class Subject(Enum):
    DRAFT = "draft"
    CASE = "case"


@dataclass(frozen=True, slots=True, repr=False)
class ItemChanged:
    """What a new catalog means to one draft or case; `number` is a case's, `who` its masked name."""

    subject_id: str
    subject: Subject
    item_code: str
    item_name: str
    operator_id: str
    who: str
    number: str
    version: str
    changes: tuple[Change, ...]

    @property
    def matters(self) -> Matters:
        return heaviest(self.changes)

    @property
    def withdrawn(self) -> bool:
        return any(change.kind is K.WITHDRAWN for change in self.changes)


def heaviest(changes: tuple[Change, ...]) -> Matters:
    return max((change.matters for change in changes), key=WEIGHT.index, default=Matters.NO)


def weighed(before: Item, after: Item | None, today: date, stand: Stand) -> tuple[Change, ...]:
    """Every change with what it means to the one who stands there, heaviest first."""
    found = differences(before, after, today)
    changes = [replace(change, matters=_weigh(change, before, after, stand)) for change in found]
    return tuple(sorted(changes, key=lambda change: -WEIGHT.index(change.matters)))


def holding(item: Item, answers: Answers) -> Answers:
    """Those of `answers` that `item` still offers, as far as they lead."""
    options = {q.id: {option.id for option in q.options} for q in item.questions}
    single = {q.id for q in item.questions if not q.multiple}
    kept = {q: chosen & options[q] for q, chosen in answers.items() if q in options}
    kept = {q: chosen for q, chosen in kept.items() if chosen and (len(chosen) == 1 or q not in single)}
    return {q.id: kept[q.id] for q in reached(item, kept) if q.id in kept}


_OF_MATERIALS = frozenset(
    {K.MATERIAL_ADDED, K.MATERIAL_REMOVED, K.MORE_SHEETS, K.FEWER_SHEETS, K.OTHER_SHEETS}
    | {K.STRICTER, K.LOOSER, K.MATERIAL_PATH}
)
_OF_QUESTIONS = frozenset(
    {K.QUESTION_ADDED, K.QUESTION_REMOVED, K.QUESTION_CHANGED}
    | {K.OPTION_ADDED, K.OPTION_REMOVED, K.OPTION_CLOSED, K.OPTION_OPENED, K.OPTION_REASON}
)
_OF_TEXTS = frozenset({K.MATERIAL_RENAMED, K.MATERIAL_NOTES})
_TO_A_CASE = _OF_MATERIALS | {K.WITHDRAWN, K.RESTORED, K.DEPARTMENT, K.WINDOWS}


def _weigh(change: Change, before: Item, after: Item | None, stand: Stand) -> Matters:
    if stand.received and change.kind not in _TO_A_CASE:
        return Matters.NO
    weight = _to_a_draft(change, before, after, stand)
    return min(weight, Matters.KNOW, key=WEIGHT.index) if stand.received else weight


def _to_a_draft(change: Change, before: Item, after: Item | None, stand: Stand) -> Matters:
    if change.kind is K.WITHDRAWN:
        return Matters.NOW
    if change.kind in (K.CHANNEL_LOST, K.CHANNEL_GAINED):
        own = stand.channel is not None and change.key == stand.channel.value
        return Matters.NOW if own and change.kind is K.CHANNEL_LOST else Matters.NO
    if after is None or change.kind is K.FACTS:
        return Matters.NO
    if change.kind in _OF_QUESTIONS:
        return _question_weight(change, before, after, stand)
    if change.kind in _OF_MATERIALS or change.kind in _OF_TEXTS:
        return _material_weight(change, before, after, stand)
    return Matters.KNOW


def _question_weight(change: Change, before: Item, after: Item, stand: Stand) -> Matters:
    question, _, option = change.key.partition("#")
    asked_then = question in {q.id for q in reached(before, stand.answers)}
    asked_now = question in {q.id for q in reached(after, holding(after, stand.answers))}
    if change.kind is K.QUESTION_ADDED:
        return Matters.NOW if asked_now else Matters.NO
    chosen = stand.answers.get(question, frozenset()) if asked_then else frozenset()
    if change.kind in (K.OPTION_REMOVED, K.OPTION_CLOSED, K.OPTION_REASON):
        return Matters.NOW if option in chosen else Matters.NO
    if change.kind is K.QUESTION_CHANGED and chosen and question not in holding(after, stand.answers):
        return Matters.NOW
    return Matters.KNOW if asked_then or asked_now else Matters.NO


def _material_weight(change: Change, before: Item, after: Item, stand: Stand) -> Matters:
    same = material_names(before, after)
    own = same.get(change.key, change.key)
    then = {material_key(m): m for m in materials_for(before, stand.answers)}.get(own)
    due = materials_for(after, holding(after, stand.answers))
    now = {same.get(material_key(m), material_key(m)): m for m in due}.get(own)
    if change.kind in _OF_TEXTS:
        return Matters.KNOW if now is not None else Matters.NO
    if _asked(then) == _asked(now):
        return Matters.NO
    if now is None or now.necessity is not Necessity.REQUIRED:
        return Matters.KNOW
    originals, copies = stand.taken.get(own, (0, 0))
    return Matters.KNOW if originals >= now.originals and copies >= now.copies else Matters.NOW


def _asked(material: Material | None) -> tuple[object, ...]:
    return () if material is None else (material.originals, material.copies, material.necessity)
