"""The names of the workspace's people, read ahead: whoever asks must not wait for ten thousand of them."""

from __future__ import annotations

import asyncio
import time

from bot.domain.redaction import Names
from bot.ports import Directory

KEPT_SECONDS = 3600
PATIENCE_SECONDS = 1.0


class Roster:
    """Names in memory, an hour old at most; while they are being read, what was known before."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._names = Names()
        self._read_at: float | None = None
        self._reading: asyncio.Task[None] | None = None

    async def names(self, directory: Directory) -> Names:
        """Everybody's names; the first time this waits a moment for Slack, never longer."""
        if self._reading is None and (self._read_at is None or time.monotonic() - self._read_at > KEPT_SECONDS):
            self._reading = asyncio.create_task(self._read(directory))
        if self._read_at is None and self._reading is not None:
            await asyncio.wait({self._reading}, timeout=PATIENCE_SECONDS)
        return self._names

    def forget(self) -> None:
        """Know nobody any more."""
        self._names, self._read_at = Names(), None

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    async def _read(self, directory: Directory) -> None:
        try:
            self._names = Names.of(await directory.names())
            self._read_at = time.monotonic()
        finally:
            self._reading = None
