"""Decides what of a table may be shown: hides small cells with their rings, and folds lines in which there are none.

Every row and column comes with a total that may be shown (rolling_up.py sees to that) and stays known when the line is
folded into another. So does a nought: where nobody spoke, the table says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.counted import Unit
from bot.domain.counted_grid import Cells, Grid, Groups, folded, singles
from bot.domain.rings import Place, Rings

FOLDED_AT_ONCE = 4
"""Of many lines that must be folded, a quarter goes at once; the others are then looked at again."""


ROW_TOTAL = 3
"""How many cells the total of another row is worth to a reader: a week of one's own shows whether it gets better."""


class CannotBeShown(Exception):
    """A table that cannot be made safe, not even as totals alone."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What of a table may be shown. Rows and columns are groups of the grid's own, and `hidden` are places in the groups."""

    rows: Groups
    columns: Groups
    voices: Sequence[Sequence[int]]
    hidden: frozenset[Place]

    @property
    def worth(self) -> int:
        """How much a reader learns beyond the columns' own totals: cells that can be read, and rows with totals."""
        rows = sum(1 for line in self.voices if any(line))
        shown = sum(1 for line in self.voices for voices in line if voices) - len(self.hidden)
        return shown + ROW_TOTAL * rows if rows > 1 else 0


def break_down(table: Grid, k: int, *, fold_rows: bool = True) -> Breakdown:
    """Hide and fold until nothing small can be worked out."""
    folds = _Folds(table, fold_rows=fold_rows)
    while True:
        rows, columns = folds.groups()
        cells = folded(table, rows, columns)
        rings = Rings(cells, k)
        weak_rows, weak_columns = rings.lines_without()
        if weak_columns or (weak_rows and fold_rows):
            folds.fold(weak_rows, weak_columns, cells)
            continue
        bare = rings.hide()
        if bare:
            folds.fold({i for i, _ in bare}, {j for _, j in bare}, cells)
            continue
        hidden = rings.hidden
        tight = tight_folds(table, rows, columns, cells, hidden, k)
        if tight is None:
            return Breakdown(rows, columns, cells.voices, hidden)
        folds.take_in(is_row=tight)


def totals_alone(table: Grid, k: int) -> Breakdown:
    """The table's totals and nothing inside: what may always be shown, since each total is nobody or k people."""
    rows, columns = singles(table.rows), [list(range(len(table.columns)))]
    cells = folded(table, rows, columns)
    if tight_folds(table, rows, columns, cells, frozenset(), k) is not None:
        raise CannotBeShown("even the totals of this table give something away")
    return Breakdown(rows, columns, cells.voices, frozenset())


def too_tight(low: int, high: int, k: int, *, small: bool) -> bool:
    """Whether a cell that must lie between two values is as good as known: fewer than k values, and not surely a large one."""
    return high > 0 and high - low + 1 < k and (low < k or small)


def tight_folds(
    table: Grid, rows: Groups, columns: Groups, cells: Cells, hidden: frozenset[Place], k: int
) -> bool | None:
    """Whether the known total of a line gives away a cell of it that was folded: True for a row's, False for a column's.

    None when nothing is given away. A cell inside a folded one can hold all that its row's and its column's share of
    the fold allow, for with only these known the amounts move freely. What a small hidden cell holds may be k - 1 more.
    """
    by_column = folded(table, rows, singles(table.columns))
    by_row = folded(table, singles(table.rows), columns)
    for i, some in enumerate(rows):
        row_total = sum(table.rows[v].count.voices for v in some)
        for j, those in enumerate(columns):
            if len(some) == 1 and len(those) == 1:
                continue
            low = cells.voices[i][j]
            high = low + k - 1 if (i, j) in hidden and cells.least[i][j] < k else low
            column_total = sum(table.columns[t].count.voices for t in those)
            row_shares = [_share(table.rows[v], row_total, low, high) for v in some]
            column_shares = [_share(table.columns[t], column_total, low, high) for t in those]
            if len(those) > 1 and any(
                too_tight(*share, k, small=_is_small(by_column, i, t, k))
                for t, share in zip(those, column_shares, strict=True)
            ):
                return False
            if len(some) > 1 and any(
                too_tight(*share, k, small=_is_small(by_row, v, j, k))
                for v, share in zip(some, row_shares, strict=True)
            ):
                return True
            if len(some) > 1 and len(those) > 1:
                for v, (row_low, row_high) in zip(some, row_shares, strict=True):
                    for t, (column_low, column_high) in zip(those, column_shares, strict=True):
                        limits = max(0, row_low + column_low - low), min(row_high, column_high)
                        if too_tight(*limits, k, small=_is_small(table.cells, v, t, k)):
                            return False
    return None


def _share(line: Unit, fold: int, low: int, high: int) -> tuple[int, int]:
    """Between what a folded line's part of a cell lies, when the cell lies between `low` and `high`."""
    return max(0, line.count.voices + low - fold), min(line.count.voices, high)


def _is_small(cells: Cells, i: int, j: int, k: int) -> bool:
    return 0 < cells.least[i][j] < k


@dataclass(slots=True)
class _Folds:
    """Which rows and which columns are laid into one, so far."""

    table: Grid
    fold_rows: bool
    _rows: list[int] = field(default_factory=list)
    _columns: list[int] = field(default_factory=list)

    def groups(self) -> tuple[Groups, Groups]:
        """The rows and columns as they stand. Where one side is a single line, the other is shown as it is."""
        if len(self._columns) > 1 and self._next(is_row=False) is None:
            self._rows = []
        elif len(self._rows) > 1 and self._next(is_row=True) is None:
            self._columns = []
        return _groups(self.table.rows, self._rows), _groups(self.table.columns, self._columns)

    def fold(self, weak_rows: set[int], weak_columns: set[int], cells: Cells) -> None:
        """Fold the smallest of these lines, which are places in the groups."""
        lines = [(sum(line[j] for line in cells.voices), False, j) for j in weak_columns]
        if self.fold_rows:
            lines += [(sum(cells.voices[i]), True, i) for i in weak_rows]
        lines.sort()
        rows, columns = self.groups()
        for _, is_row, place in lines[: max(1, len(lines) // FOLDED_AT_ONCE)]:
            group, fold = (rows[place], self._rows) if is_row else (columns[place], self._columns)
            if len(group) > 1:
                self.take_in(is_row=is_row)
            elif group[0] not in fold:
                fold.append(group[0])
                if len(fold) == 1:
                    self.take_in(is_row=is_row)

    def take_in(self, *, is_row: bool) -> None:
        """Fold the smallest row or column with voices that is not folded yet. Raises CannotBeShown when there is none."""
        line = self._next(is_row=is_row)
        if line is None:
            raise CannotBeShown("even the totals of this table give something away")
        (self._rows if is_row else self._columns).append(line)

    def _next(self, *, is_row: bool) -> int | None:
        units, fold = (self.table.rows, self._rows) if is_row else (self.table.columns, self._columns)
        left = [(unit.count.voices, line) for line, unit in enumerate(units) if unit.count.voices and line not in fold]
        return min(left)[1] if left else None


def _groups(units: Sequence[Unit], fold: Sequence[int]) -> Groups:
    left = [[line] for line in range(len(units)) if line not in fold]
    return [*left, sorted(fold)] if fold else left
