"""The whole workbook: its sheets in order, written as a stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from bot.domain.report import Findings, ReportFigures
from bot.reports import (
    answers_sheet,
    method_sheet,
    promises_sheets,
    record_sheets,
    summary_sheet,
    waves_sheet,
    weeks_sheet,
)
from bot.reports.looks import declared_in
from bot.reports.page import Page
from bot.reports.safe_text import safe_text

CREATOR = "Foreword"


class _Binder:
    """Makes pages that look alike."""

    def __init__(self, book: Workbook, zone: ZoneInfo) -> None:
        self._book = book
        self._zone = zone
        self._styles = declared_in(book)

    def page(self, name: str, widths: Sequence[float], frozen: str | None = None, *, portrait: bool = False) -> Page:
        return Page(self._book, name, widths, self._styles, zone=self._zone, frozen=frozen, portrait=portrait)


def write_workbook(figures: ReportFigures, file: BinaryIO | Path, *, teams: Mapping[str, str]) -> None:
    """Write the workbook. `teams` are the waves' teams by the wave's name."""
    found, about = figures.found, figures.found.about
    book = Workbook(write_only=True)
    book.properties.creator = CREATOR
    book.properties.title = safe_text(f"Pushback about {about.tool}")
    book.properties.created = book.properties.modified = about.made_at.replace(tzinfo=None, microsecond=0)
    binder, under = _Binder(book, ZoneInfo(about.zone)), _under(found)
    summary = binder.page("Summary", summary_sheet.WIDTHS, "A3", portrait=True)
    data = weeks_sheet.write(binder.page("Themes by week", weeks_sheet.widths(found), "B6"), found, under)
    summary_sheet.write(summary, figures, under, data)
    waves_sheet.write(
        binder.page("Themes by wave and team", waves_sheet.widths(found, teams), "B6"), found, teams, under
    )
    answers_sheet.write_answers(binder.page("Answers", answers_sheet.ANSWER_WIDTHS, "B6"), found, under)
    frozen = f"A{4 + len(found.texts.rules)}"
    answers_sheet.write_questions(binder.page("Open questions", answers_sheet.QUESTION_WIDTHS, frozen), found, under)
    promises_sheets.write_checkins(binder.page("Check-ins", promises_sheets.CHECKIN_WIDTHS, "B5"), found, under)
    promises_sheets.write_signs(binder.page("Signs and reviews", promises_sheets.SIGN_WIDTHS, "B5"), found, under)
    record_sheets.write_timeline(binder.page("Timeline", record_sheets.TIMELINE_WIDTHS, "A5"), found, under)
    record_sheets.write_notices(binder.page("Notices", record_sheets.NOTICE_WIDTHS, "A6"), found, under)
    if found.named is not None:
        record_sheets.write_named(binder.page("Named list", record_sheets.NAMED_WIDTHS, "A5"), found.named, under)
    method_sheet.write(binder.page("Method", method_sheet.WIDTHS, "A3"), found, under)
    book.save(file)


def _under(found: Findings) -> str:
    about = found.about
    weeks = str(about.span) if about.span else "no week is over yet"
    return f"{about.tool} (rollout {about.rollout}), {weeks}. No figure about pushback stands for fewer than {about.k} people."
