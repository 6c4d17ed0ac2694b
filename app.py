"""Foreword: the composition root and the command line. The only place that reads settings, constructs and starts."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.plan import PlanError, parse_plan
from bot.services.launching import Rulebook
from bot.store import migrate
from bot.store.database import Database, open_database
from faq.book import open_book
from scheduler.clock import SystemClock

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient
    from starlette.applications import Starlette

    from bot.ports import Clock
    from bot.settings import Settings
    from handlers.desk import Desk
    from scheduler.ticks import Ticks

OK, FAULTY, UNUSABLE = 0, 1, 2
"""Exit codes: all is well; what was checked has faults; the command could not be carried out."""


@dataclass(frozen=True)
class Foreword:
    """One running bot: its database, its Bolt app, and its ticks."""

    database: Database
    bolt: AsyncApp
    desk: Desk
    ticks: Ticks

    async def close(self) -> None:
        """Let what is under way end, then let go of everything."""
        await self.ticks.stop()
        await self.desk.background.drain()
        await self.database.close()


def compose(
    *,
    database: Database,
    client: AsyncWebClient,
    signing_secret: str,
    clock: Clock,
    rules: Rulebook,
    founders: Sequence[str] = (),
    between_posts: float | None = None,
) -> Foreword:
    """Put the bot together. Nothing is started and nothing is connected yet."""
    from slack_bolt.async_app import AsyncApp

    from bot.slack.directory import SlackDirectory
    from bot.slack.messenger import SlackMessenger
    from handlers.desk import Desk
    from handlers.register import register_handlers
    from scheduler.jobs import Jobs
    from scheduler.outbox import BETWEEN_POSTS, Sender
    from scheduler.ticks import Ticks

    messenger, directory = SlackMessenger(client), SlackDirectory(client)
    sender = Sender(
        database,
        messenger,
        clock,
        rules,
        between_posts=BETWEEN_POSTS if between_posts is None else between_posts,
    )
    ticks = Ticks(sender, Jobs(database, directory, clock, rules))
    desk = Desk(database, clock, messenger, directory, rules, tuple(founders), ticks.wake)
    bolt = AsyncApp(client=client, signing_secret=signing_secret, process_before_response=True)
    register_handlers(bolt, desk)
    return Foreword(database, bolt, desk, ticks)
