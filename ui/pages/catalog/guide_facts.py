"""The guide of an item as sections of (label, value): every fact of the model, in the order people ask.

Pure: a value of "" is one the source does not say; the page shows 未提供 for it, never a guess.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.catalog import (
    COUNTS,
    NECESSITY,
    CaseType,
    Channel,
    Choice,
    Item,
    Material,
    MaterialRule,
    Necessity,
    parse_item_code,
)
from app.domain.item_code import code_words
from app.texts import Texts
from ui.changes.words import period_words

SECTIONS = (
    "basic",
    "conditions",
    "materials",
    "steps",
    "limits",
    "fees",
    "results",
    "windows",
    "channels",
    "faq",
    "basis",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """`label` "" : the value stands alone; `note`: a quieter line below it; `tag`: a word at its right."""

    label: str
    value: str
    note: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """`key`: one of SECTIONS, its title is `guide.section.<key>`; no facts: 未提供."""

    key: str
    facts: tuple[Fact, ...]


def guide(texts: Texts, item: Item) -> tuple[Section, ...]:
    parts = {
        "basic": _basic,
        "conditions": _conditions,
        "materials": _materials,
        "steps": _steps,
        "limits": _limits,
        "fees": _fees,
        "results": _results,
        "windows": _windows,
        "channels": _channels,
        "faq": _faq,
        "basis": _basis,
    }
    return tuple(Section(key, tuple(parts[key](texts, item))) for key in SECTIONS)


def _joined(texts: Texts, words: Sequence[str]) -> str:
    return texts["ui.comma"].join(word for word in words if word)


def _dotted(texts: Texts, *parts: str) -> str:
    return texts["ui.dot"].join(part for part in parts if part)


def _yes(texts: Texts, said: bool | None) -> str:
    return "" if said is None else texts["guide.yes" if said else "guide.no"]


def _basic(texts: Texts, item: Item) -> Iterator[Fact]:
    def fact(key: str, value: str, note: str = "") -> Fact:
        return Fact(texts[f"guide.fact.{key}"], value, note)

    yield fact("code", item.code, _code_note(texts, item))
    code = parse_item_code(item.code)
    words = code_words(code) if code else None
    kind, law, level = (words.kind, words.regime, words.level) if words else ("", "", "")
    yield fact("type", _known(texts, kind), _known(texts, law))
    yield fact("level", texts.code("use_level", item.level) if item.level else _known(texts, level))
    yield fact("department", item.department)
    yield fact("body_nature", item.body_nature)
    yield fact("entrusted", item.entrusted_by)
    yield fact("joint", _joined(texts, item.joint_bodies))
    audience = [texts.code("audience", a.value) for a in sorted(item.audience, key=lambda a: a.value)]
    yield fact("audience", _joined(texts, [*audience, *item.applicants]))
    said = item.case_type is not CaseType.OTHER
    yield fact("case_type", texts.code("case_type", item.case_type.value) if said else "")
    yield fact("parent", item.parent_name)
    yield fact("everyday", _joined(texts, item.everyday_names))
    yield fact("topics", _joined(texts, item.topics))
    yield fact("version", item.version, _validity(texts, item))


def _known(texts: Texts, key: str) -> str:
    return texts.say(key) if key in texts else ""


def _code_note(texts: Texts, item: Item) -> str:
    """The code taken apart into words; "" for one of another shape."""
    code = parse_item_code(item.code)
    if code is None:
        return ""
    words = code_words(code)
    return texts.say(
        "guide.code_parts",
        uscc=code.uscc,
        level=_known(texts, words.level) or code.level,
        region=code.region,
        kind=_known(texts, words.kind) or code.type_digits,
        department=_known(texts, words.department) or code.department,
        main=code.main,
        sub=code.sub,
    )


def _validity(texts: Texts, item: Item) -> str:
    parts = []
    if item.effective_from is not None:
        parts.append(texts.say("guide.effective", day=item.effective_from.isoformat()))
    if item.withdrawn_on is not None:
        parts.append(texts.say("guide.withdrawn", day=item.withdrawn_on.isoformat()))
    return texts["ui.dot"].join(parts)


def _conditions(texts: Texts, item: Item) -> Iterator[Fact]:
    if item.conditions:
        yield Fact("", item.conditions)


def _materials(texts: Texts, item: Item) -> Iterator[Fact]:
    """Those of every path first, then by the answer that asks for them."""
    for rule in sorted(item.rules, key=lambda rule: bool(rule.when)):
        yield Fact(
            "", rule.material.name, _material_note(texts, item, rule), material_sheets(texts, rule.material)
        )


def _material_note(texts: Texts, item: Item, rule: MaterialRule) -> str:
    m = rule.material
    parts = [
        _when(texts, item, rule.when),
        _necessity(texts, m),
        m.kind,
        m.form,
        m.source,
        m.issuer,
        texts.say("guide.licence", name=m.licence_name) if m.licence_name else "",
        texts["guide.returned"] if m.returned else "",
        m.points,
        m.note,
        texts.say("guide.sample", name=m.sample) if m.sample else "",
        texts.say("guide.blank", name=m.blank) if m.blank else "",
    ]
    return _dotted(texts, *parts)


def _necessity(texts: Texts, m: Material) -> str:
    if NECESSITY in m.unsaid:
        return texts["guide.necessity_unsaid"]
    return "" if m.necessity is Necessity.REQUIRED else texts.code("necessity", m.necessity.value)


def material_sheets(texts: Texts, material: Material) -> str:
    if COUNTS in material.unsaid:
        return texts["guide.counts_unsaid"]
    return texts.say("changes.sheets", originals=material.originals, copies=material.copies)


def _when(texts: Texts, item: Item, when: Sequence[Choice]) -> str:
    labels = {Choice(q.id, o.id): o.label for q in item.questions for o in q.options}
    said = [labels[choice] for choice in when if choice in labels]
    return texts.say("guide.when", answers=texts["ui.slash"].join(said)) if said else ""


def _steps(texts: Texts, item: Item) -> Iterator[Fact]:
    for number, step in enumerate(item.steps, 1):
        days = texts.say("guide.step_days", n=step.days) if step.days else ""
        note = _dotted(texts, step.handler, step.standard, step.outcome)
        yield Fact("", f"{number}. {step.name}", note, days)


def _limits(texts: Texts, item: Item) -> Iterator[Fact]:
    for key in ("legal", "promise"):
        period = getattr(item, key)
        words = "" if period is None else period_words(texts, period)
        yield Fact(texts[f"changes.{key}"], words, "" if period is None else period.note)
    yield Fact(texts["guide.fact.special"], _joined(texts, item.special_procedures))


def _fees(texts: Texts, item: Item) -> Iterator[Fact]:
    if item.fees:
        for fee in item.fees:
            reducible = texts["guide.reducible"] if fee.reducible else ""
            yield Fact(
                "", fee.name, texts["ui.dot"].join(p for p in (fee.basis, reducible) if p), fee.standard
            )
    elif item.fee is not None:
        yield Fact("", texts["guide.fee" if item.fee else "guide.free"])


def _results(texts: Texts, item: Item) -> Iterator[Fact]:
    for result in item.results:
        licence = texts.say("guide.result_licence", code=result.licence_code) if result.licence_code else ""
        sample = texts.say("guide.sample", name=result.sample) if result.sample else ""
        yield Fact("", result.name, _dotted(texts, licence, sample), result.kind)


def _windows(texts: Texts, item: Item) -> Iterator[Fact]:
    for window in item.windows:
        note = _dotted(texts, window.address, window.hours, window.guide)
        yield Fact("", window.name, note, window.phone)


def _channels(texts: Texts, item: Item) -> Iterator[Fact]:
    def fact(key: str, value: str, note: str = "") -> Fact:
        return Fact(texts[f"guide.fact.{key}"], value, note)

    places = [texts.code("channel", channel.value) for channel in Channel if channel in item.channels]
    yield fact("channels", _joined(texts, places))
    for way in item.cross_region:
        words = (way.scope, _joined(texts, way.areas), way.note)
        yield fact(
            "cross_region",
            texts.code("cross_region", way.mode.value),
            texts["ui.dot"].join(w for w in words if w),
        )
    if not item.cross_region:
        yield fact("cross_region", "")
    visits = "" if item.visits is None else texts.say("counter.visits", n=item.visits)
    yield fact("visits", visits, item.visit_reason)
    yield fact(
        "online", texts.say("guide.depth", n=item.online_depth) if item.online_depth else "", item.online_url
    )
    yield fact("booking", _yes(texts, item.booking), item.booking_url)
    yield fact("courier", _yes(texts, item.courier))
    yield fact("payment", _yes(texts, item.online_payment))


def _faq(texts: Texts, item: Item) -> Iterator[Fact]:
    for entry in item.faq:
        yield Fact("", entry.question, entry.answer)


def _basis(texts: Texts, item: Item) -> Iterator[Fact]:
    for law in item.legal_basis:
        yield Fact("", law)
    yield Fact(texts["guide.fact.phone"], item.phone)
    yield Fact(texts["guide.fact.complaint"], item.complaint_phone)
