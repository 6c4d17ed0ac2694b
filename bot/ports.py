"""What the services need from the outside world, and the three ways in which sending can end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.installation import Token


class Clock(Protocol):
    """The only source of the current time."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """A message ready to send: complete plain text for screen readers, and blocks as JSON objects."""

    text: str
    blocks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sent:
    """Slack has the message. `channel` is where it is (a DM's own id when a person was addressed)."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Slack certainly does not have the message.

    `retry_after` (seconds) says when to try again; None says that trying again will not help.
    `error` is Slack's own error name, or a short name of ours (`connect_failed`); never a text of a person's.
    `rate_limited` is true when Slack answered 429.
    """

    error: str
    retry_after: float | None
    rate_limited: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request left, and no usable answer came: Slack may or may not have the message.

    After a look into the history, `passing` is false when another look would show no more.
    """

    error: str
    passing: bool = True


@dataclass(frozen=True, slots=True)
class Absent:
    """A channel's history was read, and the message is certainly not in it."""


SendResult = Sent | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Uploaded:
    """Slack has a file's bytes. Nobody sees it before it is shared."""

    file_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace. `tz` is an IANA name, such as `Europe/Berlin`; empty where Slack does not say.

    `away` is what their status in Slack says; `back_at` is when that status ends, if they said so.
    """

    id: str
    name: str
    tz: str
    is_bot: bool = False
    deleted: bool = False
    away: bool = False
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MembersPage:
    """One page of a channel's members; `cursor` is empty on the last one."""

    members: tuple[str, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the workspace's members; `cursor` is empty on the last one."""

    people: tuple[Person, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that a person gave to the bot."""

    name: str
    content: bytes


class SlackRefused(Exception):
    """Slack answered a look-up with an error. `error` is Slack's own name for it."""

    def __init__(self, method: str, error: str, retry_after: float | None = None) -> None:
        """Name the method and the error; `retry_after` is in seconds when Slack said 429."""
        super().__init__(f"{method}: {error}")
        self.method = method
        self.error = error
        self.retry_after = retry_after


class Messenger(Protocol):
    """Sends messages. Never retries by itself: whoever calls decides, with the outcome in hand."""

    async def post(self, *, to: str, post: Post, delivery_id: str, thread_ts: str = "") -> SendResult:
        """Post to a channel or a person (`to` is a channel or user id), marked with the delivery's id."""
        ...

    async def update(self, *, channel: str, ts: str, post: Post) -> SendResult:
        """Replace a message that was sent before. Harmless when repeated."""
        ...

    async def whisper(self, *, channel: str, user: str, post: Post, thread_ts: str = "") -> SendResult:
        """Show a message to one person only. It vanishes: for errors and help, never for a receipt."""
        ...

    async def find(self, *, to: str, delivery_id: str, post: Post, since: datetime) -> Sent | Absent | Unknown:
        """Look in the channel's history for the message marked with this delivery's id.

        `Unknown` when the history cannot be read or cannot settle the question.
        """
        ...

    async def open_view(self, *, trigger_id: str, view: Mapping[str, Any], push: bool = False) -> SendResult:
        """Open a modal for whoever just clicked; `push` puts it on top of the one they clicked in."""
        ...

    async def update_view(self, *, view_id: str, view: Mapping[str, Any]) -> SendResult:
        """Show another modal in the place of one that is open."""
        ...

    async def publish_home(self, *, user: str, view: Mapping[str, Any]) -> SendResult:
        """Show this App Home to that person."""
        ...

    async def upload(self, *, name: str, content: bytes) -> Uploaded | NotSent | Unknown:
        """Bring a file to Slack, for nobody to see yet. Doing it twice only leaves one that nobody sees."""
        ...

    async def share_file(self, *, to: str, file_id: str, title: str, comment: str) -> SendResult:
        """Show an uploaded file to a person, in their direct messages, with a line of plain text."""
        ...

    async def find_file(self, *, to: str, file_id: str, since: datetime) -> Sent | Absent | Unknown:
        """Look in the direct messages with a person for a file. `Unknown` when they cannot be read."""
        ...

    async def reply(self, *, response_url: str, post: Post, replace: bool = False) -> SendResult:
        """Answer a command or click through its `response_url`; ephemeral unless it replaces."""
        ...


class Directory(Protocol):
    """Looks up people and channels. Raises SlackRefused."""

    async def own_id(self) -> str:
        """The bot's own user id, remembered after the first time."""
        ...

    async def person(self, user: str) -> Person:
        """One person, with time zone."""
        ...

    async def names(self) -> tuple[str, ...]:
        """The names of the people in the workspace, as far as a few pages go; empty when Slack does not say."""
        ...

    async def people_page(self, cursor: str = "") -> PeoplePage:
        """One page of the workspace's members, up to 1,000; start with an empty cursor."""
        ...

    async def shared_file(self, file_id: str) -> SharedFile:
        """A file that a person put into a form, up to 50 MB."""
        ...

    async def members_page(self, channel: str, cursor: str = "") -> MembersPage:
        """One page of a channel's members, up to 1,000; start with an empty cursor."""
        ...


class Line(Protocol):
    """The way to Slack itself: whether it still takes our token."""

    refused_with: str
    team: str
    """The workspace that the token belongs to; empty until Slack has said so."""

    async def ask_about_token(self) -> Token:
        """Ask Slack about the token now."""
        ...
