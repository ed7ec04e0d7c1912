"""What keeps a station going: numbers in good time, drafts over a crash, a truthful status."""

from datetime import timedelta

import pytest

from app.domain.case import Contact, Draft
from app.domain.numbering import NumberBlock
from app.errors import OfflineError, RejectedError
from app.flows.intake import Intake
from app.services import drafts
from app.services.catalog_sync import BLOCK, LOW_NUMBERS, lease_when_low
from app.services.intake import receive
from app.services.office import Office
from app.services.station_status import look
from tests.services.fakes import START, FakeGateway, Hall, an_application, an_item


class Lessor(FakeGateway):
    """Leases block after block, or refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.leases = 0
        self.refusal: Exception | None = None

    def lease_numbers(self, count: int) -> NumberBlock:
        if self.refusal is not None:
            raise self.refusal
        self.leases += 1
        first = self.leases * 10_000
        return NumberBlock(f"lease-{self.leases}", first, first + count - 1)


def left(office: Office) -> int:
    with office.store.begin() as work:
        return work.sequences_left()


def use_up(office: Office, count: int) -> None:
    with office.store.begin() as work:
        for _ in range(count):
            work.take_sequence()
        work.commit()


def test_a_new_block_comes_in_good_time_and_only_then(hall: Hall) -> None:
    lessor = Lessor()
    office = hall.office(gateway=lessor)
    lease_when_low(office)
    use_up(office, 500 - LOW_NUMBERS)
    lease_when_low(office)
    assert (lessor.leases, left(office)) == (0, LOW_NUMBERS)
    use_up(office, 1)
    lease_when_low(office)
    lease_when_low(office)
    assert (lessor.leases, left(office)) == (1, LOW_NUMBERS - 1 + BLOCK)


def test_a_refused_lease_is_trouble_only_once_the_numbers_are_gone(hall: Hall) -> None:
    lessor = Lessor()
    office = hall.office(gateway=lessor)
    use_up(office, 499)
    lessor.refusal = RejectedError(reason="no")
    lease_when_low(office)
    lessor.refusal = OfflineError()
    lease_when_low(office)
    use_up(office, 1)
    lease_when_low(office)
    lessor.refusal = RejectedError(reason="no")
    with pytest.raises(RejectedError):
        lease_when_low(office)
    lease_when_low(hall.office(gateway=None))


def test_a_draft_comes_back_whole_and_ends_with_its_case(office: Office) -> None:
    application = an_application()
    intake = Intake(
        draft_id=application.request_id,
        applicant=application.applicant,
        item=an_item(),
        answers=application.answers,
        contact=Contact("13800000000"),
    )
    drafts.keep(office, intake, "D0001")
    drafts.keep(office, Intake(draft_id="empty"), "D0001")
    (kept,) = drafts.recover(office)
    assert (kept.intake, kept.operator_id, kept.changed_at) == (intake, "D0001", START)
    receive(office, application, offline=False)
    assert drafts.recover(office) == ()


def test_drafts_are_newest_first_and_an_unreadable_one_harms_none(hall: Hall, office: Office) -> None:
    with office.store.begin() as work:
        work.save_draft(Draft("old", "D0001", START, '{"draft_id": 7}'))
        work.commit()
    for n in range(3):
        hall.clock.pass_time(seconds=1)
        drafts.keep(office, Intake(draft_id=f"d{n}", item=an_item()), "D0001")
    drafts.keep(office, Intake(draft_id="d1"), "D0001")  # emptied again
    assert [kept.intake.draft_id for kept in drafts.recover(office)] == ["d2", "d0"]
    drafts.drop(office, "d2")
    assert [kept.intake.draft_id for kept in drafts.recover(office)] == ["d0"]


def test_the_status_counts_today_and_sees_a_wrong_clock(hall: Hall, office: Office) -> None:
    receive(office, an_application(1), offline=False)
    hall.clock.pass_time(days=1)
    receive(office, an_application(2), offline=False)
    status = look(office)
    assert status.online and not status.enrolled and status.clock_wrong
    assert (status.received_today, status.sequences_left, status.outbox.pending) == (1, 498, 2)
    assert status.outbox.oldest == START and status.skew == timedelta(days=1)
    assert status.catalog_age_days() == 1


def test_the_status_without_a_line(hall: Hall) -> None:
    class Silent(FakeGateway):
        def health(self, timeout_s: float = 2.0) -> object:  # type: ignore[override]
            raise OfflineError

    for gateway in (Silent(), None):
        status = look(hall.office(gateway=gateway))
        assert not status.online and status.skew is None and not status.clock_wrong
