"""Reads days and times of day as exports write them; finds out from all of a file whether 03/04 is in March or April."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.hours.headings import plain
from bot.hours.lengths import Cell


class Order(StrEnum):
    """Which of two numbers in a date is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


_MONTH_NAMES = """jan|januar|january|janvier|enero|gennaio|januari|janeiro|janv|ene|gen|jaen|jänner|janner
feb|februar|february|fevrier|febrero|febbraio|februari|fevereiro|fevr|fev
mar|marz|maerz|march|mars|marzo|maart|marco|mrz|mrt
apr|april|avril|abril|aprile|avr|abr
may|mai|mayo|maggio|mei|maio|mag
jun|juni|june|juin|junio|giugno|junho|giu
jul|juli|july|juillet|julio|luglio|julho|juil|lug
aug|august|aout|agosto|augustus|augusti|ago
sep|sept|september|septembre|septiembre|settembre|setembro|set
oct|okt|october|oktober|octobre|octubre|ottobre|outubro|ott|out
nov|november|novembre|noviembre|novembro
dec|dez|december|dezember|decembre|diciembre|dicembre|dezembro|dic"""
_MONTH_OF = {name: number for number, line in enumerate(_MONTH_NAMES.split("\n"), 1) for name in line.split("|")}
_WEEKDAY_NAMES = """mon|monday|mo|montag|lun|lundi|lunes|lunedi|maandag|ma|seg|segunda
tue|tues|tuesday|di|dienstag|mar|mardi|martes|martedi|dinsdag|ter|terca
wed|weds|wednesday|mi|mittwoch|mer|mercredi|miercoles|mercoledi|woensdag|wo|mie|qua|quarta
thu|thur|thurs|thursday|do|donnerstag|jeu|jeudi|jueves|giovedi|donderdag|gio|jue|qui|quinta
fri|friday|fr|freitag|ven|vendredi|viernes|venerdi|vrijdag|vr|vie|sex|sexta
sat|saturday|sa|samstag|sonnabend|sam|samedi|sabado|sabato|zaterdag|za|sab
sun|sunday|so|sonntag|dim|dimanche|domingo|domenica|zondag|zo|dom"""
_WEEKDAY_OF = {name: number for number, line in enumerate(_WEEKDAY_NAMES.split("\n")) for name in line.split("|")}
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_NUMBERS = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})(?:\s?[-/.]\s?(\d{4}|\d{2}))?\.?")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_TIME = re.compile(
    r"(\d{1,2})(?:[:h.](\d{2}))?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(?:uhr|h)?\s*(?:([ap])\.?\s?m\.?)?", re.IGNORECASE
)
_MOMENT = re.compile(
    r"(.*?\d.*?)[T ,]+\s*(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?\s?m\.?)?)\s*"
    r"(?:z|utc|gmt|[+-]\d{2}:?\d{2}|\(.*\))?",
    re.IGNORECASE,
)
_ISO_WEEK = re.compile(
    r"(\d{4})\s*-?\s*(?:w|kw|week)\s*(\d{1,2})|(?:w|kw|week)\s*(\d{1,2})[\s/,-]+(\d{4})", re.IGNORECASE
)
_FIRST_SERIAL = date(1899, 12, 30).toordinal()
_SERIALS = range(20_000, 80_000)
_YEARS = range(1970, 2100)
_A_YEAR_UNNAMED = 2024
_NOON = 12


class Moment(NamedTuple):
    """A day (proleptic ordinal), or a second of the day, or both."""

    day: int | None
    second: int | None


def read_day(cell: Cell, order: Order, *, year: int | None = None) -> int | None:
    """The day that a cell holds, as a proleptic ordinal. `year` stands in where a heading names none."""
    if isinstance(cell, datetime):
        return cell.toordinal()
    if isinstance(cell, float):
        return _FIRST_SERIAL + int(cell) if int(cell) in _SERIALS else None
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if found := _YEAR_FIRST.match(text):
        return _ordinal(int(found[1]), int(found[2]), int(found[3]))
    if found := _COMPACT.fullmatch(text):
        return _ordinal(int(found[1]), int(found[2]), int(found[3]))
    if numbers := _numbers_of(text):
        first, second, written_year = numbers
        day, month = (first, second) if order is Order.DAY_FIRST else (second, first)
        return _ordinal(_full_year(written_year) if written_year else year, month, day)
    return _in_words(text, year)


def read_moment(cell: Cell, order: Order) -> Moment | None:
    """The day, the time, or both, of a start or an end; None when the cell holds neither."""
    if isinstance(cell, datetime):
        clock = cell.hour * 3600 + cell.minute * 60 + cell.second
        return Moment(cell.toordinal() if cell.year in _YEARS else None, clock)
    if isinstance(cell, time):
        return Moment(None, cell.hour * 3600 + cell.minute * 60 + cell.second)
    if isinstance(cell, timedelta):
        return Moment(None, int(cell.total_seconds()) % 86_400)
    if isinstance(cell, float):
        part = round(cell % 1 * 86_400) % 86_400
        if int(cell) in _SERIALS:
            return Moment(_FIRST_SERIAL + int(cell), part)
        return Moment(None, part) if 0 <= cell < 1 else None
    if cell is None:
        return None
    text = cell.strip().replace("\u202f", " ").replace("\u00a0", " ")
    alone = _second_of(text)
    if alone is not None:
        return Moment(None, alone)
    if found := _MOMENT.fullmatch(text):
        date_of, time_of = read_day(found[1], order), _second_of(found[2].strip())
        return None if date_of is None or time_of is None else Moment(date_of, time_of)
    day = read_day(text, order)
    return None if day is None else Moment(day, None)


