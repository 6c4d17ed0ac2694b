"""Several instances of the bot as processes of their own, the balancer before them, bad days, and the people who go on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import time
from collections import Counter

import pytest

from bot.sandbox.lines import HttpLine, NoReply, Reply, Retry
from bot.sandbox.slack import SandboxSlack
from bot.sandbox.wire import Json
from tests.e2e.conftest import MARA, OTIS, TEAM
from tests.faults.births import Nursery, typed

FACTOR = 5.0
"""A lease of 45 seconds is over in nine, and what was taken two seconds ago is not sent."""
TIMEOUT = 1.5
STOPPED = (0.3, 1.0, 3.0, 10.0, 12.0)
"""Seconds; the longer ones are longer than a lease."""
TICKS = 0.3
AT_LEAST = 2
"""So many are up when the next one is harmed; on a slow machine it takes longer to have them up, not to get anything done."""
PATIENCE = 150.0
NOBODY = 2**22 + 1
"""No process has a number like this."""


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
        self._bearing = {"settings": own, "origin": origin, "factor": FACTOR, "ticks": TICKS, "timeout": TIMEOUT}
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
                self.process = await asyncio.to_thread(self._nursery.born, self._bearing)

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
        return await typed(self.slack, person, text, patience=PATIENCE)

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
