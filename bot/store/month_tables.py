"""The tables of the month after an install step: check-ins, verdicts, reviews, signs and faults.

Everything here is a *notice*. What people answer in a check-in is a voice, and lies in voice_tables.py.
"""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from bot.domain.checkin import CheckinState, Verdict
from bot.domain.review import ReviewState
from bot.domain.signs import SignSource
from bot.domain.verdict import Because, Certainty
from bot.store.tables import one_of, table_of


class FaultState(StrEnum):
    """Where a data or workflow fault stands; only a blocking one holds up the next wave."""

    OPEN = "open"
    BLOCKING = "blocking"
    FIXED = "fixed"


class CheckinRow(SQLModel, table=True):
    """One check-in of one run of a wave, on one date.

    `cursor` and `prepare_at` go through the people to invite. `answered`, `enough_answers` and `result` (what may be
    shown, JSON) are written once, when it closes.
    """

    __tablename__ = "checkin"
    __table_args__ = (
        one_of("state", CheckinState),
        Index(None, "wave_id", "run", "date", unique=True),
        Index(None, "state", "closes_at"),
    )

    id: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    run: int
    day: int
    date: dt.date
    closes_at: datetime
    policy_version: int
    state: str
    prepare_at: datetime
    cursor: str = ""
    closed_at: datetime | None = None
    invited: int = 0
    answered: int | None = None
    enough_answers: bool = False
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))


class InvitationRow(SQLModel, table=True):
    """Somebody who is asked in a check-in, by the clock of `zone`.

    `answered` is written when the check-in closes, for everybody at once, so that it has no time. `away` is what the
    person, or their status in Slack, said.
    """

    __tablename__ = "invitation"
    __table_args__ = (Index(None, "person"),)

    checkin_id: str = Field(primary_key=True, foreign_key="checkin.id")
    person: str = Field(primary_key=True)
    zone: str
    away: bool = False
    answered: bool = False


class VerdictRow(SQLModel, table=True):
    """What a wave's check-ins said when one of them closed."""

    __tablename__ = "verdict"
    __table_args__ = (
        one_of("verdict", Verdict),
        one_of("because", Because),
        one_of("certainty", Certainty),
        Index(None, "wave_id", "run", "given_at"),
    )

    id: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    run: int
    checkin_id: str | None = Field(default=None, foreign_key="checkin.id", unique=True)
    verdict: str
    because: str | None
    certainty: str
    policy_version: int
    given_at: datetime
    given_by: str | None = None
    words: str = ""


class VouchRow(SQLModel, table=True):
    """Somebody who agreed, by name, to tell colleagues how the pilot went. Deleted when they take it back."""

    __tablename__ = "vouch"

    wave_id: str = Field(primary_key=True, foreign_key="wave.id")
    person: str = Field(primary_key=True)


class ReviewRow(SQLModel, table=True):
    """One look at a wave's data: promised for `day`, or taken on it off schedule."""

    __tablename__ = "review"
    __table_args__ = (one_of("state", ReviewState), Index(None, "wave_id", "slot", unique=True))

    id: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    run: int
    slot: str | None
    day: dt.date
    state: str
    because: str = ""
    marked_by: str | None = None
    marked_at: datetime | None = None


class FaultRow(SQLModel, table=True):
    """A data or workflow fault that a wave ran into. Who met it, and when in the week, is not kept."""

    __tablename__ = "fault"
    __table_args__ = (one_of("state", FaultState), Index(None, "wave_id", "state"), {"sqlite_with_rowid": False})

    id: str = Field(primary_key=True)
    wave_id: str = Field(foreign_key="wave.id")
    words: str
    week: str
    state: str
    tell_at: datetime
    note: str = ""
    settled_at: datetime | None = None
    settled_by: str | None = None


class SignRow(SQLModel, table=True):
    """One of the guide's five warning signs, and whether somebody has attended to it."""

    __tablename__ = "sign"
    __table_args__ = (one_of("source", SignSource), Index(None, "rollout_id", "attended_at"))

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    wave_id: str | None = Field(default=None, foreign_key="wave.id")
    number: int
    source: str
    noted_at: datetime
    attended_at: datetime | None = None
    attended_by: str | None = None
    note: str = ""


checkin = table_of(CheckinRow)
invitation = table_of(InvitationRow)
verdict = table_of(VerdictRow)
vouch = table_of(VouchRow)
review = table_of(ReviewRow)
fault = table_of(FaultRow)
sign = table_of(SignRow)
