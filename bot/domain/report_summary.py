"""Sums a report up on one screen: what is spoken of most, what changed, which answers fail, and what to do about it.

Every sentence follows from a figure that stands in the workbook; where there is none, it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.anonymity import ALL_THEMES
from bot.domain.crosstab import headings
from bot.domain.publication import Publication
from bot.domain.pushback import Theme
from bot.domain.report import NO_ENTRY, Action, AnswerLine, Findings, Summary, ThemeNow
from bot.domain.report_period import Span
from bot.domain.theme_actions import TO_DO
from bot.domain.theme_names import theme_name

THEMES_SHOWN = 6
CHANGES_SHOWN = 4
FAILING_SHOWN = 3
ACTIONS = 3
FAILS_FROM = 0.4
"""From this share of those who judged an answer on, it does not work."""
SURELY_FAILS_FROM = 0.2
"""The same of everybody who got it, where it is not shown how many judged it."""
MUCH = 0.25
"""From this share of all voices on, one theme asks for an answer of its own."""
GROWN = 1.5
NAMED = 3


def summed_up(found: Findings, published: Sequence[Publication]) -> Summary:
    """The first sheet. `published` are all publications up to the period's end, oldest first."""
    compared = _compared(published)
    failing = tuple(_failing(found.answers))
    changes = tuple(_changes(found, published, compared))
    return Summary(
        headline=_headline(found, published),
        most=tuple(_most(found, compared)),
        compared=f"{compared[0].span} (before) with {compared[1].span} (after), in voices a week" if compared else "",
        changes=changes,
        failing=failing[:FAILING_SHOWN],
        actions=tuple(_actions(found, failing, compared))[:ACTIONS],
        not_shown=_not_shown(found),
    )


def _headline(found: Findings, published: Sequence[Publication]) -> str:
    pushback, about = found.pushback, found.about
    if about.span is None:
        return "No week of this rollout is over yet, so nothing can be said about pushback. Look again next Monday."
    if not pushback.voices:
        shown = [each for each in pushback.stretches if each.voices is not None]
        if len(shown) == len(pushback.stretches):
            return f"Nobody asked or objected in {about.span}."
        return f"Too few people spoke in {about.span} for anything to be said: fewer than {about.k}."
    lead = f"{_counted(pushback.voices, 'voice')} in {about.span}."
    first = next((heading for heading in pushback.themes if heading.alone), None)
    if first is None:
        chief = next((each.mostly for each in reversed(published) if each.mostly), None)
        if chief is None:
            return f"{lead} They cannot be told apart by theme: too few people spoke of any one."
        return f"{lead} Most is about {_title(chief)}; fewer than {about.k} people spoke of anything else."
    total = pushback.themes[first]
    share = total.voices / pushback.voices
    return f"{lead} What people push back on most: {theme_name(first.name)} ({_amount(total.voices, total.complete)}, {share:.0%})."


def _most(found: Findings, compared: tuple[Publication, Publication] | None) -> Iterator[ThemeNow]:
    voices = found.pushback.voices
    before, after = (_weekly(compared[0]), _weekly(compared[1])) if compared else ({}, {})
    for heading, total in list(found.pushback.themes.items())[:THEMES_SHOWN]:
        name = _title(heading.name)
        yield ThemeNow(name, total, total.voices / voices, before.get(name), after.get(name))


def _compared(published: Sequence[Publication]) -> tuple[Publication, Publication] | None:
    shown = [each for each in published if each.voices is not None]
    return (shown[-2], shown[-1]) if len(shown) > 1 else None


def _weekly(publication: Publication) -> dict[str, float]:
    weeks = Span(publication.first, publication.last).weeks
    return {_title(heading.name): total.voices / weeks for heading, total in headings([publication]).items()}


