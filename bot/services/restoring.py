"""A database that was set back to a backup is made safe to go on with: nothing goes out twice, nobody is counted twice.

What it believes unsent is looked for in Slack first (bot/store/restorations.py). Voices of a reporting period that cannot
be told apart from those to come, or of weeks that may have been published with more in them, are dropped: a few people
would be counted as many, and two exports of one week would differ by those who spoke in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.timeline import Event
from bot.domain.weeks import week_of
from bot.store import checkin_answers, checkins, restorations, rollouts, timeline, voices


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found: since when messages are doubted, how many are looked for, how many voices were dropped."""

    taken_at: datetime
    doubted: int
    exports: int
    voices: int


class FromTheFuture(Exception):
    """The backup claims to have been taken later than now."""


def settle(db: Connection, *, taken_at: datetime | None, zone: ZoneInfo, now: datetime) -> Settled:
    """Once after each restore, before the bot runs. `taken_at` None: the newest moment in the record stands for it.

    Raises FromTheFuture.
    """
    since = taken_at or restorations.newest_notice(db) or now
    if since > now:
        raise FromTheFuture
    doubted = restorations.doubt_unsent(db, taken_at=since, now=now)
    reports = restorations.doubt_exports(db, taken_at=since, now=now)
    dropped = _forget_what_would_count_twice(db, since, zone, now)
    for rollout in rollouts.every(db):
        data: dict[str, str | int] = {"taken": f"{since:%Y-%m-%d %H:%M} UTC"}
        timeline.append(db, rollout.id, Event.RESTORED, actor="operator", now=now, data=data)
    restorations.note(db, taken_at=since, now=now)
    return Settled(since, doubted, reports, dropped)


def _forget_what_would_count_twice(db: Connection, since: datetime, zone: ZoneInfo, now: datetime) -> int:
    dropped = 0
    period, today = week_of(since, zone).period, week_of(now, zone)
    while period <= today.period:
        if voices.known_salt(db, period) is None or week_of(since, zone) != today:
            dropped += voices.forget_period(db, period)
        period = period.next
    voices.forget_salts(db, today.period)
    for checkin in checkins.under_way(db):
        if checkin.closes_at <= now or checkin_answers.known_salt(db, checkin.id) is None:
            checkin_answers.forget_answers(db, checkin.id, comments_too=True)
    return dropped
