"""What one person may be given next: the order of the whole rollout, kept for each reader alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.progress import Progress, Versions
from bot.domain.rollout import Step


@dataclass(frozen=True, slots=True)
class Receipts:
    """The versions this person was given, which policy versions they said they have read, and for which they had the link."""

    reasons: frozenset[int] = frozenset()
    policies: frozenset[int] = frozenset()
    acknowledged: frozenset[int] = frozenset()
    links: frozenset[int] = frozenset()


class Held(StrEnum):
    """Why nobody is given the link right now."""

    PAUSED = "paused"
    NOT_IN_WAVE = "not_in_wave"
    NOT_LAUNCHED = "not_launched"
    UNFIT = "unfit"
    """A new version of the policy or reason is being written and does not pass its gates yet."""


@dataclass(frozen=True, slots=True)
class ReadFirst:
    """The person has to be shown these before the link, reason first."""

    reason: bool
    policy: bool


@dataclass(frozen=True, slots=True)
class GiveLink:
    """The person may have the link."""


LinkDecision = Held | ReadFirst | GiveLink


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds a person who asks for the link. `fit`: the present texts pass the gates that guard every launch."""

    versions: Versions
    progress: Progress
    paused: bool
    in_wave: bool
    fit: bool
    acknowledgement_required: bool


def decide_link(receipts: Receipts, situation: Situation) -> LinkDecision:
    """Whether this person gets the link now, or what they have to be shown first.

    The link needs receipts for the *present* versions of both texts: whoever read version 1 and asks after
    version 2 was written is shown version 2.
    """
    if situation.paused:
        return Held.PAUSED
    if not situation.in_wave:
        return Held.NOT_IN_WAVE
    if situation.progress.latest(Step.INSTALL) is None:
        return Held.NOT_LAUNCHED
    versions = situation.versions
    reason_due = versions.reason not in receipts.reasons
    read = receipts.acknowledged if situation.acknowledgement_required else receipts.policies
    policy_due = reason_due or versions.policy not in read
    if not policy_due:
        return GiveLink()
    return ReadFirst(reason=reason_due, policy=True) if situation.fit else Held.UNFIT


def was_taken_for_granted(
    known_since: datetime | None, given: Sequence[tuple[datetime, datetime | None]], *, came_at: datetime
) -> bool:
    """Whether somebody who came at that moment was taken for one of those who had been there before.

    A roll is called after its message, and takes everybody it finds for present then: all that is known of them is as old as a
    receipt. Not so if they have read the policy since. `given` are times of giving and of reading.
    """
    before = [(given_at, read) for given_at, read in given if given_at < came_at]
    if known_since is None or any(read for _given_at, read in before):
        return False
    return any(given_at == known_since for given_at, _read in before)


def due_for_latecomer(receipts: Receipts, situation: Situation) -> tuple[Step, ...]:
    """The steps that somebody who joins the wave now has missed, in order; nothing that the wave has not had."""
    if situation.paused or not situation.in_wave:
        return ()
    given = {Step.REASON: situation.versions.reason in receipts.reasons}
    given[Step.POLICY] = situation.versions.policy in receipts.policies
    due: list[Step] = []
    for step in (Step.REASON, Step.POLICY, Step.INSTALL):
        had = situation.progress.of(step, situation.versions)
        if had is None:
            break
        if not given.get(step, False):
            due.append(step)
    return tuple(due)
