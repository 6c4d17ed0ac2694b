"""The sender: takes what is due out of the outbox, sends it once, and settles what became of it.

Everything it knows is in the database; it can be killed at any line. A message whose sender died, or whose answer
never came, is looked for in Slack before anything else happens to it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.domain.delivery import SETTLE_MARGIN
from bot.domain.installation import TOKEN_REFUSED
from bot.domain.pace import HISTORY, POST_MESSAGE
from bot.in_time import Moment, leaving_soon_after
from bot.ports import Clock, Messenger, NotSent, Post
from bot.services import delivering
from bot.services.launching import Rulebook
from bot.services.outgoing import Broken, Dropped, Later
from bot.services.voices import Ear
from bot.store import outbox, pacing
from bot.store.database import DISTURBED, Database
from bot.store.outbox import Delivery

log = structlog.get_logger(__name__)

T = TypeVar("T")

IN_FLIGHT = 5
LOOK_AGAIN = 1.0
"""Seconds after which the outbox is looked at again while Slack takes its time with what is under way."""
LEASE = timedelta(seconds=45)
"""Longer than the ten seconds after which nothing leaves any more (bot/in_time.py) and the ten that our client then waits for
an answer, with room for a slow machine."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What one look into the outbox brought: messages to send, and how many were taken, of which some are dropped.

    `wait` is in how many seconds Slack takes the next one, if something waits for that alone.
    """

    ready: Sequence[tuple[Delivery, Post, Moment]] = ()
    taken: int = 0
    wait: float | None = None


class Sender:
    """One process's share of the sending. The pace is kept with the other processes, in the database."""

    def __init__(self, database: Database, messenger: Messenger, clock: Clock, rules: Rulebook, ear: Ear) -> None:
        """Nothing is sent before `run_until_idle`."""
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._rules = rules
        self._ear = ear
        self._owner = uuid4().hex
        self._posted: dict[str, float] = {}
        self._mine: set[str] = set()
        self._running = asyncio.Lock()
        self._stopping = False
        self._turned_away = False
        """Slack refused the token: trying the next message at once would be no use."""

    async def run_until_idle(self) -> int:
        """Send everything that may go now, as fast as Slack takes it. Returns how many messages were handled."""
        async with self._running:
            handled, self._turned_away = 0, False
            under_way: set[asyncio.Task[None]] = set()
            try:
                while not (self._stopping or self._turned_away):
                    claimed = (
                        await self._claim(IN_FLIGHT - len(under_way)) if len(under_way) < IN_FLIGHT else _Claimed()
                    )
                    handled += claimed.taken
                    under_way |= {asyncio.create_task(self._send(*each)) for each in claimed.ready}
                    if not under_way and not claimed.taken and claimed.wait is None:
                        break
                    if not claimed.taken:
                        under_way = await _first_of(under_way, claimed.wait)
            finally:
                await _all_of(under_way)
            return handled

    def stop(self) -> None:
        """Take nothing more; what is under way ends as it does."""
        self._stopping = True

    async def let_go(self) -> int:
        """Give back what this process has claimed, to be looked for by the next one at once. Returns how many those are."""
        now = self._clock.now()
        return await self._database.run(lambda db: outbox.let_go(db, self._owner, due_at=now + SETTLE_MARGIN))

    async def settle_unsure(self) -> int:
        """Look for the messages that may have reached Slack without our knowing. Returns how many were looked at."""
        now = self._clock.now()
        limit = self._rules.pace.of(HISTORY)

        def claim(db: Connection) -> list[Delivery]:
            room, used = pacing.look(db, HISTORY, limit)
            most = IN_FLIGHT if room is None else min(IN_FLIGHT, room.calls)
            found = outbox.claim_unsure(db, self._owner, now=now, lease_until=now + LEASE, limit=most, mine=self._mine)
            if found and limit is not None:
                pacing.enter(db, HISTORY, limit, used, len(found))
            return found

        found = await self._database.run(claim)
        for delivery in found:
            await self._look_for(delivery)
        return len(found)

    def next_recipient_free_in(self) -> float:
        """Seconds until the first recipient who was just sent something may be sent the next message."""
        between = self._rules.pace.between_posts
        waits = [between - (time.monotonic() - at) for at in self._posted.values()]
        return max(0.0, min((wait for wait in waits if wait > 0), default=0.0))

    async def _claim(self, most: int) -> _Claimed:
        moment = Moment(self._clock)
        now, pace = self._clock.now(), self._rules.pace
        fresh = time.monotonic() - pace.between_posts
        self._posted = {recipient: at for recipient, at in self._posted.items() if at > fresh}
        own = set(self._posted)

        def claim(db: Connection) -> _Claimed:
            room, used = pacing.look(db, POST_MESSAGE, pace.messages)  # from here on no other process claims
            blocked = outbox.blocked_until(db, POST_MESSAGE)
            if blocked and blocked > now:
                return _Claimed()
            busy = own.union(pacing.resting(db, pace.between_posts))
            if room is not None and not room.calls:
                return _Claimed(wait=room.wait if outbox.anything_waits(db, now=now, busy=busy) else None)
            limit = most if room is None else min(most, room.calls)
            taken = outbox.claim(db, self._owner, now=now, lease_until=now + LEASE, limit=limit, busy=busy)
            ready = []
            for delivery in taken:
                made = delivering.ready_to_send(db, delivery, rules=self._rules, ear=self._ear, now=now)
                if isinstance(made, Dropped):
                    log.info("delivery_dropped", delivery=delivery.id, kind=delivery.kind, why=made.why)
                    delivering.drop(db, delivery, made.why, owner=self._owner, now=now)
                elif isinstance(made, Broken):
                    log.error("delivery_cannot_be_made", delivery=delivery.id, kind=delivery.kind, error=made.error)
                    delivering.park(db, delivery, owner=self._owner)
                elif isinstance(made, Later):
                    outbox.put_off(db, delivery, made.due_at, owner=self._owner)
                else:
                    ready.append((delivery, made, moment))
            if ready and pace.messages is not None:
                pacing.enter(db, POST_MESSAGE, pace.messages, used, len(ready))
            return _Claimed(ready, len(taken))

        return await self._database.run(claim)

    async def _send(self, delivery: Delivery, post: Post, taken: Moment) -> None:
        self._mine.add(delivery.id)
        try:
            self._posted[delivery.recipient] = time.monotonic()
            between = self._rules.pace.between_posts
            with leaving_soon_after(taken):  # else this process was stopped, and the message may be another's
                result = await self._messenger.post(to=delivery.recipient, post=post, delivery_id=delivery.id)
            self._turned_away |= isinstance(result, NotSent) and result.error in TOKEN_REFUSED
            now = self._clock.now()
            if between:  # before it is settled, since nobody else writes to this recipient until then
                await self._insist(lambda: self._database.run(lambda db: pacing.rest(db, delivery.recipient, between)))
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

    async def _insist(self, record: Callable[[], Awaitable[T]]) -> T:
        """Slack has answered; losing that answer would make the message unsure, so a busy database is tried again."""
        for wait in (0.1, 0.5, 2.0):
            try:
                return await record()
            except DISTURBED:
                await asyncio.sleep(wait)
        return await record()


async def _first_of(under_way: set[asyncio.Task[None]], wait: float | None) -> set[asyncio.Task[None]]:
    """Wait until something under way has ended, or so many seconds. Returns what is still under way."""
    if not under_way:
        await asyncio.sleep(wait or 0.0)
        return under_way
    timeout = LOOK_AGAIN if wait is None else wait
    done, still = await asyncio.wait(under_way, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    if any(task.exception() for task in done):
        await _all_of(still)  # none is left behind unwatched
    for task in done:
        task.result()
    return still


async def _all_of(under_way: set[asyncio.Task[None]]) -> None:
    """Wait until all have ended; then raise what the first of them ended with."""
    if under_way:
        await asyncio.wait(under_way)
    for failed in [task for task in under_way if task.exception()]:
        failed.result()
