"""What a wave is told of its verdict, and the forms in which somebody writes it: you said, we changed."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import Block

from bot.domain.checkin import Verdict
from bot.domain.verdict import Because
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import Field, ViewId
from bot.views.inputs import lines, modal, radio
from bot.views.pieces import header, notice, post, sections, small
from bot.views.verdict import WHY


def verdict_told(tool: str, verdict: str, why: str, changed: str) -> Post:
    """For the wave's channel: you said, we changed."""
    name = escape(tool)
    quoted = "\n".join(f">{line}" for line in escape(changed.strip()).split("\n"))
    if why == "by_hand":
        text = f"*{name}: what you said, as it was entered: {escape(verdict)}*\n{quoted}"
        return post(f"{name}: what your team said was entered as: {escape(verdict)}.", [*sections(text)])
    reason = WHY[Because(why)] if why in set(Because) else ""
    what_next = (
        {
            Verdict.GO: "The next team may be told about it.",
            Verdict.EXTEND: "Nobody else is next yet.",
            Verdict.FIX_THE_POLICY: "Nobody else is next before the policy is mended, and you see the new version first.",
        }.get(Verdict(verdict), "")
        if verdict in set(Verdict)
        else ""
    )
    blocks: list[Block] = [
        header(f"{tool}: you said, we changed"),
        *sections(f"*What your answers say: {escape(verdict)}.* {reason} {what_next}"),
        *sections(f"*What changed because of it*\n{quoted}"),
        small("Thank you for answering. Nobody has seen a single answer, and the answers themselves are deleted."),
    ]
    return post(f"{name}: you said, we changed. Your answers say: {escape(verdict)}.", blocks)


def tell_form(wave_id: str, wave: str, verdict: str, changed: str) -> dict[str, Any]:
    """What the wave is told: its verdict, and what changed because of it, in the manager's words."""
    return modal(
        ViewId.TELL_PILOT,
        "You said, we changed",
        [
            *sections(
                f"This is posted in the channel of *{escape(wave)}*, with the verdict (*{escape(verdict)}*) and what it means "
                "above it. What is below is a draft from what was done since; say it in your own words."
            ),
            lines(Field.CHANGED, "What changed because of their answers", changed, longest=2_500),
        ],
        submit="Post it",
        about={"wave": wave_id},
    )


def enter_form(wave_id: str, wave: str, k: int) -> dict[str, Any]:
    """What a team too small for check-ins said, entered by an owner."""
    return modal(
        ViewId.ENTER_VERDICT,
        "What the team said",
        [
            *sections(
                f"*{escape(wave)}* has fewer than {k} people, so nobody was asked without a name. Talk with them together, "
                "then enter what they said. They read it in their channel, in your words, with whom to turn to if it is wrong."
            ),
            radio(Field.VERDICT, "What it comes to", [(each, each) for each in Verdict]),
            lines(Field.CHANGED, "What they said, and what changes because of it", longest=2_500),
        ],
        submit="Enter and post it",
        about={"wave": wave_id},
    )


def told(wave: str) -> Post:
    """After *Post it*."""
    return notice(f"On its way to {escape(wave)}.")
