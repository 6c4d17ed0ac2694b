"""Overrides: one manager asks with a reason, a second one approves, and everybody can read that they did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import in_charge, require
from bot.domain.delivery import DeliveryKind
from bot.domain.gates import KINDS, Gate, Kind
from bot.domain.link import mentions_link
from bot.domain.progress import Rollout, RunningWave
from bot.domain.refusals import (
    HardGate,
    NamesTheLink,
    NothingToApprove,
    Outdated,
    OverrideTaken,
    SecondManagerNeeded,
)
from bot.domain.timeline import Event
from bot.services.standing import locked, wave_in
from bot.store import outbox, overrides, timeline
from bot.store.outbox import Draft
from bot.store.overrides import StoredOverride


def ask(
    db: Connection, rollout_id: str, wave_id: str, gate: Gate, because: str, *, by: str, now: datetime
) -> tuple[str, ...]:
    """Ask for a soft gate to be waived. Returns who can approve, all of whom are sent the request.

    Raises NotAllowed, HardGate, NamesTheLink or OverrideTaken.
    """
    rollout = locked(db, rollout_id)
    wave = wave_in(rollout, wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"ask for an override for {wave.name}")
    if KINDS[gate] is Kind.HARD:
        raise HardGate(gate)
    refuse_link(rollout, because)
    asked, new = overrides.ask(db, rollout, wave, gate, because, by=by, now=now)
    if not new:
        raise OverrideTaken(gate, asked.asked_by, asked.id, asked.approved_by)
    timeline.append(
        db,
        rollout.id,
        Event.OVERRIDE_ASKED,
        actor=by,
        now=now,
        data={"gate": gate, "wave": wave.name, "because": because},
    )
    others = second_managers(rollout, wave, by)
    outbox.write(
        db,
        [
            Draft(
                key=f"override_asked:{asked.id}:{manager}",
                kind=DeliveryKind.OVERRIDE_ASKED,
                recipient=manager,
                rollout_id=rollout.id,
                data={"override_id": asked.id},
                waits_in_pause=False,
            )
            for manager in others
        ],
        now=now,
    )
    return others


def approve(db: Connection, override_id: str, *, by: str, now: datetime) -> tuple[StoredOverride, str]:
    """Approve as the second manager. Returns the override and its wave's name.

    Raises Outdated, NotAllowed, SecondManagerNeeded, OverrideTaken (approved before) or NothingToApprove.
    """
    found = overrides.by_id(db, override_id)
    if found is None:
        raise Outdated
    rollout = locked(db, found.rollout_id)
    wave = wave_in(rollout, found.wave_id)
    require(by, in_charge(rollout.plan, wave.wave), "approve an override")
    if by == found.asked_by:
        raise SecondManagerNeeded(second_managers(rollout, wave, by))
    present = overrides.by_id(db, override_id, rollout)
    if present is None or not present.current:
        raise NothingToApprove
    if not overrides.approve(db, override_id, by=by, now=now):
        raise OverrideTaken(found.gate, found.asked_by, found.id, present.approved_by)
    timeline.append(
        db,
        rollout.id,
        Event.OVERRIDE_APPROVED,
        actor=by,
        now=now,
        data={"gate": found.gate, "wave": wave.name, "because": found.because, "asked_by": found.asked_by},
    )
    outbox.write(
        db,
        [
            Draft(
                key=f"override_approved:{found.id}",
                kind=DeliveryKind.OVERRIDE_APPROVED,
                recipient=found.asked_by,
                rollout_id=rollout.id,
                data={"override_id": found.id, "approved_by": by},
                waits_in_pause=False,
            )
        ],
        now=now,
    )
    return found, wave.name


def waiting_for(db: Connection, rollout: Rollout, by: str) -> StoredOverride:
    """The one override that this person could approve now, for the command typed without a name.

    Raises SecondManagerNeeded when there are only their own, NothingToApprove when there is none.
    """
    waiting = overrides.waiting(db, rollout)
    for override in waiting:
        if override.asked_by != by:
            return override
    if waiting:
        wave = wave_in(rollout, waiting[0].wave_id)
        raise SecondManagerNeeded(second_managers(rollout, wave, by))
    raise NothingToApprove


def second_managers(rollout: Rollout, wave: RunningWave, asked_by: str) -> tuple[str, ...]:
    """Who can approve what `asked_by` asks for."""
    return tuple(person for person in in_charge(rollout.plan, wave.wave) if person != asked_by)


def refuse_link(rollout: Rollout, text: str) -> None:
    """A text that goes into a channel or the timeline must not carry the install link. Raises NamesTheLink."""
    words = mentions_link(text, rollout.plan.install_url)
    if words:
        raise NamesTheLink(words)
