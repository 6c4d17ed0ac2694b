"""SIGTERM to a real process under load: it says so, answers what it has begun, leaves nothing half done, and ends in time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from sqlalchemy import Connection, update

import app
from bot.domain.delivery import DeliveryKind
from bot.plan import parse_plan
from bot.sealing import Keyring
from bot.services.made_up import MadeUp, Size
from bot.services.voices import Ear
from bot.settings import Settings
from bot.store import migrate, outbox, rollouts
from bot.store import tables as t
from bot.store.database import SQLiteDatabase
from bot.store.outbox import Draft
from faq.book import open_book
from scheduler.outbox import IN_FLIGHT
from tests.bench.load import SECRET, _Line
from tests.bench.scene import scene_of
from tests.bench.stub_slack import ANSWER

pytestmark = pytest.mark.sqlite_only("how a process ends is the same on any database")

ROOT = Path(__file__).parent.parent.parent
MESSAGES = 400


@dataclass
class SlowSlack:
    """Takes its time, and remembers every message by its delivery's id."""

    seconds: float = 0.3
    posted: list[str] = field(default_factory=list)
    port: int = 0
    lines: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody connects."""
        self.lines.add(asyncio.create_task(self.answer(reader, writer)))

    async def close(self) -> None:
        """Hang up on everybody."""
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(
                    (int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0
                )
                body = (await reader.readexactly(length)).decode()
                if "chat.postMessage" in head.splitlines()[0]:
                    given: Any = (
                        json.loads(body) if body.startswith("{") else {k: v[0] for k, v in parse_qs(body).items()}
                    )
                    mark = given["metadata"]
                    mark = json.loads(mark) if isinstance(mark, str) else mark
                    self.posted.append(mark["event_payload"]["delivery_id"])
                    await asyncio.sleep(self.seconds)
                said = json.dumps(ANSWER).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(said)
                )
                writer.write(said)
                await writer.drain()


class Running:
    """`python app.py run` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, file: Path, slack: SlowSlack) -> None:
        self.process, self.port, self.file, self.slack = process, port, file, slack

    async def ready(self) -> httpx.Response:
        """What /readyz says."""
        async with httpx.AsyncClient(trust_env=False) as http:
            return await http.get(f"http://127.0.0.1:{self.port}/readyz")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with closing(sqlite3.connect(self.file)) as db:
            return db.execute(statement).fetchall()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rollout of 600 people who were all given the policy and have not read it yet, and many messages that wait."""
    file, now = tmp_path_factory.mktemp("filled") / "foreword.db", datetime.now(UTC)
    database = SQLiteDatabase(f"sqlite:///{file}")
    database.run_now(migrate.to)
    ear = Ear(Keyring(b"k" * 40), app.rules_of(Settings(_env_file=None)).zone)
    plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan
    made = MadeUp(plan, ear, open_book(), Size(50, 600, 5, 7), now=now)
    database.run_now(made.begin)

    def write(db: Connection) -> None:
        db.execute(update(t.receipt).values(acknowledged_at=None))
        rollout, data = rollouts.every(db)[0].id, {"step": "policy", "wave": "pilot", "why": "It is a test."}
        drafts = [
            Draft(f"m{n}", DeliveryKind.NOT_LAUNCHED, f"C{n:05d}", rollout, data, waits_in_pause=False)
            for n in range(MESSAGES)
        ]
        outbox.write(db, drafts, now=now)

    database.run_now(write)
    database.engine.dispose()
    return file


@pytest.fixture
async def running(tmp_path: Path, filled: Path) -> AsyncIterator[Running]:
    """A bot with many messages to send, to a Slack that is slow."""
    file, slack = tmp_path / "foreword.db", SlowSlack()
    shutil.copyfile(filled, file)
    server = await asyncio.start_server(slack.take, "127.0.0.1", 0)
    slack.port = server.sockets[0].getsockname()[1]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack.port}/api/",
        "SLACK_MESSAGES_PER_MINUTE": "100000",
        "DATABASE_URL": f"sqlite:///{file}",
        "VOICE_KEY": "k" * 40,
        "PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "app.py"), "run"),
        cwd=tmp_path,
        env={**{k: v for k, v in os.environ.items() if not k.startswith(("SLACK", "VOICE"))}, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    found = Running(process, port, file, slack)
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await found.ready()).status_code == 200:
                    break
            await asyncio.sleep(0.1)
    yield found
    if process.returncode is None:
        process.kill()
    await process.communicate()
    server.close()
    await slack.close()


async def press(running: Running, bodies: Iterator[bytes], acknowledged: set[str]) -> None:
    """Press one button after the other until nobody answers; note whose click was acknowledged."""
    line = _Line(running.port, None)
    await line.open()
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        for body in bodies:
            await line.ask(body)
            acknowledged.add(json.loads(parse_qs(body.decode())["payload"][0])["user"]["id"])
    line.close()


@pytest.mark.timeout(120)
async def test_ending_under_load(running: Running) -> None:
    """Every click that was acknowledged is kept, no message is left in between, /readyz says no, and it ends by itself."""
    database = SQLiteDatabase(f"sqlite:///{running.file}")
    scene = database.run_now(lambda db: scene_of(db, f"http://127.0.0.1:{running.slack.port}", 200))
    database.engine.dispose()
    acknowledged: set[str] = set()
    bodies = scene.click("policy_have_read")
    pressing = [asyncio.create_task(press(running, bodies, acknowledged)) for _line in range(4)]
    while len(acknowledged) < 20 or len(running.slack.posted) < 10:
        await asyncio.sleep(0.01)
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    told = await running.ready()
    assert told.status_code == 503
    assert "told to end" in told.json()["parts"]["stopping"]["seen"]
    out, _ = await running.process.communicate()
    await asyncio.gather(*pressing)
    assert running.process.returncode == 0, out.decode()[-2000:]
    assert time.monotonic() - began < app.STOPPED_WITHIN
    kept = {row[0] for row in running.rows("SELECT person FROM receipt WHERE acknowledged_at IS NOT NULL")}
    assert acknowledged <= kept
    states = dict(running.rows("SELECT state, count(*) FROM delivery WHERE key LIKE 'm%' GROUP BY state"))
    assert set(states) == {"sent", "pending"}, states
    assert states["sent"] == len(running.slack.posted) == len(set(running.slack.posted))
    assert running.rows("SELECT count(*) FROM delivery WHERE owner IS NOT NULL") == [(0,)]


async def all_hands_full(running: Running, seconds: float) -> None:
    """Slack takes this long to answer from now on; wait until it has as many messages as are sent at a time."""
    running.slack.seconds = seconds
    before = len(running.slack.posted)
    while len(running.slack.posted) < before + IN_FLIGHT:
        await asyncio.sleep(0.02)


@pytest.mark.timeout(120)
async def test_the_second_signal_ends_it_at_once(running: Running) -> None:
    """Whoever cannot wait does not have to; what was on its way is looked for later, and nothing is lost."""
    await all_hands_full(running, seconds=8.0)
    running.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.2)
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    await running.process.communicate()
    assert running.process.returncode == app.FORCED
    assert time.monotonic() - began < 2
    assert len(running.rows("SELECT 1 FROM delivery WHERE key LIKE 'm%'")) == MESSAGES


@pytest.mark.timeout(120)
async def test_a_slack_that_never_answers_does_not_hold_it(running: Running) -> None:
    """What cannot end is given back, to be looked for at the next start; nothing stays claimed."""
    await all_hands_full(running, seconds=60.0)
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    out, _ = await running.process.communicate()
    assert time.monotonic() - began < app.STOPPED_WITHIN + 1
    assert running.process.returncode == 0, out.decode()[-2000:]
    states = dict(running.rows("SELECT state, count(*) FROM delivery WHERE key LIKE 'm%' GROUP BY state"))
    assert states.get("unsure") == IN_FLIGHT, states
    assert "sending" not in states
