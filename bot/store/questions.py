"""Questions that were passed on, and the sealed ways back to those who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from bot.domain.pushback import QuestionState, Theme
from bot.domain.weeks import Week, read_week
from bot.store import voice_tables as t
from bot.store.statements import new_id


@dataclass(frozen=True, slots=True)
class Question:
    """One question in the words that its asker confirmed. `entry` or `answer` is what became of it."""

    id: str
    rollout_id: str
    wave_id: str | None
    week: Week
    theme: Theme
    text: str
    state: QuestionState
    askers: int
    post_at: datetime
    reminded: int
    entry: str | None
    answer: str
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class SealedAddress:
    """A way back, with what is to be said there."""

    id: str
    question_id: str
    sealed: str


def add(
    db: Connection, rollout_id: str, *, wave_id: str | None, week: Week, theme: Theme, text: str, post_at: datetime
) -> str:
    """Keep a question until its time to be passed on; returns its id."""
    question_id = new_id()
    db.execute(
        insert(t.question).values(
            id=question_id,
            rollout_id=rollout_id,
            wave_id=wave_id,
            week=str(week),
            theme=theme,
            text=text,
            state=QuestionState.WAITING,
            askers=0,
            joining=0,
            post_at=post_at,
            reminded=0,
            answer="",
        )
    )
    return question_id


def join(db: Connection, question_id: str, sealed: str, *, counted_at: datetime) -> None:
    """One more person waits for this answer. If it was passed on already, the next round (`counted_at`) counts them."""
    c = t.question.c
    db.execute(insert(t.sealed_address).values(id=new_id(), question_id=question_id, sealed=sealed))
    this = update(t.question).where(c.id == question_id)
    if not db.execute(this.where(c.state == QuestionState.WAITING).values(askers=c.askers + 1)).rowcount:
        db.execute(this.values(joining=c.joining + 1, counted_at=func.coalesce(c.counted_at, counted_at)))


def count_in(db: Connection, now: datetime) -> int:
    """Count those who asked the same since the last round. Returns at how many questions somebody was."""
    c = t.question.c
    joined = update(t.question).where(c.counted_at <= now)
    return db.execute(joined.values(askers=c.askers + c.joining, joining=0, counted_at=None)).rowcount


def by_id(db: Connection, question_id: str) -> Question | None:
    """One question, or None."""
    row = db.execute(select(t.question).where(t.question.c.id == question_id)).one_or_none()
    return None if row is None else _question(row)


def unanswered(db: Connection, rollout_id: str) -> list[Question]:
    """The questions of a rollout that still need an answer, the longest passed on first."""
    rows = db.execute(
        select(t.question)
        .where(
            t.question.c.rollout_id == rollout_id,
            t.question.c.state.in_([QuestionState.WAITING, QuestionState.OPEN]),
        )
        .order_by(t.question.c.post_at, t.question.c.id)
    )
    return [_question(row) for row in rows]


def due(db: Connection, now: datetime) -> list[Question]:
    """The questions whose time to be passed on has come."""
    rows = db.execute(
        select(t.question).where(t.question.c.state == QuestionState.WAITING, t.question.c.post_at <= now)
    )
    return [_question(row) for row in rows]


def still_open(db: Connection) -> list[Question]:
    """The questions that were passed on and not answered."""
    return [_question(row) for row in db.execute(select(t.question).where(t.question.c.state == QuestionState.OPEN))]


def passed_on(db: Connection, rollout_id: str) -> list[Question]:
    """Every question of a rollout that was passed on, answered or not."""
    rows = db.execute(
        select(t.question).where(t.question.c.rollout_id == rollout_id, t.question.c.state != QuestionState.WAITING)
    )
    return [_question(row) for row in rows]


def open_now(db: Connection, question_id: str) -> bool:
    """It is being passed on. False when somebody else was quicker."""
    return _move(db, question_id, [QuestionState.WAITING], state=QuestionState.OPEN)


def answer(db: Connection, question_id: str, *, text: str, by: str, entry: str | None) -> bool:
    """It has its answer. False when it had one already."""
    return _move(
        db,
        question_id,
        [QuestionState.WAITING, QuestionState.OPEN],
        state=QuestionState.ANSWERED,
        answer=text,
        answered_by=by,
        entry=entry,
    )


def remind(db: Connection, question_id: str, times: int) -> bool:
    """Somebody is reminded for this time. False when another process did."""
    statement = update(t.question).where(
        t.question.c.id == question_id, t.question.c.state == QuestionState.OPEN, t.question.c.reminded == times - 1
    )
    return db.execute(statement.values(reminded=times)).rowcount == 1


def addresses(db: Connection, *, answered: bool) -> list[SealedAddress]:
    """The ways back to those whose question is answered, or to everybody who waits."""
    statement = select(t.sealed_address).join(t.question, t.question.c.id == t.sealed_address.c.question_id)
    if answered:
        statement = statement.where(t.question.c.state == QuestionState.ANSWERED)
    rows = db.execute(statement.order_by(t.sealed_address.c.id))
    return [SealedAddress(row.id, row.question_id, row.sealed) for row in rows]


def addresses_of(db: Connection, question_id: str) -> list[SealedAddress]:
    """The ways back to those who asked this."""
    rows = db.execute(select(t.sealed_address).where(t.sealed_address.c.question_id == question_id))
    return [SealedAddress(row.id, row.question_id, row.sealed) for row in rows]


def begin_to_send(db: Connection, address_id: str) -> bool | None:
    """Its message is about to leave. Whether it may have left before; None when the address was used."""
    c = t.sealed_address.c
    tried: bool | None = db.scalar(select(c.tried).where(c.id == address_id))
    if tried is False:
        db.execute(update(t.sealed_address).where(c.id == address_id).values(tried=True))
    return tried


def did_not_leave(db: Connection, address_id: str) -> None:
    """Slack certainly does not have its message."""
    db.execute(update(t.sealed_address).where(t.sealed_address.c.id == address_id).values(tried=False))


def forget_address(db: Connection, address_id: str) -> bool:
    """It was used, or is too old."""
    return db.execute(delete(t.sealed_address).where(t.sealed_address.c.id == address_id)).rowcount == 1


def forget_addresses(db: Connection) -> int:
    """Forget every way back: nobody can be reached any more."""
    return db.execute(delete(t.sealed_address)).rowcount


def waiting_for(db: Connection, question_id: str) -> int:
    """How many ways back there still are to those who asked this."""
    counted = select(func.count()).select_from(t.sealed_address)
    return db.scalar(counted.where(t.sealed_address.c.question_id == question_id)) or 0


def withdraw(db: Connection, question_id: str) -> None:
    """One person less waits; a question that nobody waits for and that was not passed on yet goes away."""
    c = t.question.c
    this = update(t.question).where(c.id == question_id)
    if not db.execute(this.where(c.joining > 0).values(joining=c.joining - 1)).rowcount:
        db.execute(this.where(c.askers > 0).values(askers=c.askers - 1))
    db.execute(delete(t.question).where(c.id == question_id, c.askers == 0, c.state == QuestionState.WAITING))


def _move(db: Connection, question_id: str, before: list[QuestionState], **values: Any) -> bool:
    statement = update(t.question).where(t.question.c.id == question_id, t.question.c.state.in_(before))
    return db.execute(statement.values(**values)).rowcount == 1


def _question(row: Row[Any]) -> Question:
    return Question(
        row.id,
        row.rollout_id,
        row.wave_id,
        read_week(row.week),
        Theme(row.theme),
        row.text,
        QuestionState(row.state),
        row.askers,
        row.post_at,
        row.reminded,
        row.entry,
        row.answer,
        row.answered_by,
    )
