"""Pilots of many sizes over four weeks: whoever is asked is asked once, at a decent hour, through outages and deaths."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert

from bot.domain.pace import AT_ONCE
from bot.domain.rollout import CheckinBy, Plan, Step
from bot.holiday_calendar import calendar_of
from bot.ports import Person, Post, SendResult
from bot.sealing import Keyring
from bot.services import checkin_answers, plans
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.store import checkins, outbox, people, rollouts, tables
from bot.store.checkins import Checkin
from bot.store.schema import METADATA
from bot.store.statements import new_id
from faq.book import open_book
from scheduler.clock import MovableClock
from scheduler.jobs import Jobs
from scheduler.outbox import Sender
from tests import databases
from tests.given import OTIS, PLAN
from tests.services.small_world import Killed, SmallWorld

pytestmark = pytest.mark.database
TEAM = "C01CLIENT"
LONG = bool(os.environ.get("FOREWORD_LONG_RUNS"))
SIZES = (8, 40, 400) if LONG else (8, 40)
ZONES = (
    "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Honolulu",
    "America/St_Johns", "Asia/Kathmandu", "Africa/Lagos", "America/Sao_Paulo", "Australia/Lord_Howe", "Europe/London",
)  # fmt: skip
RULES = Rulebook(open_book(None), ZoneInfo("Europe/Berlin"), pace=AT_ONCE)


class Team(SmallWorld):
    """A team in many time zones, which remembers when each message came."""

    def __init__(self, size: int, clock: MovableClock, seed: int) -> None:
        """`size` people in the pilot's channel."""
        crowd = [f"U{number:05d}" for number in range(size)]
        super().__init__({TEAM: set(crowd)})
        dice = random.Random(seed)
        self.zones = {person: dice.choice(ZONES) for person in crowd}
        self.clock = clock
        self.came: list[tuple[str, datetime, str]] = []

    async def person(self, user: str) -> Person:
        """Somebody, where they are."""
        return Person(user, user, self.zones.get(user, "UTC"))

    async def post(self, *, to: str, post: Post, delivery_id: str, thread_ts: str = "") -> SendResult:
        """Note when it came."""
        before = len(self.posts)
        try:
            return await super().post(to=to, post=post, delivery_id=delivery_id, thread_ts=thread_ts)
        finally:
            if len(self.posts) > before:
                self.came.append((to, self.clock.now(), post.text))

    def of(self, person: str, words: str) -> list[datetime]:
        """When this person was sent a message with these words."""
        return [at for to, at, text in self.came if to == person and words in text]


class Pilot:
    """A pilot whose install step was delivered, and a bot that can be down, or die."""

    def __init__(self, size: int, installed: datetime, seed: int, plan: Plan = PLAN) -> None:
        """Everything before the month is done."""
        self.clock = MovableClock(installed, runs=False)
        self.team = Team(size, self.clock, seed)
        self.database = databases.opened()
        self.ear = Ear(Keyring(b"k" * 32), RULES.zone)
        self.plan = plan
        self.database.run_now(METADATA.create_all)
        self.database.run_now(self._install)
        self.up()

    def _install(self, db: Connection) -> None:
        now = self.clock.now()
        plans.load(db, self.plan, book=RULES.book, by=OTIS, now=now)
        wave = rollouts.every(db)[0].waves[0]
        for step in (Step.REASON, Step.POLICY, Step.INSTALL):
            values = {"id": new_id(), "rollout_id": rollouts.every(db)[0].id, "wave_id": wave.id, "run": 1, "step": step,
                      "reason_version": 1, "policy_version": 1, "digest": "", "state": "launched", "launched_by": OTIS,
                      "created_at": now, "launched_at": now, "delivered_at": now}  # fmt: skip
            db.execute(insert(tables.launch).values(**values))
        people.remember_members(db, wave.id, sorted(self.team.members[TEAM]), now=now)

    def up(self) -> None:
        """A fresh process."""
        self.jobs = Jobs(self.database, self.team, self.clock, RULES, self.ear)
        self.senders = [Sender(self.database, self.team, self.clock, RULES, self.ear) for _instance in range(2)]

    async def tick(self) -> None:
        """What is due; two instances share the sending."""
        await self.jobs.close_checkins()
        await self.jobs.plan_month()
        while await self.jobs.invite():
            pass
        for sender in self.senders:
            await sender.settle_unsure()
        ended = await asyncio.gather(*(sender.run_until_idle() for sender in self.senders), return_exceptions=True)
        for each in ended:
            if isinstance(each, BaseException):
                raise each

    async def next_moment(self) -> datetime:
        """The next full hour, or when something is due before it."""
        now = self.clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        due = await self.database.run(lambda db: outbox.next_due(db, after=now))
        return min(hour, due) if due else hour

    def rounds(self) -> list[Checkin]:
        """The pilot's check-ins so far."""
        return self.database.run_now(lambda db: checkins.of_wave(db, rollouts.every(db)[0].waves[0]))


