"""Gathers what HR's report says: every figure about voices from publications, everything else from notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.domain import anonymity
from bot.domain.facts import facts_of
from bot.domain.open_texts import Asked, open_texts
from bot.domain.progress import Rollout
from bot.domain.publication import Publication
from bot.domain.pushback_figures import answer_lines, pushback
from bot.domain.report import (
    About,
    AnswerText,
    Findings,
    LastExport,
    NamedNotice,
    NoticeLine,
    ReportFigures,
    TimelineLine,
)
from bot.domain.report_period import Span, closed_weeks
from bot.domain.report_summary import summed_up
from bot.domain.timeline import Entry
from bot.domain.timeline_words import marks, timeline_lines
from bot.domain.weeks import week_of
from bot.services import month_figures
from bot.services.publishing import published
from bot.services.voices import Ear
from bot.store import notices, questions, rollouts, timeline
from faq import book as faq_book
from faq.book import Book


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants a report of. `names` are of people by Slack id; without `named` nobody is listed by name."""

    span: Span | None
    by: str
    purpose: str = ""
    names: Mapping[str, str] | None = None
    named: bool = False


def weeks_over(db: Connection, rollout: Rollout, ear: Ear, *, now: datetime) -> Span | None:
    """All weeks of this rollout that are over; None while its first week lasts."""
    begun = rollouts.begun_at(db, rollout.id)
    return closed_weeks(week_of(begun, ear.zone), now, ear.zone) if begun else None


def gathered(
    db: Connection,
    rollout: Rollout,
    ear: Ear,
    book: Book,
    wanted: Wanted,
    *,
    last: LastExport | None = None,
    now: datetime,
) -> ReportFigures:
    """Everything that the workbook says. What is due is published first, whatever weeks are asked for."""
    everything = published(db, rollout, ear, book, now=now)
    span, rules, names = wanted.span, rollout.plan.rules, wanted.names or {}
    so_far = [each for each in everything if span is not None and each.first <= span.last]
    shown = list(anonymity.in_range(everything, span.first, span.last)) if span else []
    whole = _whole(span, shown)
    entries = [entry for entry, _hash in timeline.chain(db, rollout.id)]
    voices = pushback(shown, whole, list(marks(entries, ear.zone)), rules.k)
    found = Findings(
        about=About(
            rollout=rollout.name,
            tool=rollout.plan.tool,
            span=whole,
            made_at=now,
            made_by=names.get(wanted.by, wanted.by),
            purpose=wanted.purpose,
            k=rules.k,
            k_text=rules.k_text,
            zone=ear.zone.key,
        ),
        pushback=voices,
        answers=answer_lines(voices.entries, _texts(rollout, book)),
        texts=open_texts(
            _asked(db, rollout),
            shown,
            people=notices.people_in_channels(db, rollout.id, rules.k_text),
            k_text=rules.k_text,
        ),
        checkins=tuple(month_figures.checkin_lines(db, rollout, whole, ear.zone)),
        verdicts=tuple(month_figures.verdict_lines(db, rollout, whole, ear.zone)),
        reviews=tuple(month_figures.review_lines(db, rollout, zone=ear.zone, now=now)),
        signs=tuple(month_figures.sign_lines(db, rollout)),
        timeline=tuple(_until(entries, whole, ear, names)),
        notices=tuple(_notices(db, rollout)),
        named=tuple(_named(db, rollout, names)) if wanted.named else None,
        last_export=last,
    )
    return ReportFigures(found, summed_up(found, so_far))


def _whole(span: Span | None, shown: Sequence[Publication]) -> Span | None:
    """The weeks that are really shown: a publication that the period cuts into is shown whole."""
    if span is None or not shown:
        return span
    return Span(min(span.first, shown[0].first), max(span.last, shown[-1].last))


def _texts(rollout: Rollout, book: Book) -> dict[str, AnswerText]:
    facts = facts_of(rollout.plan, rollout.plan.roles[0])
    return {
        entry.id: AnswerText(
            entry.question,
            entry.answer if faq_book.missing_facts(entry, facts) else faq_book.answer(entry, facts),
            entry.cites,
        )
        for entry in book.entries.values()
    }


def _asked(db: Connection, rollout: Rollout) -> Iterator[Asked]:
    for question in questions.passed_on(db, rollout.id):
        answer = f"By the entry {question.entry}" if question.entry else question.answer
        yield Asked(question.text, question.theme, question.week, question.state, answer)


def _until(entries: Sequence[Entry], span: Span | None, ear: Ear, names: Mapping[str, str]) -> Iterator[TimelineLine]:
    """The timeline from its beginning to the period's end: what came before explains what people say."""
    yield from timeline_lines(
        (entry for entry in entries if span is None or week_of(entry.at, ear.zone) <= span.last), names
    )


def _notices(db: Connection, rollout: Rollout) -> Iterator[NoticeLine]:
    places = {wave.id: (place, wave.name) for place, wave in enumerate(rollout.waves)}
    found = [each for each in notices.given(db, rollout.id) if each.wave_id in places]
    for each in sorted(found, key=lambda each: (each.version, places[each.wave_id][0])):
        present = each.version == rollout.versions.policy
        name = places[each.wave_id][1]
        yield NoticeLine(each.version, name, each.members, each.given, each.acknowledged, present)


def _named(db: Connection, rollout: Rollout, names: Mapping[str, str]) -> Iterator[NamedNotice]:
    waves = {wave.id: wave.name for wave in rollout.waves}
    for receipt in notices.receipts_of_policy(db, rollout.id):
        yield NamedNotice(
            receipt.person,
            names.get(receipt.person, ""),
            waves.get(receipt.wave_id, ""),
            receipt.version,
            receipt.given_at,
            receipt.acknowledged_at,
            receipt.present,
        )
