"""Several instances on one PostgreSQL, killed, stopped and started at random: nothing is lost, and nothing is there twice.

Some are stopped for longer than a lease; the balancer before them gives some requests to two of them at once.
FOREWORD_CHAOS_SEEDS is a list such as `3,17` or how many seeds to try; a seed says what happens to whom and when, as far as
the machine's own pace allows. FOREWORD_CHAOS_SECONDS is how long people go on after the last step.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.delivery import DeliveryState
from bot.domain.pushback import Theme
from bot.domain.weeks import week_of
from bot.plan import parse_plan
from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.lines import HttpLine, NoReply, Reply, Retry
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.sandbox.wire import Json
from bot.sealing import Keyring
from bot.services import checking, plans
from bot.store import questions, rollouts, tables, voice_tables
from bot.store.database import PostgreSQLDatabase
from faq.book import open_book
from tests import databases
from tests.e2e.conftest import EVERYBODY, HELEN, LINK, LUCAS, MARA, OTIS, TEAM, said
from tests.faults.fast_clock import FastClock
from tests.given import MONDAY, SAMPLE

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

ROOT = Path(__file__).parent.parent.parent
FACTOR = 5.0
"""A lease of 45 seconds is over in nine, and what was taken two seconds ago is not sent."""
TIMEOUT = 1.5
STOPPED = (0.3, 1.0, 3.0, 10.0, 12.0)
"""Seconds; the longer ones are longer than a lease."""
TICKS = 0.3
INSTANCES = 3
AT_LEAST = 2
"""So many are up when the next one is harmed; on a slow machine it takes longer to have them up, not to get anything done."""
PATIENCE = 150.0
CHAOS_SECONDS = float(os.environ.get("FOREWORD_CHAOS_SECONDS") or 0)
SECRET = "k" * 40
NOBODY = 2**22 + 1
"""No process has a number like this."""
TITLES = {"reason": "why it is coming", "policy": "the policy (version 1)", "install": "ready to install"}
Nursery = subprocess.Popen[str]


def seeds() -> list[int]:
    """Which seeds to try: named, or so many; one by default."""
    given = os.environ.get("FOREWORD_CHAOS_SEEDS") or "1"
    return [int(each) for each in given.split(",")] if "," in given else list(range(int(given)))


def free_port() -> int:
    """A port that no connection of anybody's gets by itself while the instance is down."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class Instance:
    """One process of the bot. It may be down, or stopped."""

    def __init__(self, nursery: Nursery, settings: dict[str, str], origin: float) -> None:
        """Nothing runs yet."""
        self.port = free_port()
        self._nursery = nursery
        own = settings | {"PORT": str(self.port)}
        self._bearing = json.dumps(
            {"settings": own, "origin": origin, "factor": FACTOR, "ticks": TICKS, "timeout": TIMEOUT}
        )
        self.process = 0
        self.stopped = False
        self._changing = asyncio.Lock()
        self.line = HttpLine(f"http://127.0.0.1:{self.port}/slack/events", "sandbox-signing-secret", 3.0)

    async def start(self) -> None:
        """Start it, if it is down; go on, if it was stopped."""
        async with self._changing:
            self.stopped = False
            try:
                os.kill(self.process or NOBODY, signal.SIGCONT)
            except ProcessLookupError:
                self.process = await asyncio.to_thread(self._born)

    def _born(self) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{self._bearing}\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def stop(self) -> None:
        """SIGSTOP: it does nothing, and knows nothing of it."""
        self.stopped = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process or NOBODY, signal.SIGSTOP)

    async def kill(self) -> None:
        """SIGKILL: nothing is cleaned up. Returns when it is gone."""
        async with self._changing:
            process, self.process = self.process, 0
            with contextlib.suppress(ProcessLookupError):
                if process:
                    os.kill(process, signal.SIGKILL)
                while process:
                    os.kill(process, 0)
                    await asyncio.sleep(0.01)

    async def is_up(self) -> bool:
        """Whether it takes connections, and answers what comes over them."""
        if self.stopped or not self.process:
            return False
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