def _changes(
    found: Findings, published: Sequence[Publication], compared: tuple[Publication, Publication] | None
) -> Iterator[str]:
    if found.last_export:
        at, last = found.last_export.at, found.last_export.last
        fresh = [each for each in published if last is None or each.first > last]
        voices = sum(each.voices or 0 for each in fresh)
        until = f", up to {last}" if last else ""
        more = f"{_counted(voices, 'voice')} published since" if fresh else "nothing was published since"
        yield f"The export before this one was made on {at.day} {at:%B %Y}{until}; {more}."
    if compared is None:
        yield (
            "There is nothing earlier to compare with yet." if found.about.span else "There is nothing to compare yet."
        )
        return
    one, other = compared
    total = [(each.voices or 0) / Span(each.first, each.last).weeks for each in compared]
    yield f"All themes: {_moved(total[0], total[1])} ({one.span}, then {other.span})."
    before, after = _weekly(one), _weekly(other)
    moved = sorted(
        ((name, before[name], after[name]) for name in before.keys() & after.keys()),
        key=lambda each: (-abs(each[2] - each[1]), each[0]),
    )
    for name, was, is_now in moved[: CHANGES_SHOWN - 1]:
        if was != is_now:
            yield f"{name}: {_moved(was, is_now)}."


def _failing(answers: Sequence[AnswerLine]) -> Iterator[AnswerLine]:
    failed = [
        line for line in answers if line.entry and line.failed >= (FAILS_FROM if line.judged else SURELY_FAILS_FROM)
    ]
    yield from sorted(failed, key=lambda line: -(line.not_helped.voices if line.not_helped else 0))


def failed_words(line: AnswerLine) -> str:
    """How many said that an answer does not help, and of how many."""
    said = line.not_helped.voices if line.not_helped else 0
    if line.judged:
        return f"{said:,} of {line.judged:,} who judged it said that it does not answer their question."
    return f"at least {said:,} of {line.asked.voices:,} who got it said that it does not answer their question."


def _actions(
    found: Findings, failing: Sequence[AnswerLine], compared: tuple[Publication, Publication] | None
) -> Iterator[Action]:
    pushback, k = found.pushback, found.about.k
    unattended = [sign for sign in found.signs if sign.attended_at is None]
    if unattended:
        noted = _counted(len(unattended), "warning sign")
        yield Action(
            f"Look into the warning signs that nobody has attended to, first: {unattended[0].sign}",
            f"{noted} of {len(found.signs)} noted without an answer.",
        )
    verdict = found.verdicts[-1] if found.verdicts else None
    if verdict and verdict.verdict == "fix the policy":
        yield Action(
            "Rewrite the policy with the pilot team before anybody else hears of it",
            f"The pilot's check-ins say: {verdict.verdict} (policy version {verdict.policy_version}).",
        )
    for line in failing[:1]:
        words = failed_words(line)
        yield Action(
            f"Rewrite the answer to \u201c{line.question}\u201d (/pushback entry {line.entry})",
            f"{words[:1].upper()}{words[1:]}",
        )
    alone = [(heading, total) for heading, total in pushback.themes.items() if heading.alone]
    for number, (heading, total) in enumerate(alone[:2]):
        share = total.voices / pushback.voices
        if (number == 0 or share >= MUCH) and heading.name in set(Theme):
            yield Action(
                TO_DO[Theme(heading.name)],
                f"{theme_name(heading.name)}: {_amount(total.voices, total.complete)} of {pushback.voices:,} voices ({share:.0%}).",
            )
    off = sum(line.off_schedule for line in found.reviews)
    if off:
        yield Action(
            "Ask the managers why they looked outside the cadence that the policy promises, and say so to the team",
            f"{_counted(off, 'review')} off schedule.",
        )
    yield from _grown(compared, k)
    unanswered = sum(line.asked.voices for line in found.answers if line.theme and not line.entry)
    if unanswered:
        yield Action(
            "Write an answer for what people ask and the book does not know (/pushback entry)",
            f"{_counted(unanswered, 'voice')} with the mark \u201c{NO_ENTRY}\u201d, of {pushback.voices:,}.",
        )
    late = [line for line in found.notices if line.present and line.outstanding]
    for notice in sorted(late, key=lambda each: -each.outstanding)[:1]:
        yield Action(
            f"Remind {notice.wave} to read the policy, and leave time for it",
            f"{notice.outstanding:,} of {notice.delivered:,} who were given version {notice.version} have not said that they read it.",
        )
    yield from _otherwise(found)


