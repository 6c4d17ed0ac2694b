"""A bot that really serves, in the middle of a rollout, and everything about it that an attack must not change."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from sqlalchemy import Connection, select

from bot.logs import configure_logs
from bot.sandbox.lines import signature
from bot.services.questions import person_behind
from bot.services.voices import Ear
from bot.settings import Settings
from bot.slack.serve import serve
from bot.store import questions
from bot.store.schema import METADATA
from bot.store.tables import member, rollout
from scheduler.clock import SystemClock
from tests.e2e.conftest import MARA, PRIYA
from tests.e2e.rough_office import RoughOffice, opened
from tests.slack.test_serve import free_port

SECRET = "sandbox-signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
HOUSEKEEPING = frozenset({"seen_event", "rate_use", "rate_rest", "rate_block", "alembic_version"})
"""Tables that remember what was handled and how fast, and nothing of a rollout."""
TALKERS = (
    "slack_bolt",
    "slack_bolt.AsyncApp",
    "slack_bolt.RequestVerification",
    "slack_sdk",
    "aiohttp",
    "asyncio",
    "uvicorn",
)


class Siege:
    """The bot under attack."""

    def __init__(self, office: RoughOffice, port: int, http: aiohttp.ClientSession) -> None:
        self.office = office
        self.port = port
        self.http = http
        self.url = f"http://127.0.0.1:{port}/slack/events"
        self.ids: list[str] = []
        """Every id of a row in the database: what somebody may have copied from somebody else's button."""

    async def send(self, way: str, payload: Any) -> tuple[int, str]:
        """Send a payload as Slack would; returns the status and the body of the answer."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        if way == "event":
            return await self.raw(text.encode(), JSON)
        if way == "command":
            fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
            return await self.raw(urlencode(fields, errors="surrogatepass").encode(), FORM)
        return await self.raw(urlencode({"payload": text}).encode(), FORM)

    async def raw(self, body: bytes, kind: str, **headers: str) -> tuple[int, str]:
        """Send a signed body."""
        named = {"Content-Type": kind, **signature(SECRET, body, int(time.time())), **headers}
        async with self.http.post(self.url, data=io.BytesIO(body), headers=named) as answer:
            return answer.status, (await answer.read()).decode()

    async def digest(self) -> dict[str, str]:
        """Every table as one hash, apart from the housekeeping and from what strangers passed on, as everybody may."""
        ear = self.office.bot.desk.ear

        def look(db: Connection) -> dict[str, str]:
            found = {}
            own = _passed_on_by_strangers(db, ear)
            for table in METADATA.sorted_tables:
                if table.name not in HOUSEKEEPING:
                    rows = sorted(repr(tuple(row)) for row in db.execute(select(table)) if row[0] not in own)
                    found[table.name] = hashlib.sha256("\n".join(rows).encode("utf-8", "replace")).hexdigest()
            return found

        return await self.office.bot.database.run(look)

    async def rollout_id(self) -> str:
        """The sample rollout's id."""
        return str(await self.office.bot.database.run(lambda db: db.scalar(select(rollout.c.id))))

    async def rest(self) -> None:
        """Let what was set off come to its end."""
        await self.office.bot.desk.background.drain()

    async def good_request(self) -> float:
        """How many seconds a good request takes, which has to be answered well."""
        form = {"command": "/rollout", "text": "help", "user_id": MARA, "team_id": "T", "trigger_id": str(time.time())}
        began = time.perf_counter()
        status, body = await self.send("command", form)
        assert status == 200, status
        assert "/rollout check" in body
        return time.perf_counter() - began


def _passed_on_by_strangers(db: Connection, ear: Ear) -> set[str]:
    """The ids of the questions for which only people of no wave wait, and of their ways back."""
    not_theirs = {None, *db.scalars(select(member.c.person))}  # None: a way back that no key of ours opens
    ways = defaultdict(list)
    for address in questions.addresses(db, answered=False):
        ways[address.question_id].append(address)
    theirs: set[str] = set()
    for question_id, waiting in ways.items():
        if not_theirs.isdisjoint(person_behind(ear, each) for each in waiting):
            theirs |= {question_id, *(each.id for each in waiting)}
    return theirs


def _ids(db: Connection) -> list[str]:
    found: set[str] = set()
    for table in METADATA.sorted_tables:
        for row in db.execute(select(table)):
            found |= {value for value in row if isinstance(value, str) and len(value) == 32}
    return sorted(found)


@contextlib.asynccontextmanager
async def besieged(folder: Path) -> AsyncIterator[Siege]:
    """The sample rollout, its pilot installed and its first check-in open, served by the real server."""
    async with opened(folder) as office:
        await office.take_pilot_to("install")
        await office.try_press(PRIYA, "link_get")
        await office.type(PRIYA, "/ask my dog is purple, is that allowed?")
        await office.type(MARA, "/rollout launch brief")
        await office.slack.advance(4 * 86_400)
        await office.settle()
        port, stop = free_port(), asyncio.Event()
        settings = Settings(_env_file=None, port=port, slack_signing_secret=SECRET)
        serving = asyncio.create_task(
            serve(office.bot.bolt, settings, clock=SystemClock(), stop=stop.wait(), ready=office.bot.readiness.parts)
        )
        # A connection for each request: none is taken up again at the moment when the server lets go of it.
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200, force_close=True)) as http:
            siege = Siege(office, port, http)
            siege.ids = await office.bot.database.run(_ids)
            await _until_served(siege)
            yield siege
        stop.set()
        await serving


async def _until_served(siege: Siege) -> None:
    for _ in range(200):
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with siege.http.get(f"http://127.0.0.1:{siege.port}/healthz"):
                return
        await asyncio.sleep(0.02)
    raise TimeoutError


@contextlib.contextmanager
def everything_logged() -> Iterator[None]:
    """Every library as talkative as it can be."""
    configure_logs("debug", "json")
    before = {name: logging.getLogger(name).level for name in TALKERS}
    for name in TALKERS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
