"""Reads text files of rows: CSV with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or a Western single-byte set."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.hours.headings import Field, field_of
from bot.hours.lengths import Cell
from bot.hours.unreadable import Unreadable

_LONGEST_CELL = 4 * 1024 * 1024
_SAMPLE = 256 * 1024
_SEPARATORS = ",;\t|"
_LOOKED_AT = 60
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Delimited:
    """A text file of rows."""

    def __init__(self, path: Path) -> None:
        """Find out the file's encoding and separator. Raises Unreadable."""
        self._path = path
        self._encoding = _encoding_of(path)
        self._separator, self._first = self._dialect()

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """All rows, each with the number of the line on which it begins."""
        csv.field_size_limit(_LONGEST_CELL)
        line = 0
        with self._path.open(encoding=self._encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self._separator)
            try:
                for cells in reader:
                    begins, line = line + 1, reader.line_num
                    if begins > self._first:
                        yield begins, list(cells)
            except csv.Error:
                raise Unreadable(
                    "this is not a row of a table, or a quotation mark opens here and never closes.",
                    "Export the report as CSV again, or save it as .xlsx.",
                    line=line + 1,
                ) from None
            except UnicodeError:
                raise Unreadable(
                    "the text is damaged here.", "Export the report again, as CSV in UTF-8.", line=line + 1
                ) from None

    def _dialect(self) -> tuple[str, int]:
        """The separator, and how many lines to leave out at the top (Excel's own `sep=;` line)."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            try:
                sample = file.read(_SAMPLE)
            except UnicodeError:
                raise Unreadable(
                    "The text of the file is damaged.", "Export the report again, as CSV in UTF-8."
                ) from None
        first = sample.split("\n", 1)[0].strip().casefold()
        if first.startswith("sep=") and len(first) <= len("sep=;"):
            return first[4:] or "\t", 1
        return max(_SEPARATORS, key=lambda each: _likeness(sample, each)), 0


def _likeness(sample: str, separator: str) -> tuple[int, int]:
    """How much like a table this separator makes the text: headings that are known, then columns that keep their number."""
    csv.field_size_limit(_LONGEST_CELL)
    rows = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator):
            rows.append(cells)
            if len(rows) == _LOOKED_AT:
                break
    except csv.Error:
        pass
    known = max((sum(field_of(cell) is not Field.OTHER for cell in row) for row in rows), default=0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return known, max((width * count for width, count in widths.items()), default=0)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        for mark, encoding in _MARKS:
            if start.startswith(mark):
                return encoding
        zeros = start.count(0)
        if zeros > len(start) // 4:
            return "utf-16-le" if start[1::2].count(0) > zeros // 2 else "utf-16-be"
        if zeros:
            raise Unreadable(
                "This is not a text file.",
                "Export the detailed report as CSV or Excel (.xlsx), and try again with that file.",
            )
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = start
        while chunk:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return "cp1252" if _all_in_cp1252(path) else "latin-1"
            chunk = file.read(_SAMPLE)
    return "utf-8"


def _all_in_cp1252(path: Path) -> bool:
    with path.open("rb") as file:
        while chunk := file.read(_SAMPLE):
            if any(each in chunk for each in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")):
                return False
    return True
