"""Which weeks a report is about: what people type for it, and what is wrong with it when it makes no sense."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.weeks import NoSuchWeek, Week, read_week, week_of, week_of_day

HOW_TO_SAY_IT = "Write `last 4 weeks`, `2026-W49..2026-W52`, or nothing for all weeks that are over."
_LAST = re.compile(r"last\s+(?:(\d{1,6}|[a-z]+)\s+)?weeks?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:\.{2,}|\u2026|\u2013|\u2014|\bto\b|\buntil\b)\s*", re.IGNORECASE)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "twelve": 12}


class NoSuchPeriod(Exception):
    """A text that names no weeks that a report can be about; the message is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks from `first` to `last`, both included and both over."""

    first: Week
    last: Week

    def __str__(self) -> str:
        """`2026-W49 to 2026-W52`, or a single week."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"

    @property
    def weeks(self) -> int:
        """How many weeks these are."""
        return (self.last.monday - self.first.monday).days // 7 + 1


def closed_weeks(begun: Week, now: datetime, zone: ZoneInfo) -> Span | None:
    """All weeks of a rollout that are over; None while its first week lasts."""
    last = week_of_day(week_of(now, zone).monday - timedelta(days=7))
    return Span(begun, last) if begun <= last else None


def read_period(text: str, over: Span | None) -> Span | None:
    """The weeks that somebody asks for, of those that are `over`. None when no week is over yet. Raises NoSuchPeriod.

    What lies before the rollout's beginning is left out.
    """
    words = " ".join(text.split())
    if not words:
        return over
    found = _LAST.fullmatch(words)
    first, last = _counted(found[1], over) if found else _named(words)
    if over is None:
        return None
    if last > over.last:
        raise NoSuchPeriod(f"{last} is not over yet. The last week that is over is {over.last}.")
    if last < over.first:
        raise NoSuchPeriod(f"This rollout began in {over.first}; there is nothing before that.")
    return Span(max(first, over.first), last)


def _counted(number: str | None, over: Span | None) -> tuple[Week, Week]:
    weeks = 1 if number is None else int(number) if number.isdigit() else _NUMBERS.get(number.lower(), 0)
    if not weeks:
        raise NoSuchPeriod(f"How many weeks are that? {HOW_TO_SAY_IT}")
    if over is None:
        return Week(1, 1), Week(1, 1)
    return week_of_day(over.last.monday - timedelta(weeks=min(weeks, over.weeks) - 1)), over.last


def _named(words: str) -> tuple[Week, Week]:
    ends = _BETWEEN.split(words)
    if len(ends) not in (1, 2):
        raise NoSuchPeriod(f"I do not understand which weeks you mean. {HOW_TO_SAY_IT}")
    try:
        first, last = read_week(ends[0]), read_week(ends[-1])
    except NoSuchWeek as problem:
        raise NoSuchPeriod(f"{problem} {HOW_TO_SAY_IT}") from problem
    if last < first:
        raise NoSuchPeriod(f"{last} is before {first}. Write the earlier week first: `{last}..{first}`.")
    return first, last
