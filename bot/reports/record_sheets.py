"""*Timeline*, *Notices* and, where an operator asked for it, the *Named list*: what was done, and how far it reached."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.report import Findings, NamedNotice, NoticeLine
from bot.reports.looks import Look
from bot.reports.page import Page, Styled, moment, whole

TIMELINE_WIDTHS = (6.0, 20.0, 22.0, 62.0, 60.0)
NOTICE_WIDTHS = (11.0, 30.0, 14.0, 14.0, 16.0, 14.0, 14.0, 14.0)
NAMED_WIDTHS = (22.0, 28.0, 26.0, 9.0, 20.0, 20.0, 16.0)
NOTICE_NOTES = (
    (
        "Notices are kept with names on purpose: fairness and the law need to know who was given which policy, and when. Here stand "
        "counts of the people who are in a wave's channel. Reading is not agreeing."
    ),
    "An operator can add a list by name, for HR: python app.py report --notices.",
)
NAMED_NOTES = (
    (
        "For HR alone: who was given which version of the policy, and when they said that they have read it. It says nothing about who "
        "asked or objected to anything; that is known to nobody."
    ),
)


def write_timeline(page: Page, found: Findings, under: str) -> None:
    """Everything that somebody in charge did, in order."""
    page.heading(
        "Timeline",
        under,
        ("Employees see the same timeline in Slack (/rollout timeline). It is sealed entry by entry.",),
    )
    heads = [("No", True), ("When", False), ("Who", False), ("What", False), ("Why", False)]
    rows = (
        [
            whole(line.seq),
            moment(line.at),
            Styled(line.who, Look.CELL),
            Styled(line.what, Look.CELL),
            Styled(line.why, Look.CELL),
        ]
        for line in found.timeline
    )
    page.table("Timeline", heads, rows, nothing="Nothing has happened yet.")


def write_notices(page: Page, found: Findings, under: str) -> None:
    """Each version of the policy in each wave."""
    page.heading("Notices", under, NOTICE_NOTES)
    heads = [
        ("Version", True),
        ("Wave", False),
        ("In the channel", True),
        ("Delivered", True),
        ("Acknowledged", True),
        ("Outstanding", True),
        ("Read, share", True),
        ("Not given yet", True),
    ]
    nothing = "No version of the policy was given to anybody yet."
    page.table("Notices", heads, (_notice(line) for line in found.notices), nothing=nothing)


def write_named(page: Page, named: Sequence[NamedNotice], under: str) -> None:
    """One row for each receipt."""
    page.heading("Named list", under, NAMED_NOTES)
    heads = [
        ("Slack id", False),
        ("Name", False),
        ("Wave", False),
        ("Version", True),
        ("Delivered", False),
        ("Acknowledged", False),
        ("In the channel", False),
    ]
    rows = (
        [
            Styled(one.person, Look.CELL),
            Styled(one.name, Look.CELL),
            Styled(one.wave, Look.CELL),
            whole(one.version),
            moment(one.given_at),
            moment(one.acknowledged_at) if one.acknowledged_at else Styled("not yet", Look.CELL),
            Styled("yes" if one.present else "has left", Look.CELL),
        ]
        for one in named
    )
    page.table("NamedList", heads, rows, nothing="No version of the policy was given to anybody yet.")


def _notice(line: NoticeLine) -> list[Styled | None]:
    return [
        whole(line.version),
        Styled(line.wave, Look.NAME),
        whole(line.members),
        whole(line.delivered),
        whole(line.acknowledged),
        whole(line.outstanding),
        Styled(line.acknowledged / line.delivered if line.delivered else None, Look.SHARE),
        whole(line.not_given) if line.present else Styled("", Look.CELL),
    ]
