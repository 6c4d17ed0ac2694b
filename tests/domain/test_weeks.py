"""Weeks and periods: one grid for ever, years of 53 weeks included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.weeks import NoSuchWeek, Week, closed, read_week, week_of, week_of_day

BERLIN = ZoneInfo("Europe/Berlin")
days = st.dates(min_value=date(2024, 1, 1), max_value=date(2060, 1, 1))


@given(days)
def test_every_day_lies_in_one_week_of_one_period(day: date) -> None:
    """A week is among its period's four, and the next period begins where this one ends."""
    week = week_of_day(day)
    assert week.monday <= day <= week.sunday
    assert week in week.period.weeks
    assert week.period.last.next.period.number == week.period.number + 1
    assert read_week(str(week)) == week
    assert week.next.monday == week.monday + timedelta(days=7)


def test_a_year_may_have_53_weeks() -> None:
    """2026 has; 2025 has not, and says so."""
    assert read_week("2026-W53").next == Week(2027, 1)
    with pytest.raises(NoSuchWeek, match="its last one is 52"):
        read_week("2025-W53")


@pytest.mark.parametrize("text", ["", "last week", "2026-49", "26-W49", "2026-W", "2026-W00", "0000-W01", "2026-W499"])
def test_what_is_no_week_is_refused(text: str) -> None:
    """With a sentence, and never another exception."""
    with pytest.raises(NoSuchWeek):
        read_week(text)


def test_a_week_ends_where_the_organisation_is() -> None:
    """Sunday, 23:30 in Berlin is still the old week, half an hour later it is closed."""
    sunday = datetime(2026, 12, 6, 22, 30, tzinfo=UTC)
    week = Week(2026, 49)
    assert week_of(sunday, BERLIN) == week
    assert not closed(week, sunday, BERLIN)
    assert closed(week, sunday + timedelta(minutes=31), BERLIN)
