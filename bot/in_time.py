"""What was decided a while ago is not sent any more: a process may be stopped in between, and go on minutes later.

Whoever takes something from the database holds it for a time (a lease). A process that was stopped meanwhile has lost it,
perhaps without knowing, and somebody else may have sent it since. So what is sent leaves soon after it was taken or not at
all; the last look is when the request's first byte is about to be written (docs/decisions/0014-one-of-several.md).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from bot.ports import Clock

SOON = timedelta(seconds=10)
"""Much shorter than any lease, so that the answer is there, too, before the lease is over."""

TOO_LATE = "too_late"
"""What sending ended with, for what did not leave."""


def awake() -> float:
    """Seconds of a clock that nobody sets. It runs on while a process is stopped; on Linux also while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Moment:
    """When something was taken, by the application's clock and by one that nobody sets."""

    def __init__(self, clock: Clock) -> None:
        """Now. To be made before the transaction in which something is taken."""
        self._clock = clock
        self._at = clock.now()
        self._awake = awake()

    def is_past(self, within: timedelta | None = None) -> bool:
        """Whether more time than that (or than SOON) has gone by, on either clock; also when the application's was set back."""
        within = SOON if within is None else within
        gone = self._clock.now() - self._at
        return not timedelta(0) <= gone <= within or awake() - self._awake > within.total_seconds()


_taken: ContextVar[Moment | None] = ContextVar("taken", default=None)


@contextmanager
def leaving_soon_after(moment: Moment) -> Iterator[None]:
    """What is sent in here leaves soon after that moment, or not at all."""
    token = _taken.set(moment)
    try:
        yield
    finally:
        _taken.reset(token)


def too_late() -> bool:
    """Whether what is about to be sent must not leave any more."""
    moment = _taken.get()
    return moment is not None and moment.is_past()
