"""What becomes due by itself, as functions of the present moment over the database: running one twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from bot.ports import Clock, Directory, SlackRefused
from bot.services import arriving, launching, listening, questions, voices
from bot.services.launching import Rulebook
from bot.services.voices import Ear
from bot.store import events, launches, roll_calls
from bot.store.database import Database
from bot.store.roll_calls import RollCall

log = structlog.get_logger(__name__)

PROPOSALS_KEPT = timedelta(days=1)
EVENTS_KEPT = timedelta(days=7)
"""Slack delivers an event again for hours at most, but a stored one may come days late."""
ROLL_CALL_RETRY = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs and what they work with."""

    database: Database
    directory: Directory
    clock: Clock
    rules: Rulebook
    ear: Ear
    questions_channel: str = ""

    async def fire_launches(self) -> int:
        """Carry out the scheduled launches whose time has come."""
        now = self.clock.now()
        return await self.database.run(lambda db: launching.fire_due(db, rules=self.rules, now=now))

    async def call_rolls(self) -> int:
        """Read one page of members for each roll call that is under way. Returns how many pages were read."""
        now = self.clock.now()
        due = await self.database.run(lambda db: roll_calls.roll_calls_due(db, now))
        for call in due:
            await self._page(call)
        return len(due)

    async def _page(self, call: RollCall) -> None:
        channel = await self.database.run(lambda db: launches.channel_of(db, call.launch_id))
        try:
            own = await self.directory.own_id()
            page = await self.directory.members_page(channel, call.cursor)
        except SlackRefused as refusal:
            wait = timedelta(seconds=refusal.retry_after) if refusal.retry_after else ROLL_CALL_RETRY
            later = self.clock.now() + wait * (call.attempts + 1)
            log.warning("roll_call_waits", roll_call=call.id, error=refusal.error)
            await self.database.run(lambda db: roll_calls.roll_call_later(db, call.id, later))
            return
        people = [person for person in page.members if person != own]
        now = self.clock.now()
        await self.database.run(
            lambda db: arriving.mark_present(db, call.launch_id, call.id, people, page.cursor, call.given_at, now=now)
        )

    async def pass_questions_on(self) -> int:
        """Pass on the questions whose round has come, and remind of those that waited too long."""
        now = self.clock.now()

        def pass_and_remind(db: Connection) -> int:
            return questions.pass_due(db, self.questions_channel, now=now) + questions.remind(db, self.ear, now=now)

        return await self.database.run(pass_and_remind)

    async def tidy(self) -> None:
        """Forget what must not be kept: previews, handled events, used or old ways back, the salts of closed periods."""
        now = self.clock.now()
        await self.database.run(lambda db: listening.tell_of_unready_entries(db, rules=self.rules, now=now))
        await self.database.run(lambda db: listening.tell_of_doubted_entries(db, rules=self.rules, now=now))
        await self.database.run(lambda db: questions.forget_old(db, self.ear, now=now))
        if await self.database.run(lambda db: voices.close_periods(db, self.ear, now=now)):
            await self.database.rewrite()
        await self.database.run(lambda db: launches.forget_proposals(db, now - PROPOSALS_KEPT))
        await self.database.run(lambda db: events.forget_events(db, now - EVENTS_KEPT))
