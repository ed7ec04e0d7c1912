"""The State Council's yearly holiday schedules, as files that an administrator can add to.

One file a year, `<year>.json`:

    {"year": 2026, "notice": "where it was published",
     "holidays": [{"name": "…", "off": ["first day", "last day"], "worked": ["make-up day", …]}]}

A year without a file is reckoned by bare weekdays, and its dates are marked provisional.  Schedules
that came with the catalog (DATA/data/schedules) go before the ones that came with the program; a broken
one of those never stops anything, the program's own stands in for it.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from app.domain.deadline import DueDate, WorkCalendar
from app.errors import SettingsError
from app.texts import RESOURCES, load

_LOOK_S = 1.0
_log = logging.getLogger(__name__)
FOLDER = RESOURCES / "schedules"


def load_calendar(folder: Path = FOLDER) -> WorkCalendar:
    """The calendar out of all schedules in `folder`; one without files knows weekdays only.

    Raises SettingsError naming every file that is not a schedule.
    """
    exceptions: dict[date, bool] = {}
    years: set[int] = set()
    broken: list[str] = []
    for path in sorted(folder.glob("*.json")):
        try:
            schedule = json.loads(path.read_text(encoding="utf-8"))
            exceptions |= dict(_exceptions(schedule))
            years.add(_year(schedule))
        except (OSError, ValueError, KeyError, TypeError):
            broken.append(path.name)
    if broken:
        faults = "".join(load().say("schedule.broken", file=name) for name in broken)
        raise SettingsError("schedules", file=folder.name, faults=faults)
    return WorkCalendar(exceptions, frozenset(years))


class LiveCalendar(WorkCalendar):
    """The shipped schedules with the synced ones over them, read again when a sync brought others."""

    def __init__(self, synced: Path, shipped: Path = FOLDER) -> None:
        """Raises SettingsError, for the shipped ones only."""
        self._shipped, self._synced = load_calendar(shipped), synced
        self._stamp: tuple[tuple[str, int], ...] = ()
        self._look_at = 0.0
        super().__init__(self._shipped.exceptions, self._shipped.years)

    def __setattr__(self, name: str, value: object) -> None:
        vars(self)[name] = value

    def is_working(self, day: date) -> bool:
        if monotonic() >= self._look_at:
            self._look_at = monotonic() + _LOOK_S
            self._refresh()
        return super().is_working(day)

    def first_working_day(self, day: date) -> DueDate:
        self.is_working(day)  # its years too are the newest then
        return super().first_working_day(day)

    def after(self, start: date, working_days: int) -> DueDate:
        self.is_working(start)
        return super().after(start, working_days)

    def _refresh(self) -> None:
        try:
            stamp = tuple(
                (path.name, path.stat().st_mtime_ns) for path in sorted(self._synced.glob("*.json"))
            )
        except OSError:
            return
        if stamp != self._stamp:
            self._stamp = stamp
            vars(self)["exceptions"], vars(self)["years"] = _overlaid(self._shipped, self._synced)


def _overlaid(shipped: WorkCalendar, synced: Path) -> tuple[Mapping[date, bool], frozenset[int]]:
    """A year that was synced counts by its own schedule alone; a broken one is left out, and logged."""
    exceptions, years = dict(shipped.exceptions), set(shipped.years)
    for path in sorted(synced.glob("*.json")):
        try:
            schedule = json.loads(path.read_text(encoding="utf-8"))
            year, found = _year(schedule), dict(_exceptions(schedule))
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            _log.warning("a synced schedule is broken, the shipped one counts: %s", type(error).__name__)
            continue
        exceptions = {day: worked for day, worked in exceptions.items() if day.year != year} | found
        years.add(year)
    return exceptions, frozenset(years)


def _year(schedule: Mapping[str, Any]) -> int:
    year = schedule["year"]
    if not isinstance(year, int) or not schedule["holidays"]:
        raise ValueError("no year, or a year without holidays")
    return year


def _exceptions(schedule: Mapping[str, Any]) -> Iterator[tuple[date, bool]]:
    """Each day off (False) and make-up day (True).  Raises ValueError, KeyError, TypeError."""
    for holiday in schedule["holidays"]:
        first, last = (date.fromisoformat(day) for day in holiday["off"])
        if not first <= last <= first + timedelta(days=31):
            raise ValueError("not a holiday")
        yield from ((first + timedelta(days=n), False) for n in range((last - first).days + 1))
        yield from ((date.fromisoformat(day), True) for day in holiday["worked"])
