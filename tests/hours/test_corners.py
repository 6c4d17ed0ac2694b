"""Dates, lengths and rows whose meaning only the whole file tells."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.hours.dates import Order, order_of, read_day, read_moment, read_week
from bot.hours.headings import Field, Unit, field_of
from bot.hours.lengths import Cell, read_length
from bot.hours.report import HoursReport, as_text, judge_file


@pytest.mark.parametrize(
    ("cell", "unit", "minutes"),
    [
        ("1:30", Unit.UNKNOWN, 90),
        ("01:30:00", Unit.HOURS, 90),
        ("0:00:45", Unit.HOURS, 0.75),
        ("123:30:00", Unit.HOURS, 7410),
        ("1.04:30:00", Unit.HOURS, 1710),
        ("1h 30m", Unit.UNKNOWN, 90),
        ("1 h 30 min", Unit.UNKNOWN, 90),
        ("1 hr, 30 mins", Unit.UNKNOWN, 90),
        ("1h30", Unit.UNKNOWN, 90),
        ("45m", Unit.HOURS, 45),
        ("2 Std 15 Min", Unit.UNKNOWN, 135),
        ("1,5 Stunden", Unit.UNKNOWN, 90),
        ("1.5h", Unit.UNKNOWN, 90),
        ("30s", Unit.UNKNOWN, 0.5),
        ("PT1H30M", Unit.UNKNOWN, 90),
        ("1.5", Unit.HOURS, 90),
        ("1,5", Unit.HOURS, 90),
        (".25", Unit.HOURS, 15),
        ("90", Unit.MINUTES, 90),
        ("5400", Unit.SECONDS, 90),
        (1.5, Unit.HOURS, 90),
        ("-1:30", Unit.HOURS, -90),
        (time(1, 30), Unit.HOURS, 90),
        (timedelta(hours=30), Unit.HOURS, 1800),
    ],
)
def test_lengths(cell: Cell, unit: Unit, minutes: float) -> None:
    """Every usual way to write a length is read."""
    length = read_length(cell, unit)
    assert length is not None
    assert length.minutes == pytest.approx(minutes)


@pytest.mark.parametrize("cell", ["soon", "1x30", "1:75", "1:2:3:4", "h", "1h foo", "12-3"])
def test_no_lengths(cell: str) -> None:
    """What is no length is not taken for one."""
    assert read_length(cell, Unit.HOURS) is None


@pytest.mark.parametrize(
    "text",
    ["2026-11-03", "2026/11/03", "3.11.2026", "03/11/2026", "3-11-26", "20261103", "3 Nov 2026", "03-Nov-26", "Nov 3, 2026",
     "Tue, Nov 3, 2026", "Tuesday, 3 November 2026", "Di, 03.11.2026", "3. November 2026", "3 novembre 2026", "3 de noviembre de 2026",
     "2026-11-03T09:05:00Z"],
)  # fmt: skip
def test_days(text: str) -> None:
    """Every usual way to write a day is read, in the order that the file uses."""
    assert read_day(text, Order.DAY_FIRST) == date(2026, 11, 3).toordinal()


@pytest.mark.parametrize("text", ["soon", "13/13/2026", "2026-02-30", "Mon", "31.02.2026"])
def test_no_days(text: str) -> None:
    """What is no day is not taken for one."""
    assert read_day(text, Order.DAY_FIRST) is None


@pytest.mark.parametrize(
    ("cell", "day", "second"),
    [
        ("9:05 AM", None, 32_700),
        ("12:00 am", None, 0),
        ("12:30:15 p.m.", None, 45_015),
        ("23:59", None, 86_340),
        ("2026-11-03 09:05:00", date(2026, 11, 3), 32_700),
        ("2026-11-03T09:05:00.000+01:00", date(2026, 11, 3), 32_700),
        ("03/11/2026 9:05 PM", date(2026, 11, 3), 75_900),
        ("3. Nov 2026, 09:05", date(2026, 11, 3), 32_700),
        (0.5, None, 43_200),
        (datetime.fromisoformat("2026-11-03T09:05:00"), date(2026, 11, 3), 32_700),
    ],
)
def test_moments(cell: Cell, day: date | None, second: int) -> None:
    """Starts and ends may carry a day, a time, or both."""
    moment = read_moment(cell, Order.DAY_FIRST)
    assert moment is not None
    assert (moment.day, moment.second) == (day.toordinal() if day else None, second)


def test_weeks() -> None:
    """A week is named by a day in it, by its number, or by a span."""
    monday = date(2026, 11, 2).toordinal()
    for text in ("2026-W45", "W45 2026", "KW 45/2026", "2026-11-04", "2026-11-02 - 2026-11-08", "Week of Nov 2, 2026"):
        assert read_week(text, Order.DAY_FIRST) == monday


def test_the_order_of_dates() -> None:
    """A number above twelve settles it; else the span and the weekends; else the habits of the file."""

    def order(*texts: str, european: bool = False, half_days: bool = False) -> Order:
        return order_of(texts, european=european, half_days=half_days)

    assert order("13/01/2026", "02/01/2026") is Order.DAY_FIRST
    assert order("01/13/2026", "01/02/2026", european=True) is Order.MONTH_FIRST
    assert order("02/11/2026", "03/11/2026", "12/11/2026") is Order.DAY_FIRST
    assert order("11/02/2026", "11/03/2026", "11/12/2026", european=True) is Order.MONTH_FIRST
    assert order("05.06.2026") is Order.DAY_FIRST
    assert order("06/05/2026", half_days=True) is Order.MONTH_FIRST


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Start date", Field.START_DATE),
        ("Duration (h)", Field.LENGTH),
        ("Zeit (dezimal)", Field.LENGTH),
        ("duration_hours", Field.LENGTH),
        ("Hours Rounded", Field.OTHER),
        ("Employee?", Field.OTHER),
        ("Durée", Field.LENGTH),
        ("Prénom", Field.FIRST_NAME),
        ("User Group", Field.TEAM),
        ("Billable?", Field.OTHER),
        ("Description", Field.OTHER),
    ],
)
def test_headings(heading: str, field: Field) -> None:
    """Headings are known whatever their case, accents or unit."""
    assert field_of(heading) is field


def judged(tmp_path: Path, text: str, k: int = 5) -> HoursReport:
    """The report on a text."""
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return judge_file(path, k)


def test_totals_are_left_out_and_clients_called_total_are_not(tmp_path: Path) -> None:
    """A row that sums up others is no entry; a client's name that begins with Total is no total."""
    rows = ["Date,Client,Project,Name,Hours", ",,,,"]
    for person in range(6):
        rows += [f"2026-11-0{day},Total Energies,Total makeover,N{person},1.37" for day in range(2, 7)]
        rows += [f"Subtotal,,,N{person},6.85"]
    rows += ["Total,,,,41.1", ""]
    (group,) = judged(tmp_path, "\n".join(rows)).groups
    assert group.group == "Total Energies"
    assert group.figures is not None
    assert (group.figures.people, group.figures.entries) == (6, 30)


