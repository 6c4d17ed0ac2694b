"""What may be shown of voices: which weeks together, which tables of them, and what has to stay hidden in these.

Weeks are published in segments: all closed weeks of one reporting period that no publication covers yet. A segment is
published once, the same for everybody, and never again in another shape, so that no two exports can be subtracted. A
report over any range of weeks puts publications side by side and adds up what they show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.counted import NOBODY, Count, DoesNotAddUp, Grid, Unit, grid, together
from bot.domain.disclosure import Disclosive, audit, audit_alone
from bot.domain.publication import Line, Part, Publication, Table, TableKind
from bot.domain.rolling_up import FAMILIES, lay_together, runs
from bot.domain.suppression import Breakdown, break_down, totals_alone
from bot.domain.weeks import Week, closed

OTHER_THEMES, ALL_THEMES = "other themes together", "all themes together"
OTHER_WAVES, ALL_WAVES = "other waves together", "all waves together"
OTHER_OUTCOMES, ALL_OUTCOMES = "other outcomes together", "all outcomes together"


class NotToBePublished(Exception):
    """A segment of which somebody asked too much: a week is still open, or was published before."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Weeks that are published together. `final`: its reporting period is over, nothing will be added to it."""

    weeks: tuple[Week, ...]
    final: bool

    @property
    def first(self) -> Week:
        """Its first week."""
        return self.weeks[0]

    @property
    def last(self) -> Week:
        """Its last week."""
        return self.weeks[-1]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the database counted in one segment. Keys are names of weeks, themes, waves, entries and outcomes.

    Every voice is in `weeks` once and in each of the others once; what nobody spoke of may be given as nobody or left
    out. An entry is keyed with its theme, for a person may ask it under two. `people` of each count are people who can
    be told apart there: where only a range is known, give its ends.
    """

    total: Count
    themes: Mapping[str, Count]
    weeks: Mapping[str, Count]
    week_themes: Mapping[tuple[str, str], Count]
    waves: Mapping[str, Count] = field(default_factory=dict)
    wave_themes: Mapping[tuple[str, str], Count] = field(default_factory=dict)
    entries: Mapping[tuple[str, str], Count] = field(default_factory=dict)
    outcomes: Mapping[str, Count] = field(default_factory=dict)
    entry_outcomes: Mapping[tuple[tuple[str, str], str], Count] = field(default_factory=dict)


def due(first: Week, published: Sequence[Publication], now: datetime, zone: ZoneInfo) -> tuple[Segment, ...]:
    """The segments that may be looked at now, oldest first; `first` is the rollout's first week.

    Whoever asks for a report, of whatever range, has all of these published before: what is shown must not depend on
    who asked for which weeks. Only the last one can be unfinished: publish() leaves it alone while it is too small.
    """
    segments = []
    period = first.period
    while closed(period.first, now, zone):
        covered = [each.last for each in published if each.last.period == period]
        after = max(covered, default=None)
        weeks = tuple(
            week
            for week in period.weeks
            if week >= first and closed(week, now, zone) and (after is None or week > after)
        )
        if weeks:
            segments.append(Segment(weeks, final=closed(period.last, now, zone)))
        period = period.last.next.period
    return tuple(segments)


def publish(
    segment: Segment,
    figures: Figures,
    k: int,
    *,
    published: Sequence[Publication] = (),
    now: datetime,
    zone: ZoneInfo,
    families: Mapping[str, Sequence[str]] = FAMILIES,
) -> Publication | None:
    """What is said of these weeks, for ever; None when they are better left to grow, since their period is not over.

    Raises NotToBePublished when a week is open or was published, DoesNotAddUp when the figures contradict each other,
    and Disclosive when the audit finds a leak in the result.
    """
    if any(not closed(week, now, zone) for week in segment.weeks):
        raise NotToBePublished(f"{segment.last} is not over yet")
    if any(each.first <= segment.last and segment.first <= each.last for each in published):
        raise NotToBePublished(f"something of {segment.first} to {segment.last} was published before")
    if not segment.final and figures.total.least < k:
        return None
    publication = _written(segment, figures, k, families)
    leaks = audit([*(each for each in published if each.last.period == segment.last.period), publication])
    if leaks:
        raise Disclosive(leaks)
    return publication


def in_range(published: Iterable[Publication], first: Week, last: Week) -> tuple[Publication, ...]:
    """The publications that a report from `first` to `last` shows: each whole, even if the range begins inside it."""
    return tuple(sorted((each for each in published if each.first <= last and first <= each.last), key=_first))


@dataclass(frozen=True, slots=True)
class Sum:
    """What several publications show of one thing. `complete` is False where one of them hides a part of it."""

    voices: int
    complete: bool


def added_up(publications: Iterable[Publication], kind: TableKind | None = None) -> dict[tuple[str, str], Sum]:
    """Cells of this kind of table over several publications, by member of row and column; themes alone without a kind.

    Sums of what is shown tell nothing that the publications do not. For themes alone the row is empty.
    """
    voices: dict[tuple[str, str], int] = {}
    partly: set[tuple[str, str]] = set()
    for publication in publications:
        for row, column, amount in _cells(publication, kind):
            for place in [(one, other) for one in row for other in column]:
                voices.setdefault(place, 0)
                if amount is None or (amount and (len(row) > 1 or len(column) > 1)):
                    partly.add(place)
                else:
                    voices[place] += amount
    return {place: Sum(amount, place not in partly) for place, amount in voices.items()}


def _first(publication: Publication) -> Week:
    return publication.first


def _cells(
    publication: Publication, kind: TableKind | None
) -> Iterable[tuple[tuple[str, ...], tuple[str, ...], int | None]]:
    if kind is None:
        yield from ((("",), part.members, part.voices) for part in publication.themes)
        yield from ((("",), (theme,), 0) for theme in publication.silent)
        return
    table = publication.table(kind)
    if table is None:
        return
    for row, line in zip(table.rows, table.cells, strict=True):
        for column, cell in zip(table.columns, line, strict=True):
            yield _members(row), _members(column), cell


def _members(line: Line) -> tuple[str, ...]:
    return tuple(member for part in line.parts for member in part.members)


def _written(segment: Segment, figures: Figures, k: int, families: Mapping[str, Sequence[str]]) -> Publication:
    first, last, total = segment.first, segment.last, figures.total
    if not total.may_be_shown(k):
        return Publication(first, last, k, voices=None, notes=(f"Fewer than {k} people spoke, so nothing is shown.",))
    themes = lay_together(figures.themes, total, k, families=families, rest=OTHER_THEMES, everything=ALL_THEMES)
    spoken = tuple(theme for theme in themes if theme.count.voices)
    silent = tuple(theme.name for theme in themes if not theme.count.voices)
    tables = [
        table
        for table in (
            _by_week(spoken, figures, k, first, last),
            _by_wave(spoken, figures, k, first, last),
            _by_entry(spoken, figures, k, first, last),
        )
        if table is not None
    ]
    notes = []
    if any(len(theme.members) > 1 for theme in spoken):
        notes.append(
            f"Themes of which fewer than {k} people spoke are shown together with their neighbours, and those of which "
            "nobody spoke are not told from them."
        )
    people = total.people if total.voices and total.least == total.most else None
    return Publication(
        first, last, k, total.voices, people, tuple(map(_part, spoken)), silent, tuple(tables), tuple(notes)
    )
