"""How many voices a figure stands for, and how many different people at the least: what the k rule is about.

People do not add up: whoever speaks of two themes is in two cells. What is known of several cells together is therefore
a range, and whoever decides what may be shown looks at its lower end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class DoesNotAddUp(Exception):
    """Figures that contradict each other: a total that is not the sum of its parts."""


@dataclass(frozen=True, slots=True)
class Count:
    """One figure: its voices, and that at least `people` and at most `at_most` different people are behind them.

    Without `at_most`, `people` is exact. One voice has one speaker, so people never exceed voices.
    """

    voices: int
    people: int
    at_most: int | None = None

    @property
    def least(self) -> int:
        """The fewest people that may be behind it."""
        return min(max(self.people, 1), self.voices)

    @property
    def most(self) -> int:
        """The most people that may be behind it."""
        return max(self.least, min(self.people if self.at_most is None else self.at_most, self.voices))

    def may_be_shown(self, k: int) -> bool:
        """Whether the figure may stand in a report: nobody at all, or k people at the least."""
        return self.voices == 0 or self.least >= k


NOBODY = Count(0, 0)


def together(parts: Sequence[Count], whole: Count | None = None, rest: Sequence[Count] = ()) -> Count:
    """Several figures as one. With the `whole` that `parts` and `rest` make up, the range of people is narrower.

    Everybody in the whole who is not in the rest is in the parts: that many people there are at the least.
    """
    voices = sum(part.voices for part in parts)
    least = max((part.least for part in parts), default=0)
    most = min(sum(part.most for part in parts), voices)
    if whole is not None:
        least = max(least, whole.least - sum(other.most for other in rest))
        most = min(most, whole.most)
    return Count(voices, min(least, voices), max(most, least))


@dataclass(frozen=True, slots=True)
class Unit:
    """A row or column of a table: one theme, week, wave ... or several rolled up. `members` are what it is made of."""

    name: str
    members: tuple[str, ...]
    count: Count


def narrowed(*counts: Count) -> Count:
    """One figure that was counted in several ways: by theme and by week, say. Its people are in all of the ranges."""
    least, most = max(count.least for count in counts), min(count.most for count in counts)
    return Count(counts[0].voices, least, max(least, most))
