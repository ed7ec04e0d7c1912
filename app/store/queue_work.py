"""What still has to leave this machine: messages to the gateway, jobs to the printer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, insert, select, true, update

from app.domain import feedback
from app.domain.outbox import FILE_TOPIC, Lane, OutboxMessage, OutboxSummary
from app.domain.printing import PaperForm, PrintJob, PrintState
from app.errors import StoreError
from app.store.schema import FILES, OUTBOX, PRINTS
from app.store.work import Work

_OPEN = ("prepared", "sent", "unknown")
_LONGEST_WAIT = timedelta(days=1)


_UNDONE = OUTBOX.c.lane != Lane.DONE.value
_IS_OF_A_CASE = OUTBOX.c.topic != feedback.TOPIC
_IS_FILE = OUTBOX.c.topic == FILE_TOPIC


def _files_under_way() -> ColumnElement[bool]:
    """Whether a file of the message's case has not arrived yet."""
    other = OUTBOX.alias()
    mine = other.c.case_id == OUTBOX.c.case_id, other.c.topic == FILE_TOPIC
    return select(other.c.seq).where(*mine, other.c.lane != Lane.DONE.value).exists()


class OutboxWork(Work):
    def add_message(self, message: OutboxMessage) -> None:
        """A message that is known already, by its id, is left as it is."""
        known = self._row(select(OUTBOX.c.seq).where(OUTBOX.c.message_id == message.message_id))
        if known is None:
            self._write(insert(OUTBOX).values(**_message_columns(message)))

    def due_messages(
        self, now: datetime, limit: int = 50, *, refused: bool = False, files: bool = False
    ) -> Sequence[OutboxMessage]:
        """Pending ones whose time has come, in the order they were added; `refused`: those too.

        `files`: those of materials on file; else all others whose case's files have all arrived.
        No message ever waits longer than a day: one that claims to was put off while the
        clock was wrong, and is due.
        """
        timely = (OUTBOX.c.not_before <= now) | (OUTBOX.c.not_before > now + _LONGEST_WAIT)
        lanes = (Lane.PENDING, Lane.REJECTED) if refused else (Lane.PENDING,)
        which = _IS_FILE if files else ~_IS_FILE & ~_files_under_way()
        due = select(OUTBOX).where(OUTBOX.c.lane.in_([lane.value for lane in lanes]), timely, which)
        return tuple(_message(row) for row in self._rows(due.order_by(OUTBOX.c.seq).limit(max(limit, 0))))

    def messages_of(self, case_id: str) -> Sequence[OutboxMessage]:
        """In the order they were added."""
        rows = self._rows(select(OUTBOX).where(OUTBOX.c.case_id == case_id).order_by(OUTBOX.c.seq))
        return tuple(_message(row) for row in rows)

    def update_message(self, message: OutboxMessage) -> None:
        """What is delivered stays delivered: a slower attempt that failed does not take it back.

        Raises StoreError when there is no such message.
        """
        mine = OUTBOX.c.message_id == message.message_id
        may = true() if message.lane is Lane.DONE else OUTBOX.c.lane != Lane.DONE.value
        if self._write(update(OUTBOX).where(mine, may).values(**_message_columns(message))):
            return
        if self._row(select(OUTBOX.c.seq).where(mine)) is None:
            raise StoreError("no such message")

    def send_again(self, case_id: str, message_ids: Sequence[str]) -> None:
        """Messages the gateway says it does not have after all, delivered or not: pending anew."""
        mine = OUTBOX.c.case_id == case_id, OUTBOX.c.message_id.in_(message_ids)
        self._write(update(OUTBOX).where(*mine).values(lane=Lane.PENDING.value, reason="", attempts=0))

    def outbox_summary(self) -> OutboxSummary:
        """By cases: one with anything refused is refused, whatever else of it still waits.

        Feedback on items is no case and shows its own state.
        """
        refused = func.max(case((OUTBOX.c.lane == Lane.REJECTED.value, 1), else_=0)).label("refused")
        oldest = func.min(OUTBOX.c.created_at).label("oldest")
        waiting = select(refused, oldest).where(_UNDONE, _IS_OF_A_CASE).group_by(OUTBOX.c.case_id).subquery()
        totals = select(
            waiting.c.refused, func.count().label("n"), func.min(waiting.c.oldest).label("oldest")
        )
        rows = {row.refused: row for row in self._rows(totals.group_by(waiting.c.refused))}
        pending, rejected = rows.get(0), rows.get(1)
        size, sent = (func.coalesce(func.sum(c), 0) for c in (FILES.c.size, FILES.c.sent))
        sizes = select(size.label("size"), sent.label("sent"))
        under_way = sizes.join_from(OUTBOX, FILES, OUTBOX.c.message_id == FILES.c.file_id).where(_UNDONE)
        files = self._row(under_way)
        return OutboxSummary(
            pending=pending.n if pending else 0,
            rejected=rejected.n if rejected else 0,
            oldest=pending.oldest if pending else None,
            file_bytes=int(files.size) if files else 0,
            file_bytes_sent=int(files.sent) if files else 0,
        )


class PrintWork(Work):
    def add_print(self, job: PrintJob) -> None:
        self._write(insert(PRINTS).values(**_job_columns(job)))

    def update_print(self, job: PrintJob) -> None:
        """Raises StoreError when there is no such job."""
        change = update(PRINTS).where(PRINTS.c.job_id == job.job_id)
        if self._write(change.values(**_job_columns(job))) != 1:
            raise StoreError("no such print job")

    def prints_of(self, case_id: str) -> Sequence[PrintJob]:
        """In the order they were added."""
        rows = self._rows(select(PRINTS).where(PRINTS.c.case_id == case_id).order_by(PRINTS.c.seq))
        return tuple(_job(row) for row in rows)

    def open_prints(self) -> Sequence[PrintJob]:
        rows = self._rows(select(PRINTS).where(PRINTS.c.state.in_(_OPEN)).order_by(PRINTS.c.seq))
        return tuple(_job(row) for row in rows)


def _message_columns(m: OutboxMessage) -> dict[str, object]:
    return {
        "message_id": m.message_id,
        "topic": m.topic,
        "case_id": m.case_id,
        "body": m.body,
        "created_at": m.created_at,
        "not_before": m.not_before,
        "attempts": m.attempts,
        "lane": m.lane.value,
        "reason": m.reason,
    }


def _message(row: Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        message_id=row.message_id,
        topic=row.topic,
        case_id=row.case_id,
        body=row.body,
        created_at=row.created_at,
        not_before=row.not_before,
        attempts=row.attempts,
        lane=Lane(row.lane),
        reason=row.reason,
    )


def _job_columns(job: PrintJob) -> dict[str, object]:
    return {
        "job_id": job.job_id,
        "case_id": job.case_id,
        "form": job.form.value,
        "copy_no": job.copy_no,
        "state": job.state.value,
        "reason": job.reason,
        "changed_at": job.changed_at,
    }


def _job(row: Row[Any]) -> PrintJob:
    return PrintJob(
        job_id=row.job_id,
        case_id=row.case_id,
        form=PaperForm(row.form),
        copy_no=row.copy_no,
        state=PrintState(row.state),
        reason=row.reason,
        changed_at=row.changed_at,
    )
