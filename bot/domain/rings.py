"""Finds, for each small cell of a table, the ring of cells that must be hidden with it so that it cannot be worked out.

A ring goes from the small cell's column back to its row: into a row by a *strong* cell (k people or more), on to another
column by any cell with voices, and so on. Along it k - 1 voices can be moved, the strong cells giving and the others
taking, and no total changes: so the small cell may hold k different values. It also means that no sum of hidden cells
that the totals give away is made of small cells alone, for such a sum would cut the ring in two (decision 7).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from bot.domain.counted_grid import Cells

Place = tuple[int, int]


class Rings:
    """The cells as bit masks: bit j of `strong_row[i]` says that the cell in row i and column j has k people."""

    def __init__(self, cells: Cells, k: int) -> None:
        """Hide the small cells themselves; their rings come by hide()."""
        height, width = len(cells.voices), len(cells.voices[0]) if cells.voices else 0
        self._voices = cells.voices
        self.small: list[Place] = []
        self.strong_row, self.strong_column = [0] * height, [0] * width
        self.voiced = [0] * height
        self._hidden_row, self._hidden_column = [0] * height, [0] * width
        for i, (line, people) in enumerate(zip(cells.voices, cells.least, strict=True)):
            for j, voices in enumerate(line):
                if not voices:
                    continue
                self.voiced[i] |= 1 << j
                if people[j] >= k:
                    self.strong_row[i] |= 1 << j
                    self.strong_column[j] |= 1 << i
                else:
                    self.small.append((i, j))
                    self._hide(i, j)

    @property
    def hidden(self) -> frozenset[Place]:
        """Every hidden place."""
        return frozenset((i, j) for i, mask in enumerate(self._hidden_row) for j in _bits(mask))

    def lines_without(self) -> tuple[set[int], set[int]]:
        """Rows and columns with a small cell but no strong one: no ring can pass through them."""
        return (
            {i for i, _ in self.small if not self.strong_row[i]},
            {j for _, j in self.small if not self.strong_column[j]},
        )

    def hide(self) -> list[Place]:
        """Hide a ring for every small cell. Returns the small cells for which there is none."""
        bare = [place for place in self.small if not self._ringed(*place)]
        if not bare and len(self.hidden) <= LOOKED_AT_AGAIN:
            self._show_what_can_be_spared()
        return bare

    def _show_what_can_be_spared(self) -> None:
        """Rings were found one by one; together they may not need every strong cell. The largest are shown first."""
        strong = [(i, j) for i, j in self.hidden if self.strong_row[i] >> j & 1]
        for i, j in sorted(strong, key=lambda place: (-self._voices[place[0]][place[1]], place)):
            self._hidden_row[i] ^= 1 << j
            self._hidden_column[j] ^= 1 << i
            if not self._all_ringed():
                self._hide(i, j)

    def _all_ringed(self) -> bool:
        """Whether there is a way back from the column to the row of each small cell: a ring, whatever its length."""
        ways: dict[int, int] = {}
        for i, j in self.small:
            if i not in ways:
                ways[i] = self._columns_leading_to(i)
            if not ways[i] >> j & 1:
                return False
        return True

    def _columns_leading_to(self, i: int) -> int:
        rows, columns = 1 << i, 0
        waiting = [i]
        while waiting:
            row = waiting.pop()
            new = self._hidden_row[row] & self.strong_row[row] & ~columns
            columns |= new
            for column in _bits(new):
                into = self._hidden_column[column] & ~rows
                rows |= into
                waiting.extend(_bits(into))
        return columns

    def _ringed(self, i: int, j: int) -> bool:
        for a in _bits(self.strong_column[j] & self._hidden_column[j]):
            if self.strong_row[i] & self._hidden_row[i] & self._hidden_row[a]:
                return True
        ring = self._cheapest_of_four(i, j) or self._shortest(i, j)
        for at in ring:
            self._hide(*at)
        return bool(ring)

    def _hide(self, i: int, j: int) -> None:
        self._hidden_row[i] |= 1 << j
        self._hidden_column[j] |= 1 << i

    def _price(self, i: int, j: int) -> int:
        """Nothing for a cell that is hidden already; the fewest cells first, and then the fewest voices."""
        return 0 if self._hidden_row[i] >> j & 1 else ANOTHER_CELL + self._voices[i][j]

    def _cheapest_of_four(self, i: int, j: int) -> list[Place]:
        best = 0
        ring: list[Place] = []
        mine = [(b, self._price(i, b)) for b in _bits(self.strong_row[i])]
        for a in _bits(self.strong_column[j]):
            first, voiced = self._price(a, j), self.voiced[a]
            if ring and first >= best:
                continue
            for b, second in mine:
                if voiced >> b & 1:
                    price = first + second + self._price(a, b)
                    if not ring or price < best:
                        best, ring = price, [(a, j), (i, b), (a, b)]
        return ring

    def _shortest(self, i: int, j: int) -> list[Place]:
        into_row: dict[int, int] = {}
        into_column: dict[int, int] = {j: i}
        waiting = deque([j])
        while waiting and i not in into_row:
            column = waiting.popleft()
            for a in _bits(self.strong_column[column]):
                if a in into_row:
                    continue
                into_row[a] = column
                for b in _bits(self.voiced[a]):
                    if b not in into_column:
                        into_column[b] = a
                        waiting.append(b)
        if i not in into_row:
            return []
        ring: list[Place] = []
        row = i
        while True:
            column = into_row[row]
            ring.append((row, column))
            if column == j:
                return ring
            row = into_column[column]
            ring.append((row, column))


LOOKED_AT_AGAIN = 64
"""Up to so many hidden cells are looked at again for some to spare. In larger tables it spares a tenth, and takes seconds."""
ANOTHER_CELL = 1 << 40
"""What one more hidden cell weighs, in voices: more than any cell has."""


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
