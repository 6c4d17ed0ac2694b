"""Warning signs and faults in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.domain.signs import SignSource
from bot.store import month_tables as t
from bot.store.month_tables import FaultState
from bot.store.statements import insert_new, new_id


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign that was noted. `attended_at` is None as long as it holds up the next wave."""

    id: str
    rollout_id: str
    wave_id: str | None
    number: int
    source: SignSource
    noted_at: datetime
    attended_at: datetime | None
    attended_by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A data or workflow fault, in the words its finder confirmed."""

    id: str
    wave_id: str
    words: str
    week: str
    state: FaultState
    note: str
    tell_at: datetime


def note(
    db: Connection, rollout_id: str, wave_id: str | None, number: int, source: SignSource, *, now: datetime
) -> str | None:
    """Write down a sign. Returns its id; None when the same sign of the same wave waits already."""
    waiting = select(t.sign.c.id).where(
        t.sign.c.rollout_id == rollout_id,
        t.sign.c.number == number,
        t.sign.c.wave_id.is_(None) if wave_id is None else t.sign.c.wave_id == wave_id,
        t.sign.c.attended_at.is_(None),
    )
    if db.scalar(waiting.limit(1)) is not None:
        return None
    sign_id = new_id()
    row = {
        "id": sign_id,
        "rollout_id": rollout_id,
        "wave_id": wave_id,
        "number": number,
        "source": source,
        "noted_at": now,
        "note": "",
    }
    insert_new(db, t.sign, [row])
    return sign_id


def attend(db: Connection, sign_id: str, words: str, *, by: str, now: datetime) -> bool:
    """Somebody has attended to it. False when that was done before."""
    statement = update(t.sign).where(t.sign.c.id == sign_id, t.sign.c.attended_at.is_(None))
    return db.execute(statement.values(attended_at=now, attended_by=by, note=words)).rowcount == 1


def sign_by_id(db: Connection, sign_id: str) -> Sign | None:
    """One sign, or None."""
    row = db.execute(select(t.sign).where(t.sign.c.id == sign_id)).one_or_none()
    return None if row is None else _sign(row)


def signs_of(db: Connection, rollout_id: str) -> list[Sign]:
    """A rollout's signs, oldest first."""
    wanted = select(t.sign).where(t.sign.c.rollout_id == rollout_id).order_by(t.sign.c.noted_at, t.sign.c.id)
    return [_sign(row) for row in db.execute(wanted)]


def add_fault(db: Connection, fault_id: str, wave_id: str, words: str, week: str, tell_at: datetime) -> None:
    """Keep a fault, without who met it or when. `fault_id` is the same when one person says the same again."""
    row = {
        "id": fault_id,
        "wave_id": wave_id,
        "words": words,
        "week": week,
        "state": FaultState.OPEN,
        "tell_at": tell_at,
        "note": "",
    }
    insert_new(db, t.fault, [row])


def set_fault(db: Connection, fault_id: str, state: FaultState, words: str, *, by: str, now: datetime) -> bool:
    """A manager says where a fault stands. False when it stands there already."""
    statement = update(t.fault).where(t.fault.c.id == fault_id, t.fault.c.state != state)
    settled = state is FaultState.FIXED
    values: dict[str, Any] = {"state": state, "settled_at": now if settled else None, "settled_by": by}
    if words:
        values["note"] = words
    return db.execute(statement.values(**values)).rowcount == 1


def fault_by_id(db: Connection, fault_id: str) -> Fault | None:
    """One fault, or None."""
    row = db.execute(select(t.fault).where(t.fault.c.id == fault_id)).one_or_none()
    return None if row is None else _fault(row)


def faults_of(db: Connection, wave_ids: Sequence[str], *, shown_at: datetime) -> list[Fault]:
    """The faults of these waves that managers have been told of, open ones first."""
    wanted = select(t.fault).where(t.fault.c.wave_id.in_(wave_ids), t.fault.c.tell_at <= shown_at)
    found = [_fault(row) for row in db.execute(wanted.order_by(t.fault.c.week, t.fault.c.id))]
    return sorted(found, key=lambda fault: fault.state is FaultState.FIXED)


def faults_told_between(db: Connection, after: datetime, until: datetime) -> list[Fault]:
    """The faults whose round to tell managers lies between these moments."""
    wanted = select(t.fault).where(t.fault.c.tell_at > after, t.fault.c.tell_at <= until)
    return [_fault(row) for row in db.execute(wanted.order_by(t.fault.c.id))]


def fixed_since(db: Connection, wave_id: str, since: datetime) -> list[Fault]:
    """The faults that were fixed after this moment."""
    wanted = select(t.fault).where(
        t.fault.c.wave_id == wave_id, t.fault.c.state == FaultState.FIXED, t.fault.c.settled_at > since
    )
    return [_fault(row) for row in db.execute(wanted.order_by(t.fault.c.id))]


def _sign(row: Row[Any]) -> Sign:
    return Sign(
        row.id,
        row.rollout_id,
        row.wave_id,
        row.number,
        SignSource(row.source),
        row.noted_at,
        row.attended_at,
        row.attended_by,
        row.note,
    )


def _fault(row: Row[Any]) -> Fault:
    return Fault(row.id, row.wave_id, row.words, row.week, FaultState(row.state), row.note, row.tell_at)
