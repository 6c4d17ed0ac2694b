"""What an attacker who has every export can find out, against the product and against simpler ways of hiding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations, product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.domain.anonymity import Segment, Sum, _written, added_up, in_range
from bot.domain.disclosure import audit
from bot.domain.hidden_cells import HiddenCells
from bot.domain.publication import Line, Part, Publication, Table, TableKind, to_json
from bot.domain.rolling_up import FAMILIES
from bot.domain.weeks import Week
from tests.domain.anonymity_attacker import Attacker, Unknown, determined_sums
from tests.domain.anonymity_worlds import (
    START,
    K,
    Spoken,
    figures,
    monday_after,
    office,
    offices,
    one_publication,
    publish_due,
    weeks_from,
)

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
THREE = ("trust", "reason", "what_is_tracked", "screenshots")


def people(voices: Iterable[Spoken]) -> int:
    return len({voice.person for voice in voices})


def names(voice: Spoken, kind: TableKind) -> tuple[str, str]:
    """The row and the column that a voice belongs to."""
    if kind is TableKind.ENTRIES:
        return f"{voice.theme}/{voice.entry}", voice.outcome
    return str(voice.week) if kind is TableKind.WEEKS else voice.wave, voice.theme


def behind(spoken: Sequence[Spoken], kind: TableKind, rows: Iterable[str], columns: Iterable[str]) -> list[Spoken]:
    rows, columns = set(rows), set(columns)
    named = [(voice, *names(voice, kind)) for voice in spoken]
    return [voice for voice, row, column in named if row in rows and column in columns]


def members(table: Table, i: int, j: int) -> tuple[list[str], list[str]]:
    """What the cell in row i and column j is made of."""
    return (
        [member for part in table.rows[i].parts for member in part.members],
        [member for part in table.columns[j].parts for member in part.members],
    )


def told(table: Table) -> Attacker:
    """An attacker who was given one table, and takes each part of its rows and columns apart."""
    attacker = Attacker()
    rows = [part for row in table.rows for part in row.parts]
    columns = [part for column in table.columns for part in column.parts]
    for row in rows:
        attacker.learns(((row.name, column.name) for column in columns), row.voices, row.voices)
    for column in columns:
        attacker.learns(((row.name, column.name) for row in rows), column.voices, column.voices)
    for row_line, line in zip(table.rows, table.cells, strict=True):
        for column_line, cell in zip(table.columns, line, strict=True):
            inside = [(row.name, column.name) for row in row_line.parts for column in column_line.parts]
            attacker.learns(inside, 1 if cell is None else cell, cell)
    return attacker


@SLOW
@given(offices())
def test_no_cell_below_k_people_can_be_narrowed_to_fewer_than_k_values(spoken: list[Spoken]) -> None:
    """Whatever is published, every cell of fewer than k people, hidden or rolled up, may have k values at the least."""
    publication = one_publication(spoken, themes=THREE)
    for table in publication.tables:
        attacker = told(table)
        for row in (part for line in table.rows for part in line.parts):
            for column in (part for line in table.columns for part in line.parts):
                voices = behind(spoken, table.kind, row.members, column.members)
                if 0 < people(voices) < K:
                    assert len(attacker.values([(row.name, column.name)], K)) >= K


@SLOW
@given(offices())
def test_no_sum_that_follows_from_the_totals_stands_for_fewer_than_k_people(spoken: list[Spoken]) -> None:
    """Linear algebra over everything shown in a table gives away sums of hidden cells, but none of fewer than k people."""
    publication = one_publication(spoken, themes=THREE)
    for table in publication.tables:
        hidden = table.hidden
        if len(hidden) > 9:
            continue
        lines = [{cell: 1 for cell in hidden if cell[0] == i} for i in range(len(table.rows))]
        lines += [{cell: 1 for cell in hidden if cell[1] == j} for j in range(len(table.columns))]
        for some in determined_sums(hidden, lines):
            voices = [voice for i, j in some for voice in behind(spoken, table.kind, *members(table, i, j))]
            assert people(voices) >= K


@SLOW
@given(offices())
def test_everything_shown_stands_for_nobody_or_k_people(spoken: list[Spoken]) -> None:
    """Every figure that can be read is true, and is a nought or has k people behind it."""
    publication = one_publication(spoken, themes=THREE)
    if publication.voices is None:
        assert people(spoken) < K
        return
    assert publication.voices == len(spoken)
    for theme in publication.themes:
        voices = [voice for voice in spoken if voice.theme in theme.members]
        assert theme.voices == len(voices)
        assert people(voices) >= K
    assert not [voice for voice in spoken if voice.theme in publication.silent]
    for table in publication.tables:
        for i, line in enumerate(table.cells):
            for j, cell in enumerate(line):
                voices = behind(spoken, table.kind, *members(table, i, j))
                assert cell is None or cell == len(voices)
                assert cell is not None or voices
                assert not cell or people(voices) >= K
        for row in (part for line in table.rows for part in line.parts):
            voices = [voice for voice in spoken if names(voice, table.kind)[0] in row.members]
            assert row.voices == len(voices)
            assert not voices or people(voices) >= K


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(offices(weeks=2, most=26, themes=3, waves=2))
def test_tables_laid_side_by_side_say_no_more_than_each_alone(spoken: list[Spoken]) -> None:
    """Themes by week, by wave and by entry share totals; put into one system they still leave k values to small cells."""
    themes = THREE[:3]
    publication = one_publication(spoken, themes=themes)
    weeks = [str(week) for week in START.period.weeks]
    waves = sorted({voice.wave for voice in spoken})
    cube = [(week, wave, theme) for week in weeks for wave in waves for theme in themes]
    entries = sorted({f"{voice.theme}/{voice.entry}" for voice in spoken})
    asked = list(product(entries, sorted({voice.outcome for voice in spoken})))

    def inside(kind: TableKind, rows: Iterable[str], columns: Iterable[str]) -> list[Unknown]:
        rows, columns = set(rows), set(columns)
        if kind is TableKind.ENTRIES:
            return [place for place in asked if place[0] in rows and place[1] in columns]
        axis = 0 if kind is TableKind.WEEKS else 1
        return [place for place in cube if place[axis] in rows and place[2] in columns]

    attacker = Attacker()
    for part in publication.themes:
        attacker.learns([place for place in cube if place[2] in part.members], part.voices, part.voices)
        of_theme = [place for place in asked if place[0].partition("/")[0] in part.members]
        attacker.learns(of_theme, part.voices, part.voices)
    attacker.learns([place for place in cube if place[2] in publication.silent], 0, 0)
    for table in publication.tables:
        every_row = [member for line in table.rows for part in line.parts for member in part.members]
        every_column = [member for line in table.columns for part in line.parts for member in part.members]
        for part in (part for line in table.rows for part in line.parts):
            attacker.learns(inside(table.kind, part.members, every_column), part.voices, part.voices)
        for part in (part for line in table.columns for part in line.parts):
            attacker.learns(inside(table.kind, every_row, part.members), part.voices, part.voices)
        for i, line in enumerate(table.cells):
            for j, cell in enumerate(line):
                attacker.learns(inside(table.kind, *members(table, i, j)), 1 if cell is None else cell, cell)
    for table in publication.tables:
        for i, j in table.hidden:
            place = members(table, i, j)
            if people(behind(spoken, table.kind, *place)) < K:
                assert len(attacker.values(inside(table.kind, *place), K)) >= K


@SLOW
@given(
    offices(weeks=9, most=90),
    st.lists(st.tuples(st.integers(1, 12), st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=8),
)
def test_whatever_one_export_adds_to_another_is_nobody_or_k_people(
    spoken: list[Spoken], asked: list[tuple[int, int, int]]
) -> None:
    """Any requesters, any ranges, any moments, any two exports: cell by cell they differ by nothing or by k people."""
    calendar = weeks_from(START, 12)
    published: list[Publication] = []
    exports: list[tuple[Publication, ...]] = []
    for passed, one, other in sorted(asked):
        publish_due(spoken, published, monday_after(calendar[passed - 1]))
        exports.append(in_range(published, min(calendar[one], calendar[other]), max(calendar[one], calendar[other])))
    assert audit(published) == ()
    for larger, smaller in permutations(exports, 2):
        if not set(smaller) <= set(larger):
            continue
        added = [each for each in larger if each not in smaller]
        for kind in (None, *TableKind):
            before = added_up(smaller, kind)
            for place, total in added_up(larger, kind).items():
                difference = total.voices - before.get(place, Sum(0, complete=True)).voices
                assert difference == 0 or people(_behind_place(spoken, added, kind, place)) >= K


def _behind_place(
    spoken: Sequence[Spoken], publications: Sequence[Publication], kind: TableKind | None, place: tuple[str, str]
) -> list[Spoken]:
    return [
        voice
        for voice in spoken
        if any(each.first <= voice.week <= each.last for each in publications)
        and (voice.theme == place[1] if kind is None else names(voice, kind) == place)
    ]


@SLOW
@given(offices(weeks=6, most=60), st.data())
def test_a_publication_is_the_same_for_everybody_for_ever(spoken: list[Spoken], data: st.DataObject) -> None:
    """Voices that are deleted later change nothing that was published, and no week is ever published twice."""
    published: list[Publication] = []
    seen: dict[Week, object] = {}
    left = list(spoken)
    for week in weeks_from(START, 8):
        publish_due(left, published, monday_after(week) + timedelta(hours=data.draw(st.integers(0, 150))))
        for publication in published:
            for covered in (each for each in weeks_from(START, 12) if publication.first <= each <= publication.last):
                assert seen.setdefault(covered, to_json(publication)) == to_json(publication)
        gone = data.draw(st.integers(0, 30))
        left = [voice for voice in left if voice.person != gone]
    assert audit(published) == ()


@SLOW
@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(st.integers(0, 6), min_size=width, max_size=width), min_size=2, max_size=4)
    ),
)
def test_the_audit_finds_the_exact_range_of_every_hidden_cell(cells: list[list[int]]) -> None:
    """What the audit computes by flows is what trying out every whole number finds."""
    height, width = len(cells), len(cells[0])
    hidden = [(i, j) for i in range(height) for j in range(width) if cells[i][j] and (i * 7 + j * 3) % 5 != 4]
    assume(hidden)
    rows = {i: sum(cells[i][j] for a, j in hidden if a == i) for i in range(height)}
    columns = {j: sum(cells[i][j] for i, b in hidden if b == j) for j in range(width)}
    solver = HiddenCells(hidden, rows, columns)
    attacker = Attacker()
    for i, total in rows.items():
        attacker.learns([cell for cell in hidden if cell[0] == i], total, total)
    for j, total in columns.items():
        attacker.learns([cell for cell in hidden if cell[1] == j], total, total)
    for cell in hidden:
        attacker.learns([cell], 1, None)
    for cell in hidden:
        low, high = solver.range_of(cell)
        values = attacker.values([cell], 1000)
        assert (low, high) == (min(values), max(values))


@SLOW
@given(offices())
def test_hiding_stands_without_the_audit_behind_it(spoken: list[Spoken]) -> None:
    """The audit before publishing is a second lock: what is decided on hiding passes it at the first try."""
    weeks = START.period.weeks
    written = _written(Segment(weeks, final=True), figures(spoken, weeks, themes=THREE), K, FAMILIES)
    assert audit([written]) == ()


def _primary_only(spoken: Sequence[Spoken]) -> tuple[Attacker, list[tuple[str, str]]]:
    """A table of themes by week with its totals, in which the small cells are left out and nothing else is."""
    attacker, small = Attacker(), []
    weeks, themes = sorted({str(voice.week) for voice in spoken}), sorted({voice.theme for voice in spoken})
    for week in weeks:
        total = len([voice for voice in spoken if str(voice.week) == week])
        attacker.learns([(week, theme) for theme in themes], total, total)
    for theme in themes:
        total = len([voice for voice in spoken if voice.theme == theme])
        attacker.learns([(week, theme) for week in weeks], total, total)
    for week in weeks:
        for theme in themes:
            voices = behind(spoken, TableKind.WEEKS, [week], [theme])
            if 0 < people(voices) < K:
                small.append((week, theme))
                attacker.learns([(week, theme)], 1, None)
            else:
                attacker.learns([(week, theme)], len(voices), len(voices))
    return attacker, small


def test_the_same_attacker_beats_a_table_in_which_only_small_cells_are_hidden() -> None:
    """The attack can succeed: against primary suppression alone it works out hidden cells in most offices."""
    beaten = 0
    for seed in range(20):
        attacker, small = _primary_only(office(seed, people=60, voices=150, themes=THREE))
        beaten += any(len(attacker.values([cell], K)) < K for cell in small)
    assert beaten >= 10


def test_the_same_subtraction_beats_reports_over_free_ranges() -> None:
    """The attack can succeed: a report over W49 to W52 and one over W49 to 2027-W01 differ by what three people said."""
    spoken = office(1, people=60, voices=120, weeks=4)
    late = [Spoken(person, weeks_from(START, 5)[-1], "wave 0", "trust", "entry 0", "helped") for person in range(3)]

    def naive(weeks: Sequence[Week]) -> int:
        voices = [voice for voice in [*spoken, *late] if voice.week in weeks and voice.theme == "trust"]
        return len(voices) if people(voices) >= K else 0

    assert naive(weeks_from(START, 5)) - naive(weeks_from(START, 4)) == 3
    published: list[Publication] = []
    publish_due([*spoken, *late], published, monday_after(weeks_from(START, 5)[-1]))
    first, second = (in_range(published, START, weeks_from(START, number)[-1]) for number in (4, 5))
    assert first == second


def line(name: str, *voices: int) -> Line:
    """A row or column; several voices make it a folded one."""
    return Line(
        name, tuple(Part(f"{name}{place or ''}", (f"{name}{place or ''}",), each) for place, each in enumerate(voices))
    )


def publication(rows: Sequence[Line], columns: Sequence[Line], cells: Sequence[Sequence[int | None]]) -> Publication:
    table = Table(TableKind.WEEKS, tuple(rows), tuple(columns), tuple(map(tuple, cells)))
    themes = tuple(part for column in columns for part in column.parts)
    return Publication(START, START.next, K, sum(part.voices for part in themes), None, themes, tables=(table,))


def test_an_audit_of_a_table_with_only_small_cells_hidden_names_the_cell() -> None:
    """The product's own audit can fail too: it names the cell and what it must be."""
    leaks = audit(
        [publication([line("W49", 8), line("W50", 16)], [line("trust", 12), line("reason", 12)], [[6, None], [6, 10]])]
    )
    assert [(leak.low, leak.high) for leak in leaks] == [(2, 2)]
    assert "W49, reason" in leaks[0].where


