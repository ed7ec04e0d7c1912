"""Quality of catalog rows: what an editor should look at before publishing.

Pure rules over one item, or over all of them.  None refuses an item: real data breaks
them (two bodies of the published Guangdong catalog fail the USCC check).  The words are
`catalog_warning.<rule>`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from app.domain.catalog import CaseType, Channel, Choice, Item, parse_item_code

_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, S, V, Z
_USCC_WEIGHTS = tuple(pow(3, n, 31) for n in range(17))
_NAME_LENGTH = 200  # GB/T 39046 table 4
_CODE_LENGTH = 50


class Severity(Enum):
    """An error makes an item unusable in part; a warning only looks wrong; the word is
    `catalog_severity.<value>`.  UNSAID: nothing is wrong, the source just does not say.
    """

    WARNING = "warning"
    ERROR = "error"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class CatalogFinding:
    item_code: str
    field: str
    rule: str
    severity: Severity = Severity.WARNING


def uscc_valid(uscc: str) -> bool:
    """GB 32100: 18 characters, the last a check over the others, modulo 31."""
    if len(uscc) != 18 or any(character not in _USCC_CHARACTERS for character in uscc):
        return False
    values = [_USCC_CHARACTERS.index(character) for character in uscc]
    total = sum(weight * value for weight, value in zip(_USCC_WEIGHTS, values, strict=False))
    return values[17] == -total % 31


def check_item(item: Item) -> Iterator[CatalogFinding]:
    """Every finding of one item, in the order of its fields."""

    def found(field: str, rule: str, severity: Severity = Severity.WARNING) -> CatalogFinding:
        return CatalogFinding(item.code, field, rule, severity)

    code = parse_item_code(item.code)
    if code is None:
        yield found("code", "code_shape")
    elif item.type_code and item.type_code != code.type_digits:
        yield found("type_code", "type_digits")
    if len(item.code) > _CODE_LENGTH or len(item.name) > _NAME_LENGTH:
        yield found("name", "too_long")
    if item.case_type is CaseType.IMMEDIATE and (item.promise_days or 0) > 1:
        yield found("promise_days", "immediate_promise")
    if _promise_exceeds(item):
        yield found("promise_days", "promise_exceeds_legal")
    if not item.channels - {Channel.ONLINE}:
        yield found("channels", "not_in_halls")
    for rule in _structure(item):
        yield found(rule[0], rule[1], Severity.ERROR)
    if any(rule.material.originals + rule.material.copies == 0 for rule in item.rules):
        yield found("rules", "no_counts")


def _promise_exceeds(item: Item) -> bool:
    """Only where both count the same: 30 natural days and 20 working days are hard to compare."""
    promise, legal = item.promise, item.legal
    if promise is None or legal is None:
        return False
    return promise.unit is legal.unit and promise.count > legal.count


def _structure(item: Item) -> Iterator[tuple[str, str]]:
    """Faults that would leave a clerk without a way on."""
    ids = [question.id for question in item.questions]
    if len(set(ids)) != len(ids):
        yield "questions", "question_twice"
    made: set[Choice] = set()
    for question in item.questions:
        options = [option.id for option in question.options]
        if not options or len(set(options)) != len(options):
            yield "questions", "options"
        if not made.issuperset(question.when):
            yield "questions", "condition"
        made |= {Choice(question.id, option) for option in options}
    if any(not made.issuperset(rule.when) for rule in item.rules):
        yield "rules", "condition"
    materials = [rule.material for rule in item.rules]
    if any(not material.name.strip() for material in materials):
        yield "rules", "material_name"
    if any(min(material.originals, material.copies) < 0 for material in materials):
        yield "rules", "counts"


def check_catalog(items: Iterable[Item]) -> Iterator[CatalogFinding]:
    """Findings of every item, of every implementing body once, and of the set as a whole."""
    bodies: set[str] = set()
    codes: Counter[str] = Counter()
    for item in items:
        yield from check_item(item)
        codes[item.code] += 1
        body = item.code[:18]
        if parse_item_code(item.code) is not None and body not in bodies:
            bodies.add(body)
            if not uscc_valid(body):
                yield CatalogFinding(item.code, "code", "uscc")
    for code, count in codes.items():
        if count > 1:
            yield CatalogFinding(code, "code", "code_twice")
