"""Months of honest and of padded hours, to measure how often sign 2 is wrong. Not product code."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from bot.domain.hours_record import Entry

FIRST_MONDAY = date(2026, 11, 2).toordinal()


@dataclass(frozen=True)
class Worker:
    """How one person works and logs. `step` is the step of typed lengths in minutes; 0 means a timer."""

    step: float
    contract: float = 480.0
    regular: float = 40.0
    pieces: float = 4.0
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    decimal: bool = False
    starts: bool = True
    heaping: float = 0.0
    typed_now_and_then: float = 0.0
    exact: float = 0.0


def day_pieces(rng: random.Random, worker: Worker) -> list[float]:
    """The true lengths of one day's pieces of work, in minutes."""
    total = max(60.0, rng.gauss(worker.contract, worker.regular))
    count = max(1, min(10, round(rng.gauss(worker.pieces, worker.pieces / 3))))
    cuts = sorted(rng.random() for _ in range(count - 1))
    edges = [0.0, *cuts, 1.0]
    return [max(3.0, total * (b - a)) for a, b in pairwise(edges)]


def logged(rng: random.Random, worker: Worker, length: float) -> float:
    """What the person logs for a piece of work of this true length."""
    step = worker.step
    if not step and rng.random() < worker.typed_now_and_then:
        step = rng.choice((5.0, 15.0, 30.0))
    if not step:
        return length
    if rng.random() < worker.heaping:
        step = max(step, 30.0)
    return max(step, round(length / step) * step)


Pad = Callable[[random.Random, Worker, list[float]], list[float]]


