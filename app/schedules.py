"""The State Council's yearly holiday schedules, as files that an administrator can add to.

One file a year, `<year>.json`:

    {"year": 2026, "notice": "where it was published",
     "holidays": [{"name": "…", "off": ["first day", "last day"], "worked": ["make-up day", …]}]}

A year without a file is reckoned by bare weekdays, and its dates are marked provisional.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from app.domain.deadline import WorkCalendar
from app.errors import SettingsError
from app.texts import RESOURCES, load

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
