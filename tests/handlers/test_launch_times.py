"""`launch … at` means the manager's own time zone, on days with an hour too few or too many as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.domain.refusals import InThePast
from bot.domain.rollout import Step
from bot.ports import Person, Post, SlackRefused
from bot.services import plans
from bot.services.launching import Rulebook
from bot.store import launches, rollouts
from bot.store.schema import METADATA
from faq.book import open_book
from handlers.desk import Desk
from handlers.rollout_command import propose
from tests import databases
from tests.given import MARA, MONDAY, PLAN
from tests.views.test_block_kit import texts_of

pytestmark = pytest.mark.database
BOOK = open_book()


class OneManager:
    """A directory in which everybody lives in one zone; None when Slack does not say."""

    def __init__(self, tz: str | None) -> None:
        self.tz = tz

    async def person(self, user: str) -> Person:
        if self.tz is None:
            raise SlackRefused("users.info", "user_not_found")
        return Person(user, "Mara", self.tz)


async def proposed(tmp_path: Path, tz: str | None, at: datetime, now: datetime = MONDAY) -> tuple[datetime, str]:
    """When the launch would go, in UTC, and what its manager is shown."""
    database = databases.opened(tmp_path)
    database.run_now(METADATA.create_all)
    database.run_now(lambda db: plans.load(db, PLAN, book=BOOK, by="operator", now=now))

    async def store(work: Callable[[Connection], Any]) -> Any:
        return database.run_now(work)

    rules = Rulebook(BOOK, ZoneInfo("Europe/Berlin"))
    desk = cast("Desk", SimpleNamespace(directory=OneManager(tz), rules=rules, store=store, now=lambda: now))
    rollout = database.run_now(lambda db: rollouts.by_name(db, PLAN.rollout))
    assert rollout
    try:
        shown: Post = await propose(desk, MARA, rollout, rollout.waves[0], Step.BRIEF, at)
        buttons = [e["value"] for b in shown.blocks if b["type"] == "actions" for e in b["elements"]]
        kept = database.run_now(lambda db: launches.proposal(db, buttons[0]))
    finally:
        await database.close()
    assert kept
    assert kept.due_at
    return kept.due_at, " ".join(texts_of(list(shown.blocks), markup=True))


@pytest.mark.parametrize(
    ("tz", "at", "utc", "said"),
    [
        ("Europe/Berlin", "2026-12-14 09:00", "2026-12-14 08:00", "09:00 (Europe/Berlin)"),
        ("Asia/Tokyo", "2026-12-14 09:00", "2026-12-14 00:00", "09:00 (Asia/Tokyo)"),
        ("America/New_York", "2026-12-14 09:00", "2026-12-14 14:00", "09:00 (America/New_York)"),
        ("Asia/Kathmandu", "2026-12-14 09:00", "2026-12-14 03:15", "09:00 (Asia/Kathmandu)"),
        ("Pacific/Kiritimati", "2026-12-14 09:00", "2026-12-13 19:00", "09:00 (Pacific/Kiritimati)"),
        ("Europe/Berlin", "2027-03-28 02:30", "2027-03-28 01:30", "03:30 (Europe/Berlin)"),
        ("Europe/Berlin", "2027-10-31 02:30", "2027-10-31 00:30", "02:30 (Europe/Berlin)"),
        ("Mars/Olympus", "2026-12-14 09:00", "2026-12-14 08:00", "09:00 (Europe/Berlin)"),
        ("", "2026-12-14 09:00", "2026-12-14 08:00", "09:00 (Europe/Berlin)"),
        (None, "2026-12-14 09:00", "2026-12-14 08:00", "09:00 (Europe/Berlin)"),
        ("Pacific/Kiritimati", "2000-01-01 00:00", None, ""),
        ("Europe/Berlin", "2026-11-30 09:00", None, ""),
    ],
)  # fmt: skip
async def test_a_time_is_the_managers_own(tmp_path: Path, tz: str | None, at: str, utc: str | None, said: str) -> None:
    """The preview says the moment that is really meant: an hour that does not exist is the next one, a doubled one the first."""
    typed = datetime.fromisoformat(at)
    if utc is None:
        with pytest.raises(InThePast):
            await proposed(tmp_path, tz, typed)
        return
    due, shown = await proposed(tmp_path, tz, typed)
    assert due == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert said in shown
