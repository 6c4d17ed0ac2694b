"""How many people of each wave have read the policy, and how many messages wait: large numbers are counted now and then.

Counting goes through every member, or every message. For a few hundred that takes a moment; for a hundred thousand nobody
should wait, least of all those whose clicks come meanwhile. So what is large is counted in the background when somebody
looks at its card, at most once in a while, and the card says of which minute a wave's figures are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.store import outbox, people
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
    queues: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    queues_wanted: set[str] = field(default_factory=set)

    def of(
        self, rollout: Rollout, small: Mapping[str, Reading | None], *, now: datetime
    ) -> Mapping[str, HeadCount | None]:
        """The figures of every wave by its id; None while a large one is counted for the first time.

        `small` are those of the small ones, and None for a large one.
        """
        found: dict[str, HeadCount | None] = {}
        for wave in rollout.waves:
            reading = small.get(wave.id, Reading(0, 0, 0))
            if reading is not None:
                found[wave.id] = HeadCount(reading, now, large=False)
                continue
            subject = (rollout.id, wave.id, rollout.versions.policy)
            found[wave.id] = known = self.counted.get(subject)
            if known is None or not now - FRESH < known.at <= now:
                self.wanted.add(subject)
        return found

    def queue_of(self, rollout_id: str, *, now: datetime) -> int | None:
        """How many messages of a rollout are on their way; None while they are counted for the first time."""
        known = self.queues.get(rollout_id)
        if known is None or not now - FRESH < known[1] <= now:
            self.queues_wanted.add(rollout_id)
        return known[0] if known else None

    @property
    def asked_for(self) -> bool:
        """Whether anything is to be counted."""
        return bool(self.wanted or self.queues_wanted)

    def count_wanted(self, db: Connection, *, now: datetime) -> int:
        """Count what was asked for. Returns how many waves and queues."""
        wanted, self.wanted = self.wanted, set()
        queues, self.queues_wanted = self.queues_wanted, set()
        for rollout_id in queues:
            self.queues[rollout_id] = outbox.on_their_way(db, rollout_id, now=now), now
        for rollout_id, wave_id, version in wanted:
            reading = people.readings(db, rollout_id, [wave_id], version)[wave_id]
            self.counted[rollout_id, wave_id, version] = HeadCount(reading, now)
        return len(wanted) + len(queues)
