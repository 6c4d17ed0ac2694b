"""`plan` and `timeline`: plan files are checked and stored, and what was done since is proved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.commands.given import Given
from bot.commands.terminal import FAULTY, OK, say
from bot.domain.refusals import ImmutablePart
from bot.plan import ParsedPlan, parse_plan
from bot.services import checking, plans
from bot.store import migrate
from bot.store.database import Database, open_database
from bot.views import printed
from faq.book import open_book

SAMPLE_PLAN = Path(__file__).parent.parent.parent / "examples" / "hourglass.yaml"
"""The plan that comes with Foreword."""


def parsed_plan(file: str | Path, today: date | None) -> ParsedPlan:
    """The plan in a file. Dates before `today` are faults. Raises PlanError."""
    return parse_plan(Path(file).read_bytes(), today=today)


def folder_of(name: str | None) -> Path | None:
    """The folder of somebody's own answers, if there is one."""
    return Path(name) if name else None


async def plan_check(given: Given) -> int:
    """`plan check FILE`: every gate that would fail, with line and field."""
    today = given.now.date()
    parsed = parsed_plan(given.typed.file, today)
    failures = checking.content_failures(parsed.plan, open_book(folder_of(given.typed.faq_dir)), today)
    say(printed.plan_report(parsed.plan, failures, parsed.lines))
    return FAULTY if failures else OK


async def plan_load(given: Given) -> int:
    """`plan load FILE`: check it, store it, and say which gates would still fail."""
    rules, now = given.rules, given.now
    database = open_database(given.settings.database_url)
    try:
        await database.run(migrate.require_present)
        parsed = await _parse_for(database, given.typed.file, now.date())
        try:
            loaded = await database.run(lambda db: plans.load(db, parsed.plan, book=rules.book, by="operator", now=now))
        except ImmutablePart as refusal:
            say(printed.refused_report(refusal.problems, parsed.lines))
            return FAULTY
    finally:
        await database.close()
    say(
        printed.loaded_report(
            loaded.name,
            created=loaded.created,
            reason=loaded.versions.reason,
            policy=loaded.versions.policy,
            changes=loaded.changes,
        )
    )
    failures = checking.content_failures(parsed.plan, rules.book, now.date())
    say(printed.plan_report(parsed.plan, failures, parsed.lines, stored=True))
    return OK


async def timeline_verify(given: Given) -> int:
    """`timeline verify`: prove that no entry was altered, removed or slipped in."""
    database = open_database(given.settings.database_url)
    try:
        await database.run(migrate.require_present)
        broken = await database.run(checking.broken_timelines)
    finally:
        await database.close()
    say(printed.timeline_report(broken))
    return FAULTY if any(entry is not None for entry in broken.values()) else OK


async def _parse_for(database: Database, file: str, today: date) -> ParsedPlan:
    """Read a plan; a date in the past is fine if the stored policy of that rollout has it already."""
    parsed = parsed_plan(file, None)
    stored = await database.run(lambda db: checking.effective_date(db, parsed.plan.rollout))
    return parsed if parsed.plan.policy.effective == stored else parsed_plan(file, today)
