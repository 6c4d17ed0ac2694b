"""What the instances of one bot tell each other: Slack's limits, whose work is whose, what was handled, what was put back.

Nothing here is about a rollout or says anything about anybody. A question's id stands under a keyed mark (SeenEventRow).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.store.tables import table_of


class RateBlockRow(SQLModel, table=True):
    """Slack asked us to wait with this method; every instance looks here."""

    __tablename__ = "rate_block"

    method: str = Field(primary_key=True)
    blocked_until: datetime


class RateUseRow(SQLModel, table=True):
    """How much of a method's limit is used up, by all instances together. Moments are seconds of the database's clock."""

    __tablename__ = "rate_use"

    method: str = Field(primary_key=True)
    until: float
    share: float
    refused_at: float


class RateRestRow(SQLModel, table=True):
    """Who was sent a message in this second, and gets the next one after it. Rows stay for a moment."""

    __tablename__ = "rate_rest"

    recipient: str = Field(primary_key=True)
    until: float


class DutyRow(SQLModel, table=True):
    """Work that one instance does at a time, while it does it. Its row goes when it is done: it would tell when that was."""

    __tablename__ = "duty"

    duty: str = Field(primary_key=True)
    owner: str
    lease_until: datetime


class SeenEventRow(SQLModel, table=True):
    """An event that was handled. Slack delivers some twice.

    A question is one of them, under a keyed mark: rows lie in the order of their ids, not of their coming.
    """

    __tablename__ = "seen_event"
    __table_args__ = (Index(None, "seen_at"), {"sqlite_with_rowid": False})

    event_id: str = Field(primary_key=True)
    seen_at: datetime


class RestorationRow(SQLModel, table=True):
    """When this database was set back to a backup, and when that was taken: what was sent in between is looked for."""

    __tablename__ = "restoration"

    restored_at: datetime = Field(primary_key=True)
    taken_at: datetime


rate_block = table_of(RateBlockRow)
rate_use = table_of(RateUseRow)
rate_rest = table_of(RateRestRow)
duty = table_of(DutyRow)
seen_event = table_of(SeenEventRow)
restoration = table_of(RestorationRow)
