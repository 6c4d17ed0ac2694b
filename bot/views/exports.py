"""Exports of HR's report in Slack: the preview, the purpose, what becomes of it, and what employees see of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.report import Findings, ReportFigures
from bot.domain.report_period import Span
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import VALUE, ActionId, Field, ViewId
from bot.views.pieces import button, buttons, header, notice, post, sections, small
from bot.views.words import counted, moment

REASONS_SHOWN = 6
PURPOSE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class ExportTold:
    """One export as employees see it."""

    at: datetime
    by: str
    weeks: str
    purpose: str


def export_preview(export_id: str, asked: Span | None, figures: ReportFigures) -> Post:
    """What the workbook would say, what is hidden in it and why, and *Export it*."""
    found, about = figures.found, figures.found.about
    blocks: list[Block] = [
        header(f"Preview: the pushback report of {about.tool}"),
        *sections(f"*Weeks:* {_weeks(asked, about.span)}\n{escape(figures.summary.headline)}"),
        *sections("*What is in it*\n" + "\n".join(_contents(found))),
        *sections("*What is not shown, and why*\n" + "\n".join(_hidden(figures))),
        buttons(
            button(
                ActionId.EXPORT,
                "Export it\u2026",
                export_id,
                style="primary",
                says=f"Export the pushback report of {about.tool}",
            ),
            button(ActionId.CANCEL_LAUNCH, "Not now", export_id),
        ),
        small(
            "Next you are asked what it is for. Your name, the weeks and the purpose stand in the timeline that every "
            "employee can read. The workbook comes to you alone, in our direct messages."
        ),
    ]
    return post(f"Preview of the pushback report of {escape(about.tool)}: {_weeks(asked, about.span)}", blocks)


def purpose_form(export_id: str, weeks: str) -> dict[str, Any]:
    """What the report is for."""
    return View(
        type="modal",
        callback_id=ViewId.EXPORT,
        title=_plain("Export the report"),
        submit=_plain("Export it"),
        close=_plain("Cancel"),
        private_metadata=json.dumps({"export": export_id}),
        blocks=[
            *sections(f"*Weeks:* {escape(weeks)}"),
            InputBlock(
                block_id=Field.PURPOSE,
                label=_plain("What is it for?"),
                hint=_plain("Employees read this beside your name, such as: for the works council's meeting in March"),
                element=PlainTextInputElement(action_id=VALUE, max_length=PURPOSE_LIMIT, min_length=3),
            ),
        ],
    ).to_dict()


def export_confirmed() -> Post:
    """After the purpose was given."""
    return notice(
        ":white_check_mark: Confirmed. The workbook comes as a file in our direct messages, usually within a minute. "
        "The export stands in the timeline with your name and the purpose."
    )


def preview_comes() -> Post:
    """Where so much has to be published first that nobody should wait for it."""
    return notice(
        "Many weeks have to be counted first. That takes a minute or two; the preview then comes in our direct messages."
    )


def export_comment(tool: str, weeks: str) -> str:
    """The line of plain text above the file."""
    return f"The pushback report of {escape(tool)}, {weeks}. It names nobody; please keep it so when you pass it on."


def export_progress(tool: str, stage: str) -> Post:
    """While a large report is made."""
    return notice(f":hourglass_flowing_sand: The pushback report of {escape(tool)}: {stage}")


def export_link(tool: str, address: str, until: datetime) -> Post:
    """Where the server takes no files."""
    return notice(
        f"The pushback report of {escape(tool)} is ready: <{address}|download it>. The link is yours alone, works once, and "
        f"until {moment(until)}."
    )


def export_failed(tool: str, why: str) -> Post:
    """When no workbook could be given."""
    return notice(f"The pushback report of {escape(tool)} could not be given to you: {why}")


def told_words(exports: Sequence[ExportTold]) -> list[str]:
    """Each export in a few words: who, when, which weeks, what for."""
    return [
        f"{moment(each.at)} by {_who(each.by)} ({escape(each.weeks)}; for: {escape(each.purpose)})" for each in exports
    ]


def _who(person: str) -> str:
    return f"<@{person}>" if person[:1] in ("U", "W") else escape(person)


def _weeks(asked: Span | None, shown: Span | None) -> str:
    if shown is None:
        return "no week is over yet; there is nothing about pushback so far"
    if asked and asked != shown:
        return f"{shown} (you asked for {asked}; weeks that were published together are shown together)"
    return str(shown)


def _contents(found: Findings) -> list[str]:
    voices = found.pushback
    alone = sum(1 for heading in voices.themes if heading.alone)
    lines = [
        f"{counted(voices.voices, 'voice')} in {counted(len(voices.stretches), 'stretch', 'stretches')} of weeks",
        f"{counted(alone, 'theme')} by themselves, by week and by wave",
        f"{counted(len(found.answers), 'answer')}: asked, helped, did not help, passed on",
        f"{counted(len(found.texts.shown), 'question')} in people's own words",
        (
            f"{counted(len(found.checkins), 'closed check-in')}, {counted(len(found.reviews), 'line')} about reviews, "
            f"{counted(len(found.signs), 'warning sign')}"
        ),
        f"{counted(len(found.timeline), 'entry', 'entries')} of the timeline; notices as counts, without names",
    ]
    return [f"\u2022  {line}" for line in lines]


def _hidden(figures: ReportFigures) -> list[str]:
    pushback = figures.found.pushback
    lines = [figures.summary.not_shown]
    lines += [f"{each.stretch}, {each.where}: {each.note}" for each in pushback.hidden[:REASONS_SHOWN]]
    left = len(pushback.hidden) - REASONS_SHOWN
    if left > 0:
        lines.append(f"and {counted(left, 'more remark')}, all on the sheet Method")
    return [f"\u2022  {escape(line)}" for line in lines]


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)
