"""Decides which cells of a table stay hidden, so that none of them can be worked out from the totals.

Every row and column comes with a total that may be shown (rolling_up.py sees to that), and a true nought is shown. A
cell with fewer than k people is *small*, any other cell with voices is *strong*. A small cell is hidden together with a
ring of other cells through its row and column, in which every second one is strong. Along the ring k - 1 voices can be
moved without any total noticing, so the small cell may have k different values at the least. And no sum of hidden
cells that the totals give away consists of small cells only: such a sum would cut the ring (decision 7).

Where there is no such ring, rows or columns are folded into one, down to a table of totals alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.counted import Count, Grid, folded

Cells = Sequence[Sequence[Count]]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What of a table may be shown. Rows and columns are groups of the grid's own, and `hidden` are places in the groups."""

    rows: tuple[tuple[int, ...], ...]
    columns: tuple[tuple[int, ...], ...]
    cells: tuple[tuple[Count, ...], ...]
    hidden: frozenset[Place]

    @property
    def shown(self) -> int:
        """How many cells with voices can be read."""
        return sum(1 for line in self.cells for count in line if count.voices) - len(self.hidden)


def break_down(table: Grid, k: int, *, fold_rows: bool = True) -> Breakdown:
    """Hide and fold until nothing small can be worked out. The totals of the grid's rows and columns are taken as known."""
    folds = _Folds(table, fold_rows=fold_rows)
    while True:
        rows, columns = folds.groups()
        cells = folded(table, rows, columns)
        hidden, bare = rings(cells, k)
        if bare:
            folds.fold_for(bare, cells)
            continue
        tight = _worked_out(table, cells, rows, columns, k)
        if tight:
            folds.grow(tight)
            continue
        return Breakdown(
            tuple(map(tuple, rows)), tuple(map(tuple, columns)), tuple(map(tuple, cells)), frozenset(hidden)
        )


def too_tight(low: int, high: int, k: int, *, small: bool = False) -> bool:
    """Whether a cell that must lie between two values is as good as known: fewer than k values, and not surely a large one."""
    return high > 0 and high - low + 1 < k and (low < k or small)


def between(row: int, column: int, whole: int) -> tuple[int, int]:
    """The least and the most that a cell can hold when only its row's, its column's and the whole total are known."""
    return max(0, row + column - whole), min(row, column)


def rings(cells: Cells, k: int) -> tuple[set[Place], list[Place]]:
    """What to hide so that every small cell has its ring, and the small cells for which there is none."""
    board = _Board(cells, k)
    bare = [place for place in board.small if not board.protect(place)]
    return board.hidden(), bare


@dataclass(slots=True)
class _Board:
    """The cells as bit masks: bit j of `strong_row[i]` says that the cell in row i and column j has k people."""

    cells: Cells
    k: int
    small: list[Place] = field(init=False)
    strong_row: list[int] = field(init=False)
    strong_column: list[int] = field(init=False)
    voiced: list[int] = field(init=False)
    hidden_row: list[int] = field(init=False)
    hidden_column: list[int] = field(init=False)

    def __post_init__(self) -> None:
        height, width = len(self.cells), len(self.cells[0]) if self.cells else 0
        self.small = []
        self.strong_row, self.strong_column = [0] * height, [0] * width
        self.voiced = [0] * height
        self.hidden_row, self.hidden_column = [0] * height, [0] * width
        for i, line in enumerate(self.cells):
            for j, count in enumerate(line):
                if not count.voices:
                    continue
                self.voiced[i] |= 1 << j
                if count.least >= self.k:
                    self.strong_row[i] |= 1 << j
                    self.strong_column[j] |= 1 << i
                else:
                    self.small.append((i, j))
                    self._hide(i, j)

    def protect(self, place: Place) -> bool:
        """Make sure that a small cell has a ring, hiding the fewest cells and then the fewest voices. False: there is none."""
        i, j = place
        for a in _bits(self.strong_column[j] & self.hidden_column[j]):
            if self.strong_row[i] & self.hidden_row[i] & self.hidden_row[a]:
                return True
        corner = self._cheapest_corner(i, j)
        ring = [(corner[0], j), (i, corner[1]), corner] if corner else self._longer_ring(i, j)
        for at in ring:
            self._hide(*at)
        return bool(ring)

    def hidden(self) -> set[Place]:
        """Every hidden place."""
        return {(i, j) for i, mask in enumerate(self.hidden_row) for j in _bits(mask)}

    def _hide(self, i: int, j: int) -> None:
        self.hidden_row[i] |= 1 << j
        self.hidden_column[j] |= 1 << i

    def _price(self, i: int, j: int) -> tuple[int, int]:
        return (0, 0) if self.hidden_row[i] >> j & 1 else (1, self.cells[i][j].voices)

    def _cheapest_corner(self, i: int, j: int) -> Place | None:
        best: tuple[int, int] | None = None
        found = None
        for a in _bits(self.strong_column[j]):
            first = self._price(a, j)
            for b in _bits(self.strong_row[i] & self.voiced[a]):
                second, third = self._price(i, b), self._price(a, b)
                price = (first[0] + second[0] + third[0], first[1] + second[1] + third[1])
                if best is None or price < best:
                    best, found = price, (a, b)
        return found

    def _longer_ring(self, i: int, j: int) -> list[Place]:
        """A way from column j back to row i: into a row by a strong cell, on to a column by any cell with voices."""
        way_into_row: dict[int, int] = {}
        way_into_column: dict[int, int] = {j: i}
        waiting = deque([j])
        while waiting and i not in way_into_row:
            column = waiting.popleft()
            for a in _bits(self.strong_column[column]):
                if a in way_into_row:
                    continue
                way_into_row[a] = column
                for b in _bits(self.voiced[a]):
                    if b not in way_into_column:
                        way_into_column[b] = a
                        waiting.append(b)
        if i not in way_into_row:
            return []
        ring, row = [], i
        while True:
            column = way_into_row[row]
            ring.append((row, column))
            if column == j:
                return ring
            row = way_into_column[column]
            ring.append((row, column))


@dataclass(slots=True)
class _Folds:
    """Which rows and which columns are laid into one, so far."""

    table: Grid
    fold_rows: bool
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)

    def groups(self) -> tuple[list[list[int]], list[list[int]]]:
        """The rows and columns as they stand. Where one side is a single line, nothing is hidden on the other."""
        height, width = len(self.table.rows), len(self.table.columns)
        if len(self.columns) == width and width:
            self.rows = []
        elif len(self.rows) == height and height:
            self.columns = []
        return _groups(height, self.rows), _groups(width, self.columns)

    def fold_for(self, bare: Iterable[Place], cells: Cells) -> None:
        """Fold lines in which small cells have no ring: first those without any strong cell, and the smallest first."""
        rows, columns = self.groups()
        across = list(zip(*cells, strict=True))
        lines: dict[tuple[bool, int], int] = {}
        for i, j in bare:
            if self.fold_rows:
                lines[True, i] = sum(count.voices for count in cells[i])
            lines[False, j] = sum(count.voices for count in across[j])
        weak = [line for line in lines if not self._has_strong(cells[line[1]] if line[0] else across[line[1]], bare, line)]
        worst = sorted(weak or lines, key=lambda line: (lines[line], line))
        for is_row, place in worst[: max(1, len(worst) // FOLDED_AT_ONCE)]:
            group = rows[place] if is_row else columns[place]
            mine = self.rows if is_row else self.columns
            if len(group) == 1:
                mine.append(group[0])
            if len(group) > 1 or len(mine) == 1:
                self.grow(is_row=is_row)
