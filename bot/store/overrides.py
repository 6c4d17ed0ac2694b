"""Overrides: a soft gate waived by two managers, for one wave's present run and versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, select, update

from bot.domain.gates import Gate
from bot.domain.progress import Rollout, RunningWave
from bot.store import tables as t
from bot.store.statements import insert_new, is_always, new_id
from bot.store.tables import OverrideState


def is_asked(whose: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an override of this rollout waits for a second manager."""
    return and_(t.override.c.rollout_id == whose, is_always(t.override.c.state, OverrideState.ASKED))


_WAITING = select(t.override).where(is_asked(bindparam("rollout"))).order_by(t.override.c.asked_at)


@dataclass(frozen=True, slots=True)
class StoredOverride:
    """An override as stored."""

    id: str
    rollout_id: str
    wave_id: str
    gate: Gate
    because: str
    state: OverrideState
    asked_by: str
    approved_by: str | None
    current: bool = True
    """False once the wave's run or the texts have moved on: a waiver is for what its two managers had before them."""


def slot_of(rollout: Rollout, wave: RunningWave, gate: Gate) -> str:
    """What an override is for: one gate of one wave's present run and versions."""
    return f"{wave.id}:{wave.run}:{rollout.versions.reason}.{rollout.versions.policy}:{gate}"


def ask(
    db: Connection, rollout: Rollout, wave: RunningWave, gate: Gate, because: str, *, by: str, now: datetime
) -> tuple[StoredOverride, bool]:
    """Ask for an override. Returns it and whether it is new; else it is the one that somebody asked for before."""
    slot = slot_of(rollout, wave, gate)
    new = insert_new(
        db,
        t.override,
        [
            {
                "id": new_id(),
                "rollout_id": rollout.id,
                "wave_id": wave.id,
                "gate": gate,
                "slot": slot,
                "because": because,
                "state": OverrideState.ASKED,
                "asked_by": by,
                "asked_at": now,
            }
        ],
    )
    return _stored(db.execute(select(t.override).where(t.override.c.slot == slot)).one()), bool(new)


def by_id(db: Connection, override_id: str, rollout: Rollout | None = None) -> StoredOverride | None:
    """One override; with its rollout, also whether it still fits the present run and versions."""
    row = db.execute(select(t.override).where(t.override.c.id == override_id)).one_or_none()
    return None if row is None else _stored(row, rollout)


def waiting(db: Connection, rollout: Rollout) -> list[StoredOverride]:
    """The overrides that wait for a second manager and still fit."""
    rows = db.execute(_WAITING, {"rollout": rollout.id})
    return [found for found in (_stored(row, rollout) for row in rows) if found.current]


def approve(db: Connection, override_id: str, *, by: str, now: datetime) -> bool:
    """Approve as the second manager. False when it was approved already, or `by` is the one who asked."""
    return (
        db.execute(
            update(t.override)
            .where(
                t.override.c.id == override_id,
                t.override.c.state == OverrideState.ASKED,
                t.override.c.asked_by != by,
            )
            .values(state=OverrideState.APPROVED, approved_by=by, approved_at=now)
        ).rowcount
        == 1
    )


def _stored(row: Row[tuple[object, ...]], rollout: Rollout | None = None) -> StoredOverride:
    current = True
    if rollout is not None:
        wave = rollout.wave_with_id(row.wave_id)
        current = wave is not None and row.slot == slot_of(rollout, wave, Gate(row.gate))
    return StoredOverride(
        row.id,
        row.rollout_id,
        row.wave_id,
        Gate(row.gate),
        row.because,
        OverrideState(row.state),
        row.asked_by,
        row.approved_by,
        current,
    )
