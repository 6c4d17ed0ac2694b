"""The reason for the tool: whether it says what happened, and stays clear of productivity, trust and performance."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.domain.findings import Finding
from bot.domain.motives import talk_of_people
from bot.domain.named_events import evidence
from bot.domain.vagueness import blank_or_placeholder, points_elsewhere
from bot.domain.wording import REMEMBERED, Wording, read

FIELD = "reason"
_SAY_WHAT_HAPPENED = (
    "Say what happened: who asked for what, since when, and how many or how much, for example "
    '"From 1 January Northwind and Contoso require billable-hour reports, because two invoices worth '
    '41,000 euros were disputed this quarter".'
)
_ANNOUNCEMENT = re.compile(
    r"\b(?:(?:leadership|management|the (?:company|board|ceo|business|management)"
    r"|we) (?:has |have )?(?:decided|wants?|would like|believes?|thinks?|prefers?|needs?)(?: that| to)?"
    r"|(?:industry )?(?:best practices?|standard practice)"
    r"|(?:for|more|better|greater|full) (?:transparency|visibility|insights?|oversight)|digital transformation"
    r"|good idea|everyone else"
    r"|we are (?:introducing|launching|rolling out|starting|implementing|announcing)"
    r"|(?:rolling out|introducing|launching|announcing) (?:\w+ ){0,3}\w+|various (?:\w+ )?reasons"
    r"|business (?:reasons|needs)"
    r"|improve (?:\w+ ){0,2}processes|smarter|for consistency|modern\w*|grow(?:th)?)\b"
)


@lru_cache(maxsize=REMEMBERED)
def lint_reason(text: str) -> tuple[Finding, ...]:
    """What keeps a text from being a reason (GUIDE.md step 2); empty when it is one.

    A reason tells of an event or an obligation (a demand from outside, a rule, an incident) and gives something by
    which it could be checked (who, how much, when, which rule). It holds no talk of productivity, trust or performance,
    not even to deny it.
    """
    wording = read(text)
    stand_in = blank_or_placeholder(wording)
    if stand_in is not None:
        problem = (
            "This is a placeholder, not a reason."
            if stand_in
            else "There is no reason: people would get an announcement."
        )
        return (Finding(FIELD, problem, _SAY_WHAT_HAPPENED, stand_in),)
    if points_elsewhere(wording):
        return (
            Finding(
                FIELD, "This points somewhere else instead of giving the reason.", _SAY_WHAT_HAPPENED, text.strip()
            ),
        )
    return (*_talk(wording), *_announcement(wording))


def _talk(wording: Wording) -> tuple[Finding, ...]:
    span = talk_of_people(wording)
    if span is None:
        return ()
    said = wording.quote(*span)
    return (
        Finding(
            FIELD,
            "A reason holds no talk of productivity, trust or performance. If that is the real "
            "motive, it is another conversation.",
            f'Leave out "{said}" and keep to what happened: who asked, what was disputed, which rule applies.',
            said,
        ),
    )


def _announcement(wording: Wording) -> tuple[Finding, ...]:
    found = evidence(wording)
    if found.happened and found.checkable:
        return ()
    match = _ANNOUNCEMENT.search(wording.plain)
    if found.happened:
        problem = (
            "This tells that something happened, but nothing by which people could check it: "
            "no name, count, amount, date or rule."
        )
    else:
        problem = "This announces the tool; it does not say what happened that makes it necessary."
    return (Finding(FIELD, problem, _SAY_WHAT_HAPPENED, wording.quote_match(match) if match else ""),)
