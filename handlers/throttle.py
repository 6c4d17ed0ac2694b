"""Holds back whoever asks faster than a person can, so that nobody drowns out the others.

Kept in the memory of this process only, under marks whose key ends with it: a table would be a record of who asked when.
A mark holds one moment, the one from which all is forgotten; what was done when is not in it (docs/decisions/0016).
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.refusals import TooFast


class Act(StrEnum):
    """What costs something: the matcher's time, other people's attention, or Slack's patience."""

    QUESTION = "question"
    CLICK = "click"
    PASS_ON = "pass_on"  # noqa: S105 - an act, not a password
    FAULT = "fault"
    HEARD = "heard"
    REPORT = "report"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Bound:
    """So many at once; after that, one more each time so many seconds have passed."""

    at_once: int
    seconds_each: float


BOUNDS = {
    Act.QUESTION: Bound(12, 60),  # 60 an hour
    Act.CLICK: Bound(30, 20),  # on the buttons of answers: they teach the matcher
    Act.PASS_ON: Bound(5, 4 * 3600),  # six a day: somebody has to answer each
    Act.FAULT: Bound(5, 3600),
    Act.HEARD: Bound(20, 120),
    Act.REPORT: Bound(20, 120),
    Act.FILE: Bound(5, 300),
}
MOST = 50_000
"""So many marks are kept at most, some 8 MB; beyond, whoever came first is forgotten first."""


class Throttle:
    """How much each person did lately, of everything that is bounded."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds and only ever grows."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._spent_until: dict[bytes, float] = {}

    def wait_for(self, person: str, act: Act = Act.QUESTION) -> int:
        """Seconds until this person may do this again; 0 when they may now, which is counted."""
        now, bound = self._clock(), BOUNDS[act]
        mark = hashlib.blake2b(f"{act}:{person}".encode(), key=self._key, digest_size=16).digest()
        spent_until = max(self._spent_until.pop(mark, now), now) + bound.seconds_each
        over = spent_until - now - bound.at_once * bound.seconds_each
        if over > 0:
            self._spent_until[mark] = spent_until - bound.seconds_each
            return math.ceil(over)
        self._spent_until[mark] = spent_until
        if len(self._spent_until) > MOST:
            self._make_room(now)
        return 0

    def spend(self, person: str, act: Act) -> None:
        """The same for what is refused like anything else. Raises TooFast."""
        wait = self.wait_for(person, act)
        if wait:
            raise TooFast(wait)

    def _make_room(self, now: float) -> None:
        self._spent_until = {mark: until for mark, until in self._spent_until.items() if until > now}
        for mark in list(self._spent_until)[: max(0, len(self._spent_until) - MOST)]:
            del self._spent_until[mark]
