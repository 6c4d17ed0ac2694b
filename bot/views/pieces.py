"""The Block Kit pieces that messages and modals are laid out with, within Slack's limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.ports import Post
from bot.views.escape import plain
from bot.views.ids import ActionId

SECTION_LIMIT = 2_900
"""Slack takes 3,000 characters in a section; the rest is room for an ellipsis."""
BODY_LIMIT = 9_000
"""All text of one message's blocks; Slack refuses more than about 11,000."""
HEADER_LIMIT = 150
BUTTON_LIMIT = 75


def header(text: str) -> HeaderBlock:
    """A heading, in plain text."""
    return HeaderBlock(text=PlainTextObject(text=clipped(plain(text), HEADER_LIMIT), emoji=False))


def sections(text: str) -> list[Block]:
    """Markup as one or more sections, broken between lines where it is longer than Slack takes."""
    blocks: list[Block] = []
    current = ""
    for line in text.split("\n"):
        piece = clipped(line, SECTION_LIMIT)
        if len(current) + len(piece) + 1 > SECTION_LIMIT:
            blocks.append(_section(current))
            current = piece
        else:
            current = f"{current}\n{piece}" if current else piece
    if current.strip():
        blocks.append(_section(current))
    return blocks


def _section(text: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))


def small(text: str) -> ContextBlock:
    """A line in small print."""
    return ContextBlock(elements=[MarkdownTextObject(text=clipped(text, SECTION_LIMIT), verbatim=True)])


def divider() -> DividerBlock:
    """A line between two parts."""
    return DividerBlock()


def button(action: ActionId, label: str, value: str = "", *, style: str | None = None, says: str = "") -> ButtonElement:
    """A button; `says` is what a screen reader says when the label alone would not be enough."""
    return ButtonElement(
        action_id=action,
        text=PlainTextObject(text=clipped(label, BUTTON_LIMIT), emoji=False),
        value=value or None,
        style=style,
        accessibility_label=clipped(says, BUTTON_LIMIT) if says else None,
    )


def buttons(*elements: ButtonElement, block_id: str | None = None) -> ActionsBlock:
    """A row of buttons."""
    return ActionsBlock(elements=list(elements), block_id=block_id)


def shown_buttons(*labels: str) -> ContextBlock:
    """Buttons as a preview shows them: named, not to be pressed."""
    return small("With the buttons: " + " ".join(f"`{label}`" for label in labels))


def clipped(text: str, limit: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def json_blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks as JSON objects; raises slack_sdk's SlackObjectFormationError when one breaks a rule."""
    return [block.to_dict() for block in blocks]


def post(text: str, blocks: Sequence[Block]) -> Post:
    """A message: the complete plain text that notifications and screen readers use, and its blocks."""
    return Post(text=text, blocks=json_blocks(blocks))


def notice(text: str) -> Post:
    """A message of one paragraph."""
    return post(text, sections(text))


def body_length(blocks: Sequence[Mapping[str, Any]]) -> int:
    """How much text is in these blocks, as far as Slack's limit on a whole message is concerned."""
    total = 0
    for block in blocks:
        for value in block.values():
            if isinstance(value, str):
                total += len(value)
            elif isinstance(value, Mapping):
                total += body_length([value])
            elif isinstance(value, list):
                total += body_length([item for item in value if isinstance(item, Mapping)])
    return total
