"""Working days: how long people have to read a policy before a tool is installed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def after_working_days(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The moment that lies `days` working days (Monday to Friday in `zone`) after `moment`.

    A moment at a weekend counts from the Monday's first minute, so that nobody's notice runs while they are off.
    Naive datetimes are refused with ValueError.
    """
    if moment.tzinfo is None:
        msg = "a moment without a time zone has no working day"
        raise ValueError(msg)
    local = moment.astimezone(zone)
    if local.weekday() >= SATURDAY:
        local = datetime.combine(local.date(), time(0, 0), zone)
        while local.weekday() >= SATURDAY:
            local += timedelta(days=1)
    remaining = days
    while remaining > 0:
        local += timedelta(days=1)
        if local.weekday() < SATURDAY:
            remaining -= 1
    return local.astimezone(moment.tzinfo)
