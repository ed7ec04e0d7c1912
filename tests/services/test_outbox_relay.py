"""The relay: each message has its own fate, and none is lost or blocked."""

from collections.abc import Callable

import pytest

from app.domain.outbox import Lane, OutboxMessage
from app.errors import (
    AppError,
    DiskFullError,
    OfflineError,
    ProtocolError,
    RejectedError,
    StationRefusedError,
    ThrottledError,
)
from app.services.intake import receive
from app.services.office import Office
from app.services.outbox_relay import relay, upload_case
from tests.services.fakes import Hall, an_application


def receive_some(office: Office, count: int) -> list[str]:
    return [receive(office, an_application(n), offline=True).case.case_id for n in range(count)]


def lanes(office: Office, cases: list[str]) -> list[str]:
    with office.store.begin() as work:
        return [message.lane.value for case in cases for message in work.messages_of(case)]


def only_for(case_id: str, error: AppError) -> Callable[[OutboxMessage], AppError | None]:
    return lambda message: error if message.case_id == case_id else None


def test_delivers_in_order_and_once(hall: Hall, office: Office) -> None:
    hall.gateway.platform_number = "PF1"
    cases = receive_some(office, 3)
    report = relay(office)
    assert (report.uploaded, report.pending, report.rejected, report.offline) == (3, 0, 0, False)
    assert [hall.gateway.kept[m].case_id for m in hall.gateway.arrivals] == cases
    assert relay(office).uploaded == 0
    assert len(hall.gateway.arrivals) == 3
    with office.store.begin() as work:
        assert {line.platform_number for line in work.case_lines(9)} == {"PF1"}
        assert all(line.uploaded for line in work.case_lines(9))


def test_a_rejected_message_blocks_none_and_is_not_tried_again(hall: Hall, office: Office) -> None:
    cases = receive_some(office, 3)
    hall.gateway.trouble = only_for(cases[0], RejectedError(reason="编号重复"))
    report = relay(office)
    assert (report.uploaded, report.pending, report.rejected) == (2, 0, 1)
    assert report.trouble == "remote.rejected"
    hall.clock.pass_time(days=2)
    assert relay(office).uploaded == 0
    assert len(hall.gateway.arrivals) == 3
    with office.store.begin() as work:
        (message,) = work.messages_of(cases[0])
    assert (message.lane, message.reason) == (Lane.REJECTED, "编号重复")


@pytest.mark.parametrize("error", [ThrottledError(), ProtocolError(), StationRefusedError(reason="x")])
def test_other_trouble_waits_and_lets_the_others_pass(hall: Hall, office: Office, error: AppError) -> None:
    cases = receive_some(office, 3)
    hall.gateway.trouble = only_for(cases[1], error)
    report = relay(office)
    assert (report.uploaded, report.pending, report.rejected) == (2, 1, 0)
    assert report.trouble == error.code
    hall.gateway.trouble = lambda message: None
    assert relay(office).uploaded == 0  # not before its pause is over
    hall.clock.pass_time(seconds=5)
    assert relay(office).uploaded == 1
    assert set(lanes(office, cases)) == {"done"}


def test_a_line_that_is_down_stops_the_round_and_costs_none_its_turn(hall: Hall, office: Office) -> None:
    cases = receive_some(office, 4)
    hall.gateway.down = True
    for _ in range(9):
        report = relay(office)
        assert report.offline and (report.uploaded, report.pending) == (0, 4)
        assert report.trouble == "remote.offline"
    assert len(hall.gateway.arrivals) == 9  # one try a round, not one a message
    hall.gateway.down = False
    assert relay(office).uploaded == 4
    assert [message.case_id for message in hall.gateway.kept.values()] == cases


