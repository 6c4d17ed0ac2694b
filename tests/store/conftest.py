"""A database in memory with the sample rollout in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.store import rollouts
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.schema import METADATA
from tests import databases
from tests.given import MONDAY, PLAN


@pytest.fixture
def database(a_database: Callable[..., str]) -> SQLiteDatabase | PostgreSQLDatabase:
    """Empty tables."""
    made = databases.opened_at(a_database())
    made.run_now(METADATA.create_all)
    return made


@pytest.fixture
def rollout(database: SQLiteDatabase | PostgreSQLDatabase) -> Rollout:
    """The sample, stored."""

    def store(db: Connection) -> Rollout:
        rollouts.create(db, PLAN, by="operator", now=MONDAY)
        found = rollouts.by_name(db, PLAN.rollout)
        assert found
        return found

    return database.run_now(store)
