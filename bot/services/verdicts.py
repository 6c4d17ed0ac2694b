"""The verdict as managers read it, what the wave is told of it, and who of a pilot speaks of it by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, in_charge, may_report, require
from bot.domain.checkin import CheckinState, Verdict
from bot.domain.delivery import DeliveryKind
from bot.domain.link import mentions_link
from bot.domain.policy_changes import policy_changes
from bot.domain.progress import Rollout, RunningWave
from bot.domain.publication import Publication
from bot.domain.pushback_figures import stretches_of
from bot.domain.refusals import LargeEnoughToAsk, NamesTheLink, NothingToPassOn
from bot.domain.rollout import Step
from bot.domain.timeline import Event
from bot.ports import Post
from bot.services import standing
from bot.services.checkins import undelivered
from bot.store import checkin_answers as voices
from bot.store import checkins, launches, outbox, people, rollouts, signs, timeline, verdicts
from bot.store.evidence import MOST_MISSED, Held
from bot.store.outbox import Draft
from bot.views.policy_text import changes_in_words
from bot.views.verdict import CheckinLine, VerdictSummary, verdict_news
from bot.views.words import counted

LONGEST_WORDS = 2_500


def summary_of(
    db: Connection, rollout: Rollout, wave: RunningWave, *, now: datetime, pushback: Sequence[Publication] = ()
) -> VerdictSummary:
    """Everything on the verdict's card."""
    rounds = [
        CheckinLine(
            each.day,
            each.date,
            each.closes_at,
            each.state,
            each.invited,
            each.result,
            undelivered(db, rollout.id, each),
            each.run < wave.run,
        )
        for each in checkins.of_wave(db, wave, every_run=True)
    ]
    newest = next((each for each in reversed(checkins.of_wave(db, wave)) if each.state is CheckinState.CLOSED), None)
    faults = signs.faults_of(db, [wave.id], shown_at=now)
    paused, relaunched = _break(db, rollout)
    return VerdictSummary(
        plan=rollout.plan,
        wave=wave.name,
        wave_id=wave.id,
        pilot=rollout.is_pilot(wave),
        too_small=not people.at_least(db, wave.id, rollout.plan.rules.k),
        given=verdicts.latest(db, wave),
        rounds=rounds,
        comments=voices.comments(db, newest.id) if newest else [],
        faults=faults,
        vouching=verdicts.vouching(db, wave.id),
        pushback=[stretch for publication in pushback for stretch in stretches_of(publication)],
        paused_at=paused,
        relaunched_at=relaunched,
    )


def who_reads(rollout: Rollout) -> tuple[str, ...]:
    """Everybody in charge, and HR."""
    return tuple(dict.fromkeys((*everybody_in_charge(rollout.plan), *may_report(rollout.plan))))


def sees_pushback(rollout: Rollout, person: str) -> bool:
    """Whether the themes of the pushback are on this person's card: for owners and HR."""
    return person in may_report(rollout.plan)


def closed_message(db: Connection, rollout: Rollout, wave: RunningWave, *, now: datetime) -> Post:
    """What managers and owners are sent when a check-in has closed."""
    return verdict_news(summary_of(db, rollout, wave, now=now))


def what_changed(db: Connection, rollout: Rollout, wave: RunningWave) -> str:
    """What was changed since this wave was last told a verdict (or its link): a first draft of "you said, we changed"."""
    progress = launches.progress(db, wave)
    install = progress.latest(Step.INSTALL)
    told = timeline.last_of(db, rollout.id, Event.VERDICT_TOLD, wave.name)
    since = told or (install.delivered_at if install else None)
    if since is None:
        return ""
    found = []
    before = max(
        (x.versions.policy for x in progress.launched if x.step is Step.POLICY and x.at <= since), default=None
    )
    old = rollouts.policy_of(db, rollout.id, before) if before else None
    if old is not None and before != rollout.versions.policy:
        found.append(f"The policy, version {rollout.versions.policy}:")
        found.append(changes_in_words(policy_changes(old, rollout.plan.policy)))
    found += [
        f"Mended: {fault.words}" + (f" ({fault.note})" if fault.note else "")
        for fault in signs.fixed_since(db, wave.id, since)
    ]
    found += [
        f"Looked into: {sign.note}"
        for sign in signs.signs_of(db, rollout.id)
        if sign.attended_at and sign.attended_at > since and sign.note and sign.wave_id in {None, wave.id}
    ]
    return "\n".join(found)