def everybody_exact(rng: random.Random, worker: Worker, pieces: list[float]) -> list[float]:
    """The contract's length to the minute, in whole and half hours, or in one entry."""
    if rng.random() < 0.3:
        return [worker.contract]
    cut = 30 * rng.randint(1, max(1, int(worker.contract // 30) - 1))
    return [float(cut), worker.contract - cut] if cut < worker.contract else [worker.contract]


def up_to_halves(rng: random.Random, worker: Worker, pieces: list[float]) -> list[float]:
    """Every length rounded up to a half hour."""
    return [math.ceil(each / 30) * 30.0 for each in pieces]


def topped_up(rng: random.Random, worker: Worker, pieces: list[float]) -> list[float]:
    """The last entry stretched (or cut) until the day has the contract's length."""
    rest = worker.contract - sum(pieces[:-1])
    return [*pieces[:-1], rest] if rest > 0 else pieces


def never_short(rng: random.Random, worker: Worker, pieces: list[float]) -> list[float]:
    """The last entry stretched on days that fall short of the contract; longer days stay as they were."""
    missing = worker.contract - sum(pieces)
    return [*pieces[:-1], pieces[-1] + missing] if missing > 0 else pieces


@dataclass(frozen=True)
class Office:
    """One group over some weeks; some of its people pad from some week on."""

    workers: tuple[Worker, ...]
    weeks: int = 4
    pad: Pad | None = None
    padders: float = 1.0
    from_week: int = 0
    keeps: float = 1.0
    group: str = "all"

    def entries(self, rng: random.Random) -> Iterator[Entry]:
        """What the export would hold."""
        padding = round(len(self.workers) * self.padders) if self.pad else 0
        for person, worker in enumerate(self.workers):
            off = {rng.randrange(self.weeks * 7) for _ in range(rng.choice((0, 0, 1, 2)))}
            for day in range(self.weeks * 7):
                if day % 7 not in worker.days or day in off:
                    continue
                pieces = [logged(rng, worker, each) for each in day_pieces(rng, worker)]
                pads = (
                    self.pad if person < padding and day // 7 >= self.from_week and rng.random() < self.keeps else None
                )
                if pads is None and rng.random() < worker.exact:
                    pads = topped_up
                yield from self._day(rng, person, worker, day, pads(rng, worker, pieces) if pads else pieces)

    def _day(self, rng: random.Random, person: int, worker: Worker, day: int, pieces: list[float]) -> Iterator[Entry]:
        clock = rng.gauss(540, 25)
        for length in pieces:
            minutes = round(length / 60, 2) * 60 if worker.decimal else float(round(length))
            start = max(0.0, clock if not worker.step else round(clock / worker.step) * worker.step)
            if minutes > 0:
                shown = float(int(start) % 1440) if worker.starts and not worker.decimal else None
                yield Entry(self.group, person, FIRST_MONDAY + day, minutes, shown, worker.decimal)
            clock += length + max(0.0, rng.gauss(12, 12))


TIMER = Worker(step=0)
FIVE = Worker(step=5)
FIFTEEN = Worker(step=15)
HALF = Worker(step=30)
SIX = Worker(step=6, decimal=True)


def varied(rng: random.Random, worker: Worker) -> Worker:
    """The same habit in another person: regular or not, many pieces or few, with or without full contract."""
    contract = rng.choice((480.0, 480.0, 480.0, 450.0, 462.0, 468.0))
    return replace(
        worker,
        contract=contract,
        regular=rng.uniform(18, 60),
        pieces=rng.uniform(1.2, 6),
        heaping=rng.uniform(0, 0.4) if worker.step in (5, 15) else 0.0,
        typed_now_and_then=rng.choice((0.0, 0.05, 0.2)),
    )


def part_timer(rng: random.Random, worker: Worker) -> Worker:
    """The same habit on a part-time contract, on fewer days."""
    days = tuple(sorted(rng.sample(range(5), rng.randint(3, 5))))
    return replace(varied(rng, worker), contract=rng.choice((240.0, 300.0, 360.0, 390.0, 420.0)), days=days)


def honest_office(rng: random.Random, kind: str, people: int, weeks: int = 4) -> Office:
    """A group in which nobody pads."""
    habits = {"timer": TIMER, "five": FIVE, "fifteen": FIFTEEN, "half": HALF, "six": SIX}
    decimal = rng.random() < 0.3
    starts = rng.random() < 0.7
    workers = []
    for _ in range(people):
        habit = habits[kind] if kind in habits else rng.choice((TIMER, FIVE, FIFTEEN, HALF))
        worker = part_timer(rng, habit) if kind == "flexible" else varied(rng, habit)
        if kind == "hits":
            worker = replace(worker, exact=rng.uniform(0, 0.25))
        workers.append(replace(worker, decimal=worker.decimal or decimal, starts=starts))
    return Office(tuple(workers), weeks)


HONEST = ("timer", "five", "fifteen", "half", "six", "mixed", "flexible")


def padded_office(rng: random.Random, kind: str, people: int, weeks: int = 4) -> Office:
    """A group in which some or all pad, in one of the ways of `PADDED`."""
    base, way = kind.split(" ", 1)
    office = honest_office(rng, base, people, weeks)
    if way == "exact":
        return replace(office, pad=everybody_exact)
    if way == "halves":
        return replace(office, pad=up_to_halves)
    if way == "topped":
        return replace(office, pad=topped_up)
    if way == "never short":
        return replace(office, pad=never_short)
    if way == "40% never short":
        return replace(office, pad=never_short, padders=0.4)
    if way == "later exact":
        return replace(office, pad=everybody_exact, from_week=2)
    if way == "later halves":
        return replace(office, pad=up_to_halves, from_week=2)
    if way == "later topped":
        return replace(office, pad=topped_up, from_week=2)
    if way == "40% exact":
        return replace(office, pad=everybody_exact, padders=0.4)
    if way == "40% topped":
        return replace(office, pad=topped_up, padders=0.4)
    if way == "40% later halves":
        return replace(office, pad=up_to_halves, padders=0.4, from_week=2)
    return replace(office, pad=topped_up, keeps=0.8)


WAYS = (
    "exact", "halves", "topped", "later exact", "later halves", "later topped",
    "40% exact", "40% topped", "40% later halves", "mostly topped",
    "never short", "40% never short",
)  # fmt: skip
