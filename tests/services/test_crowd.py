"""A launch to very many people: what it takes in memory does not grow with them, and managers read how long it goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.rollout import CheckinBy, Step
from bot.services import launching, plans
from bot.services.launching import Rulebook
from bot.store import migrate, rollouts
from bot.views.preview import launch_preview
from faq.book import open_book
from tests import databases
from tests.e2e.conftest import said
from tests.given import MONDAY, OTIS, PLAN, TODAY

ROOT = Path(__file__).parent.parent.parent
PEOPLE = 10_000
MOST_MB = 22
"""Held at once, ten thousand people with their receipts, invitations and messages would be about a hundred."""


@pytest.mark.timeout(300)
def test_memory_does_not_grow_with_the_crowd() -> None:
    """Roll calls, invitations, status card, outbox, restore, close: everybody is written down, and nobody is held."""
    command = [sys.executable, "-m", "tests.bench.crowd", str(PEOPLE)]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    assert told["counts"]["member"] == told["counts"]["invitation"] == PEOPLE
    assert told["counts"]["receipt"] == 2 * PEOPLE
    assert told["counts"]["delivery"] >= 2 * PEOPLE, "an invitation and a reminder for each"
    assert max(grown for _seconds, grown in told["stages"].values()) < MOST_MB, told


@pytest.mark.database
@pytest.mark.parametrize(
    ("step", "by", "says"),
    [
        (Step.POLICY, CheckinBy.DM, "who was there is written down"),
        (Step.INSTALL, CheckinBy.DM, "Slack lets that go on for about 6 hours"),
        (Step.INSTALL, CheckinBy.CHANNEL, ""),
    ],
)
def test_a_preview_says_how_long_it_goes_on(step: Step, by: CheckinBy, says: str) -> None:
    """To 100,000 people, before anything is confirmed; to a team it says nothing of the kind."""
    rules = Rulebook(open_book(), ZoneInfo("Europe/Berlin"))
    database = databases.opened()
    plan = replace(PLAN, checkins=replace(PLAN.checkins, by=by))

    def shown(members: int) -> str:
        def preview(db: object) -> str:
            rollout = rollouts.every(db)[0]  # type: ignore[arg-type]
            made = launching.preview(
                db,  # type: ignore[arg-type]
                rollout,
                rollout.waves[0],
                step,
                members=members,
                rules=rules,
                zone=rules.zone,
                today=TODAY,
            )
            return said(list(launch_preview(made).blocks))

        return database.run_now(preview)

    if not databases.on_postgresql():
        database.run_now(migrate.to)
    database.run_now(lambda db: plans.load(db, plan, book=rules.book, by=OTIS, now=MONDAY))
    many, few = shown(200_000 if step is Step.POLICY else 100_000), shown(40)
    for word in ("*Check-ins:*", "*Afterwards:*"):
        assert word not in few
        assert (word in many) is (bool(says) and (word == "*Check-ins:*") is (step is Step.INSTALL))
    assert says in many
