"""What a report says of the month after the link: check-ins, verdicts, promised reviews, warning signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.checkin import HIGHEST, CheckinState
from bot.domain.facts import CADENCE_WORDS
from bot.domain.progress import Rollout, RunningWave
from bot.domain.report import CheckinLine, ReviewLine, ScaleLine, SignLine, VerdictLine
from bot.domain.report_period import Span
from bot.domain.review import Review, ReviewState, unmarked
from bot.domain.signs import SIGNS
from bot.domain.weeks import week_of
from bot.holiday_calendar import calendar_of
from bot.store import checkins, reviews, signs, verdicts
from bot.views.checkin import QUESTIONS
from bot.views.verdict import WHY

REMARKS = 5
"""So many remarks about reviews of one wave are told in full."""


def checkin_lines(db: Connection, rollout: Rollout, span: Span | None, zone: ZoneInfo) -> Iterator[CheckinLine]:
    """The check-ins that closed up to the end of the period, with what may be shown of their answers for ever."""
    for wave in rollout.waves:
        for checkin in checkins.of_wave(db, wave, every_run=True):
            closed_at, result = checkin.closed_at, checkin.result
            if checkin.state is not CheckinState.CLOSED or closed_at is None or result is None:
                continue
            if span is None or week_of(closed_at, zone) > span.last:
                continue
            scales = tuple(ScaleLine(_asked(ask, rollout), scale, HIGHEST) for ask, scale in result.scales.items())
            closed_on = closed_at.astimezone(zone).date()
            yield CheckinLine(wave.name, checkin.day, closed_on, result.invited, result.answered, scales)


def verdict_lines(db: Connection, rollout: Rollout, span: Span | None, zone: ZoneInfo) -> Iterator[VerdictLine]:
    """What the check-ins said when they closed, oldest first in each wave."""
    for wave in rollout.waves:
        for given in verdicts.every(db, wave):
            if span is not None and week_of(given.at, zone) <= span.last:
                grounds = given.words or (WHY[given.because] if given.because else "")
                yield VerdictLine(wave.name, given.at, str(given.verdict), given.policy_version, grounds)


def review_lines(db: Connection, rollout: Rollout, *, zone: ZoneInfo, now: datetime) -> Iterator[ReviewLine]:
    """What was promised about each wave's data, and what was done, up to today."""
    for wave in rollout.waves:
        found = reviews.of_wave(db, wave.id)
        cadence = rollout.plan.role_of(wave.wave).cadence
        if found and cadence:
            yield _reviewed(wave, f"Reviewed {CADENCE_WORDS[cadence]}", found, zone, now)


def sign_lines(db: Connection, rollout: Rollout) -> Iterator[SignLine]:
    """The guide's warning signs that were noted, and what was done about each."""
    names = {kind.number: kind.name for kind in SIGNS}
    waves = {wave.id: wave.name for wave in rollout.waves}
    for sign in signs.signs_of(db, rollout.id):
        where = f" ({waves[sign.wave_id]})" if sign.wave_id in waves else ""
        yield SignLine(sign.number, f"{names.get(sign.number, '')}{where}", sign.noted_at, sign.attended_at, sign.note)


def _asked(ask: object, rollout: Rollout) -> str:
    question = next((each for key, each in QUESTIONS.items() if key == ask), None)
    if question is None:
        return str(ask)
    return f"{question.words.format(tool=rollout.plan.tool)} (1 {question.low}, {HIGHEST} {question.high})"


def _reviewed(wave: RunningWave, promised: str, found: list[Review], zone: ZoneInfo, now: datetime) -> ReviewLine:
    today, calendar = now.astimezone(zone).date(), calendar_of(wave.wave.country)
    count = {state: sum(1 for review in found if review.state is state) for state in ReviewState}
    told = [
        f"{review.day}, {str(review.state).replace('_', ' ')}: {review.because}" for review in found if review.because
    ]
    return ReviewLine(
        wave=wave.name,
        promised=promised,
        due=sum(count[state] for state in ReviewState if state is not ReviewState.OFF_SCHEDULE),
        on_schedule=count[ReviewState.DONE],
        off_schedule=count[ReviewState.OFF_SCHEDULE],
        missed=count[ReviewState.NOT_THIS_TIME] + sum(unmarked(review, today, calendar) for review in found),
        note="\n".join(told[-REMARKS:]),
    )
