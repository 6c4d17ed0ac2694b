"""The answers to open check-ins: voices. Whoever calls has turned the person who answers into ids.

No id of a person stands in a row here, and everything goes when the check-in closes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection, delete, func, select

from bot.domain.checkin import HIGHEST, Answers, Ask
from bot.store import month_tables as t
from bot.store import voice_tables
from bot.store.statements import insert_new, insert_or_update

ANSWERED = "answered"
"""The row that counts a person once, beside those of the single questions."""


def salt_of(db: Connection, checkin_id: str, fresh: Callable[[], str]) -> str:
    """The salt of an open check-in, made (by `fresh`) when its first answer comes."""
    insert_new(db, voice_tables.checkin_salt, [{"checkin_id": checkin_id, "salt": fresh()}])
    salt: str = db.scalars(
        select(voice_tables.checkin_salt.c.salt).where(voice_tables.checkin_salt.c.checkin_id == checkin_id)
    ).one()
    return salt


def salts(db: Connection) -> list[str]:
    """The salts of all open check-ins."""
    return list(db.scalars(select(voice_tables.checkin_salt.c.salt)))


def known_salt(db: Connection, checkin_id: str) -> str | None:
    """The salt of a check-in, if somebody has answered it and it has not closed."""
    return db.scalar(
        select(voice_tables.checkin_salt.c.salt).where(voice_tables.checkin_salt.c.checkin_id == checkin_id)
    )


def answer(db: Connection, answer_id: str, checkin_id: str, question: str, value: int | None) -> None:
    """Keep an answer; the last one counts."""
    row = {"id": answer_id, "checkin_id": checkin_id, "question": question, "value": value}
    insert_or_update(db, voice_tables.checkin_answer, row)


def comment(db: Connection, comment_id: str, checkin_id: str, text: str) -> None:
    """Keep what was added in words; the last one counts, an empty one takes it back."""
    if text:
        insert_or_update(db, voice_tables.checkin_comment, {"id": comment_id, "checkin_id": checkin_id, "text": text})
    else:
        db.execute(delete(voice_tables.checkin_comment).where(voice_tables.checkin_comment.c.id == comment_id))


def answers_among(db: Connection, ids: Collection[str]) -> dict[str, int | None]:
    """The answers that lie under these ids."""
    c = voice_tables.checkin_answer.c
    return {row.id: row.value for row in db.execute(select(c.id, c.value).where(c.id.in_(ids)))}


def comment_of(db: Connection, comment_id: str) -> str:
    """What lies under this id, or nothing."""
    c = voice_tables.checkin_comment.c
    return db.scalar(select(c.text).where(c.id == comment_id)) or ""


def take_back(db: Connection, ids: Collection[str]) -> int:
    """Delete these answers and comments. Returns how many there were."""
    answers, comments = voice_tables.checkin_answer, voice_tables.checkin_comment
    gone = db.execute(delete(answers).where(answers.c.id.in_(ids))).rowcount
    return gone + db.execute(delete(comments).where(comments.c.id.in_(ids))).rowcount


def counts(db: Connection, checkin_id: str) -> Answers:
    """How a check-in was answered."""
    c = voice_tables.checkin_answer.c
    rows = db.execute(
        select(c.question, c.value, func.count()).where(c.checkin_id == checkin_id).group_by(c.question, c.value)
    ).all()
    chosen = {ask: [0] * HIGHEST for ask in Ask}
    answered = 0
    for question, value, number in rows:
        if question == ANSWERED:
            answered = number
        elif value is not None:
            chosen[Ask(question)][value - 1] = number
    i = t.invitation.c
    invited, away = db.execute(
        select(func.count(), func.count().filter(i.away)).where(i.checkin_id == checkin_id)
    ).one()
    return Answers(invited, answered, chosen, away)


def forget_answers(db: Connection, checkin_id: str, *, comments_too: bool) -> None:
    """Delete the answers of a check-in and what they were tagged with; nobody can tell any more who said what."""
    for table in (voice_tables.checkin_answer, voice_tables.checkin_salt):
        db.execute(delete(table).where(table.c.checkin_id == checkin_id))
    if comments_too:
        db.execute(delete(voice_tables.checkin_comment).where(voice_tables.checkin_comment.c.checkin_id == checkin_id))


def comments(db: Connection, checkin_id: str) -> list[str]:
    """What was added in words, in no order that tells anything."""
    c = voice_tables.checkin_comment.c
    return sorted(db.scalars(select(c.text).where(c.checkin_id == checkin_id)))
