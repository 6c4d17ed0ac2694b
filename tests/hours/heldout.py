"""A second simulator, written after the rules were settled and never tuned on: other shapes of days, other habits."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from bot.domain.hours_record import Entry

FIRST_DAY = 739_891
"""Wednesday, 30 September 2026: a month need not begin on a Monday."""


def uniform_day(rng: random.Random, contract: float, spread: float) -> list[float]:
    """Meetings of fixed length, then blocks of work until about the contract's hours are full."""
    goal = contract + rng.uniform(-spread, spread) * 1.7
    day: list[float] = []
    while sum(day) < goal:
        block = (
            rng.choice((15, 30, 30, 60)) + rng.uniform(-4, 6) if rng.random() < 0.3 else rng.lognormvariate(4.2, 0.6)
        )
        day.append(max(2.0, block))
    over = sum(day) - goal
    day[-1] = max(2.0, day[-1] - over)
    return day


def typed(rng: random.Random, habit: str, minutes: float) -> float:
    """How a habit notes a length."""
    if habit == "timer":
        return minutes
    if habit == "seconds":
        return minutes + rng.random()
    if habit == "forgetful":
        return minutes if rng.random() < 0.8 else max(15.0, round(minutes / 15) * 15.0)
    if habit == "sloppy":
        coarse = float(rng.choices((5, 10, 15, 30, 60), (3, 2, 5, 4, 1))[0])
        return max(coarse, round(minutes / coarse) * coarse)
    if habit == "tenths":
        return max(6.0, round(minutes / 6) * 6.0)
    step = float(habit)
    return max(step, round(minutes / step) * step)


HABITS = ("timer", "seconds", "forgetful", "sloppy", "5", "15", "30", "10", "tenths", "any")
PADDINGS = ("flat", "flat later", "fill", "fill later", "fill 40%", "flat 40%", "ceil timed", "ceil later", "fill 85%")


def month(rng: random.Random, habit: str, padding: str | None, people: int, days: int = 30) -> Iterator[Entry]:
    """One export of a group in which everybody has this habit (or any), and some pad in this way."""
    shows_starts = rng.random() < 0.6
    decimal = habit == "tenths" or (not shows_starts and rng.random() < 0.5)
    padders = math.ceil(people * 0.4) if padding and "40%" in padding else people
    for person in range(people):
        mine = rng.choice(HABITS[:-1]) if habit == "any" else habit
        contract = rng.choice((480.0, 480.0, 450.0, 480.0, 504.0, 360.0, 240.0))
        spread = rng.uniform(20, 75)
        workdays = {0, 1, 2, 3, 4} if contract > 400 else set(rng.sample(range(5), 4))
        for day in range(days):
            if (FIRST_DAY + day - 1) % 7 not in workdays or rng.random() < 0.06:
                continue
            true = uniform_day(rng, contract, spread)
            lengths = [typed(rng, mine, each) for each in true]
            pads = bool(padding) and person < padders and (day >= 14 or "later" not in str(padding))
            pads = pads and (rng.random() < 0.85 or "85%" not in str(padding))
            if pads:
                lengths = padded(rng, str(padding).split()[0], contract, true, lengths)
            clock = rng.gauss(530, 30)
            for true_length, length in zip(true, lengths, strict=False):
                minutes = round(length / 60, 2) * 60 if decimal else length
                by_clock = mine in {"timer", "seconds", "forgetful"}
                start = (clock if by_clock else round(clock / 5) * 5) % 1440
                yield Entry(
                    "all", person, FIRST_DAY + day, minutes, math.floor(start) if shows_starts else None, decimal
                )
                clock += true_length + rng.expovariate(1 / 15)


def padded(rng: random.Random, way: str, contract: float, true: list[float], lengths: list[float]) -> list[float]:
    """What a padder notes instead."""
    if way == "flat":
        half = 60.0 * rng.randint(1, 4)
        return rng.choice(([contract], [contract / 2] * 2, [half, contract - half] if half < contract else [contract]))
    if way == "ceil":
        return [math.ceil(each / 30) * 30.0 for each in true]
    kept: list[float] = []
    for each in lengths[:-1]:
        if sum(kept) + each < contract:
            kept.append(each)
    return [*kept, contract - sum(kept)]
