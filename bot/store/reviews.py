"""Reviews in the database: those that were promised, and looks that nobody had promised."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.domain.progress import RunningWave
from bot.domain.review import Review, ReviewState
from bot.store import month_tables as t
from bot.store.statements import id_of, insert_new, new_id


def promise(db: Connection, wave: RunningWave, day: date) -> str | None:
    """Write down a review that is due. Returns its id, or None when it is there already."""
    slot = f"{wave.run}:{day.isoformat()}"
    review_id = id_of("review", wave.id, slot)
    row = _row(review_id, wave, day, ReviewState.DUE) | {"slot": slot}
    return review_id if insert_new(db, t.review, [row]) == 1 else None


def promised(db: Connection, wave: RunningWave, since: date) -> frozenset[date]:
    """The days from `since` on whose review this wave's present run has written down."""
    c = t.review.c
    mine = select(c.day).where(c.wave_id == wave.id, c.run == wave.run, c.day >= since, c.slot.is_not(None))
    return frozenset(db.scalars(mine))


def looked(db: Connection, wave: RunningWave, day: date, because: str, *, by: str, now: datetime) -> None:
    """Write down a look off schedule."""
    row = _row(new_id(), wave, day, ReviewState.OFF_SCHEDULE)
    insert_new(db, t.review, [row | {"slot": None, "because": because, "marked_by": by, "marked_at": now}])


def mark(db: Connection, review_id: str, state: ReviewState, because: str, *, by: str, now: datetime) -> bool:
    """A due review was done, or put off. False when it was marked before."""
    statement = update(t.review).where(t.review.c.id == review_id, t.review.c.state == ReviewState.DUE)
    values = {"state": state, "because": because, "marked_by": by, "marked_at": now}
    return db.execute(statement.values(**values)).rowcount == 1


def by_id(db: Connection, review_id: str) -> Review | None:
    """One review, or None."""
    row = db.execute(select(t.review).where(t.review.c.id == review_id)).one_or_none()
    return None if row is None else _review(row)


def of_wave(db: Connection, wave_id: str) -> list[Review]:
    """A wave's reviews, oldest first."""
    wanted = select(t.review).where(t.review.c.wave_id == wave_id).order_by(t.review.c.day, t.review.c.id)
    return [_review(row) for row in db.execute(wanted)]


def _row(review_id: str, wave: RunningWave, day: date, state: ReviewState) -> dict[str, Any]:
    return {"id": review_id, "wave_id": wave.id, "run": wave.run, "day": day, "state": state, "because": ""}


def _review(row: Row[Any]) -> Review:
    return Review(row.id, row.wave_id, row.day, ReviewState(row.state), row.because, row.marked_by or "")
