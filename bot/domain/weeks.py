"""ISO weeks and reporting periods: the only dates that a voice has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKS_IN_A_PERIOD = 4
_FIRST_MONDAY = date(2024, 1, 1)
"""Where the first period begins. The grid is the same for every rollout, so that periods never overlap."""
_WRITTEN = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_MOST_WEEKS = 53


class NoSuchWeek(Exception):
    """A text that names no week; the message is for the person who wrote it."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO week, Monday to Sunday. A year has 52 or 53 of them."""

    year: int
    number: int

    def __str__(self) -> str:
        """`2026-W49`."""
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The midnight after its Sunday, on that clock."""
        return datetime.combine(self.next.monday, time.min, zone)

    @property
    def next(self) -> Week:
        """The week after."""
        return week_of_day(self.monday + timedelta(days=7))

    @property
    def previous(self) -> Week:
        """The week before."""
        return week_of_day(self.monday - timedelta(days=7))

    @property
    def period(self) -> Period:
        """The reporting period it lies in."""
        return Period((self.monday - _FIRST_MONDAY).days // 7 // WEEKS_IN_A_PERIOD)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Four ISO weeks, numbered on one grid. When it closes, nobody can count people anew."""

    number: int

    @property
    def first(self) -> Week:
        """Its first week."""
        return week_of_day(_FIRST_MONDAY + timedelta(weeks=self.number * WEEKS_IN_A_PERIOD))

    @property
    def weeks(self) -> tuple[Week, ...]:
        """Its weeks, in order."""
        return tuple(week_of_day(self.first.monday + timedelta(weeks=i)) for i in range(WEEKS_IN_A_PERIOD))

    @property
    def last(self) -> Week:
        """Its last week."""
        return self.weeks[-1]

    @property
    def next(self) -> Period:
        """The period after."""
        return Period(self.number + 1)

    def __str__(self) -> str:
        """`2026-W49 to 2026-W52`."""
        return f"{self.first} to {self.last}"


def week_of_day(day: date) -> Week:
    """The week that a day lies in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


def week_of(moment: datetime, zone: ZoneInfo) -> Week:
    """The week that a moment lies in, for people in this zone."""
    return week_of_day(moment.astimezone(zone).date())


def read_week(text: str) -> Week:
    """`2026-W49` as a week. Raises NoSuchWeek."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        msg = f'"{text.strip()[:40]}" is not a week. Write it like 2026-W49.'
        raise NoSuchWeek(msg)
    year, number = int(found[1]), int(found[2])
    try:
        date.fromisocalendar(year, number, 1)
    except ValueError:
        msg = f"{year} has no week {number}; its last one is {_last_of(year)}."
        raise NoSuchWeek(msg) from None
    return Week(year, number)


def closed(week: Week, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the week is over everywhere that counts: nothing can be added to it any more."""
    return week < week_of(now, zone)


def _last_of(year: int) -> int:
    return date(max(year, 1), 12, 28).isocalendar().week if 1 <= year <= date.max.year else _MOST_WEEKS
