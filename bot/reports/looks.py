"""How the workbook looks: its colours, fonts and number formats, each declared once."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

INK, ACCENT, QUIET, PALE, LINE, WARNING = "1F2933", "1F5F6B", "6B7785", "EAF1F2", "C9D3D6", "9A3B26"
SERIES = ("1F5F6B", "D98E32", "6F8F3F", "8A5A83", "3E7CB1", "B5533C", "5B6770")
"""Colours of the largest themes in charts, told apart by people who see few colours, too."""
OTHERS = "C9D3D6"
MARK_LOOKS = {
    "reason": ("triangle", "1F5F6B"),
    "policy": ("diamond", "6F8F3F"),
    "install": ("square", "1F2933"),
    "pause": ("x", "B5533C"),
    "relaunch": ("circle", "D98E32"),
}
FONT = "Calibri"
WHOLE, AT_LEAST, SHARE, RATE = "#,##0", '"\u2265 "#,##0', "0%", "0.0"
DAY, MOMENT = "d mmm yyyy", "d mmm yyyy hh:mm"


class Look(StrEnum):
    """What a cell is, which decides how it looks."""

    TITLE = "title"
    UNDER_TITLE = "under_title"
    HEADING = "heading"
    LEAD = "lead"
    TEXT = "text"
    SMALL = "small"
    HEAD = "head"
    HEAD_NUMBER = "head_number"
    CELL = "cell"
    NAME = "name"
    NUMBER = "number"
    PART = "part"
    SHARE = "share"
    RATE = "rate"
    DAY = "day"
    MOMENT = "moment"
    HIDDEN = "hidden"
    TOTAL_NAME = "total_name"
    TOTAL = "total"
    TOTAL_PART = "total_part"
    ACTION = "action"
    WARNING = "warning"
    BESIDE = "beside"
    BESIDE_NUMBER = "beside_number"


_TOP = Alignment(vertical="top")
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_RIGHT = Alignment(vertical="top", horizontal="right")
_HAIR = Side(style="thin", color=LINE)
_UNDER = Border(bottom=_HAIR)
_OVER = Border(top=Side(style="thin", color=ACCENT), bottom=Side(style="double", color=ACCENT))
_HEADED = PatternFill("solid", fgColor=ACCENT)
_TINTED = PatternFill("solid", fgColor=PALE)


def _font(size: float = 10, *, bold: bool = False, italic: bool = False, color: str = INK) -> Font:
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=color)


_Declared = tuple[Font, Alignment, Border | None, PatternFill | None, str | None]
_LOOKS: dict[Look, _Declared] = {
    Look.TITLE: (_font(18, bold=True, color=ACCENT), Alignment(vertical="center"), None, None, None),
    Look.UNDER_TITLE: (_font(10, color=QUIET), _TOP, None, None, None),
    Look.HEADING: (_font(12, bold=True, color=ACCENT), Alignment(vertical="bottom"), _UNDER, None, None),
    Look.LEAD: (_font(12), _WRAPPED, None, None, None),
    Look.TEXT: (_font(), _WRAPPED, None, None, None),
    Look.SMALL: (_font(9, color=QUIET), _WRAPPED, None, None, None),
    Look.HEAD: (_font(bold=True, color="FFFFFF"), Alignment(vertical="center", wrap_text=True), None, _HEADED, None),
    Look.HEAD_NUMBER: (
        _font(bold=True, color="FFFFFF"),
        Alignment(vertical="center", horizontal="right", wrap_text=True),
        None,
        _HEADED,
        None,
    ),
    Look.CELL: (_font(), _WRAPPED, _UNDER, None, None),
    Look.NAME: (_font(bold=True), _WRAPPED, _UNDER, None, None),
    Look.NUMBER: (_font(), _RIGHT, _UNDER, None, WHOLE),
    Look.PART: (_font(color=QUIET), _RIGHT, _UNDER, None, AT_LEAST),
    Look.SHARE: (_font(), _RIGHT, _UNDER, None, SHARE),
    Look.RATE: (_font(), _RIGHT, _UNDER, None, RATE),
    Look.DAY: (_font(), Alignment(vertical="top", horizontal="left"), _UNDER, None, DAY),
    Look.MOMENT: (_font(), Alignment(vertical="top", horizontal="left"), _UNDER, None, MOMENT),
    Look.HIDDEN: (_font(9, italic=True, color=QUIET), _RIGHT, _UNDER, None, None),
    Look.TOTAL_NAME: (_font(bold=True), _WRAPPED, _OVER, _TINTED, None),
    Look.TOTAL: (_font(bold=True), _RIGHT, _OVER, _TINTED, WHOLE),
    Look.TOTAL_PART: (_font(bold=True, color=QUIET), _RIGHT, _OVER, _TINTED, AT_LEAST),
    Look.ACTION: (_font(bold=True), _WRAPPED, None, _TINTED, None),
    Look.WARNING: (_font(bold=True, color=WARNING), _WRAPPED, _UNDER, None, None),
    Look.BESIDE: (_font(8, color=QUIET), _TOP, None, None, None),
    Look.BESIDE_NUMBER: (_font(8, color=QUIET), _TOP, None, None, RATE),
}


def declared_in(book: Workbook) -> dict[Look, StyleArray]:
    """Every look as the workbook's own style, made once: giving each cell its parts anew takes most of the time."""
    made = {}
    owner = WriteOnlyWorksheet(book, "styles")
    for look, (font, alignment, border, fill, number_format) in _LOOKS.items():
        cell: Any = WriteOnlyCell(owner)
        cell.font, cell.alignment = font, alignment
        if border:
            cell.border = border
        if fill:
            cell.fill = fill
        if number_format:
            cell.number_format = number_format
        made[look] = cell._style  # noqa: SLF001 - openpyxl has no public way to share a style
    return made
