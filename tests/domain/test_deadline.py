"""Working days: the dates of the city's rules, and the schedules they rest on."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadline import DueDate, WorkCalendar, deadlines
from app.errors import SettingsError
from app.schedules import FOLDER, load_calendar
from app.texts import load

CALENDAR = load_calendar()
ORACLE = Path(__file__).parents[3] / "shared" / "data" / "holiday-cn"


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a make-up Saturday is worked
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 6, "2026-02-28"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2025-12-31", 1, "2026-01-04"),
        ("2026-11-20", 0, "2026-11-20"),
    ],
)
def test_dates(start: str, days: int, due: str) -> None:
    assert CALENDAR.after(date.fromisoformat(start), days) == DueDate(
        date.fromisoformat(due), provisional=False
    )


def test_a_date_in_a_year_without_a_schedule_is_provisional() -> None:
    assert CALENDAR.after(date(2026, 11, 23), 30) == DueDate(date(2027, 1, 4), provisional=True)
    assert CALENDAR.after(date(2026, 11, 23), 28) == DueDate(date(2026, 12, 31), provisional=False)
    assert CALENDAR.after(date(2027, 3, 1), 0).provisional
    scheduled = WorkCalendar({**CALENDAR.exceptions, date(2027, 1, 1): False}, CALENDAR.years | {2027})
    assert scheduled.after(date(2026, 11, 23), 30) == DueDate(date(2027, 1, 5), provisional=False)


def test_intake_at_the_weekend_starts_on_the_next_working_day() -> None:
    at_weekend = deadlines(date(2026, 11, 21), 10, CALENDAR)
    assert at_weekend.starts == DueDate(date(2026, 11, 23), provisional=False)
    assert at_weekend.answer_by.day == date(2026, 11, 30)
    assert at_weekend.promised == DueDate(date(2026, 12, 7), provisional=False)
    assert deadlines(date(2026, 11, 20), None, CALENDAR).promised is None
    assert deadlines(date(2026, 2, 14), 1, CALENDAR).starts.day == date(2026, 2, 14)


def test_the_number_of_working_days_in_2026() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(CALENDAR.is_working(day) for day in days) == 248


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_a_due_date_is_worked_and_so_many_days_on(start: date, days: int) -> None:
    due = CALENDAR.after(start, days).day
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert CALENDAR.is_working(due)
    assert sum(CALENDAR.is_working(day) for day in between) == days


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 40), st.integers(0, 40))
def test_periods_add_up(start: date, first: int, second: int) -> None:
    calendar = WorkCalendar({}, frozenset())
    assert calendar.after(calendar.after(start, first).day, second) == calendar.after(start, first + second)


# -- the schedules -------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_schedule_of_a_year_agrees_with_an_independent_one(year: int) -> None:
    path = ORACLE / f"{year}.json"
    if not path.exists():
        pytest.skip("the independent schedules are not beside this checkout (../shared/data)")
    listed = {
        date.fromisoformat(day["date"]): not day["isOffDay"]
        for day in json.loads(path.read_text(encoding="utf-8"))["days"]
    }
    assert {day: worked for day, worked in CALENDAR.exceptions.items() if day.year == year} == listed


def test_2027_has_no_schedule_yet() -> None:
    assert frozenset({2024, 2025, 2026}) == CALENDAR.years


def test_an_administrator_can_add_a_year(tmp_path: Path) -> None:
    for path in FOLDER.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    added = {
        "year": 2027,
        "notice": "made up for this test",
        "holidays": [{"name": "元旦", "off": ["2027-01-01", "2027-01-03"], "worked": ["2027-01-09"]}],
    }
    (tmp_path / "2027.json").write_text(json.dumps(added), encoding="utf-8")
    calendar = load_calendar(tmp_path)
    assert calendar.after(date(2026, 12, 31), 6) == DueDate(date(2027, 1, 9), provisional=False)


def test_an_empty_folder_knows_weekdays_only(tmp_path: Path) -> None:
    calendar = load_calendar(tmp_path)
    assert calendar.after(date(2026, 11, 20), 1) == DueDate(date(2026, 11, 23), provisional=True)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"year": "2027", "holidays": [{"off": ["2027-01-01", "2027-01-01"], "worked": []}]}',
        '{"year": 2027, "holidays": []}',
        '{"year": 2027, "holidays": [{"off": ["2027-01-03", "2027-01-01"], "worked": []}]}',
        '{"year": 2027, "holidays": [{"off": ["2027-13-01", "2027-13-02"], "worked": []}]}',
        '{"year": 2027, "holidays": [{"off": ["2027-01-01"], "worked": []}]}',
    ],
)
def test_every_broken_schedule_is_named(tmp_path: Path, content: str) -> None:
    for name in ("2027.json", "2028.json"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_calendar(tmp_path)
    faults = caught.value.values["faults"]
    assert faults == "".join(load().say("schedule.broken", file=n) for n in ("2027.json", "2028.json"))
