"""The questions put to each person's record of hours, each with how likely honest work is to look like that.

Every question answers with a chance between 0 and 1 (small: honest work hardly ever looks so), or None when the record
is too short to tell. No answer leaves the domain: only what several people of a group share does.
"""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean, median, stdev

from bot.domain.hours_chance import above, at_least, at_least_equal, within
from bot.domain.hours_record import Counts, PersonRecord, on_contract

Suspicion = float
MOST_REGULAR = 6.0
"""Minutes by which the day's length of the most regular honest person varies (standard deviation)."""
_LEAST_REGULAR = 40.0
_CAUTION = 0.8
_MOST_AT_CONTRACT = 0.65
"""The share of days at exactly the contract's length that even coarse honest typing is allowed."""
_SEARCHED = 3.0
"""Standard deviations over which an honest person's most frequent length may lie: so many steps had a chance."""
_A_PILE = 0.25
"""From this share of days on, days of one length are a pile."""
_FEWEST_DAYS = 5
_FEWEST_ENTRIES = 8
_SHORTEST_CONTRACT = 120
_CANDIDATES = 8
_PART_TIME = 0.2
"""A person whose typical day differs from the contract given by more than this has a contract of their own."""
_MARGIN = 0.08
"""How much rounder an honest person's later weeks may become."""
_ALIKE = 1.3
"""How much more a share of entries varies than if entries were independent."""
_CHANCE_ODD = 0.8
"""The share of timed lengths, to the minute, that are on no multiple of five."""
_TYPED_HALVES = 0.65
"""The share of half hours among lengths that are typed in natural steps, heaping included."""
_CHANCE_HALVES = 2 / 60
_SOME_TYPED = 0.35
"""The share of half hours that a timer user who now and then types is allowed."""
_TIMER_USER = 0.15
"""From this share of odd lengths on, some of them must have been timed."""
_CLOCKED_HALVES = 0.7
_MOSTLY = 0.5
_ALL_HALVES = 0.95
_FULL_HOURS = 0.7
_OVER_CONTRACT = 1.06
_LONG_DAY = 510.0
"""Minutes: where no contract is known, a mean day beyond this is longer than full-time contracts of most countries."""


def contract_of(record: PersonRecord, given: float | None) -> float | None:
    """The length of this person's contract day: the one given, unless the person plainly works another; or the mode."""
    if not record.days:
        return None
    lengths = [day.minutes for day in record.days]
    if given is not None and abs(median(lengths) - given) <= _PART_TIME * given:
        return given
    return _most_frequent(record, given)


def _most_frequent(record: PersonRecord, preferred: float | None) -> float | None:
    """The exact length that most of the days have; where two are as frequent, the preferred one, or the more typical."""
    lengths = [day.minutes for day in record.days]
    candidates = Counter(round(each) for each in lengths if each >= _SHORTEST_CONTRACT).most_common(_CANDIDATES)
    if not candidates:
        return None
    middle = median(lengths)

    def often(contract: float) -> tuple[int, bool, float]:
        return sum(on_contract(day, contract) for day in record.days), contract == preferred, -abs(contract - middle)

    return max({float(value) for value, _ in candidates} | ({preferred} if preferred else set()), key=often)


def at_contract_hours(record: PersonRecord, given: float | None) -> Suspicion | None:
    """Whether more days are exactly as long as the contract's than the most regular honest person would have.

    A day typed in half hours hits it often, one that was timed to the minute hardly ever: each day is judged by the
    coarsest step that fits all its lengths.
    """
    if len(record.days) < _FEWEST_DAYS:
        return None
    contract = _most_frequent(record, given)
    if contract is None:
        return None
    hits = sum(on_contract(day, contract) for day in record.days)
    if hits < _A_PILE * len(record.days):
        return 1.0
    spread = _spread(record, contract)
    chances = [min(_MOST_AT_CONTRACT, within(day.step / 2, spread)) for day in record.days]
    chance = at_least(hits, chances)
    if contract == given:
        return chance
    finest = min(day.step for day in record.days)
    return min(1.0, chance * max(1.0, _SEARCHED * spread / finest))


