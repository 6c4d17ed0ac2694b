"""A table before anything is hidden, as plain numbers, with rows and columns that can be laid into one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.counted import NOBODY, Count, DoesNotAddUp, Unit, together

Groups = Sequence[Sequence[int]]
Numbers = list[list[int]]


class Cells(NamedTuple):
    """Voices of each cell, and the fewest and the most people that may be behind it. Row first, then column."""

    voices: Numbers
    least: Numbers
    most: Numbers


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before anything is hidden. `rows` and `columns` carry their totals."""

    rows: tuple[Unit, ...]
    columns: tuple[Unit, ...]
    cells: Cells


def grid(rows: Sequence[Unit], columns: Sequence[Unit], figures: Mapping[tuple[str, str], Count]) -> Grid:
    """Lay out figures, keyed by one member of a row and one of a column. Raises DoesNotAddUp."""
    row_of = {member: i for i, row in enumerate(rows) for member in row.members}
    column_of = {member: j for j, column in enumerate(columns) for member in column.members}
    parts: dict[tuple[int, int], list[Count]] = {}
    for (row, column), count in figures.items():
        if not count.voices:
            continue
        if row not in row_of or column not in column_of:
            raise DoesNotAddUp(f"{row} and {column} have voices together, but not both have a place in the table")
        parts.setdefault((row_of[row], column_of[column]), []).append(count)
    places = [[(i, j) for j in range(len(columns))] for i in range(len(rows))]
    counts = [[together(parts[place]) if place in parts else NOBODY for place in line] for line in places]
    cells = Cells(
        [[count.voices for count in line] for line in counts],
        [[count.least for count in line] for line in counts],
        [[count.most for count in line] for line in counts],
    )
    across = [list(line) for line in zip(*cells.voices, strict=True)]
    for unit, line in (*zip(rows, cells.voices, strict=True), *zip(columns, across, strict=True)):
        if sum(line) != unit.count.voices:
            raise DoesNotAddUp(f"the figures of {unit.name} do not add up to its total")
    table = Grid(tuple(rows), tuple(columns), cells)
    _narrow(table, cells, singles(rows), singles(columns), every=True)
    return table


def folded(table: Grid, rows: Groups, columns: Groups) -> Cells:
    """The cells with rows and columns laid together in these groups, people bounded as narrowly as is known."""
    cells = Cells(
        _laid(table.cells.voices, rows, columns, sum),
        _laid(table.cells.least, rows, columns, max),
        _laid(table.cells.most, rows, columns, sum),
    )
    _narrow(table, cells, rows, columns, every=False)
    return cells


def singles(units: Sequence[Unit]) -> list[list[int]]:
    """Every row or column by itself."""
    return [[line] for line in range(len(units))]


def _laid(numbers: Numbers, rows: Groups, columns: Groups, how: Callable[[Iterable[int]], int]) -> Numbers:
    lines = [
        numbers[some[0]] if len(some) == 1 else [how(line) for line in zip(*(numbers[i] for i in some), strict=True)]
        for some in rows
    ]
    return [[line[some[0]] if len(some) == 1 else how([line[j] for j in some]) for some in columns] for line in lines]


def _narrow(table: Grid, cells: Cells, rows: Groups, columns: Groups, *, every: bool) -> None:
    """Raise the fewest people of cells: whoever is in a row, and in none of its other cells, is in this one."""
    row_least = [max(table.rows[i].count.least for i in some) for some in rows]
    column_least = [max(table.columns[j].count.least for j in some) for some in columns]
    row_most = [sum(line) for line in cells.most]
    column_most = [sum(line) for line in zip(*cells.most, strict=True)]
    laid_columns = [j for j, some in enumerate(columns) if every or len(some) > 1]
    for i, some in enumerate(rows):
        least, most = cells.least[i], cells.most[i]
        for j in range(len(columns)) if every or len(some) > 1 else laid_columns:
            others = max(row_least[i] - row_most[i], column_least[j] - column_most[j]) + most[j]
            least[j] = max(least[j], min(others, most[j]))
