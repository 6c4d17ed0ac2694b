"""*Answers* and *Open questions*: which answers people were given and whether they helped, and what none answers yet."""

from __future__ import annotations

from bot.domain.report import AnswerLine, Findings
from bot.domain.report_summary import FAILS_FROM
from bot.domain.theme_names import theme_name
from bot.reports.looks import Look
from bot.reports.page import Page, Styled, number, whole

ANSWER_WIDTHS = (38.0, 20.0, 9.0, 9.0, 10.0, 12.0, 10.0, 12.0, 80.0, 18.0)
QUESTION_WIDTHS = (60.0, 22.0, 14.0, 60.0)
NOTES = (
    (
        "Asked: voices that got this answer. Helped and did not help: what people pressed under it. Not said: those who pressed neither, "
        "and what is hidden. A share is shown only where both figures are shown whole."
    ),
    "A grey \u201c\u2265\u201d means at least so many; \u201chidden\u201d: fewer than {k} people are behind the figure, or it could be worked out.",
)
STATES = {"open": "Waits for an answer", "answered": "Answered", "closed": "Closed"}


def write_answers(page: Page, found: Findings, under: str) -> None:
    """One row for each answer that anybody was given."""
    page.heading("Answers", under, [note.format(k=found.about.k) for note in NOTES])
    heads = [
        ("Question that it answers", False),
        ("Theme", False),
        ("Asked", True),
        ("Helped", True),
        ("Did not help", True),
        ("Passed on to a person", True),
        ("Not said", True),
        ("Did not help, share", True),
        ("The answer as it is written", False),
        ("Policy section", False),
    ]
    page.table(
        "Answers", heads, (_answer(line) for line in found.answers), nothing="No answer was given that may be shown."
    )


def write_questions(page: Page, found: Findings, under: str) -> None:
    """The questions that were passed on, in their askers' words."""
    page.heading("Open questions", under, found.texts.rules)
    heads = [
        ("In the asker's words, as they saw and confirmed them", False),
        ("Theme", False),
        ("Now", False),
        ("The answer they got", False),
    ]
    rows = (
        [
            Styled(text.text, Look.CELL),
            Styled(theme_name(text.theme) if text.theme else "not told", Look.CELL),
            Styled(STATES.get(text.state, text.state), Look.CELL),
            Styled(text.answer, Look.CELL),
        ]
        for text in found.texts.shown
    )
    page.table("OpenQuestions", heads, rows, nothing="There is no question in words that may be shown.")


def _answer(line: AnswerLine) -> list[Styled | None]:
    named = f"{line.question[:1].upper()}{line.question[1:]}"
    return [
        Styled(named, Look.NAME),
        Styled(theme_name(line.theme) if line.theme else "", Look.CELL),
        number(line.asked),
        number(line.helped),
        number(line.not_helped),
        number(line.handed_over),
        whole(line.others),
        _share(line),
        Styled(line.text.answer if line.text else _without_text(line), Look.CELL),
        Styled(line.text.cites if line.text else "", Look.CELL),
    ]


def _share(line: AnswerLine) -> Styled:
    if not line.judged or line.not_helped is None:
        return Styled(None, Look.SHARE)
    share = line.not_helped.voices / line.judged
    return Styled(share, Look.WARNING if share >= FAILS_FROM else Look.SHARE)


def _without_text(line: AnswerLine) -> str:
    if line.entry:
        return "This answer is not in the book any more."
    return "No answer of the book fits yet." if line.theme else "Rare questions of one theme, shown together."
