"""一件事 as cases one after another."""

from app.domain.catalog import Material, MaterialRule
from app.flows.intake import Intake, Taking
from app.flows.series import Series
from app.services import drafts
from app.services.office import Office
from tests.services.fakes import an_application, an_item

CARD = "身份证(演示)"


def three() -> Series:
    items = tuple(an_item(code=f"c{n}", name=f"演示事项 {n}") for n in range(3))
    return Series(items, {item.code: {"first": frozenset({"yes"})} for item in items})


def received(series: Series, before: Intake | None = None, how: str = "paper") -> Intake:
    intake = series.begin(before)
    assert intake is not None
    taken = {"m1": Taking(1, 1, how), "m3": Taking(0, 2, how)}
    applicant = an_application().applicant
    return Intake(intake.draft_id, applicant, item=intake.item, answers=intake.answers, takings=taken)


def test_items_come_in_turn_with_their_answers_and_the_same_person() -> None:
    series = three()
    seen = []
    before: Intake | None = None
    while (intake := series.begin(before)) is not None:
        assert intake.item is not None and not intake.open_questions()
        seen.append(intake.item.code)
        before = received(series, before)
        series = series.after(before)
    assert seen == ["c0", "c1", "c2"] and series.done == {"c0", "c1", "c2"}


def test_paper_is_carried_over_and_pages_on_file_are_not() -> None:
    series = three()
    paper = received(series)
    following = series.after(paper).begin(paper)
    assert following is not None and following.takings == {"m1": Taking(1, 1), "m3": Taking(0, 2)}
    assert following.draft_id != paper.draft_id and following.applicant == paper.applicant
    scanned = received(series, how="scan")
    following = series.after(scanned).begin(scanned)
    assert following is not None and following.takings == {}


def test_no_more_is_carried_over_than_is_asked_for() -> None:
    first, *others = three().items
    fewer = an_item(code="c1", rules=(MaterialRule(Material("other", CARD, 1, 0)),))
    series = Series((first, fewer), three().answers)
    following = series.after(received(series)).begin()
    assert following is not None and following.takings == {"other": Taking(1, 0)}


def test_the_row_goes_with_the_draft_and_comes_back_as_it_was(office: Office) -> None:
    series = three()
    first = received(series)
    series = series.after(first)
    second = series.begin(first)
    assert second is not None
    drafts.keep(office, second, "li")
    (kept,) = drafts.recover(office)
    assert kept.intake == second and kept.intake.row is not None
    again = Series.resumed(kept.intake.row, series.items)
    assert again == series and again.next == second.item
    third = again.after(received(again, kept.intake)).begin(kept.intake)
    assert third is not None and third.item == series.items[2]
    assert third.applicant == first.applicant and third.takings == second.takings


def test_an_item_the_catalog_has_no_more_falls_out_of_the_row() -> None:
    series = three().after(received(three()))
    again = Series.resumed(series.row, [series.items[0], series.items[2]])
    assert again.next == series.items[2]
