"""Work that several instances do on one PostgreSQL at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from bot.store.database import PostgreSQLDatabase

T = TypeVar("T")


def at_once(url: str, works: Sequence[Callable[[Connection], T]]) -> list[T | Exception]:
    """Carry out each piece of work in a transaction of its own, all begun at the same moment; results or what was raised."""
    barrier = threading.Barrier(len(works))

    def one(work: Callable[[Connection], T]) -> T | Exception:
        with PostgreSQLDatabase(url).own_engine().connect() as connection, connection.begin():
            barrier.wait()
            try:
                return work(connection)
            except Exception as error:  # noqa: BLE001 - the test looks at it
                connection.get_transaction().rollback()  # type: ignore[union-attr]
                return error

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(one, works))


def while_held(url: str, first: Callable[[Connection], object], second: Callable[[Connection], T]) -> T:
    """Carry out `second` so that it has begun, and waits if it has to, when `first` is committed."""
    begun = threading.Event()

    def later(connection: Connection) -> T:
        begun.set()
        return second(connection)

    database = PostgreSQLDatabase(url)
    with ThreadPoolExecutor(1) as thread:
        with database.own_engine().begin() as connection:
            first(connection)
            result = thread.submit(database.run_now, later)
            begun.wait()
            threading.Event().wait(0.2)
        return result.result()
