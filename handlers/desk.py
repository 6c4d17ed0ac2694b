"""What every handler works with, and the ways of answering a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import uuid4

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot import confidence
from bot.domain.redaction import Names
from bot.in_time import Moment, leaving_soon_after
from bot.ports import Clock, Directory, Messenger, NotSent, Post, SlackRefused, Unknown
from bot.services.asking import SignOffs
from bot.services.heartbeat import Heartbeat
from bot.services.installation import Installation
from bot.services.launching import Rulebook
from bot.services.library import Library
from bot.services.voices import Ear
from bot.store.database import Database, was_kept_waiting
from bot.views.link_modal import could_not_open, message_modal
from handlers.roster import Roster
from handlers.throttle import Throttle
from handlers.together import Together

T = TypeVar("T")
W = TypeVar("W")
log = structlog.get_logger(__name__)

NO_SUCH_METHOD = frozenset({"unknown_method", "not_implemented", "method_not_supported", "http_404", "http_501"})
"""How servers that speak only a part of Slack's API say so."""
PAGES_READ = 5
"""How many pages of 1,000 members are read while somebody waits for an answer."""


class Background:
    """Answers that leave after the request was acknowledged. They are help, never receipts, so a crash may lose them."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let `work` run on its own; what goes wrong in it is logged without its arguments."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def drain(self) -> None:
        """Wait until everything that was started has ended."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("answer_failed", error=type(error).__name__)


