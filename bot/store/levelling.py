"""What PostgreSQL tells of the order in which voices were written, and how it is made to forget.

Each row carries the number of the transaction that wrote it (`xmin`), rows lie in the order of writing (`ctid`), and a row
that others refer to carries the number of the last that did (`xmax`). Rewriting a table changes none of the numbers. So
every row is written once more by one transaction, which also touches the rows referred to; then each table is laid in the
order of its keys, without the old versions. Both can be read while somebody else looks, such as a backup.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.store.schema import METADATA

T = TypeVar("T")

WITHOUT_AUTHOR = (
    "voice",
    "presence",
    "period_salt",
    "question",
    "sealed_address",
    "evidence",
    "seen_event",
    "checkin_answer",
    "checkin_salt",
    "checkin_comment",
    "fault",
)
"""The tables whose rows must not tell when they were written."""
REFERRED_TO = sorted(
    {key.column.table.name for name in WITHOUT_AUTHOR for key in METADATA.tables[name].foreign_keys}
    - set(WITHOUT_AUTHOR)
)
PATIENCE = "400ms"
"""So long it waits for a lock: less than PostgreSQL takes to look for a deadlock, so that nobody else is ever the victim."""
TRIES, BETWEEN_TRIES = 10, 0.2
"""How often it is tried again while somebody uses a table, or looks at what is to be thrown away; and seconds between."""
PARTS = 16
"""A large table is written again in so many transactions. Which of them a row is of tells a part of its key's hash alone."""
LOCK_NOT_AVAILABLE = "55P03"

_SIZES = ", ".join(f"pg_total_relation_size('{name}')" for name in WITHOUT_AUTHOR)
_LISTED = ", ".join(f"'{name}'" for name in WITHOUT_AUTHOR)
_DELETED = f"SELECT coalesce(sum(n_tup_del), 0) FROM pg_stat_user_tables WHERE relid::regclass::text IN ({_LISTED})"  # noqa: S608
_OLD_VERSIONS_ARE_SEEN = """
    SELECT age(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS xid)) >= age(CAST(CAST(:number AS text) AS xid)) OR EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND age(backend_xmin) >= age(CAST(CAST(:number AS text) AS xid))
    )"""


class Carry(Protocol):
    """Carries out a piece of work on the database."""

    def __call__(self, work: Callable[[Connection], T], /) -> Awaitable[T]:
        """Return what it returns."""
        ...


class Leveller:
    """Sees to it for one instance. Several may do so on one database; who comes second finds nothing to do."""

    def __init__(self, run: Carry, look: Carry, *, small: int) -> None:
        """`run` works in a transaction, `look` without. Tables of up to `small` bytes are cheap to write anew."""
        self._run, self._look = run, look
        self.small = small
        self._deleted = -1
        self._owed: Sequence[str] = ()
        """Tables that could not be had, or whose old versions somebody was looking at."""
        self._half_done = ""
        """The transaction whose old versions these are."""

    async def rewrite(self) -> None:
        """Write everything anew, whatever its size. What cannot be had now is owed, and made up for by `level`."""
        for _try in range(TRIES):
            if await self._written_anew(WITHOUT_AUTHOR):
                return
            await asyncio.sleep(BETWEEN_TRIES)

    async def level(self) -> None:
        """The same for small tables, if something was written or deleted since; and what is owed."""
        if self._owed:
            if not (self._half_done and await self._seen(self._half_done)):
                await self._written_anew(self._owed)
        elif small := await self._look(self._to_level):
            await self._written_anew(small)

    def _to_level(self, db: Connection) -> Sequence[str]:
        small = no_larger_than(db, self.small)
        return small if deleted_so_far(db) != self._deleted or written_since(db, small) else ()

    async def _written_anew(self, wanted: Sequence[str]) -> bool:
        """These, and what is owed. False when somebody used them for too long."""
        deleted = await self._look(deleted_so_far)
        self._owed = tables = [table for table in WITHOUT_AUTHOR if table in (*wanted, *self._owed)]
        try:
            done = await self._large_ones_in_parts(tables)
            number = await self._run(partial(write_again, tables=tables, done=done))
            for _try in range(TRIES):
                if not await self._seen(number):
                    break
                await asyncio.sleep(BETWEEN_TRIES)
            seen = await self._seen(number)
            for table in tables:
                await self._run(partial(lay_in_order, table=table))
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                return False
            raise
        self._deleted = deleted
        self._owed, self._half_done = (self._owed, number) if seen else ((), "")
        return True

    async def _large_ones_in_parts(self, tables: Sequence[str]) -> list[str]:
        """Most of the work on large tables, while others go on writing. Returns the transactions' numbers."""
        small = await self._look(partial(no_larger_than, up_to=self.small))
        return [
            await self._run(partial(write_part, table=table, part=part))
            for table in tables
            if table not in small
            for part in range(PARTS)
        ]

    async def _seen(self, number: str) -> bool:
        return await self._look(partial(old_versions_are_seen, number=number))


