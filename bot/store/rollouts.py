"""Rollouts as they stand: the plan, its present texts, its waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)

from bot.domain.policy import Policy
from bot.domain.progress import Pause, Rollout, RunningWave, Versions
from bot.domain.rollout import Plan
from bot.domain.timeline import FIRST
from bot.store import tables as t
from bot.store.statements import new_id, rows_as_json, rows_in

_plans: TypeAdapter[Plan] = TypeAdapter(Plan)
_policies: TypeAdapter[Policy] = TypeAdapter(Policy)
PLANS_REMEMBERED = 32
"""Texts in, plan out: reading one takes longer than everything else that a click leads to."""


def _plan_json(plan: Plan) -> dict[str, Any]:
    """The plan without its two versioned texts, which have tables of their own."""
    json: dict[str, Any] = _plans.dump_python(replace(plan, reason="", policy=Policy()), mode="json")
    return json


def names(db: Connection) -> list[str]:
    """The names of all rollouts, in alphabetical order."""
    return list(db.scalars(_NAMES))


def every(db: Connection) -> list[Rollout]:
    """All rollouts, by name."""
    return [assembled(row) for row in db.execute(_EVERY).all()]


def by_id(db: Connection, rollout_id: str, *, lock: bool = False) -> Rollout | None:
    """One rollout. `lock` makes other writers of the same rollout wait (PostgreSQL; SQLite has one writer anyway)."""
    if lock:
        hold(db, rollout_id)
    return _one(db, _BY_ID, rollout_id)


def by_name(db: Connection, name: str, *, lock: bool = False) -> Rollout | None:
    """The rollout of that name, or None."""
    if lock:
        _hold(db, t.rollout.c.name == name)
    return _one(db, _BY_NAME, name)


def of_wave(db: Connection, wave_id: str) -> Rollout | None:
    """The rollout that this wave belongs to."""
    return _one(db, _OF_WAVE, wave_id)


def in_channel(db: Connection, channel: str) -> list[tuple[Rollout, RunningWave]]:
    """The waves whose channel this is."""
    ids = db.scalars(select(t.wave.c.rollout_id).where(t.wave.c.channel == channel))
    found = [rollout for rollout in (by_id(db, rollout_id) for rollout_id in set(ids)) if rollout]
    return [(rollout, wave) for rollout in found for wave in rollout.waves if wave.wave.channel == channel]


def create(db: Connection, plan: Plan, *, by: str, now: datetime) -> str:
    """Store a new rollout with version 1 of both texts; returns its id."""
    rollout_id = new_id()
    db.execute(
        insert(t.rollout).values(
            id=rollout_id,
            name=plan.rollout,
            plan=_plan_json(plan),
            reason_version=1,
            policy_version=1,
            created_at=now,
            paused_because="",
            timeline_length=0,
            timeline_head=FIRST,
        )
    )
    write_reason(db, rollout_id, 1, plan.reason, by=by, now=now)
    write_policy(db, rollout_id, 1, plan.policy, by=by, now=now)
    _write_waves(db, rollout_id, plan)
    return rollout_id


def change(db: Connection, rollout: Rollout, plan: Plan, versions: Versions) -> None:
    """Replace the plan's changeable parts and say which versions of the two texts are present now."""
    db.execute(
        update(t.rollout)
        .where(t.rollout.c.id == rollout.id)
        .values(plan=_plan_json(plan), reason_version=versions.reason, policy_version=versions.policy)
    )
    _write_waves(db, rollout.id, plan)


def _write_waves(db: Connection, rollout_id: str, plan: Plan) -> None:
    known = {
        row.name: row.id
        for row in db.execute(select(t.wave.c.name, t.wave.c.id).where(t.wave.c.rollout_id == rollout_id))
    }
    for position, wave in enumerate(plan.waves):
        values = {"position": position, "channel": wave.channel}
        if wave.name in known:
            db.execute(update(t.wave).where(t.wave.c.id == known.pop(wave.name)).values(**values))
        else:
            db.execute(insert(t.wave).values(id=new_id(), rollout_id=rollout_id, name=wave.name, run=1, **values))
    # A wave that left the plan keeps its row, out of sight: its receipts still say what people were given.
    for wave_id in known.values():
        db.execute(update(t.wave).where(t.wave.c.id == wave_id).values(position=-1, channel=""))


def write_reason(db: Connection, rollout_id: str, version: int, text: str, *, by: str, now: datetime) -> None:
    """Store a version of the reason, or replace one that nobody was given yet."""
    db.execute(
        t.reason_version.delete().where(
            t.reason_version.c.rollout_id == rollout_id, t.reason_version.c.version == version
        )
    )
    db.execute(
        insert(t.reason_version).values(
            rollout_id=rollout_id, version=version, text=text, written_at=now, written_by=by
        )
    )


def write_policy(db: Connection, rollout_id: str, version: int, policy: Policy, *, by: str, now: datetime) -> None:
    """Store a version of the policy, or replace one that nobody was given yet."""
    db.execute(
        t.policy_version.delete().where(
            t.policy_version.c.rollout_id == rollout_id, t.policy_version.c.version == version
        )
    )
    db.execute(
        insert(t.policy_version).values(
            rollout_id=rollout_id,
            version=version,
            content=_policies.dump_python(policy, mode="json"),
            written_at=now,
            written_by=by,
        )
    )


def policy_of(db: Connection, rollout_id: str, version: int) -> Policy | None:
    """One version of the policy."""
    content = db.scalar(
        select(t.policy_version.c.content).where(
            t.policy_version.c.rollout_id == rollout_id, t.policy_version.c.version == version
        )
    )
    return None if content is None else _policies.validate_python(content)


