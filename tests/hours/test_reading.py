"""The same entries are read alike from whatever tool exported them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.hours import RoundHours
from bot.hours.report import judge_file
from tests.hours import exports
from tests.hours.exports import Logged, save_workbook, text_of

MONDAY = datetime.fromisoformat("2026-11-02")


def some_entries() -> list[Logged]:
    """Three weeks of six people, to the minute; now and then past midnight, or on a quarter hour."""
    rng = random.Random(7)
    entries = []
    for day in (each for each in range(21) if each % 7 < 5):
        for person in range(6):
            begins = MONDAY + timedelta(days=day, hours=8, minutes=rng.randrange(90))
            for _ in range(rng.randint(1, 4)):
                minutes = rng.choice((rng.randint(20, 200), 15 * rng.randint(1, 8)))
                entries.append(Logged(person, begins, minutes))
                begins += timedelta(minutes=minutes + rng.randint(0, 30))
        entries.append(Logged(0, MONDAY + timedelta(days=day, hours=23, minutes=17), 83))
    return entries


ENTRIES = some_entries()
ROUND = sum(e.minutes % 15 == 0 for e in ENTRIES) / len(ENTRIES)
NEARLY = sum(abs(round(e.minutes / 60, 2) * 60 - 15 * round(e.minutes / 15)) < 0.4 for e in ENTRIES) / len(ENTRIES)
Writer = Callable[[Sequence[Logged]], exports.Rows]
LAYOUTS: dict[str, Writer] = {
    "toggl": exports.toggl,
    "toggl new": exports.toggl_new,
    "clockify d/m/y": exports.clockify(),
    "clockify m/d/y 12 h": exports.clockify("%m/%d/%Y", "%I:%M:%S %p"),
    "clockify iso": exports.clockify("%Y-%m-%d", "%H:%M"),
    "clockify d.m.y": exports.clockify("%d.%m.%Y", "%H:%M:%S"),
    "clockify d-m-y": exports.clockify("%d-%m-%y", "%I:%M %p"),
    "hubstaff": exports.hubstaff,
    "timely": exports.timely,
    "german": exports.german,
    "start and end": exports.start_and_end,
    "minutes": exports.minutes_only,
    "words": exports.spoken,
}


def only(path: Path) -> RoundHours:
    """The figures of the only group."""
    groups = judge_file(path).groups
    assert len(groups) == 1
    assert groups[0].figures is not None
    return groups[0].figures


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_reads_alike(layout: str, tmp_path: Path) -> None:
    """People, entries and roundness are the same whichever tool wrote them."""
    path = tmp_path / "export.csv"
    path.write_text(text_of(LAYOUTS[layout](ENTRIES)), encoding="utf-8")
    figures = only(path)
    assert (figures.people, figures.entries) == (6, len(ENTRIES))
    assert figures.round_share == pytest.approx(ROUND)
    assert figures.expected == pytest.approx(4 / 60)


@pytest.mark.parametrize(
    ("comma", "separator", "day"), [(False, ",", "%Y-%m-%d"), (True, ";", "%d.%m.%Y"), (True, "\t", "%d/%m/%Y")]
)
def test_decimal_hours_read_nearly_alike(comma: bool, separator: str, day: str, tmp_path: Path) -> None:
    """Hours in hundredths keep quarter hours, and chance is reckoned for hundredths."""
    path = tmp_path / "harvest.csv"
    path.write_text(text_of(exports.harvest(comma=comma, day=day)(ENTRIES), separator), encoding="utf-8")
    figures = only(path)
    assert (figures.people, figures.entries) == (6, len(ENTRIES))
    assert figures.round_share == pytest.approx(NEARLY, abs=0.01)
    assert figures.expected == pytest.approx(0.04)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(encoding: str, separator: str, tmp_path: Path) -> None:
    """A byte-order mark, two bytes a letter or Latin letters change nothing, nor does the separator."""
    path = tmp_path / "export.csv"
    path.write_bytes(text_of(exports.toggl(ENTRIES), separator).encode(encoding))
    figures = only(path)
    assert (figures.people, figures.entries) == (6, len(ENTRIES))
    assert figures.round_share == pytest.approx(ROUND)


def test_a_workbook_of_texts(tmp_path: Path) -> None:
    """A workbook whose cells are all texts, behind a summary sheet, is read like the text file."""
    path = tmp_path / "export.xlsx"
    save_workbook(path, exports.clockify("%d/%m/%Y")(ENTRIES), before=[["Summary report"], ["Total", "12:00:00"]])
    figures = only(path)
    assert (figures.people, figures.entries) == (6, len(ENTRIES))
    assert figures.round_share == pytest.approx(ROUND)


def test_a_workbook_of_serials_and_formulas(tmp_path: Path) -> None:
    """Real dates, times and lengths in cells, a sum without a stored result, and lengths as parts of a day."""
    path = tmp_path / "export.xlsx"
    head = ["Date", "Employee", "Client", "Start", "End", "Duration"]
    rows: exports.Rows = [
        [e.begins.date(), e.name, e.client, e.begins.time(), e.ends.time(), timedelta(minutes=e.minutes)]
        for e in ENTRIES
    ]
    save_workbook(path, [head, *rows, [], ["Total", "", "", "", "", f"=SUM(F2:F{len(rows) + 1})"]])
    figures = only(path)
    assert (figures.people, figures.entries) == (6, len(ENTRIES))
    assert figures.round_share == pytest.approx(ROUND)
    serials: exports.Rows = [
        [(e.begins - datetime.fromisoformat("1899-12-30")).days, e.name, e.client, None, None, e.minutes / 1440]
        for e in ENTRIES
    ]
    save_workbook(path, [head, *serials])
    assert only(path).round_share == pytest.approx(ROUND)
    formulas: exports.Rows = [
        [e.begins, e.name, e.client, e.begins, e.ends, f"=E{line}-D{line}"] for line, e in enumerate(ENTRIES, 2)
    ]
    save_workbook(path, [head, *formulas])
    assert only(path).round_share == pytest.approx(ROUND)


def test_a_weekly_timesheet(tmp_path: Path) -> None:
    """A row for a person and project with a column for each day: each filled cell is an entry."""
    rows: exports.Rows = [["Week of", "Name", "Project", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Total"]]
    for week in range(3):
        monday = f"{MONDAY + timedelta(weeks=week):%Y-%m-%d}"
        for person in range(5):
            rows.append([monday, f"N{person}", "A", "3:10", "4:00", "", "2:15", "1:05", "", "", "10:30"])
            rows.append([monday, f"N{person}", "B", "4:50", "4:00", "-", "5:45", "6:00", "", "", "20:35"])
        rows.append([monday, "Total", "", "40:00", "40:00", "", "40:00", "35:25", "", "", "155:25"])
    path = tmp_path / "week.csv"
    path.write_text(text_of(rows, ";"), encoding="utf-8")
    figures = only(path)
    assert (figures.people, figures.entries) == (5, 3 * 5 * 8)
    assert figures.round_share == pytest.approx(5 / 8)
    assert figures.contract_days_share == pytest.approx(3 / 4)


def test_a_timesheet_with_dates_in_its_headings(tmp_path: Path) -> None:
    """Days named by date, decimal commas, and a second week below with headings of its own."""
    rows: exports.Rows = []
    for week in range(2):
        days = [MONDAY + timedelta(days=7 * week + each) for each in range(7)]
        rows.append(["Mitarbeiter", *(f"{each:%d.%m.%Y}" for each in days), "Summe"])
        rows.extend([f"N{person}", "8", "7,5", "8,25", "8,1", "6", "", "", "37,85"] for person in range(6))
    path = tmp_path / "week.csv"
    path.write_text(text_of(rows, ";"), encoding="latin-1")
    figures = only(path)
    assert (figures.people, figures.entries) == (6, 60)
    assert figures.round_share == pytest.approx(4 / 5)


def test_groups_are_teams_then_clients(tmp_path: Path) -> None:
    """A team's column makes the groups; where it is empty a client's does; too small clients are one group together."""
    path = tmp_path / "export.csv"
    teams = [Logged(e.person, e.begins, e.minutes, team="red" if e.person < 5 else "blue") for e in ENTRIES]
    path.write_text(text_of(exports.timely(teams)), encoding="utf-8")
    groups = {each.group: each.figures for each in judge_file(path).groups}
    assert groups["blue"] is None
    assert groups["red"] is not None
    assert groups["red"].people == 5
    clients = [Logged(e.person, e.begins, e.minutes, client=f"C{e.person}") for e in ENTRIES]
    path.write_text(text_of(exports.timely(clients)), encoding="utf-8")
    assert only(path).people == 6
