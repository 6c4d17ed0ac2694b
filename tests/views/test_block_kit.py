"""Every message and view is one that Slack takes, whatever people write and however many there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.ports import Post
from bot.sandbox import blocks as block_kit
from bot.sandbox.content import TEXT_LIMIT, read_content
from tests.given import TEXTS
from tests.views.every_view import every_view

MARKUP = re.compile(r"(?:[^<>&]|&(?:amp|lt|gt);|<(?:[@#!][^<>]+|https?://[^<>|]+(?:\|[^<>]+)?)>|(?:^|(?<=\n))>)*")
"""Slack's markup with nothing left open: entities whole, angle brackets only round links and mentions, quotations."""
NOT_OURS = re.compile(r"<!(?!date\^)|<[@#][UC]EVIL|<https?://evil|[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f]")
"""What must never come alive: a broadcast, somebody else's mention or link, characters that steer the reader's eye."""


def texts_of(value: Any, *, markup: bool) -> Iterator[str]:
    """The texts of blocks that are read as markup, or those that are shown as they are."""
    if isinstance(value, list):
        for each in value:
            yield from texts_of(each, markup=markup)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str) and (value.get("type") == "mrkdwn") is markup:
            yield value["text"]
        for name, each in value.items():
            if name not in ("initial_value", "private_metadata", "value"):
                yield from texts_of(each, markup=markup)


def objections(shown: Post | dict[str, Any]) -> list[str]:
    """What Slack would say against it."""
    if isinstance(shown, dict):
        return list(block_kit.view(shown, str(shown["type"])))
    assert len(shown.text) <= TEXT_LIMIT
    blocks = list(shown.blocks)
    read_content(shown.text, lambda name, _error: blocks if name == "blocks" else None)
    return []


@pytest.mark.parametrize("kind", TEXTS)
def test_slack_takes_every_view(kind: str) -> None:
    """Blocks, their number, their lengths and the whole of a message are within Slack's limits."""
    for name, shown in every_view(TEXTS[kind]):
        try:
            assert objections(shown) == [], name
        except Exception as refused:
            refused.add_note(f"in the view: {name}")
            raise


@pytest.mark.parametrize("kind", TEXTS)
def test_nothing_that_people_write_comes_alive(kind: str) -> None:
    """No broadcast, mention or link of theirs; no entity or link cut in two; nothing that steers the direction."""
    for name, shown in every_view(TEXTS[kind]):
        blocks = shown["blocks"] if isinstance(shown, dict) else list(shown.blocks)
        marked = list(texts_of(blocks, markup=True)) + ([shown.text] if isinstance(shown, Post) else [])
        for text in marked:
            assert MARKUP.fullmatch(text), (name, text[-300:])
            assert not NOT_OURS.search(text), (name, NOT_OURS.search(text))
        for text in texts_of(blocks, markup=False):
            assert not re.search("[\u202a-\u202e\u2066-\u2069]", text), (name, text)


def test_every_message_says_in_plain_text_what_it_is() -> None:
    """Notifications and screen readers get a text; pictures get one too."""
    for name, shown in every_view(TEXTS["short"]):
        if isinstance(shown, Post):
            assert len(shown.text) > 10, name
        assert "image_url" not in str(shown), name