def _spread(record: PersonRecord, contract: float) -> float:
    """By how much this person's days honestly vary around the contract: cautiously little, never under the least.

    Three quarters of a normal distribution lie within 1.15 standard deviations; that quantile is not moved by days
    that were filled up to the contract (up to a half of them), nor by a few that were cut short.
    """
    distances = sorted(abs(day.minutes - contract) for day in record.days)
    return max(MOST_REGULAR, min(_LEAST_REGULAR, _CAUTION * distances[len(distances) * 3 // 4] / 1.15))


def rounder_than_before(
    earlier: PersonRecord, later: PersonRecord, given: float | None
) -> tuple[Suspicion | None, Suspicion | None, Suspicion | None]:
    """Whether the later weeks became clearly rounder than the earlier: quarters, halves, days at contract hours."""
    before, since = earlier.counts(), later.counts()
    if min(before.entries, since.entries) < _FEWEST_ENTRIES // 2:
        return None, None, None
    quarters = _grew(before.quarters, before.entries, since.quarters, since.entries, _ALIKE)
    halves = _grew(before.halves, before.entries, since.halves, since.entries, _ALIKE)
    if min(len(earlier.days), len(later.days)) < _FEWEST_DAYS - 1:
        return quarters, halves, None
    contract = _most_frequent(PersonRecord(earlier.days + later.days, ()), given)
    days = _grew(
        sum(on_contract(day, contract) for day in earlier.days),
        len(earlier.days),
        sum(on_contract(day, contract) for day in later.days),
        len(later.days),
        1.0,
    )
    return quarters, halves, days


def timed_starts_round_lengths(record: PersonRecord) -> Suspicion | None:
    """Whether lengths are on half hours although the starts were noted by a clock."""
    counts = record.counts()
    if counts.clocked < _FEWEST_ENTRIES or counts.clocked < _MOSTLY * counts.starts:
        return None if counts.entries < _FEWEST_ENTRIES else 1.0
    return at_least_equal(counts.clocked_halves, counts.clocked, _CLOCKED_HALVES)


def beyond_chance(record: PersonRecord) -> Suspicion | None:
    """Whether more of a timer user's lengths are on half hours than chance and a few typed entries would give.

    The share of odd lengths tells how many were timed (a mixture of timed and typed, solved for its weight).
    """
    counts = record.counts()
    if counts.entries < _FEWEST_ENTRIES:
        return None
    if counts.odd < _TIMER_USER * counts.entries:
        return 1.0
    timed = min(1.0, counts.odd / counts.entries / _CHANCE_ODD)
    allowed = max(_SOME_TYPED, _TYPED_HALVES * (1 - timed) + _CHANCE_HALVES * timed)
    return _share_above(counts, allowed)


def half_hours_and_long_days(record: PersonRecord, given: float | None) -> Suspicion | None:
    """Whether everything is in half hours, and the days are longer than the contract's, as rounding up makes them."""
    counts = record.counts()
    if len(record.days) < _FEWEST_DAYS:
        return None
    if counts.halves < _ALL_HALVES * counts.entries:
        return 1.0
    lengths = [day.minutes for day in record.days]
    limit = _LONG_DAY if given is None else _OVER_CONTRACT * given
    spread = max(stdev(lengths), MOST_REGULAR)
    return above((fmean(lengths) - limit) / (spread / math.sqrt(len(lengths))))


def mostly_full_hours(record: PersonRecord) -> Suspicion | None:
    """Whether more lengths are in full hours than typing in half hours, the coarsest natural step, would give."""
    counts = record.counts()
    if counts.entries < _FEWEST_ENTRIES or len(record.days) < _FEWEST_DAYS:
        return None
    if counts.halves < _ALL_HALVES * counts.entries:
        return 1.0
    return at_least_equal(counts.fulls, counts.entries, _FULL_HOURS)


def _share_above(counts: Counts, allowed: float) -> Suspicion:
    spread = math.sqrt(_ALIKE * allowed * (1 - allowed) / counts.entries)
    return above((counts.halves / counts.entries - allowed) / spread)


def _grew(hits_before: int, before: int, hits_since: int, since: int, alike: float) -> Suspicion:
    """How likely such growth is where the true share grew by no more than the margin.

    Two trials at the common share are added to either side, so that small numbers claim less.
    """
    common = min(0.95, max(0.05, (hits_before + hits_since) / (before + since)))
    share_before = (hits_before + 2 * common) / (before + 2)
    share_since = (hits_since + 2 * common) / (since + 2)
    variance = share_before * (1 - share_before) / (before + 2) + share_since * (1 - share_since) / (since + 2)
    return above((share_since - share_before - _MARGIN) / math.sqrt(alike * variance))
