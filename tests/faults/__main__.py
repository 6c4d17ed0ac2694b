"""`make chaos`: lives one life after the other, each through other faults; then one for each line of the outbox.

It ends by itself, and says how to live a life again in which something was wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bot.logs import configure_logs
from tests import databases
from tests.faults.life import one_life
from tests.faults.oracle import Found


def main() -> int:
    """Exit code 1 when a life went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50, help="so many lives")
    parser.add_argument("--seconds", type=float, default=600.0, help="and no new one after so long")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", default="", help="this one life alone, told in full")
    parser.add_argument("--lines", action=argparse.BooleanOptionalAction, default=True, help="a kill at every line too")
    parser.add_argument("--line", default="", help="a calm life with one kill at this line, as module:number")
    given = parser.parse_args()
    configure_logs("critical", "console")
    end = databases.start()
    databases.use(databases.KINDS[0])
    try:
        return _live(given)
    finally:
        end()


def _live(given: argparse.Namespace) -> int:
    if given.line:
        return _told(_life(f"line {given.line}", given.line))
    if given.seed:
        return _told(_life(given.seed))
    until = time.monotonic() + given.seconds
    total, met, wrong, lived = Found(), Counter[str](), 0, 0
    runs = [(str(seed), "") for seed in range(given.first, given.first + given.seeds)]
    if given.lines:
        lines = sorted(_life("calm", calm=True).lines)
        random.Random(given.first).shuffle(lines)
        runs += [(f"line {line}", line) for line in lines]
    for seed, line in runs:
        if time.monotonic() > until:
            _say("The time is over.")
            break
        found = _life(seed, line)
        lived += 1
        _add(total, found)
        met += found.met
        if found.problems:
            wrong += 1
            how = f'--line "{line}"' if line else f"--seed {seed}"
            _say(f"{seed}: {'; '.join(found.problems)}\n  again: {_prefix()}python -m tests.faults {how}")
    _say(
        f"{lived} of {len(runs)} lives, {wrong} of them wrong. {total.kills} kills, {total.posted} messages posted: "
        f"{total.duplicates} duplicates, {total.lost} lost; {total.ambiguous} times a manager was shown something unsettled; "
        f"{total.promises} acknowledgements kept.\nMet: "
        + ", ".join(f"{what} {number}" for what, number in met.most_common())
    )
    return 1 if wrong else 0


def _life(seed: str, line: str = "", *, calm: bool = False) -> Found:
    with tempfile.TemporaryDirectory(prefix="foreword-chaos-") as folder:
        if line or calm:
            found = one_life("calm", Path(folder), line=line, chance=0.0, events=0.0, kills=0.0)
            if line and not found.kills:
                found.problems.append("this line was never carried out")
        else:
            number = sum(seed.encode())
            found = one_life(seed, Path(folder), chance=(0.1, 0.25, 0.5)[number % 3], kills=0.6)
    databases.forget()
    return found


def _told(found: Found) -> int:
    _say("\n".join(found.story))
    _say(f"{found.kills} kills, {found.posted} messages; " + ("; ".join(found.problems) or "all is well"))
    return 1 if found.problems else 0


def _add(total: Found, found: Found) -> None:
    for name in ("kills", "posted", "duplicates", "lost", "ambiguous", "promises"):
        setattr(total, name, getattr(total, name) + getattr(found, name))


def _prefix() -> str:
    return "FOREWORD_DATABASE=postgresql " if databases.on_postgresql() else ""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
