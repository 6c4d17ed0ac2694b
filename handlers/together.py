"""What several people want to see at the same moment is looked up once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Together:
    """Looks that are shared by those who want the same.

    Nobody is shown what was looked up before they asked: whoever asks while a look is under way shares the next one with
    all others who do. A busy database is so asked twice at a time, however many people press the same button.
    """

    def __init__(self) -> None:
        """Nobody is looking."""
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._next: dict[Hashable, asyncio.Task[Any]] = {}

    async def look(self, what: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        """What `look` brings, perhaps by somebody else's: it says the same for everybody who gives the same `what`."""
        if what not in self._under_way:
            task = self._under_way[what] = _begun(self._now(what, look))
        elif what in self._next:
            task = self._next[what]
        else:
            task = self._next[what] = _begun(self._after(self._under_way[what], what, look))
        found: T = await asyncio.shield(task)  # who goes away leaves the others their look
        return found

    async def _now(self, what: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        try:
            return await look()
        finally:
            if what in self._next:
                self._under_way[what] = self._next.pop(what)
            else:
                del self._under_way[what]

    async def _after(self, earlier: asyncio.Task[Any], what: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        await asyncio.wait([earlier])
        return await self._now(what, look)


def _begun(look: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    task = asyncio.create_task(look)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever still waits is told of it
    return task
