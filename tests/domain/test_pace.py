"""Calls go at the edge of a limit and never beyond it, whatever bursts, pauses and clocks do."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.pace import (
    LEAST_SHARE,
    MINUTE,
    TIERS,
    Limit,
    Used,
    granted,
    refused,
    room,
    seconds_for,
    spend,
)

LIMITS = [Limit(300), *TIERS.values(), Limit(1), Limit(7), Limit(900)]


def sent(limit: Limit, *, seconds: float, rests: list[tuple[float, float]], start: float = 1e9) -> list[float]:
    """The moments of calls by somebody who calls whenever there is room, except while resting (from, for)."""
    used, now, moments = Used(), start, []
    while now < start + seconds:
        for begin, length in rests:
            if begin <= now - start < begin + length:
                now = start + begin + length
        found = room(limit, used, now)
        if found.calls:
            used = spend(limit, used, now, found.calls)
            moments += [now] * found.calls
        else:
            now += max(found.wait, 1e-4)
    return moments


@pytest.mark.parametrize("limit", LIMITS)
@settings(deadline=None, max_examples=30)
@given(rests=st.lists(st.tuples(st.floats(0, 300), st.floats(1, 90)), max_size=3))
def test_no_minute_holds_more_than_the_limit(limit: Limit, rests: list[tuple[float, float]]) -> None:
    """Counted over any sixty seconds, also after a rest that a burst makes up for."""
    window: deque[float] = deque()
    for moment in sent(limit, seconds=200, rests=rests):
        window.append(moment)
        while window[0] <= moment - MINUTE:
            window.popleft()
        assert len(window) <= max(1, limit.per_minute)


@pytest.mark.parametrize("limit", [Limit(300), Limit(4000), Limit(100)])
def test_little_of_the_limit_is_left_unused(limit: Limit) -> None:
    """Ten minutes of calls reach at least 96 in 100 of what is allowed."""
    assert len(sent(limit, seconds=600, rests=[])) >= 0.96 * 10 * limit.per_minute


def test_a_clock_that_was_set_back_stops_nothing_for_long() -> None:
    """What was used up an hour ahead is not believed."""
    limit, now = Limit(300), 1e9
    ahead = spend(limit, Used(), now + 3600, limit.burst)
    found = room(limit, ahead, now)
    assert found.calls or found.wait < 1


def test_refusals_slow_down_and_are_forgiven() -> None:
    """Those of one moment count once; the rate never falls below half, and is whole again in time."""
    now = 1e9
    once = refused(Used(), now)
    assert granted(once, now) < 1
    assert refused(once, now + 1) == once
    often = once
    for minute in range(1, 60):
        often = refused(often, now + minute * 60)
    assert granted(often, now + 3540) == LEAST_SHARE
    assert granted(often, now + 3 * 3600) == 1


def test_how_long_it_takes() -> None:
    """A hundred thousand direct messages take hours, a few none."""
    limit = Limit(300)
    assert seconds_for(limit, 3) == 0
    assert 5.5 * 3600 < seconds_for(limit, 100_000) < 6 * 3600
    assert seconds_for(None, 100_000) == 0


@given(st.floats(0, 1e6), st.integers(1, 5000))
def test_whoever_waits_as_told_finds_room(until: float, per_minute: int) -> None:
    """The wait is neither too short nor more than it has to be."""
    limit, now = Limit(per_minute), 1e9
    found = room(limit, Used(until=now + until), now)
    if not found.calls:
        assert found.wait > 0
        later = room(limit, Used(until=now + min(until, 3 * MINUTE)), now + found.wait + 1e-3)
        assert later.calls or until > (limit.burst + 1) * MINUTE / (limit.rate * MINUTE)
