"""How much of Slack's limits is used up, for all instances together: whoever looks holds the row until they are done."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, text, update

from bot.domain.pace import Limit, Room, Used, refused, room, spend
from bot.store import instance_tables
from bot.store.statements import insert_new, insert_or_update

_PRESENT = {
    "postgresql": text("SELECT extract(epoch FROM clock_timestamp())"),
    "sqlite": text("SELECT (julianday('now') - julianday('1970-01-01')) * 86400.0"),
}


def clock(db: Connection) -> float:
    """Seconds of a clock that all instances share, which is the database's; SQLite tells them to the millisecond."""
    return float(db.execute(_PRESENT[db.dialect.name]).scalar_one())


def moment(db: Connection) -> datetime:
    """The same clock's present moment, aware."""
    return datetime.fromtimestamp(clock(db), UTC)


def look(db: Connection, method: str, limit: Limit | None) -> tuple[Room | None, Used]:
    """What may be called now; None for as much as one likes. Others wait until this transaction ends."""
    used = _held(db, method)
    return (None if limit is None else room(limit, used, clock(db))), used


def enter(db: Connection, method: str, limit: Limit, used: Used, calls: int) -> None:
    """So many calls are about to be made, by whoever looked."""
    _keep(db, method, spend(limit, used, clock(db), calls))


def take(db: Connection, method: str, limit: Limit | None, wanted: int) -> int:
    """Look and enter in one: how many of the calls that are wanted may be made now."""
    if not wanted or limit is None:
        return wanted
    found, used = look(db, method, limit)
    calls = min(wanted, found.calls) if found else wanted
    if calls:
        enter(db, method, limit, used, calls)
    return calls


def slow_down(db: Connection, method: str) -> None:
    """Slack refused, though the limit was kept."""
    _keep(db, method, refused(_held(db, method), clock(db)))


def rest(db: Connection, recipient: str, seconds: float) -> None:
    """This recipient was just sent something, and gets the next message after so many seconds."""
    if seconds > 0:
        insert_or_update(db, instance_tables.rate_rest, {"recipient": recipient, "until": clock(db) + seconds})


def resting(db: Connection, longest: float) -> Collection[str]:
    """Who was just sent something. What is over is forgotten, and so is what a clock that was set back left behind."""
    if longest <= 0:
        return ()
    now = clock(db)
    c = instance_tables.rate_rest.c
    found = db.execute(select(c.recipient, c.until)).all()
    over = [row.recipient for row in found if not now < row.until <= now + longest]
    if over:
        db.execute(delete(instance_tables.rate_rest).where(c.recipient.in_(over)))
    return [row.recipient for row in found if row.recipient not in set(over)]


def _held(db: Connection, method: str) -> Used:
    c = instance_tables.rate_use.c
    statement = select(c.until, c.share, c.refused_at).where(c.method == method).with_for_update()
    row = db.execute(statement).one_or_none()
    if row is None:
        insert_new(db, instance_tables.rate_use, [{"method": method, "until": 0.0, "share": 1.0, "refused_at": 0.0}])
        row = db.execute(statement).one()
    return Used(row.until, row.share, row.refused_at)


def _keep(db: Connection, method: str, used: Used) -> None:
    c = instance_tables.rate_use.c
    values = {"until": used.until, "share": used.share, "refused_at": used.refused_at}
    db.execute(update(instance_tables.rate_use).where(c.method == method).values(values))
