"""People who join or leave a wave's channel, and the roll calls that say who was there for a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.delivery import DeliveryKind
from bot.domain.progress import Rollout, RunningWave
from bot.domain.reader import Situation, due_for_latecomer, was_taken_for_granted
from bot.domain.rollout import Step
from bot.domain.weeks import week_of
from bot.services import verdicts
from bot.services.voices import Ear
from bot.store import events, launches, outbox, people, roll_calls, rollouts
from bot.store.launches import Launch
from bot.store.outbox import Draft
from bot.store.roll_calls import RollCall

LATE = {
    Step.REASON: DeliveryKind.LATE_REASON,
    Step.POLICY: DeliveryKind.LATE_POLICY,
    Step.INSTALL: DeliveryKind.LATE_INSTALL,
}


def first_time(db: Connection, event_id: str, *, now: datetime) -> bool:
    """Whether this event was not handled before; remembers it."""
    return events.first_time(db, event_id, now=now)


def first_time_this_week(db: Connection, ear: Ear, mark: str, *, now: datetime) -> bool:
    """The same for what nobody may see the moment of: kept with no finer one than the end of the week."""
    return events.first_time(db, mark, now=week_of(now, ear.zone).ends(ear.zone))


def submitted_before(db: Connection, ear: Ear, view_id: str, *, now: datetime) -> bool:
    """Whether this form was submitted before: Slack may bring it to two instances."""
    return bool(view_id) and not first_time_this_week(db, ear, ear.keys.tag("forms", view_id), now=now)


def handled(db: Connection, event_id: str) -> bool:
    """Whether this event was handled before."""
    return events.seen(db, event_id)


def joined(
    db: Connection, event_id: str, channel: str, person: str, *, at: datetime | None = None, now: datetime
) -> None:
    """Somebody joined a wave's channel: what they missed goes to them, in order, one after the other.

    `at` is when that was, where Slack says so. News that is older than what is known changes nothing. News that comes after a
    roll call, of somebody who came before it and after the message, undoes what the roll call took for granted.
    """
    if not events.first_time(db, event_id, now=now):
        return
    moment = min(at or now, now)
    for rollout, wave in rollouts.in_channel(db, channel):
        if people.left_since(db, wave.id, person, moment):
            continue
        known, given = people.known_since(db, wave.id, person), people.given_when(db, wave.id, person)
        if at is not None and was_taken_for_granted(known, given, came_at=moment):
            people.came_only_at(db, wave.id, person, moment)
        people.remember_members(db, wave.id, [person], now=moment)
        catch_up(db, rollout, wave, [person], now=now)


def left(
    db: Connection, event_id: str, channel: str, person: str, *, at: datetime | None = None, now: datetime
) -> None:
    """Somebody left a wave's channel. What they were given stays on record. `at` as for `joined`."""
    if not events.first_time(db, event_id, now=now):
        return
    moment = min(at or now, now)
    for _rollout, wave in rollouts.in_channel(db, channel):
        if not people.there_since(db, wave.id, person, moment):
            people.left(db, wave.id, person, now=moment)


def catch_up(db: Connection, rollout: Rollout, wave: RunningWave, who: Sequence[str], *, now: datetime) -> None:
    """Queue for each of these people what the wave has had and they have not.

    Each message follows the one before it: the policy does not leave before the reason has arrived. What was taken back
    because they left is queued anew when they come again.
    """
    progress = launches.progress(db, wave)
    drafts: list[Draft] = []
    for person in who:
        situation = Situation(
            versions=rollout.versions,
            progress=progress,
            paused=rollout.pause is not None,
            in_wave=True,
            fit=True,
            acknowledgement_required=rollout.plan.rules.acknowledgement_required,
        )
        before: str | None = None
        for step in due_for_latecomer(people.receipts(db, rollout.id, person), situation):
            launched = progress.of(step, rollout.versions)
            if launched is None or launched.delivered_at is None:
                break
            key = outbox.key_not_cancelled(db, f"late:{launched.launch_id}:{person}")
            drafts.append(
                Draft(
                    key=key,
                    kind=LATE[step],
                    recipient=person,
                    rollout_id=rollout.id,
                    data={"launch_id": launched.launch_id},
                    follows=before,
                )
            )
            before = key
    outbox.write(db, drafts, now=now)


def mark_present(db: Connection, call: RollCall, page: Sequence[str], cursor: str, *, now: datetime) -> None:
    """One page of a channel's members was read after a launch's message stood there: they were given it.

    Whoever was not there for an earlier step gets that one from the message itself, which repeats the reason
    above the policy; an install message gives nothing but a button. Whoever is known to have come later was not there;
    nor was, as far as one can tell, whoever was not there for the policy afterwards either: they get what they missed.
    Nothing when another instance read that page.
    """
    if not roll_calls.roll_called(db, call, cursor, now=now):
        return
    given_at = call.given_at
    launch = launches.by_id(db, call.launch_id)
    rollout = rollouts.by_id(db, launch.rollout_id) if launch else None
    if launch is not None and rollout is not None:
        # the roll may be called long after the message
        unheard_of = _not_there_later_either(db, rollout, launch, page)
        late = people.came_after(db, launch.wave_id, page, given_at) | unheard_of
        people.remember_members(db, launch.wave_id, sorted(unheard_of), now=now)
        people.remember_members(db, launch.wave_id, page, since=given_at, now=now)
        given = [person for person in page if person not in late]
        if launch.step in (Step.REASON, Step.POLICY):
            people.give(db, rollout.id, launch.wave_id, given, Step.REASON, launch.versions.reason, now=given_at)
        if launch.step is Step.POLICY:
            people.give(db, rollout.id, launch.wave_id, given, Step.POLICY, launch.versions.policy, now=given_at)
        wave = rollout.wave_with_id(launch.wave_id)
        if wave is not None:
            catch_up(db, rollout, wave, sorted(unheard_of), now=now)
        if wave is not None and launch.step is Step.REASON and not cursor:
            verdicts.tell_small_team(db, rollout, wave, now=now)


def _not_there_later_either(db: Connection, rollout: Rollout, launch: Launch, page: Sequence[str]) -> set[str]:
    """Those of whom nothing is known, though the roll for the policy that followed this reason was called already."""
    wave = rollout.wave_with_id(launch.wave_id)
    policy = launches.progress(db, wave).of(Step.POLICY, rollout.versions) if wave is not None else None
    if launch.step is not Step.REASON or policy is None or not roll_calls.is_over(db, policy.launch_id):
        return set()
    return set(page) - people.known_among(db, launch.wave_id, page)
