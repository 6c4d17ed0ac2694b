"""What a message may hold: text, blocks, attachments and metadata, taken or refused as Slack would."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import blocks as block_kit
from bot.sandbox.rules import Findings
from bot.sandbox.wire import Json, SlackError

TEXT_LIMIT = 40_000
ATTACHMENT_LIMIT = 100
METADATA_LIMIT = 16_000

Structure = Callable[[str, str], Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says. None means that nothing was given for this part."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.text and not self.blocks and not self.attachments


def read_content(text: Any, structure: Structure) -> Content:
    """The content of a message. `structure(name, error)` gives an argument as JSON or raises SlackError(error)."""
    if text is not None and not isinstance(text, str):
        raise SlackError("invalid_payload")
    blocks = structure("blocks", "invalid_blocks_format")
    attachments = structure("attachments", "invalid_attachments")
    metadata = structure("metadata", "invalid_metadata_format")
    return Content(
        text=text[:TEXT_LIMIT] if text is not None else None,
        blocks=None if blocks is None else _checked_blocks(blocks),
        attachments=None if attachments is None else _checked_attachments(attachments),
        metadata=_checked_metadata(metadata) if metadata else None,
    )


def refuse_blocks(findings: Findings) -> SlackError:
    """Slack's answer to blocks it does not take."""
    return SlackError(
        "invalid_blocks",
        errors=list(findings),
        response_metadata={"messages": [f"[ERROR] {finding}" for finding in findings]},
    )


def _checked_blocks(blocks: Any) -> list[Json]:
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    findings = block_kit.message_blocks(blocks)
    if findings:
        raise refuse_blocks(findings)
    if block_kit.too_much_text(blocks):
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy of `blocks` in which everything that Slack names by itself has a name."""
    named = copy.deepcopy(blocks)
    for block in named:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
    for _, element in block_kit.interactive(named):
        element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return named


def _checked_attachments(attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENT_LIMIT:
        raise SlackError("too_many_attachments")
    for one in attachments:
        if one.get("blocks") is not None:
            _checked_blocks(one["blocks"])
    return [{"id": number, **one} for number, one in enumerate(copy.deepcopy(attachments), 1)]


def _checked_metadata(metadata: Any) -> Json:
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_schema")
    if set(metadata) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_schema")
    if len(repr(metadata)) > METADATA_LIMIT:
        raise SlackError("metadata_too_large")
    return copy.deepcopy(metadata)
