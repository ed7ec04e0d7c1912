"""From fresh to refused, by the last proof and the latest time that is known of."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalog import CatalogInfo
from app.domain.catalog_age import AgeLimits, Freshness, age_days
from app.schedules import LiveCalendar, load_calendar

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "fresh"),
        (6, "fresh"),
        (7, "ageing"),
        (29, "ageing"),
        (30, "stale"),
        (89, "stale"),
        (90, "refused"),
    ],
)
def test_each_degree_begins_on_its_day(days: int, expected: str) -> None:
    info = CatalogInfo("1", 1, NOW - timedelta(days=900), verified_at=NOW - timedelta(days=days))
    assert AgeLimits().judge(age_days(info, NOW)) is Freshness(expected)


def test_an_old_catalog_that_was_proved_this_morning_is_fresh() -> None:
    info = CatalogInfo("1", 1, NOW - timedelta(days=400), verified_at=NOW)
    assert age_days(info, NOW) == 0
    assert age_days(CatalogInfo("1", 1, NOW - timedelta(days=400)), NOW) == 400


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_clock_set_back_makes_nothing_younger(days: int, back: int) -> None:
    info = CatalogInfo("1", 1, NOW, verified_at=NOW)
    known = NOW + timedelta(days=days)
    assert age_days(info, known - timedelta(days=back), known) == days
    assert age_days(info, NOW - timedelta(days=back)) == 0


def schedule(year: int, *off: str) -> str:
    holidays = [{"name": "x", "off": [day, day], "worked": []} for day in off]
    return json.dumps({"year": year, "notice": "x", "holidays": holidays})


def test_a_synced_schedule_counts_from_the_moment_it_is_there(tmp_path: Path) -> None:
    calendar = LiveCalendar(tmp_path)
    shipped = load_calendar()
    day = date(2031, 5, 5)
    assert calendar.is_working(day) and calendar.after(day, 1).provisional
    (tmp_path / "2031.json").write_text(schedule(2031, "2031-05-05"))
    calendar._look_at = 0.0
    assert not calendar.is_working(day)
    assert not calendar.after(day, 1).provisional
    assert calendar.is_working(date(2026, 10, 1)) is shipped.is_working(date(2026, 10, 1)) is False


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"year": 2026, "holidays": [{"off": ["x"]}]}', "[" * 99_999]
)
def test_a_broken_synced_schedule_leaves_the_shipped_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "2026.json").write_text(text)
    calendar, shipped = LiveCalendar(tmp_path), load_calendar()
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [calendar.is_working(day) for day in days] == [shipped.is_working(day) for day in days]
    assert calendar.years == shipped.years - {2026}, "provisional: the one in force is unread"
