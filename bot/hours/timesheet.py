"""Reads weekly timesheets: a row for a person (and a project), a column for each day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.hours_record import Entry
from bot.hours.columns import WeekColumns, week_columns
from bot.hours.dates import Order, read_week
from bot.hours.headings import Field, Unit
from bot.hours.lengths import Cell, is_blank, read_length
from bot.hours.listing import EVERYBODY
from bot.hours.people import Pseudonyms
from bot.hours.rows import cell_at, is_empty, is_total, text_at
from bot.hours.survey import LengthHabits
from bot.hours.unreadable import Unreadable

_SOME_MONDAY = 738_886
"""Monday, 1 January 2024: stands for a week that the export does not date."""


@dataclass(slots=True)
class _Place:
    """Where in the file the reading is."""

    columns: WeekColumns | None = None
    monday: int | None = None
    person: tuple[str, ...] = ()


class Timesheet:
    """A weekly timesheet, or several below each other."""

    def __init__(self, order: Order, people: Pseudonyms) -> None:
        """`order` is that of the dates."""
        self._order = order
        self._people = people
        self.group_is_client = False

    def entries(self, rows: Iterable[tuple[int, list[Cell]]], unit: Unit) -> Iterator[Entry]:
        """One entry for each filled cell; plain numbers count in `unit`."""
        place = _Place()
        for line, cells in rows:
            if is_empty(cells) or self._heads(place, line, cells) or place.columns is None or is_total(cells):
                continue
            yield from self._row(place, place.columns, line, cells, unit)

    def unit(self, rows: Iterable[tuple[int, list[Cell]]]) -> Unit:
        """What the plain numbers count, by their size."""
        place, habits = _Place(), LengthHabits()
        for line, cells in rows:
            if not self._heads(place, line, cells) and place.columns is not None and not is_total(cells):
                for each in place.columns.days:
                    habits.add(line, cell_at(cells, each.index))
        return habits.unit(Unit.UNKNOWN)

    def _heads(self, place: _Place, line: int, cells: list[Cell]) -> bool:
        """Take in a row of headings, or a title that names the week; false for any other row."""
        columns = week_columns(line, cells, self._order)
        if columns is not None:
            place.columns = columns
            return True
        filled = [cell for cell in cells if not is_blank(cell)]
        if len(filled) == 1 and (monday := read_week(filled[0], self._order)) is not None:
            place.monday = monday
            return True
        return False

    def _row(self, place: _Place, week: WeekColumns, line: int, cells: list[Cell], unit: Unit) -> Iterator[Entry]:
        known = week.columns
        if all(is_blank(cell_at(cells, each.index)) for each in week.days):
            return
        monday = place.monday
        if Field.WEEK in known.where or Field.DATE in known.where or Field.START_DATE in known.where:
            index = next(
                known.where[each] for each in (Field.WEEK, Field.START_DATE, Field.DATE) if each in known.where
            )
            named = read_week(cell_at(cells, index), self._order)
            if named is None and not is_blank(cell_at(cells, index)):
                raise Unreadable(
                    "this is not a week.", "Write its first day, as 2026-11-30.", line=line, column=known.name(index)
                )
            monday = place.monday = named or monday
        person = tuple(text_at(cells, known.where[each]) for each in known.person)
        place.person = person if any(person) else place.person
        number = self._people.number(place.person or ("",))
        for names in (place.person, place.person[::-1], *((each,) for each in place.person)):
            self._people.remember_name(names)
        group = self._group(week, cells)
        for each in week.days:
            cell = cell_at(cells, each.index)
            if is_blank(cell):
                continue
            length = read_length(cell, unit)
            if length is None:
                raise Unreadable(
                    "this is not a length of time.",
                    "Write it as 1:30, 1.5 or 1h 30m, or leave it empty.",
                    line=line,
                    column=str(each.index + 1),
                )
            day = each.day if each.day is not None else (_SOME_MONDAY if monday is None else monday) + each.weekday
            if length.minutes > 0:
                yield Entry(group, number, day, length.minutes, None, length.decimal)

    def _group(self, week: WeekColumns, cells: list[Cell]) -> str:
        for index in (*week.columns.teams, *week.columns.clients):
            self.group_is_client = not week.columns.teams
            return " ".join(text_at(cells, index).split()) or ("no client" if self.group_is_client else "no team")
        return EVERYBODY
