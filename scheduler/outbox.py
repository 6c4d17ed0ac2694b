"""The sender: takes what is due out of the outbox, sends it once, and settles what became of it.

Everything it knows is in the database; it can be killed at any line. A message whose sender died, or whose answer
never came, is looked for in Slack before anything else happens to it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot import metrics
from bot.domain.delivery import DeliveryState
from bot.ports import Clock, Messenger, Post
from bot.services import delivering
from bot.services.launching import Rulebook
from bot.services.outgoing import Dropped, Later
from bot.services.voices import Ear
from bot.store import outbox
from bot.store.database import Database
from bot.store.outbox import POST_MESSAGE, Delivery

log = structlog.get_logger(__name__)

IN_FLIGHT = 5
LEASE = timedelta(seconds=45)
"""Longer than the ten seconds that our client waits for an answer, with room for a slow machine."""
BETWEEN_POSTS = 1.0
"""Slack takes about one message a second in one channel."""


class Sender:
    """One process's share of the sending."""

    def __init__(
        self,
        database: Database,
        messenger: Messenger,
        clock: Clock,
        rules: Rulebook,
        ear: Ear,
        *,
        between_posts: float = BETWEEN_POSTS,
    ) -> None:
        """`between_posts` is in seconds and for one recipient."""
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._rules = rules
        self._ear = ear
        self._between = between_posts
        self._owner = uuid4().hex
        self._posted: dict[str, float] = {}
        self._mine: set[str] = set()
        self._running = asyncio.Lock()

    async def run_until_idle(self) -> int:
        """Send everything that may go now. Returns how many messages were handled."""
        async with self._running:
            handled = 0
            while (batch := await self._claim()) is not None:
                await asyncio.gather(*(self._send(delivery, post) for delivery, post in batch))
                handled += len(batch)
            return handled

    async def settle_unsure(self) -> int:
        """Look for the messages that may have reached Slack without our knowing. Returns how many were looked at."""
        now = self._clock.now()
        found = await self._database.run(
            lambda db: outbox.claim_unsure(
                db, self._owner, now=now, lease_until=now + LEASE, limit=IN_FLIGHT, mine=self._mine
            )
        )
        for delivery in found:
            await self._look_for(delivery)
        return len(found)

    def next_recipient_free_in(self) -> float:
        """Seconds until the first recipient who was just sent something may be sent the next message."""
        waits = [self._between - (time.monotonic() - at) for at in self._posted.values()]
        return max(0.0, min((wait for wait in waits if wait > 0), default=0.0))

    async def _claim(self) -> list[tuple[Delivery, Post]] | None:
        """What goes now; None when nothing more may. An empty list: everything that was taken had to wait or be dropped."""
        now = self._clock.now()
        fresh = time.monotonic() - self._between
        self._posted = {recipient: at for recipient, at in self._posted.items() if at > fresh}
        busy = list(self._posted)

        def claim(db: Connection) -> list[tuple[Delivery, Post]] | None:
            blocked = outbox.blocked_until(db, POST_MESSAGE)
            if blocked and blocked > now:
                return None
            taken = outbox.claim(db, self._owner, now=now, lease_until=now + LEASE, limit=IN_FLIGHT, busy=busy)
            if not taken:
                return None
            ready = []
            for delivery in taken:
                made = delivering.prepare(db, delivery, rules=self._rules, ear=self._ear, now=now)
                if isinstance(made, Dropped):
                    log.info("delivery_dropped", delivery=delivery.id, kind=delivery.kind, why=made.why)
                    delivering.drop(db, delivery, made.why, owner=self._owner, now=now)
                elif isinstance(made, Later):
                    outbox.put_off(db, delivery, made.due_at, owner=self._owner)
                else:
                    ready.append((delivery, made))
            return ready

        return await self._database.run(claim)

    async def _send(self, delivery: Delivery, post: Post) -> None:
        self._mine.add(delivery.id)
        try:
            self._posted[delivery.recipient] = time.monotonic()
            result = await self._messenger.post(to=delivery.recipient, post=post, delivery_id=delivery.id)
            now = self._clock.now()
            state = await self._insist(
                lambda: self._database.run(
                    lambda db: delivering.settle(db, delivery, result, owner=self._owner, now=now)
                )
            )
            metrics.delivery_settled(state)
            log.info("delivery_settled", delivery=delivery.id, kind=delivery.kind, state=state)
        finally:
            self._mine.discard(delivery.id)

    async def _look_for(self, delivery: Delivery) -> None:
        now = self._clock.now()
        made = await self._database.run(
            lambda db: delivering.text_of(db, delivery, rules=self._rules, ear=self._ear, now=now)
        )
        found = await self._messenger.find(
            to=delivery.recipient, delivery_id=delivery.id, post=made, since=delivery.first_tried_at or now
        )
        now = self._clock.now()
        state = await self._database.run(
            lambda db: delivering.settle_found(db, delivery, found, owner=self._owner, now=now)
        )
        metrics.delivery_settled(state)
        log.info("delivery_looked_for", delivery=delivery.id, kind=delivery.kind, state=state)

    async def _insist(self, record: Callable[[], Awaitable[DeliveryState]]) -> DeliveryState:
        """Slack has answered; losing that answer would make the message unsure, so a busy database is tried again."""
        for wait in (0.1, 0.5, 2.0):
            try:
                return await record()
            except DBAPIError:
                await asyncio.sleep(wait)
        return await record()
