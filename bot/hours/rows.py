"""Which rows of an export are entries: not totals, not repeated headings, not empty lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.hours.headings import plain
from bot.hours.lengths import Cell, is_blank

_TOTAL = re.compile(
    r"(?:grand |sub|sub-|sub )?totals?\b|summe\b|zwischensumme\b|gesamt\w*|insgesamt\b|total general\b|somme\b|suma\b"
    r"|totale\b|totaal\b|sum\b|overall\b|average\b|durchschnitt\b"
)
_LOOKED_AT = 6


def is_empty(cells: Sequence[Cell]) -> bool:
    """Whether nothing stands in this row."""
    return not any(cells) or all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def is_total(cells: Sequence[Cell]) -> bool:
    """Whether one of the first cells says that this row sums up others."""
    return any(_says_total(cell) for cell in cells[:_LOOKED_AT])


def sums_up(cells: Sequence[Cell], needed: Sequence[Sequence[int]]) -> bool:
    """Whether this row of a list is a total: it says so, and lacks what every entry has.

    `needed` names the columns, in sets of alternatives, that entries fill. A client called Total Energies is no total.
    """
    for columns in needed:
        if all(lacks(cell_at(cells, index)) for index in columns):
            return is_total(cells)
    return False


def lacks(cell: Cell) -> bool:
    """Whether nothing stands here, or only a word for a total."""
    return cell is None or cell == "" or (isinstance(cell, str) and (is_blank(cell) or _says_total(cell)))


def _says_total(cell: Cell) -> bool:
    return isinstance(cell, str) and cell[:1].isalpha() and _TOTAL.match(plain(cell)) is not None


def cell_at(cells: Sequence[Cell], index: int) -> Cell:
    """The cell in this column, or nothing where the row is too short."""
    return cells[index] if index < len(cells) else None


def text_at(cells: Sequence[Cell], index: int | None) -> str:
    """The text in this column, without spaces around it; empty when there is none."""
    if index is None or index >= len(cells):
        return ""
    cell = cells[index]
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return f"{cell:g}"
    return "" if is_blank(cell) else str(cell)
