"""Check-ins from plan to close: who is asked when, and what is kept once the time to answer is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.checkin import (
    LONGEST_WEEKS,
    Answers,
    CheckinState,
    Planned,
    Verdict,
    follow_up,
    planned,
    reminder_at,
    result_of,
)
from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.progress import Progress, Rollout, RunningWave
from bot.domain.rollout import CheckinBy, Step
from bot.domain.timeline import Event
from bot.domain.verdict import decide_verdict
from bot.domain.working_calendar import next_good_moment, on_day
from bot.holiday_calendar import calendar_of
from bot.ports import Person
from bot.services.checkin_tags import answered_tag
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.store import checkin_answers as voices
from bot.store import checkins, launches, outbox, people, rollouts, timeline, verdicts
from bot.store.checkins import Checkin
from bot.store.evidence import MOST_MISSED, NOT_SENT
from bot.store.outbox import Draft

FLAGGED_AT_ONCE = 2_000
BOT = "foreword"
"""Who stands in the timeline for what nobody pressed a button for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A check-in with the rollout and the wave that it belongs to."""

    checkin: Checkin
    rollout: Rollout
    wave: RunningWave


def _schedule(
    db: Connection, rollout: Rollout, wave: RunningWave, progress: Progress, had: Sequence[Checkin], zone: ZoneInfo
) -> list[Planned]:
    """The check-ins that this wave's present run has had and will have, oldest first; none before its install step.

    `had` are those that are written down. A pilot whose verdict is not `go` when they are over is asked once more: a week
    later, or a week after the mended policy was delivered.
    """
    install = progress.latest(Step.INSTALL)
    if install is None or install.delivered_at is None:
        return []
    plan, calendar = rollout.plan, calendar_of(wave.wave.country)
    found = planned(plan.checkins, install.delivered_at, zone, calendar)
    if not rollout.is_pilot(wave):
        return found
    ended = {each.date for each in had if each.state not in checkins.UNDER_WAY}
    given = verdicts.latest(db, wave)
    if given is None or given.verdict is Verdict.GO or any(each.date not in ended for each in found):
        return found
    last = max(each.date for each in had)
    if given.verdict is Verdict.FIX_THE_POLICY:
        policy = progress.latest(Step.POLICY)
        if policy is None or policy.delivered_at is None or policy.versions.policy <= given.policy_version:
            return found
        last = max(last, policy.delivered_at.astimezone(zone).date())
    more = follow_up(last, plan.checkins, install.delivered_at, zone, calendar)
    if any(each.state in checkins.UNDER_WAY for each in had) or more.day > LONGEST_WEEKS * 7:
        return found
    return [*found, more]


def plan_due(db: Connection, every: Sequence[Rollout], *, rules: Rulebook, now: datetime) -> int:
    """Write down the check-ins whose time begins. One that was missed altogether is written down as skipped.

    A team of fewer than k people is not asked, because its answers could be traced.
    """
    written = 0
    for rollout in every:
        if rollout.pause is not None:
            continue
        steps, written_down = launches.progresses(db, rollout), checkins.of_rollout(db, rollout)
        for wave in rollout.waves:
            progress, had = steps[wave.id], written_down[wave.id]
            known = {each.date for each in had}
            policy = progress.latest(Step.POLICY)
            version = policy.versions.policy if policy else 1
            for each in _schedule(db, rollout, wave, progress, had, rules.zone):
                if each.date in known or now < each.begins(rollout.plan.checkins.at):
                    continue
                written += checkins.plan(db, wave, each, version, _state(db, rollout, wave, each, now), now=now)
    return written


def _state(db: Connection, rollout: Rollout, wave: RunningWave, each: Planned, now: datetime) -> CheckinState:
    if now >= each.closes_at:
        return CheckinState.SKIPPED
    return CheckinState.PLANNED if people.at_least(db, wave.id, rollout.plan.rules.k) else CheckinState.TOO_SMALL


def about(db: Connection, checkin: Checkin) -> Asked | None:
    """What a check-in belongs to; None when the wave is gone or has started over."""
    rollout = rollouts.of_wave(db, checkin.wave_id)
    wave = rollout.wave_with_id(checkin.wave_id) if rollout else None
    if rollout is None or wave is None or wave.run != checkin.run:
        return None
    return Asked(checkin, rollout, wave)


def invite(
    db: Connection, asked: Asked, found: Sequence[Person], cursor: str, *, zone: ZoneInfo, now: datetime
) -> bool:
    """Invite these people, each by the clock where they are (the organisation's where nobody knows), and write their one message and their one reminder.

    False when another instance has done so.
    """
    checkin, rollout = asked.checkin, asked.rollout
    if not checkins.go_on_preparing(db, checkin, cursor, now=now):
        return False
    by_dm = rollout.plan.checkins.by is CheckinBy.DM
    rows, drafts = [], []
    for each in found:
        if each.is_bot or each.deleted:
            continue
        person = replace(each, tz=each.tz or zone.key)
        due_at, away = _due(asked, person)
        rows.append((person.id, person.tz, away))
        if by_dm:
            drafts += _messages(asked, person, due_at)
    checkins.invite(db, checkin.id, rows)
    if not by_dm:
        drafts = _channel_messages(asked, zone)
    outbox.write(db, drafts, now=now)
    return True


def _due(asked: Asked, person: Person) -> tuple[datetime, bool]:
    """When this person is asked, and whether they are away for all of it."""
    checkin, at = asked.checkin, asked.rollout.plan.checkins.at
    calendar, zone = calendar_of(asked.wave.wave.country), ZoneInfo(person.tz)
    due_at = on_day(checkin.date, at, zone, calendar)
    if not person.away:
        return due_at, False
    if person.back_at is None:
        return due_at, True
    if person.back_at > due_at:
        due_at = next_good_moment(person.back_at, at, zone, calendar)
    return due_at, due_at >= checkin.closes_at


def _messages(asked: Asked, person: Person, due_at: datetime) -> list[Draft]:
    checkin, at = asked.checkin, asked.rollout.plan.checkins.at
    calendar, zone = calendar_of(asked.wave.wave.country), ZoneInfo(person.tz)
    drafts = [_draft(asked, DeliveryKind.CHECKIN, person.id, f"checkin:{checkin.id}:{person.id}", due_at)]
    remind_at = reminder_at(checkin.date, at, zone, calendar, checkin.closes_at)
    if remind_at is not None and remind_at > due_at + timedelta(hours=1):
        drafts.append(
            _draft(
                asked,
                DeliveryKind.CHECKIN_REMINDER,
                person.id,
                reminder_key(checkin.id, person.id),
                remind_at,
                follows=f"checkin:{checkin.id}:{person.id}",
            )
        )
    return drafts


def _channel_messages(asked: Asked, zone: ZoneInfo) -> list[Draft]:
    checkin, at, channel = asked.checkin, asked.rollout.plan.checkins.at, asked.wave.wave.channel
    calendar = calendar_of(asked.wave.wave.country)
    due_at = on_day(checkin.date, at, zone, calendar)
    key = f"checkin:{checkin.id}:{channel}"
    drafts = [_draft(asked, DeliveryKind.CHECKIN_CHANNEL, channel, key, due_at)]
    remind_at = reminder_at(checkin.date, at, zone, calendar, checkin.closes_at)
    if remind_at is not None:
        again = reminder_key(checkin.id, channel)
        drafts.append(_draft(asked, DeliveryKind.CHECKIN_CHANNEL_REMINDER, channel, again, remind_at, follows=key))
    return drafts


def reminder_key(checkin_id: str, recipient: str) -> str:
    """The outbox key of somebody's one reminder."""
    return f"checkin_reminder:{checkin_id}:{recipient}"


def _draft(
    asked: Asked, kind: DeliveryKind, recipient: str, key: str, due_at: datetime, follows: str | None = None
) -> Draft:
    return Draft(
        key=key,
        kind=kind,
        recipient=recipient,
        rollout_id=asked.rollout.id,
        data={"checkin_id": asked.checkin.id},
        follows=follows,
        due_at=due_at,
    )


def flag_some(db: Connection, ear: Ear, checkin: Checkin) -> bool:
    """Write for some of those asked whether they answered. True as long as there are more of them."""
    salt = voices.known_salt(db, checkin.id)
    done, after = 0, checkin.cursor
    while done < FLAGGED_AT_ONCE:
        page = checkins.invitations_from(db, checkin.id, after)
        if not page:
            return False
        after = page[-1]
        done += len(page)
        if salt is not None:
            tags = {answered_tag(ear.keys, salt, checkin.id, person): person for person in page}
            said = voices.answers_among(db, list(tags))
            checkins.flag_answered(db, checkin.id, [tags[tag] for tag in said])
        checkins.move_on(db, checkin, after)
    return True


def close(db: Connection, checkin_id: str, *, now: datetime) -> bool:
    """Keep what may be shown of a check-in, forget its answers, and give the verdict. False when it has closed already."""
    checkin = checkins.closing(db, checkin_id)
    if checkin is None or checkin.state not in checkins.UNDER_WAY or now < checkin.closes_at:
        return False
    answers = replace(voices.counts(db, checkin.id), invited=0)
    asked = about(db, checkin)
    if asked is None:
        _end(db, checkin, answers, 0, CheckinState.SKIPPED, now)
        return True
    plan = asked.rollout.plan
    sent = outbox.states_of(db, f"checkin:{checkin.id}:")
    reached = sum(sent.get(state, 0) for state in (DeliveryState.SENT, DeliveryState.UNSURE, DeliveryState.AMBIGUOUS))
    if plan.checkins.by is CheckinBy.CHANNEL and reached:
        reached = voices.counts(db, checkin.id).invited
    answers = replace(answers, invited=max(reached, answers.answered))
    state = CheckinState.CLOSED if reached else CheckinState.SKIPPED
    _end(db, checkin, answers, plan.rules.k, state, now, k_text=plan.rules.k_text)
    if state is CheckinState.CLOSED:
        _judge(db, asked, answers, now)
    return True


def _end(
    db: Connection,
    checkin: Checkin,
    answers: Answers,
    k: int,
    state: CheckinState,
    now: datetime,
    *,
    k_text: int = 0,
) -> None:
    enough = state is CheckinState.CLOSED and answers.answered >= k
    checkins.close(db, checkin.id, result_of(answers, max(k, 1)), enough=enough, state=state, now=now)
    voices.forget_answers(db, checkin.id, comments_too=not enough or answers.answered < k_text)


def _judge(db: Connection, asked: Asked, answers: Answers, now: datetime) -> None:
    """The verdict; earlier check-ins count by how many answered them, the newest one by what they said."""
    rollout, wave, k = asked.rollout, asked.wave, asked.rollout.plan.rules.k
    before = [
        Answers(each.invited, each.answered or 0, {})
        for each in checkins.of_wave(db, wave)
        if each.state is CheckinState.CLOSED and each.id != asked.checkin.id
    ]
    version = asked.checkin.policy_version
    to_mend = any(
        given.verdict is Verdict.FIX_THE_POLICY and given.policy_version >= version
        for given in verdicts.every(db, wave)
    )
    decision = decide_verdict([*before, answers], k, to_mend=to_mend)
    if not verdicts.give(db, wave, decision, asked.checkin.id, version, now=now):
        return
    timeline.append(
        db,
        rollout.id,
        Event.VERDICT,
        actor=BOT,
        now=now,
        data={"wave": wave.name, "verdict": decision.verdict, "day": asked.checkin.day},
    )
    told = dict.fromkeys((*wave.wave.managers, *rollout.plan.owners))
    drafts = [
        _draft(asked, DeliveryKind.CHECKIN_CLOSED, person, f"checkin_closed:{asked.checkin.id}:{person}", now)
        for person in told
    ]
    outbox.write(db, drafts, now=now)


def undelivered(db: Connection, rollout_id: str, checkin: Checkin) -> int:
    """How many people could not be asked before a check-in closed, counted as far as MOST_MISSED."""
    return outbox.number_of(db, rollout_id, f"checkin:{checkin.id}:", NOT_SENT, most=MOST_MISSED)
