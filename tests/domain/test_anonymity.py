"""What may be shown of voices: when, how much of it, and that a small pilot still reads something true."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import anonymity
from bot.domain.anonymity import (
    ALL_THEMES,
    Figures,
    NotToBePublished,
    Segment,
    Sum,
    added_up,
    due,
    in_range,
    publish,
)
from bot.domain.answer_scale import AnswerScale, Stretch, scale
from bot.domain.counted import Count, DoesNotAddUp, narrowed, together
from bot.domain.counted_grid import Grid, singles
from bot.domain.disclosure import Disclosive, audit
from bot.domain.publication import Publication, TableKind, from_json, to_json
from bot.domain.pushback import Theme
from bot.domain.rolling_up import FAMILIES
from bot.domain.suppression import Breakdown
from bot.domain.weeks import Week, read_week, week_of
from tests.domain.anonymity_worlds import (
    START,
    THEMES,
    ZONE,
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


def said(people: int, theme: str, *, week: Week = START, first: int = 0, wave: str = "pilot") -> list[Spoken]:
    """One voice each of some people, numbered from `first`."""
    return [Spoken(person, week, wave, theme, "entry", "helped") for person in range(first, first + people)]


def test_a_week_is_due_when_it_is_over_in_the_organisations_zone() -> None:
    """On Sunday evening in Auckland the week is over there, although it is not in UTC."""
    moment = datetime(2026, 12, 6, 12, 30, tzinfo=UTC)
    assert due(START, [], moment, ZONE) == ()
    assert due(START, [], moment, ZoneInfo("Pacific/Auckland")) == (Segment((START,), final=False),)


def test_a_year_of_53_weeks_has_no_gap() -> None:
    """2026-W53 is published between W52 and 2027-W01, in the period that they share."""
    segments = due(START, [], monday_after(read_week("2027-W03")), ZONE)
    assert [str(week) for week in segments[1].weeks] == ["2026-W53", "2027-W01", "2027-W02", "2027-W03"]
    assert [segment.final for segment in segments] == [True, True]


def test_the_present_week_is_never_published() -> None:
    """Neither is it due, nor is it published if somebody insists."""
    now = monday_after(START) - timedelta(seconds=1)
    assert week_of(now, ZONE) == START
    with pytest.raises(NotToBePublished):
        publish(Segment((START,), final=True), figures([], [START]), K, now=now, zone=ZONE)


def test_no_week_is_published_twice() -> None:
    """Another cut of weeks that were published is refused, even a smaller one."""
    spoken = said(12, "trust")
    published: list[Publication] = []
    publish_due(spoken, published, monday_after(START.period.last))
    with pytest.raises(NotToBePublished):
        publish(
            Segment((START,), final=True),
            figures(spoken, [START]),
            K,
            published=published,
            now=monday_after(START.period.last),
            zone=ZONE,
        )


def test_what_is_too_small_waits_while_its_period_is_open() -> None:
    """Four people in the first week are not published; with two more in the second they all are, together."""
    spoken = said(4, "trust") + said(2, "trust", week=START.next, first=4)
    published: list[Publication] = []
    assert publish_due(spoken, published, monday_after(START)) == []
    (fresh,) = publish_due(spoken, published, monday_after(START.next))
    assert (fresh.span, fresh.voices) == ("2026-W49 to 2026-W50", 6)


def test_what_is_too_small_for_its_period_is_never_shown() -> None:
    """Four people in four weeks: the publication says so, and has no figure at all."""
    publication = one_publication(said(4, "trust"))
    assert publication.voices is None
    assert publication.tables == ()
    assert "Fewer than 5" in publication.notes[0]


def test_silence_is_told() -> None:
    """Weeks in which nobody spoke say so: a nought is nobody's voice."""
    assert one_publication([]).voices == 0