def tell(
    db: Connection, rollout_id: str, wave_id: str, changed: str, *, by: str, now: datetime
) -> tuple[Rollout, RunningWave]:
    """Post the verdict, and what changed because of it, in the wave's channel.

    Raises Outdated, NotAllowed, NothingToPassOn or NamesTheLink.
    """
    rollout = standing.locked(db, rollout_id)
    wave = standing.wave_in(rollout, wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"tell {wave.name} its verdict")
    given = verdicts.latest(db, wave)
    words = changed.strip()[:LONGEST_WORDS]
    if given is None or not any(character.isalnum() for character in words):
        raise NothingToPassOn
    link = mentions_link(words, rollout.plan.install_url)
    if link:
        raise NamesTheLink(link)
    key = f"verdict_told:{wave.id}:{wave.run}:{given.at.isoformat()}:{len(words)}:{words[:200]}"
    draft = Draft(
        key=key,
        kind=DeliveryKind.VERDICT_TOLD,
        recipient=wave.wave.channel,
        rollout_id=rollout.id,
        data={"wave_id": wave.id, "verdict": given.verdict, "why": given.because or "", "changed": words},
    )
    if outbox.write(db, [draft], now=now):
        data = {"wave": wave.name, "verdict": str(given.verdict)}
        timeline.append(db, rollout.id, Event.VERDICT_TOLD, actor=by, now=now, data=data)
    return rollout, wave


def enter_by_hand(
    db: Connection, rollout_id: str, wave_id: str, verdict: str, words: str, *, by: str, now: datetime
) -> RunningWave:
    """An owner enters what a team too small for check-ins said. The team reads it, in the owner's words.

    Raises Outdated, NotAllowed, LargeEnoughToAsk, NothingToPassOn or NamesTheLink.
    """
    rollout = standing.locked(db, rollout_id)
    wave = standing.wave_in(rollout, wave_id)
    require(by, rollout.plan.owners, "enter a verdict")
    if people.at_least(db, wave.id, rollout.plan.rules.k):
        raise LargeEnoughToAsk
    said = words.strip()[:LONGEST_WORDS]
    if verdict not in set(Verdict) or not any(character.isalnum() for character in said):
        raise NothingToPassOn
    link = mentions_link(said, rollout.plan.install_url)
    if link:
        raise NamesTheLink(link)
    policy = launches.progress(db, wave).latest(Step.POLICY)
    version = policy.versions.policy if policy else rollout.versions.policy
    verdicts.give_by_hand(db, wave, Verdict(verdict), version, by=by, words=said, now=now)
    data: dict[str, str | int] = {"wave": wave.name, "verdict": verdict}
    timeline.append(db, rollout.id, Event.VERDICT_BY_HAND, actor=by, now=now, data=data)
    draft = Draft(
        key=f"verdict_by_hand:{wave.id}:{now.isoformat()}",
        kind=DeliveryKind.VERDICT_TOLD,
        recipient=wave.wave.channel,
        rollout_id=rollout.id,
        data={"wave_id": wave.id, "verdict": verdict, "why": "by_hand", "changed": said},
    )
    outbox.write(db, [draft], now=now)
    return wave


def tell_small_team(db: Connection, rollout: Rollout, wave: RunningWave, *, now: datetime) -> None:
    """A team too small to be asked without names is told so when it hears the reason: before anything is installed."""
    if people.at_least(db, wave.id, rollout.plan.rules.k):
        return
    draft = Draft(
        key=f"too_small:{wave.id}:{wave.run}",
        kind=DeliveryKind.TEAM_TOO_SMALL,
        recipient=wave.wave.channel,
        rollout_id=rollout.id,
        data={"wave_id": wave.id},
    )
    outbox.write(db, [draft], now=now)


def notes(rollout: Rollout, held: Sequence[Held]) -> list[str]:
    """What the status card says of a wave's check-ins."""
    found = []
    for each in held:
        name = f"Check-in of day {each.day}"
        match each.state:
            case CheckinState.PLANNED | CheckinState.OPEN:
                preparing = "people are being written down to be asked; " if each.state is CheckinState.PLANNED else ""
                found.append(
                    f"{name}: {preparing}open until {each.closes_at:%d %B, %H:%M} UTC; who answers is not counted before."
                )
            case CheckinState.CLOSED:
                asked = counted(each.invited, "person", "people")
                said = (
                    f"{each.answered} of {asked} answered"
                    if each.answered is not None
                    else (f"fewer than {rollout.plan.rules.k} of {asked} answered, so nothing is shown")
                )
                least = "at least " if each.missed == MOST_MISSED else ""
                missed = f"{least}{counted(each.missed, 'person', 'people')}"
                late = f"; {missed} could not be asked in time" if each.missed else ""
                found.append(f"{name}: {said}{late}.")
            case CheckinState.SKIPPED:
                found.append(f"{name}: skipped; I could not ask within its days.")
            case CheckinState.TOO_SMALL:
                found.append(
                    f"{name}: not asked, because among fewer than {rollout.plan.rules.k} people answers could be traced. "
                    "Talk with the team, and enter what it says with `/rollout verdict`."
                )
    return found


def _break(db: Connection, rollout: Rollout) -> tuple[datetime | None, datetime | None]:
    """When the rollout was last paused before a relaunch, and when it was launched again."""
    relaunched = timeline.last_of(db, rollout.id, Event.RELAUNCHED)
    if relaunched is None:
        return None, None
    return timeline.last_of(db, rollout.id, Event.PAUSED, before=relaunched), relaunched
