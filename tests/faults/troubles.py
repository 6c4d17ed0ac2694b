"""What can be the matter with a database, done to it in earnest: locked, full, read-only, gone; and mended again."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bot.store.database import SQLiteDatabase
from tests import databases
from tests.faults.laboratory import Laboratory, Mortal

LOCKED, FULL, READ_ONLY, GONE = "locked", "full", "read-only", "gone"
TROUBLES = (LOCKED, FULL, READ_ONLY, GONE)

LITTLE = 8_192


@contextmanager
def trouble(lab: Laboratory, what: str) -> Iterator[None]:
    """The bot's database is in this state meanwhile."""
    with (_on_postgresql if databases.on_postgresql() else _on_sqlite)(lab, what):
        yield


async def begin(broken: AbstractContextManager[None]) -> None:
    """Enter it while the bot is at work, which may be in the middle of something that a server's lock has to wait for."""
    if databases.on_postgresql():
        await asyncio.to_thread(broken.__enter__)
    else:
        broken.__enter__()


@contextmanager
def _on_sqlite(lab: Laboratory, what: str) -> Iterator[None]:
    file = Path(str(make_url(lab.url).database))
    if what == LOCKED:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    assert lab.bot is not None
    assert isinstance(lab.bot.database, Mortal)
    inner = lab.bot.database.inner
    assert isinstance(inner, SQLiteDatabase)
    if what == FULL:
        _pragma(inner, "wal_checkpoint(TRUNCATE)")
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE, before[1]))  # no file grows any more
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    elif what == READ_ONLY:
        _pragma(inner, "query_only = 1")
        yield
        _pragma(inner, "query_only = 0")
    else:
        inner.engine.dispose()
        away = file.parent.with_name("away")
        file.parent.rename(away)
        yield
        with suppress(FileNotFoundError):
            file.parent.rmdir()
        away.rename(file.parent)


def _pragma(database: SQLiteDatabase, what: str) -> None:
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA {what}")
    cursor.fetchall()
    cursor.close()
    connection.close()


@contextmanager
def _on_postgresql(lab: Laboratory, what: str) -> Iterator[None]:
    name = str(make_url(lab.url).database)
    if what == LOCKED:
        with _connected(lab.url) as other, other.transaction():
            tables = [row[0] for row in other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
            other.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE".encode())
            yield
    elif what == FULL:
        with _connected(lab.url) as other:
            tables = [row[0] for row in other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
            other.execute(
                "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
            )
            for table in tables:
                when = "BEFORE INSERT OR UPDATE ON"
                other.execute(f"CREATE TRIGGER full_up {when} {table} EXECUTE FUNCTION full_up()".encode())
            yield
            other.execute("DROP FUNCTION full_up CASCADE")
    elif what == READ_ONLY:
        _settled(name, "SET default_transaction_read_only = on")
        yield
        _settled(name, "RESET default_transaction_read_only")
    else:
        _settled(name, "ALLOW_CONNECTIONS false")
        yield
        _settled(name, "ALLOW_CONNECTIONS true")


def _connected(url: str) -> psycopg.Connection[Any]:
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def _settled(name: str, how: str) -> None:
    databases._carry_out(f'ALTER DATABASE "{name}" {how}')
    databases._carry_out(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608
