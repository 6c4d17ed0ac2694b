"""What several people want to see at the same moment is looked up once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from functools import partial
from typing import Any, TypeVar

PATIENCE = 0.5
"""Seconds that an earlier look is waited for. One that is stuck keeps nobody but those who share it."""

T = TypeVar("T")


class Together:
    """Looks that are shared by those who want the same.

    Nobody is shown what was looked up before they asked: whoever asks while a look is under way shares the next one with
    all others who do. A look is carried out in the context of whoever came first, so it must be nothing of theirs.
    """

    def __init__(self) -> None:
        """Nobody is looking."""
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._next: dict[Hashable, asyncio.Task[Any]] = {}

    async def look(self, what: Hashable, look: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `look` brings, perhaps somebody else's: it says the same for everybody who gives the same `what`."""
        earlier = self._under_way.get(what)
        if earlier is None:
            task = self._under_way[what] = self._begun(what, look())
        elif what in self._next:
            task = self._next[what]
        else:
            task = self._next[what] = self._begun(what, self._after(earlier, what, look))
        found: T = await asyncio.shield(task)  # who goes away leaves the others their look
        return found

    async def _after(self, earlier: asyncio.Task[Any], what: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        await asyncio.wait([earlier], timeout=PATIENCE)
        self._under_way[what] = self._next.pop(what)  # from now on it is too late to share it
        return await look()

    def _begun(self, what: Hashable, look: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(look)
        task.add_done_callback(partial(self._over, what))
        return task

    def _over(self, what: Hashable, task: asyncio.Task[Any]) -> None:
        for tasks in (self._under_way, self._next):
            if tasks.get(what) is task:
                del tasks[what]
        if not task.cancelled():
            task.exception()  # whoever still waits is told of it