def no_larger_than(db: Connection, up_to: int) -> Sequence[str]:
    """Those of the tables that take no more bytes than this, with their indexes."""
    sizes = db.execute(text(f"SELECT {_SIZES}")).one()
    return [name for name, taken in zip(WITHOUT_AUTHOR, sizes, strict=True) if taken <= up_to]


def deleted_so_far(db: Connection) -> int:
    """How many rows were ever deleted from these tables, as far as the server has counted."""
    return int(db.scalar(text(_DELETED)) or 0)


def written_since(db: Connection, tables: Sequence[str]) -> bool:
    """Whether a row was written since everything was last written by one transaction."""
    return any(
        db.scalar(text(f'SELECT EXISTS (SELECT FROM "{table}" WHERE xmin <> (SELECT xmin FROM alembic_version))'))  # noqa: S608
        for table in tables
    )


def write_part(db: Connection, table: str, part: int) -> str:
    """Write some of the rows once more, chosen by a hash of their keys, in this transaction; returns its number."""
    _be_brief(db)
    first, *more = (f'"{column.name}"' for column in METADATA.tables[table].primary_key.columns)
    key = " || ".join([f"{first}::text", *more])
    db.execute(text(f'UPDATE "{table}" SET {first} = {first} WHERE hashtext({key}) & {PARTS - 1} = {part}'))  # noqa: S608
    return _number_of(db)


def write_again(db: Connection, tables: Sequence[str], done: Sequence[str] = ()) -> str:
    """Write every row once more, in this transaction, except for those that the transactions in `done` have written.

    Returns its number. The row with the schema's revision is written with them: by its number every instance sees what
    was written since.
    """
    _be_brief(db)
    listed = ", ".join(f'"{table}"' for table in tables)
    db.execute(text(f"LOCK TABLE {listed} IN SHARE ROW EXCLUSIVE MODE"))
    for table in tables:
        key = METADATA.tables[table].primary_key.columns[0].name
        db.execute(
            text(f'UPDATE "{table}" SET "{key}" = "{key}" WHERE xmin::text <> ALL (CAST(:done AS text[]))'),  # noqa: S608
            {"done": list(done)},
        )
    for table in REFERRED_TO:
        db.execute(text(f'SELECT FROM "{table}" FOR KEY SHARE SKIP LOCKED'))
    db.execute(text("UPDATE alembic_version SET version_num = version_num"))
    return _number_of(db)


def old_versions_are_seen(db: Connection, number: str) -> bool:
    """Whether somebody may still look at what was there before this transaction, so that it cannot be thrown away yet."""
    return bool(db.scalar(text(_OLD_VERSIONS_ARE_SEEN), {"number": number}))


def lay_in_order(db: Connection, table: str) -> None:
    """Lay a table in the order of its keys, in a new file, without versions that nobody sees any more."""
    _be_brief(db)
    db.execute(text(f'CLUSTER "{table}" USING "pk_{table}"'))


def _number_of(db: Connection) -> str:
    """This transaction's, as rows carry it."""
    return str(db.scalar(text("SELECT CAST(pg_current_xact_id() AS xid)")))


def _be_brief(db: Connection) -> None:
    db.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