class Balancer:
    """Gives each request to one instance, dead or alive; some to two of them at the same moment."""

    def __init__(self, instances: list[Instance], chance: random.Random) -> None:
        self._instances = instances
        self._chance = chance
        self.twice = 0

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Reply:
        """The first good answer; raises NoReply."""
        chosen = self._chance.sample(self._instances, 2 if self._chance.random() < 0.3 else 1)
        self.twice += len(chosen) > 1
        answers = await asyncio.gather(
            *(each.line.send(kind, payload, retry) for each in chosen), return_exceptions=True
        )
        good = [answer for answer in answers if isinstance(answer, Reply)]
        if not good:
            raise NoReply("http_timeout")
        return next((answer for answer in good if answer.taken), good[0])


class Office:
    """The people, their Slack, and the instances that bad things happen to."""

    def __init__(self, slack: SandboxSlack, url: str, instances: list[Instance], seed: int) -> None:
        self.slack = slack
        self.url = url
        self.instances = instances
        self.chance = random.Random(seed)
        self.balancer = Balancer(instances, random.Random(seed + 1_000_000))
        slack.courier._line = lambda: self.balancer  # type: ignore[method-assign]
        self.ill = Counter[str]()
        self.read: set[str] = set()
        self.members = [person for person in slack.space.conversations[TEAM].members if person.startswith("U01")]
        self._late: list[asyncio.Task[None]] = []

    # -- what happens to the instances

    async def bad_days(self) -> None:
        """Kill, stop and start, until it is cancelled; seldom all of them, and else as long as another one is up."""
        while True:
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            all_of_them = self.chance.random() < 0.1
            victims = self.instances if all_of_them else [self.chance.choice(self.instances)]
            plans = [(self.chance.random(), self.chance.choice(STOPPED)) for _victim in victims]
            while sum([await instance.is_up() for instance in self.instances]) < AT_LEAST:
                await asyncio.sleep(0.1)
            for victim, (dice, seconds) in zip(victims, plans, strict=True):
                if dice < 0.5:
                    self.ill["killed"] += 1
                    await victim.kill()
                    self._later(seconds / 6, victim)
                else:
                    self.ill["stopped"] += 1
                    victim.stop()
                    self._later(seconds, victim)

    def _later(self, seconds: float, instance: Instance) -> None:
        async def again() -> None:
            await asyncio.sleep(seconds)
            await instance.start()

        self._late.append(asyncio.create_task(again()))

    async def good_days(self) -> None:
        """Everybody is up again."""
        await asyncio.gather(*self._late)
        for instance in self.instances:
            await instance.start()

    # -- what people do

    async def type(self, person: str, text: str) -> str:
        """Type a command; tried again when nothing answers, as a person would."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = await self.slack.command(person, EVERYBODY, text)
            if answer["status"] == 200:
                return said(answer["body"])
            await asyncio.sleep(0.1)
        pytest.fail(f"no answer to {text}")

    async def press(self, person: str, action: str) -> bool:
        """Press a button once. Whether that was acknowledged."""
        return bool((await self.slack.click(person, action))["status"] == 200)

    async def insist(self, person: str, action: str) -> None:
        """Press until it is acknowledged."""
        until = time.monotonic() + PATIENCE
        while not await self.press(person, action):
            assert time.monotonic() < until, f"{action} was never acknowledged"
            await asyncio.sleep(0.1)

    async def launch(self, step: str) -> None:
        """Launch a step, and go on asking until its card says that it is delivered."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            card = await self.type(MARA, "/rollout")
            if f"{step} ✓" in card:
                return
            if "Check again" in card:
                self.ill["shown"] += 1
                await self.press(MARA, "delivery_check_again")
            shown = await self.type(self.chance.choice((MARA, OTIS)), f"/rollout launch {step} pilot")
            if "Preview" in shown:
                person = MARA if self.chance.random() < 0.5 else OTIS
                with contextlib.suppress(Exception):  # the other one may have no preview before them
                    await self.press(person, "launch_confirm")
            await asyncio.sleep(0.3)
        pytest.fail(f"{step} was neither delivered nor shown:\n{card}")

    async def have_read(self, people: list[str]) -> None:
        """*I have read it*, some at the same moment; whoever got no answer may leave it at that."""
        pressed = await asyncio.gather(*(self.press(person, "policy_have_read") for person in people))
        self.read |= {person for person, done in zip(people, pressed, strict=True) if done}

    async def go_on(self, seconds: float) -> None:
        """People come, go, read and look."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            person = self.chance.choice(self.members)
            match self.chance.randrange(4):
                case 0:
                    await self.have_read([person])
                case 1:
                    await self.slack.leave(person, TEAM)
                    await self.slack.join(person, TEAM)
                case 2:
                    await self.press(person, "link_get")
                case _:
                    await self.type(MARA, "/rollout")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Everything loaded once."""
    command = [sys.executable, "-m", "tests.faults.nursery"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process


def ask_and_answer(db: Connection, askers: list[str], now: Any) -> None:
    """A question that these people asked without their names, and that HR has answered: on its way back."""
    rollout = rollouts.every(db)[0]
    week = week_of(MONDAY, ZoneInfo("Europe/Berlin"))
    question_id = questions.add(
        db, rollout.id, wave_id=None, week=week, theme=Theme.WHO_SEES, text="Who sees it?", post_at=MONDAY
    )
    keys = Keyring(SECRET.encode())
    for person in askers:
        sealed = keys.seal(json.dumps({"person": person, "until": (now + timedelta(days=14)).isoformat()}))
        questions.join(db, question_id, sealed, counted_at=MONDAY)
    assert questions.answer(db, question_id, text="Your manager does.", by=HELEN, entry=None)


@pytest.fixture
async def office(nursery: Nursery, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """A rollout with nothing launched, and three instances."""
    origin = time.time()
    clock = FastClock(origin, FACTOR)
    slack = SandboxSlack(clock=clock, limits=NO_LIMITS, retry_delays=(0.2, 1.0, 3.0), hang_seconds=2.0)
    url = await asyncio.to_thread(databases.fresh)
    plan = parse_plan(SAMPLE.read_bytes(), today=date(2026, 11, 30)).plan
    book = open_book()
    database = PostgreSQLDatabase(url)
    await database.run(lambda db: plans.load(db, plan, book=book, by="operator", now=clock.now()))
    await database.close()
    async with running(slack.app) as address:
        slack.app.state.address = address
        settings = {
            "SLACK_API_URL": f"{address}/api/",
            "SLACK_BOT_TOKEN": slack.connection.bot_token,
            "SLACK_SIGNING_SECRET": slack.connection.signing_secret,
            "SLACK_APP_TOKEN": "",
            "DATABASE_URL": url,
            "VOICE_KEY": SECRET,
            "HOST": "127.0.0.1",
            "OWNERS": "",
        }
        instances = [Instance(nursery, settings, origin) for _each in range(INSTANCES)]
        slack.bot_url = f"http://127.0.0.1:{instances[0].port}/slack/events"
        for instance in instances:
            await instance.start()
        made = Office(slack, url, instances, request.node.callspec.params["seed"])
        try:
            async with asyncio.timeout(PATIENCE):
                while not all([await instance.is_up() for instance in instances]):
                    await asyncio.sleep(0.05)
            yield made
        finally:
            for instance in instances:
                await instance.kill()
                await instance.line.close()
            await slack.stop()


@pytest.mark.timeout(600 + 2 * CHAOS_SECONDS)
@pytest.mark.parametrize("seed", seeds())
async def test_killed_and_stopped_at_random(
    office: Office, seed: int, record_property: Callable[[str, object], None]
) -> None:
    """A whole pilot, a latecomer, answers on their way back: everything once, in order, and nothing lost."""
    database = PostgreSQLDatabase(office.url, pool_size=2)
    askers = [person for person in office.members if person not in (MARA, OTIS)]
    bad = asyncio.create_task(office.bad_days())
    try:
        await database.run(lambda db: ask_and_answer(db, askers, MONDAY))
        for step in ("brief", *TITLES):
            await office.launch(step)
            if step == "brief":
                await office.insist(MARA, "brief_can_answer")
            if step == "policy":
                await office.have_read(askers)
                await office.slack.join(LUCAS, TEAM)
                await office.type(MARA, "/rollout override notice_period pilot because the test is short")
                await office.type(OTIS, "/rollout approve")
        await office.go_on(CHAOS_SECONDS)
    finally:
        bad.cancel()
        await asyncio.gather(bad, return_exceptions=True)
        await office.good_days()
    await comes_to_rest(office, database, askers)
    for instance in office.instances:
        await instance.kill()
    await everything_holds(office, database, askers)
    await database.close()
    for name, number in {**office.ill, "twice": office.balancer.twice}.items():
        record_property(name, number)


async def comes_to_rest(office: Office, database: PostgreSQLDatabase, askers: list[str]) -> None:
    """Wait until nothing is on its way any more."""
    moving = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNSURE)

    def left(db: Connection) -> dict[str, int]:
        rows = db.execute(
            select(tables.delivery.c.state, func.count()).where(tables.delivery.c.state.in_(moving)).group_by("state")
        )
        found: dict[str, int] = {row[0]: row[1] for row in rows}
        addresses = db.scalar(select(func.count()).select_from(voice_tables.sealed_address)) or 0
        calls = db.scalar(select(func.count()).where(tables.roll_call.c.done_at.is_(None))) or 0
        return found | {name: n for name, n in {"addresses": addresses, "roll calls": calls}.items() if n}

    until = time.monotonic() + PATIENCE
    while still := await database.run(left):
        assert time.monotonic() < until, f"still on its way: {still}"
        await asyncio.sleep(0.3)


async def everything_holds(office: Office, database: PostgreSQLDatabase, askers: list[str]) -> None:
    """The oracle: Slack's own messages against the rows of the database."""
    everywhere = [
        (place, message)
        for place in office.slack.space.conversations.values()
        for message in place.messages
        if message.by_bot and message.only_for is None
    ]
    marks = Counter(mark_of(message) for _place, message in everywhere)
    assert {mark: times for mark, times in marks.items() if times > 1} == {}, "no message is there twice"
    assert not any(LINK in json.dumps([message.text, message.blocks]) for _place, message in everywhere)

    def look(db: Connection) -> None:
        for row in db.execute(select(tables.delivery)):
            there = marks[row.id]
            expected = {DeliveryState.SENT: {1}, DeliveryState.AMBIGUOUS: {0, 1}}.get(DeliveryState(row.state), {0})
            assert there in expected, f"{row.key} is {row.state}, and {there} times in Slack"
        launched = db.execute(
            select(tables.launch.c.step, func.count()).where(tables.launch.c.state == "launched").group_by("step")
        )
        assert {row[0]: row[1] for row in launched} == dict.fromkeys(("brief", *TITLES), 1)
        read = select(tables.receipt.c.person).where(tables.receipt.c.acknowledged_at.is_not(None))
        assert office.read <= set(db.scalars(read)), "who was told that it is noted is noted"
        assert set(checking.broken_timelines(db).values()) == {None}

    await database.run(look)
    team = [words(message) for place, message in everywhere if place.id == TEAM]
    order = [step for text in team for step, title in TITLES.items() if title in text]
    assert order == list(TITLES), "each step once, in order"
    for person in [*askers, LUCAS]:
        letters = [words(message) for place, message in everywhere if place.person == person]
        late = [step for text in letters for step, title in TITLES.items() if title in text]
        assert late in ([], list(TITLES)[: len(late)]), f"{person} was given {late}"
        assert sum("without your name" in text for text in letters) == (person in askers)
    briefed = [message for place, message in everywhere if place.person == MARA and "briefing for" in words(message)]
    assert len(briefed) == 1


def words(message: Any) -> str:
    """Everything that a message says."""
    return said([message.text, message.blocks])


def mark_of(message: Any) -> str:
    """The delivery's id in a message's metadata."""
    return str((message.metadata or {}).get("event_payload", {}).get("delivery_id"))
