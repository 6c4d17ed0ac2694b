"""Notice runs on working days, in any zone, across the days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.working_time import SATURDAY, after_working_days, after_working_hours

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Cairo",
         "America/Santiago", "Australia/Lord_Howe", "Asia/Beirut")  # fmt: skip
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
zones = st.sampled_from(ZONES).map(ZoneInfo)


@pytest.mark.parametrize(
    ("begins", "days", "ends"),
    [
        ("2026-11-30 09:00", 2, "2026-12-02 09:00"),
        ("2026-12-03 17:30", 2, "2026-12-07 17:30"),
        ("2026-12-04 12:00", 1, "2026-12-07 12:00"),
        ("2026-12-05 12:00", 2, "2026-12-09 00:00"),
        ("2026-12-06 23:59", 2, "2026-12-09 00:00"),
        ("2026-12-05 12:00", 0, "2026-12-07 00:00"),
        ("2026-11-30 09:00", 0, "2026-11-30 09:00"),
        ("2027-03-26 09:00", 1, "2027-03-29 09:00"),
        ("2027-10-29 09:00", 1, "2027-11-01 09:00"),
    ],
)
def test_working_days_in_berlin(begins: str, days: int, ends: str) -> None:
    """Weekends do not count; the hour stays the same on the wall when summer time begins or ends between."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime.fromisoformat(begins).replace(tzinfo=berlin)
    assert after_working_days(start.astimezone(UTC), days, berlin) == datetime.fromisoformat(ends).replace(
        tzinfo=berlin
    )


@given(moments, st.integers(0, 15), zones)
def test_notice_is_never_too_short(moment: datetime, days: int, zone: ZoneInfo) -> None:
    """So many weekdays lie between, wherever people are; later starts never end earlier."""
    ends = after_working_days(moment, days, zone)
    assert ends >= moment
    first, last = moment.astimezone(zone).date(), ends.astimezone(zone).date()
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weekdays = sum(day.weekday() < SATURDAY for day in between)
    assert weekdays == days + 1, "the day it begins, and each day of notice"
    assert last.weekday() < SATURDAY
    assert ends <= after_working_days(moment, days + 1, zone)
    assert ends <= after_working_days(moment + timedelta(hours=3), days, zone) + timedelta(hours=1)


@given(moments, st.integers(0, 60), zones)
def test_working_hours_are_from_nine_to_five(moment: datetime, hours: int, zone: ZoneInfo) -> None:
    """The end lies in somebody's working day, and not before it began."""
    ends = after_working_hours(moment, hours, zone)
    local = ends.astimezone(zone)
    assert ends >= moment
    assert local.weekday() < SATURDAY
    assert 9 <= local.hour + local.minute / 60 <= 17


@pytest.mark.parametrize("count", [after_working_days, after_working_hours])
def test_a_moment_without_a_zone_is_refused(count: object) -> None:
    """It has no working day."""
    with pytest.raises(ValueError, match="time zone"):
        count(datetime(2026, 11, 30, 9), 2, ZoneInfo("UTC"))  # type: ignore[operator]  # noqa: DTZ001
