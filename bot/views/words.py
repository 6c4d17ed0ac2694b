"""Small pieces of sentences that several views share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.rollout import Step

STEP_NAMES = {
    Step.BRIEF: "the managers' briefing",
    Step.REASON: "the reason",
    Step.POLICY: "the policy",
    Step.INSTALL: "the install link",
}


def people(ids: Iterable[str]) -> str:
    """`<@U1>, <@U2> or <@U3>`: who can do something."""
    mentions = [f"<@{person}>" for person in ids]
    if len(mentions) < 2:  # noqa: PLR2004 - one person needs no "or"
        return "".join(mentions)
    return f"{', '.join(mentions[:-1])} or {mentions[-1]}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 person`, `8 people`, `1,200 people`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """`12 seconds`, `3 minutes`, `2 hours`: rounded up, as one tells a person."""
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds >= size * 1.5:
            return counted(math.ceil(seconds / size), name)
    return counted(math.ceil(seconds), "second")


def moment(at: datetime) -> str:
    """A moment that Slack shows in the reader's own zone, with UTC for those who see plain text."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def local_moment(at: datetime, zone: ZoneInfo) -> str:
    """A moment in words for one reader: `Mon 30 Nov 2026, 09:00 (Europe/Berlin)`."""
    return f"{at.astimezone(zone):%a %d %b %Y, %H:%M} ({zone.key})"


def joined(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - one thing needs no "and"
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def in_a_while(seconds: int) -> str:
    """`in 40 seconds`, `in 12 minutes`, `in 3 hours`: never sooner than it will be."""
    for size, name in ((3600, "hour"), (60, "minute")):
        if seconds > size * 3 // 2:
            return f"in {-(-seconds // size)} {name}s"
    return f"in {seconds} second{'s' if seconds != 1 else ''}"
