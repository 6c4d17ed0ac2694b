"""Two pieces of work that wait for each other's rows on PostgreSQL are both done, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import Connection, text

from bot.store import outbox
from bot.store.database import PostgreSQLDatabase
from tests import databases
from tests.given import MONDAY

pytestmark = [pytest.mark.database, pytest.mark.postgresql_only("several instances share a server")]


async def test_a_deadlock_ends_by_itself() -> None:
    """Each has changed what the other wants: nobody is told of it, and both changes are there, once."""
    database = PostgreSQLDatabase(databases.fresh(), pool_size=2)
    for method in ("first", "second"):
        await database.run(partial(outbox.block_method, method=method, until=MONDAY))
    tries = []

    def both(one: str, other: str) -> Callable[[Connection], None]:
        add = text("UPDATE rate_block SET blocked_until = blocked_until + interval '1 hour' WHERE method = :method")

        def work(db: Connection) -> None:
            tries.append(one)
            db.execute(add, {"method": one})
            db.execute(text("SELECT pg_sleep(0.2)"))
            db.execute(add, {"method": other})

        return work

    await asyncio.gather(database.run(both("first", "second")), database.run(both("second", "first")))
    assert len(tries) == 3, "one of them had to begin again"
    for method in ("first", "second"):
        until = await database.run(partial(outbox.blocked_until, method=method))
        assert until is not None
        assert (until - MONDAY).total_seconds() == 2 * 3600
    await database.close()
