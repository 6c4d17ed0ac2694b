"""What kinds of objection there are. An objection has a theme; it never has an author."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Theme(StrEnum):
    """The taxonomy of DESIGN.md."""

    TRUST = "trust"
    REASON = "reason"
    WHAT_IS_TRACKED = "what_is_tracked"
    SCREENSHOTS = "screenshots"
    WHO_SEES = "who_sees"
    REALTIME_VISIBILITY = "realtime_visibility"
    ROLE_FAIRNESS = "role_fairness"
    BREAKS_IDLE = "breaks_idle"
    OFF_HOURS = "off_hours"
    PERSONAL_DEVICE = "personal_device"
    RETENTION = "retention"
    OWN_DATA = "own_data"
    PERFORMANCE_USE = "performance_use"
    LEGALITY_CONSENT = "legality_consent"
    ACCURACY = "accuracy"
    OVERHEAD = "overhead"
    OPT_OUT = "opt_out"
    INSTALL_HELP = "install_help"
    REVIEW_CADENCE = "review_cadence"
    PILOT = "pilot"
    CONTACT = "contact"
    OTHER = "other"


CORE_ENTRIES = ("trust", "breaks-idle", "realtime-visibility", "role-fairness")
"""The answers that managers hold before anything is announced (GUIDE.md step 4), by FAQ entry id."""


class Outcome(StrEnum):
    """What became of one question or objection."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    HELPED = "helped"
    NOT_HELPED = "not_helped"
    HANDED_OVER = "handed_over"
    HEARD = "heard"


class QuestionState(StrEnum):
    """Where a question that was passed on to a person stands."""

    WAITING = "waiting"
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


MOST_OPEN_VOICES = 50
"""How many questions without an entry are told apart for one person in one week; more count as one."""

ROUNDS = tuple(time(hour) for hour in (9, 11, 13, 15, 17))
"""When waiting questions are passed on, all together: the moment then says nothing about when each was asked."""
WEEKDAYS = 5
ADDRESS_KEPT = timedelta(days=14)
"""How long the way back to somebody who asked is kept, if no answer comes."""
REMIND_AFTER_HOURS = 8
"""Working hours that a question may wait for its answer before the next person is reminded of it."""


def wave_kept(wave_id: str | None, sizes: Mapping[str, int], in_small: int, k: int) -> str | None:
    """The wave that a voice is kept with: None where fewer than `k` people could be meant.

    Where every large wave is named, a voice without a wave comes from a small one. So as long as fewer than `k` people are
    in all the small waves together (`in_small`), no voice of the rollout is kept with its wave. `sizes` are people by wave.
    """
    if wave_id is None or sizes.get(wave_id, 0) < k:
        return None
    return None if 0 < in_small < k else wave_id


def next_round(now: datetime, zone: ZoneInfo) -> datetime:
    """The next time at which questions are passed on: a fixed hour of a weekday in this zone."""
    local = now.astimezone(zone)
    day = local.date()
    while True:
        if day.weekday() < WEEKDAYS:
            for at in ROUNDS:
                moment = datetime.combine(day, at, zone)
                if moment > now:
                    return moment
        day += timedelta(days=1)
