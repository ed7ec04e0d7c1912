"""What two versions of one item differ in.

A change is a fact of the catalog; whether it matters to a draft or a case says `app.domain.catalog_weight`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum

from app.domain.catalog import STRICTNESS, Channel, Item, Material, MaterialRule, Period, Question
from app.domain.situation import union


class ChangeKind(Enum):
    """The word is `catalog_change.<value>`."""

    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    CHANNEL_LOST = "channel_lost"
    CHANNEL_GAINED = "channel_gained"
    MATERIAL_ADDED = "material_added"
    MATERIAL_REMOVED = "material_removed"
    MATERIAL_RENAMED = "material_renamed"
    MORE_SHEETS = "more_sheets"
    FEWER_SHEETS = "fewer_sheets"
    OTHER_SHEETS = "other_sheets"
    STRICTER = "stricter"
    LOOSER = "looser"
    MATERIAL_PATH = "material_path"
    MATERIAL_NOTES = "material_notes"
    QUESTION_ADDED = "question_added"
    QUESTION_REMOVED = "question_removed"
    QUESTION_CHANGED = "question_changed"
    OPTION_ADDED = "option_added"
    OPTION_REMOVED = "option_removed"
    OPTION_CLOSED = "option_closed"
    OPTION_OPENED = "option_opened"
    OPTION_REASON = "option_reason"
    SHORTER = "shorter"
    LONGER = "longer"
    OTHER_PERIOD = "other_period"
    FEE_STARTED = "fee_started"
    FEE_ENDED = "fee_ended"
    FEES = "fees"
    NAME = "name"
    DEPARTMENT = "department"
    WINDOWS = "windows"
    CONDITIONS = "conditions"
    AUDIENCE = "audience"
    FACTS = "facts"


K = ChangeKind  # named so often below

_PAIRS = (
    (K.WITHDRAWN, K.RESTORED),
    (K.CHANNEL_LOST, K.CHANNEL_GAINED),
    (K.MATERIAL_ADDED, K.MATERIAL_REMOVED),
    (K.MORE_SHEETS, K.FEWER_SHEETS),
    (K.STRICTER, K.LOOSER),
    (K.QUESTION_ADDED, K.QUESTION_REMOVED),
    (K.OPTION_ADDED, K.OPTION_REMOVED),
    (K.OPTION_CLOSED, K.OPTION_OPENED),
    (K.SHORTER, K.LONGER),
    (K.FEE_STARTED, K.FEE_ENDED),
)
OPPOSITE: Mapping[ChangeKind, ChangeKind] = {
    **{kind: kind for kind in ChangeKind},
    **dict(_PAIRS),
    **{after: before for before, after in _PAIRS},
}
"""The kind the same change has when it is looked at from the other end."""


class Matters(Enum):
    """NOW: something has to be done before the decision; KNOW: worth knowing; NO: not on this path."""

    NO = "no"
    KNOW = "know"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Change:
    """`subject`: the name people know (of a material, question, option) or a code (`legal`, a channel);
    `key`: its id in the catalog.  `before`, `after`: text, sheets as "originals/copies", a necessity's value.
    """

    kind: ChangeKind
    subject: str = ""
    key: str = ""
    before: str = ""
    after: str = ""
    was: Period | None = None
    now: Period | None = None
    matters: Matters = Matters.KNOW


def withdrawn(item: Item | None, today: date) -> bool:
    """Whether an item cannot be asked for any more."""
    return item is None or (item.withdrawn_on is not None and item.withdrawn_on <= today)


def differences(before: Item, after: Item | None, today: date) -> tuple[Change, ...]:
    """Every change from one version to the next; `after` None: it is no longer in the catalog."""
    return tuple(_all(before, after, today))


def material_names(before: Item, after: Item) -> Mapping[str, str]:
    """The key in `before` of each material of `after` that is the same: by its id, or else by its name."""
    old, new = _materials(before), _materials(after)
    by_name = {material.name: key for key, material in old.items() if key not in new}
    pairs = {key: key if key in old else by_name.get(material.name, "") for key, material in new.items()}
    return {key: known for key, known in pairs.items() if known}


# -- what changed ------------------------------------------------------------------------------------


def _all(before: Item, after: Item | None, today: date) -> Iterator[Change]:
    gone = withdrawn(before, today), withdrawn(after, today)
    if gone == (False, True):
        yield Change(K.WITHDRAWN, before.name, before.code)
    elif gone == (True, False):
        yield Change(K.RESTORED, before.name, before.code)
    if after is None:
        return
    yield from _channels(before, after)
    yield from _material_changes(before, after)
    yield from _question_changes(before, after)
    yield from _periods(before, after)
    yield from _fees(before, after)
    yield from _facts(before, after)


def _channels(before: Item, after: Item) -> Iterator[Change]:
    for channel in Channel:
        if (channel in before.channels) != (channel in after.channels):
            kind = K.CHANNEL_LOST if channel in before.channels else K.CHANNEL_GAINED
            yield Change(kind, channel.value, channel.value)


def _materials(item: Item) -> dict[str, Material]:
    """One row a material over all paths."""
    return {material_key(m): m for m in union(rule.material for rule in item.rules)}


def material_key(material: Material) -> str:
    """Its id, else its name: what a taking and a file of it are kept under."""
    return material.id or material.name


def _material_changes(before: Item, after: Item) -> Iterator[Change]:
    old, new, same = _materials(before), _materials(after), material_names(before, after)
    for key, material in new.items():
        if key not in same:
            yield Change(K.MATERIAL_ADDED, material.name, key, after=_sheets(material))
        else:
            yield from _material(old[same[key]], material, key)
            if _path_differs(before, old[same[key]], after, material):
                yield Change(K.MATERIAL_PATH, material.name, key)
    for key in old.keys() - set(same.values()):
        yield Change(K.MATERIAL_REMOVED, old[key].name, key, before=_sheets(old[key]))


def _material(old: Material, new: Material, key: str) -> Iterator[Change]:
    if old.name != new.name:
        yield Change(K.MATERIAL_RENAMED, new.name, key, old.name, new.name)
    if _sheets(old) != _sheets(new):
        more = new.originals >= old.originals and new.copies >= old.copies
        fewer = new.originals <= old.originals and new.copies <= old.copies
        kind = K.MORE_SHEETS if more else K.FEWER_SHEETS if fewer else K.OTHER_SHEETS
        yield Change(kind, new.name, key, _sheets(old), _sheets(new))
    if old.necessity is not new.necessity:
        stricter = STRICTNESS.index(new.necessity) > STRICTNESS.index(old.necessity)
        kind = K.STRICTER if stricter else K.LOOSER
        yield Change(kind, new.name, key, old.necessity.value, new.necessity.value)
    if _without(old, *_COUNTED) != _without(new, *_COUNTED):
        yield Change(K.MATERIAL_NOTES, new.name, key, old.points, new.points)


_COUNTED = ("id", "name", "originals", "copies", "necessity")


def _without(value: object, *names: str) -> tuple[object, ...]:
    return tuple(getattr(value, f.name) for f in fields(value) if f.name not in names)  # type: ignore[arg-type]


def _sheets(material: Material) -> str:
    return f"{material.originals}/{material.copies}"


def _path_differs(before: Item, old: Material, after: Item, new: Material) -> bool:
    """Whether another path asks for it now, or a path asks for as many in all but by other rules."""
    was, now = _rules(before, old), _rules(after, new)
    if {rule.when for rule in was} != {rule.when for rule in now}:
        return True
    alike = (_sheets(old), old.necessity) == (_sheets(new), new.necessity)
    return alike and _asking(was) != _asking(now)


def _rules(item: Item, material: Material) -> list[MaterialRule]:
    own = material_key(material)
    return [r for r in item.rules if material_key(r.material) == own or r.material.name == material.name]


def _asking(rules: list[MaterialRule]) -> set[tuple[object, ...]]:
    return {(rule.when, _sheets(rule.material), rule.material.necessity) for rule in rules}


def _question_changes(before: Item, after: Item) -> Iterator[Change]:
    old, new = ({q.id: q for q in item.questions} for item in (before, after))
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            yield Change(K.QUESTION_ADDED, new[key].question, key)
        elif key not in new:
            yield Change(K.QUESTION_REMOVED, old[key].question, key)
        else:
            yield from _question(old[key], new[key])


def _question(old: Question, new: Question) -> Iterator[Change]:
    was, now = ({option.id: option for option in q.options} for q in (old, new))
    for key in sorted(was.keys() | now.keys()):
        place = f"{new.id}#{key}"
        if key not in was:
            yield Change(K.OPTION_ADDED, now[key].label, place, after=new.question)
        elif key not in now:
            yield Change(K.OPTION_REMOVED, was[key].label, place, before=old.question)
        elif was[key].refusal != now[key].refusal:
            kind = _refusal_kind(was[key].refusal, now[key].refusal)
            yield Change(kind, now[key].label, place, was[key].refusal, now[key].refusal)
    if _wording(old, was.keys() & now.keys()) != _wording(new, was.keys() & now.keys()):
        yield Change(K.QUESTION_CHANGED, new.question, new.id, old.question, new.question)


def _refusal_kind(was: str, now: str) -> ChangeKind:
    if was and now:
        return K.OPTION_REASON
    return K.OPTION_CLOSED if now else K.OPTION_OPENED


def _wording(question: Question, common: set[str]) -> tuple[object, ...]:
    """What a question says, without what is told as a change of an option."""
    options = sorted((o for o in question.options if o.id in common), key=lambda o: o.id)
    words = tuple((o.id, o.label, o.hint) for o in options)
    return question.question, question.multiple, frozenset(question.when), question.help, words


def _periods(before: Item, after: Item) -> Iterator[Change]:
    for name in ("legal", "promise"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Change(_period_kind(was, now), name, name, was=was, now=now)


def _period_kind(was: Period | None, now: Period | None) -> ChangeKind:
    """Shorter or longer only where both count the same; on the spot is shorter than anything."""
    if was is None or now is None or was.count == now.count:
        return K.OTHER_PERIOD
    if was.unit is not now.unit and was.count and now.count:
        return K.OTHER_PERIOD
    return K.SHORTER if now.count < was.count else K.LONGER


def _joined(words: Iterable[str]) -> str:
    return "; ".join(words)


def _fees(before: Item, after: Item) -> Iterator[Change]:
    was, now = (bool(item.fee) or bool(item.fees) for item in (before, after))
    said = [_joined(f"{fee.name} {fee.standard}".strip() for fee in item.fees) for item in (before, after)]
    if was != now:
        yield Change(K.FEE_STARTED if now else K.FEE_ENDED, "", "fee", said[0], said[1])
    elif (before.fee, before.fees) != (after.fee, after.fees):
        yield Change(K.FEES, "", "fee", said[0], said[1])


_TOLD = {"name": K.NAME, "department": K.DEPARTMENT, "conditions": K.CONDITIONS}
_VERSION = ("code", "version", "effective_from", "withdrawn_on")
_ASKED = ("channels", "audience", "questions", "rules", "legal", "promise", "fee", "fees", "windows")
_COMPARED = (*_VERSION, *_ASKED, *_TOLD)


def _facts(before: Item, after: Item) -> Iterator[Change]:
    for name, kind in _TOLD.items():
        if (was := getattr(before, name)) != (now := getattr(after, name)):
            yield Change(kind, "", name, was, now)
    if before.windows != after.windows:
        said = [_joined(window.name for window in item.windows) for item in (before, after)]
        yield Change(K.WINDOWS, "", "windows", said[0], said[1])
    if before.audience != after.audience:
        yield Change(K.AUDIENCE, "", "audience")
    if _without(before, *_COMPARED) != _without(after, *_COMPARED):
        yield Change(K.FACTS, "", "facts")
