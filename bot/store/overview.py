"""Where a rollout stands, in one question to the database: the gates' evidence, its people, and whether anything is going on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.domain.delivery import LONGEST_RETRY
from bot.domain.pace import POST_MESSAGE
from bot.domain.progress import Rollout
from bot.store import evidence, instance_tables, launches, outbox, overrides, people, rollouts
from bot.store import tables as t
from bot.store.evidence import Evidence
from bot.store.people import Reading


@dataclass(frozen=True, slots=True)
class Overview:
    """How many messages are on their way (counted as far as outbox.COUNTED); whether there is anything scheduled, waiting for a second manager, or unsettled.

    `readings` are those of small waves, by the wave's id, and None for a large one. `blocked_until` is until when Slack does
    not want to be sent messages, if it said so.
    """

    rollout: Rollout
    evidence: Evidence
    readings: dict[str, Reading | None]
    on_their_way: int
    scheduled: bool
    overrides: bool
    unsettled: bool
    blocked_until: datetime | None


def of(
    db: Connection, rollout_id: str | None, name: str | None, *, small: int, now: datetime, tried_before: datetime
) -> Overview | None:
    """The rollout with this id, else the one of this name, else the only one. None when there is none, or more than one.

    A wave of no more than `small` people is counted. `tried_before` is from when on an unsure message counts as unsettled.
    """
    given = {
        "given": rollout_id or name,
        "up_to": small + 1,
        "now": now,
        "soon": now + LONGEST_RETRY,
        "tried_before": tried_before,
        "method": POST_MESSAGE,
    }
    statement = _BY_ID if rollout_id else _BY_NAME if name else _SOME
    found = db.execute(statement, given).all()
    return _overview(found[0]) if len(found) == 1 else None


def _overview(row: Any) -> Overview:
    rollout = rollouts.assembled(row)
    return Overview(
        rollout,
        evidence.in_row(row, rollout),
        people.small_readings_in(row.readings),
        row.on_their_way,
        row.scheduled,
        row.overrides,
        row.unsettled,
        row.blocked_until,
    )


_own = t.rollout.c.id
_SOME = rollouts.PARTS.add_columns(
    *evidence.COLUMNS,
    people.SMALL_READINGS.label("readings"),
    outbox.how_many_are_on_their_way(_own, outbox.COUNTED).label("on_their_way"),
    select(t.launch.c.id).where(launches.is_scheduled(_own)).correlate(t.rollout).exists().label("scheduled"),
    select(t.override.c.id).where(overrides.is_asked(_own)).correlate(t.rollout).exists().label("overrides"),
    select(t.delivery.c.id).where(outbox.is_unsettled(_own)).correlate(t.rollout).exists().label("unsettled"),
    select(instance_tables.rate_block.c.blocked_until)
    .where(instance_tables.rate_block.c.method == bindparam("method"))
    .scalar_subquery()
    .label("blocked_until"),
).limit(2)
_BY_ID = _SOME.where(_own == bindparam("given"))
_BY_NAME = _SOME.where(t.rollout.c.name == bindparam("given"))
