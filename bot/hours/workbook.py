"""Reads Excel workbooks (.xlsx), a row at a time, with the results that Excel stored for formulas."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from bot.hours.lengths import Cell
from bot.hours.unreadable import Unreadable

_LARGEST = 1_500_000_000
"""Bytes that a workbook may hold once unpacked. A million rows of hours take about a third of this."""
_AT_ONCE = 2000
_MOST_KEPT = 2_000_000
"""Cells. Unpacking a workbook is slow, and it is gone through twice."""
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,  # what the XML parser raises
    EOFError,
    OverflowError,
    NotImplementedError,
    RuntimeError,  # an encrypted archive
)
"""What openpyxl, which trusts its input, raises when a workbook is damaged."""
_DAMAGED = "Open it in a spreadsheet program, save it as .xlsx again, and try with that file."


class Sheet:
    """One sheet of a workbook."""

    def __init__(self, path: Path, name: str) -> None:
        """Remember which; the file is opened for each reading."""
        self._path = path
        self._name = name
        self._kept: list[tuple[int, list[Cell]]] | None = None

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """All rows, from the first, each with its number. They are kept after the first time, unless they are too many."""
        if self._kept is not None:
            yield from self._kept
            return
        kept: list[tuple[int, list[Cell]]] = []
        cells = 0
        with self._path.open("rb") as file, closing(_opened(file)) as book:
            numbered = enumerate(_values(book, self._name), 1)
            while some := _next(numbered):
                cells += sum(len(each) for _, each in some)
                if cells <= _MOST_KEPT:
                    kept += some
                yield from some
        if cells <= _MOST_KEPT:
            self._kept = kept


def sheets_of(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook, in order. Raises Unreadable."""
    with path.open("rb") as file, closing(_opened(file)) as book:
        names = [each.title for each in book.worksheets]
    return (Sheet(path, name) for name in names)


def _values(book: Any, name: str) -> Iterator[tuple[object, ...]]:
    sheet = book[name]
    sheet.reset_dimensions()  # what a writer claims about the size is often wrong
    return cast("Iterator[tuple[object, ...]]", sheet.iter_rows(values_only=True))


def _next(rows: Iterator[tuple[int, tuple[object, ...]]]) -> list[tuple[int, list[Cell]]]:
    """The next rows, without the warnings about styles and odd dates that mean nothing here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return [(number, [_cell(each) for each in cells]) for number, cells in islice(rows, _AT_ONCE)]
        except _BROKEN:
            raise Unreadable("A sheet of the workbook is damaged.", _DAMAGED) from None


def _opened(file: BinaryIO) -> Any:
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(each.file_size for each in packed.infolist()) > _LARGEST:
                raise Unreadable("The workbook is too large once unpacked.", "Export a shorter span of days, or CSV.")
            if "[Content_Types].xml" not in packed.namelist():
                raise Unreadable(
                    "This is a ZIP archive, not a workbook.", "Unpack it, and try again with the file inside."
                )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (*_BROKEN, OSError):
        raise Unreadable("The workbook cannot be opened; it may be damaged, or of another kind.", _DAMAGED) from None


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, (str, datetime, time, timedelta, float)):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return float(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day, not a moment
    return str(value)
