"""What an editor of the catalog should look into: facts that contradict each other, and what is not said.

Beside the rules of app.domain.catalog_rules, which every import is told by, these judge what the
item says (after the check of a city's item library, and what broke in published items).  A rule
fires only on what the source says; what it leaves out is a finding of its own, UNSAID, so that
honest gaps are never counted as faults.  None refuses an item.  The words are
`catalog_warning.<rule>`; of a gap `catalog_warning.unsaid` with `catalog_field.<field>`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.catalog import COUNTS, NECESSITY, Audience, CaseType, Item, Period, parse_item_code
from app.domain.catalog_rules import CatalogFinding, Severity, check_catalog
from app.domain.item_code import Regime, regime

UNSAID = "unsaid"
_FULLY_ONLINE = "4"
_PERSON_THEMES = frozenset({"household", "family"})  # care and insurance are for employers and homes too
_ENTERPRISE_THEMES = frozenset({"company"})


@dataclass(frozen=True, slots=True)
class Rule:
    """`broken` is asked of an item.  `severity` UNSAID: what ought to follow from the rest is missing."""

    name: str
    field: str
    broken: Callable[[Item], bool]
    severity: Severity = Severity.WARNING


def _licence(item: Item) -> bool:
    return regime(parse_item_code(item.code)) is Regime.LICENCE


def _on_the_spot(period: Period | None) -> bool:
    return period is not None and period.count == 0


def _level_differs(item: Item) -> bool:
    code = parse_item_code(item.code)
    return bool(item.level and code) and code is not None and item.level != code.level


def _theme_differs(item: Item) -> bool:
    if not item.audience:
        return False
    persons_only = item.theme in _PERSON_THEMES and Audience.PERSON not in item.audience
    return persons_only or (item.theme in _ENTERPRISE_THEMES and Audience.ENTERPRISE not in item.audience)


def _dates_differ(item: Item) -> bool:
    return None not in (item.effective_from, item.withdrawn_on) and item.effective_from > item.withdrawn_on  # type: ignore[operator]


def _unsaid(item: Item, what: str) -> bool:
    """Of any of its materials."""
    return any(what in rule.material.unsaid for rule in item.rules)


RULES: Sequence[Rule] = (
    Rule("level_digit", "level", _level_differs),
    Rule(
        "promised_same_day",
        "case_type",
        lambda i: i.case_type is CaseType.PROMISED and _on_the_spot(i.promise),
    ),
    Rule("depth_visits", "visits", lambda i: i.online_depth == _FULLY_ONLINE and bool(i.visits)),
    Rule("fee_free_payment", "online_payment", lambda i: i.fee is False and i.online_payment is True),
    Rule("fee_free_fees", "fees", lambda i: i.fee is False and bool(i.fees)),
    Rule("phones_same", "complaint_phone", lambda i: bool(i.phone) and i.phone == i.complaint_phone),
    Rule("theme_audience", "audience", _theme_differs),
    Rule("dates_order", "withdrawn_on", _dates_differ),
    Rule("visit_reason", "visit_reason", lambda i: bool(i.visits) and not i.visit_reason, Severity.UNSAID),
    Rule(
        "fee_basis",
        "fees",
        lambda i: i.fee is True and not (i.fees and all(fee.basis for fee in i.fees)),
        Severity.UNSAID,
    ),
    Rule("licence_faq", "faq", lambda i: _licence(i) and not i.faq, Severity.UNSAID),
    Rule(
        "result_sample",
        "results",
        lambda i: any(not (result.sample or result.licence_code) for result in i.results),
        Severity.UNSAID,
    ),
)

FIELDS: Mapping[str, Callable[[Item], object]] = {
    "audience": lambda i: i.audience,
    "case_type": lambda i: i.case_type is not CaseType.OTHER,
    "legal": lambda i: i.legal,
    "promise": lambda i: i.promise,
    "visits": lambda i: i.visits is not None,
    "fee": lambda i: i.fee is not None,
    "conditions": lambda i: i.conditions,
    "rules": lambda i: i.rules,
    "counts": lambda i: not _unsaid(i, COUNTS),
    "necessity": lambda i: not _unsaid(i, NECESSITY),
    "steps": lambda i: i.steps,
    "results": lambda i: i.results,
    "windows": lambda i: i.windows,
    "legal_basis": lambda i: i.legal_basis,
    "phone": lambda i: i.phone,
    "complaint_phone": lambda i: i.complaint_phone,
    "version": lambda i: i.version,
}
"""What a complete item says, and how to tell that it does."""


def judge(item: Item) -> Iterator[CatalogFinding]:
    """What the rules of this module find in one item; contradictions first, then gaps."""
    for rule in RULES:
        if rule.broken(item):
            yield CatalogFinding(item.code, rule.field, rule.name, rule.severity)
    for field, said in FIELDS.items():
        if not said(item):
            yield CatalogFinding(item.code, field, UNSAID, Severity.UNSAID)


def check_quality(items: Iterable[Item]) -> Iterator[CatalogFinding]:
    """Every finding of all rules over `items`, which are gone through once."""
    mine: list[CatalogFinding] = []

    def passing() -> Iterator[Item]:
        for item in items:
            mine.extend(judge(item))
            yield item

    for finding in check_catalog(passing()):
        yield from _taken(mine)
        yield finding
    yield from _taken(mine)


def _taken(findings: list[CatalogFinding]) -> list[CatalogFinding]:
    taken, findings[:] = findings[:], []
    return taken


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule (of one field, for gaps) was found."""

    rule: str
    field: str
    severity: Severity
    count: int


ORDER = (Severity.ERROR, Severity.WARNING, Severity.UNSAID)


def by_rule(findings: Iterable[CatalogFinding]) -> tuple[RuleCount, ...]:
    """The gravest first, then the most frequent."""
    counts = Counter((f.rule, f.field if f.rule == UNSAID else "", f.severity) for f in findings)
    rows = (RuleCount(rule, field, severity, n) for (rule, field, severity), n in counts.items())
    return tuple(sorted(rows, key=lambda row: (ORDER.index(row.severity), -row.count, row.rule, row.field)))
