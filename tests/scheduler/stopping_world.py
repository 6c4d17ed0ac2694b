"""A Slack in which processes are stopped just before a request leaves, and go on when a test wants them to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot import in_time
from bot.ports import NotSent, Post, SendResult
from tests.services.small_world import SmallWorld


class StoppingWorld(SmallWorld):
    """`meanwhile` is what happens while the next process that posts is stopped; one for each stop."""

    def __init__(self, channels: Mapping[str, set[str]]) -> None:
        super().__init__(channels)
        self.meanwhile: list[Callable[[], Awaitable[object]]] = []
        self.late = 0

    async def post(self, *, to: str, post: Post, delivery_id: str, thread_ts: str = "") -> SendResult:
        """As the real one: the last look at the time is just before the request leaves."""
        if self.meanwhile:
            await self.meanwhile.pop(0)()
        if in_time.too_late():
            self.late += 1
            return NotSent("too_late", 0.0)
        return await super().post(to=to, post=post, delivery_id=delivery_id, thread_ts=thread_ts)
