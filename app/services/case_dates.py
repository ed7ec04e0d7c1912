"""The dates of a case as they stand now.  What was printed stays; only what is shown is reckoned anew."""

from dataclasses import dataclass
from datetime import date

from app.domain.deadline import DueDate, WorkCalendar, deadlines
from app.domain.receipt import Receipt


@dataclass(frozen=True, slots=True)
class CaseDate:
    """`printed`: what the paper says, where that is another day."""

    due: DueDate
    printed: date | None = None


@dataclass(frozen=True, slots=True)
class CaseDates:
    starts: CaseDate
    answer_by: CaseDate
    promised: CaseDate | None


def case_dates(receipt: Receipt, calendar: WorkCalendar) -> CaseDates:
    """A date that was provisional by today's schedules; a firm one as it was told the applicant."""
    now = deadlines(receipt.received_at.date(), receipt.promise_days, calendar)
    promised = None
    if receipt.promised_by is not None and now.promised is not None:
        promised = _dated(DueDate(receipt.promised_by, receipt.promised_provisional), now.promised)
    return CaseDates(
        _dated(DueDate(receipt.starts, receipt.starts_provisional), now.starts),
        _dated(DueDate(receipt.answer_by, receipt.answer_provisional), now.answer_by),
        promised,
    )


def _dated(told: DueDate, now: DueDate) -> CaseDate:
    if not told.provisional:
        return CaseDate(told)
    return CaseDate(now, None if now.day == told.day else told.day)
