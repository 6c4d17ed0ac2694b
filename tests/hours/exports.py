"""Writes the same entries the way different tools export them. Column layouts are those of the tools' own reports."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl

Rows = list[Sequence[object]]

PEOPLE = (
    ("Elena", "Ruíz"),
    ("Mira", "Koch"),
    ("Søren", "Åberg"),
    ("Jo", "O'Neill"),
    ("Ada", "de Vries"),
    ("Zoë", "Müller"),
    ("Tom", "Baker"),
)


@dataclass(frozen=True)
class Logged:
    """One entry, before a tool writes it."""

    person: int
    begins: datetime
    minutes: float
    team: str = ""
    client: str = "Kestrel & Co"

    @property
    def ends(self) -> datetime:
        return self.begins + timedelta(minutes=self.minutes)

    @property
    def first(self) -> str:
        return PEOPLE[self.person][0] if self.person < len(PEOPLE) else f"Given{self.person}"

    @property
    def last(self) -> str:
        return PEOPLE[self.person][1] if self.person < len(PEOPLE) else f"Family{self.person}"

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"person{self.person}@example.com"


def hms(minutes: float) -> str:
    seconds = round(minutes * 60)
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def hm(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02d}"


def words(minutes: float) -> str:
    return f"{int(minutes) // 60}h {int(minutes) % 60}m"


def text_of(rows: Iterable[Sequence[object]], separator: str = ",", newline: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=newline).writerows(rows)
    return out.getvalue()


def toggl(entries: Sequence[Logged]) -> Rows:
    """Toggl Track, detailed report."""
    head = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount ()"
    return [
        head.split(","),
        *(
            [e.name, e.email, e.client, "Site", "", 'said "hm",\nthen more', "No", f"{e.begins:%Y-%m-%d}", f"{e.begins:%H:%M:%S}",
             f"{e.ends:%Y-%m-%d}", f"{e.ends:%H:%M:%S}", hms(e.minutes), "a, b", ""]
            for e in entries
        ),
    ]  # fmt: skip


def toggl_new(entries: Sequence[Logged]) -> Rows:
    """Toggl Track, detailed report under its newer headings."""
    head = [
        "Description",
        "Billable",
        "Duration",
        "Member",
        "Email",
        "Project",
        "Tags",
        "Start date",
        "Start time",
        "Stop date",
        "Stop time",
    ]
    return [
        head,
        *(
            ["x", "No", f"{hms(e.minutes)[1:]}", e.name, e.email, "Site", "-", f"{e.begins:%Y-%m-%d}", f"{e.begins:%H:%M:%S}",
             f"{e.ends:%Y-%m-%d}", f"{e.ends:%H:%M:%S}"]
            for e in entries
        ),
    ]  # fmt: skip


def clockify(day: str = "%d/%m/%Y", clock: str = "%H:%M:%S") -> Callable[[Sequence[Logged]], Rows]:
    """Clockify, detailed report, with the date and time formats of a workspace, and its total row."""
    head = [
        "Project",
        "Client",
        "Description",
        "Task",
        "User",
        "Group",
        "Email",
        "Tags",
        "Billable",
        "Start Date",
        "Start Time",
        "End Date",
        "End Time",
        "Duration (h)",
        "Duration (decimal)",
        "Billable Rate (USD)",
        "Billable Amount (USD)",
    ]

    def rows(entries: Sequence[Logged]) -> Rows:
        total = sum(e.minutes for e in entries)
        return [
            head,
            *(
                ["Site", e.client, "x", "", e.name, e.team, e.email, "", "Yes", e.begins.strftime(day), e.begins.strftime(clock),
                 e.ends.strftime(day), e.ends.strftime(clock), hms(e.minutes), f"{e.minutes / 60:.2f}", "0.00", "0.00"]
                for e in entries
            ),
            ["Total", *[""] * 12, hms(total), f"{total / 60:.2f}", "", "0.00"],
        ]  # fmt: skip

    return rows


def harvest(*, comma: bool = False, day: str = "%Y-%m-%d") -> Callable[[Sequence[Logged]], Rows]:
    """Harvest, detailed time report: decimal hours, no times of day."""
    head = [
        "Date",
        "Client",
        "Project",
        "Project Code",
        "Task",
        "Notes",
        "Hours",
        "Hours Rounded",
        "Billable?",
        "Invoiced?",
        "Approved?",
        "First Name",
        "Last Name",
        "Employee Id",
        "Roles",
        "Employee?",
        "Billable Rate",
        "Billable Amount",
        "Cost Rate",
        "Cost Amount",
        "Currency",
        "External Reference URL",
    ]

    def number(value: float) -> str:
        return f"{value:.2f}".replace(".", ",") if comma else f"{value:.2f}".rstrip("0").rstrip(".")

    def rows(entries: Sequence[Logged]) -> Rows:
        return [
            head,
            *(
                [e.begins.strftime(day), e.client, "Site", "S1", "Design", "x", number(e.minutes / 60), "9", "Yes", "No", "No",
                 e.first, e.last, "", "Designer", "Yes", "95.00", "1.00", "", "", "Euro - EUR", ""]
                for e in entries
            ),
        ]  # fmt: skip

    return rows


def hubstaff(entries: Sequence[Logged]) -> Rows:
    """Hubstaff, time and activities: starts and stops with dates."""
    head = [
        "Organization",
        "Time Zone",
        "Client",
        "Project",
        "Member",
        "Email",
        "Start",
        "Stop",
        "Duration",
        "Manual",
        "Activity",
    ]
    return [
        head,
        *(
            ["Org", "UTC", e.client, "Site", e.name, e.email, f"{e.begins:%Y-%m-%d %H:%M:%S}", f"{e.ends:%Y-%m-%d %H:%M:%S}", hms(e.minutes),
             "false", "61%"]
            for e in entries
        ),
    ]  # fmt: skip


def timely(entries: Sequence[Logged]) -> Rows:
    """Timely, and much like it."""
    return [
        ["Date", "Client", "Project", "Tags", "User", "Team", "Duration", "Note"],
        *([f"{e.begins:%d %b %Y}", e.client, "Site", "", e.name, e.team, hm(e.minutes), "x"] for e in entries),
    ]


def german(entries: Sequence[Logged]) -> Rows:
    """A table kept by hand in German."""
    return [
        ["Datum", "Vorname", "Name", "Kunde", "Von", "Bis", "Dauer (h)"],
        *(
            [f"{e.begins:%d.%m.%Y}", e.first, e.last, e.client, f"{e.begins:%H:%M}", f"{e.ends:%H:%M}", hm(e.minutes)]
            for e in entries
        ),
        ["Summe", "", "", "", "", "", hm(sum(e.minutes for e in entries))],
    ]


def start_and_end(entries: Sequence[Logged]) -> Rows:
    """Only a day, a start and an end, on a clock of twelve hours."""
    return [
        ["Employee", "Client", "Date", "Clock In", "Clock Out"],
        *(
            [
                e.name,
                e.client,
                f"{e.begins.month}/{e.begins.day}/{e.begins:%Y}",
                f"{e.begins:%I:%M %p}",
                f"{e.ends:%I:%M %p}",
            ]
            for e in entries
        ),
    ]


def minutes_only(entries: Sequence[Logged]) -> Rows:
    """Plain numbers under a heading that names no unit."""
    return [
        ["Day", "Who", "Client", "Time"],
        *([f"{e.begins:%Y%m%d}", e.name, e.client, f"{e.minutes:.0f}"] for e in entries),
    ]


def spoken(entries: Sequence[Logged]) -> Rows:
    """Lengths in words, after a title."""
    return [
        ["Time report"],
        ["2026-11-02 - 2026-11-29"],
        [],
        ["Work date", "Person", "Customer", "Time spent"],
        *([f"{e.begins:%a, %b %d, %Y}", e.name, e.client, words(e.minutes)] for e in entries),
        [],
        ["Grand Total", "", "", words(sum(e.minutes for e in entries))],
    ]


def save_workbook(path: Path, rows: Iterable[Sequence[object]], *, before: Iterable[Sequence[object]] = ()) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if before:
        for row in before:
            sheet.append(list(row))
        sheet = book.create_sheet("Detailed")
    for row in rows:
        sheet.append(list(row))
    book.save(path)
