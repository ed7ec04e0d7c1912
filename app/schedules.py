"""The State Council's yearly holiday schedules, as files that an administrator can add to.

One file a year, `<year>.json`:

    {"year": 2026, "notice": "where it was published",
     "holidays": [{"name": "…", "off": ["first day", "last day"], "worked": ["make-up day", …]}]}

A year without a file is reckoned by bare weekdays, and its dates are marked provisional.  Schedules
that came with the catalog (DATA/data/schedules) go before the ones that came with the program
(app.carried_data).  A broken one of those never stops anything: the program's own stands in for it, and
the dates of its year are provisional, since the schedule in force could not be read.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from app.carried_data import CarriedFault, Found, Stamp, stamp, take
from app.domain.carried import Carried, CarriedKind, Standing
from app.domain.deadline import DueDate, WorkCalendar
from app.errors import SettingsError
from app.texts import RESOURCES, load

_LOOK_S = 1.0
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
        self._stamp: Stamp = ()
        self._told: tuple[Carried, ...] = ()
        self._look_at = 0.0
        super().__init__(self._shipped.exceptions, self._shipped.years)

    def __setattr__(self, name: str, value: object) -> None:
        vars(self)[name] = value

    def told(self) -> tuple[Carried, ...]:
        """How each synced schedule stands."""
        self._look()
        return self._told

    def is_working(self, day: date) -> bool:
        self._look()
        return super().is_working(day)

    def _look(self) -> None:
        if monotonic() >= self._look_at:
            self._look_at = monotonic() + _LOOK_S
            self._refresh()

    def first_working_day(self, day: date) -> DueDate:
        self.is_working(day)  # its years too are the newest then
        return super().first_working_day(day)

    def after(self, start: date, working_days: int) -> DueDate:
        self.is_working(start)
        return super().after(start, working_days)

    def _refresh(self) -> None:
        """A year that was synced counts by its own schedule alone; one that is broken has none in force."""
        now = stamp(self._synced)
        if now == self._stamp:
            return
        self._stamp = now
        found, self._told = take(CarriedKind.SCHEDULES, self._synced, _read)
        exceptions, years = dict(self._shipped.exceptions), set(self._shipped.years)
        for year, days in found:
            exceptions = {day: worked for day, worked in exceptions.items() if day.year != year} | days
            years.add(year)
        broken = {carried.name for carried in self._told if carried.standing is Standing.BROKEN}
        vars(self)["exceptions"] = exceptions
        vars(self)["years"] = frozenset(year for year in years if f"{year}.json" not in broken)


def schedules_told(folder: Path) -> tuple[Carried, ...]:
    """How terminals would take the schedules of a folder."""
    return take(CarriedKind.SCHEDULES, folder, _read)[1]


def _read(name: str, data: bytes) -> Found[tuple[int, dict[date, bool]]]:
    """One synced schedule.  Raises CarriedFault."""
    try:
        schedule = json.loads(data)
        year, days = _year(schedule), dict(_exceptions(schedule))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CarriedFault("schedule") from error
    if name != f"{year}.json":
        raise CarriedFault("name", str(year))
    return Found((year, days))


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
