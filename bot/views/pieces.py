"""The Block Kit pieces that messages and modals are laid out with, within Slack's limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement

from bot.ports import Post
from bot.views.escape import plain
from bot.views.ids import ActionId

SECTION_LIMIT = 2_900
"""Slack takes 3,000 characters in a section; the rest is room for an ellipsis."""
BODY_LIMIT = 9_000
"""All text of one message's blocks; Slack refuses more than about 11,000, and a preview puts its own round it."""
BLOCKS_LIMIT = 44
"""Slack takes 50 blocks in a message; a preview puts a few of its own round it."""
SHORTEST_SECTION = 120
"""How far a section gives way when a message is too long as a whole."""
TEXT_LIMIT = 30_000
"""A message's plain text; Slack cuts it at 40,000."""
HEADER_LIMIT = 150
BUTTON_LIMIT = 75


class Laid(Block):
    """A block as JSON from the start. The SDK's models look through all their attributes each time they are asked."""

    def __init__(self, kind: str, **content: Any) -> None:
        """`content` is everything beside the type; what is None is left out."""
        super().__init__(type=kind)
        self._json = {"type": kind, **{name: value for name, value in content.items() if value is not None}}

    def to_dict(self, *_args: object) -> dict[str, Any]:
        """The block, anew for each who may change it."""
        return {name: dict(value) if isinstance(value, dict) else value for name, value in self._json.items()}


class LaidButton(ButtonElement):
    """The same for a button."""

    def __init__(self, **content: Any) -> None:
        """What is None is left out."""
        super().__init__(text=content["text"]["text"], action_id=content["action_id"])
        self._json = {"type": "button", **{name: value for name, value in content.items() if value is not None}}

    def to_dict(self) -> dict[str, Any]:
        """The button."""
        return dict(self._json)


def header(text: str) -> Block:
    """A heading, in plain text."""
    return Laid("header", text=plain_text(clipped(plain(text), HEADER_LIMIT)))


def sections(text: str) -> list[Block]:
    """Markup as one or more sections, broken between lines (or words) where it is longer than Slack takes."""
    blocks: list[Block] = []
    current = ""
    for line in text.split("\n"):
        for piece in _pieces(line):
            if current and len(current) + len(piece) + 1 > SECTION_LIMIT:
                blocks += _section(current)
                current = piece
            else:
                current = f"{current}\n{piece}" if current else piece
    return [*blocks, *_section(current)]


def _pieces(line: str) -> list[str]:
    """A line in pieces that fit into a section, each of them a quotation if the line is one."""
    quoted = ">" if line.startswith(">") else ""
    found = []
    while len(line) > SECTION_LIMIT:
        room = _uncut(line, SECTION_LIMIT)
        room = room if len(room) > SECTION_LIMIT // 2 else line[:SECTION_LIMIT]
        cut = room.rfind(" ") + 1
        cut = cut if cut > SECTION_LIMIT // 2 else len(room)
        found.append(line[:cut].rstrip())
        line = quoted + line[cut:]
    return [*found, line]


def _section(text: str) -> list[Block]:
    """A section; none for text in which nothing can be seen, which Slack does not take."""
    return [Laid("section", text=_markup(text))] if text.strip() else []


def with_button(text: str, element: ButtonElement) -> Block:
    """A section with a button beside it: one block for one thing of a long list."""
    return Laid("section", text=_markup(clipped_markup(text, SECTION_LIMIT)), accessory=element.to_dict())


def small(text: str) -> Block:
    """A line in small print."""
    return Laid("context", elements=[_markup(clipped_markup(text, SECTION_LIMIT))])


def divider() -> Block:
    """A line between two parts."""
    return Laid("divider")


def _markup(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> dict[str, Any]:
    """Words without markup, as titles, labels and buttons have them."""
    return {"type": "plain_text", "text": text, "emoji": False}


def button(action: ActionId, label: str, value: str = "", *, style: str | None = None, says: str = "") -> ButtonElement:
    """A button; `says` is what a screen reader says when the label alone would not be enough."""
    return LaidButton(
        action_id=str(action),
        text=plain_text(clipped(plain(label), BUTTON_LIMIT)),
        value=value or None,
        style=style,
        accessibility_label=clipped(plain(says), BUTTON_LIMIT) if says else None,
    )


def buttons(*elements: ButtonElement, block_id: str | None = None) -> Block:
    """A row of buttons."""
    return Laid("actions", elements=[element.to_dict() for element in elements], block_id=block_id)


def shown_buttons(*labels: str) -> Block:
    """Buttons as a preview shows them: named, not to be pressed."""
    return small("With the buttons: " + " ".join(f"`{label}`" for label in labels))


def clipped(text: str, limit: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clipped_markup(text: str, limit: int) -> str:
    """The same for text that was escaped already: no entity, link or mention is cut in two."""
    return text if len(text) <= limit else _uncut(text, limit - 1).rstrip() + "…"


def _uncut(text: str, room: int) -> str:
    """The beginning of escaped text, as far as it fits without cutting an entity, link or mention in two."""
    return re.sub(r"(?:&\w{0,3}|<[^>]*)\Z", "", text[:room])


def json_blocks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks as JSON objects; raises slack_sdk's SlackObjectFormationError when one breaks a rule."""
    return [block.to_dict() for block in blocks]


def post(text: str, blocks: Sequence[Block]) -> Post:
    """A message: the complete plain text that notifications and screen readers use, and its blocks.

    When the whole is more than Slack takes, the longest sections give way, each with an ellipsis.
    """
    return Post(text=clipped_markup(text, TEXT_LIMIT), blocks=fitted(json_blocks(blocks)))


def fitted(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blocks that Slack takes together."""
    long = [block["text"] for block in blocks if block["type"] == "section"]
    excess = body_length(blocks) - BODY_LIMIT
    while excess > 0 and (longest := max(long, key=lambda each: len(each["text"]), default=None)):
        length = len(longest["text"])
        if length <= SHORTEST_SECTION:
            break
        longest["text"] = clipped_markup(longest["text"], max(SHORTEST_SECTION, length - excess, length // 2))
        excess = body_length(blocks) - BODY_LIMIT
    return blocks if len(blocks) <= BLOCKS_LIMIT else _merged(blocks)


def _merged(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fewer blocks that say the same: sections that follow each other become one, as far as it may be long."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        before = found[-1] if found else {}
        if block["type"] == before.get("type") == "section" and not {"accessory", "fields"} & {*block, *before}:
            text = f"{before['text']['text']}\n{block['text']['text']}"
            if len(text) <= SECTION_LIMIT:
                before["text"]["text"] = text
                continue
        found.append(block)
    return found


def notice(text: str) -> Post:
    """A message of one paragraph."""
    return post(text, sections(text))


def body_length(blocks: Sequence[Mapping[str, Any]]) -> int:
    """How much text is in these blocks, as far as Slack's limit on a whole message is concerned."""
    total, pieces = 0, list(blocks)
    for piece in pieces:
        for name, value in piece.items():
            if isinstance(value, str):
                total += len(value) if name == "text" else 0
            elif isinstance(value, dict):
                pieces.append(value)
            elif isinstance(value, list):
                pieces += [item for item in value if isinstance(item, dict)]
    return total
