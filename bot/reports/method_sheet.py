"""*Method*: how the figures came about, what was rolled up or hidden, and what cannot be concluded from them."""

from __future__ import annotations

from bot.domain.report import Findings
from bot.reports.looks import Look
from bot.reports.page import Page, Styled

WIDTHS = (24.0, 14.0, 100.0)
HOW = (
    (
        "Who is counted",
        (
            "A voice is one question or objection: its theme, the answer that was given, the ISO week, and the team if it has enough "
            "people. It has no author. Neither this workbook, nor the database, nor two workbooks laid side by side tell who spoke."
        ),
    ),
    (
        "At least {k} people",
        (
            "A figure is shown when nobody, or at least {k} different people, are behind it. Other figures are hidden, and with "
            "them as many as are needed so that no total gives the hidden ones away: at least {k} values remain possible for each."
        ),
    ),
    (
        "Closed weeks",
        (
            "Only weeks that are over are shown. Weeks are published once, together with their neighbours where few people spoke, and "
            "never again in another shape. Whoever asks, and for whatever weeks, sees the same figures; a period that cuts into published weeks "
            "shows them whole. That is why the weeks here may be more than were asked for."
        ),
    ),
    (
        "Rolled up",
        (
            "A rare theme stands together with its neighbours, then with all other rare themes, before anything is hidden. A theme that is "
            "named in such a group need not have been spoken of."
        ),
    ),
    (
        "Voices and people",
        (
            "Figures are voices; one person may speak of several themes. People are told apart within four weeks only, after which "
            "nobody can tell them apart any more. So there is no number of people for a longer time, and none can be worked out."
        ),
    ),
    (
        "Words",
        (
            "Questions stand here in words only if their asker passed them on, after seeing and confirming exactly those words, and only where at "
            "least {k_text} people are in the channels of this rollout."
        ),
    ),
)
NOT_TO_BE_CONCLUDED = (
    "Silence is not agreement. Who does not ask may not dare to, or may not have seen the message.",
    "More voices are not more trouble: where people feel safe, they ask more. Look at which answers help, and at the check-ins.",
    "A hidden figure is not a small scandal. It may be one voice, and it may be a large one that protects a small one beside it.",
    "Teams cannot be ranked: they differ in size, in when they began, and in how much of them is hidden.",
    "Nothing here says anything about one person, and nothing may be done to find out.",
)


def write(page: Page, found: Findings, under: str) -> None:
    """The method in words, then what was hidden where."""
    about = found.about
    page.heading("Method", under)
    page.blank()
    for name, text in HOW:
        page.cells(
            [
                Styled(name.format(k=about.k), Look.NAME),
                None,
                Styled(text.format(k=about.k, k_text=about.k_text), Look.TEXT),
            ]
        )
    page.blank()
    page.line("What cannot be concluded", Look.HEADING)
    for sentence in NOT_TO_BE_CONCLUDED:
        page.paragraph(sentence)
    page.blank()
    page.line("What was rolled up or hidden, and where", Look.HEADING)
    heads = [("Weeks", False), ("Figures", False), ("What", False)]
    rows = (
        [Styled(each.stretch, Look.CELL), Styled(each.where, Look.CELL), Styled(each.note, Look.CELL)]
        for each in found.pushback.hidden
    )
    page.table("RolledUpOrHidden", heads, rows, nothing="Nothing was rolled up or hidden.")