def test_an_audit_looks_inside_folded_lines() -> None:
    """Twenty in one cell, of which one theme has eighteen and one row six: four to six of them are in both."""
    rows = [line("W49", 6), line("W50", 14)]
    leaks = audit([publication(rows, [line("trust", 18, 2)], [[6], [14]])])
    assert (4, 6) in {(leak.low, leak.high) for leak in leaks}


GOOD = publication([line("W49", 20), line("W50", 16)], [line("trust", 20), line("reason", 16)], [[12, 8], [8, 8]])


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (replace(GOOD, voices=None), "too few people spoke"),
        (replace(GOOD, voices=40), "do not make up the total"),
        (replace(GOOD, people=4), "fewer than 5 people"),
        (replace(GOOD, mostly="trust"), "too few values"),
        (replace(GOOD, themes=(Part("trust", ("trust",), 32), Part("reason", ("reason",), 4))), "figure below 5"),
        (replace(GOOD, themes=(Part("trust", ("trust",), 18), Part("reason", ("reason",), 18))), "not the published"),
        (publication([line("W49", 24), line("W50", 2)], [line("trust", 26)], [[24], [2]]), "figure below 5"),
        (
            publication([line("W49", 20), line("W50", 16)], [line("trust", 20), line("reason", 16)], [[12, 9], [8, 8]]),
            "add up",
        ),
        (
            publication(
                [line("W49", 9), line("W50", 9)], [line("trust", 9), line("reason", 9)], [[None, 9], [9, None]]
            ),
            "contradict",
        ),
    ],
)
def test_the_audit_refuses(bad: Publication, words: str) -> None:
    """Whatever is wrong with a publication, the audit finds it without knowing the figures behind it."""
    assert audit([GOOD]) == ()
    assert any(words in leak.problem for leak in audit([bad]))


def test_the_audit_refuses_entries_that_belong_to_no_theme() -> None:
    """Tables may share nothing but the totals of themes: entries that cut across them are a leak."""
    crossing = Line("trust/a", (Part("trust/a", ("trust/a", "reason/a"), 36),))
    entries = Table(TableKind.ENTRIES, (crossing,), (line("helped", 36),), ((36,),))
    assert any("totals" in leak.problem for leak in audit([replace(GOOD, tables=(entries,))]))


def test_the_audit_sees_weeks_that_two_publications_share() -> None:
    """Two publications of overlapping weeks could be subtracted: that is a leak, whatever is in them."""
    one = one_publication(office(1, people=60, voices=120))
    assert audit([one]) == ()
    assert "in both" in audit([one, one])[0].problem
