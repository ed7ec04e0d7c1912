"""Receiving a case: all of it or nothing, once a request."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain import numbering
from app.domain.case import Case, CaseState, Draft, TakenMaterial
from app.domain.catalog import Audience, Channel
from app.domain.catalog_age import AgeLimits, Freshness
from app.domain.deadline import DueDate, WorkCalendar
from app.domain.identity import DocumentKind, IdentityDocument
from app.domain.outbox import Lane
from app.domain.printing import PaperForm, PrintState
from app.domain.receipt import canonical, parse
from app.domain.record import build
from app.errors import (
    AppError,
    CatalogTooOldError,
    ClockWrongError,
    InvalidApplicantError,
    ItemNotOfferedError,
    MissingMaterialError,
    NoCatalogError,
    NotEligibleError,
    NotEnrolledError,
    NumbersExhaustedError,
    SituationError,
    UnknownItemError,
    UnknownMaterialError,
)
from app.services.case_dates import CaseDate, case_dates
from app.services.intake import preview_receipt, receive
from app.services.office import Office
from app.services.station_status import look
from app.texts import load
from devices.emulators.cards import PRESETS
from tests.services.fakes import CODE, ENTERPRISE, START, FakeCatalog, Hall, an_application, an_item
from ui.words import case_day


def counts(office: Office) -> tuple[int, int, int]:
    """Cases, waiting messages, numbers left."""
    with office.store.begin() as work:
        since = START - timedelta(days=9)
        return work.count_cases(since), work.outbox_summary().pending, work.sequences_left()


def test_everything_of_a_case_is_stored_together(office: Office) -> None:
    application = an_application()
    with office.store.begin() as work:
        work.save_draft(Draft(application.request_id, "D0001", START, "{}"))
        work.commit()
    done = receive(office, application, offline=True)
    case = done.case
    assert not done.repeated
    assert case.state is CaseState.RECEIVED and case.offline and case.received_at == START
    assert case.number == numbering.compose("441900A12", START.date(), 1)
    assert (case.item_name, case.catalog_version) == ("演示事项", "7")
    with office.store.begin() as work:
        assert work.case(case.case_id) == case
        assert work.receipt(case.case_id) == done.issued
        (message,) = work.messages_of(case.case_id)
        (job,) = work.prints_of(case.case_id)
        assert work.drafts() == ()
        assert work.recently_used(3) == (CODE,)
    assert (message.topic, message.lane, message.not_before) == ("case.received", Lane.PENDING, START)
    assert (job.form, job.state, job.copy_no) == (PaperForm.SLIP, PrintState.PREPARED, 1)
    body = json.loads(message.body)
    assert build(Case, body["case"]) == case
    assert body["token"] == done.issued.token


def test_the_receipt_says_what_was_received_and_masks(office: Office) -> None:
    receipt = receive(office, an_application(organisation=ENTERPRISE), offline=False).issued.receipt
    assert receipt.applicant_name == "演示·甲" and receipt.organisation == "演示有限公司"
    assert "11010519491231002X" not in str(receipt) and receipt.number_valid
    assert receipt.situation == ("首次",)
    assert [(m.name, m.originals, m.copies) for m in receipt.materials] == [
        ("身份证(演示)", 1, 1),
        ("照片(演示)", 0, 2),
    ]
    assert receipt.demo and not receipt.offline and receipt.promise_days == 5
    assert receipt.starts >= START.date() and receipt.promised_by is not None


@pytest.mark.parametrize("kind", ["foreigner_2017", "foreigner_2023"])
@pytest.mark.parametrize("chinese", ["证件样本", " "])
def test_foreigners_stand_on_the_receipt_with_the_names_of_their_card(
    office: Office, kind: str, chinese: str
) -> None:
    card = replace(PRESETS[kind].document, name=chinese)
    done = receive(office, an_application(applicant=card, agent=card), offline=False)
    names = f"{chinese} {card.english_name}".strip()
    assert done.issued.receipt.applicant_name == done.issued.receipt.agent_name == names
    with office.store.begin() as work:
        (line,) = work.case_lines(5, "yangben")
    assert line.applicant_masked_name == ("证***" if chinese.strip() else "Z********")


def test_the_same_request_twice_is_one_case(office: Office) -> None:
    first = receive(office, an_application(), offline=False)
    again = receive(office, an_application(), offline=True)
    assert again.repeated and (again.case, again.issued) == (first.case, first.issued)
    assert counts(office) == (1, 1, 499)


def test_a_request_received_before_is_answered_whatever_the_catalog_says_now(
    hall: Hall, office: Office
) -> None:
    first = receive(office, an_application(), offline=False)
    hall.catalog.shelf.clear()
    again = receive(office, an_application(), offline=False)
    assert again.repeated and again.case == first.case


def test_raced_requests_are_one_case_each(office: Office) -> None:
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda n: receive(office, an_application(n % 5), offline=False), range(30)))
    assert len({d.case.case_id for d in done}) == len({d.case.number for d in done}) == 5
    assert sum(not d.repeated for d in done) == 5
    assert counts(office) == (5, 5, 495)


def test_what_fails_in_the_middle_leaves_nothing(hall: Hall, office: Office) -> None:
    hall.sealer.trouble = RuntimeError("the seal broke")
    with pytest.raises(RuntimeError):
        receive(office, an_application(), offline=False)
    assert counts(office) == (0, 0, 500)
    hall.sealer.trouble = None
    assert receive(office, an_application(), offline=False).case.number.split("-")[2] == "000001"


WRONG: list[tuple[dict[str, Any], type[AppError]]] = [
    ({"item_code": "nothing"}, UnknownItemError),
    ({"channel": Channel.POPUP}, ItemNotOfferedError),
    ({"answers": {}}, SituationError),
    ({"answers": {"first": frozenset({"yes", "no"})}}, SituationError),
    ({"answers": {"first": frozenset({"no"})}}, SituationError),
    ({"answers": {"first": frozenset({"never"})}}, NotEligibleError),
    ({"materials": ()}, MissingMaterialError),
    ({"materials": (TakenMaterial("m1", "身份证(演示)", 1, 1, 1, 0),)}, MissingMaterialError),
    ({"materials": (TakenMaterial("zz", "没有的", 1, 1, 1, 1),)}, UnknownMaterialError),
    ({"applicant": IdentityDocument(DocumentKind.RESIDENT, " ", "1")}, InvalidApplicantError),
    ({"applicant": IdentityDocument(DocumentKind.PASSPORT, "演示", "")}, InvalidApplicantError),
]


@pytest.mark.parametrize(("changes", "error"), WRONG)
def test_errors_of_the_rules_refuse_and_use_no_number(
    office: Office, changes: dict[str, Any], error: type[AppError]
) -> None:
    with pytest.raises(error):
        receive(office, an_application(**changes), offline=False)
    assert counts(office) == (0, 0, 500)


def test_a_stale_catalog_receives_with_a_mark_a_refused_one_not_at_all(hall: Hall, office: Office) -> None:
    """Proved on the day START; a clock set back later makes it no younger."""
    hall.clock.pass_time(days=29)
    fresh = receive(office, an_application(1), offline=False)
    assert not (fresh.case.offline or fresh.issued.receipt.catalog_stale)
    assert b"catalog_stale" not in canonical(fresh.issued.receipt)
    hall.clock.pass_time(days=1)
    stale = receive(office, an_application(2), offline=False)
    assert stale.case.offline and stale.issued.receipt.offline and stale.issued.receipt.catalog_stale
    assert parse(canonical(stale.issued.receipt)) == stale.issued.receipt
    hall.clock.pass_time(days=60)
    with pytest.raises(CatalogTooOldError) as caught:
        receive(office, an_application(3), offline=False)
    assert caught.value.values == {"days": 90} and "90" in office.texts.error(caught.value)
    later = replace(office, catalog_limits=AgeLimits(refused_days=91))
    receive(later, an_application(3), offline=False)
    hall.clock.pass_time(days=-80)
    with pytest.raises(ClockWrongError):
        receive(office, an_application(4), offline=False)
    assert look(office).freshness is Freshness.REFUSED


def test_warnings_do_not_refuse(office: Office) -> None:
    typed = IdentityDocument(DocumentKind.RESIDENT, "演示·乙", "110105194912310021")
    only = (TakenMaterial("m1", "身份证(演示)", 1, 1, 1, 1),)
    done = receive(office, an_application(applicant=typed, materials=only), offline=False)
    assert done.issued.receipt.number_valid is False and not done.issued.receipt.machine_read
    assert [(m.material_id, m.copies) for m in done.case.materials] == [("m1", 1), ("m3", 0)]


def test_answers_to_questions_not_reached_do_not_count(office: Office) -> None:
    answers = {"first": frozenset({"yes"}), "lost": frozenset({"worn"}), "none": frozenset({"x"})}
    case = receive(office, an_application(answers=answers), offline=False).case
    assert case.application.answers == {"first": frozenset({"yes"})}
    assert {m.material_id for m in case.materials} == {"m1", "m3"}


def test_an_answer_that_leads_on_brings_its_material(office: Office) -> None:
    answers = {"first": frozenset({"no"}), "lost": frozenset({"worn"})}
    case = receive(office, an_application(answers=answers), offline=False).case
    assert {m.material_id for m in case.materials} == {"m1", "m2", "m3"}


def test_an_enterprise_item_wants_an_enterprise(hall: Hall) -> None:
    hall.catalog = FakeCatalog(an_item(audience=frozenset({Audience.ENTERPRISE})))
    with pytest.raises(InvalidApplicantError):
        receive(hall.office(), an_application(), offline=False)
    assert receive(hall.office(), an_application(organisation=ENTERPRISE), offline=False).case.number


def test_a_station_that_may_not_yet(hall: Hall) -> None:
    with pytest.raises(NotEnrolledError):
        receive(hall.office(sealer=None), an_application(), offline=False)
    hall.catalog.draft = True
    with pytest.raises(NoCatalogError):
        receive(hall.office(), an_application(), offline=False)
    with pytest.raises(NoCatalogError):
        receive(hall.office(catalog=FakeCatalog()), an_application(), offline=False)
    assert counts(hall.office()) == (0, 0, 500)


def test_without_numbers_nothing_is_stored(hall: Hall, office: Office) -> None:
    with office.store.begin() as work:
        for _ in range(500):
            work.take_sequence()
        work.commit()
    with pytest.raises(NumbersExhaustedError):
        receive(office, an_application(), offline=False)
    assert counts(office) == (0, 0, 0)


def test_a_clock_behind_what_was_written_refuses_and_heals(hall: Hall, office: Office) -> None:
    receive(office, an_application(1), offline=False)
    hall.clock.pass_time(minutes=-4)
    receive(office, an_application(2), offline=False)
    hall.clock.pass_time(minutes=-4)
    with pytest.raises(ClockWrongError):  # eight minutes behind the first case
        receive(office, an_application(3), offline=False)
    assert receive(office, an_application(1), offline=False).repeated
    hall.clock.pass_time(days=1)
    receive(office, an_application(3), offline=False)
    assert counts(office)[0] == 3


def test_numbers_go_on_over_days(hall: Hall, office: Office) -> None:
    numbers = []
    for n in range(3):
        numbers.append(receive(office, an_application(n), offline=False).case.number)
        hall.clock.pass_time(days=1)
    assert [number[10:23] for number in numbers] == ["261120-000001", "261121-000002", "261122-000003"]
    assert all(numbering.number_valid(number) for number in numbers)


@pytest.mark.parametrize("days", [0, 29, 30, 89])
def test_the_preview_says_what_the_paper_will_say(hall: Hall, office: Office, days: int) -> None:
    hall.clock.pass_time(days=days)
    application = an_application()
    shown = preview_receipt(office, application, an_item(), offline=False)
    issued = receive(office, application, offline=False).issued.receipt
    assert shown == replace(issued, number="", case_id="")
    assert shown.catalog_stale == (days >= 30)


def test_a_preview_under_a_refused_catalog_bears_the_mark(hall: Hall, office: Office) -> None:
    hall.clock.pass_time(days=90)
    assert preview_receipt(office, an_application(), an_item(), offline=False).catalog_stale


def test_provisional_dates_are_reckoned_anew_and_firm_ones_stay(hall: Hall, office: Office) -> None:
    hall.clock.pass_time(days=(date(2026, 12, 28) - START.date()).days)
    lax = replace(office, catalog_limits=AgeLimits(999, 999, 999))
    receipt = receive(lax, an_application(), offline=False).issued.receipt
    assert receipt.answer_provisional and receipt.answer_by == date(2027, 1, 4)
    assert not receipt.starts_provisional
    still = case_dates(receipt, office.calendar)
    assert still.answer_by == CaseDate(DueDate(date(2027, 1, 4), provisional=True))
    known = WorkCalendar(
        {**office.calendar.exceptions, date(2027, 1, 1): False}, office.calendar.years | {2027}
    )
    now = case_dates(receipt, known)
    assert now.answer_by == CaseDate(DueDate(date(2027, 1, 5), provisional=False), date(2027, 1, 4))
    assert case_day(load(), now.answer_by) == "2027-01-05 周二（凭证上暂定为 2027-01-04）"
    assert case_day(load(), still.answer_by) == "2027-01-04 周一（暂定）"
    firm = replace(receipt, answer_provisional=False)
    assert case_dates(firm, known).answer_by == CaseDate(DueDate(date(2027, 1, 4), provisional=False))
    with office.store.begin() as work:
        assert work.receipt(receipt.case_id).receipt == receipt, "what was issued stays"
