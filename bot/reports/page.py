"""One sheet while it is written, row by row: its cells, its table, and how it is printed."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo

from bot.domain.anonymity import Sum
from bot.reports.looks import Look
from bot.reports.safe_text import safe_text

LINE_POINTS = 13.5
CHARACTERS = 1.12
"""How many characters of ordinary text fit into one of Excel's units of width, carefully reckoned."""
ONE_LINE = 18.0
LONGEST_ROW = 400
"""Points; Excel takes 409."""
A4 = 9


@dataclass(frozen=True, slots=True)
class Styled:
    """A value with its look. Text is made safe when it is written; moments lose their zone, days and numbers stay."""

    value: str | float | date | None
    look: Look


class Page:
    """A sheet that is being written. Widths are in characters, and are those of the columns from A."""

    def __init__(
        self,
        book: Workbook,
        name: str,
        widths: Sequence[float],
        styles: dict[Look, StyleArray],
        *,
        zone: ZoneInfo,
        frozen: str | None = None,
        portrait: bool = False,
    ) -> None:
        """Begin the sheet; `frozen` is the first cell that scrolls."""
        self.sheet: Any = book.create_sheet(name)  # openpyxl's types know little of streamed sheets
        self.widths = tuple(widths)
        self.row = 1
        self._styles = styles
        self._zone = zone
        for number, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(number)].width = width
        self.sheet.freeze_panes = frozen
        self.sheet.sheet_view.showGridLines = False
        self._lay_out_for_printing(name, portrait=portrait)

    def _lay_out_for_printing(self, name: str, *, portrait: bool) -> None:
        sheet = self.sheet
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation = "portrait" if portrait else "landscape"
        sheet.page_setup.paperSize = A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 0
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top = margins.bottom = 0.6
        sheet.oddFooter.left.text = name
        sheet.oddFooter.right.text = "Page &P of &N"

    def heading(self, title: str, under: str, notes: Iterable[str] = ()) -> None:
        """The sheet's own title, what it is of, and what has to be known before it is read."""
        self.line(title, Look.TITLE, height=28)
        self.line(under, Look.UNDER_TITLE)
        for note in notes:
            self.paragraph(note, Look.SMALL)

    def line(self, text: str, look: Look, *, height: float | None = None) -> None:
        """One cell in column A that may run on over the empty ones beside it."""
        self.cells([Styled(text, look)], height=height or ONE_LINE)

    def paragraph(self, text: str, look: Look = Look.TEXT, *, first: int = 1, last: int | None = None) -> None:
        """Text across several columns, with room for all its lines."""
        last = last or len(self.widths)
        if last > first:
            self.sheet.merged_cells.add(f"{get_column_letter(first)}{self.row}:{get_column_letter(last)}{self.row}")
        width = sum(self.widths[first - 1 : last])
        size = 1.2 if look is Look.LEAD else 1.0
        empty: list[Styled | None] = [None] * (first - 1)
        self.cells([*empty, Styled(text, look)], height=_height(text, width / size) * size)

    def blank(self) -> None:
        """An empty row."""
        self.sheet.append([])
        self.row += 1

    def cells(self, cells: Sequence[Styled | None], *, height: float | None = None) -> None:
        """One row, from column A. Without a height it is as high as its longest text needs."""
        self.sheet.row_dimensions[self.row].height = height or self._needed(cells)
        self.sheet.append([self._cell(each) if each else None for each in cells])
        self.row += 1

    def table(
        self,
        name: str,
        heads: Sequence[tuple[str, bool]],
        rows: Iterable[Sequence[Styled | None]],
        *,
        nothing: str,
        beside: Sequence[Styled | None] = (),
    ) -> None:
        """A table with filters. `heads` are the headings, and whether numbers stand below; `beside` stands next to them.

        Without rows there is no table, since a filter over nothing is a damaged workbook; `nothing` says why.
        """
        titles = _distinct([head for head, _number in heads])
        looks = [Look.HEAD_NUMBER if number else Look.HEAD for _head, number in heads]
        top = self.row
        height = max(_height(title, self.widths[place] - 3) for place, title in enumerate(titles)) + 6
        self.cells([*(Styled(title, look) for title, look in zip(titles, looks, strict=True)), *beside], height=height)
        for row in rows:
            self.cells(row)
        if self.row == top + 1:
            self.paragraph(nothing, Look.TEXT, last=len(titles))
            return
        last = self.row - 1
        table: Any = Table(displayName=name, ref=f"A{top}:{get_column_letter(len(titles))}{last}")
        table._initialise_columns()  # noqa: SLF001 - openpyxl asks for this where sheets are streamed
        for column, title in zip(table.tableColumns, titles, strict=True):
            column.name = title
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns that the columns are to be named, as they are above
            self.sheet.add_table(table)
        self.sheet.print_title_rows = f"{top}:{top}"

    def _cell(self, styled: Styled) -> Any:
        cell: Any = WriteOnlyCell(self.sheet)
        value = styled.value
        if isinstance(value, str):
            cell._value = safe_text(value)  # noqa: SLF001 - the public way takes "=" for a formula
            cell.data_type = "s"
        elif isinstance(value, datetime):
            cell.value = value.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
        else:
            cell.value = value
        cell._style = self._styles[styled.look]  # noqa: SLF001 - shared, see looks.py
        return cell

    def _needed(self, cells: Sequence[Styled | None]) -> float:
        texts = [
            _height(each.value, width)
            for each, width in zip(cells, self.widths, strict=False)
            if each and isinstance(each.value, str)
        ]
        return max(texts, default=LINE_POINTS) + 3


def number(amount: Sum | None, *, total: bool = False) -> Styled:
    """A figure; "hidden" where nothing of it is shown, and with "at least" where a part of it is not."""
    if amount is None or (not amount.voices and not amount.complete):
        return Styled("hidden", Look.HIDDEN)
    if total:
        return Styled(amount.voices, Look.TOTAL if amount.complete else Look.TOTAL_PART)
    return Styled(amount.voices, Look.NUMBER if amount.complete else Look.PART)


def whole(amount: int) -> Styled:
    """A count that nothing is hidden of."""
    return Styled(amount, Look.NUMBER)


def moment(at: datetime | None) -> Styled:
    """A moment, or nothing."""
    return Styled(at.astimezone(UTC) if at else None, Look.MOMENT)


def _height(text: object, width: float) -> float:
    """Points that a text needs in a column so many characters wide."""
    lines = sum(max(1, math.ceil(_length(line) / max(width * CHARACTERS, 1))) for line in str(text).split("\n"))
    return min(lines * LINE_POINTS, LONGEST_ROW)


def _length(line: str) -> float:
    """How wide a line is, in characters of ordinary width."""
    return sum(1.9 if ord(c) > 0x2E80 else 1.0 for c in line[:40_000])  # noqa: PLR2004 - where scripts of wide characters begin


_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
"""What Excel takes for an escaped character, and writes differently in a table than in the cell above it."""


def _distinct(titles: Sequence[str]) -> list[str]:
    """Headings of a table must differ, whatever the waves are called, and may not be empty or very long."""
    taken: set[str] = set()
    found = []
    for title in titles:
        short = _LOOKS_ESCAPED.sub("_ ", title[:200]).strip() or "without a name"
        short = safe_text(short)
        name, count = short, 2
        while name.casefold() in taken:
            name, count = f"{short} ({count})", count + 1
        taken.add(name.casefold())
        found.append(name)
    return found
