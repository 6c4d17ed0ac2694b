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


@dataclass(frozen=True, slots=True)
class Given:
    """How many of a wave's present members were given one version of the policy, and how many said that they have read it."""

    wave_id: str
    version: int
    members: int
    given: int
    acknowledged: int


def given(db: Connection, rollout_id: str) -> list[Given]:
    """Every version that present members were given, by version and wave. Goes through every member once."""
    m, r = t.member.c, t.receipt.c
    of_rollout = select(t.wave.c.id).where(t.wave.c.rollout_id == rollout_id)
    present = and_(m.wave_id.in_(of_rollout), m.present)
    sizes = {row[0]: row[1] for row in db.execute(select(m.wave_id, func.count()).where(present).group_by(m.wave_id))}
    theirs = and_(r.rollout_id == rollout_id, r.person == m.person, r.step == Step.POLICY)
    rows = db.execute(
        select(m.wave_id, r.version, func.count(), func.count(r.acknowledged_at))
        .select_from(t.member.outerjoin(t.receipt, theirs))  # an inner join would begin with every receipt there is
        .where(present)
        .group_by(m.wave_id, r.version)
        .order_by(r.version, m.wave_id)
    )
    return [Given(row[0], row[1], sizes[row[0]], row[2], row[3]) for row in rows if row[1] is not None]


def people_in_channels(db: Connection, rollout_id: str, up_to: int) -> int:
    """How many different people are in the channels of a rollout's waves, as far as Slack has told us; counted as far as `up_to`."""
    some = (
        select(t.member.c.person)
        .select_from(t.member.join(t.wave, t.wave.c.id == t.member.c.wave_id))
        .where(t.wave.c.rollout_id == rollout_id, t.wave.c.position >= 0, t.member.c.present)
        .distinct()
        .limit(up_to)
    )
    return db.scalar(select(func.count()).select_from(some.subquery())) or 0


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
