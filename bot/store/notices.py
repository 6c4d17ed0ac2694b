"""Counts of notices for a report: how far each version of the policy has come; and, where asked for, whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from bot.domain.rollout import Step
from bot.store import tables as t


@dataclass(frozen=True, slots=True)
class Receipt:
    """One person's receipt for a version of the policy."""

    person: str
    wave_id: str
    version: int
    given_at: datetime
    acknowledged_at: datetime | None
    present: bool


def versions_given(db: Connection, rollout_id: str) -> list[int]:
    """The versions of the policy that anybody was given, oldest first."""
    return list(
        db.scalars(
            select(t.receipt.c.version)
            .where(t.receipt.c.rollout_id == rollout_id, t.receipt.c.step == Step.POLICY)
            .distinct()
            .order_by(t.receipt.c.version)
        )
    )


def people_in_channels(db: Connection, rollout_id: str) -> int:
    """How many different people are in the channels of a rollout's waves, as far as Slack has told us."""
    return (
        db.scalar(
            select(func.count(t.member.c.person.distinct()))
            .select_from(t.member.join(t.wave, t.wave.c.id == t.member.c.wave_id))
            .where(t.wave.c.rollout_id == rollout_id, t.wave.c.position >= 0, t.member.c.present)
        )
        or 0
    )


def receipts_of_policy(db: Connection, rollout_id: str) -> Iterator[Receipt]:
    """Every receipt for the policy, by version and person."""
    here = and_(t.member.c.wave_id == t.receipt.c.wave_id, t.member.c.person == t.receipt.c.person)
    rows = db.execute(
        select(t.receipt, t.member.c.present)
        .select_from(t.receipt.outerjoin(t.member, here))
        .where(t.receipt.c.rollout_id == rollout_id, t.receipt.c.step == Step.POLICY)
        .order_by(t.receipt.c.version, t.receipt.c.wave_id, t.receipt.c.person)
    )
    for row in rows:
        yield Receipt(
            row.person, row.wave_id, row.version, row.given_at, row.acknowledged_at, present=bool(row.present)
        )
