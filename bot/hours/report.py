"""Reads an export of hours and says, for each group of people, how round it is: for the command line and for Slack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.domain.hours import GroupHours, Reason, RoundHours, judge_tally
from bot.domain.hours_record import Entry, Tally
from bot.hours.columns import HEADINGS_WITHIN, first_table, week_columns
from bot.hours.dates import Order
from bot.hours.listing import EVERYBODY, Listing
from bot.hours.people import Pseudonyms
from bot.hours.survey import survey
from bot.hours.tables import Table, tables_of
from bot.hours.timesheet import Timesheet
from bot.hours.unreadable import Unreadable

_ACCURACY = 4
_LONGEST_CONTRACT = 24


@dataclass(frozen=True, slots=True)
class HoursReport:
    """What an export says of its groups, and of nobody in particular."""

    groups: tuple[GroupHours, ...]
    k: int

    @property
    def sign(self) -> bool:
        """Whether any group raises the sign."""
        return any(each.figures is not None and each.figures.sign for each in self.groups)


def judge_file(path: str | Path, k: int = 5, contract_hours: float | None = None) -> HoursReport:
    """Read an export and judge its groups of at least `k` people.

    `contract_hours` is the length of a contract day, if one is known. Raises Unreadable, whose text can be shown.
    """
    if contract_hours is not None and not 0 < contract_hours <= _LONGEST_CONTRACT:
        raise Unreadable("The contract's hours are those of a day.", "Give a number such as 8 or 7.5.")
    people = Pseudonyms()
    tally = Tally()
    by_client = False
    found = False
    for table in tables_of(Path(path)):
        read = _read(table, people, tally)
        if read is not None:
            by_client, found = read, True
            break
    if not found:
        raise Unreadable(
            f"No headings that tell the day and the hours were found in the first {HEADINGS_WITHIN} rows.",
            "Export the detailed report, or name the columns: Date, Name, Duration.",
        )
    if not tally.groups:
        raise Unreadable(
            "The export has headings, but no entries.", "Export it again for days on which somebody logged hours."
        )
    if by_client and all(tally.people(group) < k for group in tally.groups):
        tally = tally.merged(EVERYBODY)
    minutes = None if contract_hours is None else contract_hours * 60
    return HoursReport(_unnamed(judge_tally(tally, k=k, contract_minutes=minutes), people), k)


def as_json(report: HoursReport) -> str:
    """The report as JSON. Of a group with fewer than k people, not even their number is given."""
    return json.dumps({"groups": [_json(each) for each in report.groups]}, ensure_ascii=False, indent=2)


def as_text(report: HoursReport) -> str:
    """The report in plain words."""
    return "\n\n".join(_text(each, report.k) for each in report.groups)


def _read(table: Table, people: Pseudonyms, tally: Tally) -> bool | None:
    """Tally a table's entries. Answers whether its groups are clients, or None when it holds no hours."""
    columns, seen = first_table(table.rows())
    order = next((each for each in Order if any(week_columns(line, cells, each) for line, cells in seen)), None)
    if order is not None:
        sheet = Timesheet(order, people)
        _count(sheet.entries(table.rows(), sheet.unit(table.rows())), tally)
        return sheet.group_is_client
    if columns is None:
        return None
    listing_survey = survey(columns, table.rows())
    _count(Listing(columns, listing_survey, people).entries(table.rows()), tally)
    return listing_survey.group_is_client and listing_survey.group is not None


def _count(entries: Iterator[Entry], tally: Tally) -> None:
    for entry in entries:
        tally.add(entry)


def _unnamed(groups: tuple[GroupHours, ...], people: Pseudonyms) -> tuple[GroupHours, ...]:
    """The groups, a number standing in for a name that is also a person's."""
    return tuple(
        GroupHours(f"group {number}", each.figures) if people.is_person(each.group) else each
        for number, each in enumerate(groups, 1)
    )


def _json(each: GroupHours) -> dict[str, object]:
    figures = each.figures
    if figures is None:
        names = ("people", "entries", "round_share", "expected", "low", "high", "contract_days_share", "sign")
        return {"group": each.group} | dict.fromkeys(names)
    return {
        "group": each.group,
        "people": figures.people,
        "entries": figures.entries,
        "round_share": round(figures.round_share, _ACCURACY),
        "expected": round(figures.expected, _ACCURACY),
        "low": round(figures.low, _ACCURACY),
        "high": round(figures.high, _ACCURACY),
        "contract_days_share": round(figures.contract_days_share, _ACCURACY),
        "sign": figures.sign,
    }


_BECAUSE = {
    Reason.CONTRACT: "Several people's days are exactly as long as their contract's, more often than steady honest work gives.",
    Reason.CHANGE: "Several people's entries became clearly rounder than their own in the weeks before.",
    Reason.STARTS: "Several people's lengths are on half hours although a clock noted the second at which they began "
    "(or the report was exported with rounding switched on: switch it off, and look again).",
    Reason.CHANCE: "Several people time their work, and yet far more lengths are on half hours than chance would give.",
    Reason.LONG_DAYS: "Several people's entries are all in half hours, and their days are longer than a contract's.",
    Reason.FULL_HOURS: "Several people's entries are nearly all in full hours.",
}


def _text(each: GroupHours, k: int) -> str:
    if each.figures is None:
        return f"{each.group}: fewer than {k} people can be told apart here, so nothing is said about their hours."
    figures = each.figures
    lines = [
        f"{each.group}: {figures.people} people, {figures.entries} entries",
        f"  On a full, half or quarter hour: {_percent(figures.round_share)}.",
        f"  The 95 % interval of that: {_percent(figures.low)} to {_percent(figures.high)}.",
        f"  What chance alone would give: {_percent(figures.expected)}.",
        f"  On a half hour: {_percent(figures.half_share)}. On a full hour: {_percent(figures.full_share)}.",
        f"  Days at exactly the contract's hours: {_percent(figures.contract_days_share)}.",
        *_verdict(figures),
    ]
    return "\n".join(lines)


def _verdict(figures: RoundHours) -> list[str]:
    if not figures.sign:
        return ["  No sign: typed hours are naturally round, and these are no rounder than honest ones can be."]
    return [
        "  Sign 2, hours look too round:",
        *(f"  - {_BECAUSE[reason]}" for reason in figures.reasons),
        "  Look at how the policy treats breaks and corrections, and at how it was told; do not look for who it is.",
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
