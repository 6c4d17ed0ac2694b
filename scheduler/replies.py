"""Brings answers back to those who asked without a name.

These messages are not in the outbox: a delivery names its recipient, and a recipient beside a question is what must
never be written down. The sealed address is all there is; its id marks the message in Slack, so that an answer which
may have left is looked for there before anything is sent again, by whichever instance comes next. Nothing about it is
logged or counted.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import Connection

from bot import confidence
from bot.domain.delivery import LONGEST_RETRY, SETTLE_MARGIN, backoff
from bot.domain.pace import HISTORY, Pace
from bot.in_time import Moment, leaving_soon_after
from bot.ports import Absent, Clock, Messenger, NotSent, Post, Sent, Unknown
from bot.services import bringing_back
from bot.services.bringing_back import Leave, Reply
from bot.services.voices import Ear
from bot.store import pacing
from bot.store.database import Database
from bot.views.asking import reply_message
from bot.views.escape import escape

AT_ONCE = 20
LOOK_BACK = timedelta(days=15)


class Replier:
    """Sends what was answered, and forgets each way back as soon as it was used. One instance at a time does so."""

    def __init__(self, database: Database, messenger: Messenger, clock: Clock, ear: Ear, pace: Pace) -> None:
        """Nothing is sent before `bring_back`."""
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._ear = ear
        self._pace = pace
        self._owner = uuid4().hex
        self._not_before: dict[str, datetime] = {}
        self._on_its_way_until = clock.now()
        self._tries: dict[str, int] = {}
        """How often each of these was tried in vain; in memory alone."""
        self._running = asyncio.Lock()

    async def bring_back(self) -> int:
        """Send the answers that are due, one call at a time. Returns how many arrived."""
        async with self._running:
            with confidence.throughout():
                return await self._bring_back()

    async def _bring_back(self) -> int:
        now = self._clock.now()
        self._not_before = {each: at for each, at in self._not_before.items() if at > now}
        due = await self._database.run(lambda db: bringing_back.replies(db, self._ear, AT_ONCE, but=self._not_before))
        known = {*self._not_before, *(each.address_id for each in due)}
        self._tries = {each: tries for each, tries in self._tries.items() if each in known}
        if not due or not await self._database.run(lambda db: bringing_back.take(db, self._owner, now=now)):
            return 0
        arrived = 0
        for reply in due:
            brought = await self._bring(reply)
            if brought is None:
                return arrived
            arrived += brought
        if self._on_its_way_until <= self._clock.now():
            await self._database.run(lambda db: bringing_back.lay_down(db, self._owner))
        return arrived

    async def _bring(self, reply: Reply) -> bool | None:
        """Whether it arrived; None to stop for now."""
        moment, leave = await self._begin(reply)
        doubtful = False
        if leave is Leave.LOOK_FIRST:
            if not await self._database.run(lambda db: pacing.take(db, HISTORY, self._pace.of(HISTORY), 1)):
                return None
            since = self._clock.now() - LOOK_BACK
            found = await self._messenger.find(
                to=reply.person, delivery_id=reply.address_id, post=_message(reply), since=since
            )
            if isinstance(found, Sent):
                return await self._arrived(reply)
            if isinstance(found, Unknown) and found.passing:
                self._wait(reply, SETTLE_MARGIN)
                return False
            doubtful = not isinstance(found, Absent)
            moment, leave = await self._begin(reply)
        if leave is Leave.USED:
            return False
        if leave is Leave.STOP:
            return None
        with leaving_soon_after(moment):
            result = await self._messenger.post(
                to=reply.person, post=_message(reply, again=doubtful), delivery_id=reply.address_id
            )
        if isinstance(result, Sent):
            return await self._arrived(reply)
        if isinstance(result, NotSent):
            self._wait(reply, LONGEST_RETRY if result.retry_after is None else timedelta(seconds=result.retry_after))
            now = self._clock.now()
            await self._database.run(partial(_did_not_leave, reply=reply, owner=self._owner, refused=result, now=now))
            return False
        self._wait(reply, SETTLE_MARGIN)
        self._on_its_way_until = self._clock.now() + SETTLE_MARGIN
        return False

    async def _begin(self, reply: Reply) -> tuple[Moment, Leave]:
        moment, now = Moment(self._clock), self._clock.now()
        return moment, await self._database.run(
            lambda db: bringing_back.begin(db, reply.address_id, self._owner, pace=self._pace, now=now)
        )

    async def _arrived(self, reply: Reply) -> bool:
        await self._database.run(lambda db: bringing_back.arrived(db, reply.address_id))
        return True

    def _wait(self, reply: Reply, wait: timedelta) -> None:
        tries = self._tries.get(reply.address_id, 0)
        self._tries[reply.address_id] = tries + 1
        self._not_before[reply.address_id] = self._clock.now() + max(wait, backoff(tries + 1))


def _did_not_leave(db: Connection, *, reply: Reply, owner: str, refused: NotSent, now: datetime) -> None:
    bringing_back.did_not_leave(db, reply.address_id, owner, refused, now=now)


def _message(reply: Reply, *, again: bool = False) -> Post:
    question = reply.question
    answer = question.answer if question.entry else escape(question.answer)
    by = question.answered_by or ""
    return reply_message(question=question.text, answer=answer, by=by, tool=reply.rollout.plan.tool, again=again)
