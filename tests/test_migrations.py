"""The migrations make exactly the tables that the code declares, forward and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from bot.store import migrate, rollouts
from bot.store.database import SQLiteDatabase
from bot.store.schema import METADATA
from tests.given import MONDAY, PLAN


@pytest.fixture
def database(tmp_path: Path) -> SQLiteDatabase:
    """An empty file."""
    return SQLiteDatabase(f"sqlite:///{tmp_path / 'foreword.db'}")


def test_migrations_and_models_agree(database: SQLiteDatabase) -> None:
    """Nothing is declared that is not migrated, and the other way round; migrating twice changes nothing."""
    for _ in range(2):
        database.run_now(migrate.to)
    database.run_now(migrate.require_present)
    assert database.run_now(migrate.differences) == []
    database.engine.dispose()


def test_every_check_is_in_the_migrations(database: SQLiteDatabase, tmp_path: Path) -> None:
    """Comparing by machine leaves CHECK constraints out, so they are compared here by name and words."""
    other = SQLiteDatabase(f"sqlite:///{tmp_path / 'declared.db'}")
    other.run_now(METADATA.create_all)
    database.run_now(migrate.to)

    def checks(db: Connection) -> dict[str, dict[str | None, str]]:
        look = inspect(db)
        return {
            table: {each["name"]: " ".join(str(each["sqltext"]).split()) for each in look.get_check_constraints(table)}
            for table in look.get_table_names()
            if table != "alembic_version"
        }

    assert database.run_now(checks) == other.run_now(checks)
    for each in (database, other):
        each.engine.dispose()


def test_back_to_nothing_and_forward_again(database: SQLiteDatabase) -> None:
    """Every migration can be undone, and done again."""
    database.run_now(migrate.to)
    database.run_now(lambda db: migrate.to(db, "base"))
    assert set(database.run_now(lambda db: inspect(db).get_table_names())) <= {"alembic_version"}
    database.run_now(migrate.to)
    database.run_now(lambda db: rollouts.create(db, PLAN, by="operator", now=MONDAY))
    database.engine.dispose()


def test_an_older_or_newer_database_is_refused(database: SQLiteDatabase) -> None:
    """With what to do about it, and without touching it."""
    with pytest.raises(migrate.SchemaProblem, match=r"app\.py migrate"):
        database.run_now(migrate.require_present)
    database.run_now(migrate.to)
    database.run_now(lambda db: db.execute(text("UPDATE alembic_version SET version_num = 'ffff'")))
    for work in (migrate.require_present, migrate.to):
        with pytest.raises(migrate.SchemaProblem, match="does not know"):
            database.run_now(work)
    database.engine.dispose()
