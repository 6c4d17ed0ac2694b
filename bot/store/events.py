"""Which events were handled; Slack delivers some twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.store import instance_tables
from bot.store.statements import insert_new

_SEEN = select(instance_tables.seen_event.c.event_id).where(instance_tables.seen_event.c.event_id == bindparam("event"))


def seen(db: Connection, event_id: str) -> bool:
    """Whether this event was handled before."""
    return db.scalar(_SEEN, {"event": event_id}) is not None


def first_time(db: Connection, event_id: str, *, now: datetime) -> bool:
    """Whether this event was not handled before; remembers it."""
    return insert_new(db, instance_tables.seen_event, [{"event_id": event_id, "seen_at": now}]) == 1


def forget_events(db: Connection, before: datetime) -> int:
    """Forget the events from before that moment; Slack does not deliver them again."""
    return db.execute(instance_tables.seen_event.delete().where(instance_tables.seen_event.c.seen_at < before)).rowcount
