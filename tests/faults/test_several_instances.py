"""Several instances on one PostgreSQL, killed, stopped and started at random: nothing is lost, and nothing is there twice.

Some are stopped for longer than a lease; the balancer before them gives some requests to two of them at once.
FOREWORD_CHAOS_SEEDS is a list such as `3,17` or how many seeds to try; a seed says what happens to whom and when, as far as
the machine's own pace allows. FOREWORD_CHAOS_SECONDS is how long people go on after the last step.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.delivery import DeliveryState
from bot.domain.pushback import Theme
from bot.domain.weeks import week_of
from bot.plan import parse_plan
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.sealing import Keyring
from bot.services import checking, plans
from bot.store import questions, rollouts, tables, voice_tables
from bot.store.database import PostgreSQLDatabase
from faq.book import open_book
from tests import databases
from tests.e2e.conftest import HELEN, LINK, LUCAS, MARA, OTIS, TEAM, said
from tests.faults.births import Nursery, settings_for
from tests.faults.fast_clock import FastClock
from tests.faults.instances import FACTOR, PATIENCE, Instance, Office
from tests.faults.oracle import TITLES
from tests.given import MONDAY, SAMPLE

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

ROOT = Path(__file__).parent.parent.parent
INSTANCES = 3
CHAOS_SECONDS = float(os.environ.get("FOREWORD_CHAOS_SECONDS") or 0)
SECRET = "k" * 40


def seeds() -> list[int]:
    """Which seeds to try: named, or so many; one by default."""
    given = os.environ.get("FOREWORD_CHAOS_SEEDS") or "1"
    return [int(each) for each in given.split(",")] if "," in given else list(range(int(given)))


def ask_and_answer(db: Connection, askers: list[str], now: Any) -> None:
    """A question that these people asked without their names, and that HR has answered: on its way back."""
    rollout = rollouts.every(db)[0]
    week = week_of(MONDAY, ZoneInfo("Europe/Berlin"))
    question_id = questions.add(
        db, rollout.id, wave_id=None, week=week, theme=Theme.WHO_SEES, text="Who sees it?", post_at=MONDAY
    )
    keys = Keyring(SECRET.encode())
    for person in askers:
        sealed = keys.seal(json.dumps({"person": person, "until": (now + timedelta(days=14)).isoformat()}))
        questions.join(db, question_id, sealed, counted_at=MONDAY)
    assert questions.answer(db, question_id, text="Your manager does.", by=HELEN, entry=None)


@pytest.fixture
async def office(nursery: Nursery, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """A rollout with nothing launched, and three instances."""
    origin = time.time()
    clock = FastClock(origin, FACTOR)
    slack = SandboxSlack(clock=clock, limits=NO_LIMITS, retry_delays=(0.2, 1.0, 3.0), hang_seconds=2.0)
    url = await asyncio.to_thread(databases.fresh)
    plan = parse_plan(SAMPLE.read_bytes(), today=date(2026, 11, 30)).plan
    book = open_book()
    database = PostgreSQLDatabase(url)
    await database.run(lambda db: plans.load(db, plan, book=book, by="operator", now=clock.now()))
    await database.close()
    async with running(slack.app) as address:
        slack.app.state.address = address
        settings = settings_for(slack, api_url=f"{address}/api/", database_url=url, port=0, secret=SECRET)
        instances = [Instance(nursery, settings, origin) for _each in range(INSTANCES)]
        slack.bot_url = f"http://127.0.0.1:{instances[0].port}/slack/events"
        for instance in instances:
            await instance.start()
        made = Office(slack, url, instances, request.node.callspec.params["seed"])
        try:
            async with asyncio.timeout(PATIENCE):
                while not all([await instance.is_up() for instance in instances]):
                    await asyncio.sleep(0.05)
            yield made
        finally:
            for instance in instances:
                await instance.kill()
                await instance.line.close()
            await slack.stop()


@pytest.mark.timeout(600 + 2 * CHAOS_SECONDS)
@pytest.mark.parametrize("seed", seeds())
async def test_killed_and_stopped_at_random(
    office: Office, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """A whole pilot, a latecomer, answers on their way back: everything once, in order, and nothing lost."""
    database = PostgreSQLDatabase(office.url, pool_size=2)
    askers = [person for person in office.members if person not in (MARA, OTIS)]
    bad = asyncio.create_task(office.bad_days())
    try:
        await database.run(lambda db: ask_and_answer(db, askers, MONDAY))
        for step in ("brief", *TITLES):
            await office.launch(step)
            if step == "brief":
                await office.insist(MARA, "brief_can_answer")
            if step == "policy":
                await office.have_read(askers)
                await office.slack.join(LUCAS, TEAM)
                await office.type(MARA, "/rollout override notice_period pilot because the test is short")
                await office.type(OTIS, "/rollout approve")
        await office.go_on(CHAOS_SECONDS)
    finally:
        bad.cancel()
        await asyncio.gather(bad, return_exceptions=True)
        await office.good_days()
    await comes_to_rest(office, database, askers)
    for instance in office.instances:
        await instance.kill()
    await everything_holds(office, database, askers)
    await database.close()
    for name, number in {**office.ill, "twice": office.balancer.twice}.items():
        record_property(name, number)


async def comes_to_rest(office: Office, database: PostgreSQLDatabase, askers: list[str]) -> None:
    """Wait until nothing is on its way any more."""
    moving = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNSURE)

    def left(db: Connection) -> dict[str, int]:
        rows = db.execute(
            select(tables.delivery.c.state, func.count()).where(tables.delivery.c.state.in_(moving)).group_by("state")
        )
        found: dict[str, int] = {row[0]: row[1] for row in rows}
        addresses = db.scalar(select(func.count()).select_from(voice_tables.sealed_address)) or 0
        calls = db.scalar(select(func.count()).where(tables.roll_call.c.done_at.is_(None))) or 0
        return found | {name: n for name, n in {"addresses": addresses, "roll calls": calls}.items() if n}

    until = time.monotonic() + PATIENCE
    while still := await database.run(left):
        assert time.monotonic() < until, f"still on its way: {still}"
        await asyncio.sleep(0.3)


async def everything_holds(office: Office, database: PostgreSQLDatabase, askers: list[str]) -> None:
    """The oracle: Slack's own messages against the rows of the database."""
    everywhere = [
        (place, message)
        for place in office.slack.space.conversations.values()
        for message in place.messages
        if message.by_bot and message.only_for is None
    ]
    marks = Counter(mark_of(message) for _place, message in everywhere)
    assert {mark: times for mark, times in marks.items() if times > 1} == {}, "no message is there twice"
    assert not any(LINK in json.dumps([message.text, message.blocks]) for _place, message in everywhere)

    def look(db: Connection) -> None:
        for row in db.execute(select(tables.delivery)):
            there = marks[row.id]
            expected = {DeliveryState.SENT: {1}, DeliveryState.AMBIGUOUS: {0, 1}}.get(DeliveryState(row.state), {0})
            assert there in expected, f"{row.key} is {row.state}, and {there} times in Slack"
        launched = db.execute(
            select(tables.launch.c.step, func.count()).where(tables.launch.c.state == "launched").group_by("step")
        )
        assert {row[0]: row[1] for row in launched} == dict.fromkeys(("brief", *TITLES), 1)
        read = select(tables.receipt.c.person).where(tables.receipt.c.acknowledged_at.is_not(None))
        assert office.read <= set(db.scalars(read)), "who was told that it is noted is noted"
        assert set(checking.broken_timelines(db).values()) == {None}

    await database.run(look)
    team = [words(message) for place, message in everywhere if place.id == TEAM]
    order = [step for text in team for step, title in TITLES.items() if title in text]
    assert order == list(TITLES), "each step once, in order"
    for person in [*askers, LUCAS]:
        letters = [words(message) for place, message in everywhere if place.person == person]
        late = [step for text in letters for step, title in TITLES.items() if title in text]
        assert late in ([], list(TITLES)[: len(late)]), f"{person} was given {late}"
        assert sum("without your name" in text for text in letters) == (person in askers)
    briefed = [message for place, message in everywhere if place.person == MARA and "briefing for" in words(message)]
    assert len(briefed) == 1


def words(message: Any) -> str:
    """Everything that a message says."""
    return said([message.text, message.blocks])


def mark_of(message: Any) -> str:
    """The delivery's id in a message's metadata."""
    return str((message.metadata or {}).get("event_payload", {}).get("delivery_id"))
