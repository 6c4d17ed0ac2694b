"""Whether anything is going on in a rollout, in one question to the database: mostly the answer is no, four times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.domain.delivery import LONGEST_RETRY
from bot.domain.pace import POST_MESSAGE
from bot.store import instance_tables, launches, outbox, overrides
from bot.store import tables as t


@dataclass(frozen=True, slots=True)
class Pulse:
    """How many messages are on their way (counted as far as outbox.COUNTED); whether there is anything scheduled, waiting for a second manager, or unsettled.

    `blocked_until` is until when Slack does not want to be sent messages, if it said so.
    """

    on_their_way: int
    scheduled: bool
    overrides: bool
    unsettled: bool
    blocked_until: datetime | None


def pulse(db: Connection, rollout_id: str, *, now: datetime, tried_before: datetime) -> Pulse:
    """Feel it. `tried_before` is from when on an unsure message counts as unsettled."""
    given = {
        "rollout": rollout_id,
        "now": now,
        "soon": now + LONGEST_RETRY,
        "tried_before": tried_before,
        "method": POST_MESSAGE,
    }
    row = db.execute(_PULSE, given).one()
    return Pulse(row.on_their_way, row.scheduled, row.overrides, row.unsettled, row.blocked_until)


_PULSE = select(
    outbox.ON_THEIR_WAY.scalar_subquery().label("on_their_way"),
    select(t.launch.c.id).where(launches.IS_SCHEDULED).exists().label("scheduled"),
    select(t.override.c.id).where(overrides.IS_ASKED).exists().label("overrides"),
    select(t.delivery.c.id).where(outbox.IS_UNSETTLED).exists().label("unsettled"),
    select(instance_tables.rate_block.c.blocked_until)
    .where(instance_tables.rate_block.c.method == bindparam("method"))
    .scalar_subquery()
    .label("blocked_until"),
)
