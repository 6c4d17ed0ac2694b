"""Counts how often sign 2 is wrong, over many simulated months: `python -m tests.hours.measure [MONTHS] [HOURS]`."""

from __future__ import annotations

import random
import sys

from bot.domain.hours import judge
from bot.domain.hours_record import Entry
from tests.hours import heldout
from tests.hours.simulator import HONEST, WAYS, honest_office, padded_office

K = 5
_SIZES = (5, 6, 8, 12, 20, 40, 100, 200)
_PADDED_SIZES = (8, 10, 12, 20)


def raised(entries: list[Entry], contract_hours: float | None) -> bool:
    """Whether any group of an export raises the sign."""
    found = judge(entries, k=K, contract_minutes=None if contract_hours is None else contract_hours * 60)
    return any(each.figures is not None and each.figures.sign for each in found)


def main(months: int, contract_hours: float | None) -> None:
    """Print a line for each kind of month: how many raised the sign."""
    say = sys.stdout.write
    for kind in HONEST:
        wrong = 0
        for seed in range(months):
            rng = random.Random(f"honest {kind} {seed}")
            office = honest_office(rng, kind, rng.choice(_SIZES))
            wrong += raised(list(office.entries(rng)), contract_hours)
        say(f"honest            {kind:24} {wrong:5} of {months}\n")
    for habit in heldout.HABITS:
        wrong = 0
        for seed in range(months):
            rng = random.Random(f"held out {habit} {seed}")
            wrong += raised(list(heldout.month(rng, habit, None, rng.choice(_SIZES))), contract_hours)
        say(f"honest, held out  {habit:24} {wrong:5} of {months}\n")
    tries = max(10, months // 4)
    for base in ("timer", "five", "fifteen", "half", "mixed", "flexible"):
        for way in WAYS:
            seen = 0
            for seed in range(tries):
                rng = random.Random(f"{base} {way} {seed}")
                seen += raised(
                    list(padded_office(rng, f"{base} {way}", rng.choice(_PADDED_SIZES)).entries(rng)), contract_hours
                )
            say(f"padded            {base + ', ' + way:24} {seen:5} of {tries}\n")
    for habit in heldout.HABITS:
        for padding in heldout.PADDINGS:
            seen = 0
            for seed in range(tries):
                rng = random.Random(f"held out {habit} {padding} {seed}")
                seen += raised(list(heldout.month(rng, habit, padding, rng.choice(_PADDED_SIZES))), contract_hours)
            say(f"padded, held out  {habit + ', ' + padding:24} {seen:5} of {tries}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, float(sys.argv[2]) if len(sys.argv) > 2 else None)
