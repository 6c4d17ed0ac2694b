"""Workbooks of made-up offices, and what somebody reads in them: cells, formats and labels, and nothing from behind them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import openpyxl

from bot.domain.anonymity import in_range
from bot.domain.publication import Publication
from bot.domain.pushback_figures import answer_lines, pushback
from bot.domain.report import About, AnswerText, Findings, Mark, ReportFigures
from bot.domain.report_period import Span
from bot.domain.report_summary import summed_up
from bot.domain.weeks import Week
from bot.reports.looks import AT_LEAST
from bot.reports.workbook import write_workbook

MADE_AT = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
ABOUT = About(
    "hourglass", "Hourglass", None, MADE_AT, "Helen Castellanos", "for the works council", 5, 10, "Europe/Berlin"
)


def figures_of(
    published: Sequence[Publication],
    span: Span | None,
    *,
    marks: Sequence[Mark] = (),
    book: Mapping[str, AnswerText] | None = None,
    about: About = ABOUT,
    **more: Any,
) -> ReportFigures:
    """What a report of these weeks says, put together as the service does it."""
    shown = in_range(published, span.first, span.last) if span else ()
    whole = Span(min(span.first, shown[0].first), max(span.last, shown[-1].last)) if span and shown else span
    voices = pushback(shown, whole, marks, about.k)
    found = Findings(replace(about, span=whole), voices, answers=answer_lines(voices.entries, book or {}), **more)
    return ReportFigures(found, summed_up(found, [each for each in published if span and each.first <= span.last]))


def workbook(figures: ReportFigures, teams: Mapping[str, str] | None = None) -> bytes:
    """The file."""
    file = io.BytesIO()
    write_workbook(figures, file, teams=teams or {})
    return file.getvalue()


@lru_cache(maxsize=4)
def opened(content: bytes) -> Any:
    """The file as openpyxl reads it, formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(content))


def parts(content: bytes) -> dict[str, str]:
    """The XML inside, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode("utf-8") for name in packed.namelist()}


@dataclass(frozen=True)
class Read:
    """One figure that somebody reads: `exact` is False for "at least so many"; None where it says hidden."""

    amount: int | None
    exact: bool = True


def table_in(content: bytes, sheet: str) -> dict[tuple[str, str], Read]:
    """The figures of a sheet's table, by the names of row and column."""
    page = opened(content)[sheet]
    if not page.tables:
        return {}
    (table,) = page.tables.values()
    head, *rows = list(page[table.ref])
    found = {}
    below = page.iter_rows(min_row=rows[-1][0].row + 1, max_row=rows[-1][0].row + 1, max_col=len(head))
    for row in (*rows, *(each for each in below if each[0].value == "All themes")):
        for title, cell in zip(head[1:], row[1:], strict=True):
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                found[str(row[0].value), str(title.value)] = Read(int(cell.value), cell.number_format != AT_LEAST)
            elif cell.value == "hidden":
                found[str(row[0].value), str(title.value)] = Read(None)
    return found


def weeks_named(label: str) -> tuple[str, str]:
    """The first and the last week of a row's label."""
    first, _to, last = label.partition(" to ")
    return first, last or first


def weeks_between(first: Week, last: Week, calendar: Iterable[Week]) -> list[Week]:
    """The weeks of a calendar from first to last."""
    return [week for week in calendar if first <= week <= last]
