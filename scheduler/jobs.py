"""What becomes due by itself, as functions of the present moment over the database: running one twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.domain.pace import MEMBERS, PEOPLE
from bot.domain.progress import Rollout
from bot.in_time import Moment
from bot.ports import Clock, Directory, PeoplePage, Person, SlackRefused
from bot.services import arriving, checkins, launching, listening, publishing, questions, reviews, signs, voices
from bot.services.launching import Rulebook
from bot.services.library import Library
from bot.services.voices import Ear
from bot.store import checkins as stored_checkins
from bot.store import duties, events, exports, launches, pacing, roll_calls, rollouts
from bot.store.checkins import Checkin
from bot.store.database import Database
from bot.store.due import Work, work_due
from bot.store.roll_calls import RollCall
from scheduler.clock import SharedClock

log = structlog.get_logger(__name__)

PROPOSALS_KEPT = timedelta(days=1)
EVENTS_KEPT = timedelta(days=7)
"""Slack delivers an event again for hours at most, but a stored one may come days late."""
ROLL_CALL_RETRY = timedelta(seconds=30)
INVITE_RETRY = timedelta(minutes=1)
PAGE_LEASE = timedelta(minutes=3)
"""So long a page of a channel's members is one instance's to read."""
PEOPLE_LEASE = timedelta(minutes=10)
"""The same for people: looking fifty of them up one by one may take a while."""
TOO_SOON = 2.0
FEW = 50
"""So many people are looked up one by one."""
BY_PAGES, ON_NO_PAGE = "\x01pages:", "\x01rest"
"""How far the inviting of many has come; no id of a person begins like this."""
PERMANENT = frozenset(
    {
        "user_not_found",
        "user_not_visible",
        "missing_scope",
        "unknown_method",
        "not_implemented",
        "method_not_supported",
        "http_404",
        "http_501",
    }
)
"""Errors after which asking again gives no other answer."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs and what they work with."""

    database: Database
    directory: Directory
    clock: Clock
    rules: Rulebook
    ear: Ear
    questions_channel: str = ""
    library: Library | None = None

    async def keep_time(self) -> None:
        """Go by the clock of the database's server, where instances share one."""
        if isinstance(self.clock, SharedClock):
            self.clock.set(await self.database.look(pacing.moment))

    async def measure(self) -> None:
        """See how long understanding a question takes."""
        if self.library is not None:
            await self.library.measure(self.database)

    async def keep_up(self) -> None:
        """Take in the answers that were written in Slack, perhaps through another instance."""
        if self.library is not None:
            await self.library.keep_up(self.database)

    async def due(self) -> frozenset[Work]:
        """What may have something to do at this moment."""
        now = self.clock.now()
        return await self.database.look(lambda db: work_due(db, now))

    async def fire_launches(self) -> int:
        """Carry out the scheduled launches whose time has come."""
        now = self.clock.now()
        return await self.database.run(lambda db: launching.fire_due(db, rules=self.rules, now=now))

    async def call_rolls(self) -> int:
        """Read one page of members for each roll call that is under way. Returns how many pages were read."""
        now = self.clock.now()

        def allowed(db: Connection) -> list[RollCall]:
            due = roll_calls.due(db, now)
            some = due[: pacing.take(db, MEMBERS, self.rules.pace.of(MEMBERS), len(due))]
            roll_calls.take(db, some, now + PAGE_LEASE)
            return some

        due = await self.database.run(allowed)
        for call in due:
            await self._page(call)
        return len(due)

    async def _page(self, call: RollCall) -> None:
        moment = Moment(self.clock)
        channel = await self.database.run(lambda db: launches.channel_of(db, call.launch_id))
        try:
            own = await self.directory.own_id()
            page = await self.directory.members_page(channel, call.cursor)
        except SlackRefused as refusal:
            wait = timedelta(seconds=refusal.retry_after) if refusal.retry_after else ROLL_CALL_RETRY
            later = self.clock.now() + wait * (call.attempts + 1)
            log.warning("roll_call_waits", roll_call=call.id, error=refusal.error)
            await self.database.run(lambda db: roll_calls.roll_call_later(db, call, later))
            return
        if moment.is_past(PAGE_LEASE):  # it may be another's by now, and people come and go
            return
        people = [person for person in page.members if person != own]
        now = self.clock.now()
        await self.database.run(lambda db: arriving.mark_present(db, call, people, page.cursor, now=now))

    async def pass_questions_on(self) -> int:
        """Pass on the questions whose round has come, and remind of those that waited too long."""
        now = self.clock.now()

        def pass_and_remind(db: Connection) -> int:
            return questions.pass_due(db, self.questions_channel, now=now) + questions.remind(db, self.ear, now=now)

        return await self.database.run(pass_and_remind)

    async def plan_month(self) -> int:
        """What becomes due in the month after a link: check-ins, reviews, the managers' form, faults to pass on."""
        now, rules = self.clock.now(), self.rules

        def plan(db: Connection) -> int:
            every = rollouts.every(db)
            due = checkins.plan_due(db, every, rules=rules, now=now)
            due += reviews.promise_due(db, every, rules=rules, now=now)
            due += signs.ask_managers(db, every, rules=rules, now=now)
            return due + signs.tell_of_faults(db, now=now)

        return await self.database.run(plan)

    async def invite(self) -> int:
        """Go on inviting people to the check-ins that are being prepared. Returns how many steps were made."""
        now = self.clock.now()
        waiting = await self.database.run(lambda db: stored_checkins.take_to_prepare(db, now, now + PEOPLE_LEASE))
        return sum([await self._invite(checkin) for checkin in waiting])

    async def _invite(self, checkin: Checkin) -> int:
        moment = Moment(self.clock)
        asked = await self.database.run(lambda db: checkins.about(db, checkin))
        if asked is None:
            return 0
        try:
            found, cursor, done = await self._people(checkin)
        except SlackRefused as refusal:
            wait = timedelta(seconds=refusal.retry_after) if refusal.retry_after else INVITE_RETRY
            log.warning("checkin_waits", checkin=checkin.id, error=refusal.error)
            later = self.clock.now() + wait
            await self.database.run(lambda db: stored_checkins.prepare_later(db, checkin.id, later))
            return 0
        if moment.is_past(PEOPLE_LEASE):
            return 0
        now, zone = self.clock.now(), self.rules.zone

        def invite(db: Connection) -> None:
            if checkins.invite(db, asked, found, cursor, zone=zone, now=now) and done:
                stored_checkins.prepared(db, checkin.id)

        await self.database.run(invite)
        return 1

    async def _people(self, checkin: Checkin) -> tuple[list[Person], str, bool]:
        """Some more of the people to invite, where to go on, and whether these were the last.

        A few are looked up one by one, many by pages of the whole workspace; whoever is on no page is asked by the
        organisation's clock.
        """
        if not checkin.cursor.startswith(BY_PAGES):
            members = await self.database.run(lambda db: stored_checkins.members_from(db, checkin, FEW + 1))
            if len(members) <= FEW or checkin.cursor:
                some = members[:FEW]
                found = [await self._person(member) for member in some]
                return found, some[-1] if some else checkin.cursor, len(members) <= FEW
            checkin = replace(checkin, cursor=BY_PAGES)
        cursor = checkin.cursor.removeprefix(BY_PAGES)
        if cursor == ON_NO_PAGE:
            rest = await self.database.run(lambda db: stored_checkins.uninvited(db, checkin, 1000))
            zone = self.rules.zone.key
            return [Person(member, member, zone) for member in rest], BY_PAGES + ON_NO_PAGE, not rest
        page = await self._page_of_people(cursor)
        listed = {person.id: person for person in page.people}
        members = await self.database.run(lambda db: stored_checkins.members_among(db, checkin, list(listed)))
        return [listed[member] for member in members], BY_PAGES + (page.cursor or ON_NO_PAGE), False

    async def _page_of_people(self, cursor: str) -> PeoplePage:
        """A page of the workspace; an empty last one where Slack gives none. Raises SlackRefused, also when it is too soon."""
        limit = self.rules.pace.of(PEOPLE)
        if not await self.database.run(lambda db: pacing.take(db, PEOPLE, limit, 1)):
            raise SlackRefused(PEOPLE, "too_soon", TOO_SOON)
        try:
            return await self.directory.people_page(cursor)
        except SlackRefused as refusal:
            if refusal.error in PERMANENT:
                return PeoplePage((), "")
            raise

    async def _person(self, member: str) -> Person:
        """One person; somebody whom Slack does not know any more is asked by the organisation's clock, or finds out first."""
        try:
            return await self.directory.person(member)
        except SlackRefused as refusal:
            if refusal.error in PERMANENT:
                return Person(member, member, self.rules.zone.key)
            raise

    async def close_checkins(self) -> int:
        """Close the check-ins whose time is over: the answers become counts, and are deleted."""
        now = self.clock.now()
        over = await self.database.run(lambda db: stored_checkins.to_close(db, now))
        for checkin in over:
            at: Checkin | None = replace(checkin, cursor="")
            while at is not None and await self.database.run(partial(self._flag, checkin=at)):
                at = await self._again(checkin.id)
            await self.database.run(partial(checkins.close, checkin_id=checkin.id, now=now))
        if over:
            await self.database.rewrite()
        return len(over)

    async def _again(self, checkin_id: str) -> Checkin | None:
        return await self.database.run(lambda db: stored_checkins.by_id(db, checkin_id))

    def _flag(self, db: Connection, checkin: Checkin) -> bool:
        return checkins.flag_some(db, self.ear, checkin)

    async def publish(self) -> int:
        """Publish the reporting periods that are over, so that nobody waits for that who asks. Returns how many."""
        now, published = self.clock.now(), 0
        for rollout in await self.database.run(rollouts.every):
            while await self.database.run(partial(self._publish_next, rollout=rollout, now=now)):
                published += 1
        return published

    def _publish_next(self, db: Connection, *, rollout: Rollout, now: datetime) -> bool:
        return publishing.publish_next(db, rollout, self.ear, self.rules.book, now=now, final_only=True)

    async def count_heads(self) -> int:
        """Count the large waves and queues whose card somebody looked at. Returns how many."""
        if not self.rules.counts.asked_for:
            return 0
        now = self.clock.now()
        return await self.database.run(lambda db: self.rules.counts.count_wanted(db, now=now))

    async def tidy(self) -> None:
        """Forget what must not be kept: previews, handled events, used or old ways back, the salts of closed periods."""
        now = self.clock.now()
        await self.database.run(lambda db: listening.tell_of_unready_entries(db, rules=self.rules, now=now))
        await self.database.run(lambda db: listening.tell_of_doubted_entries(db, self.ear, rules=self.rules, now=now))
        await self.database.run(lambda db: questions.forget_old(db, self.ear, now=now))
        if await self.database.run(lambda db: voices.close_periods(db, self.ear, now=now)):
            await self.database.rewrite()
        await self.database.run(partial(_forget, now=now))

    async def level(self) -> None:
        """Leave no trace of the order in which voices were written."""
        await self.database.level()


def _forget(db: Connection, *, now: datetime) -> None:
    """What nobody needs any more, and nobody waits for."""
    launches.forget_proposals(db, now - PROPOSALS_KEPT)
    exports.forget_unconfirmed(db, now - PROPOSALS_KEPT)
    events.forget_events(db, now - EVENTS_KEPT)
    duties.forget_over(db, now)
