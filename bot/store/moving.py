"""Carries a whole SQLite database over to PostgreSQL, and proves afterwards that everything arrived.

All of it is one transaction on the target: what fails leaves nothing behind. Meanwhile nobody else has the source open.
Rows are written in the order of their keys, all in the same moment, so that the target cannot tell what came first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Select, Table, Text, cast, event, func, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.store import migrate
from bot.store.database import PostgreSQLDatabase, sqlite_engine
from bot.store.schema import METADATA
from bot.store.soundness import file_of, in_a_sentence

AT_ONCE = 2_000
"""So many rows are in memory at a time."""
CONNECT_SECONDS = "10"
NEEDED = "Give --to an address such as postgresql://user@host/name."


class CannotMove(Exception):
    """Nothing was moved, and nothing was changed; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table before and after: how many rows, and whether each of them arrived as it was."""

    table: str
    here: int
    there: int
    same: bool


@contextmanager
def moving(source: str | URL, target: str) -> Iterator[tuple[Connection, Connection]]:
    """Both databases, each in one transaction: the source with nobody else in it, the target migrated and empty.

    What is written to the target stays if the block ends well. Raises CannotMove, and SchemaProblem for the source.
    """
    here, there = _told_apart(make_url(source), target)
    with _alone_in(here) as source_db, _connected(there) as target_db:
        migrate.require_present(source_db)
        try:
            _make_ready(target_db)
            yield source_db, target_db
        except DBAPIError as error:
            raise CannotMove(in_a_sentence(error, "--to")) from error


def carry(source: Connection, target: Connection) -> list[Moved]:
    """Copy every table, then count and compare what arrived. Raises CannotMove where PostgreSQL refuses one."""
    import psycopg  # here alone: a bot on SQLite starts without it

    for table in METADATA.sorted_tables:
        try:
            _copy(source, target, table)
        except psycopg.Error as error:  # whose own words may quote what was to be written
            raise CannotMove(f"PostgreSQL did not take the table {table.name} ({type(error).__name__}).") from None
    return [_compared(source, target, table) for table in METADATA.sorted_tables]


def _told_apart(source: URL, target: str) -> tuple[URL, URL]:
    try:
        there = make_url(target)
    except ArgumentError as error:
        raise CannotMove(f"--to is not an address. {NEEDED}") from error
    if source.set(drivername=source.get_backend_name()) == there.set(drivername=there.get_backend_name()):
        raise CannotMove(f"--to names the database that is in use already. {NEEDED}")
    if source.get_backend_name() != "sqlite":
        raise CannotMove("DATABASE_URL names no SQLite database, and that is what can be moved.")
    if there.get_backend_name() != "postgresql":
        raise CannotMove(f"--to names no PostgreSQL database. {NEEDED}")
    file = file_of(source)
    if file is None or not file.is_file():
        raise CannotMove(f"There is no database at {file or 'DATABASE_URL'}. Let DATABASE_URL name the one to move.")
    return source, there.update_query_dict({"connect_timeout": CONNECT_SECONDS, **there.query})


@contextmanager
def _alone_in(url: URL) -> Iterator[Connection]:
    """The source, kept from everybody else, so that nothing is written to it that would not be moved."""
    engine = sqlite_engine(url)

    @event.listens_for(engine, "connect")
    def _keep_others_out(connection: sqlite3.Connection, _record: object) -> None:
        """In this mode nothing begins while another process has the file open, even if it writes nothing."""
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA busy_timeout = 0")

    with _begun(engine, _trouble_here) as db:
        yield db


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    with _begun(PostgreSQLDatabase(url).own_engine(), _trouble_there) as db:
        yield db


@contextmanager
def _begun(engine: Engine, meaning: Callable[[Exception], str]) -> Iterator[Connection]:
    with ExitStack() as open_things:
        open_things.callback(engine.dispose)
        try:
            db = open_things.enter_context(engine.connect())
            open_things.enter_context(db.begin())
        except (DBAPIError, sqlite3.Error) as error:
            raise CannotMove(meaning(error)) from error
        yield db


def _trouble_here(error: Exception) -> str:
    raised = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(raised, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "Something has the database open, most likely the bot. Stop it, then move."
    if name == "SQLITE_NOTADB":
        return "DATABASE_URL names a file that is no SQLite database."
    return f"The database to move cannot be opened ({name or type(raised).__name__})."


def _trouble_there(error: Exception) -> str:
    if not isinstance(error, DBAPIError):
        return "The database that --to names does not answer."
    return in_a_sentence(error, "--to")


def _make_ready(db: Connection) -> None:
    """Give the target its tables, unless it has them. Raises CannotMove unless they are empty."""
    if migrate.present(db) is None:
        there = set(inspect(db).get_table_names()) & set(METADATA.tables)
        if there:
            raise CannotMove(f"The database that --to names has a table {min(there)} that is not Foreword's. {NEEDED}")
    try:
        migrate.to(db)
    except migrate.SchemaProblem as problem:
        raise CannotMove(f"The database that --to names is newer. {problem}") from problem
    for table in METADATA.sorted_tables:
        if found := db.scalar(select(func.count()).select_from(table)):
            raise CannotMove(
                f"The database that --to names holds something already ({table.name}: {found}). Move into an empty one."
            )


def _copy(source: Connection, target: Connection, table: Table) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    driver = target.connection.driver_connection
    assert driver is not None  # noqa: S101 - it is connected
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in _rows(source, table):
            copy.write_row(row)


def _compared(source: Connection, target: Connection, table: Table) -> Moved:
    here, there = (_summed(db, table) for db in (source, target))
    return Moved(table.name, here[0], there[0], here == there)


def _summed(db: Connection, table: Table) -> tuple[int, int]:
    """How many rows, and a sum over a digest of each: the same in whatever order they come."""
    count = total = 0
    for row in _rows(db, table):
        count += 1
        total += int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=16).digest())
    return count, total


def _rows(db: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """Every row in the order of its key, a few at a time."""
    everything = _everything(table).order_by(*table.primary_key.columns)
    yield from db.execute(everything, execution_options={"yield_per": AT_ONCE})


def _everything(table: Table) -> Select[Any]:
    """All columns with their types, except that JSON stays the text that it is."""
    return select(
        *(cast(each, Text).label(each.name) if isinstance(each.type, JSON) else each for each in table.columns)
    )
