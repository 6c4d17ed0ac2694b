"""Launching a step for a wave: preview, confirm, schedule, take back, and firing when the time has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.authority import NotAllowed, in_charge, require
from bot.domain.delivery import DeliveryKind
from bot.domain.facts import seen_live
from bot.domain.gates import Allowed, Blocked, Facts, GateResult, decide, evaluate
from bot.domain.pace import MEMBERS, Pace, pace_of, seconds_for
from bot.domain.progress import Rollout, RunningWave
from bot.domain.refusals import (
    AlreadyLaunched,
    AnswersChanging,
    GatesHold,
    InThePast,
    NothingScheduled,
    Outdated,
    PreviewOutdated,
    Refused,
)
from bot.domain.rollout import CheckinBy, Step
from bot.domain.timeline import Event
from bot.ports import Post
from bot.services.answers import brief_answers, states
from bot.services.head_counts import HeadCounts
from bot.services.messages import message_for
from bot.services.standing import gate_facts, locked, wave_in
from bot.store import briefings, entries, evidence, launches, outbox, restorations, timeline
from bot.store.evidence import Evidence
from bot.store.launches import Launch, Proposal
from bot.store.outbox import Draft
from bot.store.statements import new_id
from bot.store.tables import LaunchState
from bot.views.briefing import briefing
from bot.views.preview import LaunchPreview
from bot.views.wave_messages import step_message
from faq.book import Book

MEMBERS_AT_ONCE = 1_000
"""So many of a channel's members Slack names in one answer."""


@dataclass(slots=True)
class Rulebook:
    """What every decision about a launch needs besides the database: the answers and the organisation's time zone.

    Also what was counted of large waves a moment ago (services/head_counts.py).

    The book is replaced whole when HR or an owner writes an entry (services/library.py). `edition` says which one it is, so
    that nothing is launched with the answers of yesterday: another instance may have taken in what was written.
    """

    book: Book
    zone: ZoneInfo
    edition: str = ""
    counts: HeadCounts = field(default_factory=HeadCounts)
    pace: Pace = field(default_factory=pace_of)
    """How fast Slack takes messages."""


def gates_of(
    db: Connection, rollout: Rollout, wave: RunningWave, step: Step, rules: Rulebook, now: datetime
) -> tuple[GateResult, ...]:
    """How every gate of this launch stands."""
    return gates_from(evidence.of(db, rollout), rollout, wave, step, rules, now)


def gates_from(
    seen: Evidence, rollout: Rollout, wave: RunningWave, step: Step, rules: Rulebook, now: datetime
) -> tuple[GateResult, ...]:
    """The same where the evidence was looked at already."""
    return evaluate(step, _facts_from(seen, rollout, wave, rules, now), now)


def preview(
    db: Connection,
    rollout: Rollout,
    wave: RunningWave,
    step: Step,
    *,
    members: int | None,
    rules: Rulebook,
    zone: ZoneInfo,
    today: date,
    due_at: datetime | None = None,
    proposal_id: str = "",
    waived: Sequence[str] = (),
) -> LaunchPreview:
    """What a launch of this step would send. `zone` is the reader's, for the time of a scheduled one."""
    recipients = wave.wave.managers if step is Step.BRIEF else ()
    restored = restorations.lately(db, now=datetime.combine(today, time.min, UTC))
    return LaunchPreview(
        step=step,
        wave=wave.name,
        message=_shown(db, rollout, wave, step, rules.book, today),
        channel=wave.wave.channel,
        members=members,
        recipients=recipients,
        due_at=due_at,
        zone=zone,
        seconds=seconds_for(rules.pace.messages, len(recipients)),
        roll_seconds=_roll_seconds(step, members, rules),
        asking_seconds=_asking_seconds(rollout, step, members, rules),
        set_back_to=restored.taken_at if restored else None,
        proposal_id=proposal_id,
        waived=tuple(waived),
        too_small_for=rollout.plan.rules.k
        if step is Step.REASON and members is not None and members < rollout.plan.rules.k
        else 0,
    )