def test_k_comes_from_the_rules() -> None:
    """With k = 8, six people are too few."""
    assert one_publication(said(6, "trust"), k=8).voices is None
    assert one_publication(said(6, "trust"), k=5).voices == 6


def test_people_count_and_not_voices() -> None:
    """Twelve voices of three people are three people."""
    assert one_publication(said(3, "trust") * 4).voices is None


@pytest.mark.parametrize("seed", range(12))
def test_a_pilot_of_forty_with_a_dozen_voices_reads_something_true(seed: int) -> None:
    """Whatever the dozen is about, its total is shown, all of it under some name, and nothing that is shown is hidden."""
    spoken = office(seed, people=40, voices=12)
    publication = one_publication(spoken)
    assert publication.voices == 12
    assert sum(theme.voices for theme in publication.themes) == 12
    assert publication.notes or len(publication.themes) > 1
    waves = publication.table(TableKind.WAVES)
    assert waves is not None
    assert waves.rows[0].voices == 12


def test_neighbouring_themes_stand_together_before_all_others_do() -> None:
    """Seven people on four themes of one family and five on others: the family has a figure of its own."""
    spoken = [
        *said(3, "trust"),
        *said(2, "screenshots", first=3),
        *said(2, "who_sees", first=5),
        *said(3, "retention", first=7),
        *said(2, "accuracy", first=10),
    ]
    publication = one_publication(spoken)
    assert [(theme.name, theme.voices) for theme in publication.themes] == [
        ("Being watched", 7),
        ("other themes together", 5),
    ]
    assert "stand together" in publication.notes[0]


def test_a_pilot_that_speaks_of_one_thing_mostly_is_told_so() -> None:
    """Nine people on trust and three on anything else: the three stay hidden, and yet it says what matters."""
    spoken = [*said(9, "trust"), *said(2, "retention", first=9), *said(1, "pilot", first=11)]
    publication = one_publication(spoken)
    assert [(theme.name, theme.voices) for theme in publication.themes] == [(ALL_THEMES, 12)]
    assert publication.mostly == "trust"
    assert publication.notes[-1] == "At least 5 people spoke of trust, and fewer than 5 of anything else."


def test_counted_unions_let_a_pilot_say_more() -> None:
    """Where the people of a family were counted, speaking twice does not blur it."""
    spoken = [
        *said(4, "trust"),
        *said(4, "screenshots", first=2),
        *said(4, "retention", first=10),
        *said(4, "own_data", first=12),
    ]
    counted = figures(spoken, START.period.weeks)
    watched, rights = frozenset({"trust", "screenshots"}), frozenset({"retention", "own_data"})
    segment, now = Segment(START.period.weeks, final=True), monday_after(START.period.last)
    told = publish(segment, replace(counted, theme_unions={watched: 6, rights: 6}), K, now=now, zone=ZONE)
    assert told is not None
    assert [(theme.name, theme.voices) for theme in told.themes] == [("Being watched", 8), ("Rights and data", 8)]


def test_a_large_organisation_sees_nearly_everything() -> None:
    """40,000 voices in four weeks: every theme by every week, and nine tenths of a dozen waves."""
    publication = one_publication(office(3, people=8000, voices=40_000, waves=12))
    assert publication.people == len({voice.person for voice in office(3, people=8000, voices=40_000, waves=12)})
    weeks, waves = publication.table(TableKind.WEEKS), publication.table(TableKind.WAVES)
    assert weeks is not None
    assert waves is not None
    assert weeks.hidden == ()
    assert (len(weeks.rows), len(weeks.columns)) == (4, len(THEMES))
    assert len(waves.hidden) < 0.1 * 12 * len(THEMES)


def test_a_report_shows_publications_whole() -> None:
    """A range that begins in the middle of a publication shows all of it: no cut of its own."""
    published: list[Publication] = []
    spoken = office(1, people=60, voices=200, weeks=12)
    calendar = weeks_from(START, 12)
    publish_due(spoken, published, monday_after(calendar[-1]))
    shown = in_range(published, calendar[2], calendar[5])
    assert [each.span for each in shown] == ["2026-W49 to 2026-W52", "2026-W53 to 2027-W03"]


