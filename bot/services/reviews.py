"""Reviews: promised by the cadence of a role, reminded of, marked; and looks that nobody had promised, with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.domain.authority import everybody_in_charge, in_charge, may_report, require
from bot.domain.delivery import DeliveryKind
from bot.domain.link import mentions_link
from bot.domain.progress import Progress, Rollout, RunningWave
from bot.domain.refusals import MarkedAlready, NamesTheLink, NothingToPassOn, Outdated
from bot.domain.review import ReviewState, review_days, unmarked
from bot.domain.rollout import Step
from bot.domain.timeline import Event
from bot.domain.working_calendar import on_day
from bot.holiday_calendar import calendar_of
from bot.services import standing
from bot.services.launching import Rulebook
from bot.store import launches, outbox, people, reviews, rollouts, timeline
from bot.store.outbox import Draft
from bot.views.month import ReviewPage

LOOK_BACK = timedelta(days=35)
"""A review that fell due while nobody was there to say so is still written down, this far back."""


def promise_due(db: Connection, every: Sequence[Rollout], *, rules: Rulebook, now: datetime) -> int:
    """Write down the reviews that are due today, and remind each of the wave's managers once."""
    written = 0
    today = now.astimezone(rules.zone).date()
    for rollout in every:
        if rollout.pause is not None:
            continue
        steps = launches.progresses(db, rollout)
        for wave in rollout.waves:
            days = [day for day in _days(rollout, wave, steps[wave.id], rules, today) if day >= today - LOOK_BACK]
            promised = reviews.promised(db, wave, min(days)) if days else frozenset()
            for day in days:
                due_at = on_day(day, rollout.plan.checkins.at, rules.zone, calendar_of(wave.wave.country))
                if now < due_at or day in promised:
                    continue
                review_id = reviews.promise(db, wave, day)
                if review_id is None:
                    continue
                written += 1
                drafts = [
                    Draft(
                        key=f"review:{review_id}:{manager}",
                        kind=DeliveryKind.REVIEW_DUE,
                        recipient=manager,
                        rollout_id=rollout.id,
                        data={"review_id": review_id},
                    )
                    for manager in wave.wave.managers
                ]
                outbox.write(db, drafts, now=now)
    return written


def _days(rollout: Rollout, wave: RunningWave, progress: Progress, rules: Rulebook, until: date) -> list[date]:
    install = progress.latest(Step.INSTALL)
    if install is None or install.delivered_at is None:
        return []
    installed = install.delivered_at.astimezone(rules.zone).date()
    cadence = rollout.plan.role_of(wave.wave).cadence
    return list(review_days(cadence, installed, until, calendar_of(wave.wave.country)))


def mark(db: Connection, review_id: str, *, done: bool, by: str, now: datetime) -> ReviewState:
    """*Done* or *Not this time*. Raises Outdated, NotAllowed or MarkedAlready."""
    review = reviews.by_id(db, review_id)
    rollout = rollouts.of_wave(db, review.wave_id) if review else None
    if review is None or rollout is None:
        raise Outdated
    rollout = standing.locked(db, rollout.id)
    wave = standing.wave_in(rollout, review.wave_id)
    require(by, in_charge(rollout.plan, wave.wave), f"mark a review of {wave.name}")
    state = ReviewState.DONE if done else ReviewState.NOT_THIS_TIME
    if not reviews.mark(db, review_id, state, "", by=by, now=now):
        raise MarkedAlready
    event = Event.REVIEWED if done else Event.NOT_REVIEWED
    data: dict[str, str | int] = {"wave": wave.name, "day": review.day.isoformat()}
    timeline.append(db, rollout.id, event, actor=by, now=now, data=data)
    return state


def looked(
    db: Connection, rollout_id: str, wave_id: str, because: str, *, rules: Rulebook, by: str, now: datetime
) -> RunningWave:
    """A look off schedule, with its reason. Raises Outdated, NotAllowed, NothingToPassOn or NamesTheLink."""
    rollout = standing.locked(db, rollout_id)
    wave = standing.wave_in(rollout, wave_id)
    require(by, who_looks(rollout), "enter a look off schedule")
    words = " ".join(because.split())
    if not any(character.isalnum() for character in words):
        raise NothingToPassOn
    link = mentions_link(words, rollout.plan.install_url)
    if link:
        raise NamesTheLink(link)
    reviews.looked(db, wave, now.astimezone(rules.zone).date(), words, by=by, now=now)
    data: dict[str, str | int] = {"wave": wave.name, "because": words}
    timeline.append(db, rollout.id, Event.LOOKED_OFF_SCHEDULE, actor=by, now=now, data=data)
    return wave


def who_looks(rollout: Rollout) -> tuple[str, ...]:
    """Managers, owners and HR: who can look at the tool's data."""
    return tuple(dict.fromkeys((*everybody_in_charge(rollout.plan), *may_report(rollout.plan))))


def pages_for(db: Connection, person: str, *, rules: Rulebook, now: datetime) -> list[ReviewPage]:
    """Promised against done, for every wave that this person is in, leads, or reports on."""
    own = people.wave_ids_of(db, person)
    return [
        page
        for rollout in rollouts.every(db)
        for wave in rollout.waves
        if wave.id in own or person in in_charge(rollout.plan, wave.wave) or person in may_report(rollout.plan)
        if (page := page_of(db, rollout, wave, rules=rules, now=now)) is not None
    ]


def page_of(
    db: Connection, rollout: Rollout, wave: RunningWave, *, rules: Rulebook, now: datetime
) -> ReviewPage | None:
    """One wave's page; None before its install step."""
    progress = launches.progress(db, wave)
    install = progress.latest(Step.INSTALL)
    found = reviews.of_wave(db, wave.id)
    if (install is None or install.delivered_at is None) and not found:
        return None
    today = now.astimezone(rules.zone).date()
    calendar = calendar_of(wave.wave.country)
    ahead = [day for day in _days(rollout, wave, progress, rules, today + timedelta(days=62)) if day > today]
    return ReviewPage(
        tool=rollout.plan.tool,
        wave=wave.wave.team,
        role=rollout.plan.role_of(wave.wave),
        reviews=found,
        unmarked=frozenset(each.id for each in found if unmarked(each, today, calendar)),
        next_due=ahead[0] if ahead else None,
    )
