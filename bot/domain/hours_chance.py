"""The arithmetic of chance behind sign 2: tails of distributions, an interval over people, and agreement of several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

_NORMAL = NormalDist()
FEWEST_PEOPLE = 3
"""A sign never rests on fewer people than this."""
_LEVELS = (0.2, 0.6)
"""The parts of a group of which it is asked whether at least that many pad."""
_UNREMARKABLE = 0.2
"""A record that honest work shows more often than this stands out in nothing."""
_EXACT_UP_TO = 150
_TWO_SIDED_95 = 0.975


def at_least(hits: int, chances: Sequence[float]) -> float:
    """The chance of `hits` or more successes in independent trials with these chances of success."""
    if hits <= 0:
        return 1.0
    if hits > len(chances):
        return 0.0
    if len(chances) > _EXACT_UP_TO:
        mean = math.fsum(chances)
        spread = math.sqrt(math.fsum(each * (1 - each) for each in chances))
        return above((hits - 0.5 - mean) / spread) if spread else float(hits <= mean)
    weights = [1.0] + [0.0] * hits  # the last cell gathers everything from `hits` on
    for chance in chances:
        weights[hits] += weights[hits - 1] * chance
        for count in range(hits - 1, 0, -1):
            weights[count] += (weights[count - 1] - weights[count]) * chance
        weights[0] *= 1 - chance
    return min(1.0, weights[hits])


def at_least_equal(hits: int, trials: int, chance: float) -> float:
    """The same for trials that share one chance."""
    if hits <= 0:
        return 1.0
    if chance <= 0 or hits > trials:
        return 0.0
    if chance >= 1:
        return 1.0
    log_chance, log_rest = math.log(chance), math.log1p(-chance)
    log_all = math.lgamma(trials + 1)
    return min(
        1.0,
        math.fsum(
            math.exp(
                log_all - math.lgamma(n + 1) - math.lgamma(trials - n + 1) + n * log_chance + (trials - n) * log_rest
            )
            for n in range(hits, trials + 1)
        ),
    )


def above(z: float) -> float:
    """The chance that a standard normal value is greater than z; exact in the far tail."""
    return math.erfc(z / math.sqrt(2)) / 2


def within(half_width: float, spread: float) -> float:
    """The chance that a normal value of this spread is no further than `half_width` from its mean."""
    return math.erf(half_width / spread / math.sqrt(2))


def several_agree(chances: Iterable[float]) -> float:
    """How likely honest people are to look like this to so many of a group.

    `chances` has one value for each person: how likely that record is for honest work. This is a partial conjunction
    test: its answer is small only when at least three people, and a fifth of the group, stand out; one or two
    never suffice, however much they do. It is asked for a fifth and for three fifths, and corrected for that.
    """
    ordered = sorted(each if each <= _UNREMARKABLE else 1.0 for each in chances)
    people = len(ordered)
    if people < FEWEST_PEOPLE:
        return 1.0
    needed = {max(FEWEST_PEOPLE, math.ceil(level * people)) for level in _LEVELS}
    return min(1.0, len(needed) * min(at_least_equal(number, people, ordered[number - 1]) for number in sorted(needed)))


def share_interval(people: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The 95 % confidence interval of a share, from each person's hits and trials.

    One person's entries resemble each other, so the variance is taken between people (the linearised ratio); it
    becomes an effective number of trials in Wilson's interval, which stays between 0 and 1.
    """
    trials = sum(each for _, each in people)
    share = sum(hits for hits, _ in people) / trials
    count = len(people)
    if count < 2:  # noqa: PLR2004 - one person has no variance between people
        return 0.0, 1.0
    variance = count / (count - 1) * math.fsum((hits - share * each) ** 2 for hits, each in people) / trials**2
    independent = share * (1 - share) / trials
    effective = trials * independent / variance if variance > independent > 0 else float(trials)
    effective = max(1.0, effective)
    z = _student(count - 1)
    centre = (share + z * z / (2 * effective)) / (1 + z * z / effective)
    reach = z / (1 + z * z / effective) * math.sqrt(share * (1 - share) / effective + z * z / (4 * effective**2))
    return max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach))


def _student(freedom: int) -> float:
    """Student's 97.5 % point, by the Cornish-Fisher expansion (within 1 % from four degrees of freedom on)."""
    z = _NORMAL.inv_cdf(_TWO_SIDED_95)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
