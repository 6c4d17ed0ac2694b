"""What can be said of a plan by looking at it alone, and of a stored timeline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from bot.domain.findings import Finding
from bot.domain.gates import Gate, content_findings
from bot.domain.rollout import Plan
from bot.domain.timeline import first_broken
from bot.services.answers import core_answers
from bot.store import rollouts, timeline
from faq.book import Book


def content_failures(plan: Plan, book: Book, today: date) -> Mapping[Gate, tuple[Finding, ...]]:
    """The gates that this plan would fail whatever happens later, each with its findings; the others are left out."""
    found = dict(content_findings(plan))
    answers: dict[str, Finding] = {}
    for wave in plan.waves:
        for item in core_answers(plan, plan.role_of(wave), book, today):
            if item.problem:
                answers.setdefault(item.entry, Finding(f"answer {item.entry}", item.problem, item.mend))
    found[Gate.ANSWERS_READY] = tuple(answers.values())
    return {gate: findings for gate, findings in found.items() if findings}


def effective_date(db: Connection, name: str) -> date | None:
    """From when the stored policy of that rollout holds; such a date may lie in the past when it is loaded again."""
    stored = rollouts.by_name(db, name)
    return stored.plan.policy.effective if stored else None


def broken_timelines(db: Connection) -> Mapping[str, int | None]:
    """For each rollout the number of the first entry that is not what it was; None where the chain is whole."""
    return {
        rollout.name: first_broken(timeline.chain(db, rollout.id), timeline.head(db, rollout.id))
        for rollout in rollouts.every(db)
    }


def channels(db: Connection) -> list[str]:
    """The channels of every wave."""
    return [wave.wave.channel for rollout in rollouts.every(db) for wave in rollout.waves]