def test_sums_over_publications_say_whether_they_are_complete() -> None:
    """A theme that is named in one period and rolled up in the next has a sum, marked as a part of the truth."""
    second = START.period.last.next
    spoken = [
        *said(6, "trust"),
        *said(6, "reason", first=6),
        *said(7, "trust", week=second),
        *said(2, "reason", first=7, week=second),
        *said(4, "pilot", first=9, week=second),
    ]
    published: list[Publication] = []
    publish_due(spoken, published, monday_after(second.period.last))
    sums = added_up(published)
    assert sums["", "trust"] == Sum(13, complete=True)
    assert sums["", "reason"] == Sum(6, complete=False)
    by_wave = added_up(published, TableKind.WAVES)
    assert by_wave["pilot", "trust"] == Sum(13, complete=True)


@given(offices(weeks=8))
def test_a_publication_survives_being_stored(spoken: list[Spoken]) -> None:
    """Through JSON and back it is the same, and the audit still passes."""
    published: list[Publication] = []
    publish_due(spoken, published, monday_after(weeks_from(START, 8)[-1]))
    stored = [from_json(json.loads(json.dumps(to_json(each)))) for each in published]
    assert stored == published
    assert audit(stored) == ()


def test_hidden_figures_are_not_in_what_is_stored() -> None:
    """Moving voices between hidden cells, totals kept, changes nothing in the stored publication."""
    week = START.next
    one = [*said(5, "trust"), *said(2, "reason", first=5), *said(2, "trust", week=week, first=7)]
    one += said(6, "reason", week=week, first=9)
    other = [*said(6, "trust"), *said(1, "reason", first=6), *said(1, "trust", week=week, first=7)]
    other += said(7, "reason", week=week, first=8)
    first, second = one_publication(one), one_publication(other)
    table = first.table(TableKind.WEEKS)
    assert table is not None
    assert len(table.hidden) == 4
    assert first.tables[0] == second.tables[0]


def test_contradicting_figures_are_refused() -> None:
    """Themes that do not make up the total would let the missing part be worked out: nothing is published."""
    good = figures(said(12, "trust"), START.period.weeks)
    bad = replace(good, total=Count(13, 12))
    segment, now = Segment(START.period.weeks, final=True), monday_after(START.period.last)
    with pytest.raises(DoesNotAddUp):
        publish(segment, bad, K, now=now, zone=ZONE)
    homeless = replace(good, week_themes={("2026-W49", "no such theme"): Count(12, 12)})
    with pytest.raises(DoesNotAddUp):
        publish(segment, homeless, K, now=now, zone=ZONE)


def test_without_waves_and_entries_there_are_no_such_tables() -> None:
    """What was not counted is not shown."""
    counted = figures(office(1, people=60, voices=100), START.period.weeks)
    only = Figures(counted.total, counted.themes, counted.weeks, counted.week_themes)
    now = monday_after(START.period.last)
    publication = publish(Segment(START.period.weeks, final=True), only, K, now=now, zone=ZONE)
    assert publication is not None
    assert {table.kind for table in publication.tables} == {TableKind.WEEKS}


@given(
    st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=2, max_size=5),
    st.data(),
)
def test_people_of_several_figures_are_within_the_range_given(groups: list[set[int]], data: st.DataObject) -> None:
    """However the same people come back in several figures, the range holds the truth."""
    counts = [Count(len(group), len(group)) for group in groups]
    whole = Count(sum(map(len, groups)), len(set().union(*groups)))
    cut = data.draw(st.integers(1, len(groups) - 1))
    both = together(counts[:cut], whole, counts[cut:])
    assert both.least <= len(set().union(*groups[:cut])) <= both.most


