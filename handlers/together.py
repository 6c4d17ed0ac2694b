"""What several people want at the same moment goes to the database once for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeVar

PATIENCE = 0.5
"""Seconds that an earlier round is waited for. One that is stuck keeps nobody but those who are in it."""
MOST = 100
"""So many share a round at most; whoever else waits is in the one after it."""

W = TypeVar("W")
T = TypeVar("T")
ForAll = Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]
"""Does for several wishes, in their order, what it does for one."""


class _Wish(NamedTuple):
    """What somebody waits for, who will bring it, and in whose context they would."""

    wish: Any
    carry_out: ForAll
    waits: asyncio.Future[Any]
    context: Context


@dataclass(slots=True, eq=False)
class _Line:
    """Those who wait for the next round of one thing, and the round that is under way."""

    waiting: list[_Wish] = field(default_factory=list)
    under_way: asyncio.Task[None] | None = None


class Together:
    """Rounds that are shared by those who want the same kind of thing.

    Nobody is shown what was looked up before they asked: whoever comes while a round is under way is in the next one, with
    all others who do. A round is carried out in the context of whoever came first for it, so it must be nothing of theirs.
    """

    def __init__(self) -> None:
        """Nobody waits."""
        self._lines: dict[Hashable, _Line] = {}

    async def look(self, what: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        """What `look` brings, perhaps somebody else's: it says the same for everybody who gives the same `what`."""

        async def for_all(wishes: Sequence[None]) -> list[T]:
            return [await look()] * len(wishes)

        return await self.join(what, None, for_all)

    async def join(
        self, what: Hashable, wish: W, carry_out: Callable[[Sequence[W]], Awaitable[Sequence[T | Exception]]]
    ) -> T:
        """What becomes of this wish. `carry_out` does for several, in their order, what it does for one.

        It does the same for everybody who gives the same `what`. An exception among what it brings is raised for that one
        alone; what it raises itself is raised for all who share the round.
        """
        line = self._lines.get(what)
        if line is None:
            line = self._lines[what] = _Line()
        mine: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        line.waiting.append(_Wish(wish, carry_out, mine, copy_context()))
        if line.under_way is None:
            self._begin(what, line)
        return await mine  # who goes away leaves the others theirs

    def _begin(self, what: Hashable, line: _Line) -> None:
        task = line.under_way = asyncio.create_task(_round(line), context=line.waiting[0].context)
        go_on = partial(self._go_on, what, line)
        impatience = asyncio.get_running_loop().call_later(PATIENCE, go_on, task)
        task.add_done_callback(lambda _done: impatience.cancel())
        task.add_done_callback(go_on)

    def _go_on(self, what: Hashable, line: _Line, task: asyncio.Task[None]) -> None:
        """Begin the next round if this one is the last that began; forget the line when nobody waits in it."""
        if line.under_way is not task:
            return
        if line.waiting:
            self._begin(what, line)
        else:
            line.under_way = None
            del self._lines[what]


async def _round(line: _Line) -> None:
    taken, line.waiting = line.waiting[:MOST], line.waiting[MOST:]
    try:
        found = await taken[0].carry_out([each.wish for each in taken])
        for each, brought in zip(taken, found, strict=True):
            if each.waits.done():  # whoever wanted it has gone away
                continue
            if isinstance(brought, Exception):
                each.waits.set_exception(brought)
            else:
                each.waits.set_result(brought)
    except Exception as error:  # noqa: BLE001 - it belongs to those who wait
        for each in taken:
            if not each.waits.done():
                each.waits.set_exception(error)
    except asyncio.CancelledError:
        for each in taken:
            each.waits.cancel()
        raise
