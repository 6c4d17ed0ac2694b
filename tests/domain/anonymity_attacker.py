"""Somebody who has every export ever made and wants to know what is hidden in them. Shares no code with the product.

The attacker knows that amounts are whole numbers, that totals are the sums of what they are totals of, and that a
hidden figure is not nought. Everything else is search, up to a patience that no table of a single kind has ever tried.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

Unknown = Hashable
PATIENCE = 2000
"""How many guesses the attacker makes before counting a value as possible."""


@dataclass
class Attacker:
    """Facts about sums of unknown whole numbers: each lies between two values (no upper one: None)."""

    facts: list[tuple[frozenset[Unknown], int, int | None]] = field(default_factory=list)

    def learns(self, parts: Iterable[Unknown], low: int, high: int | None) -> None:
        self.facts.append((frozenset(parts), low, high))

    def values(self, parts: Iterable[Unknown], enough: int) -> set[int]:
        """The values that a sum of unknowns may have; the search ends at `enough` of them."""
        wanted = frozenset(parts)
        bounds = [high for known, _, high in self.facts if high is not None and wanted <= known]
        ceiling = min(bounds) if bounds else self._all_that_was_read() + enough
        found: set[int] = set()
        for value in range(ceiling + 1):
            if _possible([*self.facts, (wanted, value, value)]):
                found.add(value)
                if len(found) >= enough:
                    break
        return found

    def _all_that_was_read(self) -> int:
        return sum(max(low, high or 0) for _, low, high in self.facts)


def _possible(facts: Sequence[tuple[frozenset[Unknown], int, int | None]]) -> bool:
    """Whether any whole numbers agree with all facts."""
    unknowns = sorted({each for parts, _, _ in facts for each in parts}, key=str)
    place = {each: number for number, each in enumerate(unknowns)}
    sums = [([place[each] for each in parts], low, high) for parts, low, high in facts]
    top = max((high for _, _, high in sums if high is not None), default=0)
    return _search(sums, [0] * len(unknowns), [top] * len(unknowns), [PATIENCE])


def _search(
    sums: Sequence[tuple[list[int], int, int | None]], low: list[int], high: list[int], patience: list[int]
) -> bool:
    if not _narrow(sums, low, high):
        return False
    patience[0] -= 1
    if patience[0] < 0:
        return True
    open_ones = [number for number in range(len(low)) if low[number] < high[number]]
    if not open_ones:
        return True
    chosen = min(open_ones, key=lambda number: high[number] - low[number])
    middle = (low[chosen] + high[chosen]) // 2
    for first, last in ((low[chosen], middle), (middle + 1, high[chosen])):
        lower, upper = low.copy(), high.copy()
        lower[chosen], upper[chosen] = first, last
        if _search(sums, lower, upper, patience):
            return True
    return False


def _narrow(sums: Sequence[tuple[list[int], int, int | None]], low: list[int], high: list[int]) -> bool:
    changed = True
    while changed:
        changed = False
        for parts, least, most in sums:
            lows, highs = sum(low[each] for each in parts), sum(high[each] for each in parts)
            if highs < least or (most is not None and lows > most):
                return False
            for each in parts:
                floor = least - (highs - high[each])
                if floor > low[each]:
                    lows += floor - low[each]
                    low[each] = floor
                    changed = True
                if most is not None and most - (lows - low[each]) < high[each]:
                    ceiling = most - (lows - low[each])
                    highs += ceiling - high[each]
                    high[each] = ceiling
                    changed = True
                if low[each] > high[each]:
                    return False
    return True


def determined_sums(
    cells: Sequence[tuple[int, int]], equations: Iterable[Mapping[tuple[int, int], int]]
) -> Iterable[tuple[tuple[int, int], ...]]:
    """Every choice of cells whose sum follows from the equations by linear algebra alone, exactly, over fractions."""
    basis = _echelon([[Fraction(equation.get(cell, 0)) for cell in cells] for equation in equations])
    for bits in product((0, 1), repeat=len(cells)):
        if any(bits) and _spanned(basis, [Fraction(bit) for bit in bits]):
            yield tuple(cell for cell, bit in zip(cells, bits, strict=True) if bit)


def _echelon(rows: list[list[Fraction]]) -> list[tuple[int, list[Fraction]]]:
    basis: list[tuple[int, list[Fraction]]] = []
    for row in rows:
        left = _reduced(basis, row)
        pivot = next((place for place, value in enumerate(left) if value), None)
        if pivot is not None:
            basis.append((pivot, [value / left[pivot] for value in left]))
    return basis


def _reduced(basis: Sequence[tuple[int, list[Fraction]]], row: list[Fraction]) -> list[Fraction]:
    for pivot, known in basis:
        factor = row[pivot]
        if factor:
            row = [value - factor * other for value, other in zip(row, known, strict=True)]
    return row


def _spanned(basis: Sequence[tuple[int, list[Fraction]]], row: list[Fraction]) -> bool:
    return not any(_reduced(basis, row))
