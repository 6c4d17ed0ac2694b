"""Levelling: the order of writing is gone from the database, and nothing else is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text

from bot.store import levelling, rollouts, soundness
from bot.store import voice_tables as t
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase
from bot.store.schema import METADATA
from bot.store.statements import new_id
from tests import databases
from tests.given import MONDAY, PLAN

on_postgresql = pytest.mark.postgresql_only("SQLite knows neither transactions' numbers nor old versions")


@pytest.mark.database
@pytest.mark.sqlite_only("compares files")
async def test_a_small_database_is_written_anew_and_its_log_emptied(tmp_path: Path) -> None:
    """Two files with the same rows, written in opposite orders, are the same bytes afterwards."""
    rows = [{"entry": f"entry-{number:03d}", "right": number, "wrong": 0} for number in range(60)]
    files = []
    for name, order in (("one", rows), ("other", rows[::-1])):
        database = SQLiteDatabase(f"sqlite:///{tmp_path / name}")
        await database.run(METADATA.create_all)
        for row in order:

            def write(db: Connection, row: dict[str, object] = row) -> None:
                db.execute(insert(t.evidence).values(**row))

            await database.run(write)
        written = (tmp_path / name).read_bytes()
        await database.level()
        assert not (tmp_path / f"{name}-wal").exists() or (tmp_path / f"{name}-wal").stat().st_size == 0
        found = await database.run(lambda db: list(db.scalars(select(t.evidence.c.entry))))
        assert found == sorted(str(row["entry"]) for row in rows)
        await database.close()
        assert written != (tmp_path / name).read_bytes()
        files.append((tmp_path / name).read_bytes())
    header = 100  # it counts how often the file was changed
    assert files[0][header:] == files[1][header:]
    await asyncio.sleep(0)


@pytest.fixture
async def shared(a_database: Callable[..., str]) -> AsyncIterator[PostgreSQLDatabase]:
    """A rollout in a shared database."""
    database = PostgreSQLDatabase(a_database())
    await database.run(lambda db: rollouts.create(db, PLAN, by="operator", now=MONDAY))
    yield database
    await database.close()


async def ask(database: PostgreSQLDatabase, number: int) -> str:
    """One voice, in a transaction of its own."""
    voice_id = new_id()

    def speak(db: Connection) -> None:
        rollout = rollouts.every(db)[0]
        voice = {"rollout_id": rollout.id, "wave_id": rollout.waves[0].id, "week": "2026-W49", "theme": "trust"}
        db.execute(insert(t.voice).values(id=voice_id, entry=None, outcome="answered", tag=str(number), **voice))

    await database.run(speak)
    return voice_id


async def only_as_superuser(database: PostgreSQLDatabase) -> None:
    """Skip what others may not do."""
    if await rows(database, "SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper") == []:
        pytest.skip("only a superuser may read the server's files, or change its settings")


async def rows(database: PostgreSQLDatabase, statement: str) -> list[tuple[Any, ...]]:
    """What a statement finds."""
    return await database.look(lambda db: [tuple(row) for row in db.execute(text(statement))])


@on_postgresql
async def test_transactions_and_places_say_nothing_afterwards(shared: PostgreSQLDatabase) -> None:
    """Before, `xmin` and `ctid` are a list of who asked first; afterwards all rows are one transaction's, in order of ids.

    Nor does the row that voices refer to know the last of them any more.
    """
    asked = [await ask(shared, number) for number in range(30)]
    by_transaction = "SELECT id FROM voice ORDER BY age(xmin) DESC"
    assert [voice for (voice,) in await rows(shared, by_transaction)] == asked
    ((last,),) = await rows(shared, "SELECT xmin::text FROM voice ORDER BY age(xmin) LIMIT 1")
    assert (await rows(shared, "SELECT DISTINCT xmax::text FROM wave WHERE xmax <> '0'")) == [(last,)]
    await shared.level()
    ((number,),) = await rows(shared, "SELECT DISTINCT xmin::text FROM voice")
    assert number not in asked
    assert [voice for (voice,) in await rows(shared, "SELECT id FROM voice ORDER BY ctid")] == sorted(asked)
    for table in levelling.REFERRED_TO:
        assert await rows(shared, f"SELECT DISTINCT xmax::text FROM {table}") in ([(number,)], [])  # noqa: S608


@on_postgresql
async def test_a_large_table_is_written_again_in_parts(shared: PostgreSQLDatabase) -> None:
    """Which part a voice is in follows from its id alone, so that the numbers say nothing of who asked first."""
    asked = [await ask(shared, number) for number in range(60)]
    shared._leveller.small = 0
    await shared.rewrite()
    found = await rows(shared, "SELECT id, xmin::text, hashtext(id) & 15 FROM voice ORDER BY ctid")
    assert [voice for voice, *_rest in found] == sorted(asked)
    parts = {part: {number for _voice, number, its_part in found if its_part == part} for *_rest, part in found}
    assert len(parts) > 8
    assert all(len(numbers) == 1 for numbers in parts.values())
    before = await rows(shared, "SELECT pg_relation_filenode('voice')")
    await ask(shared, 60)
    await shared.level()
    assert await rows(shared, "SELECT pg_relation_filenode('voice')") == before, "a large one waits for the next close"


@on_postgresql
async def test_one_voice_alone_is_levelled_too(shared: PostgreSQLDatabase) -> None:
    """Its transaction would stand among those of notices, which have times."""
    await shared.level()
    await ask(shared, 1)
    before = await rows(shared, "SELECT xmin::text FROM voice")
    await shared.level()
    assert await rows(shared, "SELECT xmin::text FROM voice") != before


@on_postgresql
async def test_what_was_deleted_is_not_in_the_file(shared: PostgreSQLDatabase) -> None:
    """A period's salt is gone from the table's file, not merely out of sight."""
    salt = "5a17" * 16
    await shared.run(lambda db: db.execute(insert(t.period_salt).values(period=1, salt=salt)))
    await shared.run(lambda db: db.execute(delete(t.period_salt)))
    await only_as_superuser(shared)
    read = "SELECT position('5a175a17'::bytea IN pg_read_binary_file(pg_relation_filepath('period_salt')))"
    await shared.look(lambda db: db.execute(text("CHECKPOINT")))
    ((there,),) = await rows(shared, read)
    assert there > 0
    await shared.rewrite()
    await shared.look(lambda db: db.execute(text("CHECKPOINT")))
    assert await rows(shared, read) == [(0,)]


@on_postgresql
async def test_nothing_is_done_where_nothing_was_written(shared: PostgreSQLDatabase) -> None:
    """Two instances do not level each other's levelling; a voice makes one of them do it, and the other not."""
    other = databases.opened_at(shared.url.render_as_string(hide_password=False))
    files = "SELECT pg_relation_filenode('voice')"
    await ask(shared, 1)
    await shared.level()
    await other.level()  # it cannot know yet what was deleted before it came
    before = await rows(shared, files)
    for _time in range(2):
        await shared.level()
        await other.level()
    assert await rows(shared, files) == before
    await ask(shared, 2)
    await other.level()
    after = await rows(shared, files)
    assert after != before
    await shared.level()
    assert await rows(shared, files) == after
    await other.close()


