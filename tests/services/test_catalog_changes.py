"""After a new catalog: what it means to drafts and open cases, and what is kept for them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.case import Application, TakenMaterial
from app.domain.catalog import CatalogInfo, Item, Material, MaterialRule, Period
from app.domain.catalog_diff import ChangeKind, Matters
from app.domain.catalog_weight import Subject
from app.domain.numbering import NumberBlock
from app.flows.intake import Intake, Taking
from app.ports import SyncReport
from app.services import catalog_changes, catalog_sync, drafts
from app.services.case_file import open_file
from app.services.catalog_changes import KEPT_OPEN, changed_draft, mark_seen, review, unseen
from app.services.intake import receive
from app.services.outbox_relay import relay
from app.store.local import open_local
from tests.services.fakes import CODE, FOLDER_KEY, START, FakeCatalog, Hall, an_application, an_item

ANSWERS = {"first": frozenset({"no"}), "lost": frozenset({"worn"})}


class Shelf(FakeCatalog):
    """A catalog that a test replaces by its next version."""

    version = "7"

    def info(self) -> CatalogInfo | None:
        return CatalogInfo(self.version, len(self.shelf), START)

    def publish(self, *items: Item) -> None:
        self.shelf = {item.code: item for item in items}
        self.version = str(int(self.version) + 1)


@pytest.fixture
def shelf(hall: Hall) -> Shelf:
    hall.catalog = Shelf(an_item())
    return hall.catalog


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with open_local(tmp_path / "data", "test", FOLDER_KEY) as local:
        with local.store.begin() as work:
            work.add_block(NumberBlock("block", 1, 500))
            work.commit()
        yield Hall(local)


def stricter() -> Item:
    """Asks the one who lost or wore it out for a statement too, and promises it sooner."""
    statement = MaterialRule(Material("m4", "声明(演示)", 1, 0), an_item().rules[1].when)
    return an_item(rules=(*an_item().rules, statement), promise=Period(3))


def worn(n: int = 1) -> Application:
    return an_application(n, answers=ANSWERS)


def an_intake() -> Intake:
    taken = {"m1": Taking(1, 1), "m2": Taking(1, 0)}
    return Intake(item=an_item(), applicant=an_application().applicant, answers=ANSWERS, takings=taken)


def test_a_received_case_keeps_the_item_of_its_version(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    first = receive(office, an_application(1), offline=False).case
    second = receive(office, an_application(2), offline=False).case
    shelf.publish(stricter())
    third = receive(office, an_application(3), offline=False).case
    with office.store.begin() as work:
        assert [p.version for p in work.pins()] == ["7", "7", "8"]
        assert work.pinned_item(CODE, first.catalog_version) == an_item()
        assert work.pinned_item(CODE, third.catalog_version) == stricter()
    assert (first.catalog_version, second.catalog_version, third.catalog_version) == ("7", "7", "8")


def test_a_version_goes_with_its_last_open_case_and_not_before_it_is_sent(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    case = receive(office, an_application(), offline=True).case
    hall.clock.at += KEPT_OPEN + timedelta(days=1)
    shelf.publish(stricter())
    review(office)
    with office.store.begin() as work:
        assert work.pinned_item(CODE, "7") == an_item()  # nobody has it yet
    relay(office, everything=True)
    shelf.publish(stricter())
    review(office)
    with office.store.begin() as work:
        assert not work.pins() and work.pinned_item(CODE, "7") is None
        assert work.change_of(case.case_id) is None


def test_a_sync_tells_an_open_case_what_became_of_its_item(hall: Hall, shelf: Shelf) -> None:
    office = hall.office(catalog_sync=FakeSync(shelf))
    there = receive(office, worn(), offline=False).case
    elsewhere = receive(office, an_application(2), offline=False).case
    catalog_sync.sync(office)
    told = {change.subject_id: change for change in unseen(office, "D0001")}
    assert told.keys() == {there.case_id}  # the other one never went that way
    (added, *_rest) = told[there.case_id].changes
    assert (added.kind, added.subject, added.matters) == (
        ChangeKind.MATERIAL_ADDED,
        "声明(演示)",
        Matters.KNOW,
    )
    file = open_file(office, elsewhere.case_id)
    assert file is not None and file.change is not None and file.change.matters is Matters.NO
    mark_seen(office, told)
    assert unseen(office, "D0001") == ()
    assert not review(office)


class FakeSync:
    """A sync that brings the stricter catalog."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def run(self, progress: object = None) -> SyncReport:
        self._shelf.publish(stricter())
        return SyncReport(self._shelf.version, 1, changed=True)


