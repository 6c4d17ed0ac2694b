"""What one person does with what they were given: *I have read it*, *Get the install link*, *I can answer these*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.facts import seen_live
from bot.domain.gates import Gate, Kind
from bot.domain.progress import Progress, Rollout, RunningWave, Versions
from bot.domain.reader import GiveLink, Held, ReadFirst, Receipts, Situation, decide_link
from bot.domain.refusals import NotBriefed, Outdated
from bot.domain.rollout import Step
from bot.ports import Post
from bot.services.answers import brief_answers
from bot.services.launching import Rulebook, gates_of
from bot.services.messages import changes_since_last
from bot.services.standing import wave_in
from bot.store import briefings, clicks, launches, people, rollouts
from bot.store.launches import Launch
from bot.store.people import Receiving
from bot.views.briefing import briefing
from bot.views.link_modal import LinkView, ReadFirstView
from faq.book import Book

TEXT_GATES = frozenset({Gate.POLICY_COMPLETE, Gate.LINK_HIDDEN, Gate.ANSWERS_READY})
"""The hard gates that a text has to pass before it is shown to one person alone, as before it is launched."""


@dataclass(frozen=True, slots=True)
class Clicked:
    """Where a click on a wave's message belongs. `known_member` is None when Slack has not told us."""

    wave_id: str
    channel: str
    known_member: bool | None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button on a wave's message that somebody pressed."""

    launch_id: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """*I have read it* was recorded. `present` is False when a later version has come since."""

    version: int
    present: bool
    tool: str
    present_version: int


def acknowledge(db: Connection, launch_id: str, person: str, *, in_channel: bool, now: datetime) -> Acknowledged:
    """Record that this person has read the policy that this launch gave.

    The message they pressed on shows the reason above the policy, so both count as given. `in_channel` is what
    Slack says of their membership. Raises Outdated for a stranger or a launch that is not one of a policy.
    """
    seen = _look(db, launch_id, person)
    if not in_channel:
        raise Outdated
    people.remember_members(db, seen.wave_id, [person], now=now)
    noted, receiving = _acknowledged(seen, person, now)
    people.receive(db, [receiving])
    return noted


def acknowledge_at_once(db: Connection, pressed: Sequence[Pressed]) -> list[Acknowledged | Clicked | Exception]:
    """The same for several people, where Slack has told us that they are in the channel; else where to ask Slack about it.

    What would be raised for one of them stands in their place.
    """
    found: list[Acknowledged | Clicked | Exception] = []
    received = []
    for press, seen in zip(pressed, _looks(db, pressed), strict=True):
        try:
            if isinstance(seen, Outdated):
                raise seen
            if seen.known_member:
                noted, receiving = _acknowledged(seen, press.person, press.at)
                received.append(receiving)
                found.append(noted)
            else:
                found.append(where(seen))
        except Outdated as outdated:
            found.append(outdated)
    people.receive(db, received)
    return found


def _acknowledged(seen: clicks.Clicked, person: str, now: datetime) -> tuple[Acknowledged, Receiving]:
    """What to say to somebody who is in the channel, and what has to be written first."""
    if seen.step is not Step.POLICY or not seen.delivered:
        raise Outdated
    rollout, version = seen.rollout, seen.versions.policy
    given = _not_given_yet(seen.receipts, seen.versions)
    read = 0 if version in seen.receipts.acknowledged else version
    receiving = Receiving(rollout.id, wave_in(rollout, seen.wave_id).id, person, given, read, now)
    present = rollout.versions.policy
    return Acknowledged(version, version == present, rollout.plan.tool, present), receiving


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """What *Get the install link* leads to: held, or a modal.

    `policy_launch_id` is the launch that gave the wave the present policy; empty while none has. `receiving` is what has
    to be written before the link is shown.
    """

    rollout: Rollout
    wave: RunningWave
    held: Held | None = None
    read_first: ReadFirstView | None = None
    link: LinkView | None = None
    policy_launch_id: str = ""
    receiving: Receiving | None = None


def ask_for_link(
    db: Connection, wave_id: str, person: str, *, in_channel: bool, rules: Rulebook, now: datetime
) -> LinkAnswer:
    """Decide from this person's receipts; a link that is given has its receipt in the same transaction.

    Raises Outdated when the wave is gone.
    """
    rollout, wave = _of_wave(db, wave_id)
    if in_channel:
        people.remember_members(db, wave.id, [person], now=now)
    receipts = people.receipts(db, rollout.id, person)
    situation = _situation(db, rollout, wave, receipts, in_channel=in_channel, rules=rules, now=now)
    return _written(db, _answer(db, rollout, wave, person, receipts, situation, now))


