"""The one way in which text from people gets into a message."""

from __future__ import annotations

import re

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 except tab and line feed, DEL, what steers the direction of writing, and halves of characters."""


def escape(text: str) -> str:
    """Text that Slack shows as it was typed: no mention, link or broadcast comes alive (SLACK.md: escape only & < >).

    Characters that only steer the direction of writing, or are not characters at all, are left out.
    """
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Text for plain_text objects, where markup means nothing but invisible characters still mislead."""
    return UNSEEN.sub("", text)
