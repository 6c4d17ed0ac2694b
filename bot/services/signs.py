"""Warning signs and faults: asked for, reported, told to whoever can mend them, and settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.authority import in_charge, may_report, require
from bot.domain.delivery import DeliveryKind
from bot.domain.link import mentions_link
from bot.domain.progress import Rollout, RunningWave
from bot.domain.refusals import MarkedAlready, NamesTheLink, NothingToPassOn, Outdated
from bot.domain.rollout import Step
from bot.domain.signs import WATCHED_WEEKS, SignKind, SignSource, sign_kind
from bot.domain.timeline import Event
from bot.domain.working_calendar import on_day, working_day
from bot.holiday_calendar import calendar_of
from bot.services import standing
from bot.services.checkins import BOT
from bot.services.launching import Rulebook
from bot.services.reviews import who_looks
from bot.store import launches, outbox, rollouts, signs, timeline
from bot.store.month_tables import FaultState
from bot.store.outbox import Draft

TOLD_LATE = timedelta(days=3)
"""How far back a round of faults is made up for, when nobody was there to pass it on."""


def ask_managers(db: Connection, every: Sequence[Rollout], *, rules: Rulebook, now: datetime) -> int:
    """Send the weekly form to the managers of every wave that is in its first month."""
    written = 0
    for rollout in every:
        if rollout.pause is not None:
            continue
        steps = launches.progresses(db, rollout)
        for wave in rollout.waves:
            install = steps[wave.id].latest(Step.INSTALL)
            if install is None or install.delivered_at is None:
                continue
            installed = install.delivered_at.astimezone(rules.zone).date()
            calendar = calendar_of(wave.wave.country)
            for week in range(1, WATCHED_WEEKS + 1):
                day = working_day(installed + timedelta(days=7 * week), calendar)
                due_at = on_day(day, rollout.plan.checkins.at, rules.zone, calendar)
                if due_at <= now < due_at + timedelta(days=7):
                    written += outbox.write(db, _forms(rollout, wave, week), now=now)
    return written


def _forms(rollout: Rollout, wave: RunningWave, week: int) -> list[Draft]:
    return [
        Draft(
            key=f"signs:{wave.id}:{wave.run}:{week}:{manager}",
            kind=DeliveryKind.SIGN_FORM,
            recipient=manager,
            rollout_id=rollout.id,
            data={"wave_id": wave.id, "run": wave.run, "week": week},
        )
        for manager in wave.wave.managers
    ]


@dataclass(frozen=True, slots=True)
class Noted:
    """How many signs are new, and how many waited already."""

    new: int
    repeated: int


def report(
    db: Connection,
    rollout_id: str,
    wave_id: str,
    numbers: Iterable[int],
    *,
    by: str,
    source: SignSource | None = None,
    now: datetime,
) -> Noted:
    """Note signs, and tell owners and HR what to look at. Raises Outdated or NotAllowed."""
    rollout = standing.locked(db, rollout_id)
    wave = standing.wave_in(rollout, wave_id)
    require(by, who_looks(rollout), "report a sign")
    if source is None:
        source = SignSource.MANAGERS if by in wave.wave.managers else SignSource.REPORTED
    new = repeated = 0
    for number in sorted(set(numbers)):
        kind = sign_kind(number)
        if kind is None:
            raise Outdated
        if note_sign(db, rollout, wave, kind, source, now=now):
            new += 1
        else:
            repeated += 1
    return Noted(new, repeated)


def note_sign(
    db: Connection, rollout: Rollout, wave: RunningWave, kind: SignKind, source: SignSource, *, now: datetime
) -> bool:
    """Write one sign down. False when the same one waits already."""
    sign_id = signs.note(db, rollout.id, wave.id, kind.number, source, now=now)
    if sign_id is None:
        return False
    data: dict[str, str | int] = {"number": kind.number, "name": kind.name}
    timeline.append(db, rollout.id, Event.SIGN_NOTED, actor=BOT, now=now, data=data)
    drafts = [
        Draft(
            key=f"sign:{sign_id}:{person}",
            kind=DeliveryKind.SIGN_NOTED,
            recipient=person,
            rollout_id=rollout.id,
            data={"sign_id": sign_id},
            waits_in_pause=False,
        )
        for person in may_report(rollout.plan)
    ]
    outbox.write(db, drafts, now=now)
    return True


def to_attend(db: Connection, sign_id: str, *, by: str) -> SignKind:
    """The sign that somebody is about to attend to. Raises Outdated, NotAllowed or MarkedAlready."""
    sign = signs.sign_by_id(db, sign_id)
    kind = sign_kind(sign.number) if sign else None
    rollout = rollouts.by_id(db, sign.rollout_id) if sign else None
    if sign is None or kind is None or rollout is None:
        raise Outdated
    require(by, may_report(rollout.plan), "attend to a sign")
    if sign.attended_at is not None:
        raise MarkedAlready
    return kind


def attend(db: Connection, sign_id: str, note: str, *, by: str, now: datetime) -> None:
    """Say what was done about a sign. Raises Outdated, NotAllowed, MarkedAlready, NothingToPassOn or NamesTheLink."""
    kind = to_attend(db, sign_id, by=by)
    sign = signs.sign_by_id(db, sign_id)
    if sign is None:
        raise Outdated
    rollout = standing.locked(db, sign.rollout_id)
    words = " ".join(note.split())
    if not any(character.isalnum() for character in words):
        raise NothingToPassOn
    link = mentions_link(words, rollout.plan.install_url)
    if link:
        raise NamesTheLink(link)
    if not signs.attend(db, sign_id, words, by=by, now=now):
        raise MarkedAlready
    data: dict[str, str | int] = {"number": kind.number, "note": words}
    timeline.append(db, rollout.id, Event.SIGN_ATTENDED, actor=by, now=now, data=data)


def tell_of_faults(db: Connection, *, now: datetime) -> int:
    """Tell a wave's managers of the faults whose round has come, all of them together."""
    rounds = {(fault.wave_id, fault.tell_at) for fault in signs.faults_told_between(db, now - TOLD_LATE, now)}
    written = 0
    for wave_id, tell_at in sorted(rounds):
        rollout = rollouts.of_wave(db, wave_id)
        wave = rollout.wave_with_id(wave_id) if rollout else None
        if rollout is None or wave is None:
            continue
        drafts = [
            Draft(
                key=f"faults:{wave_id}:{tell_at.isoformat()}:{manager}",
                kind=DeliveryKind.FAULTS_FOUND,
                recipient=manager,
                rollout_id=rollout.id,
                data={"wave_id": wave_id},
                waits_in_pause=False,
            )
            for manager in wave.wave.managers
        ]
        written += outbox.write(db, drafts, now=now)
    return written


def move_fault(db: Connection, fault_id: str, state: FaultState, *, by: str, now: datetime) -> None:
    """A manager says where a fault stands. Fixed: the wave is told. Raises Outdated, NotAllowed or MarkedAlready."""
    fault = signs.fault_by_id(db, fault_id)
    rollout = rollouts.of_wave(db, fault.wave_id) if fault else None
    if fault is None or rollout is None:
        raise Outdated
    rollout = standing.locked(db, rollout.id)
    wave = standing.wave_in(rollout, fault.wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"settle a fault of {wave.name}")
    if not signs.set_fault(db, fault_id, state, "", by=by, now=now):
        raise MarkedAlready
    data: dict[str, str | int] = {"wave": wave.name, "state": state}
    timeline.append(db, rollout.id, Event.FAULT_MOVED, actor=by, now=now, data=data)
    if state is FaultState.FIXED:
        draft = Draft(
            key=f"fault_fixed:{fault_id}:{now.isoformat()}",
            kind=DeliveryKind.FAULT_FIXED,
            recipient=wave.wave.channel,
            rollout_id=rollout.id,
            data={"fault_id": fault_id},
        )
        outbox.write(db, [draft], now=now)
