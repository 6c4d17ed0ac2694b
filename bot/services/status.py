"""Where a rollout stands, gathered for the status card."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.pace import seconds_for
from bot.domain.progress import Progress, Rollout, RunningWave
from bot.domain.refusals import Outdated
from bot.domain.rollout import Step
from bot.services import verdicts
from bot.services.head_counts import SMALL, HeadCount
from bot.services.launching import Rulebook, gates_from
from bot.services.standing import pick, whose_turn
from bot.store import launches, outbox, overrides, overview
from bot.store.outbox import Delivery
from bot.store.overview import Overview
from bot.views.status_card import (
    UNSETTLED_READ,
    ScheduledLaunch,
    StatusSummary,
    Unsettled,
    WaitingOverride,
    WaveStatus,
)

GRACE = timedelta(seconds=20)
"""How long a message may be looked for before a manager is told of it."""


def look(db: Connection, name: str | None, *, now: datetime) -> Overview:
    """The rollout of that name, or the only one. Raises NoRollout, UnknownRollout or WhichRollout."""
    return _look(db, None, name, now) or of(db, pick(db, name).id, now=now)


def of(db: Connection, rollout_id: str, *, now: datetime) -> Overview:
    """The rollout with that id. Raises Outdated when it is gone."""
    found = _look(db, rollout_id, None, now)
    if found is None:
        raise Outdated
    return found


def _look(db: Connection, rollout_id: str | None, name: str | None, now: datetime) -> Overview | None:
    return overview.of(db, rollout_id, name, small=SMALL, now=now, tried_before=now - GRACE)


def summarise(db: Connection, seen: Overview, *, rules: Rulebook, now: datetime) -> StatusSummary:
    """The card for this rollout, and its next step for the wave whose turn it is."""
    rollout, steps = seen.rollout, seen.evidence.progress
    current = whose_turn(rollout, steps)
    step = steps[current.id].next_step(rollout.versions)
    counts = rules.counts.of(rollout, seen.readings, now=now)
    queue = seen.on_their_way
    if queue > outbox.COUNTED:
        queue = max(queue, rules.counts.queue_of(rollout.id, now=now) or 0)
    names = {each.id: each.name for each in rollout.waves}
    return StatusSummary(
        rollout=rollout,
        current=current,
        next_step=step,
        gates=gates_from(seen.evidence, rollout, current, step, rules, now) if step else (),
        waves=[_wave(each, steps[each.id], counts[each.id]) for each in rollout.waves],
        scheduled=[
            ScheduledLaunch(launch.id, launch.step, names.get(launch.wave_id, ""), launch.due_at, launch.launched_by)
            for launch in (launches.scheduled(db, rollout.id) if seen.scheduled else ())
            if launch.due_at
        ],
        overrides=[
            WaitingOverride(each.id, each.gate, names.get(each.wave_id, ""), each.because, each.asked_by)
            for each in (overrides.waiting(db, rollout) if seen.overrides else ())
        ],
        unsettled=[
            Unsettled(each.id, each.kind, each.recipient, each.state, each.error)
            for each in (_unsettled(db, rollout, now) if seen.unsettled else ())
        ],
        on_their_way=queue,
        more_on_their_way=queue == outbox.COUNTED + 1,
        notes=[note for each in rollout.waves for note in verdicts.notes(rollout, seen.evidence.held[each.id])],
        seconds_left=seconds_for(rules.pace.messages, queue) + _blocked_for(seen, now),
    )


def _unsettled(db: Connection, rollout: Rollout, now: datetime) -> list[Delivery]:
    return outbox.unsettled(db, rollout.id, tried_before=now - GRACE, most=UNSETTLED_READ)


def _blocked_for(seen: Overview, now: datetime) -> float:
    until = seen.blocked_until
    return max(0.0, (until - now).total_seconds()) if until else 0.0


def _wave(wave: RunningWave, steps: Progress, count: HeadCount | None) -> WaveStatus:
    if count is None:
        return WaveStatus(wave, steps, counting=steps.latest(Step.POLICY) is not None)
    found = count.reading
    return WaveStatus(wave, steps, found.members, found.given, found.acknowledged, count.at if count.large else None)
