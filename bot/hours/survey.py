"""Goes once through a list of entries, to settle what no single row can: the dates' order, units, which columns are used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.hours.columns import Columns, LengthColumn
from bot.hours.dates import Order, day_part, order_of
from bot.hours.headings import Field, Unit
from bot.hours.lengths import Cell, is_blank, plain_number, read_length
from bot.hours.rows import cell_at, is_empty, sums_up, text_at
from bot.hours.unreadable import Unreadable

_HALF_DAYS = re.compile(r"\d\s*[ap]\.?\s?m\b", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")
_MANY = 0.1
_MOST = 0.9
_ENOUGH = 20
_HOURS_IN_A_DAY = 24
_MINUTES_IN_A_DAY = 1440
_DISTINCT_KEPT = 20_000


@dataclass(slots=True)
class LengthHabits:
    """How one column of lengths is filled."""

    filled: int = 0
    readable: int = 0
    numbers: int = 0
    over_hours: int = 0
    over_minutes: int = 0
    greatest: float = 0.0
    first_unreadable: int | None = None
    clocks: set[str] = field(default_factory=set)

    def add(self, line: int, cell: Cell) -> None:
        """Look at one cell of it."""
        if isinstance(cell, str) and cell in self.clocks:
            self.filled += 1
            self.readable += 1
            return
        if is_blank(cell):
            return
        self.filled += 1
        number = plain_number(cell)
        if number is not None:
            self.readable += 1
            self.numbers += 1
            self.over_hours += number > _HOURS_IN_A_DAY
            self.over_minutes += number > _MINUTES_IN_A_DAY
            self.greatest = max(self.greatest, number)
        elif read_length(cell, Unit.HOURS) is not None:
            self.readable += 1
            if isinstance(cell, str) and len(self.clocks) < _DISTINCT_KEPT:
                self.clocks.add(cell)
        elif self.first_unreadable is None:
            self.first_unreadable = line

    def unit(self, promised: Unit) -> Unit:
        """What a plain number counts: as the heading promises, else as the numbers' size tells."""
        if promised is not Unit.UNKNOWN or not self.numbers:
            return Unit.HOURS if promised is Unit.UNKNOWN else promised
        if self.over_minutes > _MANY * self.numbers:
            return Unit.SECONDS
        return Unit.MINUTES if self.over_hours > _MANY * self.numbers else Unit.HOURS

    @property
    def in_days(self) -> bool:
        """Whether the numbers are parts of a day, as a workbook holds a length that lost its format."""
        return self.numbers >= _ENOUGH and self.numbers == self.filled and self.greatest < 1


@dataclass(slots=True)
class Survey:
    """What all rows together tell."""

    order: Order = Order.MONTH_FIRST
    length: LengthColumn | None = None
    in_days: bool = False
    group: int | None = None
    group_is_client: bool = False
    person: tuple[int, ...] = ()
    carry_day: bool = False
    carry_person: bool = False
    entries: int = 0


@dataclass(slots=True)
class _Counting:
    dates: set[str] = field(default_factory=set)
    half_days: bool = False
    european: bool = False
    rows: int = 0
    undated: int = 0
    unnamed: int = 0
    filled: dict[int, int] = field(default_factory=dict)


def survey(columns: Columns, rows: Iterable[tuple[int, list[Cell]]], *, european: bool = False) -> Survey:
    """Settle how this list of entries is to be read. Raises Unreadable when no column of lengths can be."""
    seen = _Counting(european=european)
    habits = [LengthHabits() for _ in columns.lengths]
    where = columns.where
    dated = [where[each] for each in (Field.START_DATE, Field.DATE, Field.START, Field.END_DATE) if each in where]
    clocks = [where[each] for each in (Field.START, Field.END) if each in where]
    people = [where[each] for each in columns.person]
    needed = columns.needed
    watched = [*people, *columns.teams, *columns.clients]
    for line, cells in rows:
        if line <= columns.line or is_empty(cells) or columns.repeated(cells) or sums_up(cells, needed):
            continue
        lengths = [cell_at(cells, each.index) for each in columns.lengths]
        if (
            columns.lengths
            and all(is_blank(each) for each in lengths)
            and not all(text_at(cells, each) for each in clocks or [-1])
        ):
            continue
        seen.rows += 1
        for habit, cell in zip(habits, lengths, strict=True):
            habit.add(line, cell)
        for index in watched:
            if text_at(cells, index):
                seen.filled[index] = seen.filled.get(index, 0) + 1
        _see_dates(seen, [cell_at(cells, each) for each in dated], [cell_at(cells, each) for each in clocks])
        seen.unnamed += bool(people) and not any(text_at(cells, each) for each in people)
        if not seen.european:
            seen.european = any(isinstance(each, str) and _DECIMAL_COMMA.fullmatch(each.strip()) for each in lengths)
    return _settled(columns, seen, habits)


