"""The tables of *voices*: what was asked, objected and answered, without who. No row here points at a person.

Ids are keyed tags or random, rows lie in the order of their ids (WITHOUT ROWID on SQLite), and no row has a time: the
finest date is the ISO week. `notice` tables are in tables.py; nothing joins the two (docs/privacy.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, false
from sqlmodel import Field, SQLModel

from bot.domain.pushback import Outcome, QuestionState, Theme
from bot.store.tables import one_of, table_of

IN_ORDER_OF_IDS = {"sqlite_with_rowid": False}


class VoiceRow(SQLModel, table=True):
    """One objection or question. `tag` is the same for one person's voices of one theme in one reporting period.

    The index holds everything that is counted, so that a report over a million voices reads no row at all.
    """

    __tablename__ = "voice"
    __table_args__ = (
        one_of("theme", Theme),
        one_of("outcome", Outcome),
        Index("ix_voice_counted", "rollout_id", "week", "theme", "wave_id", "entry", "outcome", "tag"),
        IN_ORDER_OF_IDS,
    )

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    wave_id: str | None = Field(default=None, foreign_key="wave.id")
    week: str
    theme: str
    entry: str | None = None
    outcome: str
    tag: str


class PresenceRow(SQLModel, table=True):
    """One person in one cell of a report's totals (a week, a period, a wave's period), by a tag of that cell alone."""

    __tablename__ = "presence"
    __table_args__ = (IN_ORDER_OF_IDS,)

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    cell: str = Field(primary_key=True)
    tag: str = Field(primary_key=True)


class PeriodSaltRow(SQLModel, table=True):
    """What the tags of one reporting period are made with. Deleted when the period closes: then they cannot be made again."""

    __tablename__ = "period_salt"
    __table_args__ = (IN_ORDER_OF_IDS,)

    period: int = Field(primary_key=True)
    salt: str


class QuestionRow(SQLModel, table=True):
    """A question that was passed on, in the words its asker confirmed.

    No time of asking is kept: `post_at` is the next of a few fixed hours of the day, when all waiting questions are
    passed on together. `askers` is how many people wait, or waited, for the answer. Whoever asks the same once it was
    passed on is `joining` until the next round (`counted_at`): a number that grew in sight would tell when.
    """

    __tablename__ = "question"
    __table_args__ = (
        one_of("theme", Theme),
        one_of("state", QuestionState),
        Index(None, "state"),
        Index(None, "counted_at"),
        IN_ORDER_OF_IDS,
    )

    id: str = Field(primary_key=True)
    rollout_id: str = Field(foreign_key="rollout.id")
    wave_id: str | None = Field(default=None, foreign_key="wave.id")
    week: str
    theme: str
    text: str
    state: str
    askers: int
    joining: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    counted_at: datetime | None = None
    post_at: datetime
    reminded: int = 0
    entry: str | None = None
    answer: str = ""
    answered_by: str | None = None


class SealedAddressRow(SQLModel, table=True):
    """The way back to somebody who asked: sealed with a secret that is not in the database, deleted when it was used.

    `tried` says that its message may have left. Who sends it, and until when, stands nowhere beside it (see `duty`): a
    moment on this row, and the direct messages of that moment, would tell whose it is.
    """

    __tablename__ = "sealed_address"
    __table_args__ = (Index(None, "question_id"), IN_ORDER_OF_IDS)

    id: str = Field(primary_key=True)
    question_id: str = Field(foreign_key="question.id")
    sealed: str
    tried: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class EvidenceRow(SQLModel, table=True):
    """How often people said that an entry was what they meant, and how often not. Counts, without a date."""

    __tablename__ = "evidence"
    __table_args__ = (IN_ORDER_OF_IDS,)

    entry: str = Field(primary_key=True)
    right: int = 0
    wrong: int = 0


class CheckinSaltRow(SQLModel, table=True):
    """What the ids of one check-in's answers are made with. Deleted when it closes, with the answers."""

    __tablename__ = "checkin_salt"
    __table_args__ = (IN_ORDER_OF_IDS,)

    checkin_id: str = Field(primary_key=True, foreign_key="checkin.id")
    salt: str


class CheckinAnswerRow(SQLModel, table=True):
    """One person's answer to one question of an open check-in. Deleted when it closes: what is kept are counts.

    The rows of one person have nothing in common. `value` is None for *Skip*; `question` is `answered` in the row that
    counts a person once.
    """

    __tablename__ = "checkin_answer"
    __table_args__ = (Index(None, "checkin_id", "question"), IN_ORDER_OF_IDS)

    id: str = Field(primary_key=True)
    checkin_id: str = Field(foreign_key="checkin.id")
    question: str
    value: int | None = None


class CheckinCommentRow(SQLModel, table=True):
    """What somebody added in words, as they confirmed it. Deleted at the close when fewer than k_text people answered."""

    __tablename__ = "checkin_comment"
    __table_args__ = (Index(None, "checkin_id"), IN_ORDER_OF_IDS)

    id: str = Field(primary_key=True)
    checkin_id: str = Field(foreign_key="checkin.id")
    text: str


class PublicationRow(SQLModel, table=True):
    """What was published of some weeks, for ever: nothing but what a reader sees."""

    __tablename__ = "publication"

    rollout_id: str = Field(primary_key=True, foreign_key="rollout.id")
    first_week: str = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


voice = table_of(VoiceRow)
publication = table_of(PublicationRow)
presence = table_of(PresenceRow)
period_salt = table_of(PeriodSaltRow)
question = table_of(QuestionRow)
sealed_address = table_of(SealedAddressRow)
evidence = table_of(EvidenceRow)
checkin_salt = table_of(CheckinSaltRow)
checkin_answer = table_of(CheckinAnswerRow)
checkin_comment = table_of(CheckinCommentRow)
