"""What was promised about looking, and when it counts as not done."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.review import Review, ReviewState, review_days, unmarked
from bot.domain.rollout import Cadence
from bot.holiday_calendar import calendar_of

DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
LONGEST = {Cadence.WEEKLY: 7, Cadence.BIWEEKLY: 14, Cadence.MONTHLY: 31}


@settings(deadline=None)  # a country's holidays are worked out when they are first asked for
@given(DAYS, st.sampled_from([*Cadence, None]), st.sampled_from(["", "DE", "IL"]), st.integers(0, 400))
def test_reviews_come_as_often_as_promised(installed: date, cadence: Cadence | None, country: str, days: int) -> None:
    """On working days, in order, none after the end, none missing in between; on a concern there are none by themselves."""
    calendar, until = calendar_of(country), installed + timedelta(days=days)
    found = list(review_days(cadence, installed, until, calendar))
    if cadence in (None, Cadence.ON_CONCERN):
        assert found == []
        return
    assert cadence is not None
    assert found == sorted(set(found))
    assert all(installed < day <= until and calendar.works(day) for day in found)
    for before, after in zip([installed, *found], found, strict=False):
        assert (after - before).days <= LONGEST[cadence] + 9
    assert len(found) >= days // (LONGEST[cadence] + 9)


def test_a_month_is_a_month() -> None:
    """From the 31st of January on: the last day of February, the 31st of March."""
    found = list(review_days(Cadence.MONTHLY, date(2025, 1, 31), date(2025, 4, 30), calendar_of("")))
    assert found == [date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]


def test_a_review_is_unmarked_after_two_working_days() -> None:
    """Due on a Thursday: its manager has until Monday to say so."""
    review = Review("r", "w", date(2026, 12, 10), ReviewState.DUE)
    calendar = calendar_of("")
    assert not unmarked(review, date(2026, 12, 14), calendar)
    assert unmarked(review, date(2026, 12, 15), calendar)
    done = Review("r", "w", date(2026, 12, 10), ReviewState.DONE)
    assert not unmarked(done, date(2027, 1, 1), calendar)
