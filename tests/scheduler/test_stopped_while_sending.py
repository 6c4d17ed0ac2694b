"""A process that is stopped between taking a message and sending it sends nothing that is old when it goes on."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.domain.delivery import FIRST_RETRY, DeliveryKind, DeliveryState
from bot.domain.pace import AT_ONCE
from bot.sealing import Keyring
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.store import outbox, rollouts
from bot.store.database import PostgreSQLDatabase
from bot.store.outbox import Draft
from faq.book import open_book
from scheduler.clock import MovableClock
from scheduler.outbox import LEASE, Sender
from tests import databases
from tests.given import MARA, MONDAY, PLAN
from tests.scheduler.stopping_world import StoppingWorld
from tests.services.small_world import Killed

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]

ZONE = ZoneInfo("Europe/Berlin")
KEY = "not_launched:1"


class Office:
    """One message that waits, and two instances that could send it."""

    def __init__(self) -> None:
        self.clock = MovableClock(MONDAY, runs=False)
        self.slack = StoppingWorld({})
        self.database = PostgreSQLDatabase(databases.fresh(), pool_size=4)
        self.database.run_now(self._write)
        rules = Rulebook(open_book(None), ZONE, pace=AT_ONCE)
        ear = Ear(Keyring(b"k" * 32), ZONE)
        self.first, self.second = (Sender(self.database, self.slack, self.clock, rules, ear) for _instance in range(2))

    def _write(self, db: Connection) -> None:
        rollout_id = rollouts.create(db, PLAN, by="operator", now=MONDAY)
        data = {"step": "policy", "wave": "pilot", "why": "the plan changed"}
        draft = Draft(KEY, DeliveryKind.NOT_LAUNCHED, MARA, rollout_id, data)
        outbox.write(db, [draft], now=MONDAY)

    async def states(self) -> dict[DeliveryState, int]:
        """Where the message stands."""
        return await self.database.run(lambda db: outbox.states_of(db, KEY))

    async def pause(self) -> None:
        """Somebody pauses the rollout."""

        def pause(db: Connection) -> None:
            rollouts.pause(db, rollouts.every(db)[0], "a client asked", now=self.clock.now())

        await self.database.run(pause)


async def test_stopped_for_longer_than_its_lease() -> None:
    """Another instance has looked, found nothing and sent it: the one that goes on sends nothing and changes nothing."""
    office = Office()

    async def the_other_one_sends_it() -> None:
        office.clock.advance(LEASE + timedelta(seconds=1))
        assert await office.second.settle_unsure() == 1
        assert await office.second.run_until_idle() == 1

    office.slack.meanwhile = [the_other_one_sends_it]
    await office.first.run_until_idle()
    assert office.slack.late == 1
    assert len(office.slack.posts) == 1
    assert await office.states() == {DeliveryState.SENT: 1}
    await office.database.close()


async def test_stopped_while_somebody_pauses() -> None:
    """What was allowed when it was taken is not any more: eleven seconds later it does not go."""
    office = Office()

    async def somebody_pauses() -> None:
        office.clock.advance(timedelta(seconds=11))
        await office.pause()

    office.slack.meanwhile = [somebody_pauses]
    await office.first.run_until_idle()
    office.clock.advance(timedelta(minutes=1))
    await office.second.run_until_idle()
    assert office.slack.posts == []
    assert await office.states() == {DeliveryState.PENDING: 1}
    await office.database.close()


async def test_stopped_and_nobody_else_there() -> None:
    """It gives the message back, and a breath later takes it anew, with another look at what must hold, and sends it."""
    office = Office()

    async def a_while() -> None:
        office.clock.advance(timedelta(seconds=11))

    office.slack.meanwhile = [a_while]
    await office.first.run_until_idle()
    assert office.slack.late == 1
    assert office.slack.posts == []
    office.clock.advance(FIRST_RETRY)
    await office.first.run_until_idle()
    assert len(office.slack.posts) == 1
    assert await office.states() == {DeliveryState.SENT: 1}
    await office.database.close()


async def test_looking_for_too_long_changes_nothing_for_whoever_took_over() -> None:
    """One instance looks for a lost message and is stopped meanwhile; what the other one found stands."""
    office = Office()
    office.slack.weather = ["killed after"]
    with pytest.raises(Killed):
        await office.first.run_until_idle()
    office.clock.advance(LEASE + timedelta(seconds=1))
    find = office.slack.find

    async def stopped_while_looking(**given: object) -> object:
        office.slack.find = find  # type: ignore[method-assign]
        office.clock.advance(LEASE + timedelta(seconds=1))
        assert await office.second.settle_unsure() == 1
        office.slack.weather = ["foggy"]
        return await find(**given)  # type: ignore[arg-type]

    office.slack.find = stopped_while_looking  # type: ignore[assignment]
    await office.first.settle_unsure()
    assert await office.states() == {DeliveryState.SENT: 1}
    assert len(office.slack.posts) == 1
    await office.database.close()
