"""`kill -9` at any moment of a launch: started again, each message is in the channel once, or visibly ambiguous."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.plan import parse_plan
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.services import checking, plans
from bot.store import migrate
from bot.store.database import SQLiteDatabase
from faq.book import open_book
from tests.e2e.conftest import EVERYBODY, MARA, OTIS, PRIYA, TEAM, said
from tests.faults.fast_clock import FastClock

ROOT = Path(__file__).parent.parent.parent
FACTOR = 60.0
"""A lease of 45 seconds is over in less than one."""
SEEDS = range(int(os.environ.get("FOREWORD_LONG_RUNS", "0")) or 2)
PATIENCE = 40.0
FAULTS = ("none", "timeout_after", "reset_before", "reset_after", "500", "429")


class Patient:
    """A bot process that is killed and started again, and the Slack that outlives it."""

    def __init__(self, slack: SandboxSlack, folder: Path, api_url: str, origin: float) -> None:
        """Nothing runs yet."""
        self.slack = slack
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.file = folder / "foreword.db"
        self._clock = json.dumps({"origin": str(origin), "factor": str(FACTOR)})
        self._environment = {
            **os.environ,
            "SLACK_API_URL": api_url,
            "SLACK_BOT_TOKEN": slack.connection.bot_token,
            "SLACK_SIGNING_SECRET": slack.connection.signing_secret,
            "SLACK_APP_TOKEN": "",
            "DATABASE_URL": f"sqlite:///{self.file}",
            "VOICE_KEY": "k" * 40,
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "OWNERS": "",
        }
        self._process: asyncio.subprocess.Process | None = None
        slack.bot_url = f"http://127.0.0.1:{self.port}/slack/events"

    async def start(self) -> None:
        """Start it, and wait until it takes requests."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.bot_process", self._clock, cwd=ROOT, env=self._environment
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._process.returncode is None, "the bot ended by itself"
            with contextlib.suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.02)
        pytest.fail("the bot did not start")

    async def kill(self) -> None:
        """SIGKILL: nothing is cleaned up."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def type(self, person: str, text: str) -> str:
        """Type a command; tried again while the bot is down, as a person would."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = await self.slack.command(person, EVERYBODY, text)
            if answer["status"] == 200:
                return said(answer["body"])
            await asyncio.sleep(0.05)
        pytest.fail(f"no answer to {text}")

    def messages(self, marker: str) -> int:
        """How many messages with this in them stand in the team's channel."""
        return sum(
            marker in said(message)
            for conversation in self.slack.view(PRIYA)["conversations"]
            if conversation["id"] == TEAM
            for message in conversation["messages"]
            if message["bot"] and not message["ephemeral"]
        )

    async def settled(self, marker: str, step: str) -> None:
        """Wait until the message stands there and the bot knows it, or it is shown as ambiguous."""
        until = time.monotonic() + PATIENCE
        card = ""
        while time.monotonic() < until:
            card = await self.type(MARA, "/rollout")
            assert self.messages(marker) <= 1, f"{step} stands there twice"
            if f"{step} ✓" in card and self.messages(marker) == 1:
                return
            if "Ambiguous" in card:
                assert "Check again" in card
                await self.slack.click(MARA, "delivery_check_again")
            await asyncio.sleep(0.1)
        pytest.fail(f"{step} was neither delivered nor shown as ambiguous:\n{card}")


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Patient]:
    """A rollout whose managers are briefed, and a bot that is about to have bad days."""
    origin = time.time()
    clock = FastClock(origin, FACTOR)
    slack = SandboxSlack(clock=clock, limits=NO_LIMITS, retry_delays=(0.05, 0.1, 0.2), hang_seconds=2.0)
    async with running(slack.app) as url:
        found = Patient(slack, tmp_path, f"{url}/api/", origin)
        database = SQLiteDatabase(f"sqlite:///{found.file}")
        plan = parse_plan((ROOT / "examples" / "hourglass.yaml").read_bytes(), today=date(2026, 11, 30)).plan
        database.run_now(migrate.to)
        book = open_book()
        database.run_now(lambda db: plans.load(db, plan, book=book, by="operator", now=clock.now()))
        await database.close()
        await found.start()
        yield found
        await found.kill()
        await slack.stop()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_at_any_moment(patient: Patient, seed: int) -> None:
    """Brief, reason, policy, install, with a kill or two in each and a Slack that is not well either."""
    chance = random.Random(seed)
    steps = {"reason": "why it is coming", "policy": "the policy (version 1)", "install": "ready to install"}
    await launch(patient, "brief", chance)
    until = time.monotonic() + PATIENCE
    while "brief ✓" not in await patient.type(MARA, "/rollout") and time.monotonic() < until:
        await asyncio.sleep(0.1)
    await patient.slack.click(MARA, "brief_can_answer")
    for step, marker in steps.items():
        if step == "install":
            await patient.type(MARA, "/rollout override notice_period because the test is short")
            assert "waived" in await patient.type(OTIS, "/rollout approve")
        await launch(patient, step, chance)
        await patient.settled(marker, step)
    assert [patient.messages(marker) for marker in steps.values()] == [1, 1, 1]
    await patient.kill()
    database = SQLiteDatabase(f"sqlite:///{patient.file}")
    assert all(broken is None for broken in database.run_now(checking.broken_timelines).values())
    await database.close()


async def launch(patient: Patient, step: str, chance: random.Random) -> None:
    """Launch a step while Slack fails and the process dies; whoever got no answer confirms again."""
    fault = chance.choice(FAULTS)
    if fault != "none":
        patient.slack.faults.add("chat.postMessage", fault, times=1, retry_after=1)
    shown = await patient.type(MARA, f"/rollout launch {step}")
    assert "Preview" in shown, shown
    confirming = asyncio.ensure_future(patient.slack.click(MARA, "launch_confirm"))
    for _kill in range(chance.choice((1, 1, 2))):
        await asyncio.sleep(chance.choice((0.0, 0.01, 0.03, 0.08, 0.2)) * chance.random() * 2)
        await patient.kill()
        await patient.start()
    answer = await confirming
    if answer["status"] != 200:
        again = await patient.type(MARA, f"/rollout launch {step}")
        if "Preview" in again:
            await patient.slack.click(MARA, "launch_confirm")
