"""What may be shown of voices: which weeks together, which tables of them, and what has to stay hidden in these.

Weeks are published in segments: all closed weeks of one reporting period that no publication covers yet. A segment is
published once, the same for everybody, and never again in another shape, so that no two exports can be subtracted. A
report over any range of weeks puts publications side by side and adds up what they show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.counted import NOBODY, Count, Unit
from bot.domain.counted_grid import Grid, grid
from bot.domain.disclosure import Disclosive, audit_alone
from bot.domain.publication import Line, Part, Publication, Table, TableKind
from bot.domain.rolling_up import FAMILIES, Counted, lay_together, mostly, runs
from bot.domain.suppression import Breakdown, break_down, totals_alone
from bot.domain.weeks import Week, closed

OTHER_THEMES, ALL_THEMES = "other themes together", "all themes together"
OTHER_WAVES, ALL_WAVES = "other waves together", "all waves together"
OTHER_OUTCOMES, ALL_OUTCOMES = "other outcomes together", "all outcomes together"

NAMED_AT_MOST = 6
ROLLED_UP = (
    "Themes of which fewer than {k} people spoke stand together with their neighbours, so that something can be said of "
    "them at all. A theme named there may be one that nobody spoke of."
)
MOSTLY = "At least {k} people spoke of {chief}, and fewer than {k} of anything else."
TOGETHER = "Shown together, since a figure for each would stand for fewer than {k} people: {names}."
HIDDEN = (
    "{number} figures are hidden: fewer than {k} people are behind them, or such a figure could be worked out from them. "
    "Totals include them. A nought is a true nought."
)


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
    be told apart there: where only a range is known, give its ends. `theme_unions` are people who spoke of any of
    several themes, where that was counted: for a family of themes, and for all but a family, it lets a pilot say more.
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
    theme_unions: Mapping[frozenset[str], int] = field(default_factory=dict)


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
    and Disclosive (or CannotBeShown) when not even the totals pass the audit: then nothing may be stored or shown.
    """
    if any(not closed(week, now, zone) for week in segment.weeks):
        raise NotToBePublished(f"{segment.last} is not over yet")
    if any(each.first <= segment.last and segment.first <= each.last for each in published):
        raise NotToBePublished(f"something of {segment.first} to {segment.last} was published before")
    if not segment.final and figures.total.least < k:
        return None
    publication = _written(segment, figures, k, families)
    if audit_alone(publication):
        publication = _written(segment, figures, k, families, cautious=True)
    leaks = audit_alone(publication)
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


def _written(
    segment: Segment, figures: Figures, k: int, families: Mapping[str, Sequence[str]], *, cautious: bool = False
) -> Publication:
    first, last, total = segment.first, segment.last, figures.total
    if not total.may_be_shown(k):
        return Publication(first, last, k, voices=None, notes=(f"Fewer than {k} people spoke, so nothing is shown.",))
    counted = Counted(figures.themes, total, figures.theme_unions)
    themes = lay_together(counted, k, families=families, rest=OTHER_THEMES, everything=ALL_THEMES)
    spoken = tuple(theme for theme in themes if theme.count.voices)
    silent = tuple(theme.name for theme in themes if not theme.count.voices)
    people = total.people if total.least == total.most else None
    tables = tuple(_tables(segment, spoken, figures, k, cautious=cautious)) if spoken else ()
    notes: tuple[str, ...] = () if all(len(theme.members) == 1 for theme in spoken) else (ROLLED_UP.format(k=k),)
    chief = mostly(counted, k, families) if len(spoken) == 1 < len(spoken[0].members) else None
    if chief:
        notes += (MOSTLY.format(k=k, chief=chief),)
    return Publication(first, last, k, total.voices, people, tuple(map(_part, spoken)), silent, chief, tables, notes)


def _tables(segment: Segment, themes: Sequence[Unit], figures: Figures, k: int, *, cautious: bool) -> Iterator[Table]:
    weeks = Counted({str(week): figures.weeks.get(str(week), NOBODY) for week in segment.weeks}, figures.total)
    tried: list[tuple[Grid, Breakdown]] = []
    for rows in runs(weeks, k):
        laid_out = grid(rows, themes, figures.week_themes)
        if len(rows) == 1 and tried:
            break
        tried.append((laid_out, totals_alone(laid_out, k) if cautious else break_down(laid_out, k, fold_rows=False)))
        if not tried[-1][1].hidden and len(tried[-1][1].columns) == len(themes):
            break
    laid_out, best = max(tried, key=lambda one: (one[1].worth, len(one[1].rows)))
    if len(best.rows) > 1:
        yield _table(TableKind.WEEKS, laid_out, best, k)
    if figures.waves:
        waves = lay_together(Counted(figures.waves, figures.total), k, rest=OTHER_WAVES, everything=ALL_WAVES)
        yield _broken_down(TableKind.WAVES, grid(waves, themes, figures.wave_themes), k, cautious=cautious)
    if figures.entries:
        entries = [entry for theme in themes for entry in _entries_of(theme, figures, k)]
        outcomes = lay_together(
            Counted(figures.outcomes, figures.total), k, rest=OTHER_OUTCOMES, everything=ALL_OUTCOMES
        )
        cells = {(_entry(*key), outcome): count for (key, outcome), count in figures.entry_outcomes.items()}
        yield _broken_down(TableKind.ENTRIES, grid(entries, outcomes, cells), k, cautious=cautious)


def _entries_of(theme: Unit, figures: Figures, k: int) -> tuple[Unit, ...]:
    asked = {_entry(*key): count for key, count in figures.entries.items() if key[0] in theme.members}
    return lay_together(
        Counted(asked, theme.count),
        k,
        rest=f"{theme.name}: other questions",
        everything=f"{theme.name}: all questions",
    )


def _entry(theme: str, entry: str) -> str:
    return f"{theme}/{entry}"


def _broken_down(kind: TableKind, laid_out: Grid, k: int, *, cautious: bool) -> Table:
    return _table(kind, laid_out, totals_alone(laid_out, k) if cautious else break_down(laid_out, k), k)


def _table(kind: TableKind, laid_out: Grid, shown: Breakdown, k: int) -> Table:
    across = "outcomes" if kind is TableKind.ENTRIES else "themes"
    rows = tuple(_line([laid_out.rows[i] for i in some], kind) for some in shown.rows)
    columns = tuple(_line([laid_out.columns[j] for j in some], across) for some in shown.columns)
    cells = tuple(
        tuple(None if (i, j) in shown.hidden else voices for j, voices in enumerate(line))
        for i, line in enumerate(shown.voices)
    )
    notes = [TOGETHER.format(names=_listed(_members(line)), k=k) for line in (*rows, *columns) if len(line.parts) > 1]
    if shown.hidden:
        notes.append(HIDDEN.format(number=len(shown.hidden), k=k))
    return Table(kind, rows, columns, cells, tuple(notes))


def _part(unit: Unit) -> Part:
    return Part(unit.name, unit.members, unit.count.voices)


def _line(units: Sequence[Unit], what: str) -> Line:
    name = units[0].name if len(units) == 1 else f"{len(units)} {what} together"
    return Line(name, tuple(map(_part, units)))


def _listed(names: Sequence[str]) -> str:
    some = ", ".join(names[:NAMED_AT_MOST])
    return some if len(names) <= NAMED_AT_MOST else f"{some} and {len(names) - NAMED_AT_MOST} more"
