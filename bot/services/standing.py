"""Which rollout and wave are meant, and everything the gates need to know about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.checkin import CheckinState, PilotFacts, is_answered
from bot.domain.gates import CoreAnswer, Facts
from bot.domain.progress import Progress, Rollout, RunningWave
from bot.domain.refusals import NoRollout, Outdated, UnknownRollout, UnknownWave, WhichRollout
from bot.domain.rollout import Step
from bot.store import launches, rollouts
from bot.store.evidence import Evidence


def pick(db: Connection, name: str | None) -> Rollout:
    """The rollout of that name, or the only one. Raises NoRollout, UnknownRollout or WhichRollout."""
    found = rollouts.every(db)
    if not found:
        raise NoRollout
    if name is None and len(found) > 1:
        raise WhichRollout([rollout.name for rollout in found])
    for rollout in found:
        if name in {None, rollout.name}:
            return rollout
    raise UnknownRollout(name or "", [rollout.name for rollout in found])


def locked(db: Connection, rollout_id: str) -> Rollout:
    """The rollout as it is now, with other writers kept waiting. Raises Outdated when it is gone."""
    found = rollouts.by_id(db, rollout_id, lock=True)
    if found is None:
        raise Outdated
    return found


def wave_in(rollout: Rollout, wave_id: str) -> RunningWave:
    """The wave with that id. Raises Outdated when the plan no longer has it."""
    found = rollout.wave_with_id(wave_id)
    if found is None:
        raise Outdated
    return found


def of_wave(db: Connection, wave_id: str) -> Rollout:
    """The rollout that a wave belongs to. Raises Outdated when it is gone."""
    found = rollouts.of_wave(db, wave_id)
    if found is None:
        raise Outdated
    return found


def wave_meant(db: Connection, rollout: Rollout, name: str | None) -> RunningWave:
    """The wave of that name, or the one whose turn it is. Raises UnknownWave."""
    if name is None:
        return current_wave(db, rollout)
    found = rollout.wave_named(name)
    if found is None:
        raise UnknownWave(name, [wave.name for wave in rollout.waves])
    return found


def current_wave(db: Connection, rollout: Rollout) -> RunningWave:
    """The first wave that still has a step to come, or the last one."""
    return whose_turn(rollout, launches.progresses(db, rollout))


def whose_turn(rollout: Rollout, steps: Mapping[str, Progress]) -> RunningWave:
    """The same from what was launched, by wave."""
    waits = (wave for wave in rollout.waves if steps[wave.id].next_step(rollout.versions) is not None)
    return next(waits, rollout.waves[-1])


def gate_facts(
    seen: Evidence, rollout: Rollout, wave: RunningWave, *, answers: Sequence[CoreAnswer], zone: ZoneInfo
) -> Facts:
    """Everything that the gates of a launch for this wave look at."""
    return Facts(
        plan=rollout.plan,
        wave=wave.wave,
        versions=rollout.versions,
        progress=seen.progress[wave.id],
        zone=zone,
        paused=rollout.pause is not None,
        answers=tuple(answers),
        managers_ready=seen.ready[wave.id],
        pilot=_pilot_facts(seen, rollout.waves[0]),
        overrides=seen.waived[wave.id],
    )


def _pilot_facts(seen: Evidence, pilot: RunningWave) -> PilotFacts:
    """What the pilot's present run has shown so far, which the gates of every later wave look at."""
    install = seen.progress[pilot.id].latest(Step.INSTALL)
    closed = [each for each in seen.held[pilot.id] if each.state is CheckinState.CLOSED]
    said = seen.said.get(pilot.id)
    again = seen.progress[pilot.id].latest(Step.POLICY)
    return PilotFacts(
        installed_at=install.delivered_at if install else None,
        checkins_with_enough_answers=sum(each.enough for each in closed),
        verdict=said.verdict if said is not None else None,
        fix_answered=said is not None
        and is_answered(
            about=said.policy_version,
            said_at=said.at,
            delivered=again.versions.policy if again and again.delivered_at else None,
            enough_at=[each.closed_at for each in closed if each.enough and each.closed_at],
        ),
        blocking_faults=seen.faults,
        unattended_signs=seen.signs,
    )


def step_due(db: Connection, rollout: Rollout, wave: RunningWave) -> Step | None:
    """The step that comes next for this wave."""
    return launches.progress(db, wave).next_step(rollout.versions)
