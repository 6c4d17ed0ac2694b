"""Solves for the hidden cells of a two-way table from its totals, as somebody who wants to know them would.

Cells of a table with totals are amounts flowing from rows to columns, so the exact least and most of each whole-numbered
hidden cell follow from maximum flows. A hidden cell holds one voice at the least, for a nought would be shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

Place = tuple[int, int]
Node = tuple[bool, int]
"""A row (True, i) or a column (False, j)."""


class Contradiction(Exception):
    """Totals that no cells can make up."""


class HiddenCells:
    """The hidden cells of one table. `rows` and `columns` are what the hidden cells of each line add up to."""

    def __init__(self, places: Iterable[Place], rows: Mapping[int, int], columns: Mapping[int, int]) -> None:
        """Find one way to fill the cells. Raises Contradiction when there is none."""
        self.values: Final[dict[Place, int]] = dict.fromkeys(places, 1)
        self._of_row: dict[int, list[int]] = {}
        self._of_column: dict[int, list[int]] = {}
        for i, j in self.values:
            self._of_row.setdefault(i, []).append(j)
            self._of_column.setdefault(j, []).append(i)
        supply = {i: rows[i] - len(js) for i, js in self._of_row.items()}
        demand = {j: columns[j] - len(those) for j, those in self._of_column.items()}
        if min((*supply.values(), *demand.values()), default=0) < 0 or sum(supply.values()) != sum(demand.values()):
            raise Contradiction("the totals and the shown cells contradict each other")
        for i in supply:
            self._pour_greedily(i, supply, demand)
        while any(supply.values()):
            self._pour(supply, demand)

    def range_of(self, place: Place, enough: int | None = None) -> tuple[int, int]:
        """The least and the most of one hidden cell; with `enough`, the search ends when they are so far apart."""
        row, column = (True, place[0]), (False, place[1])
        if enough is not None and self._free(place, enough):
            return self.values[place], self.values[place] + enough
        started = self.values[place]
        self._move(column, row, place, enough)
        high = self.values[place]
        if enough is not None and high - started >= enough:
            return started, high
        self._move(row, column, place, enough)
        return self.values[place], high

    def _free(self, place: Place, amount: int) -> bool:
        """Whether a ring of four cells alone lets this one take so much more: the common case, seen at a glance."""
        i, j = place
        givers = [b for b in self._of_row[i] if b != j and self.values[i, b] > amount]
        return any(
            self.values[a, j] > amount and any((a, b) in self.values for b in givers)
            for a in self._of_column[j]
            if a != i
        )

    def _move(self, source: Node, goal: Node, place: Place, enough: int | None) -> None:
        """Change the cell at `place` as far as rings through it allow: up from its column, down from its row."""
        up = not source[0]
        moved = 0
        while enough is None or moved < enough:
            way = self._way([source], {goal}, avoid=place)
            room = self._room(way)
            if not up:
                room = min(room, self.values[place] - 1)
            if not way or room == 0:
                return
            self._push(way, room)
            self.values[place] += room if up else -room
            moved += room

    def _pour_greedily(self, i: int, supply: dict[int, int], demand: dict[int, int]) -> None:
        for j in self._of_row[i]:
            amount = min(supply[i], demand[j])
            self.values[i, j] += amount
            supply[i] -= amount
            demand[j] -= amount

    def _pour(self, supply: dict[int, int], demand: dict[int, int]) -> None:
        sources = [(True, i) for i, amount in supply.items() if amount]
        goals = {(False, j) for j, amount in demand.items() if amount}
        way = self._way(sources, goals)
        if not way:
            raise Contradiction("no cells can make up these totals")
        first, last = way[0][0][1], way[-1][1][1]
        amount = min(self._room(way), supply[first], demand[last])
        self._push(way, amount)
        supply[first] -= amount
        demand[last] -= amount

    def _way(self, sources: list[Node], goals: set[Node], avoid: Place | None = None) -> list[tuple[Node, Node]]:
        """The shortest way by which an amount can go: from row to column freely, back only where a cell has more than one."""
        came_from: dict[Node, Node | None] = dict.fromkeys(sources)
        waiting = deque(sources)
        while waiting:
            node = waiting.popleft()
            is_row, at = node
            for other in (self._of_row if is_row else self._of_column)[at]:
                cell = (at, other) if is_row else (other, at)
                following = (not is_row, other)
                if following in came_from or cell == avoid or (not is_row and self.values[cell] == 1):
                    continue
                came_from[following] = node
                if following in goals:
                    return _steps(following, came_from)
                waiting.append(following)
        return []

    def _room(self, way: list[tuple[Node, Node]]) -> int:
        """How much can go this way. Only what flows back is limited; a ring or a way to a goal always has such a step."""
        backward = [self.values[end[1], start[1]] - 1 for start, end in way if not start[0]]
        return min(backward) if backward else sum(self.values.values())

    def _push(self, way: list[tuple[Node, Node]], amount: int) -> None:
        for start, end in way:
            if start[0]:
                self.values[start[1], end[1]] += amount
            else:
                self.values[end[1], start[1]] -= amount


def _steps(node: Node, came_from: Mapping[Node, Node | None]) -> list[tuple[Node, Node]]:
    way = []
    before = came_from[node]
    while before is not None:
        way.append((before, node))
        node, before = before, came_from[before]
    return way[::-1]
