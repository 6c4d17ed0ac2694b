"""Help: what one can type, from the same declaration that parses it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ports import Post
from bot.views.escape import escape
from bot.views.pieces import header, post, sections, small


def help_message(command: str, lines: Sequence[tuple[str, str]], *, hint: str = "") -> Post:
    """Every form of a command with what it does; `hint` stands above, for a typo."""
    body = "\n".join(f"`{escape(usage)}`  {escape(does)}" for usage, does in lines)
    blocks = [
        *(sections(escape(hint)) if hint else []),
        header(f"What you can type after {command}"),
        *sections(body),
        small("Everything works through the buttons of the status card too."),
    ]
    return post(escape(f"{hint} {command}: {'; '.join(usage for usage, _ in lines)}".strip()), blocks)
