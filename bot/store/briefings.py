"""Which managers can answer, and which answers somebody in charge has read and signed off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update

from bot.domain.progress import RunningWave, Versions
from bot.store import tables as t
from bot.store.statements import insert_new

_SIGNED = select(t.sign_off.c.entry).where(
    t.sign_off.c.rollout_id == bindparam("rollout"),
    t.sign_off.c.entry == bindparam("answer"),
    t.sign_off.c.digest == bindparam("digest"),
)


def brief(db: Connection, wave: RunningWave, versions: Versions, managers: Iterable[str]) -> None:
    """These managers are being sent the answers, made of these versions."""
    insert_new(
        db,
        t.briefing,
        [
            {
                "wave_id": wave.id,
                "run": wave.run,
                "reason_version": versions.reason,
                "policy_version": versions.policy,
                "manager": manager,
            }
            for manager in managers
        ],
    )


def _of(wave: RunningWave, versions: Versions) -> ColumnElement[bool]:
    return and_(
        t.briefing.c.wave_id == wave.id,
        t.briefing.c.run == wave.run,
        t.briefing.c.reason_version == versions.reason,
        t.briefing.c.policy_version == versions.policy,
    )


def manager_ready(db: Connection, wave: RunningWave, versions: Versions, manager: str, *, now: datetime) -> bool:
    """*I can answer these*. False when this manager was not briefed with these versions."""
    return (
        db.execute(
            update(t.briefing)
            .where(_of(wave, versions), t.briefing.c.manager == manager)
            .values(ready_at=func.coalesce(t.briefing.c.ready_at, now))
        ).rowcount
        == 1
    )


def sign_off(db: Connection, rollout_id: str, digests: Iterable[tuple[str, str]], *, by: str, now: datetime) -> int:
    """Somebody in charge saw these core answers as they read now: pairs of entry id and digest."""
    return insert_new(
        db,
        t.sign_off,
        [
            {"rollout_id": rollout_id, "entry": entry, "digest": digest, "signed_by": by, "signed_at": now}
            for entry, digest in digests
        ],
    )


def signed(db: Connection, rollout_id: str, entry: str, digest: str) -> bool:
    """Whether somebody signed off this entry as it reads in the text with this digest."""
    return db.scalar(_SIGNED, {"rollout": rollout_id, "answer": entry, "digest": digest}) is not None


def signed_off(db: Connection, rollout_id: str) -> set[tuple[str, str]]:
    """The pairs of entry id and digest that were signed off."""
    rows = db.execute(select(t.sign_off.c.entry, t.sign_off.c.digest).where(t.sign_off.c.rollout_id == rollout_id))
    return {(row.entry, row.digest) for row in rows}
