"""Proposals and launches: what a manager was shown, what was confirmed, and how far each wave has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, insert, select, update

from bot.domain.progress import Launched, Progress, Rollout, RunningWave, Versions
from bot.domain.rollout import Step
from bot.store import tables as t
from bot.store.statements import insert_new, is_always, moment_in, new_id, rows_as_json, rows_in
from bot.store.tables import LaunchState

REMEMBERED = 1_000
"""What was launched stays as it is, and is read with every click."""
_BY_ID = select(t.launch).where(t.launch.c.id == bindparam("given"))
_STEPS = (
    select(
        t.launch.c.id,
        t.launch.c.wave_id,
        t.launch.c.run,
        t.launch.c.step,
        t.launch.c.reason_version,
        t.launch.c.policy_version,
        t.launch.c.launched_at,
        t.launch.c.delivered_at,
    )
    .where(t.launch.c.state == LaunchState.LAUNCHED)
    .order_by(t.launch.c.launched_at)
)
_before = t.launch.alias("before")
STEPS = (
    select(
        rows_as_json(
            _before.c.wave_id,
            _before.c.run,
            _before.c.id,
            _before.c.step,
            _before.c.reason_version,
            _before.c.policy_version,
            _before.c.launched_at,
            _before.c.delivered_at,
        )
    )
    .where(_before.c.rollout_id == t.rollout.c.id, is_always(_before.c.state, LaunchState.LAUNCHED))
    .correlate(t.rollout)
    .scalar_subquery()
    .label("steps")
)
"""What was launched in a rollout, for statements about it that bring it along (`progress_in`)."""
_PROGRESS = _STEPS.where(t.launch.c.wave_id == bindparam("wave"), t.launch.c.run == bindparam("run_now"))
_PROGRESSES = _STEPS.where(t.launch.c.rollout_id == bindparam("rollout"))


def is_scheduled(whose: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a launch of this rollout waits for its time."""
    return and_(t.launch.c.rollout_id == whose, is_always(t.launch.c.state, LaunchState.SCHEDULED))


_SCHEDULED = select(t.launch).where(is_scheduled(bindparam("rollout"))).order_by(t.launch.c.due_at)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A launch as previewed. `due_at` is None for *now*."""

    id: str
    rollout_id: str
    wave_id: str
    run: int
    step: Step
    versions: Versions
    digest: str
    proposed_by: str
    proposed_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch as stored."""

    id: str
    rollout_id: str
    wave_id: str
    run: int
    step: Step
    versions: Versions
    digest: str
    state: LaunchState
    launched_by: str
    due_at: datetime | None
    launched_at: datetime | None
    delivered_at: datetime | None
    refusal: str


def slot_of(wave: RunningWave, step: Step, versions: Versions) -> str:
    """The name of the one place that a launch of this step, run and version can take."""
    return f"{wave.id}:{wave.run}:{step}:{versions.matter_for(step)}"


def propose(db: Connection, rollout_id: str, wave: RunningWave, proposal: Proposal) -> None:
    """Remember what a manager was shown."""
    db.execute(
        insert(t.proposal).values(
            id=proposal.id,
            rollout_id=rollout_id,
            wave_id=wave.id,
            run=proposal.run,
            step=proposal.step,
            reason_version=proposal.versions.reason,
            policy_version=proposal.versions.policy,
            digest=proposal.digest,
            proposed_by=proposal.proposed_by,
            proposed_at=proposal.proposed_at,
            due_at=proposal.due_at,
        )
    )


def proposal(db: Connection, proposal_id: str) -> Proposal | None:
    """One proposal, or None."""
    row = db.execute(select(t.proposal).where(t.proposal.c.id == proposal_id)).one_or_none()
    if row is None:
        return None
    return Proposal(
        row.id,
        row.rollout_id,
        row.wave_id,
        row.run,
        Step(row.step),
        Versions(row.reason_version, row.policy_version),
        row.digest,
        row.proposed_by,
        row.proposed_at,
        row.due_at,
    )


def forget_proposals(db: Connection, before: datetime) -> int:
    """Delete the proposals from before that moment; nobody confirms them any more."""
    return db.execute(delete(t.proposal).where(t.proposal.c.proposed_at < before)).rowcount


