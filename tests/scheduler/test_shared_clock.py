"""Instances that share a server go by its clock, whatever their own machines say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import app
from bot.store import pacing
from bot.store.database import PostgreSQLDatabase
from scheduler.clock import SharedClock, SystemClock
from tests import databases

HOUR = timedelta(hours=1)


@pytest.mark.database
@pytest.mark.postgresql_only("a file has one machine's clock")
@pytest.mark.parametrize("wrong", [HOUR, -HOUR], ids=["fast", "slow"])
async def test_a_machine_that_is_an_hour_off(monkeypatch: pytest.MonkeyPatch, wrong: timedelta) -> None:
    """Its leases and due times mean the same as everybody's, so that it takes over nothing that is held."""
    right = datetime.now(UTC)
    monkeypatch.setattr(SystemClock, "now", lambda _self: right + wrong)
    database = PostgreSQLDatabase(databases.fresh())
    clock = await app.clock_of(database)
    assert isinstance(clock, SharedClock)
    assert abs(clock.now() - await database.look(pacing.moment)) < timedelta(seconds=5)
    assert clock.now().utcoffset() == timedelta(0)
    await database.close()


@pytest.mark.sqlite_only("a file has one machine's clock")
async def test_a_file_goes_by_this_machine(tmp_path: Path) -> None:
    """Nothing is asked of anybody."""
    from bot.store.database import open_database

    database = open_database(f"sqlite:///{tmp_path / 'foreword.db'}")
    assert isinstance(await app.clock_of(database), SystemClock)
    await database.close()


def test_it_runs_by_itself_and_follows_its_server() -> None:
    """It does not tremble with every look; when the server's clock was set, it follows."""
    began = datetime(2026, 12, 1, 9, tzinfo=UTC)
    clock = SharedClock(began)
    first, second = clock.now(), clock.now()
    assert began <= first <= second < began + timedelta(seconds=5)
    clock.set(clock.now() - timedelta(seconds=0.2))
    assert clock.now() >= second, "a look that took a moment changes nothing"
    clock.set(began + HOUR)
    assert began + HOUR <= clock.now() < began + HOUR + timedelta(seconds=5)
