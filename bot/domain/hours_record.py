"""What is kept of a time-tracking export while it is judged: counts for each person and day, never an entry's text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

STEPS = (30, 15, 10, 6, 5)
"""The steps, in minutes, in which people type lengths; coarsest first."""
_OFF = 0.02
"""Minutes by which sums of floating-point numbers may miss what they stand for."""
_HUNDREDTH = 0.6
_TENTH = 6
_DECIMAL_ERROR = 0.3
"""Minutes by which a length in hundredths of an hour may differ from the one that was logged."""
_MOST_SUMMED_ERROR = 1.2


class Entry(NamedTuple):
    """One entry: who (a number that means nothing outside this run), on which day, how long.

    `day` is the proleptic ordinal of the day on which it began, `minutes` its length, `start` the minute of the day at
    which it began, or None. `decimal` says that the length was written in hours with one or two decimals.
    """

    group: str
    person: int
    day: int
    minutes: float
    start: float | None = None
    decimal: bool = False


@dataclass(slots=True)
class DayWork:
    """One person's whole day, over all groups: its length, its entries, and the steps that all their lengths fit.

    `steps` has bit i set when every length is a multiple of STEPS[i]. `decimals` counts lengths written as decimals.
    """

    day: int
    minutes: float = 0.0
    entries: int = 0
    steps: int = (1 << len(STEPS)) - 1
    decimals: int = 0

    @property
    def tolerance(self) -> float:
        """How far, in minutes, the day's length as read may be from the day's length as logged."""
        if not self.decimals:
            return 0.5
        return max(0.5, min(_MOST_SUMMED_ERROR, 0.25 * self.decimals + 0.1))

    @property
    def step(self) -> float:
        """The coarsest step that all lengths of the day fit, at least the width of the tolerance."""
        for index, step in enumerate(STEPS):
            if self.steps >> index & 1:
                return step
        return 2 * self.tolerance


@dataclass(slots=True)
class Counts:
    """How many entries lie where. `quarters` includes `halves`, which includes `fulls`.

    `odd` counts lengths on no multiple of five minutes; `clocked` the entries whose start has seconds, as only a timer's
    has; `clocked_halves` those of them whose length is on a half hour all the same.
    """

    entries: int = 0
    quarters: int = 0
    halves: int = 0
    fulls: int = 0
    odd: int = 0
    starts: int = 0
    clocked: int = 0
    clocked_halves: int = 0
    decimals: int = 0
    off_tenths: int = 0

    def add(self, other: Counts) -> None:
        """Add another's counts to these."""
        self.entries += other.entries
        self.quarters += other.quarters
        self.halves += other.halves
        self.fulls += other.fulls
        self.odd += other.odd
        self.starts += other.starts
        self.clocked += other.clocked
        self.clocked_halves += other.clocked_halves
        self.decimals += other.decimals
        self.off_tenths += other.off_tenths


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person: every whole day of theirs, in order, and the counts of their entries in one group by day.

    The days are those of all groups: a day that is split among clients is as long as all of its parts together.
    """

    days: tuple[DayWork, ...]
    counts_by_day: tuple[tuple[int, Counts], ...]

    def counts(self) -> Counts:
        """The counts of all days together."""
        total = Counts()
        for _, each in self.counts_by_day:
            total.add(each)
        return total

    def since(self, day: int) -> PersonRecord:
        """The part from this day on."""
        return PersonRecord(
            tuple(each for each in self.days if each.day >= day),
            tuple(each for each in self.counts_by_day if each[0] >= day),
        )

    def before(self, day: int) -> PersonRecord:
        """The part before this day."""
        return PersonRecord(
            tuple(each for each in self.days if each.day < day),
            tuple(each for each in self.counts_by_day if each[0] < day),
        )


@dataclass(slots=True)
class Tally:
    """Everything that is kept: its size grows with people and days, not with entries."""

    groups: dict[str, dict[int, dict[int, Counts]]] = field(default_factory=dict)
    days: dict[int, dict[int, DayWork]] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Tally:
        """Count these entries."""
        tally = cls()
        for entry in entries:
            tally.add(entry)
        return tally

    def add(self, entry: Entry) -> None:
        """Count one entry. One of no length (a timer that still runs) is passed over."""
        if entry.minutes <= 0:
            return
        person, day = entry.person, entry.day
        theirs = self.days.setdefault(person, {})
        whole = theirs.get(day)
        if whole is None:
            whole = theirs[day] = DayWork(day)
        whole.minutes += entry.minutes
        whole.entries += 1
        whole.decimals += entry.decimal
        near = _DECIMAL_ERROR + _OFF if entry.decimal else 0.5
        if whole.steps:
            for index, step in enumerate(STEPS):
                if not _fits(entry.minutes, step, near):
                    whole.steps &= ~(1 << index)
        group = self.groups.setdefault(entry.group, {})
        counts = group.setdefault(person, {}).get(day)
        if counts is None:
            counts = group[person][day] = Counts()
        _count(counts, entry, near)

    def merged(self, name: str) -> Tally:
        """The same entries as one group of this name."""
        together: dict[int, dict[int, Counts]] = {}
        for people in self.groups.values():
            for person, days in people.items():
                for day, counts in days.items():
                    together.setdefault(person, {}).setdefault(day, Counts()).add(counts)
        return Tally({name: together}, self.days)

    def people(self, group: str) -> int:
        """How many distinct people logged in this group."""
        return len(self.groups[group])

    def records(self, group: str) -> list[PersonRecord]:
        """The people of the group, in the order in which they were first met."""
        return [
            PersonRecord(
                tuple(self.days[person][day] for day in sorted(self.days[person])),
                tuple((day, by_day[day]) for day in sorted(by_day)),
            )
            for person, by_day in self.groups[group].items()
        ]


def on_contract(day: DayWork, contract_minutes: float | None) -> bool:
    """Whether the day is exactly as long as the contract's, as exactly as the export can say."""
    return contract_minutes is not None and abs(day.minutes - contract_minutes) <= day.tolerance


def _count(counts: Counts, entry: Entry, near: float) -> None:
    minutes = entry.minutes
    counts.entries += 1
    half = False
    if _fits(minutes, 15, near):
        counts.quarters += 1
        half = _fits(minutes, 30, near)
        counts.halves += half
        counts.fulls += half and _fits(minutes, 60, near)
    elif not _fits(minutes, 5, near):
        counts.odd += 1
    if entry.start is not None:
        counts.starts += 1
        if not _fits(entry.start, 1, _OFF):
            counts.clocked += 1
            counts.clocked_halves += half
    if entry.decimal:
        counts.decimals += 1
        counts.off_tenths += not _fits(minutes, _TENTH, _OFF)
    else:
        counts.off_tenths += 1


def _fits(minutes: float, step: int, near: float) -> bool:
    """Whether the length is a multiple of the step. Half a minute short of one counts as it; half over does not."""
    return (minutes + near) % step < 2 * near and minutes + near >= step
