"""Whether there is any work, in one question to the database: mostly the answer is no, eight times.

Each is a condition without which the work finds nothing. What exactly is due only the work itself can tell. What somebody
else is at counts too: whoever does the work waits for them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, or_, select

from bot.domain.checkin import CheckinState
from bot.domain.delivery import DeliveryState
from bot.store import month_tables as m
from bot.store import tables as t
from bot.store import voice_tables as v
from bot.store.checkins import UNDER_WAY
from bot.store.tables import ExportState, LaunchState


class Work(StrEnum):
    """What becomes due by a row in the database."""

    LAUNCHES = "launches"
    QUESTIONS = "questions"
    CLOSING = "closing"
    INVITING = "inviting"
    SENDING = "sending"
    ROLLS = "rolls"
    REPLIES = "replies"
    EXPORTS = "exports"


def work_due(db: Connection, now: datetime) -> frozenset[Work]:
    """The work that may find something to do at this moment."""
    row = db.execute(_DUE, {"now": now}).one()
    return frozenset(work for work in Work if getattr(row, work))


def _conditions() -> dict[Work, Select[tuple[str]]]:
    now: BindParameter[datetime] = bindparam("now")
    launch, delivery, roll, checkin, export = t.launch.c, t.delivery.c, t.roll_call.c, m.checkin.c, t.export.c
    return {
        Work.LAUNCHES: select(launch.id).where(launch.state == LaunchState.SCHEDULED, launch.due_at <= now),
        Work.QUESTIONS: select(v.question.c.id),
        Work.CLOSING: select(checkin.id).where(checkin.state.in_(UNDER_WAY), checkin.closes_at <= now),
        Work.INVITING: select(checkin.id).where(checkin.state == CheckinState.PLANNED),
        Work.SENDING: select(delivery.id).where(
            or_(
                and_(delivery.state == DeliveryState.PENDING, delivery.due_at <= now),
                delivery.state == DeliveryState.SENDING,
            )
        ),
        Work.ROLLS: select(roll.id).where(roll.done_at.is_(None)),
        Work.REPLIES: select(v.sealed_address.c.id),
        Work.EXPORTS: select(export.id).where(export.state.in_((ExportState.CONFIRMED, ExportState.MAKING))),
    }


_DUE = select(*(condition.exists().label(work) for work, condition in _conditions().items()))
