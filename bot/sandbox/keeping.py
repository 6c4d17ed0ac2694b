"""Keeps the workspace in a file, so that a sandbox that was closed opens again where it was left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from bot.ports import Clock
from bot.sandbox.changes import Changes
from bot.sandbox.things import Conversation, Person, ResponseUrl, StoredFile, View
from bot.sandbox.workspace import Workspace

PAUSE_SECONDS = 0.3
"""How long to gather changes before they are written."""
FORMAT = 1


@dataclass(slots=True)
class Kept:
    """What is worth keeping of a workspace. `format` tells a file of another version from a damaged one."""

    format: int
    now: datetime
    last_stamp: int
    people: dict[str, Person]
    conversations: dict[str, Conversation]
    homes: dict[str, View]
    modals: dict[str, list[View]]
    files: dict[str, StoredFile]
    uploads: dict[str, str]
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)


_FILE = TypeAdapter(Kept)


def write(path: Path, space: Workspace, clock: Clock) -> None:
    """Write the workspace whole: a reader finds the old file or the new one."""
    kept = Kept(
        format=FORMAT,
        now=clock.now(),
        last_stamp=space.last_stamp,
        people=space.people,
        conversations=space.conversations,
        homes=space.homes,
        modals=space.modals,
        files=space.files,
        uploads=space.uploads,
        response_urls=space.response_urls,
    )
    beside = path.with_suffix(".new")
    beside.write_bytes(_FILE.dump_json(kept))
    beside.replace(path)


def read(path: Path) -> Kept | None:
    """What was kept; None when there is nothing, or nothing that this version understands."""
    try:
        kept = _FILE.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return kept if kept.format == FORMAT else None


def restore(space: Workspace, kept: Kept) -> None:
    """Put what was kept into an otherwise fresh workspace."""
    space.last_stamp = kept.last_stamp
    space.people = kept.people
    space.conversations = kept.conversations
    space.homes = kept.homes
    space.modals = kept.modals
    space.files = kept.files
    space.uploads = kept.uploads
    space.response_urls = kept.response_urls


class _Slack(Protocol):
    clock: Clock
    changes: Changes
    space: Workspace


@contextlib.asynccontextmanager
async def kept_up_to_date(path: Path, slack: _Slack) -> AsyncIterator[None]:
    """Write the workspace a moment after each change, and once more at the end."""

    async def keep() -> None:
        while True:
            await slack.changes.anything()
            await asyncio.sleep(PAUSE_SECONDS)
            write(path, slack.space, slack.clock)

    keeping = asyncio.ensure_future(keep())
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        write(path, slack.space, slack.clock)
