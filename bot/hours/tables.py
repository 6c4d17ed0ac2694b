"""Opens an export as rows of cells, whatever its format, and can go through them more than once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from bot.hours.delimited import Delimited
from bot.hours.lengths import Cell
from bot.hours.unreadable import Unreadable
from bot.hours.workbook import sheets_of


class Row(NamedTuple):
    """One row: the line (of text, or of the sheet) on which it begins, and its cells."""

    line: int
    cells: list[Cell]


class Table(Protocol):
    """Rows that can be read again and again."""

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """All rows, from the first."""
        ...


_SAVE_AS = "Export the detailed report as CSV or Excel (.xlsx), and try again with that file."
_NOT_TABLES = (
    (b"%PDF", f"This is a PDF document. {_SAVE_AS}"),
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old or a protected Excel file. Open it, save it as .xlsx without a password, and try again.",
    ),
    (b"{\\rtf", f"This is a text document. {_SAVE_AS}"),
    (b"\x1f\x8b", "This file is compressed. Unpack it, and try again with the file inside."),
    (b"\x89PNG", f"This is a picture. {_SAVE_AS}"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table")


def tables_of(path: Path) -> list[Table]:
    """The tables in a file: one for a text file, one for each sheet of a workbook. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise Unreadable(f"The file cannot be opened ({error.strerror}).", "Check its name and where it is.") from None
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t\0"):
        raise Unreadable(
            "The file is empty.", "Export the report again for a span of days in which somebody logged hours."
        )
    for magic, message in _NOT_TABLES:
        if start.startswith(magic):
            raise Unreadable(message, "")
    if start.startswith(b"PK"):
        return list(sheets_of(path))
    opening = start.lstrip(b"\xef\xbb\xbf \r\n\t")
    if opening[:9].lower().startswith(_MARKUP):
        raise Unreadable("This is a web page or an XML file, not a table.", _SAVE_AS)
    if opening[:1] in {b"{", b"["}:
        raise Unreadable("This is JSON, not a table.", _SAVE_AS)
    return [Delimited(path)]
