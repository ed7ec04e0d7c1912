"""What the quality check finds: contradictions, and gaps, each where it belongs."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.demo import demo_items
from app.catalog.importing import read_items
from app.domain.catalog import (
    Audience,
    CaseType,
    DayUnit,
    FaqEntry,
    Fee,
    Item,
    Period,
    Result,
    Step,
    Window,
)
from app.domain.catalog_quality import FIELDS, RULES, UNSAID, by_rule, check_quality, judge
from app.domain.catalog_rules import Severity, check_catalog, check_item
from app.texts import load
from tests.catalog.conftest import PORTAL

WHOLE = replace(
    next(item for item in demo_items() if item.code.endswith("440125908002")),  # a licence
    level="3",
    visits=0,
    fee=True,
    fees=(Fee("工本费", "10 元", "演示文件"),),
    phone="0769-1",
    complaint_phone="0769-2",
    faq=(FaqEntry("?", "!"),),
    results=(Result("证", sample="样本"),),
    steps=(Step("收件"),),
    windows=(Window("1 号窗口"),),
    legal_basis=("演示法",),
    version="1",
)


def found(item: Item) -> list[tuple[str, str, Severity]]:
    return [(f.field, f.rule, f.severity) for f in judge(item)]


def test_a_complete_item_has_nothing_to_mend() -> None:
    assert found(WHOLE) == [] and list(check_item(WHOLE)) == []


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"level": "5"}, "level", "level_digit"),
        ({"promise": Period(0)}, "case_type", "promised_same_day"),
        ({"online_depth": "4", "visits": 1, "visit_reason": "核验"}, "visits", "depth_visits"),
        ({"fee": False, "fees": (), "online_payment": True}, "online_payment", "fee_free_payment"),
        ({"fee": False}, "fees", "fee_free_fees"),
        ({"complaint_phone": "0769-1"}, "complaint_phone", "phones_same"),
        ({"audience": frozenset({Audience.PERSON})}, "audience", "theme_audience"),
        ({"theme": "household", "audience": frozenset({Audience.ENTERPRISE})}, "audience", "theme_audience"),
        (
            {"effective_from": date(2026, 2, 1), "withdrawn_on": date(2026, 1, 1)},
            "withdrawn_on",
            "dates_order",
        ),
    ],
)
def test_a_contradiction_is_a_warning(change: dict[str, object], field: str, rule: str) -> None:
    assert found(replace(WHOLE, **change)) == [(field, rule, Severity.WARNING)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"visits": 2}, "visit_reason", "visit_reason"),
        ({"fees": ()}, "fees", "fee_basis"),
        ({"fees": (Fee("工本费", "10 元"),)}, "fees", "fee_basis"),
        ({"faq": ()}, "faq", "licence_faq"),
        ({"results": (Result("证"),)}, "results", "result_sample"),
        ({"case_type": CaseType.OTHER}, "case_type", UNSAID),
        ({"phone": ""}, "phone", UNSAID),
    ],
)
def test_a_gap_is_no_fault(change: dict[str, object], field: str, rule: str) -> None:
    assert found(replace(WHOLE, **change)) == [(field, rule, Severity.UNSAID)]  # type: ignore[arg-type]


def test_a_public_service_needs_no_questions_and_answers() -> None:
    service = WHOLE.code[:19] + "4421" + WHOLE.code[23:]
    assert found(replace(WHOLE, code=service, faq=())) == []


def test_periods_that_count_other_things_are_not_compared() -> None:
    long = replace(WHOLE, legal=Period(20), promise=Period(30, DayUnit.NATURAL_DAY))
    assert list(check_item(long)) == []
    hours = replace(WHOLE, legal=Period(4, DayUnit.HOUR), promise=Period(5, DayUnit.HOUR))
    assert [f.rule for f in check_item(hours)] == ["promise_exceeds_legal"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(demo_items()), max_size=6))
def test_the_check_holds_the_imports_findings_and_its_own(items: list[Item]) -> None:
    everything = Counter(check_quality(iter(items)))
    assert everything == Counter(check_catalog(items)) + Counter(f for item in items for f in judge(item))
    assert sum(row.count for row in by_rule(everything.elements())) == everything.total()


def test_every_rule_and_field_has_its_words() -> None:
    texts = load()
    assert all(f"catalog_warning.{rule.name}" in texts for rule in RULES)
    assert all(f"catalog_field.{field}" in texts for field in [*FIELDS, *(rule.field for rule in RULES)])
    assert all(f"catalog_severity.{severity.value}" in texts for severity in Severity)


def test_the_real_items_are_never_refused_for_what_they_leave_out() -> None:
    if not PORTAL.exists():
        pytest.skip("the real portal data is not beside this checkout (../shared/data)")
    imported = read_items(PORTAL)
    assert imported.report.warnings == {"uscc": 2, "not_working_days": 13}
    rows = {row.rule: row for row in by_rule(check_quality(imported.items)) if row.rule != UNSAID}
    assert rows["uscc"].count == 2 and rows["uscc"].severity is Severity.WARNING
    assert Severity.ERROR not in {row.severity for row in rows.values()}
    same = sum(bool(i.phone) and i.phone == i.complaint_phone for i in imported.items)
    assert rows["phones_same"].count == same > 0, "the portal does give one telephone for both, at times"
