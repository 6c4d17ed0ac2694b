"""How much memory it takes to launch to many people and to invite them all: `python -m tests.bench.crowd 100000`.

Slack's directory is made up page by page, and so holds nobody; what is measured is the bot. Prints JSON: for each stage the
seconds it took and by how many MB the process's peak has grown since before the first.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from bot.domain.pace import AT_ONCE
from bot.domain.rollout import Step
from bot.ports import MembersPage, PeoplePage, Person
from bot.sealing import Keyring
from bot.services import launching, my_data, plans, status
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.store import migrate, outbox, queue, restorations, roll_calls, rollouts, tables
from bot.store.database import SQLiteDatabase
from bot.store.statements import new_id
from faq.book import open_book
from scheduler.clock import MovableClock
from scheduler.jobs import Jobs
from tests.given import OTIS, PLAN

PAGE = 1_000
MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)


class Crowd:
    """A directory of so many people, none of whom is kept."""

    def __init__(self, people: int) -> None:
        self._people = people

    def _page(self, cursor: str) -> tuple[list[str], str]:
        start = int(cursor or 0)
        end = min(start + PAGE, self._people)
        return [f"U{number:09d}" for number in range(start, end)], str(end) if end < self._people else ""

    async def own_id(self) -> str:
        """The bot is none of them."""
        return "U0BOT"

    async def members_page(self, channel: str, cursor: str = "") -> MembersPage:
        """A thousand members."""
        people, onward = self._page(cursor)
        return MembersPage(tuple(people), onward)

    async def people_page(self, cursor: str = "") -> PeoplePage:
        """A thousand people."""
        people, onward = self._page(cursor)
        return PeoplePage(tuple(Person(each, each, "Europe/Berlin") for each in people), onward)


def peak() -> float:
    """MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def install(db: Connection, rules: Rulebook) -> None:
    """A rollout whose pilot was given everything; nobody has been counted yet."""
    plans.load(db, PLAN, book=rules.book, by=OTIS, now=MONDAY)
    rollout = rollouts.every(db)[0]
    wave = rollout.waves[0]
    for step in (Step.REASON, Step.POLICY, Step.INSTALL):
        launch_id = new_id()
        launch = {"id": launch_id, "rollout_id": rollout.id, "wave_id": wave.id, "run": 1, "step": step, "reason_version": 1,
                  "policy_version": 1, "digest": "", "state": "launched", "launched_by": OTIS, "created_at": MONDAY,
                  "launched_at": MONDAY, "delivered_at": MONDAY}  # fmt: skip
        db.execute(insert(tables.launch).values(**launch))
        if step is not Step.INSTALL:
            roll_calls.call_roll(db, launch_id, now=MONDAY)


async def measure(people: int, folder: Path) -> dict[str, Any]:
    """Every stage that touches everybody."""
    database = SQLiteDatabase(f"sqlite:///{folder / 'foreword.db'}")
    rules = Rulebook(open_book(), ZoneInfo("Europe/Berlin"), pace=AT_ONCE)
    ear, clock = Ear(Keyring(b"k" * 32), rules.zone), MovableClock(MONDAY, runs=False)
    await database.run(migrate.to)
    await database.run(lambda db: install(db, rules))
    jobs = Jobs(database, Crowd(people), clock, rules, ear)  # type: ignore[arg-type]
    await database.run(rollouts.every)
    stages: dict[str, tuple[float, float]] = {}
    start = peak()

    async def stage(name: str, work: Callable[[], Awaitable[object]]) -> None:
        began = time.perf_counter()
        await work()
        stages[name] = round(time.perf_counter() - began, 1), round(peak() - start, 1)

    async def until_nothing(job: Callable[[], Awaitable[int]]) -> None:
        while await job():
            pass

    async def invite_all() -> None:
        await jobs.plan_month()
        await until_nothing(jobs.invite)

    def card(db: Connection) -> None:
        rollout = rollouts.every(db)[0]
        status.summarise(db, status.of(db, rollout.id, now=clock.now()), rules=rules, now=clock.now())
        launching.preview(
            db,
            rollout,
            rollout.waves[0],
            Step.INSTALL,
            members=people,
            rules=rules,
            zone=rules.zone,
            today=clock.now().date(),
        )

    await stage("roll calls", lambda: until_nothing(jobs.call_rolls))
    clock.advance(timedelta(days=4))
    await stage("inviting", invite_all)
    await stage("status card", lambda: database.run(card))
    await stage("counting heads", jobs.count_heads)
    await stage("my data", lambda: database.run(lambda db: my_data.page(db, ear, "U000000001", [], now=clock.now())))
    clock.advance(timedelta(hours=12))
    await stage("the outbox", lambda: database.run(lambda db: queue.queue(db, now=clock.now())))
    await stage("claiming", lambda: database.run(lambda db: _claim(db, clock.now())))
    await stage("doubting all", lambda: database.run(lambda db: _doubt(db, clock.now())))
    clock.advance(timedelta(days=10))
    await stage("closing", jobs.close_checkins)
    await stage("tidying", jobs.tidy)
    await stage("publishing", jobs.publish)
    counts = await database.run(_counts)
    await database.close()
    return {
        "people": people,
        "counts": counts,
        "stages": stages,
        "size_mb": round((folder / "foreword.db").stat().st_size / 1e6),
    }


def _claim(db: Connection, now: datetime) -> None:
    outbox.claim(db, "me", now=now, lease_until=now + timedelta(seconds=45), limit=5)


def _doubt(db: Connection, now: datetime) -> None:
    restorations.doubt_unsent(db, taken_at=now - timedelta(hours=1), now=now)


def _counts(db: Connection) -> dict[str, int]:
    names = ("member", "receipt", "invitation", "delivery")
    return {name: db.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0 for name in names}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.stdout.write(json.dumps(asyncio.run(measure(int(sys.argv[1]), Path(made)))) + "\n")
