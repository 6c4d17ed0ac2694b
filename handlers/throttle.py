"""Holds back whoever asks faster than a person can. Kept in memory only: it would be a record of who asked when."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

MOST = 12
WITHIN_SECONDS = 60
MOST_PEOPLE = 10_000


class Throttle:
    """At most twelve questions a minute from one person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` is in seconds and only ever grows."""
        self._clock = clock
        self._recent: dict[str, deque[float]] = {}

    def wait_for(self, person: str) -> int:
        """Seconds until this person may ask again; 0 when they may now, which is counted."""
        now = self._clock()
        if len(self._recent) > MOST_PEOPLE:
            self._recent = {who: times for who, times in self._recent.items() if times[-1] > now - WITHIN_SECONDS}
        times = self._recent.setdefault(person, deque())
        while times and times[0] <= now - WITHIN_SECONDS:
            times.popleft()
        if len(times) >= MOST:
            return max(1, round(times[0] + WITHIN_SECONDS - now))
        times.append(now)
        return 0