@on_postgresql
async def test_asking_and_levelling_at_once(shared: PostgreSQLDatabase) -> None:
    """Nobody who asks meanwhile gets an error or loses a voice; a table in use is levelled later."""
    dice = random.Random(7)

    async def somebody(number: int) -> str:
        await asyncio.sleep(dice.random())
        return await ask(shared, number)

    async def leveller() -> None:
        for _time in range(4):
            await asyncio.sleep(0.15)
            await shared.level()

    *asked, _none, _also = await asyncio.gather(*(somebody(number) for number in range(60)), leveller(), leveller())
    assert {voice for (voice,) in await rows(shared, "SELECT id FROM voice")} == set(asked)


@on_postgresql
async def test_who_looks_at_the_past_keeps_it_for_a_while(
    shared: PostgreSQLDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup under way sees every voice; what it holds up is made up for once it has ended."""
    monkeypatch.setattr(levelling, "TRIES", 2)
    for number in range(5):
        await ask(shared, number)
    backup = shared.own_engine().execution_options(isolation_level="REPEATABLE READ")
    with backup.connect() as looking:
        assert looking.scalar(text("SELECT count(*) FROM rollout")) == 1
        await shared.level()
        assert looking.scalar(text("SELECT count(*) FROM voice")) == 5
        looking.rollback()
    files = "SELECT pg_relation_filenode('voice')"
    before = await rows(shared, files)
    await shared.level()
    after = await rows(shared, files)
    assert after != before, "the old versions that the backup looked at are thrown away"
    await shared.level()
    assert await rows(shared, files) == after


@on_postgresql
async def test_a_server_that_keeps_the_moment_of_each_change_is_noticed(shared: PostgreSQLDatabase) -> None:
    """By the names of the settings, which `doctor` prints; nothing is said of one with PostgreSQL's own defaults."""
    await only_as_superuser(shared)

    def quiet(db: Connection) -> list[str]:
        for setting in ("log_statement = 'none'", "log_min_duration_statement = -1"):
            db.execute(text(f"SET LOCAL {setting}"))
        return soundness.kept_by_the_server(db)

    def talkative(db: Connection) -> list[str]:
        db.execute(text("SET LOCAL log_statement = 'mod'"))
        db.execute(text("SET LOCAL log_min_duration_statement = 0"))
        return soundness.kept_by_the_server(db)

    assert await shared.run(quiet) == []
    assert await shared.run(talkative) == ["log_statement = mod", "log_min_duration_statement = 0"]


@on_postgresql
async def test_a_table_in_use_is_left_for_later(shared: PostgreSQLDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it, and the next time makes up for it, whatever the size."""
    monkeypatch.setattr(levelling, "TRIES", 1)
    monkeypatch.setattr(levelling, "BETWEEN_TRIES", 0.0)
    await ask(shared, 1)
    with shared.own_engine().connect() as busy:
        busy.execute(text("LOCK TABLE presence IN SHARE MODE"))
        before = await rows(shared, "SELECT xmin::text FROM voice")
        await shared.rewrite()
        assert await rows(shared, "SELECT xmin::text FROM voice") == before
        busy.rollback()
    shared._leveller.small = 0
    await shared.level()
    assert await rows(shared, "SELECT xmin::text FROM voice") != before
