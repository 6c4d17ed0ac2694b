"""One way into the database for everybody: hand in a piece of work, get its result, in one transaction.

Work is a synchronous function over a Core connection. On SQLite one connection does it all: brief work on the event loop
itself, everything else in a thread; on PostgreSQL the same function runs on an asynchronous driver
(docs/decisions/0003-one-store.md).
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, NullPool, PoolProxiedConnection, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InvalidRequestError,
    NotSupportedError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import greenlet_spawn

from bot.store.levelling import Leveller

T = TypeVar("T")
Work = Callable[[Connection], T]

SMALL_BYTES = 32_000_000
"""So large a database is rewritten in a fraction of a second."""
IDLE_SECONDS = 10
TRIES = 4
IN_EACH_OTHERS_WAY = frozenset({"40P01", "40001"})
"""PostgreSQL's codes for a deadlock, and for a change that another one made impossible."""
LOCK_NOT_AVAILABLE = "55P03"
BUSY_SECONDS = 10
"""How long SQLite waits for another process (the command line, say) to finish writing."""
BRIEF_SECONDS = 2.0
"""The same while somebody waits for an answer: Slack gives up after three."""
LOOK_AGAIN_SECONDS = 0.02
CONNECT_SECONDS = 5
ONE_BY_ONE = "foreword_one_by_one"
"""Marks an engine whose connections begin no transaction."""
DISTURBED = (DBAPIError, NoConnectionFree, InvalidRequestError, sqlite3.Error, OSError)
"""What a database that is busy, full, read-only or gone can make a piece of work raise (a TimeoutError is an OSError)."""


def is_disturbance(error: BaseException) -> bool:
    """Whether this says that the database is busy, full, read-only or gone; not that what was asked of it is wrong."""
    return isinstance(error, DISTURBED) and not isinstance(error, IntegrityError | DataError | NotSupportedError)


def was_kept_waiting(error: DBAPIError) -> bool:
    """Whether PostgreSQL gave up a statement, of which nothing is left, because somebody else held its rows for too long."""
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


