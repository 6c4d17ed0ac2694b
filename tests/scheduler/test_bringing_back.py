"""Answers come back to those who asked, each once, however many instances there are and whichever of them stops or dies."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.pace import AT_ONCE
from bot.domain.pushback import Theme
from bot.domain.weeks import week_of
from bot.sealing import Keyring
from bot.services.voices import Ear
from bot.store import instance_tables, questions, rollouts, voice_tables
from bot.store.database import PostgreSQLDatabase
from scheduler.clock import MovableClock
from scheduler.replies import Replier
from tests import databases
from tests.given import HELEN, MONDAY, PLAN
from tests.scheduler.stopping_world import StoppingWorld
from tests.services.small_world import Killed

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

ASKERS = [f"U{number:02d}ASKED" for number in range(6)]
ZONE = ZoneInfo("Europe/Berlin")
EAR = Ear(Keyring(b"k" * 32), ZONE)


class Answers:
    """A question that six people asked and HR has answered; several instances on one database."""

    def __init__(self, *, instances: int = 2) -> None:
        self.clock = MovableClock(MONDAY, runs=False)
        self.slack = StoppingWorld({})
        url = databases.fresh()
        self.databases = [PostgreSQLDatabase(url, pool_size=2) for _instance in range(instances)]
        self.databases[0].run_now(self._ask_and_answer)
        self.instances = [self.instance(number) for number in range(instances)]

    def instance(self, number: int, ear: Ear = EAR) -> Replier:
        """A fresh process."""
        return Replier(self.databases[number], self.slack, self.clock, ear, AT_ONCE)

    def _ask_and_answer(self, db: Connection) -> None:
        rollout_id = rollouts.create(db, PLAN, by="operator", now=MONDAY)
        week = week_of(MONDAY, ZONE)
        question_id = questions.add(
            db, rollout_id, wave_id=None, week=week, theme=Theme.WHO_SEES, text="Who sees it?", post_at=MONDAY
        )
        until = (MONDAY + timedelta(days=14)).isoformat()
        for person in ASKERS:
            sealed = EAR.keys.seal(json.dumps({"person": person, "until": until}))
            questions.join(db, question_id, sealed, counted_at=MONDAY)
        assert questions.answer(db, question_id, text="Your manager does.", by=HELEN, entry=None)

    async def all(self) -> None:
        """Each instance's tick, at the same moment."""
        await asyncio.gather(*(each.bring_back() for each in self.instances))

    async def rows(self, table: str) -> int:
        """How many rows there are."""
        found = {"duty": instance_tables.duty, "sealed_address": voice_tables.sealed_address}[table]
        return await self.databases[0].run(lambda db: db.scalar(select(func.count()).select_from(found)) or 0)

    async def until_all_have_it(self, ticks: int = 40) -> None:
        """Time goes by, a tick of everybody each ten seconds; then everybody has the answer, once, and nothing is left."""
        for _tick in range(ticks):
            await self.all()
            self.clock.advance(timedelta(seconds=10))
        assert {person: len(self.slack.texts_in(person)) for person in ASKERS} == dict.fromkeys(ASKERS, 1)
        assert await self.rows("sealed_address") == 0
        assert await self.rows("duty") == 0

    async def close(self) -> None:
        for database in self.databases:
            await database.close()


async def test_three_instances_at_once() -> None:
    """Everybody's tick comes at the same moment, again and again: each asker reads the answer once."""
    answers = Answers(instances=3)
    await answers.until_all_have_it(ticks=4)
    assert answers.slack.times_posted.most_common(1)[0][1] == 1
    await answers.close()


async def test_an_instance_that_is_stopped_before_it_sends() -> None:
    """It goes on after its lease, when another one has sent the answer: it sends nothing, and takes nothing back."""
    answers = Answers()
    first, second = answers.instances

    async def the_other_one_takes_over() -> None:
        answers.clock.advance(timedelta(seconds=61))
        assert await second.bring_back() == len(ASKERS)

    answers.slack.meanwhile = [the_other_one_takes_over]
    assert await first.bring_back() == 0
    assert answers.slack.late == 1
    await answers.until_all_have_it(ticks=2)
    await answers.close()


async def test_an_instance_that_is_stopped_for_less_than_its_lease() -> None:
    """Nobody else could take over, but it was away for long: it looks at the time, and begins again."""
    answers = Answers()

    async def a_while() -> None:
        answers.clock.advance(timedelta(seconds=40))

    answers.slack.meanwhile = [a_while]
    await answers.instances[0].bring_back()
    assert answers.slack.late == 1
    await answers.until_all_have_it()
    await answers.close()


@pytest.mark.parametrize("end", ["killed before", "killed after"])
async def test_an_instance_that_dies(end: str) -> None:
    """Just before its request leaves or just after: the next one looks before it sends, once the lease is over."""
    answers = Answers()
    answers.slack.weather = [end]
    with pytest.raises(Killed):
        await answers.instances[0].bring_back()
    answers.instances = [answers.instance(0), answers.instances[1]]
    await answers.all()
    assert len(answers.slack.posts) == (end == "killed after"), "the lease is not over"
    await answers.until_all_have_it()
    await answers.close()


@pytest.mark.parametrize("end", ["silent", "lost"])
async def test_an_answer_of_slack_that_never_came(end: str) -> None:
    """Nobody looks for a message, or sends it again, while its request may still take effect."""
    answers = Answers()
    answers.slack.weather = [end]
    await answers.all()
    there = len(answers.slack.posts)
    answers.clock.advance(timedelta(seconds=9))
    await answers.all()
    assert len(answers.slack.posts) == there
    await answers.until_all_have_it()
    await answers.close()


async def test_where_the_history_cannot_be_read_the_asker_is_told_so() -> None:
    """An answer that may have come before comes again, with a line that says so: nothing is lost, nothing is silent."""
    answers = Answers()
    answers.slack.weather = ["lost", *["fair"] * (len(ASKERS) - 1), "blind"]
    for _tick in range(3):
        await answers.all()
        answers.clock.advance(timedelta(seconds=16))
    assert sum("brought you this before" in body for *_rest, body in answers.slack.posts) == 1
    await answers.until_all_have_it(ticks=1)
    await answers.close()


async def test_a_limit_holds_for_all_instances() -> None:
    """After a 429 no instance sends an answer before its time."""
    answers = Answers()
    answers.slack.weather = ["limited"]
    await answers.all()
    await answers.all()
    assert not answers.slack.posts
    await answers.until_all_have_it()
    await answers.close()


async def test_an_instance_with_another_secret_takes_nothing_away() -> None:
    """It cannot read the addresses: it leaves them to those who can."""
    answers = Answers()
    stranger = answers.instance(1, Ear(Keyring(b"x" * 32), ZONE))
    assert await stranger.bring_back() == 0
    await answers.until_all_have_it(ticks=2)
    await answers.close()


async def test_nothing_beside_an_address_says_who_sends_it_or_when() -> None:
    """While answers are under way, an address has no moment and no instance beside it."""
    columns = {column.name for column in voice_tables.sealed_address.columns}
    assert columns == {"id", "question_id", "sealed", "tried"}
    answers = Answers()

    async def look() -> None:
        assert await answers.rows("duty") == 1, "one row, for all of them"

    answers.slack.meanwhile = [look]
    await answers.until_all_have_it(ticks=2)
    await answers.close()
