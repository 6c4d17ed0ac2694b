"""Adds up what several publications show, by row and column, and keeps apart what they show only together.

What was rolled up stays rolled up: it is a row or column of its own, so that every table adds up to its totals. A sum
of what is shown tells nothing that the publications do not (decision 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from bot.domain.anonymity import Sum
from bot.domain.publication import Part, Publication, Table, TableKind


@dataclass(frozen=True, slots=True)
class Heading:
    """One thing, or several that are only shown together under one name."""

    name: str
    members: tuple[str, ...]

    @property
    def alone(self) -> bool:
        """Whether this is one thing."""
        return len(self.members) == 1


@dataclass(frozen=True, slots=True)
class Crosstab:
    """A table over several publications. What is in no cell of `cells` was shown nowhere; `voices` is its grand total.

    A sum that is not complete is at least so much: a part of it is hidden, or stands in a row or column of several.
    """

    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    row_totals: Mapping[Heading, Sum]
    column_totals: Mapping[Heading, Sum]
    cells: Mapping[tuple[Heading, Heading], Sum]
    voices: int
    hidden: int

    def left_over(self, row: Heading) -> int:
        """How much of a row's total is in no cell that stands in a column of one thing."""
        shown = sum(self.cells[row, column].voices for column in self.columns if (row, column) in self.cells)
        return self.row_totals[row].voices - shown


def headings(publications: Sequence[Publication]) -> dict[Heading, Sum]:
    """The themes with their totals: those that stand alone, then what was rolled up. Silent themes are noughts."""
    parts = [part for publication in publications for part in publication.themes]
    parts += [Part(theme, (theme,), 0) for publication in publications for theme in publication.silent]
    return _totals(parts, _Names(parts))


def crosstab(publications: Sequence[Publication], kind: TableKind) -> Crosstab:
    """The tables of this kind as one."""
    tables = [table for publication in publications if (table := publication.table(kind))]
    rows = [part for table in tables for line in table.rows for part in line.parts]
    columns = [part for table in tables for line in table.columns for part in line.parts]
    row_names, column_names = _Names(rows), _Names(columns)
    row_totals, column_totals = _totals(rows, row_names), _totals(columns, column_names)
    shown: dict[tuple[Heading, Heading], int] = {}
    partly: set[tuple[Heading, Heading]] = set()
    for one, other, amount in _atoms(tables):
        place = row_names.heading(one), column_names.heading(other)
        shown.setdefault(place, 0)
        if amount is None:
            partly.add(place)
        else:
            shown[place] += amount
        if amount != 0:
            partly.update(
                inside
                for inside in product(_with_members(place[0], one), _with_members(place[1], other))
                if inside != place and inside[0] in row_totals and inside[1] in column_totals
            )
    return Crosstab(
        tuple(row_totals),
        tuple(column_totals),
        row_totals,
        column_totals,
        {place: Sum(shown.get(place, 0), place not in partly) for place in shown.keys() | partly},
        sum(part.voices for part in rows),
        sum(len(table.hidden) for table in tables),
    )


def _atoms(tables: Iterable[Table]) -> Iterator[tuple[Part, Part, int | None]]:
    """Each cell part by part: known where it has one of each, or where it is nought, and so are all its parts."""
    for table in tables:
        for row, line in zip(table.rows, table.cells, strict=True):
            for column, cell in zip(table.columns, line, strict=True):
                known = cell if cell == 0 or len(row.parts) == len(column.parts) == 1 else None
                for one in row.parts:
                    for other in column.parts:
                        yield one, other, 0 if one.voices == 0 or other.voices == 0 else known


def _with_members(heading: Heading, part: Part) -> tuple[Heading, ...]:
    """The heading of a part, and those of the single things that it is made of in its own publication."""
    return (heading,) if heading.alone else (heading, *(Heading(each, (each,)) for each in part.members))


class _Names:
    """What was rolled up under one name in several publications has one heading, even if its members differ."""

    def __init__(self, parts: Iterable[Part]) -> None:
        members: dict[str, dict[str, None]] = {}
        for part in parts:
            if len(part.members) > 1:
                members.setdefault(part.name, {}).update(dict.fromkeys(part.members))
        self._members = {name: tuple(those) for name, those in members.items()}

    def heading(self, part: Part) -> Heading:
        if len(part.members) == 1:
            return Heading(part.members[0], part.members)
        return Heading(part.name, self._members[part.name])


def _totals(parts: Iterable[Part], names: _Names) -> dict[Heading, Sum]:
    """Those that stand alone first, the largest on top; then what is shown together."""
    voices: dict[Heading, int] = {}
    together: set[str] = set()
    for part in parts:
        heading = names.heading(part)
        voices[heading] = voices.get(heading, 0) + part.voices
        if not heading.alone and part.voices:
            together.update(part.members)
    order = sorted(voices.items(), key=lambda item: (not item[0].alone, -item[1], item[0].name))
    return {heading: Sum(amount, not (heading.alone and heading.name in together)) for heading, amount in order}
