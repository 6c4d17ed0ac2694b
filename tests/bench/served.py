"""A server in a process of its own: Foreword as `run` starts it, or a bare Bolt app that writes one row per request.

`python -m tests.bench.served ours|bare DATABASE_URL SLACK_PORT`: says its port on the first line, ends with its input.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, create_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import app
from bot.logs import configure_logs
from bot.plan import parse_plan
from bot.sealing import Keyring
from bot.settings import Settings
from bot.slack.client import SlackClient
from bot.slack.serve import open_door, settle
from bot.slack.web import web_app
from bot.store.database import open_database
from scheduler.clock import SystemClock
from tests.bench.load import SECRET


class Apart(SQLModel, registry=registry()):
    """Tables that are not Foreword's."""


class ClickRow(Apart, table=True):
    """What a naive app keeps of a request."""

    __tablename__ = "bare_click"

    id: str = Field(primary_key=True)
    person: str
    what: str
    at: datetime


def _row(body: dict[str, Any]) -> ClickRow:
    person = body.get("user_id") or body["user"]["id"]
    what = body.get("text") or body["actions"][0]["action_id"]
    return ClickRow(id=uuid4().hex, person=person, what=what, at=datetime.now(UTC))


@contextlib.asynccontextmanager
async def bare(url: str, slack: str) -> AsyncIterator[Starlette]:
    """As the documentation of Bolt and SQLModel would have one write it."""
    bolt = AsyncApp(client=AsyncWebClient(token="xoxb-bench", base_url=slack), signing_secret=SECRET)
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url)
        Apart.metadata.tables["bare_click"].create(engine, checkfirst=True)

        async def keep(body: dict[str, Any]) -> None:
            with Session(engine) as session:
                session.add(_row(body))
                session.commit()
    else:
        pool = create_async_engine(make_url(url).set(drivername="postgresql+psycopg"), pool_size=10)
        async with pool.begin() as connection:
            await connection.run_sync(lambda db: Apart.metadata.tables["bare_click"].create(db, checkfirst=True))

        async def keep(body: dict[str, Any]) -> None:
            async with AsyncSession(pool) as session:
                session.add(_row(body))
                await session.commit()

    @bolt.command("/rollout")
    async def rollout(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body)
        await ack("Kept.")

    @bolt.command("/ask")
    async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body)
        await ack("Kept.")

    @bolt.action("policy_have_read")
    async def have_read(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body)
        await ack()

    @bolt.action("link_get")
    async def get_link(ack: AsyncAck, body: dict[str, Any]) -> None:
        await keep(body)
        await ack()

    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    yield Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


@contextlib.asynccontextmanager
async def ours(url: str, slack: str) -> AsyncIterator[Starlette]:
    """Foreword with its ticks running."""
    client = SlackClient(token="xoxb-bench", base_url=slack)
    await client.open()
    database = open_database(url)
    settings = Settings(_env_file=None)
    owners = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan.owners
    bot = app.compose(
        database=database,
        client=client,
        signing_secret=SECRET,
        clock=SystemClock(),
        rules=app.rules_of(settings),
        keys=Keyring(b"k" * 32),
        founders=owners,
    )
    await bot.desk.library.refresh(database)
    bot.ticks.start()
    settle()
    try:
        yield web_app(bot.bolt, downloads=bot.downloads(), clock=SystemClock())
    finally:
        await bot.close()
        await client.close()


async def serve(kind: str, url: str, slack_port: int) -> None:
    """Serve until the input ends."""
    configure_logs("warning", "json")
    made = {"ours": ours, "bare": bare}[kind](url, f"http://127.0.0.1:{slack_port}/api/")
    async with made as served:
        door = open_door("127.0.0.1", 0)
        config = uvicorn.Config(served, log_config=None, access_log=False, lifespan="off", log_level="warning")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[door]))
        sys.stdout.write(f"{door.getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        server.should_exit = True
        await running
    sys.stdout.write(f"{_peak()}\n")


def _peak() -> float:
    """This process's memory at its peak in MB; what getrusage says includes the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
