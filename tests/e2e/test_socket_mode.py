"""`python app.py run` as a process of its own, over Socket Mode and over HTTP, against a Slack that is in the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest

import app
from bot.plan import parse_plan
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.services import plans
from bot.store import migrate
from bot.store.database import open_database
from faq.book import open_book
from scheduler.clock import SystemClock
from tests.e2e.conftest import EVERYBODY, LINK, LUCAS, MARA, OTIS, PRIYA, READ_IT, TEAM, TOMAS, said

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
TRIES = 5
REVIEW = re.compile(r"^review_by: .*$", re.MULTILINE)


class Deployed:
    """The bot as an operator runs it, and the Slack around it."""

    def __init__(self, slack: SandboxSlack, folder: Path, database_url: str, port: int) -> None:
        self.slack = slack
        self.database_url = database_url
        self.folder = folder
        self.port = port
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, **settings: str) -> None:
        """`python app.py run`, until it says that it is ready."""
        environment = {
            "PATH": os.environ["PATH"],
            "SLACK_API_URL": f"{self.slack.base_url}/api/",
            "SLACK_BOT_TOKEN": self.slack.connection.bot_token,
            "DATABASE_URL": self.database_url,
            "FAQ_DIR": str(self.folder / "entries"),
            "VOICE_KEY": "k" * 40,
            "PORT": str(self.port),
            **settings,
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "app.py"),
            "run",
            cwd=self.folder,
            env=environment,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await self.until(self._ready)

    async def stop(self) -> None:
        """SIGTERM, as a supervisor sends it."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            assert await self.process.wait() == 0

    async def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, "it ended by itself"
        with contextlib.suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.port}/readyz") as answer,
            ):
                return answer.status == 200
        return False

    async def until(self, true: object) -> None:
        """Wait until this holds."""
        assert callable(true)
        async with asyncio.timeout(PATIENCE):
            while not (await true() if asyncio.iscoroutinefunction(true) else true()):
                await asyncio.sleep(0.03)

    async def type(self, person: str, text: str) -> str:
        """Type a command and read its answer; again when the bot was too busy to answer in three seconds."""
        for _try in range(TRIES):
            answer = await self.slack.command(person, EVERYBODY, text)
            if answer["status"] == 200:
                break
        assert answer["status"] == 200, answer
        return said(answer["body"])

    async def launch(self, step: str) -> None:
        """Launch a step for the pilot, and wait until the card has it."""
        shown = await self.type(MARA, f"/rollout launch {step} pilot")
        assert "Preview" in shown, shown
        await self.slack.click(MARA, "launch_confirm")

        async def delivered() -> bool:
            return f"{step} ✓" in await self.type(MARA, "/rollout")

        await self.until(delivered)

    def modal(self, person: str) -> str:
        """What stands in the modal in front of this person."""
        shown = self.slack.view(person)["modal"]
        return said(shown["view"]) if shown else ""

    def letters(self, person: str) -> list[str]:
        """What this person has in direct messages."""
        return [
            said(message)
            for place in self.slack.view(person)["conversations"]
            if place["kind"] == "dm"
            for message in place["messages"]
        ]

    def sees(self, person: str, words: str) -> bool:
        """Whether these words stand anywhere before this person."""
        return words in said(self.slack.view(person))

    async def main_job(self) -> None:
        """From the brief to the link, with the notice waived by two managers."""
        await self.launch("brief")
        await self.until(lambda: self.sees(MARA, "I can answer these"))
        await self.slack.click(MARA, "brief_can_answer")
        await self.launch("reason")
        await self.launch("policy")
        await self.slack.click(PRIYA, "policy_have_read")
        await self.type(MARA, "/rollout override notice_period pilot because the audit is this week")
        await self.type(OTIS, "/rollout approve")
        await self.launch("install")
        await self.slack.click(PRIYA, "link_get")
        await self.until(lambda: LINK in self.modal(PRIYA))
        await self.slack.click(TOMAS, "link_get")
        await self.until(lambda: "I have read it" in self.modal(TOMAS))
        assert not self.sees(TOMAS, LINK)
        await self.slack.submit(TOMAS, READ_IT)
        assert LINK in self.modal(TOMAS)

    async def latecomer(self) -> None:
        """Somebody joins, and gets everything in order."""
        await self.slack.join(LUCAS, TEAM)
        await self.until(lambda: len(self.letters(LUCAS)) == 3)
        wanted = ("why it is coming", "the policy", "ready to install")
        assert all(title in letter for title, letter in zip(wanted, self.letters(LUCAS), strict=True))
        assert not self.sees(LUCAS, LINK)


@pytest.fixture
async def deployed(tmp_path: Path, a_database: Callable[..., str]) -> AsyncIterator[Deployed]:
    """A database with the sample plan, answers that need no review for long, and a Slack; nothing runs yet."""
    clock = SystemClock()
    manifest = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    slack = SandboxSlack(
        clock=clock, limits=NO_LIMITS, manifest=manifest, retry_delays=(0.1, 0.5, 1.0), ack_seconds=10.0
    )
    shutil.copytree(ROOT / "faq" / "entries", tmp_path / "entries")
    for entry in (tmp_path / "entries").glob("*.md"):
        entry.write_text(REVIEW.sub("review_by: 2199-01-01", entry.read_text(encoding="utf-8")), encoding="utf-8")
    database_url = a_database(tmp_path)
    database = open_database(database_url)
    await database.run(migrate.to)
    plan = parse_plan(app.SAMPLE_PLAN.read_bytes(), today=None).plan
    book = open_book(tmp_path / "entries")
    await database.run(lambda db: plans.load(db, plan, book=book, by="operator", now=clock.now()))
    await database.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with running(slack.app):
        found = Deployed(slack, tmp_path, database_url, port)
        yield found
        if found.process is not None and found.process.returncode is None:
            found.process.kill()
            await found.process.wait()
        await slack.stop()


async def test_over_a_socket_that_breaks(deployed: Deployed) -> None:
    """The main job over Socket Mode; the socket is refreshed in between, and methods that a server may not have are not there."""
    for method in ("views.publish", "users.list", "conversations.open", "conversations.info"):
        deployed.slack.faults.add(method, "error:unknown_method", times=1_000)
    await deployed.start(SLACK_APP_TOKEN=deployed.slack.connection.app_token)
    await deployed.slack.home(PRIYA)
    assert "Not launched" in await deployed.type(MARA, "/rollout launch install pilot")
    await deployed.main_job()
    await deployed.slack.sockets.disconnect()
    await deployed.until(lambda: deployed.slack.sockets.connected)
    assert "install ✓" in await deployed.type(MARA, "/rollout")
    await deployed.latecomer()
    await deployed.stop()


async def test_over_http(deployed: Deployed) -> None:
    """The same over signed HTTP; the process ends well when it is told to."""
    deployed.slack.bot_url = f"http://127.0.0.1:{deployed.port}/slack/events"
    await deployed.start(SLACK_SIGNING_SECRET=deployed.slack.connection.signing_secret)
    await deployed.main_job()
    await deployed.latecomer()
    await deployed.stop()