def test_dates_and_names_that_stand_once_for_several_rows(tmp_path: Path) -> None:
    """Where a report writes the day and the person only on the first of their rows, the others belong to it."""
    rows = ["Name;Date;Duration"]
    for person in range(5):
        for day in (2, 3, 4):
            rows += [f"{f'N{person}' if day == 2 else ''};2026-11-0{day};1:07", ";;2:08", ";;0:30"]
    (group,) = judged(tmp_path, "\n".join(rows)).groups
    assert group.figures is not None
    assert (group.figures.people, group.figures.entries) == (5, 45)


def test_running_timers_and_repeated_headings(tmp_path: Path) -> None:
    """A timer without an end is no entry yet, and headings that come again are no entry either."""
    head = "Member,Start,End"
    rows = [
        head,
        *(f"N{n},2026-11-02 09:00,2026-11-02 10:12" for n in range(5)),
        head,
        "N1,2026-11-03 22:30,2026-11-04 00:15",
        "N2,2026-11-03 09:00,",
    ]
    (group,) = judged(tmp_path, "\n".join(rows)).groups
    assert group.figures is not None
    assert group.figures.entries == 6
    assert group.figures.round_share == pytest.approx(1 / 6)


def test_the_text_says_what_was_found(tmp_path: Path) -> None:
    """The plain report gives the shares, and what to do when the sign is raised."""
    rows = ["Date,Name,Hours", *(f"2026-11-{day:02},N{n},8.0" for day in range(2, 28) for n in range(7))]
    report = judged(tmp_path, "\n".join(rows))
    assert report.sign
    text = as_text(report)
    assert "all: 7 people, 182 entries" in text
    assert "Days at exactly the contract's hours: 100.0 %." in text
    assert "Sign 2" in text
