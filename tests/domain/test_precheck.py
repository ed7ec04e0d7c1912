"""The pre-check: every rule once, and the promise that warnings never refuse."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.demo import demo_items
from app.domain.case import Application, Contact, Delivery, DeliveryWay, Organisation, TakenMaterial
from app.domain.catalog import Audience, Channel, Item, Material, MaterialRule, Necessity
from app.domain.deadline import WorkCalendar, deadlines
from app.domain.identity import DocumentKind, IdentityDocument, Sex
from app.domain.precheck import (
    Finding,
    Severity,
    check,
    complete_materials,
    first_error,
    phone_plausible,
)
from app.domain.situation import first_options
from app.errors import (
    InvalidApplicantError,
    ItemNotOfferedError,
    ItemNotYetError,
    ItemWithdrawnError,
    MissingMaterialError,
    NotEligibleError,
    RuleError,
    SituationError,
    UnknownMaterialError,
)
from app.schedules import load_calendar

CALENDAR: WorkCalendar = load_calendar()
TODAY = date(2026, 11, 20)
CARD = IdentityDocument(
    kind=DocumentKind.RESIDENT,
    name="演示·某",
    number="11010519491231002X",
    sex=Sex.FEMALE,
    birth=date(1949, 12, 31),
    valid_to=date(2031, 5, 6),
    machine_read=True,
)
ITEM = next(item for item in demo_items() if item.name.startswith("居住证签注"))
GOOD = Application(
    request_id="r",
    item_code=ITEM.code,
    applicant=CARD,
    answers=first_options(ITEM),
    contact=Contact("13800000000"),
    identity_confirmed=True,
)


def checked(application: Application, item: Item = ITEM, today: date = TODAY) -> dict[str, Finding]:
    findings = check(item, application, deadlines(today, item.promise_days, CALENDAR), today)
    return {finding.rule: finding for finding in findings}


def test_a_good_application_passes_every_rule() -> None:
    found = checked(GOOD)
    assert {finding.severity for finding in found.values()} == {Severity.PASSED}
    assert set(found) == {
        "number_good",
        "document_valid",
        "identity_confirmed",
        "situation_clear",
        "material_complete",
        "phone_good",
    }


PASSPORT = IdentityDocument(DocumentKind.PASSPORT, "演示·某", "E12345678")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"applicant": replace(CARD, machine_read=False)}, "not_machine_read"),
        ({"applicant": replace(CARD, number="110105194912310021")}, "number_check"),
        ({"applicant": replace(CARD, birth=date(1949, 12, 30))}, "number_disagrees"),
        ({"applicant": replace(CARD, sex=Sex.MALE)}, "number_disagrees"),
        ({"applicant": replace(CARD, valid_to=date(2026, 11, 19))}, "document_expired"),
        ({"applicant": replace(PASSPORT, birth=date(2010, 1, 1))}, "minor"),
        ({"identity_confirmed": False}, "identity_unconfirmed"),
        ({"doubtful_read": True}, "doubtful_read"),
        ({"contact": Contact("")}, "phone_missing"),
        ({"contact": Contact("12")}, "phone_shape"),
    ],
)
def test_warnings_are_told_and_never_refuse(change: dict[str, object], rule: str) -> None:
    application = replace(GOOD, **change)  # type: ignore[arg-type]
    found = checked(application)
    assert found[rule].severity is Severity.WARNING and found[rule].error is None
    assert first_error(tuple(found.values())) is None


def test_an_english_name_is_a_name() -> None:
    """A card of foreigners may have no Chinese one."""
    foreigner = replace(CARD, name=" ", english_name="YANGBEN, ZHENGJIAN")
    assert first_error(tuple(checked(replace(GOOD, applicant=foreigner)).values())) is None
    nameless = checked(replace(GOOD, applicant=replace(CARD, name=" ", english_name=" ")))
    error = nameless["applicant_incomplete"].error
    assert isinstance(error, InvalidApplicantError) and error.values == {"field": "name"}


@pytest.mark.parametrize(
    ("change", "rule", "error"),
    [
        ({"applicant": replace(CARD, name=" ")}, "applicant_incomplete", InvalidApplicantError),
        ({"applicant": replace(CARD, number="")}, "applicant_incomplete", InvalidApplicantError),
        ({"answers": {}}, "situation_open", SituationError),
        ({"answers": {**GOOD.answers, "expiry": frozenset({"long"})}}, "not_eligible", NotEligibleError),
        (
            {"answers": {**GOOD.answers, "expiry": frozenset({"due", "late"})}},
            "situation_open",
            SituationError,
        ),
        ({"materials": ()}, "material_missing", MissingMaterialError),
        ({"delivery": Delivery(DeliveryWay.MAIL, " ")}, "address_missing", InvalidApplicantError),
    ],
)
def test_errors_refuse_with_their_own_error(
    change: dict[str, object], rule: str, error: type[RuleError]
) -> None:
    found = checked(replace(GOOD, **change))  # type: ignore[arg-type]
    assert found[rule].severity is Severity.ERROR and isinstance(found[rule].error, error)
    assert isinstance(first_error(tuple(found.values())), RuleError)


def test_an_item_is_offered_only_where_the_catalog_says() -> None:
    hidden = replace(ITEM, channels=frozenset({Channel.COUNTER}))
    found = check(hidden, replace(GOOD, channel=Channel.KIOSK), deadlines(TODAY, 1, CALENDAR), TODAY)
    assert found[0].rule == "not_offered" and isinstance(found[0].error, ItemNotOfferedError)


@pytest.mark.parametrize(
    ("dates", "rule"),
    [
        ({"effective_from": date(2026, 11, 21)}, "not_yet"),
        ({"effective_from": date(2026, 11, 20)}, ""),
        ({"withdrawn_on": date(2026, 11, 20)}, "withdrawn"),
        ({"withdrawn_on": date(2026, 11, 21)}, ""),
        ({"effective_from": date(2026, 1, 1), "withdrawn_on": date(2026, 11, 1)}, "withdrawn"),
    ],
)
def test_an_item_is_received_only_while_it_is_in_force(dates: dict[str, date], rule: str) -> None:
    found = check(replace(ITEM, **dates), GOOD, deadlines(TODAY, 1, CALENDAR), TODAY)  # type: ignore[arg-type]
    error = first_error(found)
    assert [f.rule for f in found if f.severity is Severity.ERROR] == ([rule] if rule else [])
    assert error is None if not rule else isinstance(error, ItemNotYetError | ItemWithdrawnError)


def test_an_item_for_enterprises_needs_one() -> None:
    item = replace(ITEM, audience=frozenset({Audience.ENTERPRISE}))
    assert isinstance(checked(GOOD, item)["organisation_missing"].error, InvalidApplicantError)
    named = replace(GOOD, organisation=Organisation("演示·某公司"))
    assert "organisation_missing" not in checked(named, item)
    both = replace(ITEM, audience=frozenset(Audience))
    assert "organisation_missing" not in checked(GOOD, both)


def test_a_minor_with_somebody_beside_is_no_trouble() -> None:
    child = replace(GOOD, applicant=replace(PASSPORT, birth=date(2010, 1, 1)), agent=CARD)
    assert "minor" not in checked(child)


def test_dates_that_start_later_or_may_change() -> None:
    saturday = date(2026, 11, 21)
    assert checked(GOOD, today=saturday)["starts_later"].values == {"day": date(2026, 11, 23)}
    assert checked(GOOD, today=date(2026, 12, 30))["date_provisional"].values["day"] == date(2027, 1, 6)
    assert "date_provisional" not in checked(GOOD)


# -- materials -----------------------------------------------------------------------------------

NEEDS = replace(
    ITEM,
    questions=(),
    rules=(
        MaterialRule(Material("card", "身份证", 1, 2)),
        MaterialRule(Material("late", "证明", 1, 0, Necessity.DEFERRABLE)),
        MaterialRule(Material("extra", "照片", 1, 0, Necessity.OPTIONAL)),
    ),
)
BRINGS = replace(GOOD, answers={})


def row(name: str, originals: int, copies: int, material_id: str = "") -> TakenMaterial:
    return TakenMaterial(material_id, name, 0, 0, originals, copies)


def test_all_means_as_many_as_asked_for() -> None:
    rows = complete_materials(NEEDS, BRINGS)
    assert [(r.originals, r.copies) for r in rows] == [(1, 2), (1, 0), (1, 0)]
    assert all(r.complete for r in rows)


def test_what_was_not_taken_stands_there_with_nothing() -> None:
    rows = complete_materials(NEEDS, replace(BRINGS, materials=(row("身份证", 1, 1),)))
    assert [(r.material_id, r.due_copies, r.copies, r.complete) for r in rows] == [
        ("card", 2, 1, False),
        ("late", 0, 0, False),
        ("extra", 0, 0, False),
    ]
    findings = check(
        NEEDS, replace(BRINGS, materials=(row("身份证", 1, 1),)), deadlines(TODAY, 1, CALENDAR), TODAY
    )
    told = {f.material_id: f.rule for f in findings if f.material_id}
    assert told == {"card": "material_missing", "late": "material_deferred"}


def test_a_material_is_known_by_its_id_or_its_name() -> None:
    by_id = complete_materials(NEEDS, replace(BRINGS, materials=(row("别的写法", 1, 2, "card"),)))
    by_name = complete_materials(NEEDS, replace(BRINGS, materials=(row("身份证", 1, 2),)))
    assert by_id == by_name


def test_what_the_situation_does_not_ask_for_may_not_be_taken() -> None:
    for extra in (row("户口簿", 1, 0), row("", 1, 0), row("户口簿", 1, 0, "unknown")):
        with pytest.raises(UnknownMaterialError):
            complete_materials(NEEDS, replace(BRINGS, materials=(extra,)))


@pytest.mark.parametrize(
    "phone", ["13800000000", "0769-00000000", "+86 138 0000 0000", "(0769)22000000", "1234567"]
)
def test_good_phones(phone: str) -> None:
    assert phone_plausible(phone)


@pytest.mark.parametrize("phone", ["", "123456", "23800000000", "1380000000０", "phone", "1" * 16])
def test_odd_phones(phone: str) -> None:
    assert not phone_plausible(phone)


@given(st.sampled_from(demo_items()), st.sampled_from(Channel), st.booleans())
def test_errors_and_warnings_are_told_apart_for_every_item(item: Item, channel: Channel, named: bool) -> None:
    application = replace(
        GOOD,
        item_code=item.code,
        answers=first_options(item),
        channel=channel,
        organisation=Organisation("演示·某公司") if named else None,
    )
    findings = check(item, application, deadlines(TODAY, item.promise_days, CALENDAR), TODAY)
    for finding in findings:
        assert (finding.error is not None) == (finding.severity is Severity.ERROR)
    refused = channel not in item.channels or (not named and item.audience == {Audience.ENTERPRISE})
    assert (first_error(findings) is not None) == refused
