"""Writing and reading the timeline. There is no function here that changes or removes an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from bot.domain.timeline import Entry, Event, seal
from bot.store import tables as t


def append(
    db: Connection, rollout_id: str, event: Event, *, actor: str, now: datetime, data: Mapping[str, str | int]
) -> None:
    """Add an entry and move the head on. Whoever else adds one to this rollout's waits, so that numbers have no gaps."""
    head = db.execute(
        select(t.rollout.c.timeline_length, t.rollout.c.timeline_head)
        .where(t.rollout.c.id == rollout_id)
        .with_for_update(key_share=True)
    ).one()
    entry = Entry(rollout_id, head.timeline_length + 1, now, actor, event, data, head.timeline_head)
    digest = seal(entry)
    db.execute(
        insert(t.timeline).values(
            rollout_id=rollout_id,
            seq=entry.seq,
            at=now,
            actor=actor,
            event=event,
            data=dict(data),
            sealed=entry.sealed,
            hash=digest,
        )
    )
    db.execute(
        update(t.rollout).where(t.rollout.c.id == rollout_id).values(timeline_length=entry.seq, timeline_head=digest)
    )


def last(db: Connection, rollout_id: str, count: int) -> list[Entry]:
    """The newest entries, newest first."""
    rows = db.execute(
        select(t.timeline).where(t.timeline.c.rollout_id == rollout_id).order_by(t.timeline.c.seq.desc()).limit(count)
    )
    return [_entry(row) for row in rows]


def last_of(
    db: Connection, rollout_id: str, event: Event, wave: str = "", *, before: datetime | None = None
) -> datetime | None:
    """When this last happened (to this wave, if one is named; before that moment, if one is given); None for never."""
    wanted = select(t.timeline.c.at, t.timeline.c.data).where(
        t.timeline.c.rollout_id == rollout_id, t.timeline.c.event == event
    )
    if before is not None:
        wanted = wanted.where(t.timeline.c.at < before)
    for row in db.execute(wanted.order_by(t.timeline.c.seq.desc())):
        if not wave or row.data.get("wave") == wave:
            at: datetime = row.at
            return at
    return None


def chain(db: Connection, rollout_id: str) -> Iterator[tuple[Entry, str]]:
    """Every entry with its stored hash, oldest first."""
    rows = db.execute(select(t.timeline).where(t.timeline.c.rollout_id == rollout_id).order_by(t.timeline.c.seq))
    for row in rows:
        yield _entry(row), row.hash


def head(db: Connection, rollout_id: str) -> tuple[int, str]:
    """The number and the hash of the last entry, as the rollout remembers them."""
    row = db.execute(
        select(t.rollout.c.timeline_length, t.rollout.c.timeline_head).where(t.rollout.c.id == rollout_id)
    ).one()
    return row.timeline_length, row.timeline_head


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(row.rollout_id, row.seq, row.at, row.actor, Event(row.event), row.data, row.sealed)
