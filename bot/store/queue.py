"""How the outbox stands, for whoever operates the bot; and whether the database takes what is written to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select, update

from bot.domain.delivery import LONGEST_RETRY, DeliveryState
from bot.metrics import UNSETTLED
from bot.store import instance_tables
from bot.store import tables as t

_before = t.delivery.alias("before")
_STATES = select(t.delivery.c.state, func.count()).where(t.delivery.c.state.in_(UNSETTLED)).group_by(t.delivery.c.state)
COUNTED = 1_000
"""So many of those that may go are counted, and looked at for the oldest; the queue may be a hundred thousand long."""


def _may_go() -> Select[Any]:
    """Since when each waits that may go, in the order of the queue's index as far as the states go."""
    c = t.delivery.c
    return (
        select(func.coalesce(c.first_tried_at, c.due_at).label("since"))
        .select_from(t.delivery)
        .join(t.rollout, t.rollout.c.id == c.rollout_id)
        .where(
            c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNSURE]),
            c.bulk.in_([False, True]),  # names the index's columns, which leads past what is for later
            c.due_at <= bindparam("soon"),
            or_(c.due_at <= bindparam("now"), c.attempts > 0),
            or_(c.waits_in_pause.is_(False), t.rollout.c.paused_at.is_(None)),
            or_(
                c.follows.is_(None),
                select(_before.c.id)
                .where(
                    _before.c.key == c.follows,
                    _before.c.state.in_([DeliveryState.SENT, DeliveryState.CANCELLED]),
                )
                .exists(),
            ),
        )
    )


_first = _may_go().limit(COUNTED + 1).subquery()
_OLDEST = select(func.count(), func.min(_first.c.since)).select_from(_first)
_NOTHING = update(instance_tables.rate_block).where(instance_tables.rate_block.c.method == "").values(method="")


@dataclass(frozen=True, slots=True)
class Queue:
    """How many messages are in which state; of those that may go, how many there are and since when the first waits.

    `waiting` is COUNTED + 1 where there are more.
    """

    states: dict[DeliveryState, int]
    waiting: int
    since: datetime | None


def queue(db: Connection, *, now: datetime) -> Queue:
    """Look at the outbox, for as long as that takes no time. Passed over: what waits for its time, a pause, or a message before it."""
    states = {DeliveryState(state): count for state, count in db.execute(_STATES)}
    waiting, since = db.execute(_OLDEST, {"now": now, "soon": now + LONGEST_RETRY}).one()
    return Queue(states, waiting, since)


def try_to_write(db: Connection) -> None:
    """Let the database refuse what it would refuse, and change nothing. Raises DBAPIError.

    No row is touched, so that the log of what was written shows no beat by which other rows could be dated.
    """
    db.execute(_NOTHING)
