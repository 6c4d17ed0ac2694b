"""Answers that HR or an owner wrote in Slack. They stand over the entries that come as files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.store import tables as t
from bot.store.statements import insert_or_update


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """One such answer, as it was written."""

    id: str
    theme: str
    question: str
    phrasings: tuple[str, ...]
    cites: str
    owner: str
    review_by: date
    answer: str


def every(db: Connection) -> list[WrittenEntry]:
    """All of them, by id."""
    return [
        WrittenEntry(
            row.id, row.theme, row.question, tuple(row.phrasings), row.cites, row.owner, row.review_by, row.answer
        )
        for row in db.execute(select(t.entry).order_by(t.entry.c.id))
    ]


def write(db: Connection, entry: WrittenEntry, *, by: str, now: datetime) -> None:
    """Keep an answer, or mend it."""
    row = {
        "id": entry.id,
        "theme": entry.theme,
        "question": entry.question,
        "phrasings": list(entry.phrasings),
        "cites": entry.cites,
        "owner": entry.owner,
        "review_by": entry.review_by,
        "answer": entry.answer,
        "changed_by": by,
        "changed_at": now,
    }
    insert_or_update(db, t.entry, row)


def edition(db: Connection) -> str:
    """Something that changes whenever an answer does, so that every process notices; empty without any.

    Of all of them, not of the newest: the clocks of two instances may differ.
    """
    rows = db.execute(select(t.entry.c.id, t.entry.c.changed_at).order_by(t.entry.c.id)).all()
    said = "\n".join(f"{row.id} {row.changed_at.isoformat()}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest() if rows else ""
