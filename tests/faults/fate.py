"""What goes wrong, where and when: all of it follows from one number, and from nothing else."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

NOT_DONE = ("429", "429 without a wait", "429 with nonsense", "500 before", "refused connection", "reset before")
DONE_UNTOLD = (
    "reset after",
    "timeout after",
    "500 after",
    "html",
    "empty",
    "no json",
    "a list",
    "ok without ts",
    "ok as a word",
    "nonsense for a kind",
    "cut in the middle",
)
REFUSED = ("error:service_unavailable", "error:brand_new_error", "error:fatal_error")
MISHAPS = NOT_DONE + DONE_UNTOLD + REFUSED

PASSED_ON_BY = frozenset({"uuid", "random", "secrets", "bot.store.statements", "bot.sandbox.workspace"})
"""Modules that draw for others."""


@dataclass
class Fate:
    """`chance` is how often a call to Slack goes wrong; `events` how often an event comes twice, late or out of order."""

    seed: str
    chance: float = 0.25
    events: float = 0.3
    calm: bool = False
    """From here on nothing goes wrong any more."""
    instead: Callable[[str, str], str] | None = None
    """What happens to a call, by its method and place, where a test decides it all."""
    met: Counter[str] = field(default_factory=Counter)
    """What went wrong so far, and how often."""
    _asked: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def dice(self, *about: str) -> random.Random:
        """Dice for the n-th time that this is asked for: what else happens in between changes nothing."""
        self._asked[about] += 1
        return random.Random(f"{self.seed}/{'/'.join(about)}/{self._asked[about]}")

    def of_call(self, method: str, place: str) -> str:
        """What happens to this call; empty for nothing."""
        if self.instead is not None:
            return self.instead(method, place)
        dice = self.dice("call", method, place)
        if self.calm or dice.random() >= self.chance:
            return ""
        return self.noted(dice.choice(MISHAPS))

    def noted(self, what: str) -> str:
        """Count it."""
        self.met[what] += 1
        return what


@contextmanager
def same_ids(seed: str) -> Iterator[None]:
    """Random ids are the same each time: messages that are due at the same moment are told apart by them.

    Each module has a source of its own: what a library draws the first time, and keeps, changes nothing for the rest.
    """
    sources: dict[str, random.Random] = {}

    def drawn(number: int) -> bytes:
        frame = sys._getframe(1)
        while frame.f_back and frame.f_globals["__name__"] in PASSED_ON_BY:
            frame = frame.f_back
        name = frame.f_globals["__name__"]
        if name not in sources:
            sources[name] = random.Random(f"ids/{seed}/{name}")
        return sources[name].randbytes(number)

    with (
        mock.patch.object(os, "urandom", drawn),
        mock.patch.object(random, "_urandom", drawn),  # where `secrets` gets its own from
    ):
        yield
