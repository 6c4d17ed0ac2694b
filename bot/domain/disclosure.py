"""Audits everything ever published as an attacker who has all of it, and says what could be worked out.

It sees publications only, never the figures behind them, and shares no code with what decides on hiding. That tables
can be looked at one by one rests on two things that it checks as well: no week is in two publications, and the tables
of one publication have nothing in common but the totals of its themes, which are published (decision 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.hidden_cells import Contradiction, HiddenCells
from bot.domain.publication import Line, Part, Publication, Table, TableKind


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that could be worked out: where, what, and between which values it must lie (if it is a cell)."""

    where: str
    problem: str
    low: int | None = None
    high: int | None = None


class Disclosive(Exception):
    """What was about to be published gives something away. Nothing was published."""

    def __init__(self, leaks: Sequence[Leak]) -> None:
        super().__init__("; ".join(f"{leak.where}: {leak.problem}" for leak in leaks))
        self.leaks = tuple(leaks)


def audit(publications: Sequence[Publication]) -> tuple[Leak, ...]:
    """What somebody could work out who has all of these. Empty when they give nothing away."""
    return (*_overlaps(publications), *(leak for publication in publications for leak in audit_alone(publication)))


def audit_alone(publication: Publication) -> tuple[Leak, ...]:
    """What could be worked out from one publication, whatever others there are of other weeks."""
    return (*_margins(publication), *(leak for table in publication.tables for leak in _table(publication, table)))


def _overlaps(publications: Sequence[Publication]) -> Iterator[Leak]:
    for one, other in pairwise(sorted(publications, key=lambda each: (each.first, each.last))):
        if other.first <= one.last:
            yield Leak(f"{one.span} and {other.span}", "a week is in both, so that one can be taken from the other")


def _margins(publication: Publication) -> Iterator[Leak]:
    k, span = publication.k, publication.span
    if publication.voices is None:
        if publication.themes or publication.tables or publication.people is not None:
            yield Leak(span, "too few people spoke, and yet something is shown")
        return
    if 0 < publication.voices < k or (publication.voices and (publication.people or k) < k):
        yield Leak(span, f"the total stands for fewer than {k} people")
    if sum(part.voices for part in publication.themes) != publication.voices:
        yield Leak(span, "the themes do not make up the total, so that what is missing can be worked out")
    yield from (_small(f"{span}, {part.name}", k) for part in publication.themes if 0 < part.voices < k)
    if publication.mostly and (len(publication.themes) > 1 or publication.voices < 2 * k):
        yield Leak(span, "what it is mostly about leaves too few values for the rest")
    for table in publication.tables:
        if not _shares_only_themes(publication.themes, table):
            yield Leak(f"{span}, by {table.kind}", "its totals are not the published totals of the themes")


def _shares_only_themes(themes: Sequence[Part], table: Table) -> bool:
    if table.kind is not TableKind.ENTRIES:
        return sorted(_parts(table.columns), key=_name) == sorted(themes, key=_name)
    theme_of = {member: theme.name for theme in themes for member in theme.members}
    voices = dict.fromkeys((theme.name for theme in themes), 0)
    for part in _parts(table.rows):
        homes = {theme_of.get(member.partition("/")[0]) for member in part.members}
        home = homes.pop()
        if homes or home is None:
            return False
        voices[home] += part.voices
    return voices == {theme.name: theme.voices for theme in themes}


def _table(publication: Publication, table: Table) -> Iterator[Leak]:
    k = publication.k
    where = f"{publication.span}, by {table.kind}"
    for part in (*_parts(table.rows), *_parts(table.columns)):
        if 0 < part.voices < k:
            yield _small(f"{where}, {part.name}", k)
    try:
        ranges = _ranges(table, k)
    except Contradiction as contradiction:
        yield Leak(where, str(contradiction))
        return
    for i, row in enumerate(table.rows):
        for j, column in enumerate(table.columns):
            cell_name = f"{where}, {row.name}, {column.name}"
            shown = table.cells[i][j]
            low, high = ranges[i, j] if shown is None else (shown, shown)
            if shown is not None and 0 < shown < k:
                yield _small(cell_name, k)
            if shown is None and high - low + 1 < k:
                yield Leak(cell_name, f"its hidden voices must be between {low} and {high}", low, high)
            yield from _inside(cell_name, row, (low, high), k)
            yield from _inside(cell_name, column, (low, high), k)


def _ranges(table: Table, k: int) -> dict[tuple[int, int], tuple[int, int]]:
    """Between which values each hidden cell lies: exactly in folded lines, elsewhere until they are k values. Raises Contradiction."""
    solver = _solver(table)
    folded = [len(row.parts) > 1 for row in table.rows], [len(column.parts) > 1 for column in table.columns]
    return {(i, j): solver.range_of((i, j), None if folded[0][i] or folded[1][j] else k - 1) for i, j in table.hidden}


def _inside(where: str, fold: Line, cell: tuple[int, int], k: int) -> Iterator[Leak]:
    """What the totals of a folded line's parts say of one of its cells, whose voices lie in the range `cell`."""
    if len(fold.parts) == 1:
        return
    for part in fold.parts:
        low, high = max(0, part.voices + cell[0] - fold.voices), min(part.voices, cell[1])
        if high > 0 and high - low + 1 < k and low < k:
            yield Leak(f"{where}, {part.name}", f"its voices must be between {low} and {high}", low, high)


def _solver(table: Table) -> HiddenCells:
    """Raises Contradiction when a line without hidden cells does not add up, or the hidden cells cannot."""
    rows = [row.voices - sum(cell or 0 for cell in line) for row, line in zip(table.rows, table.cells, strict=True)]
    columns = [
        column.voices - sum(cell or 0 for cell in line)
        for column, line in zip(table.columns, zip(*table.cells, strict=True), strict=True)
    ]
    hidden = table.hidden
    if any(left for i, left in enumerate(rows) if i not in {place[0] for place in hidden}) or any(
        left for j, left in enumerate(columns) if j not in {place[1] for place in hidden}
    ):
        raise Contradiction("a row or column does not add up to its total")
    return HiddenCells(hidden, dict(enumerate(rows)), dict(enumerate(columns)))


def _parts(lines: Sequence[Line]) -> list[Part]:
    return [part for line in lines for part in line.parts]


def _name(part: Part) -> str:
    return part.name


def _small(where: str, k: int) -> Leak:
    return Leak(where, f"a figure below {k} is shown")