class Database(Protocol):
    """Where work is handed in."""

    @property
    def url(self) -> URL:
        """Where the database is, without a word about its password when printed."""
        ...

    async def run(self, work: Work[T]) -> T:
        """Carry out `work` in one transaction: committed when it returns, rolled back when it raises."""
        ...

    async def brief(self, work: Work[T]) -> T:
        """The same for work that takes a few milliseconds at most, such as what one click leads to."""
        ...

    async def singly(self, work: Work[T]) -> T:
        """The same for brief work of which each statement may stand alone: one writes, or they may stop after any."""
        ...

    async def look(self, work: Work[T]) -> T:
        """The same for brief work that only reads."""
        ...

    async def rewrite(self) -> None:
        """Write the whole database anew, so that nothing of what was deleted, or of the order of writing, is left."""
        ...

    async def level(self) -> None:
        """The same as long as it costs next to nothing; else only the log of what was written last is emptied."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class SQLiteDatabase:
    """The embedded database: WAL, foreign keys on, one connection that reads and writes."""

    def __init__(self, url: str | URL) -> None:
        """Open nothing yet; the first piece of work connects."""
        self.url = make_url(url)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="foreword-store")
        self.engine = sqlite_engine(self.url)
        self._in_use = threading.Lock()
        self._under_way: asyncio.Future[Any] | None = None
        self._changes = -1
        self._owed = False
        """Whether the whole file has to be written anew and could not be so far."""

    async def run(self, work: Work[T]) -> T:
        """Carry out `work` in the store's thread."""
        under_way = asyncio.get_running_loop().run_in_executor(self._thread, self.run_now, work)
        self._under_way = under_way
        return await under_way

    async def brief(self, work: Work[T]) -> T:
        """Carry out `work` right here, as soon as the store's thread is done with what it was given before.

        A change of threads costs more than such work does, and the two would fight for the interpreter meanwhile. While
        another process is writing, it is tried again and again for BRIEF_SECONDS.
        """
        until = time.monotonic() + BRIEF_SECONDS
        while True:
            while not self._in_use.acquire(blocking=False):
                await self._thread_is_done()
            try:
                with self.engine.connect() as connection:
                    if _begun_at_once(connection) or time.monotonic() >= until:
                        with connection.begin():
                            return work(connection)
            finally:
                self._in_use.release()
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _thread_is_done(self) -> None:
        under_way = self._under_way
        if under_way is None or under_way.done():
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        else:
            await asyncio.wait([under_way], timeout=LOOK_AGAIN_SECONDS)

    async def singly(self, work: Work[T]) -> T:
        """The same: a transaction costs nothing extra here."""
        return await self.brief(work)

    async def look(self, work: Work[T]) -> T:
        """The same: reading takes no longer than writing."""
        return await self.brief(work)

    def own_engine(self) -> Engine:
        """The engine itself: one thread writes, and nobody else may meanwhile."""
        return self.engine

    def run_now(self, work: Work[T]) -> T:
        """The same for callers without an event loop, such as the command line.

        While it waits for another process, whoever is in a hurry goes first.
        """
        until = time.monotonic() + BUSY_SECONDS
        while True:
            with self._in_use, self.engine.connect() as connection:
                if _begun_at_once(connection) or time.monotonic() >= until:
                    with connection.begin():
                        return work(connection)
            time.sleep(LOOK_AGAIN_SECONDS)

    async def rewrite(self) -> None:
        """VACUUM, and an empty write-ahead log."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._rewrite_now)

    async def level(self) -> None:
        """VACUUM a small database; empty the write-ahead log of any. Nothing where nothing was written since."""
        await asyncio.get_running_loop().run_in_executor(self._thread, partial(self._rewrite_now, up_to=SMALL_BYTES))

    def _rewrite_now(self, up_to: int | None = None) -> None:
        with self._in_use:
            self._write_anew(up_to)

    def _write_anew(self, up_to: int | None) -> None:
        self._owed = self._owed or up_to is None
        connection = self.engine.raw_connection()
        try:
            changes = _changes_made(connection)
            if changes == self._changes and not self._owed:
                return
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
            pages, size = (
                cursor.execute("PRAGMA page_count").fetchone()[0],
                cursor.execute("PRAGMA page_size").fetchone()[0],
            )
            if self._owed or up_to is None or pages * size <= up_to:
                cursor.execute("VACUUM")
                self._owed = False
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()
            self._changes = _changes_made(connection)
        finally:
            connection.close()

    async def close(self) -> None:
        """Finish what is under way, then close."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self.engine.dispose)
        self._thread.shutdown(wait=True)


class PostgreSQLDatabase:
    """The shared database: several instances, row locks.

    Work is carried out in one greenlet from taking a connection to giving it back: SQLAlchemy's own asynchronous
    connection begins one for each step, which costs a click as much as its two statements do.
    """

    def __init__(self, url: str | URL, pool_size: int = 10) -> None:
        """Open nothing yet; `pool_size` connections at most."""
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=CONNECT_SECONDS,
            connect_args={"connect_timeout": CONNECT_SECONDS},
            hide_parameters=True,
        )
        _wait_briefly(self.engine.sync_engine)
        _begin_where_it_is_needed(self.engine.sync_engine)
        self._one_by_one = self.engine.sync_engine.execution_options(**{ONE_BY_ONE: True})
        self._leveller = Leveller(self.run, self.look, small=SMALL_BYTES)
        _look_after_idle_ones(self.engine.sync_engine)

    async def run(self, work: Work[T]) -> T:
        """Carry out `work` on the event loop; the driver yields while the server thinks."""

        def in_a_transaction() -> T:
            with self.engine.sync_engine.begin() as connection:
                return work(connection)

        return await _carried_out(in_a_transaction)

    async def brief(self, work: Work[T]) -> T:
        """The same: nobody waits here for anybody."""
        return await self.run(work)

    async def singly(self, work: Work[T]) -> T:
        """The same without a transaction: two journeys to the server fewer.

        Each statement sees what is there by then, as it would inside one.
        """

        def one_by_one() -> T:
            with self._one_by_one.connect() as connection:
                return work(connection)

        return await _carried_out(one_by_one)

    async def look(self, work: Work[T]) -> T:
        """The same."""
        return await self.singly(work)

    def run_now(self, work: Work[T]) -> T:
        """The same for callers without an event loop, over a connection of its own."""
        with self.beside.begin() as connection:
            return work(connection)

    @cached_property
    def beside(self) -> Engine:
        """What `run_now` connects with: it needs no event loop, and keeps nothing open."""
        return self.own_engine()

    def own_engine(self) -> Engine:
        """An engine without an event loop and without a pool."""
        return create_engine(self.url, poolclass=NullPool, hide_parameters=True)

    async def rewrite(self) -> None:
        """Write every voice anew, in the order of keys."""
        await self._leveller.rewrite()

    async def level(self) -> None:
        """The same for voices that take little room, where something was written or deleted since."""
        await self._leveller.level()

    async def close(self) -> None:
        """Close the pool."""
        await self.engine.dispose()


