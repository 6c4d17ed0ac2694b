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

from bot.domain.counted import Count, Grid, Unit, folded

Cells = Sequence[Sequence[Count]]
Groups = Sequence[Sequence[int]]
Place = tuple[int, int]
FOLDED_AT_ONCE = 4
"""Of many lines that must be folded, a quarter goes at once; the others are then looked at again."""


class CannotBeShown(Exception):
    """A table that cannot be made safe, not even as totals alone."""


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
        board = _Board(cells, k)
        bare = [place for place in board.small if not board.protect(place)]
        if bare:
            folds.fold_for(bare, board)
        elif columns_tight(table, rows, columns, k):
            folds.take_in(folds.columns, folds.columns_by_size)
        elif rows_tight(table, rows, columns, k):
            folds.take_in(folds.rows, folds.rows_by_size)
        else:
            hidden = frozenset(board.hidden())
            return Breakdown(tuple(map(tuple, rows)), tuple(map(tuple, columns)), tuple(map(tuple, cells)), hidden)


def totals_alone(table: Grid, k: int) -> Breakdown:
    """The table's totals and nothing inside: what always may be shown, since each total is nobody or k people."""
    rows, columns = _singles(table.rows), (tuple(range(len(table.columns))),)
    cells = folded(table, rows, columns)
    if columns_tight(table, rows, columns, k):
        raise CannotBeShown("even the totals of this table give something away")
    return Breakdown(rows, columns, tuple(map(tuple, cells)), frozenset())


def too_tight(low: int, high: int, k: int, *, small: bool = False) -> bool:
    """Whether a cell that must lie between two values is as good as known: fewer than k values, and not surely a large one."""
    return high > 0 and high - low + 1 < k and (low < k or small)


def between(row: int, column: int, whole: int) -> tuple[int, int]:
    """The least and the most that a cell can hold when only its row's, its column's and the whole total are known."""
    return max(0, row + column - whole), min(row, column)


def columns_tight(table: Grid, rows: Groups, columns: Groups, k: int) -> bool:
    """Whether a column's own total, known beside the folded column it went into, gives away one of its cells."""
    cells = folded(table, rows, _singles(table.columns))
    for fold in columns:
        whole = sum(table.columns[t].count.voices for t in fold)
        for line in cells:
            row = sum(line[t].voices for t in fold)
            for t in fold:
                small = not line[t].may_be_shown(k)
                if len(fold) > 1 and too_tight(*between(row, table.columns[t].count.voices, whole), k, small=small):
                    return True
    return False


def rows_tight(table: Grid, rows: Groups, columns: Groups, k: int) -> bool:
    """The same for the rows; whoever works it out is taken to know every cell of the folded row, by single column too."""
    singles = _singles(table.columns)
    groups = [*singles, *(some for some in columns if len(some) > 1)]
    cells = folded(table, _singles(table.rows), groups)
    for fold in rows:
        whole = sum(table.rows[i].count.voices for i in fold)
        for place in range(len(groups)):
            across = sum(cells[i][place].voices for i in fold)
            for i in fold:
                small = not cells[i][place].may_be_shown(k)
                if len(fold) > 1 and too_tight(*between(table.rows[i].count.voices, across, whole), k, small=small):
                    return True
    return False


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

    def strong_in(self, is_row: bool, place: int) -> bool:  # noqa: FBT001
        """Whether this row or column has a strong cell."""
        return bool((self.strong_row if is_row else self.strong_column)[place])

    def voices_in(self, is_row: bool, place: int) -> int:  # noqa: FBT001
        """The voices of a row or column."""
        line = self.cells[place] if is_row else [row[place] for row in self.cells]
        return sum(count.voices for count in line)

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
        if not set(self.columns_by_size) - set(self.columns):
            self.rows = []
        elif not set(self.rows_by_size) - set(self.rows):
            self.columns = []
        return _groups(height, self.rows), _groups(width, self.columns)

    def fold_for(self, bare: Iterable[Place], board: _Board) -> None:
        """Fold lines in which small cells have no ring: first those without any strong cell, the smallest first."""
        rows, columns = self.groups()
        lines = {(False, j) for _, j in bare} | ({(True, i) for i, _ in bare} if self.fold_rows else set())
        weak = {line for line in lines if not board.strong_in(*line)}
        worst = sorted(weak or lines, key=lambda line: (board.voices_in(*line), line))
        for is_row, place in worst[: max(1, len(worst) // FOLDED_AT_ONCE)]:
            group, fold = (rows[place], self.rows) if is_row else (columns[place], self.columns)
            by_size = self.rows_by_size if is_row else self.columns_by_size
            if len(group) > 1:
                self.take_in(fold, by_size)
            elif group[0] not in fold:
                fold.append(group[0])
                if len(fold) == 1:
                    self.take_in(fold, by_size)

    def take_in(self, fold: list[int], by_size: Sequence[int]) -> None:
        """The smallest line with voices that is not folded yet. Raises CannotBeShown when there is none."""
        smallest = next((line for line in by_size if line not in fold), None)
        if smallest is None:
            raise CannotBeShown("even the totals of this table give something away")
        fold.append(smallest)

    @property
    def rows_by_size(self) -> list[int]:
        """Rows with voices, the smallest first."""
        return _by_size(self.table.rows)

    @property
    def columns_by_size(self) -> list[int]:
        """Columns with voices, the smallest first."""
        return _by_size(self.table.columns)


def _by_size(units: Sequence[Unit]) -> list[int]:
    sizes = [unit.count.voices for unit in units]
    return sorted((line for line, size in enumerate(sizes) if size), key=lambda line: (sizes[line], line))


def _singles(units: Sequence[Unit]) -> tuple[tuple[int, ...], ...]:
    return tuple((line,) for line in range(len(units)))


def _groups(length: int, fold: Sequence[int]) -> list[list[int]]:
    singles = [[line] for line in range(length) if line not in fold]
    return [*singles, sorted(fold)] if fold else singles


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