@dataclass(frozen=True, slots=True)
class Click:
    """A button that was pressed. `channel` and `message_ts` are empty in modals and on the App Home."""

    person: str
    action: str
    value: str
    trigger_id: str
    response_url: str
    channel: str
    in_modal: bool
    on_home: bool
    thread_ts: str = ""
    view_id: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The handlers' colleagues. `wake` tells the outbox that something new is in it."""

    database: Database
    clock: Clock
    messenger: Messenger
    directory: Directory
    rules: Rulebook
    founders: tuple[str, ...]
    wake: Callable[[], None]
    ear: Ear
    library: Library
    installation: Installation
    questions_channel: str = ""
    under_way: set[str] = field(default_factory=set)
    """Marks of the written questions that are being answered."""
    not_given: dict[str, Post] = field(default_factory=dict)
    """Answers that Slack did not take, by such marks: a question that comes again is asked no second time."""
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    throttle: Throttle = field(default_factory=Throttle)
    roster: Roster = field(default_factory=Roster)
    together: Together = field(default_factory=Together)
    sign_offs: SignOffs = field(default_factory=SignOffs)
    background: Background = field(default_factory=Background)

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    async def store(self, work: Callable[[Connection], T]) -> T:
        """Carry out `work` in one transaction, then let the outbox look; it does not look because somebody asked."""
        result = await self.database.brief(work)
        if not confidence.kept():
            self.wake()
        return result

    async def note(self, work: Callable[[Connection], T]) -> T:
        """Carry out `work` in one transaction, of which nothing comes that would have to be sent."""
        return await self.database.brief(work)

    async def note_singly(self, work: Callable[[Connection], T]) -> T:
        """The same for work of which each statement may stand alone."""
        return await self.database.singly(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Carry out `work` that only reads."""
        return await self.database.look(work)

    async def note_in_rounds(self, work: Callable[[Connection, Sequence[W]], Sequence[T | Exception]], wish: W) -> T:
        """What `work` notes for this wish: it is done once for all who want it done at the same moment.

        Where somebody's rows are held by others for too long, each is done alone: it keeps nobody but them.
        """

        async def for_all(wishes: Sequence[W]) -> Sequence[T | Exception]:
            try:
                return await self.database.singly(lambda db: work(db, wishes))
            except DBAPIError as error:
                if len(wishes) == 1 or not was_kept_waiting(error):
                    raise
            return await asyncio.gather(*(alone(each) for each in wishes))

        async def alone(wish: W) -> T | Exception:
            try:
                return await self.database.singly(lambda db: work(db, [wish])[0])
            except Exception as error:  # noqa: BLE001 - it is raised for them alone
                return error

        return await self.together.join(work, wish, for_all)

    async def read_in_rounds(self, work: Callable[[Connection, Sequence[W]], Sequence[T]], wish: W) -> T:
        """What `work` reads for this wish: it is done once for all who want it done at the same moment."""

        async def for_all(wishes: Sequence[W]) -> Sequence[T]:
            return await self.database.look(lambda db: work(db, wishes))

        return await self.together.join(work, wish, for_all)

    async def read_together(self, what: Hashable, work: Callable[[Connection], T]) -> T:
        """What `work` reads, shared by all who want it at the same moment: it says the same for everybody with this `what`."""
        return await self.together.look(what, lambda: self.database.look(work))

    def answer(self, click: Click, post: Post, *, replace: bool = False) -> None:
        """Answer a click where it was made: in place, beside it, or in a modal where there is no message."""
        self.background.start(self._answer(click, post, replace=replace))

    async def _answer(self, click: Click, post: Post, *, replace: bool) -> None:
        if click.response_url:
            result = await self.messenger.reply(response_url=click.response_url, post=post, replace=replace)
        elif click.channel:
            result = await self.messenger.whisper(channel=click.channel, user=click.person, post=post)
        else:
            view = message_modal(post)
            result = await self.messenger.open_view(trigger_id=click.trigger_id, view=view, push=click.in_modal)
        if isinstance(result, NotSent | Unknown):
            log.warning("answer_not_shown", error=result.error)

    def say(self, channel: str, post: Post, *, thread_ts: str = "") -> None:
        """Post in a channel for everybody in it. A crash may lose it: whoever wanted it said sees that, and asks again."""
        with leaving_soon_after(Moment(self.clock)):
            self.background.start(self._say(channel, post, thread_ts))

    async def _say(self, channel: str, post: Post, thread_ts: str) -> None:
        mark = uuid4().hex
        result = await self.messenger.post(to=channel, post=post, delivery_id=mark, thread_ts=thread_ts)
        if isinstance(result, NotSent | Unknown):
            log.warning("not_said", error=result.error)

    def update_view(self, click: Click, view: Mapping[str, Any]) -> None:
        """Show another modal in the place of the one that was clicked in."""
        self.background.start(self._update_view(click, view))

    async def _update_view(self, click: Click, view: Mapping[str, Any]) -> None:
        result = await self.messenger.update_view(view_id=click.view_id, view=view)
        if isinstance(result, NotSent | Unknown):
            log.warning("modal_not_updated", error=result.error)

    def goes_to(self, contact: str) -> str:
        """Where a question is passed on to, as Slack markup."""
        return f"<#{self.questions_channel}>" if self.questions_channel else f"<@{contact}>"

    async def names(self) -> Names:
        """The people of this workspace by name, so that they can be taken out of what is passed on."""
        return await self.roster.names(self.directory)

    def open(self, click: Click, view: Mapping[str, Any], *, instead: Callable[[], Post] | None = None) -> None:
        """Open a modal for a click (pushed on the present one inside a modal).

        `instead` goes to that person's direct messages where the server has no modals, or gave nothing to open one with.
        """
        with leaving_soon_after(Moment(self.clock)):  # a link, say, is for whoever may have it at this moment
            self.background.start(self._open(click, view, instead))

    async def _open(self, click: Click, view: Mapping[str, Any], instead: Callable[[], Post] | None) -> None:
        result = await self.messenger.open_view(trigger_id=click.trigger_id, view=view, push=click.in_modal)
        if not isinstance(result, NotSent | Unknown):
            return
        log.warning("modal_not_opened", error=result.error)
        if instead is not None and (not click.trigger_id or result.error in NO_SUCH_METHOD):
            await self._say(click.person, instead(), "")
        elif click.response_url or click.channel:
            await self._answer(click, could_not_open(), replace=False)

    async def count_members(self, channel: str) -> int | None:
        """How many people are in a channel, not counting this bot; None when Slack does not say or it takes too long."""
        members = 0
        cursor = ""
        try:
            own = await self.directory.own_id()
            for _page in range(PAGES_READ):
                page = await self.directory.members_page(channel, cursor)
                members += sum(1 for person in page.members if person != own)
                cursor = page.cursor
                if not cursor:
                    return members
        except SlackRefused as refusal:
            log.warning("members_not_read", error=refusal.error)
        return None

    async def is_machine(self, person: str) -> bool:
        """Whether this is another bot, which nobody has to explain anything to. Where Slack does not say, it is a person."""
        try:
            return (await self.directory.person(person)).is_bot
        except SlackRefused:
            return False

    async def in_channel(self, channel: str, person: str, *, known: bool | None, clicked_in: str = "") -> bool:
        """Whether this person is in the channel: as Slack told us before, else by asking now.

        That somebody is out is never taken from memory, since the news of their return may have been lost. Where the
        members cannot be read and nothing is known, a click that Slack says was made in that channel has to do.
        """
        if known:
            return True
        cursor = ""
        try:
            for _page in range(PAGES_READ):
                page = await self.directory.members_page(channel, cursor)
                if person in page.members:
                    return True
                cursor = page.cursor
                if not cursor:
                    return False
        except SlackRefused as refusal:
            log.warning("members_not_read", error=refusal.error)
            return known is None and clicked_in == channel
        return False
