"""A direct message that Slack brings to several instances is answered once, by one that is alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from bot.ports import Post
from bot.sealing import Keyring
from bot.services.voices import Ear
from bot.store.database import PostgreSQLDatabase
from handlers import written_questions
from handlers.desk import Desk
from scheduler.clock import MovableClock
from tests import databases
from tests.given import MONDAY, PRIYA
from tests.scheduler.stopping_world import StoppingWorld
from tests.services.small_world import Killed

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

EVENT = {"user": PRIYA, "channel": "D01PRIYA", "text": "Who sees it?"}


class Instances:
    """Two processes that know of each other through the database alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock = MovableClock(MONDAY, runs=False)
        self.slack = StoppingWorld({})
        url = databases.fresh()
        self.databases = [PostgreSQLDatabase(url, pool_size=2) for _each in range(2)]
        self.waits: Callable[[], Awaitable[None]] | None = None
        monkeypatch.setattr(written_questions, "answer_ask", self._understand)
        monkeypatch.setattr(written_questions, "_taken_turns", self._wait)

    async def _understand(self, *_given: object) -> Post:
        return Post("Your manager does.", ())

    async def _wait(self, _desk: Desk) -> None:
        await asyncio.sleep(0.2)
        self.clock.advance(timedelta(seconds=written_questions.TURN_SECONDS))

    async def bring(self, instance: int) -> None:
        """Slack brings the question to one of them."""
        ear = Ear(Keyring(b"k" * 32), ZoneInfo("Europe/Berlin"))
        desk = SimpleNamespace(
            database=self.databases[instance],
            read=self.databases[instance].look,
            note=self.databases[instance].brief,
            under_way=set(),
            not_given={},
            clock=self.clock,
            now=self.clock.now,
            messenger=self.slack,
            ear=ear,
        )
        await written_questions.asked_directly(cast(Desk, desk), "Ev01", EVENT)

    async def close(self) -> None:
        for database in self.databases:
            await database.close()

    @property
    def answers(self) -> int:
        """How many answers stand in the conversation."""
        return len(self.slack.posts)


@pytest.fixture
async def instances(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Instances]:
    """Both are up."""
    made = Instances(monkeypatch)
    yield made
    await made.close()


async def test_brought_to_two_at_once(instances: Instances) -> None:
    """Both get it at the same moment, ten times over: one answer."""
    await asyncio.gather(*(instances.bring(number % 2) for number in range(10)))
    assert instances.answers == 1


async def test_brought_again_after_a_death(instances: Instances) -> None:
    """Whoever had it first is dead: the next one answers, after the time in which the first might have."""
    instances.slack.weather = ["killed before"]
    with pytest.raises(Killed):
        await instances.bring(0)
    await asyncio.gather(instances.bring(1), instances.bring(1))
    assert instances.answers == 1


async def test_brought_again_after_an_answer_that_was_lost(instances: Instances) -> None:
    """The answer is there, though nobody knows it: it is found, and not given again."""
    instances.slack.weather = ["killed after"]
    with pytest.raises(Killed):
        await instances.bring(0)
    await instances.bring(1)
    assert instances.answers == 1


async def test_stopped_while_the_other_one_answers(instances: Instances) -> None:
    """The first is stopped before its answer leaves; the second has answered when it goes on: still one."""

    async def the_other_one() -> None:
        await instances.bring(1)

    instances.slack.meanwhile = [the_other_one]
    await instances.bring(0)
    assert instances.slack.late == 1
    assert instances.answers == 1
