"""The pushback by theme, as it was published."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.publication import Part, Publication
from bot.ports import Post
from bot.views.escape import escape
from bot.views.open_questions import theme_words
from bot.views.pieces import divider, header, post, sections, small
from bot.views.words import counted

BAR = "▇"
WIDEST = 16


def themes_card(tool: str, publications: Sequence[Publication], *, k: int) -> Post:
    """The newest publications, newest first."""
    blocks: list[Block] = [header(f"What people object to about {tool}")]
    for publication in publications:
        blocks += [*sections(_publication(publication)), divider()]
    if not publications:
        blocks += sections(f"Nothing can be shown yet: no week is over in which at least {k} people asked or objected.")
    blocks.append(
        small(
            f"Weeks that are over only, and no figure for fewer than {k} people. What was published once never changes, so "
            "that two readings cannot be compared to find somebody."
        )
    )
    summary = (
        f"Pushback about {escape(tool)}: {counted(len(publications), 'published stretch', 'published stretches')}."
    )
    return post(summary, blocks)


def _publication(publication: Publication) -> str:
    if publication.voices is None:
        return f"*{publication.span}*\nToo few people spoke for anything to be said."
    lines = [f"*{publication.span}*: {counted(publication.voices, 'voice')}"]
    most = max((part.voices for part in publication.themes), default=1)
    lines += [_theme(part, most) for part in sorted(publication.themes, key=lambda part: -part.voices)]
    lines += [f"_{escape(note)}_" for note in publication.notes]
    return "\n".join(lines)


def _theme(part: Part, most: int) -> str:
    bar = BAR * max(1, round(part.voices / most * WIDEST)) if part.voices else ""
    return f"`{part.voices:>4}` {bar} {escape(theme_words(part.name))}"
