"""How many people of each wave have read the policy: counted at once for small teams, now and then for large ones.

Counting goes through every member. For a few hundred people that takes a moment; for a hundred thousand nobody should wait,
least of all those whose clicks come meanwhile. So a large wave is counted in the background when somebody looks at its
card, at most once in a while, and the card says of which minute its figures are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.store import people
from bot.store.people import Reading

SMALL = 100
"""So many people are counted while somebody waits."""
FRESH = timedelta(seconds=20)
"""So long the figures of a large wave are not counted again."""

Subject = tuple[str, str, int]
"""Rollout, wave, version of the policy."""


@dataclass(frozen=True, slots=True)
class HeadCount:
    """A wave's figures, and when it was counted."""

    reading: Reading
    at: datetime
    large: bool = True


@dataclass(slots=True)
class HeadCounts:
    """What one process has counted, and what it was asked for."""

    counted: dict[Subject, HeadCount] = field(default_factory=dict)
    wanted: set[Subject] = field(default_factory=set)

    def of(self, db: Connection, rollout: Rollout, *, now: datetime) -> Mapping[str, HeadCount | None]:
        """The figures of every wave by its id; None while a large one is counted for the first time."""
        version = rollout.versions.policy
        subjects = {wave.id: (rollout.id, wave.id, version) for wave in rollout.waves}
        found = {wave_id: self.counted.get(subject) for wave_id, subject in subjects.items()}
        stale = [wave_id for wave_id, known in found.items() if known is None or not now - FRESH < known.at <= now]
        sizes = people.sizes(db, stale, SMALL + 1)
        small = [wave_id for wave_id, size in sizes.items() if size <= SMALL]
        self.wanted |= {subjects[wave_id] for wave_id, size in sizes.items() if size > SMALL}
        at_once = people.readings(db, rollout.id, small, version)
        return found | {wave_id: HeadCount(reading, now, large=False) for wave_id, reading in at_once.items()}

    def count_wanted(self, db: Connection, *, now: datetime) -> int:
        """Count what was asked for. Returns how many waves."""
        wanted, self.wanted = self.wanted, set()
        for rollout_id, wave_id, version in wanted:
            reading = people.readings(db, rollout_id, [wave_id], version)[wave_id]
            self.counted[rollout_id, wave_id, version] = HeadCount(reading, now)
        return len(wanted)