def test_a_line_that_breaks_in_the_middle_keeps_what_got_through(hall: Hall, office: Office) -> None:
    cases = receive_some(office, 4)

    def breaks(message: OutboxMessage) -> AppError | None:
        hall.gateway.down = message.case_id == cases[2]
        return OfflineError() if hall.gateway.down else None

    hall.gateway.trouble = breaks
    report = relay(office)
    assert report.offline and (report.uploaded, report.pending) == (2, 2)
    assert lanes(office, cases) == ["done", "done", "pending", "pending"]


def test_everything_does_not_wait_for_its_pause(hall: Hall, office: Office) -> None:
    cases = receive_some(office, 3)
    hall.gateway.trouble = only_for(cases[1], OfflineError("500"))
    for _ in range(6):
        relay(office, everything=True)
    hall.gateway.trouble = lambda message: None
    assert relay(office).uploaded == 0
    assert relay(office, everything=True).uploaded == 1


def test_a_message_the_gateway_chokes_on_does_not_hold_up_the_rest(hall: Hall, office: Office) -> None:
    cases = receive_some(office, 4)
    hall.gateway.trouble = only_for(cases[0], OfflineError("500"))
    for _ in range(12):
        relay(office)
        hall.clock.pass_time(seconds=5)
    assert lanes(office, cases) == ["pending", "done", "done", "done"]


def test_the_pauses_grow_to_half_an_hour(hall: Hall, office: Office) -> None:
    receive_some(office, 1)
    hall.gateway.trouble = lambda message: OfflineError()
    pauses = []
    for _ in range(12):
        relay(office)
        with office.store.begin() as work:
            (message,) = [m for line in work.case_lines(1) for m in work.messages_of(line.case_id)]
        pauses.append((message.not_before - hall.clock.at).total_seconds())
        hall.clock.at = message.not_before
    assert pauses[:4] == [5, 10, 20, 40] and pauses[-1] == 1800 == max(pauses)


def test_a_confirmation_that_could_not_be_stored_is_asked_for_again(hall: Hall, office: Office) -> None:
    """The gateway has it, this station does not know: the same id goes out again."""
    receive_some(office, 1)

    def no_room() -> None:
        hall.gateway.after_accepting = lambda: None
        raise DiskFullError

    hall.gateway.after_accepting = no_room
    with pytest.raises(DiskFullError):
        relay(office)
    assert relay(office).uploaded == 1
    assert len(hall.gateway.arrivals) == 2 and len(hall.gateway.kept) == 1


def test_without_enrolment_or_gateway_everything_waits(hall: Hall) -> None:
    receive_some(hall.office(), 2)
    for office in (hall.office(gateway=None), hall.office(sealer=None)):
        report = relay(office)
        assert report.offline and report.pending == 2 and report.trouble
    assert hall.gateway.arrivals == []


def test_one_case_at_once(hall: Hall, office: Office) -> None:
    first, second, third = receive_some(office, 3)
    assert upload_case(office, second, 5.0)
    assert upload_case(office, second, 5.0)
    assert len(hall.gateway.arrivals) == 1
    hall.gateway.trouble = lambda message: OfflineError()
    assert not upload_case(office, first, 5.0)
    hall.gateway.trouble = lambda message: RejectedError(reason="no")
    assert not upload_case(office, third, 5.0)
    assert not upload_case(office, third, 5.0)  # refused is not delivered
    assert lanes(office, [first, second, third]) == ["pending", "done", "rejected"]
    assert not upload_case(hall.office(gateway=None), first, 5.0)


def test_a_slow_failure_does_not_take_back_what_another_attempt_delivered(hall: Hall, office: Office) -> None:
    """The relay's attempt times out while the intake, on its own thread, gets through."""
    (case,) = receive_some(office, 1)
    attempts = iter([OfflineError("timed out")])

    def trouble(message: OutboxMessage) -> AppError | None:
        error = next(attempts, None)
        if error is not None:
            assert upload_case(office, case, 5.0)
        return error

    hall.gateway.trouble = trouble
    relay(office)
    assert lanes(office, [case]) == ["done"]
    assert relay(office, everything=True).uploaded == 0 and len(hall.gateway.arrivals) == 2
