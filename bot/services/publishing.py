"""Publishes the figures of weeks that are over: once, for everybody, and never again in another shape."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot.domain import anonymity
from bot.domain.anonymity import Figures
from bot.domain.counted import Count
from bot.domain.progress import Rollout
from bot.domain.publication import Publication, from_json, to_json
from bot.domain.weeks import week_of
from bot.services.voices import Ear, period_cell
from bot.store import rollouts, voices
from bot.store.voices import Counted, Figure

NO_ENTRY = "no entry"
NO_TEAM = "team not kept"


def published(db: Connection, rollout: Rollout, ear: Ear, *, now: datetime) -> list[Publication]:
    """Everything that may be read of this rollout's pushback, oldest first. What is due is published first."""
    begun = rollouts.begun_at(db, rollout.id)
    if begun is None:
        return []
    found = [from_json(content) for content in voices.publications(db, rollout.id)]
    for segment in anonymity.due(week_of(begun, ear.zone), found, now, ear.zone):
        counted = voices.counted(db, rollout.id, segment.first, segment.last)
        people = voices.people_in(db, rollout.id, period_cell(segment.first.period))
        figures = _figures(rollout, counted, people)
        fresh = anonymity.publish(segment, figures, rollout.plan.rules.k, published=found, now=now, zone=ear.zone)
        if fresh is not None:
            voices.publish(db, rollout.id, segment.first, to_json(fresh))
            found.append(fresh)
    return sorted(found, key=lambda each: each.first)


def _figures(rollout: Rollout, counted: Counted, people_at_most: int) -> Figures:
    """The database's figures under the names that a reader knows."""
    names = {wave.id: wave.name for wave in rollout.waves}

    def wave(wave_id: str | None) -> str:
        return names.get(wave_id or "", NO_TEAM)

    wave_themes: dict[tuple[str, str], Figure] = {}
    for (wave_id, theme), figure in counted.wave_themes.items():
        wave_themes[wave(wave_id), theme] = _sum(wave_themes.get((wave(wave_id), theme), (0, 0)), figure)
    outcomes = {
        ((str(theme), entry or NO_ENTRY), str(outcome)): figure
        for (theme, entry, outcome), figure in counted.outcomes.items()
    }
    total = _range(counted.themes.values(), people_at_most)
    return Figures(
        total=total,
        themes={str(theme): Count(*figure) for theme, figure in counted.themes.items()},
        weeks={str(week): Count(*figure) for week, figure in counted.weeks.items()},
        week_themes={(str(week), str(theme)): Count(*figure) for (week, theme), figure in counted.week_themes.items()},
        waves={
            name: _range((figure for (each, _theme), figure in wave_themes.items() if each == name), people_at_most)
            for name in dict.fromkeys(name for name, _theme in wave_themes)
        },
        wave_themes={place: Count(*figure) for place, figure in wave_themes.items()},
        entries={(str(theme), entry or NO_ENTRY): Count(*figure) for (theme, entry), figure in counted.entries.items()},
        outcomes={
            outcome: _range((figure for (_entry, each), figure in outcomes.items() if each == outcome), people_at_most)
            for outcome in dict.fromkeys(outcome for _entry, outcome in outcomes)
        },
        entry_outcomes={place: Count(*figure) for place, figure in outcomes.items()},
    )


def _range(parts: Iterable[Figure], at_most: int) -> Count:
    """Several figures of one thing: at least as many people as behind the largest, at most all of them."""
    listed = list(parts)
    voiced = sum(voices for voices, _people in listed)
    least = max((people for _voices, people in listed), default=0)
    most = sum(people for _voices, people in listed)
    return Count(voiced, least, max(least, min(most, at_most) if at_most else most))


def _sum(one: Figure, other: Figure) -> Figure:
    return one[0] + other[0], max(one[1], other[1])
