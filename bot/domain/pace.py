"""How fast Slack may be called: at the edge of what it allows, never beyond, whoever else is calling meanwhile.

A limit of so many calls a minute is kept as one number, the moment up to which calls are used up: each call moves it on by
one interval, and it may run a little ahead of the present, which is the burst. Whoever holds that number needs no list of
calls. The burst is taken off the steady rate, so that no sixty seconds hold more calls than the limit, however Slack counts.

Moments here are seconds of a clock that all instances share; they are about transport, not the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MINUTE = 60.0
MARGIN = 0.99
"""What is used of a limit: answers take different times, so calls arrive a little closer together than they left."""
LEAST_SHARE = 0.5
SLOWER = 0.9
"""Slack said no although the limit was kept: somebody else uses it too, or it is lower than set."""
ONE_REFUSAL = 5.0
"""Seconds. Refusals of calls that were under way together count once."""
FASTER_AFTER = 600.0
FASTER = 0.1


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls a minute."""

    per_minute: float
    at_once: float = 0.02
    """The part of a minute's calls that may be made at once."""

    @property
    def burst(self) -> int:
        """How many calls may be made at once after a rest."""
        return max(1, int(self.per_minute * self.at_once))

    @property
    def rate(self) -> float:
        """Calls per second in the long run."""
        return max(self.per_minute * MARGIN - self.burst, self.per_minute / 2) / MINUTE


@dataclass(frozen=True, slots=True)
class Used:
    """Where a limit stands. `share` is the part of the limit that Slack has been seen to grant, 1 at most."""

    until: float = 0.0
    share: float = 1.0
    refused_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many calls may be made now; if none, in how many seconds one may."""

    calls: int
    wait: float


def room(limit: Limit, used: Used, now: float) -> Room:
    """What may be called now. A moment far ahead is a clock that was set back, and is not believed."""
    interval = _interval(limit, used, now)
    ahead = _ahead(limit, used, interval, now)
    calls = int((limit.burst * interval - ahead) / interval + 1e-6)
    return Room(calls, 0.0) if calls else Room(0, ahead - (limit.burst - 1) * interval)


def spend(limit: Limit, used: Used, now: float, calls: int) -> Used:
    """After so many calls."""
    interval = _interval(limit, used, now)
    return Used(now + _ahead(limit, used, interval, now) + calls * interval, used.share, used.refused_at)


def refused(used: Used, now: float) -> Used:
    """After Slack said that it was too much: a little slower for a while."""
    if 0 <= now - used.refused_at < ONE_REFUSAL:
        return used
    return Used(used.until, max(LEAST_SHARE, granted(used, now) * SLOWER), now)


def granted(used: Used, now: float) -> float:
    """The part of the limit that is used at present: what a refusal took off comes back in steps."""
    steps = int(max(0.0, now - used.refused_at) / FASTER_AFTER)
    return min(1.0, used.share + steps * FASTER)


def seconds_for(limit: Limit | None, calls: int) -> float:
    """How long so many calls take, from a standing start."""
    return 0.0 if limit is None else max(0, calls - limit.burst) / limit.rate


def _interval(limit: Limit, used: Used, now: float) -> float:
    return 1 / (limit.rate * granted(used, now))


def _ahead(limit: Limit, used: Used, interval: float, now: float) -> float:
    return min(max(0.0, used.until - now), (limit.burst + 1) * interval)


@dataclass(frozen=True, slots=True)
class Pace:
    """What one workspace is allowed; None means as fast as it goes.

    `between_posts` is in seconds, from one message to the next in one conversation; `messages` are those of the whole
    workspace; `methods` have limits of their own, by name.
    """

    between_posts: float
    messages: Limit | None
    methods: Mapping[str, Limit]

    def of(self, method: str) -> Limit | None:
        """The limit of a method, if it has one."""
        return self.messages if method == POST_MESSAGE else self.methods.get(method)


POST_MESSAGE = "chat.postMessage"
MEMBERS, PEOPLE, HISTORY = "conversations.members", "users.list", "conversations.history"
TIERS = MappingProxyType({MEMBERS: Limit(100, 0.1), PEOPLE: Limit(20, 0.1), HISTORY: Limit(50, 0.1)})
"""Slack's tiers of the methods that are called again and again by themselves, in calls a minute."""
MESSAGES_PER_MINUTE = 300
"""Slack says "several hundred" for a workspace."""


def pace_of(messages_per_minute: int = MESSAGES_PER_MINUTE, between_posts: float = 1.0) -> Pace:
    """The pace that Slack's documents allow."""
    return Pace(between_posts, Limit(messages_per_minute), TIERS)


AT_ONCE = Pace(0.0, None, MappingProxyType({}))
"""For a Slack without limits."""
