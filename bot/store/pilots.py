"""What the pilot has shown so far, read from its check-ins, verdicts, faults and signs."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from bot.domain.checkin import CheckinState, PilotFacts
from bot.domain.progress import Rollout
from bot.domain.rollout import Step
from bot.store import checkins, tables, verdicts
from bot.store import month_tables as t
from bot.store.launches import progress
from bot.store.month_tables import FaultState


def pilot_facts(db: Connection, rollout: Rollout) -> PilotFacts:
    """The facts that the gates of every later wave look at; of the pilot's present run alone."""
    pilot = rollout.waves[0]
    steps = progress(db, pilot)
    install = steps.latest(Step.INSTALL)
    closed = [each for each in checkins.of_wave(db, pilot) if each.state is CheckinState.CLOSED]
    given = verdicts.latest(db, pilot)
    mended = False
    if given is not None:
        again = steps.latest(Step.POLICY)
        mended = (
            again is not None
            and again.delivered_at is not None
            and again.versions.policy > given.policy_version
            and any(each.enough and each.closed_at and each.closed_at > given.at for each in closed)
        )
    return PilotFacts(
        installed_at=install.delivered_at if install else None,
        checkins_with_enough_answers=sum(each.enough for each in closed),
        verdict=given.verdict if given is not None else None,
        fix_answered=mended,
        blocking_faults=db.scalar(
            select(func.count())
            .select_from(t.fault.join(tables.wave, tables.wave.c.id == t.fault.c.wave_id))
            .where(tables.wave.c.rollout_id == rollout.id, t.fault.c.state == FaultState.BLOCKING)
        )
        or 0,
        unattended_signs=db.scalar(
            select(func.count())
            .select_from(t.sign)
            .where(t.sign.c.rollout_id == rollout.id, t.sign.c.attended_at.is_(None))
        )
        or 0,
    )
