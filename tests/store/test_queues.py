"""The outbox, the print jobs, and the small things of the desk."""

from datetime import UTC, timedelta

import pytest

from app.domain.case import Draft
from app.domain.operator import KnownOperator, Operator, Role
from app.domain.outbox import Lane
from app.domain.printing import PrintState
from app.errors import StoreError
from app.ports import Enrolment
from app.store.sql_store import SqlStore
from tests.store.samples import NOW, a_case, a_job, a_message, a_receipt, uid


def test_due_messages_come_in_order_and_a_rejected_one_blocks_none(store: SqlStore) -> None:
    with store.begin() as work:
        for n in (3, 1, 2, 4, 5):
            work.add_message(a_message(n))
        work.update_message(a_message(1).rejected("no"))
        work.update_message(a_message(2).failed(NOW))
        work.update_message(a_message(4).done())
        due = work.due_messages(NOW)
        assert [m.message_id for m in due] == ["message-3", "message-5"]
        assert [m.message_id for m in work.due_messages(NOW, 1)] == ["message-3"]
        later = work.due_messages(NOW + timedelta(seconds=5))
        assert [m.message_id for m in later] == ["message-3", "message-2", "message-5"]


def test_due_looks_at_the_instant_not_at_the_zone(store: SqlStore) -> None:
    with store.begin() as work:
        work.add_message(a_message(1, not_before=NOW.astimezone(UTC)))
        assert len(work.due_messages(NOW)) == 1
        assert work.due_messages(NOW - timedelta(microseconds=1)) == ()


def test_a_message_put_off_while_the_clock_was_wrong_is_due(store: SqlStore) -> None:
    with store.begin() as work:
        work.add_message(a_message(1).failed(NOW + timedelta(days=365)))
        work.add_message(a_message(2).failed(NOW))
        assert [m.message_id for m in work.due_messages(NOW)] == ["message-1"]


def test_a_message_is_added_once(store: SqlStore) -> None:
    with store.begin() as work:
        work.add_message(a_message(1))
        work.update_message(a_message(1).done())
        work.add_message(a_message(1))
        (message,) = work.messages_of(uid(1))
        assert message.lane is Lane.DONE


def test_what_is_delivered_stays_delivered(store: SqlStore) -> None:
    """The relay and an intake may try the same message at once; the slower one may have failed."""
    with store.begin() as work:
        work.add_message(a_message(1))
        work.update_message(a_message(1).done())
        work.update_message(a_message(1).failed(NOW))
        work.update_message(a_message(1).rejected("no"))
        assert work.messages_of(uid(1)) == (a_message(1).done(),)
        work.update_message(a_message(1).failed(NOW).done())
        assert work.messages_of(uid(1))[0].attempts == 2


def test_what_does_not_exist_cannot_be_updated(store: SqlStore) -> None:
    with store.begin() as work:
        with pytest.raises(StoreError):
            work.update_message(a_message(1))
        with pytest.raises(StoreError):
            work.update_print(a_job(1))


def test_the_summary_counts_and_knows_the_oldest_that_waits(store: SqlStore) -> None:
    with store.begin() as work:
        summary = work.outbox_summary()
        assert (summary.pending, summary.rejected, summary.oldest) == (0, 0, None)
        for n in range(1, 6):
            work.add_message(a_message(n))
        work.update_message(a_message(1).rejected("no"))
        work.update_message(a_message(2).done())
        summary = work.outbox_summary()
        assert (summary.pending, summary.rejected) == (3, 1)
        assert summary.oldest == NOW + timedelta(seconds=3)


def test_prints_keep_their_order_and_the_open_ones_are_found(store: SqlStore) -> None:
    states = list(PrintState)
    with store.begin() as work:
        work.add_case(a_case(), a_receipt(a_case()))
        for n, state in enumerate(states):
            work.add_print(a_job(n, uid(1), state=state))
        work.update_print(a_job(0, uid(1), state=PrintState.SENT))
        assert [job.job_id for job in work.prints_of(uid(1))] == [f"job-{n}" for n in range(len(states))]
        assert [job.state for job in work.open_prints()] == [
            PrintState.SENT,
            PrintState.SENT,
            PrintState.UNKNOWN,
        ]
        assert work.prints_of("x") == ()


def test_a_draft_is_replaced_and_dropped(store: SqlStore) -> None:
    first = Draft("d1", "D0001", NOW, "{}")
    newer = Draft("d1", "D0002", NOW + timedelta(seconds=9), '{"演示":1}')
    other = Draft("d2", "D0001", NOW + timedelta(seconds=5), "{}")
    with store.begin() as work:
        for draft in (first, other, newer):
            work.save_draft(draft)
        assert work.drafts() == (newer, other)
        work.drop_draft("d1")
        work.drop_draft("never")
        assert work.drafts() == (other,)


def test_an_operator_is_remembered_anew(store: SqlStore) -> None:
    known = KnownOperator(Operator("D0001", "演示员", Role.CLERK), "scrypt$")
    with store.begin() as work:
        assert work.known_operator("D0001") is None
        work.keep_operator(known)
        work.keep_operator(known.failed(NOW))
        assert work.known_operator("D0001") == known.failed(NOW)


def test_the_latest_enrolment_counts(store: SqlStore) -> None:
    one, two = (Enrolment("441900A12", key, "pem", "pem", b"{}", NOW) for key in ("k1", "k2"))
    with store.begin() as work:
        assert work.enrolment() is None
        work.set_enrolment(one)
        work.set_enrolment(two)
        assert work.enrolment() == two


def test_notes(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.note("a") is None
        work.set_note("a", "1")
        work.set_note("a", "")
        assert work.note("a") == ""


def test_use_counts(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.often_used(5) == work.recently_used(5) == ()
        for code in "abbcca":
            work.count_use(code)
        work.count_use("b")
        assert work.often_used(5) == ("b", "a", "c")
        assert work.recently_used(5) == ("b", "a", "c")
        work.count_use("d")
        assert work.recently_used(2) == ("d", "b")
        assert work.often_used(1) == ("b",)


def test_the_audit_is_only_added_to(store: SqlStore) -> None:
    with store.begin() as work:
        work.audit(NOW, "D0001", "case.received", uid(1))
        work.commit()
    for statement in ("DELETE FROM audit", "UPDATE audit SET action = ''"):
        with store.begin() as work, pytest.raises(Exception, match="only ever added to"):
            work._connection.exec_driver_sql(statement)
    with store.begin() as work:
        rows = work._connection.exec_driver_sql("SELECT operator_id, action, subject FROM audit").all()
        assert [tuple(row) for row in rows] == [("D0001", "case.received", uid(1))]
