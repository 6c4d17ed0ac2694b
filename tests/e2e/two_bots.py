"""Two bots on one PostgreSQL, both connected to one Slack: requests go to the one, to the other, or to both at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

import app
from bot.domain.pace import AT_ONCE
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.lines import HttpLine, Reply, Retry
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.sandbox.wire import ActRefused, Json
from bot.sealing import Keyring
from bot.services import plans
from bot.services.launching import Rulebook
from bot.slack.client import SlackClient
from bot.slack.web import web_app
from bot.store.database import PostgreSQLDatabase
from faq.book import open_book
from scheduler.clock import MovableClock, SystemClock
from tests import databases
from tests.e2e.conftest import EVERYBODY, MARA, TEAM, said
from tests.given import PLAN

T = TypeVar("T")
ONE, OTHER, BOTH = (0,), (1,), (0, 1)
_goes_to: ContextVar[tuple[int, ...]] = ContextVar("goes_to", default=ONE)


class TwoBots:
    """What people do, and which of the bots hears of it. Nothing ticks by itself."""

    def __init__(self, slack: SandboxSlack, clock: MovableClock, bots: list[app.Foreword]) -> None:
        self.slack = slack
        self.clock = clock
        self.bots = bots
        self.lines: list[HttpLine] = []

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Reply:
        """To whom this act goes; the first answer when to both."""
        answers = await asyncio.gather(*(self.lines[each].send(kind, payload, retry) for each in _goes_to.get()))
        return answers[0]

    async def at_once(self, *acts: tuple[tuple[int, ...], Awaitable[T]]) -> list[T]:
        """These acts at the same moment, each at its bot."""
        ready = asyncio.Barrier(len(acts))

        async def one(goes_to: tuple[int, ...], act: Awaitable[T]) -> T:
            _goes_to.set(goes_to)
            await ready.wait()
            return await act

        return await asyncio.gather(*(asyncio.create_task(one(*each)) for each in acts))

    async def type(self, person: str, text: str) -> str:
        """Type a command; returns what the answer says."""
        answer = await self.slack.command(person, EVERYBODY, text)
        assert answer["status"] == 200, answer
        return said(answer["body"])

    async def press(self, person: str, action: str, **where: Any) -> None:
        """Press the newest button of this kind, if this person still sees one."""
        with contextlib.suppress(ActRefused):
            await self.slack.click(person, action, **where)

    async def settle(self) -> None:
        """Both bots do what is due, at the same time, until nothing is."""
        await self.slack.settle()
        for bot in self.bots:
            await bot.desk.background.drain()
        await asyncio.gather(*(bot.ticks.catch_up() for bot in self.bots))
        for bot in self.bots:
            await bot.desk.background.drain()

    async def take_pilot_to(self, step: str) -> None:
        """The steps before this one, and this one, in peace."""
        for each in ("brief", "reason", "policy", "install"):
            shown = await self.type(MARA, f"/rollout launch {each} pilot")
            assert "Preview" in shown, shown
            await self.press(MARA, "launch_confirm")
            await self.settle()
            if each == "brief":
                await self.press(MARA, "brief_can_answer")
            if each == step:
                return

    def messages(self, words: str, place: str = TEAM) -> int:
        """How many messages of the bot with these words stand in a channel, or in somebody's direct messages."""
        return sum(
            words in said([message.text, message.blocks])
            for conversation in self.slack.space.conversations.values()
            if place in (conversation.id, conversation.person)
            for message in conversation.messages
            if message.by_bot and message.only_for is None
        )

    async def rows(self, statement: str) -> list[Any]:
        """What the database says."""
        return await self.bots[0].database.run(lambda db: [tuple(row) for row in db.exec_driver_sql(statement)])

    async def timeline(self, event: str) -> int:
        """How often this stands in the timeline."""
        return int((await self.rows(f"SELECT count(*) FROM timeline WHERE event = '{event}'"))[0][0])  # noqa: S608 - a test's own word

    def now(self) -> datetime:
        """The moment on everybody's clock."""
        return self.clock.now()


@contextlib.asynccontextmanager
async def two_bots() -> AsyncIterator[TwoBots]:
    """The sample plan, nothing launched, two bots that know of each other through the database alone."""
    clock = MovableClock(app.SANDBOX_START, runs=False)
    slack = SandboxSlack(clock=clock, limits=NO_LIMITS, retry_delays=(0.05, 0.1, 0.2), ack_seconds=20.0)
    url = databases.fresh()
    first = PostgreSQLDatabase(url, pool_size=5)

    def load(db: Connection) -> None:
        plans.load(db, PLAN, book=open_book(), by="operator", now=clock.now())

    await first.run(load)
    async with contextlib.AsyncExitStack() as stack:
        address = await stack.enter_async_context(running(slack.app))
        slack.app.state.address = address
        bots: list[app.Foreword] = []
        made = TwoBots(slack, clock, bots)
        for database in (first, PostgreSQLDatabase(url, pool_size=5)):
            client = SlackClient(token=slack.connection.bot_token, base_url=f"{address}/api/")
            await client.open()
            stack.push_async_callback(client.close)
            bot = app.compose(
                database=database,
                client=client,
                signing_secret=slack.connection.signing_secret,
                clock=clock,
                rules=Rulebook(open_book(), ZoneInfo("Europe/Berlin"), pace=AT_ONCE),
                keys=Keyring(b"k" * 32),
            )
            bots.append(bot)
            bot_url = await stack.enter_async_context(running(web_app(bot.bolt, clock=SystemClock())))
            stack.push_async_callback(bot.close)
            line = HttpLine(f"{bot_url}/slack/events", slack.connection.signing_secret, 20.0)
            stack.push_async_callback(line.close)
            made.lines.append(line)
            slack.bot_url = f"{bot_url}/slack/events"
        slack.courier._line = lambda: made  # type: ignore[method-assign]
        yield made
        await slack.settle()
        await slack.stop()
