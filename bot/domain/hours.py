"""Sign 2 of GUIDE.md: says of a group, never of one person, whether its logged hours look too round or padded.

How it judges, and why so, is told in docs/hours.md. In short: each person's own record is asked a few questions to
which honest work, timed or typed, has a known answer; the sign is raised only when several people of a group
(three, and a fifth of them) answer in a way that honest work practically never does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.hours_chance import several_agree, share_interval
from bot.domain.hours_evidence import (
    Suspicion,
    at_contract_hours,
    beyond_chance,
    contract_of,
    half_hours_and_long_days,
    mostly_full_hours,
    rounder_than_before,
    timed_starts_round_lengths,
)
from bot.domain.hours_record import Entry, PersonRecord, Tally, on_contract

LEVEL = 0.02
"""How unlikely honest work must be to look like a group does, for each question; shared among an export's groups.

Each question already allows honest people much (docs/hours.md), so honest exports raise a sign far less often than this:
tests/hours/measure.py counts it.
"""
_MOST_SPLITS = 6
"""A change is looked for at no more than this many boundaries between weeks."""
_OFTEN_ENOUGH = 3
"""A day's length that came up less often is not taken for contract hours."""
_HUNDREDTHS = {15: 0.04, 30: 0.02, 60: 0.01}
_TENTHS = {15: 0.2, 30: 0.2, 60: 0.1}
_MINUTES = {15: 4 / 60, 30: 2 / 60, 60: 1 / 60}


class Reason(StrEnum):
    """Why a sign was raised."""

    CONTRACT = "contract"
    CHANGE = "change"
    STARTS = "starts"
    CHANCE = "chance"
    LONG_DAYS = "long_days"
    FULL_HOURS = "full_hours"


@dataclass(frozen=True, slots=True)
class RoundHours:
    """The figures of one group. Shares are of entries, from 0 to 1, except `contract_days_share`, which is of days.

    `round_share` counts lengths on a full, half or quarter hour; `low` and `high` are its 95 % confidence interval
    over people; `expected` is what chance alone would give for lengths written as finely as these.
    """

    people: int
    entries: int
    round_share: float
    half_share: float
    full_share: float
    expected: float
    low: float
    high: float
    contract_days_share: float
    reasons: tuple[Reason, ...]

    @property
    def sign(self) -> bool:
        """Whether the group's managers and the owners should look at how the policy is told."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class GroupHours:
    """One group of an export. `figures` is None when fewer than k people are in it: then nothing is said of them."""

    group: str
    figures: RoundHours | None


def judge(entries: Iterable[Entry], *, k: int, contract_minutes: float | None = None) -> tuple[GroupHours, ...]:
    """Judge the groups that the entries name, in alphabetical order.

    `contract_minutes` is the length of a contract day; without it, each person's most frequent day stands for it.
    """
    return judge_tally(Tally.of(entries), k=k, contract_minutes=contract_minutes)


def judge_tally(tally: Tally, *, k: int, contract_minutes: float | None = None) -> tuple[GroupHours, ...]:
    """Judge what has been tallied already; see `judge`."""
    groups = sorted(tally.groups)
    large = {group for group in groups if tally.people(group) >= k}
    level = LEVEL / max(1, len(large))
    return tuple(
        GroupHours(group, _figures(tally, group, contract_minutes, level, k) if group in large else None)
        for group in groups
    )


def _figures(tally: Tally, group: str, contract_minutes: float | None, level: float, k: int) -> RoundHours:
    records = tally.records(group)
    counts = [record.counts() for record in records]
    entries = sum(each.entries for each in counts)
    low, high = share_interval([(each.quarters, each.entries) for each in counts])
    return RoundHours(
        people=len(records),
        entries=entries,
        round_share=sum(each.quarters for each in counts) / entries,
        half_share=sum(each.halves for each in counts) / entries,
        full_share=sum(each.fulls for each in counts) / entries,
        expected=_chance(records, 15),
        low=low,
        high=high,
        contract_days_share=_contract_days_share(records, contract_minutes),
        reasons=_reasons(records, contract_minutes, level, k),
    )


def _chance(records: list[PersonRecord], step: int) -> float:
    """The share of lengths that chance would put on multiples of `step`, given how finely they are written."""
    counts = [record.counts() for record in records]
    entries = sum(each.entries for each in counts)
    decimals = sum(each.decimals for each in counts)
    in_tenths = sum(each.off_tenths for each in counts) == 0 and sum(each.halves for each in counts) < entries
    written = _TENTHS if in_tenths else _HUNDREDTHS
    return (decimals * written[step] + (entries - decimals) * _MINUTES[step]) / entries


def _contract_days_share(records: list[PersonRecord], contract_minutes: float | None) -> float:
    days = at_contract = 0
    for record in records:
        contract = contract_of(record, contract_minutes)
        hits = sum(on_contract(day, contract) for day in record.days)
        days += len(record.days)
        at_contract += hits if hits >= _OFTEN_ENOUGH or contract == contract_minutes else 0
    return at_contract / days


def _reasons(records: list[PersonRecord], contract_minutes: float | None, level: float, k: int) -> tuple[Reason, ...]:
    splits = _splits(records)
    later = [[record.since(split) for record in records] for split in splits]
    earlier = [[record.before(split) for record in records] for split in splits]

    def agreed(answers: list[list[Suspicion | None]]) -> bool:
        tried = [[each for each in people if each is not None] for people in answers]
        chances = [several_agree(people) for people in tried if len(people) >= k]
        return bool(chances) and min(chances) * len(chances) < level

    half = len(later) // 2
    found = {
        Reason.CONTRACT: agreed([_at_contract(part, contract_minutes) for part in [records, *later[half : half + 1]]]),
        Reason.CHANGE: agreed(
            [
                answers
                for before, since in zip(earlier, later, strict=True)
                for answers in _rounder(before, since, contract_minutes)
            ]
        ),
        Reason.STARTS: agreed([[timed_starts_round_lengths(each) for each in records]]),
        Reason.CHANCE: agreed([[beyond_chance(each) for each in records]]),
        Reason.LONG_DAYS: agreed([[half_hours_and_long_days(each, contract_minutes) for each in records]]),
        Reason.FULL_HOURS: agreed([[mostly_full_hours(each) for each in records]]),
    }
    return tuple(reason for reason in Reason if found[reason])


def _at_contract(records: list[PersonRecord], contract_minutes: float | None) -> list[Suspicion | None]:
    return [at_contract_hours(each, contract_minutes) for each in records]


def _rounder(
    earlier: list[PersonRecord], later: list[PersonRecord], contract_minutes: float | None
) -> list[list[Suspicion | None]]:
    """Everybody's answers about quarters, about halves, and about days at contract hours."""
    answers = [
        rounder_than_before(before, since, contract_minutes) for before, since in zip(earlier, later, strict=True)
    ]
    return [[each[question] for each in answers] for question in range(3)]


def _splits(records: list[PersonRecord]) -> list[int]:
    """The first days of the weeks at which a change is looked for; never the first week."""
    mondays = sorted({day.day - (day.day - 1) % 7 for record in records for day in record.days})[1:]
    if len(mondays) <= _MOST_SPLITS:
        return mondays
    step = len(mondays) / _MOST_SPLITS
    return [mondays[int(each * step)] for each in range(_MOST_SPLITS)]
