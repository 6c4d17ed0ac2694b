"""When a check-in comes: a working day, a decent hour where somebody is, whatever clocks and calendars do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.checkin import closing, follow_up, planned, reminder_at
from bot.domain.rollout import Checkins
from bot.domain.working_calendar import (
    MondayToFriday,
    may_be_written_to,
    next_good_moment,
    on_day,
    working_day,
    working_days_later,
)
from bot.holiday_calendar import calendar_of, known_countries

WEEK = MondayToFriday()
ZONES = sorted(available_timezones())
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
COUNTRIES = ("", "DE", "DE-BY", "AE", "IL", "US-CA", "JP", "IN", "BR", "GB-SCT", "SA", "NP")


@settings(deadline=None)  # a country's holidays are worked out when they are first asked for
@given(DAYS, st.sampled_from(COUNTRIES))
def test_a_working_day_is_one(day: date, country: str) -> None:
    """The nearest day that is neither weekend nor holiday there, and never an earlier one."""
    calendar = calendar_of(country)
    found = working_day(day, calendar)
    assert found >= day
    assert calendar.works(found)
    assert not any(calendar.works(day + timedelta(days=n)) for n in range((found - day).days))


@given(DAYS, st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)), st.sampled_from(ZONES))
def test_the_hour_is_the_one_on_their_own_clock(day: date, at: time, zone: str) -> None:
    """The plan's time where somebody is, also on the days when clocks change; never before eight or after twenty o'clock."""
    here = ZoneInfo(zone)
    day = working_day(day, WEEK)
    moment = on_day(day, at, here, WEEK)
    local = moment.astimezone(here)
    if time(8) <= at < time(20):
        assert (local.date(), local.time()) == (day, at)
    assert may_be_written_to(moment, here, WEEK)


def test_a_time_that_the_clocks_skip() -> None:
    """A country that changes its clocks in the daytime: the moment after the jump, on the same day."""
    apia = ZoneInfo("Pacific/Apia")
    assert on_day(date(2026, 3, 30), time(10), apia, WEEK).astimezone(apia).time() == time(10)
    berlin = ZoneInfo("Europe/Berlin")
    before, after = (on_day(date(2026, 10, day), time(10), berlin, WEEK) for day in (23, 26))
    assert after - before == timedelta(days=3, hours=1)


@settings(deadline=None)
@given(DAYS, st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True).map(sorted), st.sampled_from(COUNTRIES))
def test_check_ins_keep_their_order_and_their_windows(installed: date, days: list[int], country: str) -> None:
    """One a date, each on a working day, not before its day, and closed before the next one can begin anywhere."""
    calendar, zone = calendar_of(country), ZoneInfo("Europe/Berlin")
    checkins = Checkins(days=tuple(days), at=time(10))
    at = datetime.combine(installed, time(15), zone)
    found = planned(checkins, at, zone, calendar)
    assert {each.day for each in found} <= set(days)
    for each, later in zip(found, [*found[1:], None], strict=True):
        assert calendar.works(each.date)
        assert each.date >= installed + timedelta(days=each.day)
        assert each.closes_at > each.begins(checkins.at)
        if later is not None:
            assert each.date < later.date
            assert each.closes_at <= later.begins(checkins.at)


def test_two_that_fall_on_one_day_are_one() -> None:
    """Days 2, 3 and 4 after a Thursday are a weekend and its Monday: people are asked once."""
    thursday = datetime(2026, 12, 3, 12, tzinfo=UTC)
    found = planned(Checkins(days=(2, 3, 4, 5)), thursday, ZoneInfo("UTC"), WEEK)
    assert [(each.day, each.date.day) for each in found] == [(2, 7), (5, 8)]


@pytest.mark.parametrize(
    ("country", "day", "moved"),
    [
        ("DE", date(2026, 12, 25), date(2026, 12, 28)),
        ("DE-BY", date(2027, 1, 6), date(2027, 1, 7)),
        ("DE-BE", date(2027, 1, 6), date(2027, 1, 6)),
        ("IL", date(2026, 12, 4), date(2026, 12, 6)),
        ("US", date(2026, 11, 26), date(2026, 11, 27)),
        ("", date(2026, 12, 25), date(2026, 12, 25)),
    ],
)
def test_holidays_of_the_wave_s_country(country: str, day: date, moved: date) -> None:
    """A check-in moves past the public holidays and the weekend of its own country, and of no other."""
    assert working_day(day, calendar_of(country)) == moved


def test_every_country_has_a_calendar() -> None:
    """Whatever a plan may name gives an answer for a day, and most days are worked."""
    for country in known_countries():
        calendar = calendar_of(country)
        assert sum(calendar.works(date(2026, 3, 1) + timedelta(days=n)) for n in range(28)) >= 10, country


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(ZONES),
)
def test_what_comes_late_does_not_come_at_night(moment: datetime, zone: str) -> None:
    """At once in the daytime of a working day; else at the plan's time on the next one."""
    here = ZoneInfo(zone)
    found = next_good_moment(moment, time(10), here, WEEK)
    assert found >= moment
    assert may_be_written_to(found, here, WEEK)
    assert found == moment or found.astimezone(here).time() == time(10)


def test_reminders_leave_time_to_answer() -> None:
    """The working day before the last one, or the one before that; none when nothing leaves time to answer."""
    zone, day = ZoneInfo("Asia/Kolkata"), date(2026, 12, 7)
    closes = closing(day, time(10), zone, WEEK)
    remind = reminder_at(day, time(10), zone, WEEK, closes)
    assert remind is not None
    assert remind.astimezone(zone) == datetime(2026, 12, 9, 10, tzinfo=zone)
    earlier = reminder_at(day, time(10), zone, WEEK, remind + timedelta(hours=1))
    assert earlier == remind - timedelta(days=1)
    assert reminder_at(day, time(10), zone, WEEK, earlier + timedelta(hours=1)) is None


def test_one_more_is_a_week_later() -> None:
    """A pilot that is not through is asked on a working day a week after the last time."""
    installed = datetime(2026, 12, 3, 12, tzinfo=UTC)
    more = follow_up(date(2026, 12, 24), Checkins(), installed, ZoneInfo("Europe/Berlin"), calendar_of("DE"))
    assert more.date == date(2026, 12, 31)
    assert more.day == 28
    assert working_days_later(more.date, 1, calendar_of("DE")) == date(2027, 1, 4)