async def _carried_out(work: Callable[[], T]) -> T:
    """What `work` brings, in a greenlet in which the driver can wait.

    Two pieces of work may wait for each other's rows. The server then ends one of them, of which nothing is left, and that
    one begins again.
    """
    for _try in range(TRIES - 1):
        try:
            return await greenlet_spawn(work)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in IN_EACH_OTHERS_WAY:
                raise
    return await greenlet_spawn(work)


_BRIEFLY = f"SET lock_timeout = '{BRIEF_SECONDS}s'"


def _wait_briefly(engine: Engine) -> None:
    """Nobody waits long for a lock: people are told to try again, and what is due is tried again by the next tick."""

    @event.listens_for(engine, "connect")
    def _set(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(_BRIEFLY)
        cursor.close()
        connection.commit()


def _begin_where_it_is_needed(engine: Engine) -> None:
    """Connections commit by themselves; a transaction is begun by a word of its own, unless statements stand alone."""

    @event.listens_for(engine, "connect")
    def _set(connection: DBAPIConnection, _record: object) -> None:
        connection.autocommit = True

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(ONE_BY_ONE):
            connection.exec_driver_sql("BEGIN")


def _look_after_idle_ones(engine: Engine) -> None:
    """A connection that was not used for a while is tried before it is used: the server may have gone meanwhile.

    SQLAlchemy can do so each time (`pool_pre_ping`), which is one more question for every click.
    """

    @event.listens_for(engine, "checkin")
    def _used(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _try(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used_at", time.monotonic()) > IDLE_SECONDS:
            try:
                alive = engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error
            if not alive:
                raise DisconnectionError


def _begun_at_once(connection: Connection) -> bool:
    """Take SQLite's write lock, without waiting for another process that has it. False when that one has it.

    Whatever else is the matter comes out when the transaction is begun in the usual way, which is then done: True.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - this engine has no other driver
    try:
        driver.execute("PRAGMA busy_timeout = 0")
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    except sqlite3.Error as error:
        return not getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    return True


def _changes_made(connection: PoolProxiedConnection) -> int:
    """How many rows this connection has changed so far."""
    driver = connection.driver_connection
    return driver.total_changes if isinstance(driver, sqlite3.Connection) else -1


def sqlite_engine(url: URL) -> Engine:
    """An engine whose transactions begin by taking SQLite's write lock, so that a read is never outdated when it writes."""
    in_memory = url.database in (None, "", ":memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_size": 1, "max_overflow": 0}
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        **options,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not merely unlinked
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if not (isinstance(driver, sqlite3.Connection) and driver.in_transaction):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def open_database(url: str) -> Database:
    """The database that DATABASE_URL names; ValueError for a kind that Foreword does not know."""
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return SQLiteDatabase(parsed)
    if kind == "postgresql":
        return PostgreSQLDatabase(parsed)
    msg = f"DATABASE_URL begins with {kind}; Foreword knows sqlite and postgresql"
    raise ValueError(msg)
