"""The core answers with a rollout's facts: rendered, checked, signed off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection

from bot.domain.authority import in_charge, require
from bot.domain.facts import facts_of
from bot.domain.gates import CoreAnswer
from bot.domain.progress import Rollout, RunningWave
from bot.domain.pushback import CORE_ENTRIES
from bot.domain.rollout import Plan, Role
from bot.domain.timeline import Event
from bot.services.standing import locked, wave_in
from bot.store import briefings, timeline
from bot.views.briefing import BriefAnswer
from bot.views.escape import escape
from faq.book import Book, answer, missing_facts

SIGNED_AT_ONCE = 40
"""How many answers one form shows for signing off."""
DIGEST_DIGITS = 32
"""Forty digests have to fit into what Slack lets a modal remember."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A core answer for one role; `problem` and `mend` say why it cannot be given, if it cannot."""

    entry: str
    question: str
    text: str = ""
    problem: str = ""
    mend: str = ""

    @property
    def digest(self) -> str:
        """A fingerprint of the question and the answer, for the sign-off."""
        return hashlib.sha256(f"{self.question}\n{self.text}".encode()).hexdigest()[:DIGEST_DIGITS]


def escaped_facts(plan: Plan, role: Role) -> dict[str, str]:
    """The facts as Slack markup: what people wrote is escaped, the contact is a mention."""
    return dict(_escaped_facts(plan, role))


@lru_cache(maxsize=64)
def _escaped_facts(plan: Plan, role: Role) -> dict[str, str]:
    facts = {name: escape(text) for name, text in facts_of(plan, role).items()}
    if plan.contact:
        facts["contact"] = f"<@{plan.contact}>"
    return facts


def core_answers(plan: Plan, role: Role, book: Book, today: date) -> tuple[Rendered, ...]:
    """Each core objection's answer with this plan's facts for this role."""
    facts = escaped_facts(plan, role)
    return tuple(_render(entry_id, facts, book, today) for entry_id in CORE_ENTRIES)


def all_answers(plan: Plan, role: Role, book: Book, today: date) -> tuple[Rendered, ...]:
    """Every entry's answer with this plan's facts for this role, the core objections first."""
    facts = escaped_facts(plan, role)
    others = sorted(set(book.entries) - set(CORE_ENTRIES))
    return tuple(_render(entry_id, facts, book, today) for entry_id in (*CORE_ENTRIES, *others))


def unsigned(db: Connection, rollout: Rollout, role: Role, book: Book, today: date) -> tuple[Rendered, ...]:
    """The answers that read differently from what was signed off, and that nothing else keeps from being given."""
    signed = briefings.signed_off(db, rollout.id)
    return tuple(
        item
        for item in all_answers(rollout.plan, role, book, today)
        if not item.problem and (item.entry, item.digest) not in signed
    )


def _render(entry_id: str, facts: dict[str, str], book: Book, today: date) -> Rendered:
    entry = book.get(entry_id)
    if entry is None:
        return Rendered(
            entry_id, "", problem="there is no such entry.", mend=f"Add {entry_id}.md to the folder of entries."
        )
    if entry.review_by < today:
        return Rendered(
            entry_id,
            entry.question,
            problem=f"its review was due on {entry.review_by:%d %B %Y}.",
            mend=f"Read {entry_id}.md again and move its review date.",
        )
    missing = missing_facts(entry, facts)
    if missing:
        return Rendered(
            entry_id,
            entry.question,
            problem=f"the plan does not say: {', '.join(missing)}.",
            mend="Complete the plan: /rollout edit policy",
        )
    return Rendered(entry_id, entry.question, answer(entry, facts))


def states(
    signed: frozenset[tuple[str, str]], rollout: Rollout, wave: RunningWave, book: Book, today: date
) -> tuple[CoreAnswer, ...]:
    """What the gate `answers_ready` looks at; `signed` are the core answers that were signed off, as entry and digest."""
    found = []
    for item in core_answers(rollout.plan, rollout.plan.role_of(wave.wave), book, today):
        if item.problem:
            found.append(CoreAnswer(item.entry, item.problem, item.mend))
        elif (item.entry, item.digest) not in signed:
            found.append(
                CoreAnswer(
                    item.entry,
                    "it reads differently from what was signed off.",
                    "Read the answers as they are now and sign them off: /rollout check, then the button.",
                )
            )
        else:
            found.append(CoreAnswer(item.entry))
    return tuple(found)


def sign_off_plan(db: Connection, rollout: Rollout, book: Book, *, by: str, now: datetime) -> None:
    """Whoever writes the facts is shown the answers made of them and signs them off with it, for every role."""
    ready = [
        (item.entry, item.digest)
        for role in rollout.plan.roles
        for item in all_answers(rollout.plan, role, book, now.date())
        if not item.problem
    ]
    briefings.sign_off(db, rollout.id, ready, by=by, now=now)


def sign_off_entry(db: Connection, rollout: Rollout, entry_id: str, book: Book, *, by: str, now: datetime) -> None:
    """Whoever writes an entry signs it off with it, for every role."""
    ready = [
        (item.entry, item.digest)
        for role in rollout.plan.roles
        if not (item := _render(entry_id, escaped_facts(rollout.plan, role), book, now.date())).problem
    ]
    briefings.sign_off(db, rollout.id, ready, by=by, now=now)


def sign_off_wave(
    db: Connection, rollout_id: str, wave_id: str, book: Book, *, by: str, digests: Sequence[str], now: datetime
) -> None:
    """Sign off the answers that somebody in charge has just read. `digests` are those of the texts they were shown."""
    rollout = locked(db, rollout_id)
    wave = wave_in(rollout, wave_id)
    require(by, in_charge(rollout.plan, wave.wave), "sign off the answers")
    shown = [
        item
        for item in all_answers(rollout.plan, rollout.plan.role_of(wave.wave), book, now.date())
        if not item.problem and item.digest in digests
    ]
    if briefings.sign_off(db, rollout.id, [(item.entry, item.digest) for item in shown], by=by, now=now):
        timeline.append(
            db,
            rollout.id,
            Event.ANSWERS_SIGNED_OFF,
            actor=by,
            now=now,
            data={"entries": ", ".join(item.entry for item in shown)},
        )


def brief_answers(plan: Plan, role: Role, book: Book, today: date) -> tuple[BriefAnswer, ...]:
    """The answers as the briefing shows them."""
    return tuple(
        BriefAnswer(item.question, item.text) for item in core_answers(plan, role, book, today) if not item.problem
    )
