"""Working days: how long people have to read a policy before a tool is installed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
OPENS, CLOSES = time(9), time(17)


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


def after_working_hours(moment: datetime, hours: float, zone: ZoneInfo) -> datetime:
    """The moment that lies `hours` working hours (Monday to Friday, 9 to 17 in `zone`) after `moment`.

    Naive datetimes are refused with ValueError.
    """
    if moment.tzinfo is None:
        msg = "a moment without a time zone has no working hours"
        raise ValueError(msg)
    left = timedelta(hours=hours)
    at = moment
    while True:
        day = at.astimezone(zone).date()
        opens, closes = datetime.combine(day, OPENS, zone), datetime.combine(day, CLOSES, zone)
        begin = max(at, opens)
        if day.weekday() < SATURDAY and begin < closes:
            if begin + left <= closes:
                return (begin + left).astimezone(moment.tzinfo)
            left -= closes - begin
        at = datetime.combine(day + timedelta(days=1), time(0, 0), zone)