def _see_dates(seen: _Counting, dated: list[Cell], clocks: list[Cell]) -> None:
    if all(is_blank(each) for each in dated):
        seen.undated += 1
    for cell in dated:
        if isinstance(cell, str) and len(seen.dates) < _DISTINCT_KEPT:
            seen.dates.add(day_part(cell))
    if not seen.half_days:
        seen.half_days = any(isinstance(each, str) and _HALF_DAYS.search(each) is not None for each in clocks)


def _settled(columns: Columns, seen: _Counting, habits: list[LengthHabits]) -> Survey:
    length, in_days = _length_column(columns, habits)
    teams = [each for each in columns.teams if seen.filled.get(each)]
    clients = [each for each in columns.clients if seen.filled.get(each)]
    return Survey(
        order=order_of(sorted(seen.dates), european=seen.european, half_days=seen.half_days),
        length=length,
        in_days=in_days,
        group=next(iter([*teams, *clients]), None),
        group_is_client=not teams,
        person=_person_columns(columns, seen),
        carry_day=seen.undated > _MANY * seen.rows,
        carry_person=seen.unnamed > _MANY * seen.rows,
        entries=seen.rows,
    )


def _person_columns(columns: Columns, seen: _Counting) -> tuple[int, ...]:
    """The columns that together tell people apart: an address or number that every row has, else names."""
    where = columns.where
    named = seen.rows - seen.unnamed
    for each in (Field.EMAIL, Field.PERSON_ID):
        if each in where and named and seen.filled.get(where[each], 0) >= named:
            return (where[each],)
    parts = [where[each] for each in (Field.FIRST_NAME, Field.LAST_NAME) if seen.filled.get(where.get(each, -1))]
    if Field.NAME in where and seen.filled.get(where[Field.NAME], 0) >= max(
        [seen.filled[each] for each in parts], default=1
    ):
        return (where[Field.NAME],)
    if parts:
        return tuple(parts)
    return tuple(where[each] for each in (Field.EMAIL, Field.PERSON_ID) if seen.filled.get(where.get(each, -1)))


def _length_column(columns: Columns, habits: list[LengthHabits]) -> tuple[LengthColumn | None, bool]:
    filled = [(column, habit) for column, habit in zip(columns.lengths, habits, strict=True) if habit.filled]
    usable = [(column, habit) for column, habit in filled if habit.readable >= _MOST * habit.filled]
    if not usable:
        if filled and not (Field.START in columns.where and Field.END in columns.where):
            column, habit = filled[0]
            raise Unreadable(
                "this is not a length of time.",
                "Write it as 1:30, 01:30:00, 1.5 or 1h 30m, or leave it empty.",
                line=habit.first_unreadable,
                column=columns.name(column.index),
            )
        return None, False
    most = max(habit.filled for _, habit in usable)
    full = [each for each in usable if each[1].filled >= _MOST * most]
    clocks = [each for each in full if each[1].numbers < _MANY * each[1].filled]
    decimals = [each for each in full if each[0].decimal]
    column, habit = (clocks or decimals or full)[0]
    in_days = not column.decimal and column.unit in {Unit.UNKNOWN, Unit.HOURS} and habit.in_days
    return LengthColumn(column.index, habit.unit(column.unit), column.decimal), in_days