def test_one_figure_counted_in_two_ways_has_the_narrower_range() -> None:
    """Seven to nine people by theme, and at most eight by week, are seven or eight."""
    assert narrowed(Count(9, 7, 9), Count(9, 5, 8)) == Count(9, 7, 8)


def small_cells_only(table: Grid, k: int, *, fold_rows: bool = True) -> Breakdown:
    """What somebody might do who thinks that hiding small cells is enough."""
    del fold_rows
    cells = table.cells
    places = [(i, j) for i in range(len(table.rows)) for j in range(len(table.columns))]
    hidden = frozenset((i, j) for i, j in places if 0 < cells.least[i][j] < k)
    return Breakdown(singles(table.rows), singles(table.columns), cells.voices, hidden)


def test_what_the_audit_refuses_is_replaced_by_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    """If hiding ever fails, the tables shrink to their totals; nothing that was worked out gets out."""
    spoken = office(1, people=60, voices=150, waves=3)
    monkeypatch.setattr(anonymity, "break_down", small_cells_only)
    publication = one_publication(spoken)
    assert audit([publication]) == ()
    assert [len(table.columns) for table in publication.tables] == [1, 1, 1]


def test_what_cannot_be_made_safe_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """If even that fails, publishing is refused, and the refusal names the cells."""
    monkeypatch.setattr(anonymity, "break_down", small_cells_only)
    monkeypatch.setattr(anonymity, "totals_alone", small_cells_only)
    with pytest.raises(Disclosive) as refused:
        one_publication(office(1, people=60, voices=150, waves=3))
    assert "must be between" in str(refused.value)


def test_every_theme_has_one_family() -> None:
    """A theme without neighbours could not be rolled up; one with two would be counted twice."""
    listed = [theme for themes in FAMILIES.values() for theme in themes]
    assert sorted(listed) == sorted(Theme)


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ((1, 1, 1, 1, 0), AnswerScale(None)),
        ((0, 0, 0, 0, 6), AnswerScale(6, (Stretch(1, 5, 6),))),
        ((0, 1, 0, 9, 10), AnswerScale(20, (Stretch(1, 4, 10), Stretch(5, 5, 10)))),
        ((0, 1, 0, 0, 19), AnswerScale(20, (Stretch(1, 5, 20),), few=(1, 3))),
        ((5, 6, 7, 8, 9), AnswerScale(35, tuple(Stretch(i + 1, i + 1, i + 5) for i in range(5)))),
        ((3, 4, 6, 2, 5), AnswerScale(20, (Stretch(1, 2, 7), Stretch(3, 3, 6), Stretch(4, 5, 7)))),
    ],
)
def test_answers_are_laid_together_until_each_part_has_k_people(chosen: tuple[int, ...], shown: AnswerScale) -> None:
    """Noughts count as few: that nobody of those known to have answered chose something is not told either."""
    assert scale(chosen, K) == shown


def test_two_years_are_decided_and_audited_within_seconds() -> None:
    """104 weeks of 22 themes and 40 waves: about a second without coverage, and never longer than a person waits."""
    calendar = weeks_from(START, 104)
    spoken = office(7, people=4000, voices=30_000, weeks=104, waves=40)
    by_week: dict[Week, list[Spoken]] = {week: [] for week in calendar}
    for voice in spoken:
        by_week[voice.week].append(voice)
    segments = due(START, [], monday_after(calendar[-1]), ZONE)
    counted = [figures([voice for week in each.weeks for voice in by_week[week]], each.weeks) for each in segments]
    started = time.process_time()
    published: list[Publication] = []
    for segment, of_segment in zip(segments, counted, strict=True):
        made = publish(segment, of_segment, K, published=published, now=monday_after(calendar[-1]), zone=ZONE)
        published += [made] if made else []
    leaks = audit(published)
    assert time.process_time() - started < 15
    assert leaks == ()
    assert len(published) == 26