def _grown(compared: tuple[Publication, Publication] | None, k: int) -> Iterator[Action]:
    if compared is None:
        return
    before, after = _weekly(compared[0]), _weekly(compared[1])
    weeks = Span(compared[1].first, compared[1].last).weeks
    grown = [
        (after[name] - before[name], name)
        for name in before.keys() & after.keys()
        if after[name] > GROWN * before[name] and (after[name] - before[name]) * weeks >= k
    ]
    for _more, name in sorted(grown, reverse=True)[:1]:
        yield Action(
            f"Find out what happened about \u201c{name}\u201d: ask the managers what they hear (/rollout heard)",
            f"{name}: {_moved(before[name], after[name])}.",
        )


def _otherwise(found: Findings) -> Iterator[Action]:
    """What follows from few or rolled-up figures: to make it easier to speak, and to wait before concluding."""
    pushback, about = found.pushback, found.about
    if about.span is None:
        return
    together = [(heading, total) for heading, total in pushback.themes.items() if not heading.alone]
    if together:
        heading, total = together[0]
        what = "what worries people most" if heading.name == ALL_THEMES else f"about {_title(heading.name)}"
        yield Action(
            f"Ask in the next team meeting, of everybody and not of one, {what}",
            f"{_counted(total.voices, 'voice')} stand together there: too few people spoke of each theme.",
        )
    yield Action(
        "Remind people that they can ask without giving a name (/ask), and that pushback is welcome",
        f"{_counted(pushback.voices, 'voice')} in {_counted(about.span.weeks, 'week')}."
        if pushback.voices or all(each.voices is not None for each in pushback.stretches)
        else f"Fewer than {about.k} people spoke in {_counted(about.span.weeks, 'week')}.",
    )
    helped = [line for line in found.answers if line.entry and line.judged and line.helped]
    if helped:
        best = max(helped, key=lambda line: line.helped.voices if line.helped else 0)
        yield Action(
            f"Keep the answer to \u201c{best.question}\u201d as it is, and have managers use its words",
            f"{best.helped.voices if best.helped else 0} of {best.judged} who judged it said that it helped.",
        )
    yield Action(
        "Wait for more weeks before you conclude anything about single teams",
        f"{_counted(sum(1 for each in pushback.stretches if each.voices is not None), 'stretch', 'stretches')} of weeks published so far.",
    )


def _not_shown(found: Findings) -> str:
    hidden = found.pushback.waves.hidden + found.pushback.entries.hidden
    quiet = [each for each in found.pushback.stretches if each.voices is None]
    parts = []
    if hidden:
        parts.append(f"{_counted(hidden, 'figure')} by wave and answer {'is' if hidden == 1 else 'are'} hidden")
    if any(not heading.alone for heading in found.pushback.themes):
        parts.append("rare themes stand together")
    if quiet:
        more = " and more" if len(quiet) > NAMED else ""
        parts.append(f"nothing is shown of {', '.join(each.name for each in quiet[:NAMED])}{more}")
    if not parts:
        return f"Every figure stands for at least {found.about.k} people, or for nobody. Nothing had to be hidden."
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}, because fewer than {found.about.k} people would stand behind a figure. See Method."


def _title(name: str) -> str:
    named = theme_name(name)
    return f"{named[:1].upper()}{named[1:]}"


def _amount(voices: int, complete: bool) -> str:  # noqa: FBT001 - the two parts of a Sum
    return f"{voices:,}" if complete else f"at least {voices:,}"


def _moved(was: float, is_now: float) -> str:
    if abs(was - is_now) < 0.05:  # noqa: PLR2004 - less than can be seen with one decimal
        return f"unchanged at {is_now:.1f} voices a week"
    return f"{'up' if is_now > was else 'down'} from {was:.1f} to {is_now:.1f} voices a week"


def _counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
