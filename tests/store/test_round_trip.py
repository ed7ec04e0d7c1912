"""Every value that goes into the store comes out equal."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from app.domain.case import Case, Draft
from app.domain.numbering import NumberBlock
from app.domain.operator import KnownOperator, Operator, Role
from app.domain.outbox import Lane, OutboxMessage
from app.domain.printing import PrintJob, PrintState
from app.domain.receipt import IssuedReceipt
from app.ports import Enrolment, Store, UnitOfWork
from app.store.sql_store import SqlStore
from tests.store.anything import anything
from tests.store.samples import KEY, NOW, a_case, a_job, a_message, a_receipt, uid

SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _ports(store: SqlStore) -> Store:
    """mypy checks that SqlStore is a Store; the test checks that no method of the port is missing."""
    return store


def test_implements_the_ports_whole(store: SqlStore) -> None:
    with _ports(store).begin() as work:
        missing = [name for name in vars(UnitOfWork) if name[0] != "_" and not hasattr(work, name)]
    assert missing == []


def test_case_and_receipt(store: SqlStore) -> None:
    case = a_case()
    with store.begin() as work:
        work.add_case(case, a_receipt(case))
        work.commit()
    with store.begin() as work:
        assert work.case(case.case_id) == case
        assert work.case_by_request("request-1") == case
        assert work.case_by_number(case.number) == case
        assert work.receipt(case.case_id) == a_receipt(case)
        assert work.case("x") is work.case_by_request("x") is work.case_by_number("x") is None
        assert work.receipt("x") is None


@SLOW
@given(case=anything(Case), receipt=anything(IssuedReceipt))
def test_any_case_and_receipt(store: SqlStore, case: Case, receipt: IssuedReceipt) -> None:
    with store.begin() as work:  # not committed: every example starts from an empty file
        work.add_case(case, receipt)
        assert work.case(case.case_id) == case
        assert work.case_by_request(case.application.request_id) == case
        assert work.receipt(case.case_id) == receipt
        (line,) = work.case_lines(5)
        assert (line.case_id, line.received_at) == (case.case_id, case.received_at)


@SLOW
@given(message=anything(OutboxMessage))
def test_any_message(store: SqlStore, message: OutboxMessage) -> None:
    with store.begin() as work:
        work.add_message(message)
        work.update_message(message)
        assert work.messages_of(message.case_id) == (message,)


@SLOW
@given(draft=anything(Draft), known=anything(KnownOperator), enrolment=anything(Enrolment))
def test_any_value_of_the_desk(
    store: SqlStore, draft: Draft, known: KnownOperator, enrolment: Enrolment
) -> None:
    with store.begin() as work:
        work.save_draft(draft)
        work.keep_operator(known)
        work.set_enrolment(enrolment)
        assert work.drafts() == (draft,)
        assert work.known_operator(known.operator.operator_id) == known
        assert work.enrolment() == enrolment


@SLOW
@given(changed=anything(PrintJob))
def test_any_print(store: SqlStore, changed: PrintJob) -> None:
    with store.begin() as work:
        work.add_case(a_case(1), a_receipt(a_case(1)))
        work.add_print(a_job(1))
        changed = replace(changed, job_id="job-1", case_id=uid(1))
        work.update_print(changed)
        assert work.prints_of(uid(1)) == (changed,)


@pytest.mark.parametrize("naive", [datetime(2026, 1, 1), datetime(2026, 1, 1, 8)])
def test_a_time_without_a_zone_is_a_bug_and_is_not_stored(store: SqlStore, naive: datetime) -> None:
    with store.begin() as work:
        with pytest.raises(Exception, match="without a zone"):
            work.save_draft(Draft("d", "o", naive, "{}"))
        assert work.drafts() == ()


def test_all_of_it_survives_closing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    first = SqlStore(path, KEY)
    known = KnownOperator(Operator("D0001", "演示员", Role.SUPERVISOR), "scrypt$x", 2, NOW)
    enrolment = Enrolment("441900A12", "k1", "cert", "ca", b"\x00{}", NOW.astimezone(UTC))
    with first.begin() as work:
        work.add_case(a_case(), a_receipt(a_case()))
        work.add_block(NumberBlock("b", 5, 9))
        work.take_sequence()
        work.add_message(a_message(1, lane=Lane.REJECTED, reason="no", attempts=3))
        work.add_print(a_job(1, state=PrintState.UNKNOWN, reason="silent", copy_no=2))
        work.keep_operator(known)
        work.set_enrolment(enrolment)
        work.set_note("event", "演示快闪")
        work.save_draft(Draft("d1", "D0001", NOW, '{"a":1}'))
        work.commit()
    first.close()
    second = SqlStore(path, KEY)
    with second.begin() as work:
        assert work.case(uid(1)) == a_case()
        assert work.take_sequence() == 6
        (message,) = work.messages_of(uid(1))
        assert (message.lane, message.reason, message.attempts) == (Lane.REJECTED, "no", 3)
        (job,) = work.open_prints()
        assert (job.state, job.reason, job.copy_no) == (PrintState.UNKNOWN, "silent", 2)
        assert work.known_operator("D0001") == known
        assert work.enrolment() == enrolment
        assert work.note("event") == "演示快闪"
        assert work.drafts() == (Draft("d1", "D0001", NOW, '{"a":1}'),)
    second.close()
