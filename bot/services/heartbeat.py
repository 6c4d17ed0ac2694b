"""What this process knows of its own life: which regular jobs ran, which fail, on which day Slack was last here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from bot import confidence, metrics


@dataclass(slots=True)
class _Job:
    well_at: float
    error: str = ""


class Heartbeat:
    """Kept in memory, by a clock that nobody sets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing has run yet. `clock` counts seconds."""
        self._clock = clock
        self._jobs: dict[str, _Job] = {}
        self._last: float | None = None
        self._visited: date | None = None

    @contextmanager
    def job(self, name: str) -> Iterator[None]:
        """One run of a regular job, from its beginning to its end or its failure."""
        now = self._last = self._clock()
        job = self._jobs.setdefault(name, _Job(now))
        try:
            with metrics.tick(name):
                yield
        except Exception as error:
            job.error = type(getattr(error, "orig", None) or error).__name__
            raise
        else:
            job.error, job.well_at = "", self._clock()
        finally:
            self._last = self._clock()

    @property
    def silent_for(self) -> float | None:
        """Seconds since a job last began or ended; None before the first."""
        return None if self._last is None else self._clock() - self._last

    def failing(self, *, longer_than: float) -> dict[str, str]:
        """The jobs that have not succeeded for so many seconds and failed the last time, each with its error's name."""
        before = self._clock() - longer_than
        return {name: job.error for name, job in self._jobs.items() if job.error and job.well_at < before}

    def visit(self, day: date) -> None:
        """A request of Slack's was handled. Those of people who ask leave no trace here either."""
        if not confidence.kept():
            self._visited = day

    @property
    def last_visit(self) -> date | None:
        """The day of the last request, never its time; None for none since the process began."""
        return self._visited
