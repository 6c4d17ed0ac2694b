"""Brings answers back to those who asked without a name.

These messages are not in the outbox: a delivery names its recipient, and a recipient beside a question is what must
never be written down. The sealed address is all there is; its id marks the message in Slack, so that an answer which
left before a crash is found there and not sent a second time. Nothing about it is logged or counted.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
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


class Replier:
    """Sends what was answered, and forgets each way back as soon as it was used."""

    def __init__(self, database: Database, messenger: Messenger, clock: Clock, ear: Ear) -> None:
        """Nothing is sent before `bring_back`."""
        self._database = database
        self._messenger = messenger
        self._clock = clock
        self._ear = ear
        self._unsure: set[str] = set()
        self._started = False
        self._running = asyncio.Lock()

    async def bring_back(self) -> int:
        """Send the answers that are due, one call at a time. Returns how many arrived."""
        async with self._running:
            with confidence.throughout():
                return await self._bring_back()

    async def _bring_back(self) -> int:
        arrived = 0
        for reply in await self._database.run(lambda db: questions.replies(db, self._ear, AT_ONCE)):
            if await self._bring(reply):
                await self._database.run(partial(_forget, address_id=reply.address_id))
                arrived += 1
        self._started = True
        return arrived

    async def _bring(self, reply: Reply) -> bool:
        post = _message(reply)
        if reply.address_id in self._unsure or not self._started:
            since = self._clock.now() - LOOK_BACK
            found = await self._messenger.find(to=reply.person, delivery_id=reply.address_id, post=post, since=since)
            if isinstance(found, Sent):
                return True
            if isinstance(found, Unknown) and found.passing:
                return False
        result = await self._messenger.post(to=reply.person, post=post, delivery_id=reply.address_id)
        if isinstance(result, Sent):
            self._unsure.discard(reply.address_id)
            return True
        self._unsure.add(reply.address_id)
        return False


def _forget(db: Connection, *, address_id: str) -> None:
    questions.brought_back(db, address_id)


def _message(reply: Reply) -> Post:
    question = reply.question
    answer = question.answer if question.entry else escape(question.answer)
    by = question.answered_by or ""
    return reply_message(question=question.text, answer=answer, by=by, tool=reply.rollout.plan.tool)
