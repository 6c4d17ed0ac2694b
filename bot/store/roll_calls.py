"""Roll calls: after a message was posted in a channel, its members get their receipts, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.store import tables as t
from bot.store.statements import insert_new, new_id


@dataclass(frozen=True, slots=True)
class RollCall:
    """Where the reading of a channel's members stands."""

    id: str
    launch_id: str
    given_at: datetime
    cursor: str
    attempts: int


def call_roll(db: Connection, launch_id: str, *, now: datetime) -> None:
    """After a message was posted in a channel: write receipts for its members, page by page."""
    insert_new(
        db,
        t.roll_call,
        [{"id": new_id(), "launch_id": launch_id, "given_at": now, "due_at": now, "cursor": "", "attempts": 0}],
    )


def roll_calls_due(db: Connection, now: datetime, limit: int = 5) -> list[RollCall]:
    """The roll calls that have members left to read."""
    rows = db.execute(
        select(t.roll_call)
        .where(t.roll_call.c.done_at.is_(None), t.roll_call.c.due_at <= now)
        .order_by(t.roll_call.c.due_at)
        .limit(limit)
    )
    return [RollCall(row.id, row.launch_id, row.given_at, row.cursor, row.attempts) for row in rows]


def roll_called(db: Connection, roll_call_id: str, cursor: str, *, now: datetime) -> None:
    """One page was written. An empty cursor ends the roll call."""
    db.execute(
        update(t.roll_call)
        .where(t.roll_call.c.id == roll_call_id)
        .values(cursor=cursor, done_at=None if cursor else now, attempts=0)
    )


def roll_call_later(db: Connection, roll_call_id: str, due_at: datetime) -> None:
    """Slack refused for now; go on from the same page later."""
    db.execute(
        update(t.roll_call)
        .where(t.roll_call.c.id == roll_call_id)
        .values(due_at=due_at, attempts=t.roll_call.c.attempts + 1)
    )
