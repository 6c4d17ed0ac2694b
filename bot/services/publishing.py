"""Publishes the figures of weeks that are over: once, for everybody, and never again in another shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain import anonymity
from bot.domain.anonymity import Figures, Segment
from bot.domain.counted import NOBODY, Count, narrowed, together
from bot.domain.progress import Rollout
from bot.domain.publication import Publication, from_json, to_json
from bot.domain.report import NO_ENTRY, NO_TEAM
from bot.domain.weeks import week_of
from bot.services.voices import Ear, period_cell, wave_cell, week_cell
from bot.store import rollouts, voices
from bot.store.voices import Counted
from faq.book import Book


def published(db: Connection, rollout: Rollout, ear: Ear, book: Book, *, now: datetime) -> list[Publication]:
    """Everything that may be read of this rollout's pushback, oldest first. What is due is published first.

    Instances publish one after the other: each stretch hides what the ones before it would give away.
    """
    rollouts.hold(db, rollout.id)
    found = stored(db, rollout)
    while fresh := _publish_one(db, rollout, ear, book, found, now=now, final_only=False):
        found.append(fresh)
    return sorted(found, key=lambda each: each.first)


def publish_next(
    db: Connection, rollout: Rollout, ear: Ear, book: Book, *, now: datetime, final_only: bool = False
) -> bool:
    """Publish one stretch of weeks, if any is due. With `final_only`, only one whose reporting period is over.

    For whoever publishes much at once and must not keep other writers waiting. Nothing can be added to a period that is
    over, so that it does not matter when it is published; a period that goes on is better left to grow until asked for.
    """
    rollouts.hold(db, rollout.id)
    return _publish_one(db, rollout, ear, book, stored(db, rollout), now=now, final_only=final_only) is not None


def stored(db: Connection, rollout: Rollout) -> list[Publication]:
    """What was published so far."""
    return [from_json(content) for content in voices.publications(db, rollout.id)]


def _publish_one(
    db: Connection,
    rollout: Rollout,
    ear: Ear,
    book: Book,
    found: Sequence[Publication],
    *,
    now: datetime,
    final_only: bool,
) -> Publication | None:
    begun = rollouts.begun_at(db, rollout.id)
    if begun is None:
        return None
    for segment in anonymity.due(week_of(begun, ear.zone), found, now, ear.zone):
        if final_only and not segment.final:
            continue
        counted = voices.counted(db, rollout.id, segment.first, segment.last)
        figures = _figures(rollout, counted, _people(db, rollout, segment), book)
        fresh = anonymity.publish(segment, figures, rollout.plan.rules.k, published=found, now=now, zone=ear.zone)
        if fresh is not None:
            if voices.publish(db, rollout.id, segment.first, to_json(fresh)):
                return fresh
            return next((each for each in stored(db, rollout) if each.first == fresh.first), None)
    return None


@dataclass(frozen=True, slots=True)
class _People:
    """How many different people spoke in a segment, at the least and at the most, and in each of its waves at the least.

    The database counts people by period and by week. Everybody of the period who spoke in none of its other weeks spoke
    in the segment; where the segment is all that the period has, that is everybody.
    """

    least: int
    most: int
    in_waves: Mapping[str, int]


def _people(db: Connection, rollout: Rollout, segment: Segment) -> _People:
    period = segment.first.period
    elsewhere = sum(
        voices.people_in(db, rollout.id, week_cell(week)) for week in period.weeks if week not in segment.weeks
    )
    most = voices.people_in(db, rollout.id, period_cell(period))
    in_waves = {
        wave.name: voices.people_in(db, rollout.id, wave_cell(period, wave.id)) - elsewhere for wave in rollout.waves
    }
    return _People(most - elsewhere, most, in_waves)


def _figures(rollout: Rollout, counted: Counted, people: _People, book: Book) -> Figures:
    """The database's figures under the names that a reader knows; every wave and entry is there, spoken of or not."""
    names = {wave.id: wave.name for wave in rollout.waves}
    wave_themes: dict[tuple[str, str], Count] = {}
    for (wave_id, theme), figure in counted.wave_themes.items():
        place = names.get(wave_id or "", NO_TEAM), str(theme)
        wave_themes[place] = together([wave_themes.get(place, NOBODY), Count(*figure)])
    by_outcome: dict[str, list[Count]] = {}
    outcomes = {}
    for (theme, entry, outcome), figure in counted.outcomes.items():
        outcomes[(str(theme), entry or NO_ENTRY), str(outcome)] = Count(*figure)
        by_outcome.setdefault(str(outcome), []).append(Count(*figure))
    entries = {(entry.theme, entry.id): NOBODY for entry in book.entries.values()}
    entries |= {(str(theme), entry or NO_ENTRY): Count(*figure) for (theme, entry), figure in counted.entries.items()}
    themes = {str(theme): Count(*figure) for theme, figure in counted.themes.items()}
    weeks = {str(week): Count(*figure) for week, figure in counted.weeks.items()}
    total = narrowed(together(list(themes.values())), together(list(weeks.values())))
    least = max(total.least, min(people.least, total.voices))
    return Figures(
        total=Count(total.voices, least, max(least, min(total.most, people.most or total.most))),
        themes=themes,
        weeks=weeks,
        week_themes={(str(week), str(theme)): Count(*figure) for (week, theme), figure in counted.week_themes.items()},
        waves={
            name: _at_least(
                together([count for (each, _theme), count in wave_themes.items() if each == name]),
                people.in_waves.get(name, 0),
            )
            for name in (*names.values(), NO_TEAM)
        },
        wave_themes=wave_themes,
        entries=entries,
        outcomes={outcome: together(counts) for outcome, counts in by_outcome.items()},
        entry_outcomes=outcomes,
    )


def _at_least(count: Count, people: int) -> Count:
    """The same figure, of which it is known that so many people are behind it."""
    least = max(count.least, min(people, count.voices))
    return Count(count.voices, least, max(least, count.most))
