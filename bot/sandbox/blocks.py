"""Block Kit as strictly as Slack reads it: what a message, a modal or the App Home may contain, and no more.

`message_blocks` and `view` return findings in Slack's words with JSON pointers; an empty list means that Slack
would take it. Limits are from Slack's Block Kit reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox.charts import CHART, CHARTS_IN_A_MESSAGE, TITLE
from bot.sandbox.elements import ELEMENTS, IN_ACTIONS, IN_INPUT, IN_SECTION, plain, rich
from bot.sandbox.rules import Findings, Rule, anything, both, flag, found, many, shape, string, typed, unique, url
from bot.sandbox.wire import Json

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
BLOCK_TEXT = 11_000
MARKDOWN_TEXT = 12_000
VIEW_SIZE = 250_000

_ANY_BLOCK: dict[str, Rule] = {"type": anything, "block_id": string(255)}


def _section_says_something(value: Any, at: str, findings: Findings) -> None:
    if value.get("text") is None and value.get("fields") is None:
        found(findings, "missing required field: text", at)


def _action_ids(value: Any, at: str, findings: Findings) -> None:
    if isinstance(value.get("elements"), list):
        unique(value["elements"], "action_id", f"{at}/elements", findings)


def _image_source(value: Any, at: str, findings: Findings) -> None:
    if (value.get("image_url") is None) == (value.get("slack_file") is None):
        found(findings, "must provide either image_url or slack_file", at)


_CONTEXT_ELEMENTS = {
    "image": both(ELEMENTS["image"], _image_source),
    "mrkdwn": rich(3000),
    "plain_text": rich(3000),
}
_RICH_TEXT_PARTS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}

BLOCKS: dict[str, Rule] = {
    "section": both(
        shape(
            {},
            {
                **_ANY_BLOCK,
                "text": rich(3000),
                "fields": many(rich(2000), 10),
                "accessory": typed(ELEMENTS, IN_SECTION),
                "expand": flag,
            },
        ),
        _section_says_something,
    ),
    "divider": shape({}, _ANY_BLOCK),
    "header": shape({"text": plain(150)}, _ANY_BLOCK),
    "image": both(
        shape(
            {"alt_text": string(2000)},
            {**_ANY_BLOCK, "image_url": url, "slack_file": anything, "title": plain(2000)},
        ),
        _image_source,
    ),
    "actions": both(
        shape({"elements": many(typed(ELEMENTS, IN_ACTIONS), 25)}, _ANY_BLOCK),
        _action_ids,
    ),
    "context": shape({"elements": many(typed(_CONTEXT_ELEMENTS), 10)}, _ANY_BLOCK),
    "input": shape(
        {"label": plain(2000), "element": typed(ELEMENTS, IN_INPUT)},
        {**_ANY_BLOCK, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "markdown": shape({"text": string(MARKDOWN_TEXT)}, _ANY_BLOCK),
    "rich_text": shape({"elements": many(typed(dict.fromkeys(_RICH_TEXT_PARTS, anything)), 100)}, _ANY_BLOCK),
    "table": shape({"rows": many(many(anything, 20), 100)}, {**_ANY_BLOCK, "column_settings": many(anything, 20, 0)}),
    "data_visualization": shape({"title": string(TITLE), "chart": CHART}, _ANY_BLOCK),
    "video": shape(
        {"alt_text": string(2000), "title": plain(200), "thumbnail_url": url, "video_url": url},
        {
            **_ANY_BLOCK,
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": url,
            "provider_name": string(),
            "title_url": url,
        },
    ),
}
_ONLY_IN_MESSAGES = {"markdown", "table", "data_visualization"}
_IN_VIEWS = set(BLOCKS) - _ONLY_IN_MESSAGES


def _whole_list(blocks: Any, at: str, most: int, allowed: set[str] | None) -> Findings:
    findings: Findings = []
    many(typed(BLOCKS, allowed), most, 0)(blocks, at, findings)
    if isinstance(blocks, list):
        unique(blocks, "block_id", at, findings)
    return findings


def message_blocks(blocks: Any) -> Findings:
    """What Slack would object to in the blocks of a message."""
    findings = _whole_list(blocks, "/blocks", MESSAGE_BLOCKS, None)
    if not findings:
        if sum(block["type"] == "data_visualization" for block in blocks) > CHARTS_IN_A_MESSAGE:
            found(findings, f"no more than {CHARTS_IN_A_MESSAGE} data_visualization blocks allowed", "/blocks")
        written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
        if written > MARKDOWN_TEXT:
            found(findings, f"markdown blocks must be less than {MARKDOWN_TEXT + 1} characters together", "/blocks")
    return findings


def too_much_text(blocks: list[Json]) -> bool:
    """More text than Slack takes in one message's blocks, although each block is short enough."""
    written = sum(len(block["text"]) for block in blocks if block.get("type") == "markdown")
    rest = sum(len(text) for text in _texts([block for block in blocks if block.get("type") != "markdown"]))
    return rest > BLOCK_TEXT or written + rest > MARKDOWN_TEXT


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)


_VIEW_COMMON: dict[str, Rule] = {
    "type": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
_MODAL = shape(
    {"title": plain(24), "blocks": anything},
    {
        **_VIEW_COMMON,
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)
_HOME = shape({"blocks": anything}, _VIEW_COMMON)


def view(value: Any, surface: str) -> Findings:
    """What Slack would object to in a view for `surface` ("modal" or "home")."""
    findings: Findings = []
    if not isinstance(value, dict):
        found(findings, "must be an object", "/view")
        return findings
    if value.get("type") != surface:
        found(findings, f"must be {surface}", "/view/type")
        return findings
    (_MODAL if surface == "modal" else _HOME)(value, "/view", findings)
    if value.get("blocks") is not None:
        findings += _whole_list(value["blocks"], "/view/blocks", VIEW_BLOCKS, _IN_VIEWS)
    if not findings:
        _one_focus(value, findings)
        has_inputs = any(block["type"] == "input" for block in value["blocks"])
        if surface == "modal" and has_inputs and value.get("submit") is None:
            found(findings, "missing required field: submit", "/view")
    return findings


def _one_focus(value: Json, findings: Findings) -> None:
    focused = [element for _, element in interactive(value["blocks"]) if element.get("focus_on_load")]
    if len(focused) > 1:
        found(findings, "only one element may have focus_on_load set to true", "/view/blocks")


def interactive(blocks: list[Json] | None) -> Iterator[tuple[Json, Json]]:
    """Every element that a person can use, with the block it is in."""
    for block in blocks or []:
        inside = [block.get("accessory"), block.get("element")]
        if block.get("type") == "actions":
            inside += block["elements"]
        for element in inside:
            if isinstance(element, dict) and element.get("type") != "image":
                yield block, element
