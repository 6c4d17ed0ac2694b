"""Somebody who holds every workbook ever exported lays them side by side, and learns about nobody.

The attacker reads cells, formats and labels, subtracts any two workbooks, and puts all of them into one system of sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.publication import Publication
from bot.domain.report_period import Span
from bot.domain.theme_names import theme_name
from bot.domain.weeks import Week, read_week
from tests.domain.anonymity_attacker import Attacker
from tests.domain.anonymity_worlds import START, K, Spoken, monday_after, offices, publish_due, weeks_from
from tests.reports.workbooks import Read, figures_of, table_in, weeks_named, workbook

SLOW = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
THEMES = ("trust", "reason", "what_is_tracked", "screenshots")
BY_NAME = {theme_name(theme): theme for theme in THEMES}
CALENDAR = weeks_from(START, 12)
TEAMS = {f"wave {number}": "" for number in range(3)}
Asked = tuple[int, int, int]
"""When an export was asked for (a week's number), and which weeks: two ends, in any order."""


def people(voices: Iterable[Spoken]) -> int:
    return len({voice.person for voice in voices})


def exported(spoken: list[Spoken], asked: Sequence[Asked]) -> list[bytes]:
    """The workbooks that these requesters got, one after the other; each sees only weeks that were over."""
    published: list[Publication] = []
    books = []
    for passed, one, other in sorted(asked):
        publish_due(spoken, published, monday_after(CALENDAR[passed - 1]))
        first, last = sorted((min(one, passed - 1), min(other, passed - 1)))
        span = Span(CALENDAR[first], CALENDAR[last])
        books.append(workbook(figures_of(sorted(published, key=lambda each: each.first), span), TEAMS))
    return books


def weeks_in(label: str) -> frozenset[Week]:
    """The weeks of a row's label."""
    first, last = weeks_named(label)
    return frozenset(week for week in CALENDAR if read_week(first) <= week <= read_week(last))


def weeks_of(book: bytes) -> frozenset[Week]:
    """The weeks that a workbook says something about: those that are not published yet are in no total."""
    rows = table_in(book, "Themes by week")
    shown = [weeks_in(row) for (row, column), read in rows.items() if column == "Voices" and read.amount is not None]
    return frozenset[Week]().union(*shown)


def figures(book: bytes) -> dict[tuple[str, str, str], tuple[Read, frozenset[Week]]]:
    """Every figure of the two sheets that break themes down, with the weeks that it stands for."""
    found = {}
    for (row, column), read in table_in(book, "Themes by wave and team").items():
        found["wave", row, column] = read, weeks_of(book)
    for (row, column), read in table_in(book, "Themes by week").items():
        found["week", row, column] = read, weeks_in(row)
    return found


def behind(spoken: Sequence[Spoken], place: tuple[str, str, str], weeks: Iterable[Week]) -> list[Spoken] | None:
    """The voices of a figure; None for one that is made up of others, or stands for several things together."""
    kind, row, column = place
    inside = set(weeks)
    voices = [voice for voice in spoken if voice.week in inside]
    if kind == "week":
        if column == "Voices":
            return voices
        return [voice for voice in voices if voice.theme == BY_NAME[column]] if column in BY_NAME else None
    if row != "All themes":
        if row not in BY_NAME:
            return None
        voices = [voice for voice in voices if voice.theme == BY_NAME[row]]
    if column == "All waves":
        return voices
    return [voice for voice in voices if voice.wave == column.lower()] if column.lower() in TEAMS else None


several = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 11), st.integers(0, 11)), min_size=2, max_size=4)


@SLOW
@given(offices(weeks=9, most=90, themes=4), several)
def test_two_workbooks_differ_by_nothing_or_by_k_people(spoken: list[Spoken], asked: list[Asked]) -> None:
    """Cell by cell, whoever asked, whenever, for whatever weeks: no difference stands for fewer than k people."""
    books = [figures(book) for book in exported(spoken, asked)]
    for larger, smaller in permutations(books, 2):
        for place, (read, weeks) in larger.items():
            before, less = smaller.get(place, (Read(None), frozenset()))
            if not (read.exact and before.exact) or read.amount is None or before.amount is None or not less <= weeks:
                continue
            added = behind(spoken, place, weeks - less)
            if added is not None and place[2] != "A week":
                assert read.amount - before.amount == len(added)
                assert not added or people(added) >= K, place


@SLOW
@given(offices(weeks=9, most=90, themes=4), several)
def test_what_can_be_read_is_true_and_has_k_people(spoken: list[Spoken], asked: list[Asked]) -> None:
    """Exact figures are what was said, "at least" is no more than that, and behind both there are k people, or none."""
    for book in exported(spoken, asked):
        for place, (read, weeks) in figures(book).items():
            voices = behind(spoken, place, weeks)
            if voices is None or read.amount is None or place[2] == "A week":
                continue
            assert len(voices) == read.amount if read.exact else len(voices) >= read.amount
            assert not voices or people(voices) >= K, place


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    offices(weeks=2, most=20, themes=2, waves=2),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=2),
)
def test_all_workbooks_as_one_system_leave_k_values_to_small_figures(spoken: list[Spoken], asked: list[Asked]) -> None:
    """Sums, differences, differences of differences: whatever fewer than k people said keeps k possible amounts."""
    weeks, waves, themes = CALENDAR[:4], ("wave 0", "wave 1"), THEMES[:2]
    attacker = Attacker()

    def cells(of: Iterable[Week], wave: str | None, theme: str | None) -> list[tuple[Week, str, str]]:
        return [
            (week, each, other)
            for week in of
            for each in waves
            for other in themes
            if wave in (None, each) and theme in (None, other)
        ]

    small: set[tuple[frozenset[Week], str | None, str]] = set()
    for book in exported(spoken, asked):
        for (kind, row, column), (read, of) in figures(book).items():
            name = column if kind == "week" else row
            wave = column.lower() if kind == "wave" and column.lower() in waves else None
            if behind(spoken, (kind, row, column), of) is None or column == "A week":
                continue
            theme = BY_NAME.get(name)
            if read.amount is not None:
                attacker.learns(cells(of & set(weeks), wave, theme), read.amount, read.amount if read.exact else None)
            elif theme:
                small.add((of & frozenset(weeks), wave, theme))
    for of, wave, theme in small:
        voices = [voice for voice in spoken if voice.week in of and voice.theme == theme and wave in (None, voice.wave)]
        if 0 < people(voices) < K:
            assert len(attacker.values(cells(of, wave, theme), K)) >= K
