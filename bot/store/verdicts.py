"""Verdicts as they were given, and who of a pilot agreed to speak of it by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select

from bot.domain.checkin import Verdict
from bot.domain.progress import RunningWave
from bot.domain.verdict import Because, Certainty, Decision
from bot.store import month_tables as t
from bot.store import tables
from bot.store.statements import insert_new, new_id


@dataclass(frozen=True, slots=True)
class Given:
    """One verdict. `by` and `words` are filled when a person gave it, because the team was too small to be asked."""

    verdict: Verdict
    because: Because | None
    certainty: Certainty
    policy_version: int
    at: datetime
    checkin_id: str | None
    by: str | None = None
    words: str = ""


def give(
    db: Connection, wave: RunningWave, decision: Decision, checkin_id: str, policy_version: int, *, now: datetime
) -> bool:
    """Keep the verdict after a check-in. False when that check-in has one."""
    row = _row(wave, decision.verdict, policy_version, now)
    row |= {"because": decision.because, "certainty": decision.certainty, "checkin_id": checkin_id}
    return insert_new(db, t.verdict, [row]) == 1


def give_by_hand(
    db: Connection, wave: RunningWave, verdict: Verdict, policy_version: int, *, by: str, words: str, now: datetime
) -> None:
    """Keep a verdict that somebody heard from a team too small to be asked without names."""
    row = _row(wave, verdict, policy_version, now)
    insert_new(db, t.verdict, [row | {"given_by": by, "words": words}])


def latest(db: Connection, wave: RunningWave) -> Given | None:
    """The newest verdict of the wave's present run."""
    found = every(db, wave)
    return found[-1] if found else None


def every(db: Connection, wave: RunningWave) -> list[Given]:
    """The verdicts of the wave's present run, oldest first."""
    rows = db.execute(
        select(t.verdict)
        .where(t.verdict.c.wave_id == wave.id, t.verdict.c.run == wave.run)
        .order_by(t.verdict.c.given_at, t.verdict.c.id)
    )
    return [_given(row) for row in rows]


def vouch(db: Connection, wave_id: str, person: str) -> bool:
    """This person agrees to be named. False when they did before."""
    return insert_new(db, t.vouch, [{"wave_id": wave_id, "person": person}]) == 1


def take_back_vouch(db: Connection, person: str) -> int:
    """This person is not named any more, in any wave."""
    return db.execute(delete(t.vouch).where(t.vouch.c.person == person)).rowcount


def vouching(db: Connection, wave_id: str) -> list[str]:
    """Who of this wave's present people agreed to be named."""
    present = and_(
        tables.member.c.wave_id == t.vouch.c.wave_id,
        tables.member.c.person == t.vouch.c.person,
        tables.member.c.present,
    )
    wanted = select(t.vouch.c.person).join(tables.member, present).where(t.vouch.c.wave_id == wave_id)
    return list(db.scalars(wanted.order_by(t.vouch.c.person)))


def vouches_of(db: Connection, person: str) -> list[str]:
    """The ids of the waves that this person vouches for."""
    return list(db.scalars(select(t.vouch.c.wave_id).where(t.vouch.c.person == person)))


def _row(wave: RunningWave, verdict: Verdict, policy_version: int, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "wave_id": wave.id,
        "run": wave.run,
        "checkin_id": None,
        "verdict": verdict,
        "because": None,
        "certainty": Certainty.NONE,
        "policy_version": policy_version,
        "given_at": now,
        "given_by": None,
        "words": "",
    }


def _given(row: Row[Any]) -> Given:
    return Given(
        Verdict(row.verdict),
        Because(row.because) if row.because else None,
        Certainty(row.certainty),
        row.policy_version,
        row.given_at,
        row.checkin_id,
        row.given_by,
        row.words,
    )
