"""Where a rollout stands, in one question to the database: the gates' evidence, its people, and whether anything is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.domain.delivery import LONGEST_RETRY
from bot.domain.pace import POST_MESSAGE
from bot.domain.progress import Rollout
from bot.store import evidence, instance_tables, launches, outbox, overrides, people
from bot.store import tables as t
from bot.store.evidence import Evidence
from bot.store.people import Reading


@dataclass(frozen=True, slots=True)
class Overview:
    """How many messages are on their way (counted as far as outbox.COUNTED); whether there is anything scheduled, waiting for a second manager, or unsettled.

    `readings` are those of small waves, by the wave's id, and None for a large one. `blocked_until` is until when Slack does not want to be sent messages,
    if it said so.
    """

    evidence: Evidence
    readings: dict[str, Reading | None]
    on_their_way: int
    scheduled: bool
    overrides: bool
    unsettled: bool
    blocked_until: datetime | None


def of(db: Connection, rollout: Rollout, *, small: int, now: datetime, tried_before: datetime) -> Overview:
    """Look at it. A wave of no more than `small` people is counted.

    `tried_before` is from when on an unsure message counts as unsettled.
    """
    given = {
        "rollout": rollout.id,
        "version": rollout.versions.policy,
        "up_to": small + 1,
        "now": now,
        "soon": now + LONGEST_RETRY,
        "tried_before": tried_before,
        "method": POST_MESSAGE,
    }
    row = db.execute(_OVERVIEW, given).one()
    return Overview(
        evidence.in_row(row, rollout),
        people.small_readings_in(row.readings),
        row.on_their_way,
        row.scheduled,
        row.overrides,
        row.unsettled,
        row.blocked_until,
    )


_OVERVIEW = (
    select(
        *evidence.COLUMNS,
        people.SMALL_READINGS.label("readings"),
        outbox.ON_THEIR_WAY.scalar_subquery().label("on_their_way"),
        select(t.launch.c.id).where(launches.IS_SCHEDULED).exists().label("scheduled"),
        select(t.override.c.id).where(overrides.IS_ASKED).exists().label("overrides"),
        select(t.delivery.c.id).where(outbox.IS_UNSETTLED).exists().label("unsettled"),
        select(instance_tables.rate_block.c.blocked_until)
        .where(instance_tables.rate_block.c.method == bindparam("method"))
        .scalar_subquery()
        .label("blocked_until"),
    )
    .select_from(t.rollout)
    .where(t.rollout.c.id == bindparam("rollout"))
)