async def lived(pilot: Pilot, days: int, seed: int, *, deaths: bool) -> list[tuple[datetime, datetime]]:
    """Let the days pass. Returns when the bot was down."""
    dice = random.Random(seed)
    down: list[tuple[datetime, datetime]] = []
    until = pilot.clock.now()
    end = until + timedelta(days=days)
    while (moment := await pilot.next_moment()) < end:
        pilot.clock.advance(moment - pilot.clock.now())
        if deaths and moment >= until and dice.random() < 1 / 300:
            until = moment + timedelta(hours=dice.choice([1, 3, 8, 30, 100]))
            down.append((moment, until))
        if moment < until:
            continue
        if deaths and dice.random() < 1 / 40:
            pilot.team.weather = [
                dice.choice(["killed before", "killed after", "silent", "lost", "limited", "unreached"])
            ]
        try:
            await pilot.tick()
        except Killed:
            pilot.up()
    return down


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("by", CheckinBy)
async def test_four_weeks(size: int, by: CheckinBy) -> None:
    """Four check-ins and four reminders for everybody, each at ten by their own clock."""
    installed = datetime(2026, 10, 15, 9, tzinfo=UTC)  # clocks change in Europe and America during this month
    plan = replace(PLAN, checkins=replace(PLAN.checkins, by=by))
    pilot = Pilot(size, installed, seed=size, plan=plan)
    await lived(pilot, 27, seed=1, deaths=False)
    asked = [TEAM] if by is CheckinBy.CHANNEL else sorted(pilot.team.zones)
    for person in asked:
        zone = ZoneInfo("Europe/Berlin" if person == TEAM else pilot.team.zones[person])
        came = pilot.team.of(person, "How is Hourglass going?")
        reminded = pilot.team.of(person, "reminder")
        if by is CheckinBy.CHANNEL:
            came = [at for at in came if at not in reminded]
        assert (len(came), len(reminded)) == (4, 4), (person, zone, came, reminded)
        for at in (*came, *reminded):
            local = at.astimezone(zone)
            assert local.time() == time(10), (person, local)
            assert local.weekday() < 5, (person, local)
    assert len(pilot.team.came) == 8 * len(asked) + others(pilot)
    await pilot.database.close()


def others(pilot: Pilot) -> int:
    """Messages to managers and owners: reviews, signs, news of a close."""
    return sum(to not in (TEAM, *pilot.team.zones) for to, _at, _text in pilot.team.came)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(12 if LONG else 3))
async def test_outages_and_deaths(seed: int) -> None:
    """Whatever happens to the bot: nobody is asked twice, nobody at night or at a weekend, nobody forgotten while it ran."""
    dice = random.Random(seed)
    country = dice.choice(["", "DE-BY", "IL", "JP", "US"])
    pilot_wave = replace(PLAN.waves[0], country=country)
    plan = replace(PLAN, waves=(pilot_wave, *PLAN.waves[1:]))
    installed = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=dice.randrange(24 * 300))
    pilot = Pilot(12, installed, seed, plan)
    down = await lived(pilot, 30, seed, deaths=True)
    calendar = calendar_of(country)
    rounds = pilot.rounds()
    for person, zone in pilot.team.zones.items():
        days = Counter[datetime]()
        for words, most in (("How is Hourglass going?", len(rounds)), ("A reminder", len(rounds))):
            came = pilot.team.of(person, words)
            assert len(came) <= most
            for at in came:
                local = at.astimezone(ZoneInfo(zone))
                assert time(8) <= local.time() < time(20), (person, local)
                assert calendar.works(local.date()), (person, local)
                days[at] += 1
    quiet = [each for each in rounds if not any(begin <= each.closes_at and end >= at_ten(each) for begin, end in down)]
    for person in pilot.team.zones:
        assert len(pilot.team.of(person, "How is Hourglass going?")) >= len(
            [each for each in quiet if each.closes_at < pilot.clock.now()]
        )
    assert all(count == 1 for count in pilot.team.times_posted.values()), "each message once"
    await pilot.database.close()


def at_ten(checkin: Checkin) -> datetime:
    """The first moment at which anybody is asked."""
    return datetime.combine(checkin.date, time(10), ZoneInfo("Pacific/Kiritimati"))


async def test_a_pause_in_the_middle() -> None:
    """What falls into a pause waits; what can still be answered afterwards comes late, the rest is skipped."""
    pilot = Pilot(8, datetime(2026, 11, 5, 9, tzinfo=UTC), seed=3)
    await lived(pilot, 2, seed=1, deaths=False)
    rollout = pilot.database.run_now(lambda db: rollouts.every(db)[0])
    pilot.database.run_now(lambda db: rollouts.pause(db, rollout, "wait", now=pilot.clock.now()))
    await lived(pilot, 3, seed=1, deaths=False)
    assert pilot.team.came == []
    pilot.database.run_now(lambda db: rollouts.relaunch(db, rollout, []))
    await lived(pilot, 20, seed=1, deaths=False)
    rounds = pilot.rounds()
    for person in pilot.team.zones:
        came = pilot.team.of(person, "How is Hourglass going?")
        assert 3 <= len(came) <= 4
        assert len(set(came)) == len(came)
    assert len(rounds) == 4
    await pilot.database.close()


async def test_those_who_answered_are_not_reminded() -> None:
    """And nothing but the key tells who they are, before the close."""
    pilot = Pilot(10, datetime(2026, 11, 5, 9, tzinfo=UTC), seed=4)
    await lived(pilot, 5, seed=1, deaths=False)
    checkin = pilot.rounds()[0]
    said = sorted(pilot.team.zones)[:4]
    for person in said:

        def answer(db: Connection, person: str = person) -> None:
            checkin_answers.answer(db, pilot.ear, checkin.id, "mood", 4, person=person, now=pilot.clock.now())

        pilot.database.run_now(answer)
    invited = pilot.database.run_now(lambda db: [checkins.invitation(db, checkin.id, person) for person in said])
    assert not any(each.answered for each in invited if each)
    await lived(pilot, 3, seed=1, deaths=False)
    for person in pilot.team.zones:
        assert len(pilot.team.of(person, "A reminder")) == (0 if person in said else 1), person
    await pilot.database.close()