def take_slot(
    db: Connection, rollout_id: str, wave: RunningWave, shown: Proposal, *, by: str, now: datetime
) -> str | None:
    """Create the one launch of what was shown. None when there is one already."""
    launch_id = new_id()
    new = insert_new(
        db,
        t.launch,
        [
            {
                "id": launch_id,
                "rollout_id": rollout_id,
                "wave_id": wave.id,
                "run": wave.run,
                "step": shown.step,
                "reason_version": shown.versions.reason,
                "policy_version": shown.versions.policy,
                "digest": shown.digest,
                "state": LaunchState.SCHEDULED if shown.due_at else LaunchState.LAUNCHED,
                "slot": slot_of(wave, shown.step, shown.versions),
                "launched_by": by,
                "created_at": now,
                "due_at": shown.due_at,
                "launched_at": None if shown.due_at else now,
                "refusal": "",
            }
        ],
    )
    return launch_id if new else None


def holder(db: Connection, wave: RunningWave, step: Step, versions: Versions) -> Launch | None:
    """The launch that holds this slot, or None."""
    row = db.execute(select(t.launch).where(t.launch.c.slot == slot_of(wave, step, versions))).one_or_none()
    return None if row is None else _launch(row)


def by_id(db: Connection, launch_id: str) -> Launch | None:
    """One launch, or None."""
    row = db.execute(_BY_ID, {"given": launch_id}).one_or_none()
    return None if row is None else _launch(row)


def channel_of(db: Connection, launch_id: str) -> str:
    """The channel of a launch's wave; empty when the wave has left the plan."""
    return (
        db.scalar(
            select(t.wave.c.channel).join(t.launch, t.launch.c.wave_id == t.wave.c.id).where(t.launch.c.id == launch_id)
        )
        or ""
    )


def due(db: Connection, now: datetime) -> list[Launch]:
    """The scheduled launches whose time has come, of rollouts that are not paused, oldest first."""
    rows = db.execute(
        select(t.launch)
        .join(t.rollout, t.rollout.c.id == t.launch.c.rollout_id)
        .where(t.launch.c.state == LaunchState.SCHEDULED, t.launch.c.due_at <= now, t.rollout.c.paused_at.is_(None))
        .order_by(t.launch.c.due_at)
    )
    return [_launch(row) for row in rows]


def scheduled(db: Connection, rollout_id: str) -> list[Launch]:
    """What waits for its time in this rollout, soonest first."""
    rows = db.execute(_SCHEDULED, {"rollout": rollout_id})
    return [_launch(row) for row in rows]


def mark_launched(db: Connection, launch_id: str, *, now: datetime) -> bool:
    """A scheduled launch goes off. False when somebody else was quicker."""
    return _move(db, launch_id, LaunchState.SCHEDULED, state=LaunchState.LAUNCHED, launched_at=now)


def cancel(db: Connection, launch_id: str) -> bool:
    """Take a scheduled launch back."""
    return _move(db, launch_id, LaunchState.SCHEDULED, state=LaunchState.CANCELLED, slot=None)


def refuse(db: Connection, launch_id: str, why: str, state: LaunchState = LaunchState.SCHEDULED) -> bool:
    """A launch that must not go after all; its slot is free again."""
    return _move(db, launch_id, state, state=LaunchState.REFUSED, slot=None, refusal=why)


def mark_delivered(db: Connection, launch_id: str, *, now: datetime) -> bool:
    """Slack has confirmed every message of this launch."""
    return (
        db.execute(
            update(t.launch)
            .where(t.launch.c.id == launch_id, t.launch.c.delivered_at.is_(None))
            .values(delivered_at=now)
        ).rowcount
        == 1
    )


def progress(db: Connection, wave: RunningWave) -> Progress:
    """What was launched for this wave in its present run."""
    return Progress(tuple(map(_launched, db.execute(_PROGRESS, {"wave": wave.id, "run_now": wave.run}))))