def _roll_seconds(step: Step, members: int | None, rules: Rulebook) -> float:
    """How long it takes after the message until everybody in the channel has their receipt: a thousand are read at a time."""
    if step not in (Step.REASON, Step.POLICY) or not members:
        return 0.0
    return seconds_for(rules.pace.of(MEMBERS), -(-members // MEMBERS_AT_ONCE))


def _asking_seconds(rollout: Rollout, step: Step, members: int | None, rules: Rulebook) -> float:
    """How long each of the check-ins takes that follow an install step, when it goes to everybody alone."""
    if step is not Step.INSTALL or not members or rollout.plan.checkins.by is not CheckinBy.DM:
        return 0.0
    return seconds_for(rules.pace.messages, members)


def propose(
    db: Connection,
    rollout_id: str,
    wave_id: str,
    step: Step,
    *,
    by: str,
    members: int | None,
    rules: Rulebook,
    zone: ZoneInfo,
    now: datetime,
    due_at: datetime | None = None,
) -> LaunchPreview:
    """Check a launch and remember what its manager is shown, for *Launch it*.

    A launch for later is refused at once when a gate fails that time alone does not mend; `notice_period` is
    judged at the time asked for.
    Raises NotAllowed, AnswersChanging, InThePast, AlreadyLaunched or GatesHold.
    """
    rollout = locked(db, rollout_id)
    wave = wave_in(rollout, wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"launch {step} for {wave.name}")
    if not has_newest_book(db, rules):
        raise AnswersChanging
    if due_at is not None and due_at <= now:
        raise InThePast(due_at)
    _refuse_second(db, rollout, wave, step)
    allowed = _allowed(db, rollout, wave, step, rules, now, judged_at=due_at or now)
    digest = _digest(_shown(db, rollout, wave, step, rules.book, now.date()))
    proposal = Proposal(new_id(), rollout.id, wave.id, wave.run, step, rollout.versions, digest, by, now, due_at)
    launches.propose(db, rollout.id, wave, proposal)
    return preview(
        db,
        rollout,
        wave,
        step,
        members=members,
        rules=rules,
        zone=zone,
        today=now.date(),
        due_at=due_at,
        proposal_id=proposal.id,
        waived=[override.gate for override in allowed.waivers],
    )


def has_newest_book(db: Connection, rules: Rulebook) -> bool:
    """Whether this process has taken in every answer that was written, by whichever instance."""
    return entries.edition(db) == rules.edition


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A launch that was confirmed: on its way, or scheduled for `due_at`."""

    step: Step
    wave: str
    due_at: datetime | None


def confirm(db: Connection, proposal_id: str, *, by: str, rules: Rulebook, now: datetime) -> Confirmed:
    """Carry out what a manager was shown.

    Authority and gates are checked again here. Fifty confirms of one preview make one launch.
    Raises NotAllowed, Outdated, PreviewOutdated, AnswersChanging, InThePast, AlreadyLaunched or GatesHold.
    """
    shown = launches.proposal(db, proposal_id)
    if shown is None:
        raise Outdated
    rollout = locked(db, shown.rollout_id)
    wave = wave_in(rollout, shown.wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"launch {shown.step} for {wave.name}")
    if (wave.run, rollout.versions) != (shown.run, shown.versions):
        raise PreviewOutdated
    if not has_newest_book(db, rules):
        raise AnswersChanging
    if shown.digest != _digest(_shown(db, rollout, wave, shown.step, rules.book, now.date())):
        raise PreviewOutdated
    _refuse_second(db, rollout, wave, shown.step)
    if shown.due_at is not None and shown.due_at <= now:
        raise InThePast(shown.due_at)
    allowed = _allowed(db, rollout, wave, shown.step, rules, now, judged_at=shown.due_at or now)
    launch_id = launches.take_slot(db, rollout.id, wave, shown, by=by, now=now)
    if launch_id is None:
        _refuse_second(db, rollout, wave, shown.step)
        raise PreviewOutdated
    if shown.due_at is None:
        _send(db, rollout, wave, shown.step, launch_id, by=by, allowed=allowed, now=now)
    else:
        timeline.append(
            db,
            rollout.id,
            Event.SCHEDULED,
            actor=by,
            now=now,
            data={"step": shown.step, "wave": wave.name, "due": f"{shown.due_at:%Y-%m-%d %H:%M} UTC"},
        )
    return Confirmed(shown.step, wave.name, shown.due_at)


def unschedule(db: Connection, launch: Launch, *, by: str, now: datetime) -> None:
    """Take a scheduled launch back. Raises NotAllowed or NothingScheduled."""
    rollout = locked(db, launch.rollout_id)
    wave = wave_in(rollout, launch.wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"take back {launch.step} for {wave.name}")
    if not launches.cancel(db, launch.id):
        raise NothingScheduled(launch.step, wave.name)
    timeline.append(db, rollout.id, Event.UNSCHEDULED, actor=by, now=now, data={"step": launch.step, "wave": wave.name})


def scheduled(db: Connection, rollout: Rollout, wave: RunningWave, step: Step) -> Launch:
    """The scheduled launch of this step. Raises NothingScheduled."""
    for launch in launches.scheduled(db, rollout.id):
        if (launch.wave_id, launch.step) == (wave.id, step):
            return launch
    raise NothingScheduled(step, wave.name)


def fire_due(db: Connection, *, rules: Rulebook, now: datetime) -> int:
    """Carry out the scheduled launches whose time has come. Returns how many were looked at.

    Gates and the launcher's authority are checked again; one that may not go is refused, and its manager is told.
    """
    due = launches.due(db, now)
    for launch in due:
        _fire(db, launch, rules, now)
    return len(due)


def _fire(db: Connection, launch: Launch, rules: Rulebook, now: datetime) -> None:
    rollout = locked(db, launch.rollout_id)
    wave = rollout.wave_with_id(launch.wave_id)
    if rollout.pause is not None or not has_newest_book(db, rules):
        return
    try:
        if wave is None or wave.run != launch.run or rollout.versions != launch.versions:
            raise PreviewOutdated
        if launch.digest != _digest(_shown(db, rollout, wave, launch.step, rules.book, now.date())):
            raise PreviewOutdated
        require(launch.launched_by, in_charge(rollout.plan, wave.wave), f"launch {launch.step}")
        allowed = _allowed(db, rollout, wave, launch.step, rules, now, judged_at=now)
    except (Refused, NotAllowed) as refusal:
        _give_up(db, rollout, launch, wave.name if wave else "", refusal, now)
        return
    if launches.mark_launched(db, launch.id, now=now):
        _send(db, rollout, wave, launch.step, launch.id, by=launch.launched_by, allowed=allowed, now=now)


def _give_up(
    db: Connection, rollout: Rollout, launch: Launch, wave: str, refusal: Refused | NotAllowed, now: datetime
) -> None:
    why = _reason_word(refusal)
    if not launches.refuse(db, launch.id, why):
        return
    timeline.append(
        db,
        rollout.id,
        Event.NOT_LAUNCHED,
        actor="foreword",
        now=now,
        data={"step": launch.step, "wave": wave, "why": why},
    )
    outbox.write(
        db,
        [
            Draft(
                key=f"not_launched:{launch.id}",
                kind=DeliveryKind.NOT_LAUNCHED,
                recipient=launch.launched_by,
                rollout_id=rollout.id,
                data={"launch_id": launch.id, "wave": wave, "step": launch.step, "why": why},
                waits_in_pause=False,
            )
        ],
        now=now,
    )


def _reason_word(refusal: Refused | NotAllowed) -> str:
    """Why a scheduled launch did not go, in words that name no person and quote no text."""
    match refusal:
        case GatesHold():
            missing = "; ".join(f"{r.gate}: {r.failure.missing}" for r in refusal.failed if r.failure)
            return f"these gates did not hold: {missing}"
        case NotAllowed():
            return "the manager who scheduled it may no longer launch it"
        case _:
            return "the plan changed after it was scheduled"


def _facts_from(seen: Evidence, rollout: Rollout, wave: RunningWave, rules: Rulebook, now: datetime) -> Facts:
    """What the gates of a launch for this wave look at."""
    answers = states(seen.signed, rollout, wave, rules.book, now.date())
    return gate_facts(seen, rollout, wave, answers=answers, zone=rules.zone)


def _allowed(
    db: Connection,
    rollout: Rollout,
    wave: RunningWave,
    step: Step,
    rules: Rulebook,
    now: datetime,
    *,
    judged_at: datetime,
) -> Allowed:
    decision = decide(step, _facts_from(evidence.of(db, rollout), rollout, wave, rules, now), judged_at)
    if isinstance(decision, Blocked):
        raise GatesHold(step, wave.name, wave.id, decision.failed)
    return decision


def _refuse_second(db: Connection, rollout: Rollout, wave: RunningWave, step: Step) -> None:
    there = launches.holder(db, wave, step, rollout.versions)
    if there is not None:
        due = there.due_at if there.state is LaunchState.SCHEDULED else None
        raise AlreadyLaunched(step, wave.name, there.launched_by, there.launched_at, due)


def _send(
    db: Connection,
    rollout: Rollout,
    wave: RunningWave,
    step: Step,
    launch_id: str,
    *,
    by: str,
    allowed: Allowed,
    now: datetime,
) -> None:
    """Write the launch's deliveries and its one timeline entry, in the transaction that decided it."""
    if step is Step.BRIEF:
        briefings.brief(db, wave, rollout.versions, wave.wave.managers)
        drafts = [
            Draft(
                key=f"launch:{launch_id}:{manager}",
                kind=DeliveryKind.BRIEF,
                recipient=manager,
                rollout_id=rollout.id,
                data={},
                launch_id=launch_id,
            )
            for manager in wave.wave.managers
        ]
    else:
        drafts = [
            Draft(
                key=f"launch:{launch_id}",
                kind=DeliveryKind(step.value),
                recipient=wave.wave.channel,
                rollout_id=rollout.id,
                data={},
                launch_id=launch_id,
            )
        ]
    outbox.write(db, drafts, now=now)
    timeline.append(
        db,
        rollout.id,
        Event.LAUNCHED,
        actor=by,
        now=now,
        data={
            "step": step,
            "wave": wave.name,
            "reason": rollout.versions.reason,
            "policy": rollout.versions.policy,
            "waived": "; ".join(f"{o.gate} by {o.asked_by} and {o.approved_by}: {o.because}" for o in allowed.waivers),
        },
    )


def _digest(message: Post) -> str:
    """A fingerprint of what a manager was shown, so that they launch that and nothing else."""
    return hashlib.sha256(json.dumps([message.text, list(message.blocks)], sort_keys=True).encode()).hexdigest()


def _shown(db: Connection, rollout: Rollout, wave: RunningWave, step: Step, book: Book, today: date) -> Post:
    if step is Step.BRIEF:
        plan = rollout.plan
        answers = brief_answers(plan, plan.role_of(wave.wave), book, today)
        return briefing(plan, wave.wave, answers, live=seen_live(plan.policy))
    return step_message(step, message_for(db, rollout, wave, rollout.versions))
