"""*Check-ins* and *Signs and reviews*: how people say it goes, and what was promised against what was done."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.report import CheckinLine, Findings, ScaleLine
from bot.reports.looks import Look
from bot.reports.page import Page, Styled, whole

CHECKIN_WIDTHS = (20.0, 9.0, 13.0, 10.0, 10.0, 10.0, 46.0, 54.0)
SIGN_WIDTHS = (24.0, 44.0, 13.0, 13.0, 13.0, 11.0, 50.0)
CHECKIN_NOTES = (
    (
        "Who was asked is known, and whether they answered; what they answered is nobody's. Fewer than {k} answers are not shown at all, "
        "and neighbouring answers stand together until each part has {k}."
    ),
)
NO_CHECKINS = "No check-in has closed yet, so there is nothing to show."
NO_VERDICT = "There is no verdict yet: a pilot needs at least two closed check-ins with enough answers."
NO_REVIEWS = "No review of tracked data was noted yet, on schedule or off it."
NO_SIGNS = "None of the five warning signs was noted."


def write_checkins(page: Page, found: Findings, under: str) -> None:
    """One row for each question of each closed check-in, then the verdicts."""
    page.heading("Check-ins", under, [note.format(k=found.about.k) for note in CHECKIN_NOTES])
    heads = [
        ("Wave", False),
        ("Day", True),
        ("Closed on", False),
        ("Asked", True),
        ("Answered", True),
        ("Response", True),
        ("Question", False),
        ("What they chose", False),
    ]
    page.table("CheckIns", heads, (row for line in found.checkins for row in _checkin(line)), nothing=NO_CHECKINS)
    page.blank()
    page.line("Verdicts", Look.HEADING)
    for verdict in found.verdicts:
        at = verdict.given_at
        grounds = f" {verdict.grounds}" if verdict.grounds else ""
        page.paragraph(
            f"{at.day} {at:%B %Y}, {verdict.wave}, policy version {verdict.policy_version}: {verdict.verdict}.{grounds}"
        )
    if not found.verdicts:
        page.paragraph(NO_VERDICT)


def write_signs(page: Page, found: Findings, under: str) -> None:
    """Reviews first, since the cadence is a promise; then the signs that it is going wrong."""
    page.heading("Signs and reviews", under, ("What was promised about looking at people's data, and what was done.",))
    heads = [
        ("Wave", False),
        ("Promised", False),
        ("Due", True),
        ("On schedule", True),
        ("Off schedule", True),
        ("Missed", True),
        ("Remark", False),
    ]
    rows = (
        [
            Styled(line.wave, Look.NAME),
            Styled(line.promised, Look.CELL),
            whole(line.due),
            whole(line.on_schedule),
            whole(line.off_schedule),
            whole(line.missed),
            Styled(line.note, Look.CELL),
        ]
        for line in found.reviews
    )
    page.table("Reviews", heads, rows, nothing=NO_REVIEWS)
    page.blank()
    page.line("Warning signs", Look.HEADING)
    if found.signs:
        heads_of_signs = ("Sign", "What was noticed", "Noted on", "Attended to", "", "", "What was done")
        page.cells([Styled(head, Look.HEAD) for head in heads_of_signs])
    for sign in found.signs:
        page.cells(
            [
                Styled(f"Sign {sign.number}", Look.NAME),
                Styled(sign.sign, Look.CELL),
                Styled(sign.noted_at, Look.DAY),
                Styled(sign.attended_at, Look.DAY) if sign.attended_at else Styled("not yet", Look.WARNING),
                Styled("", Look.CELL),
                Styled("", Look.CELL),
                Styled(sign.what_was_done, Look.CELL),
            ]
        )
    if not found.signs:
        page.paragraph(NO_SIGNS)


def _checkin(line: CheckinLine) -> Iterator[list[Styled | None]]:
    shown = line.answered is not None
    scales: tuple[ScaleLine | None, ...] = line.scales or (None,)
    for scale in scales:
        yield [
            Styled(line.wave, Look.NAME),
            whole(line.day),
            Styled(line.closed_on, Look.DAY),
            whole(line.invited),
            whole(line.answered) if line.answered is not None else Styled("hidden", Look.HIDDEN),
            Styled(line.answered / line.invited if line.answered is not None and line.invited else None, Look.SHARE),
            Styled(scale.question if scale else "", Look.CELL),
            Styled(_chosen(scale) if scale and shown else "too few answers to be shown", Look.CELL),
        ]


def _chosen(line: ScaleLine) -> str:
    scale = line.scale
    if scale.answered is None:
        return "too few answers to be shown"
    if scale.few:
        low, high = scale.few
        return f"fewer people than may be shown chose {low} to {high}; everybody else the other side"
    return "; ".join(
        f"{part.low} to {part.high}: {part.people}" if part.high > part.low else f"{part.low}: {part.people}"
        for part in scale.stretches
    )
