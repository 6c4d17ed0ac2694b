"""The only place that reads the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.in_time import awake

TOLERATED = timedelta(seconds=0.5)
"""So far a shared clock may be from its server's."""


class SystemClock:
    """The computer's own clock, in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class SharedClock:
    """A database server's clock: several instances go by one, whatever their own machines say.

    Between two looks at the server it goes by how long this machine has been running, which nobody sets.
    """

    def __init__(self, at: datetime) -> None:
        """`at` is the server's present moment, aware."""
        self._at, self._mark = at, awake()

    def now(self) -> datetime:
        """The present moment on the server."""
        return self._at + timedelta(seconds=awake() - self._mark)

    def set(self, at: datetime) -> None:
        """The server was looked at again. What a look takes is no difference."""
        if abs(at - self.now()) > TOLERATED:
            self._at, self._mark = at, awake()


class MovableClock:
    """A clock that starts at a given moment, runs on, and can be moved forward: the sandbox's, and the tests'."""

    def __init__(self, start: datetime, *, runs: bool = True) -> None:
        """`start` is aware. A clock that does not run stands still until it is moved."""
        self._start = start
        self._runs = runs
        self._real = datetime.now(UTC)
        self._moved = timedelta(0)

    def now(self) -> datetime:
        """The moment on this clock."""
        elapsed = datetime.now(UTC) - self._real if self._runs else timedelta(0)
        return self._start + self._moved + elapsed

    def advance(self, by: timedelta) -> None:
        """Move forward; ValueError for a step back, which no clock here takes."""
        if by < timedelta(0):
            msg = "this clock only moves forward"
            raise ValueError(msg)
        self._moved += by

    def restart(self, start: datetime) -> None:
        """Begin again at `start`."""
        self._start, self._real, self._moved = start, datetime.now(UTC), timedelta(0)
