"""Answers as they read now, for somebody in charge to sign off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from bot.views.escape import escape
from bot.views.ids import ViewId
from bot.views.pieces import divider, sections, small


def sign_off_modal(wave_id: str, answers: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """`answers` are question, answer in Slack's markup, and digest; the digests say which texts were shown."""
    blocks: list[Block] = []
    for question, text, _digest in answers:
        blocks += [*sections(f"*{escape(question)}*\n{text}"), divider()]
    blocks.append(
        small("Signing off says that these answers are true for this rollout. Your name stands in the timeline.")
    )
    return View(
        type="modal",
        callback_id=ViewId.SIGN_OFF,
        title=PlainTextObject(text="The answers", emoji=False),
        submit=PlainTextObject(text="Sign off", emoji=False),
        close=PlainTextObject(text="Not yet", emoji=False),
        private_metadata=json.dumps({"wave": wave_id, "digests": [digest for _q, _t, digest in answers]}),
        blocks=blocks,
    ).to_dict()
