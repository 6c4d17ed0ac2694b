"""Slack's cursors: a list in pages, where a page may hold fewer than asked for and the last has an empty cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.wire import SlackError

Item = TypeVar("Item")


def page(items: Sequence[Item], limit: int, cursor: str | None) -> tuple[list[Item], str]:
    """One page of `items` and the cursor of the next; raises `invalid_cursor`."""
    start = 0
    if cursor:
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise SlackError("invalid_cursor") from None
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), following
