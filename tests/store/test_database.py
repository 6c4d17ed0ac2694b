"""A piece of work is done whole or not at all, by one writer, on a database that keeps what it promised."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from bot.domain.progress import Rollout
from bot.domain.timeline import Event
from bot.services import checking
from bot.store import events, rollouts, timeline
from bot.store import tables as t
from bot.store.database import SQLiteDatabase, open_database
from bot.store.schema import METADATA
from bot.store.statements import moment_in, rows_as_json, rows_in
from tests import databases
from tests.given import MONDAY, PLAN


def test_work_that_fails_leaves_nothing(database: SQLiteDatabase, rollout: Rollout) -> None:
    """A pause, an event and a timeline entry written before the failure are all gone."""

    def half(db: Connection) -> None:
        rollouts.pause(db, rollout, "we listen", now=MONDAY)
        assert events.first_time(db, "Ev1", now=MONDAY)
        timeline.append(db, rollout.id, Event.PAUSED, actor="U1", now=MONDAY, data={})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run_now(half)
    after = database.run_now(lambda db: rollouts.by_id(db, rollout.id))
    assert after
    assert after.pause is None
    assert database.run_now(lambda db: events.first_time(db, "Ev1", now=MONDAY))
    assert database.run_now(lambda db: timeline.head(db, rollout.id))[0] == 0


def test_a_broken_rule_of_the_database_undoes_the_whole_work(database: SQLiteDatabase, rollout: Rollout) -> None:
    """A second rollout of the same name takes its texts and waves with it."""

    def twice(db: Connection) -> None:
        rollouts.pause(db, rollout, "we listen", now=MONDAY)
        rollouts.create(db, PLAN, by="operator", now=MONDAY)

    with pytest.raises(IntegrityError):
        database.run_now(twice)
    assert database.run_now(lambda db: db.scalar(select(func.count()).select_from(t.wave))) == len(PLAN.waves)
    assert database.run_now(lambda db: db.scalar(select(t.rollout.c.paused_at))) is None


async def test_fifty_pieces_of_work_at_once_see_each_other(tmp_path: Path, a_database: Callable[..., str]) -> None:
    """One after the other: fifty who each read and then write one timeline leave fifty entries, and the chain is whole."""
    database = databases.opened_at(a_database(tmp_path))
    database.run_now(METADATA.create_all)
    rollout_id = database.run_now(lambda db: rollouts.create(db, PLAN, by="operator", now=MONDAY))

    def note(db: Connection) -> None:
        rollouts.by_id(db, rollout_id, lock=True)
        timeline.append(db, rollout_id, Event.PAUSED, actor="U1", now=MONDAY, data={"because": "x"})

    await asyncio.gather(*(database.run(note) for _ in range(50)))
    assert (await database.run(lambda db: timeline.head(db, rollout_id)))[0] == 50
    assert set((await database.run(checking.broken_timelines)).values()) == {None}
    await database.close()


@pytest.mark.database
@pytest.mark.sqlite_only("asks for its pragmas")
def test_what_is_written_survives_and_is_checked(tmp_path: Path) -> None:
    """Foreign keys are on, the log is written ahead, commits reach the disk, deleted rows are overwritten."""
    database = SQLiteDatabase(f"sqlite:///{tmp_path / 'foreword.db'}")

    def pragmas(db: Connection) -> list[object]:
        names = ("foreign_keys", "journal_mode", "synchronous", "secure_delete")
        return [db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert database.run_now(pragmas) == [1, "wal", 2, 1]
    database.engine.dispose()


@pytest.mark.parametrize("url", ["mysql://somewhere/db", "oracle://somewhere"])
def test_other_kinds_of_database_are_refused(url: str) -> None:
    """By name, at once."""
    with pytest.raises(ValueError, match="Foreword knows sqlite and postgresql"):
        open_database(url)


def test_moments_are_in_utc_wherever_the_server_stands(database: SQLiteDatabase, rollout: Rollout) -> None:
    """Whether they come as a column, or within a row that was brought as text."""

    def read(db: Connection) -> list[datetime | None]:
        inner = select(t.rollout.c.created_at).subquery()
        found = rows_in(db.scalar(select(rows_as_json(inner.c.created_at)).select_from(inner)))
        return [db.scalar(select(t.rollout.c.created_at)), moment_in(found[0][0])]

    moments = database.run_now(read)
    assert moments == [MONDAY, MONDAY]
    assert [moment.tzinfo for moment in moments if moment] == [UTC, UTC]