def reason_of(db: Connection, rollout_id: str, version: int) -> str | None:
    """One version of the reason."""
    return db.scalar(
        select(t.reason_version.c.text).where(
            t.reason_version.c.rollout_id == rollout_id, t.reason_version.c.version == version
        )
    )


def policies_before(db: Connection, rollout_id: str, version: int) -> list[int]:
    """The policy versions before this one that some wave was given, newest first."""
    return list(
        db.scalars(
            select(t.launch.c.policy_version)
            .where(
                t.launch.c.rollout_id == rollout_id,
                t.launch.c.step == "policy",
                t.launch.c.state == t.LaunchState.LAUNCHED,
                t.launch.c.policy_version < version,
            )
            .distinct()
            .order_by(t.launch.c.policy_version.desc())
        )
    )


def pause(db: Connection, rollout: Rollout, because: str, *, now: datetime) -> None:
    """Hold the rollout and remember which texts it had."""
    db.execute(
        update(t.rollout)
        .where(t.rollout.c.id == rollout.id)
        .values(
            paused_at=now,
            paused_because=because,
            reason_version_when_paused=rollout.versions.reason,
            policy_version_when_paused=rollout.versions.policy,
        )
    )


def relaunch(db: Connection, rollout: Rollout, waves: Sequence[RunningWave]) -> None:
    """Let the rollout go on, with a new run for these waves."""
    db.execute(update(t.rollout).where(t.rollout.c.id == rollout.id).values(paused_at=None, paused_because=""))
    for wave in waves:
        db.execute(update(t.wave).where(t.wave.c.id == wave.id).values(run=wave.run + 1))


def begun_at(db: Connection, rollout_id: str) -> datetime | None:
    """When this rollout was first loaded."""
    return db.scalar(select(t.rollout.c.created_at).where(t.rollout.c.id == rollout_id))


def count(db: Connection) -> int:
    """How many rollouts there are."""
    return db.scalar(select(func.count()).select_from(t.rollout)) or 0


PARTS = (
    select(
        t.rollout.c.id.label("rollout_id"),
        cast(t.rollout.c.plan, Text).label("plan"),
        t.reason_version.c.text.label("reason"),
        cast(t.policy_version.c.content, Text).label("policy"),
        t.rollout.c.reason_version,
        t.rollout.c.policy_version,
        t.rollout.c.paused_at,
        t.rollout.c.paused_because,
        t.rollout.c.reason_version_when_paused,
        t.rollout.c.policy_version_when_paused,
        select(rows_as_json(t.wave.c.name, t.wave.c.id, t.wave.c.run))
        .where(t.wave.c.rollout_id == t.rollout.c.id, t.wave.c.position >= literal_column("0"))
        .correlate(t.rollout)
        .scalar_subquery()
        .label("waves"),
    )
    .join(
        t.reason_version,
        (t.reason_version.c.rollout_id == t.rollout.c.id) & (t.reason_version.c.version == t.rollout.c.reason_version),
    )
    .join(
        t.policy_version,
        (t.policy_version.c.rollout_id == t.rollout.c.id) & (t.policy_version.c.version == t.rollout.c.policy_version),
    )
)
_NAMES = select(t.rollout.c.name).order_by(t.rollout.c.name)
_GIVEN: BindParameter[str] = bindparam("given")
_EVERY = PARTS.order_by(t.rollout.c.name)
_BY_ID = PARTS.where(t.rollout.c.id == _GIVEN)
_BY_NAME = PARTS.where(t.rollout.c.name == _GIVEN)
_OF_WAVE = PARTS.where(t.rollout.c.id == select(t.wave.c.rollout_id).where(t.wave.c.id == _GIVEN).scalar_subquery())


def hold(db: Connection, rollout_id: str) -> None:
    """Keep other writers of this rollout waiting until this transaction ends."""
    _hold(db, t.rollout.c.id == rollout_id)


def _hold(db: Connection, which: ColumnElement[bool]) -> None:
    """Keep other writers of a rollout waiting until this transaction ends.

    A statement of its own: what belongs to a rollout is in several tables, and one statement that waits for the lock would
    bring some of it as it was before the wait. The lock lets pass what only refers to the rollout, such as a receipt.
    """
    if db.dialect.name == "postgresql":
        db.execute(select(t.rollout.c.id).where(which).with_for_update(key_share=True))


def _one(db: Connection, statement: Any, given: str) -> Rollout | None:
    row = db.execute(statement, {"given": given}).one_or_none()
    return None if row is None else assembled(row)


@lru_cache(maxsize=PLANS_REMEMBERED)
def _read_plan(plan: str, reason: str, policy: str) -> Plan:
    return replace(_plans.validate_json(plan), reason=reason, policy=_policies.validate_json(policy))


def assembled(row: Any) -> Rollout:
    """A rollout of what PARTS selected."""
    plan = _read_plan(row.plan, row.reason, row.policy)
    kept = {name: (wave_id, run) for name, wave_id, run in rows_in(row.waves)}
    waves = tuple(RunningWave(*kept[wave.name], wave) for wave in plan.waves)
    held = None
    if row.paused_at is not None:
        held = Pause(
            row.paused_at,
            row.paused_because,
            Versions(row.reason_version_when_paused, row.policy_version_when_paused),
        )
    return Rollout(row.rollout_id, plan, Versions(row.reason_version, row.policy_version), waves, held)
