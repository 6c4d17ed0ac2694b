"""Weekends and public holidays by country, from the `holidays` library (docs/decisions/0010-holidays.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from bot.domain.working_calendar import Calendar, MondayToFriday


@dataclass(frozen=True, slots=True)
class CountryCalendar:
    """The working days of one country, or of one part of it."""

    country: Any

    def works(self, day: date) -> bool:
        """Neither at a weekend as it is there, nor on a public holiday."""
        return day.weekday() not in self.country.weekend and day not in self.country


@lru_cache(maxsize=64)
def calendar_of(country: str) -> Calendar:
    """The calendar of `DE` or `DE-BY`; Monday to Friday for an empty or unknown one."""
    code, _, part = country.partition("-")
    if not code:
        return MondayToFriday()
    import holidays  # only rollouts that name a country pay for it

    try:
        return CountryCalendar(holidays.country_holidays(code, subdiv=part or None))
    except NotImplementedError:
        return MondayToFriday()


def known_countries() -> dict[str, list[str]]:
    """Every country code that a plan may name, with the codes of its parts."""
    import holidays

    return {code: list(parts) for code, parts in holidays.list_supported_countries().items() if len(code) == 2}  # noqa: PLR2004
