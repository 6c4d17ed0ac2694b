"""How the outbox stands, for whoever operates the bot; and whether the database takes what is written to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from bot.domain.delivery import DeliveryState
from bot.metrics import UNSETTLED
from bot.store import tables as t

_before = t.delivery.alias("before")
_STATES = select(t.delivery.c.state, func.count()).where(t.delivery.c.state.in_(UNSETTLED)).group_by(t.delivery.c.state)
_OLDEST = (
    select(func.count(), func.min(func.coalesce(t.delivery.c.first_tried_at, t.delivery.c.due_at)))
    .select_from(t.delivery)
    .join(t.rollout, t.rollout.c.id == t.delivery.c.rollout_id)
    .where(
        t.delivery.c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNSURE]),
        or_(t.delivery.c.due_at <= bindparam("now"), t.delivery.c.attempts > 0),
        or_(t.delivery.c.waits_in_pause.is_(False), t.rollout.c.paused_at.is_(None)),
        or_(
            t.delivery.c.follows.is_(None),
            select(_before.c.id)
            .where(
                and_(
                    _before.c.key == t.delivery.c.follows,
                    _before.c.state.in_([DeliveryState.SENT, DeliveryState.CANCELLED]),
                )
            )
            .exists(),
        ),
    )
)
_NOTHING = update(t.rate_block).where(t.rate_block.c.method == "").values(method="")


@dataclass(frozen=True, slots=True)
class Queue:
    """How many messages are in which state; of those that may go, how many there are and since when the first waits."""

    states: dict[DeliveryState, int]
    waiting: int
    since: datetime | None


def queue(db: Connection, *, now: datetime) -> Queue:
    """Look at the whole outbox. Passed over: what waits for its time, a pause, or a message before it."""
    states = {DeliveryState(state): count for state, count in db.execute(_STATES)}
    waiting, since = db.execute(_OLDEST, {"now": now}).one()
    return Queue(states, waiting, since)


def try_to_write(db: Connection) -> None:
    """Let the database refuse what it would refuse, and change nothing. Raises DBAPIError.

    No row is touched, so that the log of what was written shows no beat by which other rows could be dated.
    """
    db.execute(_NOTHING)
