"""A database in memory with the sample rollout in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from bot.domain.progress import Rollout
from bot.store import rollouts
from bot.store.database import SQLiteDatabase
from bot.store.schema import METADATA
from tests.given import MONDAY, PLAN


@pytest.fixture
def database() -> Iterator[SQLiteDatabase]:
    """Empty tables."""
    made = SQLiteDatabase("sqlite://")
    made.run_now(METADATA.create_all)
    yield made
    made.engine.dispose()


@pytest.fixture
def rollout(database: SQLiteDatabase) -> Rollout:
    """The sample, stored."""

    def store(db: Connection) -> Rollout:
        rollouts.create(db, PLAN, by="operator", now=MONDAY)
        found = rollouts.by_name(db, PLAN.rollout)
        assert found
        return found

    return database.run_now(store)
