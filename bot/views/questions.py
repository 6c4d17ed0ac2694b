"""*Ask a question*, as long as the book holds the core objections: each with this rollout's answer, and a person to turn to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.rollout import Plan
from bot.views.briefing import BriefAnswer
from bot.views.escape import escape
from bot.views.ids import ViewId
from bot.views.pieces import divider, sections
from bot.views.policy_text import document_line


def questions_modal(plan: Plan, version: int, answers: Sequence[BriefAnswer]) -> dict[str, Any]:
    """The answers people ask for most, and who answers the rest."""
    blocks: list[Block] = []
    for item in answers:
        blocks += [*sections(f"*{escape(item.question)}*\n{item.answer}"), divider()]
    blocks += sections(
        f"{document_line(plan.policy, version)}\nYour question is not among these? Write to <@{plan.contact}>. "
        "I keep no note of who opened this."
    )
    return View(
        type="modal",
        callback_id=ViewId.NOTICE,
        title=PlainTextObject(text="Questions people ask", emoji=False),
        close=PlainTextObject(text="Close", emoji=False),
        blocks=blocks,
    ).to_dict()
