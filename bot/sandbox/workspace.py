"""The workspace in memory: who is in it, what was said where, which views are open, which tickets are out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.ports import Clock
from bot.sandbox.changes import Changes
from bot.sandbox.things import (
    BotUser,
    Conversation,
    Message,
    Person,
    ResponseUrl,
    SlashCommand,
    StoredFile,
    Team,
    Trigger,
    View,
)
from bot.sandbox.wire import Json

TRIGGER_SECONDS = 3


def new_id(prefix: str) -> str:
    """An id that Slack might have given."""
    return prefix + secrets.token_hex(5).upper()


class Workspace:
    """Everything that is true in the workspace at this moment. Rules about who may do what are elsewhere."""

    def __init__(
        self,
        *,
        clock: Clock,
        changes: Changes,
        people: Iterable[Person],
        channels: Iterable[Conversation],
        team: Team,
        bot: BotUser,
        commands: Iterable[SlashCommand],
        announce: Callable[[Json], None],
    ) -> None:
        """Fill the workspace. `announce` is called with each event that Slack would tell apps about."""
        self.clock = clock
        self.changes = changes
        self.team = team
        self.bot = bot
        self.commands = {one.command: one for one in commands}
        self.announce = announce
        self.people = {person.id: person for person in people}
        self.conversations: dict[str, Conversation] = {}
        for channel in channels:
            copy = replace(channel, members=list(channel.members), messages=[])
            self.conversations[copy.id] = copy
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.toasts: dict[str, list[str]] = {}
        self.files: dict[str, StoredFile] = {}
        self.uploads: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.last_stamp = 0

    # -- time and tickets

    def epoch(self) -> float:
        """Seconds since 1970 on the workspace's clock."""
        return self.clock.now().timestamp()

    def stamp(self) -> str:
        """A new message ts: the clock's moment, and never the same twice."""
        self.last_stamp = max(int(self.epoch() * 1_000_000), self.last_stamp + 1)
        return f"{self.last_stamp // 1_000_000}.{self.last_stamp % 1_000_000:06d}"

    def new_trigger(self, person: str, view_id: str | None = None) -> str:
        """Leave to open a view for this person; `view_id` is the modal they acted in."""
        for old in [one for one in self.triggers.values() if self.epoch() - one.at > 20 * TRIGGER_SECONDS]:
            del self.triggers[old.id]
        trigger = Trigger(
            f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}",
            person,
            self.epoch(),
            view_id,
        )
        self.triggers[trigger.id] = trigger
        return trigger.id

    def new_response_url(self, conversation: str, person: str, message: Message | None = None) -> str:
        """The key of a fresh response address."""
        ticket = ResponseUrl(
            secrets.token_urlsafe(18),
            conversation,
            person,
            self.epoch(),
            message.ts if message else None,
            bool(message and message.only_for),
        )
        self.response_urls[ticket.key] = ticket
        return ticket.key

    # -- people and places

    def channels(self) -> list[Conversation]:
        """All channels, direct messages left out."""
        return [one for one in self.conversations.values() if not one.is_dm]

    def dm(self, person: str) -> Conversation:
        """The direct messages between this person and the bot, opened when there are none yet."""
        for one in self.conversations.values():
            if one.person == person:
                return one
        made = Conversation(new_id("D"), "directmessage", members=[person, self.bot.user_id], person=person)
        self.conversations[made.id] = made
        return made

    def audience(self, conversation: Conversation) -> list[str]:
        """The people (not the bot) who see what is said here."""
        return [member for member in conversation.members if member in self.people]

    # -- messages

    def say(self, conversation: Conversation, message: Message) -> Message:
        """Put a message into a conversation; whoever sees it learns of it."""
        conversation.messages.append(message)
        self.touched(conversation, message)
        return message

    def touched(self, conversation: Conversation, message: Message | None = None) -> None:
        """Something in this conversation changed for those who see it."""
        only = message.only_for if message else None
        self.changes.note([only] if only else self.audience(conversation))

    def toast(self, person: str, text: str) -> None:
        """Show this person that something failed, as Slack's own notices do."""
        self.toasts.setdefault(person, []).append(text)
        self.changes.note([person])

    # -- views

    def find_view(self, view_id: str) -> View | None:
        """An open modal, or an App Home, by its id."""
        every = [view for stack in self.modals.values() for view in stack] + list(self.homes.values())
        return next((view for view in every if view.id == view_id), None)

    def top_modal(self, person: str) -> View | None:
        """The modal that this person has in front."""
        stack = self.modals.get(person)
        return stack[-1] if stack else None
