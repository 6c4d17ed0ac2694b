"""What a command, a click, a tick, the Home tab and a report cost when the tables hold a thousand times as many rows.

Two databases of the same shape, the same number of weeks and waves; in each round both are asked by turns, one request at a
time, and a figure is the median. What is shown to somebody has to have arrived at Slack before the clock stops. Reports
are made of what was published when its weeks were over, as the hourly tick does it; what counting costs is another
benchmark (report.py).
"""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert, select

import app
from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.reports.workbook import write_workbook
from bot.sealing import Keyring
from bot.services import exporting, publishing, reporting
from bot.services.made_up import Size
from bot.services.voices import Ear
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.store import instance_tables, rollouts
from bot.store import tables as t
from bot.store.bulk import AT_ONCE
from bot.store.database import SQLiteDatabase
from faq.book import open_book
from scheduler.clock import SystemClock
from tests.bench.figure import Figure
from tests.bench.load import SECRET, Bodies, saturate
from tests.bench.scene import OWNER, Scene, fill, scene_of, server
from tests.bench.stub_slack import StubSlack, stub_slack

FEW = 1_000
MANY = int(os.environ.get("BENCH_GROWN_VOICES", "210000"))
"""With their people, notices, messages and events these are a million rows."""
WEEKS = 26
ASKED = 200
"""People whose buttons are pressed, of both rollouts."""
ROUNDS = 5
SECONDS = 1.5
TICKS = 20
REPORTS = 5
EAR = Ear(Keyring(b"k" * 32), app.rules_of(Settings(_env_file=None)).zone)
BOOK = open_book()


@dataclass(frozen=True)
class World:
    """One database: its name in the figures, where it is, what its people press."""

    name: str
    url: str
    scene: Scene


