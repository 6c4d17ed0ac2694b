"""The one way in which text from people gets into a message."""

from __future__ import annotations


def escape(text: str) -> str:
    """Text that Slack shows as it was typed: no mention, link or broadcast comes alive (SLACK.md: escape only & < >).

    Characters that only steer the direction of writing, or are not characters at all, are left out.
    """
    kept = "".join(c for c in text if c in "\n\t" or not (_steers(c) or ord(c) < 32 or ord(c) == 127))  # noqa: PLR2004 - C0 and DEL
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """Text for plain_text objects, where markup means nothing but invisible characters still mislead."""
    return "".join(c for c in text if c in "\n\t" or not (_steers(c) or ord(c) < 32 or ord(c) == 127))  # noqa: PLR2004 - C0 and DEL


def _steers(character: str) -> bool:
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069" or "\ud800" <= character <= "\udfff"
