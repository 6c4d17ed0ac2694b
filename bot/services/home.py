"""What one person's App Home shows: what their own waves have had, and for those in charge the status card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge
from bot.domain.progress import Rollout, RunningWave
from bot.domain.rollout import Step
from bot.services import reviews, status
from bot.services.exporting import told
from bot.services.launching import Rulebook
from bot.store import launches, people, rollouts, verdicts
from bot.views.home import HomeContents, OwnStanding


def contents(db: Connection, person: str, *, rules: Rulebook, now: datetime) -> HomeContents:
    """Everything on this person's tab. A wave that was told nothing shows nothing, not even to its members."""
    waves = people.wave_ids_of(db, person)
    every = rollouts.every(db)
    own = [
        _standing(db, rollout, wave, person, rules, now)
        for rollout in every
        for wave in rollout.waves
        if wave.id in waves and _told(db, wave)
    ]
    cards = [
        status.summarise(db, status.of(db, rollout.id, now=now), rules=rules, now=now)
        for rollout in every
        if person in everybody_in_charge(rollout.plan)
    ]
    return HomeContents(own, cards)


def _told(db: Connection, wave: RunningWave) -> bool:
    reason = launches.progress(db, wave).latest(Step.REASON)
    return reason is not None and reason.delivered_at is not None


def _standing(
    db: Connection, rollout: Rollout, wave: RunningWave, person: str, rules: Rulebook, now: datetime
) -> OwnStanding:
    progress, versions = launches.progress(db, wave), rollout.versions
    times = people.receipt_times(db, rollout.id, person)
    given, acknowledged = times.get((Step.POLICY, versions.policy), (None, None))
    link, _ = times.get((Step.INSTALL, versions.policy), (None, None))
    done = {
        step: launched
        for step in (Step.REASON, Step.POLICY)
        if (launched := progress.of(step, versions)) and launched.delivered_at
    }
    install = progress.latest(Step.INSTALL)
    policy = done.get(Step.POLICY) if Step.REASON in done else None
    step = Step.REASON if Step.REASON in done else None
    if policy:
        step = Step.INSTALL if install and install.delivered_at else Step.POLICY
    return OwnStanding(
        plan=rollout.plan,
        wave=wave.wave,
        versions=versions,
        step=step,
        paused_because=rollout.pause.because if rollout.pause else "",
        policy_launch_id=policy.launch_id if policy else "",
        install_launch_id=install.launch_id if policy and install and install.delivered_at else "",
        given_at=given,
        acknowledged_at=acknowledged,
        link_at=link,
        reviews=reviews.page_of(db, rollout, wave, rules=rules, now=now),
        vouches=wave.id in verdicts.vouches_of(db, person),
        exports=tuple(told(db, rollout)),
    )
