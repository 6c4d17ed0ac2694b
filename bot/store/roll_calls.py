"""Roll calls: after a message was posted in a channel, its members get their receipts, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

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


def due(db: Connection, now: datetime, limit: int = 5) -> list[RollCall]:
    """The roll calls that have members left to read. Nobody else takes them up before this transaction ends."""
    rows = db.execute(
        select(t.roll_call)
        .where(t.roll_call.c.done_at.is_(None), t.roll_call.c.due_at <= now)
        .order_by(t.roll_call.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [RollCall(row.id, row.launch_id, row.given_at, row.cursor, row.attempts) for row in rows]


def take(db: Connection, calls: Sequence[RollCall], lease_until: datetime) -> None:
    """Their next page is about to be read; should that never end, another instance reads it then."""
    ids = [call.id for call in calls]
    if ids:
        db.execute(update(t.roll_call).where(t.roll_call.c.id.in_(ids)).values(due_at=lease_until))


def roll_called(db: Connection, call: RollCall, cursor: str, *, now: datetime) -> bool:
    """One page is written, in this transaction. An empty cursor ends the roll call.

    False when another instance read this page meanwhile.
    """
    values = {"cursor": cursor, "done_at": None if cursor else now, "attempts": 0, "due_at": now}
    return db.execute(update(t.roll_call).where(_stands_at(call)).values(**values)).rowcount == 1


def is_over(db: Connection, launch_id: str) -> bool:
    """Whether everybody in the channel was written down after this launch's message."""
    c = t.roll_call.c
    return db.scalar(select(c.id).where(c.launch_id == launch_id, c.done_at.is_not(None))) is not None


def roll_call_later(db: Connection, call: RollCall, due_at: datetime) -> None:
    """Slack refused for now; go on from the same page later."""
    values = {"due_at": due_at, "attempts": t.roll_call.c.attempts + 1}
    db.execute(update(t.roll_call).where(_stands_at(call)).values(**values))


def _stands_at(call: RollCall) -> ColumnElement[bool]:
    c = t.roll_call.c
    return and_(c.id == call.id, c.cursor == call.cursor, c.done_at.is_(None))
