"""What may be shown of the answers to one question of a check-in, on a scale such as 1 to 5.

Who answered is known (the invitation says so), so a nought tells something here: that none of these people chose it. It
counts as few people like any other small number, and neighbouring answers are laid together until each part has k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

LEANS_LOW = 2
"""On a scale of five, 1 and 2 lean to one side, 4 and 5 to the other."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring answers, from `low` to `high`, and how many people chose one of them."""

    low: int
    high: int
    people: int


@dataclass(frozen=True, slots=True)
class AnswerScale:
    """The answers to one question. `answered` is None below k people, and then there is nothing else.

    Where the answers cannot be told apart, `few` are the stretches on one side that fewer than k people chose.
    """

    answered: int | None
    stretches: tuple[Stretch, ...] = ()
    few: tuple[int, int] | None = None


def scale(chosen: Sequence[int], k: int) -> AnswerScale:
    """What may be shown of how many people chose 1, 2, 3 ... Each person is counted once."""
    answered = sum(chosen)
    if answered < k:
        return AnswerScale(None)
    best = max((cut for cut in _cuts(chosen) if all(part.people >= k for part in cut)), key=_fineness)
    if len(best) > 1:
        return AnswerScale(answered, best)
    return AnswerScale(answered, best, _few(chosen, answered, k))


def _few(chosen: Sequence[int], answered: int, k: int) -> tuple[int, int] | None:
    """The side of the scale that fewer than k chose: anything from none to k - 1 of them, which is k values."""
    if answered < 2 * k:
        return None
    middle = len(chosen) // 2
    for low, high in ((1, middle + len(chosen) % 2), (middle + 1, len(chosen))):
        if sum(chosen[low - 1 : high]) < k:
            return low, high
    return None


def _cuts(chosen: Sequence[int]) -> list[tuple[Stretch, ...]]:
    places = range(1, len(chosen))
    return [
        tuple(Stretch(start + 1, end, sum(chosen[start:end])) for start, end in pairwise((0, *some, len(chosen))))
        for number in range(len(chosen))
        for some in combinations(places, number)
    ]


def _fineness(cut: Sequence[Stretch]) -> tuple[int, int, int]:
    """More parts first; then those that part the two ends from the middle, the upper end first; then even widths."""
    borders = {part.high for part in cut[:-1]}
    read = (LEANS_LOW in borders) + 2 * (cut[-1].high - LEANS_LOW in borders)
    return len(cut), read, -max(part.high - part.low for part in cut)
