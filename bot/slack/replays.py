"""What was handled is not handled again: a signed request that somebody caught is good for five minutes.

Kept in the memory of this process: a table of requests in the database would be a record of who was there when. The marks
are made with a key that ends with the process, so that they say nothing to whoever reads the memory later.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT_SECONDS = 660.0
"""A timestamp may be five minutes ahead, and is good for five minutes after."""
MOST = 20_000
"""At most so many are remembered; who has the signing secret to push the oldest out needs no replay."""
AGAIN_SECONDS = 2.0
"""So long the same answer is given again: timestamps are whole seconds, and on a server that numbers nothing else
somebody who types the same twice is not told from a replay."""
MOST_ANSWERS = 200


class Replays(Generic[T]):
    """The requests of the last minutes, as marks; and what was answered a moment ago."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember nothing yet. `clock` counts seconds."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._seen: dict[bytes, float] = {}
        self._answers: dict[bytes, asyncio.Future[T | None]] = {}

    def mark_of(self, *parts: bytes) -> bytes:
        """What a request is known by: all that makes it this one."""
        mark = hashlib.blake2b(key=self._key, digest_size=16)
        for part in parts:
            mark.update(len(part).to_bytes(8, "big") + part)
        return mark.digest()

    async def once(
        self, mark: bytes, handle: Callable[[], Awaitable[T]], *, done: Callable[[T], bool], again: bool = True
    ) -> T | None:
        """The answer of `handle`, which is called the first time only; None for a request that is no longer fresh.

        Without `again` the answer is not kept for a moment: what it shows may not be for this person any more.
        An answer that is not `done` says that nothing was handled: when the request comes again, it counts.
        """
        self._forget_old(self._clock())
        if mark in self._seen:
            kept = self._answers.get(mark)
            return await asyncio.shield(kept) if kept is not None else None
        self._seen[mark] = self._clock()
        under_way = self._answers[mark] = asyncio.get_running_loop().create_future()
        answer: T | None = None
        try:
            answer = await handle()
        finally:
            if answer is None or not done(answer):
                self._seen.pop(mark, None)
            under_way.set_result(answer)
            asyncio.get_running_loop().call_later(AGAIN_SECONDS if again else 0.0, self._answers.pop, mark, None)
            while len(self._answers) > MOST_ANSWERS:
                del self._answers[next(iter(self._answers))]
        return answer

    def _forget_old(self, now: float) -> None:
        """The oldest stand first."""
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > now - KEPT_SECONDS and len(self._seen) < MOST:
                return
            del self._seen[oldest]