def progresses(db: Connection, rollout: Rollout) -> dict[str, Progress]:
    """The same for every wave of a rollout, by the wave's id."""
    found: dict[str, list[Launched]] = {wave.id: [] for wave in rollout.waves}
    runs = {wave.id: wave.run for wave in rollout.waves}
    for row in db.execute(_PROGRESSES, {"rollout": rollout.id}):
        if runs.get(row.wave_id) == row.run:
            found[row.wave_id].append(_launched(row))
    return {wave_id: Progress(tuple(steps)) for wave_id, steps in found.items()}


def progress_in(text: str | None, wave: RunningWave) -> Progress:
    """What was launched for this wave in its present run, from what `STEPS` brought."""
    return progresses_in(text, [wave])[wave.id]


def progresses_in(text: str | None, waves: Iterable[RunningWave]) -> dict[str, Progress]:
    """The same for several waves, by their ids."""
    found: dict[tuple[str, int], list[Launched]] = {(wave.id, wave.run): [] for wave in waves}
    for wave_id, run, *step in rows_in(text):
        steps = found.get((wave_id, run))
        if steps is not None:
            steps.append(_step_in(*step))
    return {wave_id: Progress(tuple(sorted(steps, key=_when))) for (wave_id, _run), steps in found.items()}


def _when(launched: Launched) -> datetime:
    return launched.at


@lru_cache(maxsize=REMEMBERED)
def _step_in(launch_id: str, step: str, reason: int, policy: int, at: str, delivered_at: str | None) -> Launched:
    launched_at = moment_in(at)
    if launched_at is None:
        msg = "what was launched has a time"
        raise ValueError(msg)
    return Launched(launch_id, Step(step), Versions(reason, policy), launched_at, moment_in(delivered_at))


def _launched(row: Any) -> Launched:
    versions = Versions(row.reason_version, row.policy_version)
    return Launched(row.id, Step(row.step), versions, row.launched_at, row.delivered_at)


def ever_given(db: Connection, rollout_id: str, step: Step, version: int) -> bool:
    """Whether anybody was ever given this version: then it is immutable. A brief gives managers both texts."""
    column = t.launch.c.reason_version if step is Step.REASON else t.launch.c.policy_version
    return (
        db.execute(
            select(t.launch.c.id)
            .where(
                t.launch.c.rollout_id == rollout_id,
                column == version,
                t.launch.c.step.in_([Step.BRIEF, step]),
                t.launch.c.state == LaunchState.LAUNCHED,
            )
            .limit(1)
        ).first()
        is not None
        or db.execute(
            select(t.receipt.c.person)
            .where(t.receipt.c.rollout_id == rollout_id, t.receipt.c.step == step, t.receipt.c.version == version)
            .limit(1)
        ).first()
        is not None
    )


def waves_begun(db: Connection, rollout_id: str) -> set[str]:
    """The ids of the waves for which anything was ever launched, in whatever run."""
    return set(
        db.scalars(
            select(t.launch.c.wave_id)
            .where(t.launch.c.rollout_id == rollout_id, t.launch.c.state == LaunchState.LAUNCHED)
            .distinct()
        )
    )


def waves_told(db: Connection, rollout_id: str) -> set[str]:
    """The ids of the waves in whose channel something was posted, in whatever run."""
    return set(
        db.scalars(
            select(t.launch.c.wave_id)
            .where(
                t.launch.c.rollout_id == rollout_id,
                t.launch.c.step != Step.BRIEF,
                t.launch.c.delivered_at.is_not(None),
            )
            .distinct()
        )
    )


def _move(db: Connection, launch_id: str, before: LaunchState, **values: object) -> bool:
    return (
        db.execute(
            update(t.launch).where(t.launch.c.id == launch_id, t.launch.c.state == before).values(**values)
        ).rowcount
        == 1
    )


def _launch(row: Row[tuple[object, ...]]) -> Launch:
    return Launch(
        row.id,
        row.rollout_id,
        row.wave_id,
        row.run,
        Step(row.step),
        Versions(row.reason_version, row.policy_version),
        row.digest,
        LaunchState(row.state),
        row.launched_by,
        row.due_at,
        row.launched_at,
        row.delivered_at,
        row.refusal,
    )
