"""Tells whoever watches as a person that something this person can see has changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable


class Changes:
    """A version for each person, which only grows; it outlives a workspace that starts over."""

    def __init__(self) -> None:
        """Start with nothing changed."""
        self._versions: Counter[str] = Counter()
        self._next = asyncio.Event()

    def version(self, person: str) -> int:
        """How often something changed for this person."""
        return self._versions[person] + 1

    def note(self, people: Iterable[str]) -> None:
        """Something changed that each of `people` can see."""
        self._versions.update(set(people))
        woken, self._next = self._next, asyncio.Event()
        woken.set()

    async def anything(self) -> None:
        """Wait until something changes for somebody."""
        await self._next.wait()

    async def after(self, person: str, version: int, wait: float) -> int:
        """The person's version as soon as it is above `version`, or the old one after `wait` seconds."""
        deadline = asyncio.get_running_loop().time() + wait
        while self.version(person) <= version:
            try:
                async with asyncio.timeout_at(deadline):
                    await self._next.wait()
            except TimeoutError:
                break
        return self.version(person)