def day_part(text: str) -> str:
    """The part of a cell that names the day, without a time of day."""
    found = _MOMENT.fullmatch(text.strip())
    return found[1] if found else text.strip()


def weekday_of(text: str) -> int | None:
    """0 for Monday to 6 for Sunday, when the text is the name of a weekday and nothing else."""
    return _WEEKDAY_OF.get(plain(text).strip("."))


def read_week(cell: Cell, order: Order) -> int | None:
    """The Monday of the week that a cell names: by a day in it, by a span of days, or by its ISO number."""
    if isinstance(cell, str) and (found := _ISO_WEEK.search(cell)):
        year, number = int(found[1] or found[4]), int(found[2] or found[3])
        return date.fromisocalendar(year, number, 1).toordinal() if 1 <= number <= 52 or number == 53 else None  # noqa: PLR2004 - weeks
    day = read_day(cell, order)
    if day is None and isinstance(cell, str):
        for each in re.split(
            r"\s+(?:-|to|bis|until|through)\s+|\s*\u2013\s*|(?i:week (?:of|starting|beginning))", cell
        ):
            day = read_day(each.strip(" :,"), order)
            if day is not None:
                break
    return None if day is None else day - (day - 1) % 7


def order_of(texts: Iterable[str], *, european: bool, half_days: bool) -> Order:
    """Which order a file's dates are in.

    A number above twelve settles it. Otherwise the order is taken that makes the file span less time and fewer
    weekends; then the one that the file's other habits suggest (decimal commas; AM and PM).
    """
    numbers = {found[:2] for text in texts if (found := _numbers_of(text))}
    days_first = any(first > _NOON for first, _ in numbers)
    months_first = any(second > _NOON for _, second in numbers)
    if days_first != months_first:
        return Order.DAY_FIRST if days_first else Order.MONTH_FIRST
    dotted = any("." in text for text in texts)
    habit = Order.DAY_FIRST if (dotted or european) and not half_days else Order.MONTH_FIRST
    if not numbers or days_first:
        return habit
    other = Order.MONTH_FIRST if habit is Order.DAY_FIRST else Order.DAY_FIRST
    if dotted:
        return Order.DAY_FIRST
    return min((habit, other), key=lambda each: _oddity(texts, each))


def _oddity(texts: Iterable[str], order: Order) -> tuple[int, int]:
    days = [day for text in texts if (day := read_day(text, order, year=_A_YEAR_UNNAMED)) is not None]
    weekends = sum((day - 1) % 7 >= 5 for day in days)  # noqa: PLR2004 - Saturday and Sunday
    return (max(days) - min(days)) // 21 if days else 0, weekends


def _numbers_of(text: str) -> tuple[int, int, str | None] | None:
    text = text.strip()
    if "," in text or " " in text:
        first, _, rest = text.partition(" ")
        if weekday_of(first.strip(",.")) is not None:
            text = rest.strip()
    found = _NUMBERS.fullmatch(text)
    return (int(found[1]), int(found[2]), found[3]) if found else None


def _in_words(text: str, year: int | None) -> int | None:
    """`Nov 2, 2026`, `2 November 2026`, `02-Nov-26`, `Mon, 2. Nov.`: one word names the month."""
    month, numbers = None, []
    for word in _WORDS.findall(plain(text)):
        if word.isdigit():
            numbers.append(word)
        elif word in {"de", "del", "of", "the", "th", "st", "nd", "rd"}:
            continue
        elif word in _MONTH_OF and not (word in _WEEKDAY_OF and month is None and not numbers and _another_month(text)):
            if month is not None:
                return None
            month = _MONTH_OF[word]
        elif word not in _WEEKDAY_OF:
            return None
    if month is None or len(numbers) not in {1, 2}:
        return None
    years = [each for each in numbers if len(each) == 4]  # noqa: PLR2004 - digits of a year
    rest = [each for each in numbers if each not in years]
    if len(numbers) == 1:
        return _ordinal(year, month, int(numbers[0])) if not years else None
    if years:
        return _ordinal(int(years[0]), month, int(rest[0])) if rest else None
    return _ordinal(_full_year(rest[1]), month, int(rest[0]))


def _another_month(text: str) -> bool:
    """Whether more than one word of the text could be a month: then the first (`mar`) is a weekday's name."""
    return sum(word in _MONTH_OF for word in _WORDS.findall(plain(text))) > 1


def _second_of(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if not found or not (found[2] or found[4]):
        return None
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if found[4].casefold() == "p" else 0)
    if hour > 24 or minute > 59 or second > 59:  # noqa: PLR2004 - a clock's numbers
        return None
    return (hour * 3600 + minute * 60 + second) % 86_400


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)  # noqa: PLR2004 - digits of a year


def _ordinal(year: int | None, month: int, day: int) -> int | None:
    if year is None or year not in _YEARS:
        return None
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None
