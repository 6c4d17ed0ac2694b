"""Tells somebody who waits how far a long piece of work is: one message, changed as it goes on."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self
from uuid import uuid4

from bot.ports import Messenger, Sent
from bot.views.exports import export_progress

BETWEEN = 10.0
"""Seconds between two changes of the message."""
DONE = "it is made."


class Progress:
    """Silent for `patience` seconds; then a direct message says the stage, and its last word is that it is made."""

    def __init__(self, messenger: Messenger, person: str, tool: str, patience: float) -> None:
        """Say nothing yet."""
        self._messenger = messenger
        self._person = person
        self._tool = tool
        self._patience = patience
        self._stage = "counting"
        self._sent: Sent | None = None
        self._task: asyncio.Task[None] | None = None

    def at(self, stage: str) -> None:
        """How far it is."""
        self._stage = stage

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        self._task = asyncio.create_task(self._tell())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching; whoever was told that it goes on is told that it is over."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._sent is not None:
            last = DONE if error is None else "it is interrupted, and goes on later."
            await self._messenger.update(
                channel=self._sent.channel, ts=self._sent.ts, post=export_progress(self._tool, last)
            )

    async def _tell(self) -> None:
        await asyncio.sleep(self._patience)
        said = self._stage
        first = await self._messenger.post(
            to=self._person, post=export_progress(self._tool, said), delivery_id=uuid4().hex
        )
        if not isinstance(first, Sent):
            return
        self._sent = first
        while True:
            await asyncio.sleep(BETWEEN)
            if self._stage != said:
                said = self._stage
                await self._messenger.update(channel=first.channel, ts=first.ts, post=export_progress(self._tool, said))
