"""Loading a plan, for the first time or again: what may still change changes, what people were given does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.authority import require
from bot.domain.link import link_findings
from bot.domain.progress import Rollout, Versions
from bot.domain.refusals import ImmutablePart
from bot.domain.rollout import Plan, Step
from bot.domain.timeline import Event
from bot.services.answers import sign_off_plan
from bot.services.standing import locked
from bot.store import launches, rollouts, timeline
from faq.book import Book


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: whether the rollout is new, its versions now, and what changed, in words."""

    name: str
    created: bool
    versions: Versions
    changes: tuple[str, ...]


def load(db: Connection, plan: Plan, *, book: Book, by: str, now: datetime) -> Loaded:
    """Store a plan, or change the stored one of the same name.

    A reason or policy that somebody was given becomes a new version; one that nobody was given is replaced.
    Raises ImmutablePart, with everything that may not change any more.
    """
    stored = rollouts.by_name(db, plan.rollout, lock=True)
    if stored is None:
        rollout_id = rollouts.create(db, plan, by=by, now=now)
        timeline.append(
            db, rollout_id, Event.PLAN_LOADED, actor=by, now=now, data={"what": "reason and policy, version 1"}
        )
        sign_off_plan(db, locked(db, rollout_id), book, by=by, now=now)
        return Loaded(plan.rollout, created=True, versions=Versions(1, 1), changes=())
    return _change(db, stored, plan, book=book, by=by, now=now)


def edit(db: Connection, rollout_id: str, plan: Plan, *, book: Book, by: str, now: datetime) -> Loaded:
    """The same from Slack, by an owner. Raises NotAllowed or ImmutablePart."""
    stored = locked(db, rollout_id)
    require(by, stored.plan.owners, "edit this rollout")
    return _change(db, stored, plan, book=book, by=by, now=now)


def _change(db: Connection, stored: Rollout, plan: Plan, *, book: Book, by: str, now: datetime) -> Loaded:
    problems = immutable_parts(db, stored, plan)
    if problems:
        raise ImmutablePart(problems)
    versions = stored.versions
    changes: list[str] = []
    if plan.reason != stored.plan.reason:
        version = _next(db, stored, Step.REASON, versions.reason)
        rollouts.write_reason(db, stored.id, version, plan.reason, by=by, now=now)
        versions = replace(versions, reason=version)
        changes.append(f"the reason (version {version})")
        timeline.append(db, stored.id, Event.REASON_VERSION, actor=by, now=now, data={"version": version})
    if plan.policy != stored.plan.policy:
        version = _next(db, stored, Step.POLICY, versions.policy)
        rollouts.write_policy(db, stored.id, version, plan.policy, by=by, now=now)
        versions = replace(versions, policy=version)
        changes.append(f"the policy (version {version})")
        timeline.append(db, stored.id, Event.POLICY_VERSION, actor=by, now=now, data={"version": version})
    others = [name for name, old, new in _other_parts(stored.plan, plan) if old != new]
    if others:
        timeline.append(db, stored.id, Event.PLAN_LOADED, actor=by, now=now, data={"what": ", ".join(others)})
    changes += others
    if changes:
        rollouts.change(db, stored, plan, versions)
        sign_off_plan(db, locked(db, stored.id), book, by=by, now=now)
    return Loaded(plan.rollout, created=False, versions=versions, changes=tuple(changes))


def _next(db: Connection, stored: Rollout, step: Step, version: int) -> int:
    return version + 1 if launches.ever_given(db, stored.id, step, version) else version


def _other_parts(old: Plan, new: Plan) -> list[tuple[str, object, object]]:
    return [
        ("the tool's name", old.tool, new.tool),
        ("the install link", old.install_url, new.install_url),
        ("owners", old.owners, new.owners),
        ("HR contacts", old.hr, new.hr),
        ("the contact", old.contact, new.contact),
        ("roles", old.roles, new.roles),
        ("waves", old.waves, new.waves),
        ("check-ins", old.checkins, new.checkins),
        ("rules", old.rules, new.rules),
    ]


def immutable_parts(db: Connection, stored: Rollout, plan: Plan) -> list[tuple[str, str]]:
    """What of this plan may not replace what is stored: pairs of field and reason."""
    begun = launches.waves_begun(db, stored.id)
    if not begun:
        return []
    old, new = stored.plan, plan
    problems = _moved_link(old, new)
    for position, running in enumerate(stored.waves):
        if running.id not in begun:
            continue
        wave = running.wave
        there = new.wave_named(wave.name)
        if there is None:
            problems.append(("waves", f"{wave.name} has begun and cannot be taken out"))
            continue
        if new.waves.index(there) != position:
            problems.append(("waves", f"{wave.name} has begun and keeps its place in the order"))
        problems += [
            (f"waves[{new.waves.index(there)}].{part}", f"{wave.name} has begun; its {part} can no longer change")
            for part in ("team", "channel", "role")
            if getattr(there, part) != getattr(wave, part)
        ]
    if new.tool != old.tool:
        problems.append(("tool", "people have been told about it under its present name"))
    if new.rules.k < old.rules.k or new.rules.k_text < old.rules.k_text:
        problems.append(("rules.k", "the promise of how many people stay together cannot get weaker"))
    if new.rules.notice_working_days < old.rules.notice_working_days:
        problems.append(("rules.notice_working_days", "the promised notice cannot get shorter once a wave has begun"))
    if old.rules.acknowledgement_required and not new.rules.acknowledgement_required:
        problems.append(("rules.acknowledgement", "once a wave has begun, the link keeps waiting for it"))
    return problems


def _moved_link(old: Plan, new: Plan) -> list[tuple[str, str]]:
    """The link may move, but not to a host that the texts name: a latecomer is given them as they are."""
    if new.install_url == old.install_url or not link_findings(new):
        return []
    return [("install_url", "a text that people are given names this host")]
