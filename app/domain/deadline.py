"""Working days (工作日) from loaded State Council schedules.

行政许可法 art. 82: periods are working days; the first day does not count.  A year
without a loaded schedule is reckoned by bare weekdays and its results are provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

NOTICE_DAYS = 5
"""Art. 32 (4): within five working days all that is missing is told, once."""

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DueDate:
    day: date
    provisional: bool


@dataclass(frozen=True)
class WorkCalendar:
    """`exceptions` maps a date to whether it is worked; `years` are those with a schedule."""

    exceptions: Mapping[date, bool]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < _SATURDAY)

    def first_working_day(self, day: date) -> DueDate:
        """`day` itself when worked, else the next working day (weekend intake, 受理起算日)."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return DueDate(day, provisional=day.year not in self.years)

    def after(self, start: date, working_days: int) -> DueDate:
        """`working_days` (≥ 0) after `start`, which itself does not count."""
        day, left, provisional = start, working_days, start.year not in self.years
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working(day)
            provisional = provisional or day.year not in self.years
        return DueDate(day, provisional)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`starts`: 受理起算日; `answer_by`: 最迟答复日.

    `promised`: end of the item's promise if it is accepted on `starts`.
    """

    starts: DueDate
    answer_by: DueDate
    promised: DueDate | None


def deadlines(received: date, promise_days: int | None, calendar: WorkCalendar) -> Deadlines:
    starts = calendar.first_working_day(received)
    promised = None if promise_days is None else calendar.after(starts.day, promise_days)
    return Deadlines(starts, calendar.after(starts.day, NOTICE_DAYS), promised)
