"""`kill -9` at any moment of a launch: started again, each message is in the channel once, or visibly ambiguous."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest

from bot.plan import parse_plan
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.services import checking, plans
from bot.store import migrate
from faq.book import open_book
from tests import databases
from tests.e2e.conftest import MARA, OTIS, PRIYA, TEAM, said
from tests.faults.births import Nursery, settings_for, typed
from tests.faults.fast_clock import FastClock
from tests.faults.oracle import TITLES
from tests.faults.turnstile import Turnstile

ROOT = Path(__file__).parent.parent.parent
FACTOR = 60.0
"""A lease of 45 seconds is over in less than one."""
SOON = 3_600.0
"""Nobody else sends what one process is late with, so that it need not hurry: on this clock a moment is many seconds."""
SEEDS = range(int(os.environ.get("FOREWORD_LONG_RUNS", "0")) or 2)
PATIENCE = 40.0
FAULTS = ("none", "none", "timeout_after", "reset_before", "reset_after", "500", "429", "malformed")


class Patient:
    """A bot process that is killed and started again, and the Slack that outlives it."""

    def __init__(
        self,
        nursery: Nursery,
        slack: SandboxSlack,
        turnstile: Turnstile,
        database_url: str,
        api_url: str,
        origin: float,
    ) -> None:
        """Nothing runs yet."""
        self._nursery = nursery
        self.slack = slack
        self.turnstile = turnstile
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.database_url = database_url
        self.kills = self.ambiguous = 0
        settings = settings_for(slack, api_url=api_url, database_url=database_url, port=self.port, secret="k" * 40)
        self._bearing = {"settings": settings, "origin": origin, "factor": FACTOR, "soon": SOON}
        self._bot = 0
        slack.bot_url = f"http://127.0.0.1:{self.port}/slack/events"

    async def start(self) -> None:
        """Start a bot, and wait until it takes requests."""
        self._bot = self._nursery.born(self._bearing)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.01)
        pytest.fail("the bot did not start")

    async def kill(self) -> None:
        """SIGKILL: nothing is cleaned up. Returns when it is gone."""
        bot, self._bot = self._bot, 0
        if not bot:
            return
        self.kills += 1
        with contextlib.suppress(ProcessLookupError):
            os.kill(bot, signal.SIGKILL)
            while True:
                os.kill(bot, 0)
                await asyncio.sleep(0.002)

    async def type(self, person: str, text: str) -> str:
        """Type a command; tried again while the bot is down, as a person would."""
        return await typed(self.slack, person, text, patience=PATIENCE)

    def messages(self, step: str) -> int:
        """How many of this step's messages stand in the team's channel."""
        return sum(
            TITLES[step] in said(message)
            for conversation in self.slack.view(PRIYA)["conversations"]
            if conversation["id"] == TEAM
            for message in conversation["messages"]
            if message["bot"] and not message["ephemeral"]
        )

    async def settled(self, step: str) -> None:
        """Wait until the message stands there and the bot knows it; *Check again* is pressed wherever it is offered."""
        until = time.monotonic() + PATIENCE
        card = ""
        while time.monotonic() < until:
            card = await self.type(MARA, "/rollout")
            assert step == "brief" or self.messages(step) <= 1, f"{step} stands there twice"
            if f"{step} ✓" in card and (step == "brief" or self.messages(step) == 1):
                return
            if "Ambiguous" in card or "Not sent" in card:
                self.ambiguous += "Ambiguous" in card
                assert "Check again" in card
                await self.slack.click(MARA, "delivery_check_again")
            await asyncio.sleep(0.1)
        pytest.fail(f"{step} was neither delivered nor shown as ambiguous:\n{card}")

    async def confirm(self, step: str) -> None:
        """Launch a step and confirm it, once more if the bot gave no answer to that."""
        shown = await self.type(MARA, f"/rollout launch {step}")
        if "Preview" in shown:
            await self.slack.click(MARA, "launch_confirm")

    def letters(self) -> int:
        """How many briefings Mara has."""
        return sum(
            "your briefing for" in said(message)
            for conversation in self.slack.view(MARA)["conversations"]
            if conversation["kind"] == "dm"
            for message in conversation["messages"]
        )


@pytest.fixture
async def patient(nursery: Nursery, tmp_path: Path, a_database: Callable[..., str]) -> AsyncIterator[Patient]:
    """A rollout with nothing launched, and a bot that is about to have bad days."""
    origin = time.time()
    clock = FastClock(origin, FACTOR)
    slack = SandboxSlack(clock=clock, limits=NO_LIMITS, retry_delays=(0.05, 0.1, 0.2), hang_seconds=0.5)
    turnstile = Turnstile(slack.app)
    async with running(turnstile) as url:
        found = Patient(nursery, slack, turnstile, a_database(tmp_path), f"{url}/api/", origin)
        slack.app.state.address = url
        database = databases.opened_at(found.database_url)
        plan = parse_plan((ROOT / "examples" / "hourglass.yaml").read_bytes(), today=date(2026, 11, 30)).plan
        database.run_now(migrate.to)
        book = open_book()
        database.run_now(lambda db: plans.load(db, plan, book=book, by="operator", now=clock.now()))
        await database.close()
        await found.start()
        yield found
        await found.kill()
        await slack.stop()


async def take_to(patient: Patient, step: str) -> None:
    """Everything before this step, undisturbed."""
    for each in ("brief", *TITLES):
        if each == step:
            return
        await patient.confirm(each)
        await patient.settled(each)
        if each == "brief":
            await patient.slack.click(MARA, "brief_can_answer")
        if each == "policy":
            await waive_the_notice(patient)


async def waive_the_notice(patient: Patient) -> None:
    """The clock is fast, but not that fast."""
    await patient.type(MARA, "/rollout override notice_period because the test is short")
    await patient.type(OTIS, "/rollout approve")


async def nothing_is_broken(patient: Patient) -> None:
    """Each message once, and a timeline that proves itself."""
    await patient.kill()
    assert patient.letters() == 1
    database = databases.opened_at(patient.database_url)
    assert all(broken is None for broken in database.run_now(checking.broken_timelines).values())
    launched = database.run_now(
        lambda db: db.exec_driver_sql("SELECT count(*) FROM launch WHERE state = 'launched'").scalar()
    )
    assert launched == 1 + sum(patient.messages(step) for step in TITLES)
    await database.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", SEEDS)
async def test_killed_at_any_moment(
    patient: Patient, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """Brief, reason, policy, install, with a kill or two in each and a Slack that is not well either."""
    chance = random.Random(seed)
    for step in ("brief", *TITLES):
        await launch(patient, step, chance)
        await patient.settled(step)
        if step == "brief":
            await patient.slack.click(MARA, "brief_can_answer")
        if step == "policy":
            await waive_the_notice(patient)
    assert [patient.messages(step) for step in TITLES] == [1, 1, 1]
    await nothing_is_broken(patient)
    record_property("kills", patient.kills)
    record_property("ambiguous", patient.ambiguous)


async def launch(patient: Patient, step: str, chance: random.Random) -> None:
    """Launch a step while Slack fails and the process dies; whoever got no answer confirms again."""
    fault = chance.choice(FAULTS)
    if fault != "none":
        patient.slack.faults.add("chat.postMessage", fault, times=1, retry_after=1)
    if chance.random() < 0.3:
        patient.slack.faults.add("conversations.history", chance.choice(("error:missing_scope", "500", "429")), times=1)
    shown = await patient.type(MARA, f"/rollout launch {step}")
    assert "Preview" in shown, shown
    confirming = asyncio.ensure_future(patient.slack.click(MARA, "launch_confirm"))
    for _kill in range(chance.choice((1, 1, 2, 3))):
        await asyncio.sleep(chance.choice((0.0, 0.005, 0.02, 0.05, 0.3, 0.8)) * chance.random() * 2)
        await patient.kill()
        await patient.start()
    if (await confirming)["status"] != 200:
        await patient.confirm(step)


@pytest.mark.parametrize(
    ("method", "done", "step"),
    [
        ("chat.postMessage", False, "policy"),
        ("chat.postMessage", True, "policy"),
        ("chat.postMessage", True, "brief"),
        ("conversations.members", False, "policy"),
        ("conversations.history", True, "reason"),
    ],
    ids=["claimed and not posted", "posted and not recorded", "a letter", "in the roll call", "while looking for it"],
)
@pytest.mark.timeout(120)
async def test_killed_at_a_chosen_moment(patient: Patient, method: str, step: str, *, done: bool) -> None:
    """Between claim and post, between post and record, in the roll call, while looking for it: once each, in order."""
    await take_to(patient, step)
    if method == "conversations.history":
        patient.slack.faults.add("chat.postMessage", "reset_after")
    shown = await patient.type(MARA, f"/rollout launch {step}")
    assert "Preview" in shown, shown
    patient.turnstile.hold(method, done=done)
    confirming = asyncio.ensure_future(patient.slack.click(MARA, "launch_confirm"))
    async with asyncio.timeout(PATIENCE):
        await patient.turnstile.reached.wait()
    await patient.kill()
    await patient.start()
    if (await confirming)["status"] != 200:  # on a slow machine it was held in the roll call of the step before
        await patient.confirm(step)
    await patient.settled(step)
    if step == "policy":
        async with asyncio.timeout(PATIENCE):
            while "0 of 8 people have read" not in await patient.type(MARA, "/rollout"):
                await asyncio.sleep(0.1)
    await nothing_is_broken(patient)
