"""Reads a list of entries (Toggl Track, Clockify, Harvest, Hubstaff, Timely, and plain tables): one entry in each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.domain.hours_record import Entry
from bot.hours.columns import Columns
from bot.hours.dates import Moment, read_day, read_moment
from bot.hours.headings import Field
from bot.hours.lengths import Cell, Length, is_blank, read_length
from bot.hours.people import Pseudonyms
from bot.hours.rows import cell_at, is_empty, sums_up, text_at
from bot.hours.survey import Survey
from bot.hours.unreadable import Unreadable

EVERYBODY = "all"
_MINUTES_IN_A_DAY = 1440
_LONGEST = 2 * _MINUTES_IN_A_DAY
_ROUNDING = 0.65
"""Minutes by which an entry in hundredths of an hour may differ from its end minus its start."""
_REMEMBERED = 200_000


class Listing:
    """A list of entries, with what the survey settled."""

    def __init__(self, columns: Columns, found: Survey, people: Pseudonyms) -> None:
        """`people` gives the numbers."""
        self._columns = columns
        self._found = found
        self._people = people
        where = columns.where
        self._day_columns = [where[each] for each in (Field.START_DATE, Field.DATE, Field.START) if each in where]
        self._start = where.get(Field.START)
        self._end = where.get(Field.END)
        self._end_date = where.get(Field.END_DATE)
        self._days: dict[str, int | None] = {}
        self._moments: dict[str, Moment | None] = {}
        self._lengths: dict[str, Length | None] = {}
        self._groups: dict[str, str] = {}
        self._numbers: dict[tuple[str, ...], int] = {}
        self._last_day: int | None = None
        self._last_person: tuple[str, ...] = ()

    def entries(self, rows: Iterable[tuple[int, list[Cell]]]) -> Iterator[Entry]:
        """The entries. Rows without a length (empty ones, and timers that still run) are passed over."""
        columns, needed = self._columns, self._columns.needed
        for line, cells in rows:
            if line <= columns.line or is_empty(cells) or columns.repeated(cells) or sums_up(cells, needed):
                continue
            entry = self._entry(line, cells)
            if entry is not None:
                yield entry

    def _entry(self, line: int, cells: list[Cell]) -> Entry | None:
        identity = self._identity(cells)
        if identity is None:
            return None
        start = self._moment(line, cells, self._start)
        day = self._day(line, cells, start)
        length = self._length(line, cells, start)
        if length is None or length.minutes <= 0:
            return None
        if day is None:
            raise Unreadable(
                "this entry has no date.",
                "Give it one, or delete the row if it is a total.",
                line=line,
                column=self._columns.name(self._day_columns[0]),
            )
        if length.minutes > _LONGEST:
            raise Unreadable(
                "this entry is longer than two days.",
                "Correct it, or see whether the column is in hours, minutes or seconds and say so in its heading: Duration (minutes).",
                line=line,
                column=self._columns.name(self._found.length.index) if self._found.length else None,
            )
        minute = start.second / 60 if start and start.second is not None else None
        number = self._numbers.get(identity)
        if number is None:
            number = self._numbers[identity] = self._people.number(identity)
            self._remember_names(cells)
        return Entry(self._group(cells), number, day, length.minutes, minute, length.decimal)

    def _identity(self, cells: list[Cell]) -> tuple[str, ...] | None:
        """What tells this row's person from others; empty when the export names nobody; None for a nameless row."""
        if not self._found.person:
            return ("",)
        identity = tuple(text_at(cells, each) for each in self._found.person)
        if any(identity):
            self._last_person = identity
            return identity
        return self._last_person if self._found.carry_person and self._last_person else None

    def _remember_names(self, cells: list[Cell]) -> None:
        where = self._columns.where
        for fields in (
            (Field.NAME,),
            (Field.FIRST_NAME, Field.LAST_NAME),
            (Field.LAST_NAME, Field.FIRST_NAME),
            (Field.EMAIL,),
        ):
            names = [text_at(cells, where.get(each)) for each in fields]
            if any(names):
                self._people.remember_name(names)

    def _group(self, cells: list[Cell]) -> str:
        if self._found.group is None:
            return EVERYBODY
        text = text_at(cells, self._found.group)
        known = self._groups.get(text)
        if known is None:
            shown = " ".join(text.split()) or ("no client" if self._found.group_is_client else "no team")
            known = self._groups[text] = next(
                (each for each in self._groups.values() if each.casefold() == shown.casefold()), shown
            )
        return known

    def _day(self, line: int, cells: list[Cell], start: Moment | None) -> int | None:
        for index in self._day_columns:
            cell = cell_at(cells, index)
            if is_blank(cell):
                continue
            if index == self._start:
                day = start.day if start else None
            elif isinstance(cell, str):
                if cell not in self._days:
                    self._days[cell] = self._read_day(cell)
                day = self._days[cell]
            else:
                day = self._read_day(cell)
            if day is not None:
                self._last_day = day
                return day
            if index != self._start:
                raise Unreadable(
                    "this is not a date.",
                    "Write it as 2026-11-30, and every row alike.",
                    line=line,
                    column=self._columns.name(index),
                )
        return self._last_day if self._found.carry_day else None

    def _read_day(self, cell: Cell) -> int | None:
        day = read_day(cell, self._found.order)
        if day is None and isinstance(cell, str):
            moment = read_moment(cell, self._found.order)
            return moment.day if moment else None
        return day

    def _moment(self, line: int, cells: list[Cell], index: int | None) -> Moment | None:
        cell = None if index is None else cell_at(cells, index)
        if index is None or is_blank(cell):
            return None
        if not isinstance(cell, str):
            moment = read_moment(cell, self._found.order)
        else:
            if cell not in self._moments:
                if len(self._moments) > _REMEMBERED:
                    self._moments.clear()
                self._moments[cell] = read_moment(cell, self._found.order)
            moment = self._moments[cell]
        if moment is None:
            raise Unreadable(
                "this is not a time of day.",
                "Write it as 09:05 or 9:05 AM.",
                line=line,
                column=self._columns.name(index),
            )
        return moment

    def _length(self, line: int, cells: list[Cell], start: Moment | None) -> Length | None:
        written = self._written_length(line, cells)
        if written is not None and not written.decimal:
            return written
        clock = self._between(line, cells, start)
        if clock is None or written is None:
            return written or clock
        return clock if abs(clock.minutes - written.minutes) <= _ROUNDING else written

    def _written_length(self, line: int, cells: list[Cell]) -> Length | None:
        column = self._found.length
        cell = cell_at(cells, column.index) if column else None
        if column is None or is_blank(cell):
            return None
        if self._found.in_days and isinstance(cell, float):
            return Length(round(cell * _MINUTES_IN_A_DAY * 60) / 60)
        if not isinstance(cell, str):
            length = read_length(cell, column.unit)
        else:
            if cell not in self._lengths:
                self._lengths[cell] = read_length(cell, column.unit)
            length = self._lengths[cell]
        if length is None:
            raise Unreadable(
                "this is not a length of time.",
                "Write it as 1:30, 01:30:00, 1.5 or 1h 30m, or leave it empty.",
                line=line,
                column=self._columns.name(column.index),
            )
        return length

    def _between(self, line: int, cells: list[Cell], start: Moment | None) -> Length | None:
        """From start to end; an end before the start, without dates of its own, is on the next day."""
        end = self._moment(line, cells, self._end)
        if start is None or end is None or start.second is None or end.second is None:
            return None
        seconds = end.second - start.second
        first, last = start.day, end.day
        if last is None and self._end_date is not None:
            last = self._read_day(cell_at(cells, self._end_date))
            first = first or self._day(line, cells, start)
        if first is not None and last is not None:
            seconds += (last - first) * 86_400
        elif seconds < 0:
            seconds += 86_400
        return Length(seconds / 60)
