"""How many voices a figure stands for, and how many different people at the least: what the k rule is about.

People do not add up: whoever speaks of two themes is in two cells. What is known of several cells together is therefore
a range, and whoever decides what may be shown looks at its lower end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class DoesNotAddUp(Exception):
    """Figures that contradict each other: a total that is not the sum of its parts."""


@dataclass(frozen=True, slots=True)
class Count:
    """One figure: its voices, and that at least `people` and at most `at_most` different people are behind them.

    Without `at_most`, `people` is exact. One voice has one speaker, so people never exceed voices.
    """

    voices: int
    people: int
    at_most: int | None = None

    @property
    def least(self) -> int:
        """The fewest people that may be behind it."""
        return min(max(self.people, 1), self.voices)

    @property
    def most(self) -> int:
        """The most people that may be behind it."""
        return max(self.least, min(self.people if self.at_most is None else self.at_most, self.voices))

    def may_be_shown(self, k: int) -> bool:
        """Whether the figure may stand in a report: nobody at all, or k people at the least."""
        return self.voices == 0 or self.least >= k


NOBODY = Count(0, 0)


def together(parts: Sequence[Count], whole: Count | None = None, rest: Sequence[Count] = ()) -> Count:
    """Several figures as one. With the `whole` that `parts` and `rest` make up, the range of people is narrower.

    Everybody in the whole who is not in the rest is in the parts: that many people there are at the least.
    """
    voices = sum(part.voices for part in parts)
    least = max((part.least for part in parts), default=0)
    most = min(sum(part.most for part in parts), voices)
    if whole is not None:
        least = max(least, whole.least - sum(other.most for other in rest))
        most = min(most, whole.most)
    return Count(voices, min(least, voices), max(most, least))


@dataclass(frozen=True, slots=True)
class Unit:
    """A row or column of a table: one theme, week, wave ... or several rolled up. `members` are what it is made of."""

    name: str
    members: tuple[str, ...]
    count: Count


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before anything is hidden. `cells[i][j]` belongs to `rows[i]` and `columns[j]`."""

    rows: tuple[Unit, ...]
    columns: tuple[Unit, ...]
    cells: tuple[tuple[Count, ...], ...]


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
    cells = tuple(
        tuple(together(parts[i, j]) if (i, j) in parts else NOBODY for j in range(len(columns)))
        for i in range(len(rows))
    )
    for unit, line in (*zip(rows, cells, strict=True), *zip(columns, zip(*cells, strict=True), strict=True)):
        if sum(count.voices for count in line) != unit.count.voices:
            raise DoesNotAddUp(f"the figures of {unit.name} do not add up to its total")
    plain = Grid(tuple(rows), tuple(columns), cells)
    bounded = folded(plain, [(i,) for i in range(len(rows))], [(j,) for j in range(len(columns))])
    return Grid(plain.rows, plain.columns, tuple(map(tuple, bounded)))


def folded(table: Grid, rows: Sequence[Sequence[int]], columns: Sequence[Sequence[int]]) -> list[list[Count]]:
    """The cells with rows and columns laid together, in the groups given, people bounded as narrowly as is known."""
    raw = [
        [
            together([table.cells[i][j] for i in some_rows for j in some])
            if len(some_rows) > 1 or len(some) > 1
            else table.cells[some_rows[0]][some[0]]
            for some in columns
        ]
        for some_rows in rows
    ]
    row_least = [_line([table.rows[i].count for i in some]).least for some in rows]
    column_least = [_line([table.columns[j].count for j in some]).least for some in columns]
    row_most = [sum(count.most for count in line) for line in raw]
    column_most = [sum(line[j].most for line in raw) for j in range(len(columns))]
    return [
        [
            count
            if not count.voices
            else Count(
                count.voices,
                max(
                    count.least,
                    row_least[i] - (row_most[i] - count.most),
                    column_least[j] - (column_most[j] - count.most),
                ),
                count.most,
            )
            for j, count in enumerate(line)
        ]
        for i, line in enumerate(raw)
    ]


def _line(counts: Sequence[Count]) -> Count:
    return counts[0] if len(counts) == 1 else together(counts)
