"""Everything that is held goes: the app is gone for good, and with it the reason to keep anything about anybody."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select

from bot.store.schema import METADATA

TABLES = tuple(reversed(METADATA.sorted_tables))
"""Each before the ones that it points to."""


def held(db: Connection) -> dict[str, int]:
    """How many rows there are, by table; tables without any are left out."""
    counts = {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}
    return {name: count for name, count in sorted(counts.items()) if count}


def purge(db: Connection) -> dict[str, int]:
    """Delete every row of every table. Returns how many went, by table."""
    gone = held(db)
    for table in TABLES:
        db.execute(delete(table))
    return gone
