"""Pausing a rollout and launching it again: what repairs one that went wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, in_charge, require
from bot.domain.delivery import DeliveryKind
from bot.domain.progress import Rollout, RunningWave
from bot.domain.refusals import AlreadyPaused, NothingNew, NotPaused
from bot.domain.timeline import Event
from bot.services.overriding import refuse_link
from bot.services.standing import locked
from bot.store import launches, outbox, rollouts, timeline
from bot.store.outbox import Draft


def pause(db: Connection, rollout_id: str, because: str, *, by: str, now: datetime) -> tuple[str, ...]:
    """Hold everything that is queued and say so, in these words, in the channels of the waves that have begun.

    Returns those channels. Raises NotAllowed, AlreadyPaused or NamesTheLink.
    """
    rollout = locked(db, rollout_id)
    require(by, everybody_in_charge(rollout.plan), "pause this rollout")
    if rollout.pause is not None:
        raise AlreadyPaused(rollout.pause.at)
    refuse_link(rollout, because)
    rollouts.pause(db, rollout, because, now=now)
    length, _head = timeline.head(db, rollout.id)
    channels = tuple(wave.wave.channel for wave in _told(db, rollout))
    outbox.write(
        db,
        [
            Draft(
                key=f"pause:{rollout.id}:{length}:{channel}",
                kind=DeliveryKind.PAUSE,
                recipient=channel,
                rollout_id=rollout.id,
                data={"because": because},
                waits_in_pause=False,
            )
            for channel in channels
        ],
        now=now,
    )
    timeline.append(db, rollout.id, Event.PAUSED, actor=by, now=now, data={"because": because})
    return channels


def relaunch(db: Connection, rollout_id: str, *, by: str, now: datetime) -> RunningWave | None:
    """Let a paused rollout go on, with the wave that was under way starting its steps again.

    What was queued before the pause is taken back: it was about the earlier texts. Returns the wave that starts
    over, or None when none had begun. Raises NotAllowed, NotPaused or NothingNew.
    """
    rollout = locked(db, rollout_id)
    begun = _begun(db, rollout)
    wave = begun[-1] if begun else None
    require(by, in_charge(rollout.plan, wave.wave if wave else None), "launch this rollout again")
    if rollout.pause is None:
        raise NotPaused
    if wave is not None and rollout.versions == rollout.pause.versions:
        raise NothingNew
    outbox.cancel_waiting(db, rollout.id)
    for launch in launches.scheduled(db, rollout.id):
        launches.cancel(db, launch.id)
    rollouts.relaunch(db, rollout, [wave] if wave else [])
    timeline.append(
        db,
        rollout.id,
        Event.RELAUNCHED,
        actor=by,
        now=now,
        data={
            "reason": rollout.versions.reason,
            "policy": rollout.versions.policy,
            "waves": wave.name if wave else "no wave",
        },
    )
    return wave


def _begun(db: Connection, rollout: Rollout) -> list[RunningWave]:
    ids = launches.waves_begun(db, rollout.id)
    return [wave for wave in rollout.waves if wave.id in ids]


def _told(db: Connection, rollout: Rollout) -> list[RunningWave]:
    """The waves whose channels have heard of the rollout: a pause is no way to announce one."""
    ids = launches.waves_told(db, rollout.id)
    return [wave for wave in rollout.waves if wave.id in ids]
