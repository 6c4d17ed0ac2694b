"""Finds the row of headings in an export, and which column holds what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.hours.dates import Order, read_day, weekday_of
from bot.hours.headings import Field, Unit, field_of, is_decimal, plain, unit_of
from bot.hours.lengths import Cell

HEADINGS_WITHIN = 60
"""The row of headings is looked for among so many rows."""
_FEWEST_DAY_COLUMNS = 5
_A_YEAR = 2024
_UNSUITABLE = (
    "billable",
    "invoiced",
    "estimate",
    "budget",
    "idle",
    "overtime",
    "target",
    "rate",
    "amount",
    "break",
    "pause",
)


@dataclass(frozen=True, slots=True)
class LengthColumn:
    """A column of lengths, and what a plain number in it counts."""

    index: int
    unit: Unit
    decimal: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a list of entries holds what. Every index counts from 0; `headings` are the recognised headings."""

    line: int
    headings: dict[int, str]
    where: dict[Field, int]
    lengths: tuple[LengthColumn, ...]
    teams: tuple[int, ...]
    clients: tuple[int, ...]

    @property
    def person(self) -> tuple[Field, ...]:
        """The fields that tell people apart, the best first."""
        return tuple(
            each
            for each in (Field.EMAIL, Field.PERSON_ID, Field.NAME, Field.FIRST_NAME, Field.LAST_NAME)
            if each in self.where
        )

    @property
    def needed(self) -> tuple[tuple[int, ...], ...]:
        """The columns that every entry fills, in sets of alternatives: its day, and its person."""
        days = tuple(self.where[each] for each in (Field.START_DATE, Field.DATE, Field.START) if each in self.where)
        people = tuple(self.where[each] for each in self.person)
        return (days, people) if people else (days,)

    def repeated(self, cells: Sequence[Cell]) -> bool:
        """Whether a row repeats the headings, as files that were joined do."""
        return all(
            index < len(cells) and isinstance(cell := cells[index], str) and f"“{cell.strip()}”" == heading
            for index, heading in self.headings.items()
        )

    def name(self, index: int) -> str:
        """How to speak of a column: by its heading when the reader knows it, else by its number."""
        return self.headings.get(index, str(index + 1))


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A column of a weekly timesheet: a weekday (0 is Monday), and the day itself where the heading names it."""

    index: int
    weekday: int
    day: int | None


@dataclass(frozen=True, slots=True)
class WeekColumns:
    """Where a weekly timesheet holds what."""

    columns: Columns
    days: tuple[DayColumn, ...]


def list_columns(line: int, cells: Sequence[Cell]) -> Columns | None:
    """The columns of a list of entries, when this row is its headings: at least a day and a length, or start and end."""
    columns = known_columns(line, cells)
    where = columns.where
    dated = Field.DATE in where or Field.START_DATE in where or Field.START in where
    timed = bool(columns.lengths) or (Field.START in where and Field.END in where)
    return columns if dated and timed else None


def week_columns(line: int, cells: Sequence[Cell], order: Order) -> WeekColumns | None:
    """The columns of a weekly timesheet, when this row is its headings: five weekdays or days, or more."""
    weekdays = {
        index: day
        for index, cell in enumerate(cells)
        if isinstance(cell, str) and (day := weekday_of(cell)) is not None
    }
    if len(weekdays) >= _FEWEST_DAY_COLUMNS:
        first = min(weekdays)
        begins = weekdays[first]
        days = tuple(DayColumn(index, (begins + place) % 7, None) for place, index in enumerate(sorted(weekdays)))
    else:
        named = {index: day for index, cell in enumerate(cells) if (day := _heading_day(cell, order)) is not None}
        if len(named) < _FEWEST_DAY_COLUMNS:
            return None
        days = tuple(DayColumn(index, (day - 1) % 7, day) for index, day in sorted(named.items()))
    taken = {each.index for each in days}
    rest = known_columns(line, [None if index in taken else cell for index, cell in enumerate(cells)])
    return WeekColumns(rest, days)


def known_columns(line: int, cells: Sequence[Cell]) -> Columns:
    """Whatever columns of this row of headings are known."""
    where: dict[Field, int] = {}
    headings: dict[int, str] = {}
    lengths: list[LengthColumn] = []
    teams: list[int] = []
    clients: list[int] = []
    for index, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        field = field_of(cell)
        if field is Field.OTHER:
            continue
        headings[index] = f"“{cell.strip()}”"
        if field is Field.LENGTH:
            if not any(each in plain(cell) for each in _UNSUITABLE):
                lengths.append(LengthColumn(index, unit_of(cell), is_decimal(cell)))
        elif field is Field.TEAM:
            teams.append(index)
        elif field is Field.CLIENT:
            clients.append(index)
        where.setdefault(field, index)
    if Field.LAST_NAME not in where and Field.FIRST_NAME in where and Field.NAME in where:
        where[Field.LAST_NAME] = where.pop(Field.NAME)  # "Nom" beside "Prénom", "Name" beside "Vorname"
    lengths.sort(key=lambda each: each.decimal)
    return Columns(line, headings, where, tuple(lengths), tuple(teams), tuple(clients))


def first_table(rows: Iterable[tuple[int, list[Cell]]]) -> tuple[Columns | None, list[tuple[int, list[Cell]]]]:
    """The headings of a list of entries among the first rows, and the rows that were looked at."""
    seen = []
    for line, cells in rows:
        seen.append((line, cells))
        columns = list_columns(line, cells)
        if columns is not None:
            return columns, seen
        if len(seen) == HEADINGS_WITHIN:
            break
    return None, seen


def _heading_day(cell: Cell, order: Order) -> int | None:
    return None if isinstance(cell, float) else read_day(cell, order, year=_A_YEAR)
