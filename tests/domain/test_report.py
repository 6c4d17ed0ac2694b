"""What a report says follows from what was published: it adds up, hides nothing away, and suggests only what a figure shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings

from bot.domain.anonymity import added_up
from bot.domain.crosstab import Heading, crosstab, headings
from bot.domain.open_texts import Asked, open_texts
from bot.domain.publication import Part, Publication, TableKind
from bot.domain.pushback import Theme
from bot.domain.report import About, Findings, NoticeLine, SignLine, VerdictLine
from bot.domain.report_period import Span
from bot.domain.report_summary import ACTIONS, summed_up
from bot.domain.theme_actions import TO_DO
from bot.domain.theme_names import THEME_NAMES
from bot.domain.timeline import FIRST, Entry, Event
from bot.domain.timeline_words import marks, timeline_lines
from bot.domain.weeks import read_week
from tests.domain.anonymity_worlds import START, ZONE, Spoken, monday_after, office, offices, publish_due, weeks_from
from tests.reports.workbooks import figures_of

AT = datetime(2026, 12, 1, 8, tzinfo=UTC)
WEEK = read_week("2026-W49")


def published_of(spoken: list[Spoken], weeks: int) -> list[Publication]:
    published: list[Publication] = []
    publish_due(spoken, published, monday_after(weeks_from(START, weeks)[-1]))
    return sorted(published, key=lambda each: each.first)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(offices(weeks=8, most=80))
def test_a_crosstab_says_what_the_publications_say(spoken: list[Spoken]) -> None:
    """Every cell and total is the sum that the publications show; a heading of several takes nothing away from them."""
    published = published_of(spoken, 8)
    for kind in TableKind:
        table = crosstab(published, kind)
        told = added_up(published, kind)
        for (row, column), cell in table.cells.items():
            if row.alone and column.alone:
                assert cell == told[row.name, column.name]
        with_table = sum(each.voices or 0 for each in published if each.table(kind))
        assert sum(total.voices for total in table.row_totals.values()) == with_table == table.voices
        assert sum(total.voices for total in table.column_totals.values()) == with_table
        assert all(table.left_over(row) >= 0 for row in table.rows)
    assert sum(total.voices for total in headings(published).values()) == sum(each.voices or 0 for each in published)


def test_what_stands_together_is_a_row_of_its_own() -> None:
    """A theme that is rolled up in one stretch and stands alone in another is known in part, and the table says so."""
    alone = Publication(WEEK, WEEK, 5, 9, themes=(Part("trust", ("trust",), 9),))
    rolled = Publication(WEEK.next, WEEK.next, 5, 7, themes=(Part("other", ("trust", "reason"), 7),))
    found = headings([alone, rolled])
    assert [heading.name for heading in found] == ["trust", "other"]
    assert (found[Heading("trust", ("trust",))].voices, found[Heading("trust", ("trust",))].complete) == (9, False)
    assert found[Heading("other", ("trust", "reason"))].voices == 7


@pytest.mark.parametrize(("people", "voices"), [(40, 12), (40, 5), (9, 7), (200, 900), (12, 0), (6, 4)])
def test_a_small_pilot_reads_something_true(people: int, voices: int) -> None:
    """A dozen voices of forty people: a headline, three things to do, each because of a figure that stands there."""
    spoken = office(people + voices, people=people, voices=voices, weeks=4)
    found = figures_of(published_of(spoken, 4), Span(START, weeks_from(START, 4)[-1]))
    summary = found.summary
    assert summary.headline.endswith(".")
    distinct = len({voice.person for voice in spoken})
    assert (f"{voices} voices" in summary.headline) == (distinct >= 5)
    assert len(summary.actions) == ACTIONS if distinct >= 5 else summary.actions
    for action in summary.actions:
        assert any(character.isdigit() for character in action.because), action
        assert action.do
    if distinct < 5:
        assert not any(f"{voices} voice" in line for line in (*summary.changes, summary.not_shown) if voices)


def findings(**more: object) -> Findings:
    spoken = office(4, people=200, voices=900, weeks=8)
    found = figures_of(published_of(spoken, 8), Span(START, weeks_from(START, 8)[-1])).found
    return replace(found, **more)  # type: ignore[arg-type]


def test_what_is_urgent_comes_first() -> None:
    """An unattended sign, then a verdict against the policy, then the answer that fails; reading comes later."""
    sign = SignLine(4, "Somebody asks HR before asking their manager", AT, None)
    verdict = VerdictLine("pilot", AT, "fix the policy", 2)
    notice = NoticeLine(1, "pilot", 40, 38, 10, present=True)
    actions = summed_up(findings(signs=(sign,), verdicts=(verdict,), notices=(notice,)), []).actions
    assert "warning signs" in actions[0].do
    assert "Rewrite the policy" in actions[1].do
    attended = replace(sign, attended_at=AT)
    actions = summed_up(findings(signs=(attended,), verdicts=(replace(verdict, verdict="go"),)), []).actions
    assert not any("warning" in action.do or "Rewrite the policy" in action.do for action in actions)


def test_every_theme_has_a_name_and_something_to_do() -> None:
    """None of them reaches a head of HR as an identifier."""
    assert set(THEME_NAMES) == set(TO_DO) == set(Theme)
    assert len(set(THEME_NAMES.values())) == len(Theme)
    assert not [name for name in THEME_NAMES.values() if "_" in name]


def asked(text: str, theme: str = "trust", week: str = "2026-W49") -> Asked:
    return Asked(text, theme, read_week(week), "open", "")


def test_words_are_shown_only_among_enough_people_and_with_published_weeks() -> None:
    """Fewer than k_text people, or weeks of which nothing is shown: no words, and nothing says whether there were any."""
    shown = Publication(WEEK, WEEK, 5, 9, themes=(Part("trust", ("trust",), 9),))
    quiet = Publication(WEEK.next, WEEK.next, 5, None)
    every = [asked("b?"), asked("a?", "reason"), asked("c?", week="2026-W50"), asked("d?", week="2026-W51")]
    found = open_texts(every, [shown, quiet], people=10, k_text=10)
    assert [(text.text, text.theme) for text in found.shown] == [("a?", ""), ("b?", "trust")]
    assert found.rules == open_texts([], [shown, quiet], people=10, k_text=10).rules
    few = open_texts(every, [shown], people=9, k_text=10)
    assert few.shown == ()
    assert few.rules == open_texts([], [], people=9, k_text=10).rules


def entry(event: Event, **data: str | int) -> Entry:
    return Entry("r", 1, AT, "U01MARA", event, data, FIRST)


def test_the_timeline_has_a_sentence_for_everything() -> None:
    """Every event, with whatever it holds, is told in words; names stand where they are known."""
    for event in Event:
        (line,) = timeline_lines(
            [entry(event, because="because of this", wave="pilot", step="policy")], {"U01MARA": "Mara"}
        )
        assert line.who == "Mara"
        assert line.what[:1].isupper()
        assert "{" not in line.what
        assert "_" not in line.what.replace("asked_by", "")
    (line,) = timeline_lines(
        [entry(Event.OVERRIDE_APPROVED, gate="order", wave="pilot", because="why", asked_by="U2")], {"U2": "Otis"}
    )
    assert line.what == "Approved waiving order for pilot, asked by Otis"
    assert line.why == "why"


def test_marks_are_launches_pauses_and_relaunches() -> None:
    """The briefing of managers is no mark, since nobody else saw it."""
    launched = [entry(Event.LAUNCHED, step=step, wave="pilot") for step in ("brief", "reason", "policy", "install")]
    found = list(marks([*launched, entry(Event.PAUSED), entry(Event.RELAUNCHED)], ZONE))
    assert [mark.kind for mark in found] == ["reason", "policy", "install", "pause", "relaunch"]
    assert {mark.week for mark in found} == {WEEK}


def test_nothing_yet_is_said_plainly() -> None:
    """Before any week is over: no figure, no claim, and when to look again."""
    about = About("r", "Hourglass", None, AT, "Helen", "", 5, 10, "UTC")
    found = replace(findings(), about=about)
    assert "No week of this rollout is over yet" in summed_up(found, []).headline