def measure() -> list[Figure]:
    """Few rows, then many, then both by turns."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"few": Size(FEW, FEW // 3, WEEKS, 7), "many": Size(MANY, MANY // 10, WEEKS, 7)}
        urls = {name: f"sqlite:///{Path(folder) / name}.db" for name in sizes}
        rows = {name: _made(urls[name], size) for name, size in sizes.items()}
        return [
            *(Figure(f"rows of the database with {name} rows", rows[name], "rows") for name in sizes),
            *asyncio.run(_costs(urls)),
        ]


def _made(url: str, size: Size) -> int:
    """A rollout, and as many messages and handled events as it has voices. Returns how many rows there are."""
    database = SQLiteDatabase(url)
    fill(database, size)
    database.run_now(lambda db: _add_history(db, size.voices))
    (rollout,) = database.run_now(rollouts.every)
    while database.run_now(lambda db: publishing.publish_next(db, rollout, EAR, BOOK, now=datetime.now(UTC))):
        pass
    found = database.run_now(_rows)
    database.engine.dispose()
    return found


def _add_history(db: Connection, count: int) -> None:
    """Messages that were sent, and events that were handled."""
    rollout, now, dice = db.scalar(select(t.rollout.c.id)), datetime.now(UTC), Random(7)
    for start in range(0, count, AT_ONCE):
        some = range(start, min(start + AT_ONCE, count))
        sent: list[dict[str, Any]] = [
            {
                "id": f"{dice.getrandbits(128):032x}",
                "key": f"bench:{number}",
                "kind": DeliveryKind.CHECKIN,
                "bulk": True,
                "data": {},
                "recipient": f"U0MADE{number % max(1, count // 10):06d}",
                "rollout_id": rollout,
                "waits_in_pause": True,
                "state": DeliveryState.SENT,
                "due_at": now,
                "created_at": now,
                "attempts": 1,
                "error": "",
                "sent_at": now,
            }
            for number in some
        ]
        db.execute(insert(t.delivery), sent)
        events = sorted(f"Ev{dice.getrandbits(64):016x}" for _number in some)
        db.execute(insert(instance_tables.seen_event), [{"event_id": event, "seen_at": now} for event in events])


def _rows(db: Connection) -> int:
    names = db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    return sum(db.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names)  # noqa: S608


async def _costs(urls: dict[str, str]) -> list[Figure]:
    async with stub_slack() as slack:
        worlds = [World(name, url, _scene(url, slack)) for name, url in urls.items()]
        costs = await _requests(worlds, slack)
        costs |= await _inside(worlds, slack)
    figures, worst = [], 0.0
    for path, found in costs.items():
        few, many = median(found["few"]), median(found["many"])
        worst = max(worst, many / few)
        figures += [
            Figure(f"{path}, few rows", few * 1000, "ms"),
            Figure(f"{path}, many rows", many * 1000, "ms"),
            Figure(f"{path}, many over few", many / few, "times"),
        ]
    return [*figures, Figure("the largest of these", worst, "times", key="growth_worst")]


def _scene(url: str, slack: StubSlack) -> Scene:
    database = SQLiteDatabase(url)
    try:
        return database.run_now(lambda db: scene_of(db, f"http://127.0.0.1:{slack.port}", ASKED))
    finally:
        database.engine.dispose()


async def _requests(worlds: list[World], slack: StubSlack) -> dict[str, dict[str, list[float]]]:
    """Seconds for a request with what it shows, by path and world."""
    costs: dict[str, dict[str, list[float]]] = {}
    few, many = worlds
    async with server("ours", few.url, slack) as (one, _), server("ours", many.url, slack) as (other, _):
        ports = {few.name: one, many.name: other}
        paths: dict[str, tuple[str, Callable[[Scene], Bodies]]] = {
            "/rollout": (
                "",
                lambda scene: scene.command("/rollout", itertools.repeat("status"), itertools.repeat(OWNER)),
            ),
            "Get the install link": ("views.open", lambda scene: scene.click("link_get")),
            "Home tab": ("views.publish", lambda scene: scene.home()),
        }
        streams = {(path, world.name): made(world.scene) for path, (_, made) in paths.items() for world in worlds}
        for turn in range(ROUNDS + 1):
            for (path, name), bodies in streams.items():
                method = paths[path][0]
                before = slack.calls[method]

                def arrived(asked: int, method: str = method, before: int = before) -> bool:
                    return not method or slack.calls[method] - before >= asked

                run = await saturate(ports[name], bodies, SECONDS, done=arrived, connections=1)
                if turn:
                    costs.setdefault(path, {}).setdefault(name, []).append(1 / run.rate)
    return costs


async def _inside(worlds: list[World], slack: StubSlack) -> dict[str, dict[str, list[float]]]:
    """Seconds for one round of every regular job with nothing to do, and for a report."""
    costs: dict[str, dict[str, list[float]]] = {"tick": {}, "report": {}}
    for world in worlds:
        async with _composed(world.url, slack) as bot:
            ticks = bot.ticks
            every: list[Callable[[], Awaitable[Any]]] = [
                ticks._fire,
                ticks._send,
                ticks._look,
                ticks._month,
                ticks._export,
            ]
            for number in range(TICKS + 1):
                begun = time.perf_counter()
                for job in every:
                    await job()
                if number:
                    costs["tick"].setdefault(world.name, []).append(time.perf_counter() - begun)
            for number in range(REPORTS + 1):
                begun = time.perf_counter()
                await bot.database.run(_report)
                if number:
                    costs["report"].setdefault(world.name, []).append(time.perf_counter() - begun)
    return costs


@asynccontextmanager
async def _composed(url: str, slack: StubSlack) -> AsyncIterator[app.Foreword]:
    client = SlackClient(token="xoxb-bench", base_url=f"http://127.0.0.1:{slack.port}/api/")
    await client.open()
    bot = app.compose(
        database=SQLiteDatabase(url),
        client=client,
        signing_secret=SECRET,
        clock=SystemClock(),
        rules=app.rules_of(Settings(_env_file=None)),
        keys=Keyring(b"k" * 32),
    )
    try:
        yield bot
    finally:
        await bot.close()
        await client.close()


def _report(db: Connection) -> None:
    now = datetime.now(UTC)
    (rollout,) = rollouts.every(db)
    wanted = reporting.Wanted(reporting.weeks_over(db, rollout, EAR, now=now), "U01HELEN", "a benchmark")
    figures = reporting.gathered(db, rollout, EAR, BOOK, wanted, now=now)
    write_workbook(figures, io.BytesIO(), teams=exporting.teams_of(rollout))
