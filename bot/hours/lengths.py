"""Reads lengths of time as tools and people write them: 1:30, 01:30:00, 1h 30m, 1.5, 1,5, 90 min, PT1H30M."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import NamedTuple

from bot.hours.headings import Unit

Cell = str | float | datetime | time | timedelta | None
"""What a table's cell holds. Whole numbers and formulas' results are floats; dates without a time are datetimes."""


class Length(NamedTuple):
    """A length in minutes. `decimal` says that it was written in hours with at most two decimals, so only nearly so."""

    minutes: float
    decimal: bool = False


_BLANKS = frozenset({"", "-", "\u2013", "\u2014", "--", "n/a", "null", "none", "nan"})
_CLOCK = re.compile(r"(?:(\d+)[.d]\s*)?(\d+):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?")
_NUMBER = re.compile(r"(\d{1,3}(?:[ '\u2019]\d{3})+|\d+)?(?:[.,](\d*))?")
_ISO = re.compile(r"pt(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?", re.IGNORECASE)
_PART = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(h|hr|hrs|hours?|std|stunden?|heures?|horas?|ore?|uur|uren|m|min|mins|minutes?|minuten?|minutos?"
    r"|minuti|s|sec|secs|seconds?|sek|sekunden?|secondes?)\b\.?[\s,]*",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(\d+)\s*h\s*(\d{1,2})", re.IGNORECASE)
_PER_MINUTE = {Unit.HOURS: 60.0, Unit.MINUTES: 1.0, Unit.SECONDS: 1 / 60, Unit.UNKNOWN: 60.0}
_HUNDREDTHS = 2
_MINUTES_IN_A_DAY = 1440


def is_blank(cell: Cell) -> bool:
    """Whether the cell holds nothing, or only a dash."""
    return cell is None or (isinstance(cell, str) and cell.strip().casefold() in _BLANKS)


def plain_number(cell: Cell) -> float | None:
    """The value of a cell that is a number without a unit; None for any other."""
    if isinstance(cell, float):
        return cell
    if not isinstance(cell, str):
        return None
    text = cell.strip().replace("\u00a0", " ").replace("\u202f", " ")
    found = _NUMBER.fullmatch(text)
    if not found or not (found[1] or found[2]):
        return None
    whole = re.sub(r"[ '\u2019]", "", found[1] or "0")
    return float(f"{whole}.{found[2] or '0'}")


def read_length(cell: Cell, unit: Unit) -> Length | None:
    """The length that a cell holds; None when it is no length. A plain number counts in `unit`."""
    if isinstance(cell, timedelta):
        return Length(cell.total_seconds() / 60)
    if isinstance(cell, datetime):  # a workbook shows lengths over 24 hours as moments after its first day
        return Length((cell - datetime(1899, 12, 31)).total_seconds() / 60) if cell.year <= 1900 else None  # noqa: DTZ001, PLR2004 - a length, not a moment
    if isinstance(cell, time):
        return Length(cell.hour * 60 + cell.minute + cell.second / 60)
    number = plain_number(cell)
    if number is not None:
        return Length(number * _PER_MINUTE[unit], _coarse(cell, unit))
    return _read_words(cell.strip(), unit) if isinstance(cell, str) else None


def _read_words(text: str, unit: Unit) -> Length | None:
    negative, text = text.startswith("-"), text.lstrip("+-")
    sign = -1 if negative else 1
    if negative and (number := plain_number(text)) is not None:
        return Length(-number * _PER_MINUTE[unit])
    if clock := _CLOCK.fullmatch(text):
        days, first, second, third = (int(each or 0) for each in clock.groups())
        if clock[4] is None and unit in {Unit.MINUTES, Unit.SECONDS} and not clock[1]:
            return Length(sign * (first + second / 60))
        return Length(sign * (days * _MINUTES_IN_A_DAY + first * 60 + second + third / 60)) if second < 60 else None  # noqa: PLR2004 - minutes
    if (iso := _ISO.fullmatch(text)) and any(iso.groups()):
        hours, minutes, seconds = (float(each or 0) for each in iso.groups())
        return Length(hours * 60 + minutes + seconds / 60)
    if short := _SHORT.fullmatch(text):
        return Length(int(short[1]) * 60.0 + int(short[2]))
    return _read_parts(text)


def _read_parts(text: str) -> Length | None:
    """Numbers with units, one after the other. Hours with a decimal point are as coarse as decimal hours."""
    total, end, decimal = 0.0, 0, False
    for part in _PART.finditer(text):
        if part.start() != end:
            return None
        end, kind = part.end(), _kind(part[2])
        total += float(part[1].replace(",", ".")) * {"m": 1.0, "s": 1 / 60, "h": 60.0}[kind]
        decimal |= kind == "h" and not part[1].isdigit() and _coarse(part[1], Unit.HOURS)
    return Length(total, decimal) if end and end == len(text) else None


def _kind(word: str) -> str:
    """`m`, `s` or `h` for a word that names a unit; `std` and `stunden` are hours although they begin with s."""
    word = word.casefold()
    if word.startswith("st"):
        return "h"
    return word[0] if word[0] in "ms" else "h"


def _coarse(cell: Cell, unit: Unit) -> bool:
    if unit in {Unit.MINUTES, Unit.SECONDS}:
        return False
    text = repr(cell) if isinstance(cell, float) else str(cell).strip()
    return len(re.split(r"[.,]", text)[-1]) <= _HUNDREDTHS if re.search(r"[.,]", text) else True
