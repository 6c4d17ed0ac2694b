"""Working days where somebody is, and the hours in which a person may be written to (SLACK.md, manners)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DAY_BEGINS, DAY_ENDS = time(8), time(20)
"""The hours outside of which nobody is written to who did not ask for it, by the clock where they are."""
_LONGEST_BREAK = 60
"""Days in a row without a working day that no country has."""


class Calendar(Protocol):
    """Which days people work, in one country."""

    def works(self, day: date) -> bool:
        """Whether this is neither a weekend nor a public holiday."""
        ...


@dataclass(frozen=True, slots=True)
class MondayToFriday:
    """The working week where no country is named."""

    def works(self, day: date) -> bool:
        """Monday to Friday."""
        return day.weekday() < 5  # noqa: PLR2004 - Saturday


def working_day(day: date, calendar: Calendar) -> date:
    """This day, or the first working day after it."""
    for found in _days(day):
        if calendar.works(found):
            return found
    return day


def working_days_later(day: date, count: int, calendar: Calendar) -> date:
    """The working day that comes `count` working days after `day`."""
    found = day
    for _ in range(count):
        found = working_day(found + timedelta(days=1), calendar)
    return found


def on_day(day: date, at: time, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """The moment `at` on this working day where somebody is, in UTC; in their quiet hours, the nearest later one outside.

    A time that the clocks skip on that day is the moment at which they have skipped it.
    """
    if at >= DAY_ENDS:
        day, at = working_day(day + timedelta(days=1), calendar), DAY_BEGINS
    return datetime.combine(day, max(at, DAY_BEGINS), zone).astimezone(UTC)


def may_be_written_to(moment: datetime, zone: ZoneInfo, calendar: Calendar) -> bool:
    """Whether it is a working day, and neither early nor late, where somebody is."""
    local = moment.astimezone(zone)
    return calendar.works(local.date()) and DAY_BEGINS <= local.time() < DAY_ENDS


def next_good_moment(moment: datetime, at: time, zone: ZoneInfo, calendar: Calendar) -> datetime:
    """`moment`, if somebody may be written to then; else the next time that it is `at` on one of their working days."""
    if may_be_written_to(moment, zone, calendar):
        return moment
    local = moment.astimezone(zone)
    for day in _days(local.date()):
        if calendar.works(day) and (found := on_day(day, at, zone, calendar)) >= moment:
            return found
    return moment


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(_LONGEST_BREAK))
