"""A database that was set back to a backup: what it believes unsent may be in Slack already, so that is looked for first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from bot.domain.delivery import DeliveryState
from bot.store import instance_tables
from bot.store import tables as t
from bot.store.statements import insert_or_update
from bot.store.tables import ExportState

DOUBT = timedelta(days=1)
"""So long after a restore what becomes due by itself may have been due before it."""
_LATELY = (
    select(instance_tables.restoration)
    .where(instance_tables.restoration.c.restored_at > bindparam("since"))
    .order_by(instance_tables.restoration.c.taken_at)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Restoration:
    """When the backup was taken, and when the database was set back to it."""

    taken_at: datetime
    restored_at: datetime


def note(db: Connection, *, taken_at: datetime, now: datetime) -> None:
    """The database was set back just now."""
    insert_or_update(db, instance_tables.restoration, {"restored_at": now, "taken_at": taken_at})


def lately(db: Connection, *, now: datetime) -> Restoration | None:
    """The restoration that still matters for what is written now; of several, the one that goes back the furthest."""
    row = db.execute(_LATELY, {"since": now - DOUBT}).one_or_none()
    return None if row is None else Restoration(row.taken_at, row.restored_at)


def newest_notice(db: Connection) -> datetime | None:
    """The newest moment in the record: a backup without a date of its own was taken after it."""
    moments = [
        db.scalar(select(func.max(column)))
        for column in (t.timeline.c.at, t.delivery.c.created_at, t.delivery.c.sent_at, t.receipt.c.given_at)
    ]
    return max((moment for moment in moments if moment is not None), default=None)


def doubt_unsent(db: Connection, *, taken_at: datetime, now: datetime) -> int:
    """What was to go by now is looked for in Slack before it goes. Returns how many messages that are.

    A message that had failed is shown to the managers as ambiguous: somebody may have sent it again meanwhile.
    """
    c = t.delivery.c
    waiting = update(t.delivery).where(c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING]), c.due_at <= now)
    values = {"owner": None, "lease_until": None, "first_tried_at": func.coalesce(c.first_tried_at, taken_at)}
    doubted = db.execute(waiting.values(state=DeliveryState.UNSURE, **values)).rowcount
    db.execute(
        update(t.delivery).where(c.state == DeliveryState.UNSURE, c.lease_until.is_not(None)).values(lease_until=None)
    )
    failed = update(t.delivery).where(c.state == DeliveryState.FAILED)
    db.execute(failed.values(state=DeliveryState.AMBIGUOUS, **values))
    return doubted


def doubt_exports(db: Connection, *, taken_at: datetime, now: datetime) -> int:
    """Reports that were being made may have reached whoever asked. Returns how many."""
    c = t.export.c
    under_way = update(t.export).where(c.state.in_([ExportState.CONFIRMED, ExportState.MAKING]), c.file_id.is_(None))
    values = {"made_at": func.coalesce(c.made_at, taken_at), "ended_at": now, "owner": None, "error": "restored"}
    return db.execute(under_way.values(state=ExportState.AMBIGUOUS, **values)).rowcount