def links_at_once(db: Connection, pressed: Sequence[Pressed]) -> list[LinkAnswer | clicks.Clicked | Exception]:
    """The same for several people of whom Slack has told us that they are in the channel, if they have read what there is to read.

    Their receipts are written. For everybody else it is what was seen: more has to be looked up for them. What would be
    raised for one of them stands in their place.
    """
    found: list[LinkAnswer | clicks.Clicked | Exception] = []
    for press, seen in zip(pressed, _looks(db, pressed), strict=True):
        link = None if isinstance(seen, Outdated) else _link_at_once(seen, press.person, press.at)
        found.append(link or seen)
    people.receive(db, [each.receiving for each in found if isinstance(each, LinkAnswer) and each.receiving])
    return found


def _link_at_once(seen: clicks.Clicked, person: str, now: datetime) -> LinkAnswer | None:
    rollout, receipts = seen.rollout, seen.receipts
    wave = rollout.wave_with_id(seen.wave_id)
    if wave is None or not seen.known_member or not _has_read(receipts, rollout.versions):
        return None
    situation = _surroundings(rollout, seen.progress, in_channel=True, fit=True)
    return _link(rollout, wave, person, receipts, now) if decide_link(receipts, situation) == GiveLink() else None


def link_or_first(db: Connection, launch_id: str, person: str, *, rules: Rulebook, now: datetime) -> LinkAnswer:
    """The same for whoever is known to be in the channel, whatever they have read. Raises Outdated when the wave is gone."""
    seen = _look(db, launch_id, person)
    rollout, wave = seen.rollout, wave_in(seen.rollout, seen.wave_id)
    receipts, here = seen.receipts, bool(seen.known_member)
    situation = _situation(db, rollout, wave, receipts, in_channel=here, rules=rules, now=now, progress=seen.progress)
    return _written(db, _answer(db, rollout, wave, person, receipts, situation, now))


def read_and_ask_again(
    db: Connection,
    wave_id: str,
    person: str,
    *,
    reason_shown: int,
    policy_shown: int,
    in_channel: bool,
    rules: Rulebook,
    now: datetime,
) -> LinkAnswer:
    """*I have read it* in the modal that was shown instead of the link.

    The versions are what the modal said that it showed; they are recorded only if they are the present ones,
    so that a tampered or outdated form records nothing and the person is shown the present texts.
    """
    rollout, wave = _of_wave(db, wave_id)
    receipts = people.receipts(db, rollout.id, person)
    situation = _situation(db, rollout, wave, receipts, in_channel=in_channel, rules=rules, now=now)
    decision = decide_link(receipts, situation)
    shown = (reason_shown, policy_shown) == (rollout.versions.reason, rollout.versions.policy)
    if isinstance(decision, ReadFirst) and shown:
        people.remember_members(db, wave.id, [person], now=now)
        given = _not_given_yet(receipts, rollout.versions)
        people.receive(db, [Receiving(rollout.id, wave.id, person, given, policy_shown, now)])
        receipts = people.receipts(db, rollout.id, person)
    return _written(db, _answer(db, rollout, wave, person, receipts, situation, now))


def can_answer(db: Connection, launch_id: str, manager: str, *, book: Book, now: datetime) -> Post:
    """*I can answer these*. Returns the briefing without its button, to stand in its place.

    Raises NotBriefed unless this manager was sent this briefing in the present run.
    """
    launch, rollout, wave = _of_launch(db, launch_id)
    briefed = launch.step is Step.BRIEF and launch.run == wave.run and launch.versions == rollout.versions
    if not briefed or not briefings.manager_ready(db, wave, launch.versions, manager, now=now):
        raise NotBriefed
    plan = rollout.plan
    shown = brief_answers(plan, plan.role_of(wave.wave), book, now.date())
    return briefing(plan, wave.wave, shown, live=seen_live(plan.policy), ready=True)


def _answer(
    db: Connection,
    rollout: Rollout,
    wave: RunningWave,
    person: str,
    receipts: Receipts,
    situation: Situation,
    now: datetime,
) -> LinkAnswer:
    decision = decide_link(receipts, situation)
    plan, versions = rollout.plan, rollout.versions
    match decision:
        case Held():
            return LinkAnswer(rollout, wave, held=decision)
        case ReadFirst():
            before = receipts.policies - {versions.policy}
            changes = changes_since_last(db, rollout, versions.policy) if before else ()
            view = ReadFirstView(plan, wave.wave, wave.id, versions, changes)
            launched = situation.progress.of(Step.POLICY, versions)
            launch_id = launched.launch_id if launched and launched.delivered_at else ""
            return LinkAnswer(rollout, wave, read_first=view, policy_launch_id=launch_id)
        case GiveLink():
            return _link(rollout, wave, person, receipts, now)


