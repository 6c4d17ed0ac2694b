"""Which weeks somebody asks for: every way of saying it, and a sentence for what makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.report_period import NoSuchPeriod, Span, closed_weeks, read_period
from bot.domain.weeks import Week, read_week, week_of_day

OVER = Span(read_week("2026-W49"), read_week("2027-W03"))


def span(first: str, last: str) -> Span:
    return Span(read_week(first), read_week(last))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", OVER),
        ("  ", OVER),
        ("last week", span("2027-W03", "2027-W03")),
        ("last 1 week", span("2027-W03", "2027-W03")),
        ("Last  4 Weeks", span("2026-W53", "2027-W03")),
        ("last four weeks", span("2026-W53", "2027-W03")),
        ("last 999999 weeks", OVER),
        ("2026-W50..2026-W52", span("2026-W50", "2026-W52")),
        ("2026-W50 \u2026 2026w52", span("2026-W50", "2026-W52")),
        ("2026-W53", span("2026-W53", "2026-W53")),
        ("2026-W50 \u2013 2027-W01", span("2026-W50", "2027-W01")),
        ("2026-W50 to 2027-W1", span("2026-W50", "2027-W01")),
        ("2020-W01..2026-W49", span("2026-W49", "2026-W49")),
    ],
)
def test_what_can_be_asked_for(text: str, wanted: Span) -> None:
    """Every way of naming weeks names the same weeks; what lies before the rollout is left out."""
    assert read_period(text, OVER) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("last 0 weeks", "How many weeks"),
        ("last many weeks", "How many weeks"),
        ("last month", "is not a week"),
        ("2026-W50..2026-W49", "is before"),
        ("2026-W54", "has no week 54"),
        ("2025-W53..2026-W50", "2025 has no week 53"),
        ("2026-W50..2027-W04", "is not over yet"),
        ("2025-W01..2025-W05", "began in 2026-W49"),
        ("2026-W49..2026-W50..2026-W51", "do not understand"),
        ("=cmd()", "is not a week"),
        ("last 5 weeks please", "is not a week"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(text: str, words: str) -> None:
    """Whoever mistypes reads what is wrong, and how it is written."""
    with pytest.raises(NoSuchPeriod, match=words):
        read_period(text, OVER)


def test_before_the_first_week_is_over_there_is_no_period() -> None:
    """Whatever is asked for, there is nothing yet; nonsense is still called nonsense."""
    assert read_period("", None) is None
    assert read_period("last 4 weeks", None) is None
    assert read_period("2026-W49..2026-W50", None) is None
    with pytest.raises(NoSuchPeriod):
        read_period("soon", None)


def test_weeks_are_over_when_sunday_is_over_where_the_organisation_is() -> None:
    """At midnight in Auckland a week is over that still goes on in London."""
    begun, late = read_week("2026-W49"), datetime(2026, 12, 13, 11, 30, tzinfo=UTC)
    assert closed_weeks(begun, late, ZoneInfo("Pacific/Auckland")) == span("2026-W49", "2026-W50")
    assert closed_weeks(begun, late, ZoneInfo("Europe/London")) == span("2026-W49", "2026-W49")
    assert closed_weeks(begun, late - timedelta(weeks=2), ZoneInfo("Europe/London")) is None


@given(st.text(max_size=60))
def test_any_text_is_a_period_or_a_sentence(text: str) -> None:
    """Nothing that somebody types breaks the reading, and no period leaves the weeks that are over."""
    found: Span | str | None
    try:
        found = read_period(text, OVER)
    except NoSuchPeriod as problem:
        found = str(problem)
    assert found
    if isinstance(found, Span):
        assert OVER.first <= found.first <= found.last <= OVER.last
    else:
        assert found.endswith(".")


@given(st.integers(0, 4000), st.integers(1, 200))
def test_a_span_counts_its_weeks_over_every_new_year(start: int, weeks: int) -> None:
    """Also over years with 53 weeks."""
    first = week_of_day(Week(2020, 1).monday + timedelta(weeks=start))
    assert Span(first, week_of_day(first.monday + timedelta(weeks=weeks - 1))).weeks == weeks