def test_what_was_taken_back_is_told_of_no_more(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    case = receive(office, worn(), offline=False).case
    shelf.publish(stricter())
    review(office)
    assert unseen(office, "")
    shelf.publish(an_item())
    review(office)
    with office.store.begin() as work:
        assert work.change_of(case.case_id) is None


def test_news_is_unseen_again_and_the_same_is_not(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    case = receive(office, worn(), offline=False).case
    shelf.publish(stricter())
    review(office)
    mark_seen(office, [case.case_id])
    shelf.publish(stricter())
    review(office)
    assert unseen(office, "") == ()
    shelf.publish(replace(stricter(), department="演示二局"))
    review(office)
    assert [change.subject_id for change in unseen(office, "")] == [case.case_id]


def test_a_draft_is_its_authors_and_says_what_to_do(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    intake = an_intake()
    drafts.keep(office, intake, "D0001")
    shelf.publish(stricter())
    review(office)
    (mine,) = unseen(office, "D0001")
    assert (mine.subject, mine.matters, mine.who) == (Subject.DRAFT, Matters.NOW, "演***")
    assert unseen(office, "D0002") == ()
    drafts.drop(office, intake.draft_id)
    assert unseen(office, "D0001") == ()


def test_a_draft_goes_on_under_the_new_version_with_what_still_holds(hall: Hall, shelf: Shelf) -> None:
    first, lost = an_item().questions
    fewer = replace(lost, options=lost.options[:1])
    shelf.publish(replace(stricter(), questions=(first, fewer)))
    changed = changed_draft(hall.office(), an_intake())
    assert changed is not None and changed.carried is not None and changed.must_be_seen
    carried = changed.carried
    assert carried.answers == ("损坏",) and carried.materials == ("旧证(演示)",)
    assert carried.intake.answers == {"first": frozenset({"no"})}
    assert carried.intake.takings == {"m1": Taking(1, 1)}
    assert [q.id for q in carried.intake.open_questions()] == ["lost"]
    assert carried.intake.draft_id  # the same draft: receipt and files stay with it


def test_a_shorter_promise_is_told_of_and_stops_nobody(hall: Hall, shelf: Shelf) -> None:
    shelf.publish(an_item(promise=Period(3)))
    changed = changed_draft(hall.office(), an_intake())
    assert changed is not None and not changed.must_be_seen
    assert [(c.kind, c.matters) for c in changed.changes] == [(ChangeKind.SHORTER, Matters.KNOW)]


def test_a_withdrawn_item_cannot_be_gone_on_with(hall: Hall, shelf: Shelf) -> None:
    for gone in ((), (an_item(withdrawn_on=START.date()),)):
        shelf.publish(*gone)
        changed = changed_draft(hall.office(), an_intake())
        assert changed is not None and changed.carried is None and changed.must_be_seen


def test_a_material_that_got_another_id_keeps_what_was_taken(hall: Hall, shelf: Shelf) -> None:
    card, *others = an_item().rules
    shelf.publish(an_item(rules=(replace(card, material=replace(card.material, id="n1")), *others)))
    assert changed_draft(hall.office(), an_intake()) is None


def test_an_intake_without_an_item_and_a_station_without_a_catalog_have_no_changes(hall: Hall) -> None:
    assert changed_draft(hall.office(), Intake()) is None
    hall.catalog = FakeCatalog()
    assert changed_draft(hall.office(), an_intake()) is None
    assert not catalog_changes.review(hall.office())


def test_the_receipt_of_a_repeated_hand_in_is_the_one_of_then(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    case = receive(office, an_application(), offline=False).case
    shelf.publish(stricter())
    again = receive(office, an_application(), offline=False)
    assert again.repeated and again.case == case and again.case.catalog_version == "7"


def test_taken_under_the_old_version_stays_what_was_taken(hall: Hall, shelf: Shelf) -> None:
    office = hall.office()
    rows = (TakenMaterial("m1", "身份证(演示)", 1, 1, 1, 1), TakenMaterial("m2", "旧证(演示)", 1, 0, 1, 0))
    case = receive(office, an_application(answers=ANSWERS, materials=rows), offline=False).case
    shelf.publish(stricter())
    review(office)
    file = open_file(office, case.case_id)
    assert file is not None and [m.material_id for m in file.case.materials] == ["m1", "m2", "m3"]
