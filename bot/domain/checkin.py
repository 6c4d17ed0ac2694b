"""Check-ins: what a wave is asked in the month after its install step, and what may be known of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.answer_scale import AnswerScale, scale
from bot.domain.rollout import Checkins
from bot.domain.working_calendar import DAY_ENDS, Calendar, on_day, working_day, working_days_later


class Verdict(StrEnum):
    """The three things a pilot can say (GUIDE.md step 3)."""

    GO = "go"
    EXTEND = "extend"
    FIX_THE_POLICY = "fix the policy"


class Ask(StrEnum):
    """The questions that are answered from 1 to 5. The fifth, *anything else*, is answered in words."""

    WHY = "why"
    MATCH = "match"
    MOOD = "mood"
    WORKFLOW = "workflow"


class CheckinState(StrEnum):
    """`planned` is being prepared; `open` takes answers; `closed` has its result.

    `skipped` could not go out in its window; `too_small` is a team of fewer than k people, who are not asked this way.
    """

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    SKIPPED = "skipped"
    TOO_SMALL = "too_small"


LOWEST, HIGHEST = 1, 5
LOW, HIGH = (1, 2), (4, 5)
"""Which answers lean to one side. For `MOOD` they are *frustrated* and *reassured*."""
CHECKINS_NEEDED = 2
"""How many closed check-ins with enough answers a pilot must show."""
WINDOW_WORKING_DAYS = 3
"""How many working days people have to answer, counted from the day they are asked."""
TIME_TO_ANSWER = timedelta(hours=2)
"""How long before the close a reminder still helps."""
FOLLOW_UP_DAYS = 7
"""How long after the last check-in, or after the mended policy, a pilot whose verdict is not `go` is asked again."""
LONGEST_WEEKS = 12
"""After so many weeks a pilot that is not through is no longer asked again by itself."""
EASTERNMOST = timezone(timedelta(hours=14))
"""Where a day begins first."""


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """What is known about the pilot.

    `fix_answered`: after a verdict *fix the policy*, a new policy version was delivered to the pilot and one more
    check-in has closed since.
    """

    installed_at: datetime | None = None
    checkins_with_enough_answers: int = 0
    verdict: Verdict | None = None
    fix_answered: bool = False
    blocking_faults: int = 0
    unattended_signs: int = 0


def is_answered(*, about: int, said_at: datetime, delivered: int | None, enough_at: Iterable[datetime]) -> bool:
    """Whether a verdict that was said of one version of the policy has been answered.

    By a later version that was delivered to the wave, and a check-in with enough answers that closed after the verdict.
    """
    return delivered is not None and delivered > about and any(closed_at > said_at for closed_at in enough_at)


@dataclass(frozen=True, slots=True)
class Planned:
    """One check-in as the plan wants it. `day` counts from the install step; `date` is a working day, and the same for all.

    Everybody is asked on that date by their own clock; `closes_at` is one moment for all.
    """

    day: int
    date: date
    closes_at: datetime

    def begins(self, at: time) -> datetime:
        """The earliest moment at which this check-in can be due for anybody on Earth."""
        return datetime.combine(self.date, at, EASTERNMOST).astimezone(UTC)


def planned(checkins: Checkins, installed_at: datetime, zone: ZoneInfo, calendar: Calendar) -> list[Planned]:
    """The plan's check-ins for a wave whose install step was delivered then, moved to working days.

    Two that fall on one date are one.
    """
    installed = installed_at.astimezone(zone).date()
    dates: dict[date, int] = {}
    for day in checkins.days:
        dates.setdefault(working_day(installed + timedelta(days=day), calendar), day)
    ordered = sorted(dates)
    return [
        Planned(dates[each], each, closing(each, checkins.at, zone, calendar, before=following))
        for each, following in zip(ordered, [*ordered[1:], None], strict=True)
    ]


def follow_up(day: date, checkins: Checkins, installed_at: datetime, zone: ZoneInfo, calendar: Calendar) -> Planned:
    """One check-in more, for a pilot that is not through yet, a week after `day`."""
    when = working_day(day + timedelta(days=FOLLOW_UP_DAYS), calendar)
    number = (when - installed_at.astimezone(zone).date()).days
    return Planned(number, when, closing(when, checkins.at, zone, calendar))


def closing(day: date, at: time, zone: ZoneInfo, calendar: Calendar, *, before: date | None = None) -> datetime:
    """When a check-in of this day closes: in the evening, some working days later, and before the next one begins."""
    last = working_days_later(day, WINDOW_WORKING_DAYS, calendar)
    closes = datetime.combine(last, DAY_ENDS, zone).astimezone(UTC)
    if before is None:
        return closes
    return min(closes, datetime.combine(before, at, EASTERNMOST).astimezone(UTC))


def reminder_at(day: date, at: time, zone: ZoneInfo, calendar: Calendar, closes_at: datetime) -> datetime | None:
    """When somebody who has not answered is reminded, once: as late as leaves them time to answer; None when nothing does."""
    for later in range(WINDOW_WORKING_DAYS - 1, 0, -1):
        moment = on_day(working_days_later(day, later, calendar), at, zone, calendar)
        if moment + TIME_TO_ANSWER < closes_at:
            return moment
    return None


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was answered in one check-in, counted: how many chose 1, 2, 3, 4, 5 for each question."""

    invited: int
    answered: int
    chosen: Mapping[Ask, Sequence[int]]
    away: int = 0

    def lean(self, ask: Ask) -> int:
        """How many more chose the high side than the low one; negative when more chose the low one."""
        counts = self.chosen.get(ask, ())
        return _side(counts, HIGH) - _side(counts, LOW)


@dataclass(frozen=True, slots=True)
class CheckinResult:
    """What is kept and shown of a closed check-in. Below k answers there is nothing but how many were asked."""

    invited: int
    answered: int | None
    scales: Mapping[Ask, AnswerScale] = field(default_factory=dict)
    away: int = 0


def result_of(answers: Answers, k: int) -> CheckinResult:
    """What may be shown of a check-in's answers (bot/domain/answer_scale.py)."""
    if answers.answered < k:
        return CheckinResult(answers.invited, None, away=answers.away)
    scales = {ask: scale(answers.chosen.get(ask) or [0] * HIGHEST, k) for ask in Ask}
    return CheckinResult(answers.invited, answers.answered, scales, answers.away)


def share_of(shown: AnswerScale, side: tuple[int, int]) -> float | None:
    """The share, from 0 to 1, that chose this side of the scale; None where that is not shown."""
    if not shown.answered:
        return None
    low, high = side
    parts = [part for part in shown.stretches if part.high >= low and part.low <= high]
    if any(part.low < low or part.high > high for part in parts):
        return None
    return sum(part.people for part in parts) / shown.answered


def _side(counts: Sequence[int], side: tuple[int, int]) -> int:
    low, high = side
    return sum(counts[low - 1 : high])
