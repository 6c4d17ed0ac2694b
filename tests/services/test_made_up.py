"""A made-up rollout has the size that was asked for, is what the bot would have written, and never meets real people."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.domain.weeks import week_of
from bot.sealing import Keyring
from bot.services import publishing
from bot.services.made_up import MadeUp, NotEmpty, Size, TooMany
from bot.services.voices import Ear
from bot.store import migrate, rollouts
from bot.store import voice_tables as t
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from faq.book import open_book
from tests import databases
from tests.given import PLAN

pytestmark = pytest.mark.database
NOW = datetime(2026, 12, 30, 9, tzinfo=UTC)
EAR = Ear(Keyring(b"of-a-test-and-of-nobody-else-whoever"), ZoneInfo("Europe/Berlin"))
BOOK = open_book()
Store = SQLiteDatabase | PostgreSQLDatabase


def made(size: Size, database: Store | None = None) -> Store:
    database = database or databases.opened()
    database.run_now(migrate.to)
    maker = MadeUp(PLAN, EAR, BOOK, size, now=NOW)
    database.run_now(maker.begin)
    for period in maker.periods():
        database.run_now(partial(maker.speak, period=period))
    database.run_now(maker.end)
    return database


@pytest.mark.parametrize("size", [Size(1, 1, 1, 1), Size(12, 40, 3, 2), Size(3_000, 500, 30, 3)])
def test_it_has_the_size_that_was_asked_for(size: Size) -> None:
    """So many voices, of no more people than that, in weeks that are over; closed periods have no salt any more."""
    with made(size).own_engine().begin() as db:
        assert db.scalar(select(func.count()).select_from(t.voice)) == size.voices
        weeks = set(db.scalars(select(t.voice.c.week).distinct()))
        assert weeks <= {f"2026-W{number:02d}" for number in range(23, 53)}
        present = week_of(NOW, EAR.zone).period
        assert all(period >= present.number for period in db.scalars(select(t.period_salt.c.period)))
        per_week = db.execute(select(t.presence.c.cell, func.count()).group_by(t.presence.c.cell))
        assert all(count <= size.people for _cell, count in per_week)


def test_its_people_are_counted_as_real_ones_are() -> None:
    """What is published of it is true: the voices of all stretches are those that were made."""
    with made(Size(2_000, 300, 12, 4)).own_engine().begin() as db:
        rollout = rollouts.every(db)[0]
        published = publishing.published(db, rollout, EAR, BOOK, now=NOW)
        assert sum(each.voices or 0 for each in published) == 2_000
        assert all(each.people is None or each.people <= 300 for each in published)


def test_it_goes_into_an_empty_database_only() -> None:
    """Made-up people must never be mixed with real ones."""
    database = made(Size(5, 8, 1, 1))
    with pytest.raises(NotEmpty):
        made(Size(5, 8, 1, 1), database)


def test_so_few_people_cannot_say_so_much() -> None:
    """It gives up rather than going on for ever."""
    with pytest.raises(TooMany):
        made(Size(5_000, 3, 1, 1))
