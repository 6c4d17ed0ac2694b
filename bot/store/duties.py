"""Work that one instance does at a time. A row is there only while somebody does it; it says nothing about what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, or_, update

from bot.store import instance_tables
from bot.store.statements import insert_new


def take(db: Connection, duty: str, owner: str, *, now: datetime, lease_until: datetime) -> bool:
    """Take it up, or go on with it. False while somebody else is at it."""
    if insert_new(db, instance_tables.duty, [{"duty": duty, "owner": owner, "lease_until": lease_until}]):
        return True
    c = instance_tables.duty.c
    mine = update(instance_tables.duty).where(c.duty == duty, or_(c.owner == owner, c.lease_until <= now))
    return db.execute(mine.values(owner=owner, lease_until=lease_until)).rowcount == 1


def keep(db: Connection, duty: str, owner: str, *, lease_until: datetime) -> bool:
    """Still at it. False when somebody else took over."""
    c = instance_tables.duty.c
    mine = update(instance_tables.duty).where(c.duty == duty, c.owner == owner)
    return db.execute(mine.values(lease_until=lease_until)).rowcount == 1


def lay_down(db: Connection, duty: str, owner: str) -> None:
    """Done for now: nothing is left of it."""
    db.execute(
        delete(instance_tables.duty).where(instance_tables.duty.c.duty == duty, instance_tables.duty.c.owner == owner)
    )


def forget_over(db: Connection, now: datetime) -> int:
    """What an instance left behind that died at its duty."""
    return db.execute(delete(instance_tables.duty).where(instance_tables.duty.c.lease_until <= now)).rowcount
