"""Reviews: how often managers look at a role's data, what was promised, and what was done (GUIDE.md step 5)."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.rollout import Cadence
from bot.domain.working_calendar import Calendar, working_day, working_days_later

GRACE_WORKING_DAYS = 2
"""How many working days a manager has to mark a review before it is shown as not marked."""
_DAYS = {Cadence.WEEKLY: 7, Cadence.BIWEEKLY: 14}


class ReviewState(StrEnum):
    """`due` waits for its manager; `off_schedule` is a look that nobody had promised."""

    DUE = "due"
    DONE = "done"
    NOT_THIS_TIME = "not_this_time"
    OFF_SCHEDULE = "off_schedule"


@dataclass(frozen=True, slots=True)
class Review:
    """One look at a wave's data, promised for `day` or taken on it."""

    id: str
    wave_id: str
    day: date
    state: ReviewState
    because: str = ""
    by: str = ""


def review_days(cadence: Cadence | None, installed: date, until: date, calendar: Calendar) -> Iterator[date]:
    """The days on which a role's reviews are due, up to `until`. None for a role that is only looked at on a concern."""
    number = 0
    before = installed
    while True:
        number += 1
        if cadence in _DAYS:
            day = installed + timedelta(days=_DAYS[cadence] * number)
        elif cadence is Cadence.MONTHLY:
            day = _months_later(installed, number)
        else:
            return
        day = working_day(day, calendar)
        if day > until:
            return
        if day > before:
            yield day
            before = day


def unmarked(review: Review, today: date, calendar: Calendar) -> bool:
    """Whether a review that was due has neither been done nor put off, and its manager had time to say so."""
    return review.state is ReviewState.DUE and today > working_days_later(review.day, GRACE_WORKING_DAYS, calendar)


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
