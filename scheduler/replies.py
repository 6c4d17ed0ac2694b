"""Brings answers back to those who asked without a name.

These messages are not in the outbox: a delivery names its recipient, and a recipient beside a question is what must
never be written down. The sealed address is all there is; its id marks the message in Slack, so that an answer which
left before a crash is found there and not sent a second time. Nothing about it is logged or counted.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot import confidence
from bot.ports import Clock, Messenger, Post, Sent, Unknown
from bot.services import questions
from bot.services.questions import Reply
from bot.services.voices import Ear
from bot.store.database import Database
from bot.views.asking import reply_message
from bot.views.escape import escape

AT_ONCE = 20
LOOK_BACK = timedelta(days=15)
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=2), timedelta(minutes=10)
SETTLE_MARGIN = timedelta(seconds=15)
"""How long a request that left may still take effect in Slack: nobody looks for it before."""


class Replier:
    """Sends what was answered, and forgets each way back as soon as it was used."""

    def __init__(self, database: Database, messenger: Messenger, clock: Clock, ear: Ear) -> None:
        """Nothing is sent before `bring_back`."""
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._ear = ear
        self._unsure: set[str] = set()
        self._tried: dict[str, tuple[int, datetime]] = {}
        """How often each of these was tried in vain, and when it may be tried again; in memory alone."""
        self._started = False
        self._running = asyncio.Lock()

    async def bring_back(self) -> int:
        """Send the answers that are due, one call at a time. Returns how many arrived."""
        async with self._running:
            with confidence.throughout():
                return await self._bring_back()

    async def _bring_back(self) -> int:
        arrived = 0
        found = await self._database.run(lambda db: questions.replies(db, self._ear, AT_ONCE))
        self._tried = {
            each.address_id: self._tried[each.address_id] for each in found if each.address_id in self._tried
        }
        for reply in found:
            tries, not_before = self._tried.get(reply.address_id, (0, self._clock.now()))
            if self._clock.now() < not_before:
                continue
            wait = await self._bring(reply)
            if wait is None:
                await self._database.run(partial(_forget, address_id=reply.address_id))
                arrived += 1
            else:
                later = max(wait, min(FIRST_RETRY * 2 ** min(tries, 20), LONGEST_RETRY))
                self._tried[reply.address_id] = (tries + 1, self._clock.now() + later)
        self._started = True
        return arrived

    async def _bring(self, reply: Reply) -> timedelta | None:
        """None when it has arrived; else how long Slack wants to be left alone."""
        post = _message(reply)
        if reply.address_id in self._unsure or not self._started:
            since = self._clock.now() - LOOK_BACK
            found = await self._messenger.find(to=reply.person, delivery_id=reply.address_id, post=post, since=since)
            if isinstance(found, Sent):
                return None
            if isinstance(found, Unknown) and found.passing:
                self._unsure.add(reply.address_id)
                return timedelta(0)
        result = await self._messenger.post(to=reply.person, post=post, delivery_id=reply.address_id)
        if isinstance(result, Sent):
            self._unsure.discard(reply.address_id)
            return None
        if isinstance(result, Unknown):
            self._unsure.add(reply.address_id)
            return SETTLE_MARGIN
        return timedelta(seconds=result.retry_after or 0.0)


def _forget(db: Connection, *, address_id: str) -> None:
    questions.brought_back(db, address_id)


def _message(reply: Reply) -> Post:
    question = reply.question
    answer = question.answer if question.entry else escape(question.answer)
    by = question.answered_by or ""
    return reply_message(question=question.text, answer=answer, by=by, tool=reply.rollout.plan.tool)
