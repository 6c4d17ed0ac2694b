"""What the pilot has shown so far, read from its check-ins, verdicts, faults and signs."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from bot.domain.checkin import PilotFacts, Verdict
from bot.domain.progress import Rollout
from bot.domain.rollout import Step
from bot.store import tables as t
from bot.store.launches import progress


def pilot_facts(db: Connection, rollout: Rollout) -> PilotFacts:
    """The facts that the gates of every later wave look at."""
    pilot = rollout.waves[0]
    steps = progress(db, pilot)
    install = steps.latest(Step.INSTALL)
    latest = db.execute(
        select(t.verdict).where(t.verdict.c.wave_id == pilot.id).order_by(t.verdict.c.given_at.desc()).limit(1)
    ).one_or_none()
    closed = (
        select(func.count())
        .select_from(t.checkin)
        .where(t.checkin.c.wave_id == pilot.id, t.checkin.c.closed_at.is_not(None), t.checkin.c.enough_answers)
    )
    mended = False
    if latest is not None:
        again = steps.latest(Step.POLICY)
        closed_since = db.scalar(closed.where(t.checkin.c.closed_at > latest.given_at)) or 0
        mended = (
            again is not None
            and again.delivered_at is not None
            and again.versions.policy > latest.policy_version
            and closed_since > 0
        )
    return PilotFacts(
        installed_at=install.delivered_at if install else None,
        checkins_with_enough_answers=db.scalar(closed) or 0,
        verdict=Verdict(latest.verdict) if latest is not None else None,
        fix_answered=mended,
        blocking_faults=db.scalar(
            select(func.count())
            .select_from(t.fault.join(t.wave, t.wave.c.id == t.fault.c.wave_id))
            .where(t.wave.c.rollout_id == rollout.id, t.fault.c.state == t.FaultState.BLOCKING)
        )
        or 0,
        unattended_signs=db.scalar(
            select(func.count())
            .select_from(t.sign)
            .where(t.sign.c.rollout_id == rollout.id, t.sign.c.attended_at.is_(None))
        )
        or 0,
    )
