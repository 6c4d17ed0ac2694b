"""An export of hours given to the bot in a form: what it says of groups, and never of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import VALUE, Field, ViewId
from bot.views.inputs import modal, select, text
from bot.views.pieces import notice, post, sections, small

FILE_TYPES = ("csv", "tsv", "txt", "xlsx")


def hours_form(rollout_id: str, waves: Sequence[tuple[str, str]], k: int) -> dict[str, Any]:
    """`/rollout hours`. `waves` are pairs of id and name."""
    blocks: list[Block] = [
        *sections(
            "Are the logged hours too round to be true? That is the second warning sign: people pad and round where they "
            f"fear gaps. I look at groups of at least {k} people, and at nobody in particular. The file is read once and not kept."
        ),
        select(Field.WAVE, "Whose hours?", waves, waves[0][0]),
        small(
            "An export of Toggl, Clockify, Harvest, or a plain table (CSV or Excel) with person, day, and start and end or a length."
        ),
    ]
    view = modal(ViewId.HOURS, "Round hours", blocks, submit="Look", about={"rollout": rollout_id})
    view["blocks"].append(  # slack_sdk has no element for files yet
        {
            "type": "input",
            "block_id": str(Field.HOURS_FILE),
            "label": text("The export").to_dict(),
            "element": {"type": "file_input", "action_id": VALUE, "filetypes": list(FILE_TYPES), "max_files": 1},
        }
    )
    return view


def being_read() -> Post:
    """After the form: reading takes longer than a form may wait."""
    return notice("I am reading it. What it says comes to you in a direct message.")


def hours_read(name: str, said: str, *, sign: bool) -> Post:
    """What an export says."""
    lead = f"*{escape(name)}*"
    next_step = (
        "\n\n:warning: This raises the second warning sign. Owners and HR are told what to look at in the policy. Do not ask "
        "anybody about their entries."
        if sign
        else ""
    )
    body = f"{lead}\n```{escape(said)[:6_000]}```{next_step}"
    return post(f"What {escape(name)} says: {'a warning sign' if sign else 'no sign'}.", sections(body))


def not_read(why: str) -> Post:
    """A file that could not be read, and what to do."""
    return notice(escape(why))