def _link(rollout: Rollout, wave: RunningWave, person: str, receipts: Receipts, now: datetime) -> LinkAnswer:
    plan, version = rollout.plan, rollout.versions.policy
    receiving = None
    if version not in receipts.links:
        receiving = Receiving(rollout.id, wave.id, person, ((Step.INSTALL, version),), 0, now)
    link = LinkView(plan.tool, plan.install_url, plan.contact, version)
    return LinkAnswer(rollout, wave, link=link, receiving=receiving)


def _written(db: Connection, found: LinkAnswer) -> LinkAnswer:
    if found.receiving is not None:
        people.receive(db, [found.receiving])
    return found


def _situation(
    db: Connection,
    rollout: Rollout,
    wave: RunningWave,
    receipts: Receipts,
    *,
    in_channel: bool,
    rules: Rulebook,
    now: datetime,
    progress: Progress | None = None,
) -> Situation:
    progress = progress or launches.progress(db, wave)
    # Texts that the wave was launched with have passed their gates; only newer ones have to be looked at here.
    launched = progress.of(Step.POLICY, rollout.versions) and progress.of(Step.REASON, rollout.versions)
    # Somebody who has read both is shown neither again, so there is nothing to look at for them.
    fit = bool(launched) or _has_read(receipts, rollout.versions) or _fit(db, rollout, wave, rules, now)
    return _surroundings(rollout, progress, in_channel=in_channel, fit=fit)


def _has_read(receipts: Receipts, versions: Versions) -> bool:
    return versions.policy in receipts.acknowledged and versions.reason in receipts.reasons


def _surroundings(rollout: Rollout, progress: Progress, *, in_channel: bool, fit: bool) -> Situation:
    return Situation(
        versions=rollout.versions,
        progress=progress,
        paused=rollout.pause is not None,
        in_wave=in_channel,
        fit=fit,
        acknowledgement_required=rollout.plan.rules.acknowledgement_required,
    )


def _fit(db: Connection, rollout: Rollout, wave: RunningWave, rules: Rulebook, now: datetime) -> bool:
    results = gates_of(db, rollout, wave, Step.REASON, rules, now)
    return all(result.holds for result in results if result.gate in TEXT_GATES and result.kind is Kind.HARD)


def _not_given_yet(before: Receipts, versions: Versions) -> tuple[tuple[Step, int], ...]:
    reason = () if versions.reason in before.reasons else ((Step.REASON, versions.reason),)
    return reason if versions.policy in before.policies else (*reason, (Step.POLICY, versions.policy))


def _look(db: Connection, launch_id: str, person: str) -> clicks.Clicked:
    seen = clicks.look(db, launch_id, person)
    if seen is None:
        raise Outdated
    return seen


def _looks(db: Connection, pressed: Sequence[Pressed]) -> list[clicks.Clicked | Outdated]:
    seen = clicks.looks(db, [(each.launch_id, each.person) for each in pressed])
    return [each if each is not None else Outdated() for each in seen]


def where(seen: clicks.Clicked) -> Clicked:
    """Where to ask Slack whether somebody is in the channel."""
    return Clicked(seen.wave_id, wave_in(seen.rollout, seen.wave_id).wave.channel, seen.known_member)


def _of_launch(db: Connection, launch_id: str) -> tuple[Launch, Rollout, RunningWave]:
    launch = launches.by_id(db, launch_id)
    rollout = rollouts.by_id(db, launch.rollout_id) if launch else None
    if launch is None or rollout is None:
        raise Outdated
    return launch, rollout, wave_in(rollout, launch.wave_id)


def _of_wave(db: Connection, wave_id: str) -> tuple[Rollout, RunningWave]:
    rollout = rollouts.of_wave(db, wave_id)
    if rollout is None:
        raise Outdated
    return rollout, wave_in(rollout, wave_id)


def clicked_wave(db: Connection, wave_id: str, person: str) -> Clicked:
    """The same for a button or form that carries a wave."""
    _rollout, wave = _of_wave(db, wave_id)
    return Clicked(wave.id, wave.wave.channel, people.is_member(db, wave.id, person))
