"""The things in a workspace: people, conversations, messages, views, files, and the tickets Slack hands to an app."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from pydantic import ConfigDict, with_config

from bot.sandbox.wire import Json

# {block_id: {action_id: {"type": …, "value": …}}}, as in the `state` of Slack's payloads.
Values = dict[str, dict[str, Json]]


@dataclass(frozen=True, slots=True)
class Team:
    """The workspace's own name."""

    id: str = "T01LARKSPUR"
    name: str = "Larkspur Studio"
    domain: str = "larkspur-studio"


@dataclass(frozen=True, slots=True)
class BotUser:
    """The app under test, as Slack lists it."""

    user_id: str = "U0FOREWORD"
    bot_id: str = "B0FOREWORD"
    app_id: str = "A0FOREWORD"
    name: str = "Foreword"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace. `tz` is an IANA name; `group` is how the page lists them."""

    id: str
    name: str
    title: str = ""
    tz: str = "UTC"
    group: str = "Employees"
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        """The name after the @: plain letters, as Slack makes it."""
        letters = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return ".".join(re.findall(r"[a-z0-9-]+", letters.replace("'", ""))) or self.id.lower()


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A command that the app has registered."""

    command: str
    hint: str = ""
    description: str = ""


@with_config(ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
@dataclass(slots=True)
class StoredFile:
    """A file that the bot uploads in Slack's three steps."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    complete: bool = False


@dataclass(slots=True)
class Message:
    """One message. `only_for` is the person who alone sees an ephemeral one."""

    ts: str
    author: str
    text: str
    by_bot: bool = False
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    only_for: str | None = None
    edited_at: str | None = None
    subtype: str | None = None
    files: list[StoredFile] = field(default_factory=list)
    state: dict[str, Values] = field(default_factory=dict)


@dataclass(slots=True)
class Conversation:
    """A channel, or the direct messages between a person and the bot."""

    id: str
    name: str
    purpose: str = ""
    members: list[str] = field(default_factory=list)
    private: bool = False
    archived: bool = False
    person: str | None = None
    messages: list[Message] = field(default_factory=list)

    @property
    def is_dm(self) -> bool:
        """Whether this is a conversation between one person and the bot."""
        return self.person is not None

    def find(self, ts: str) -> Message | None:
        """The message with this ts."""
        return next((message for message in self.messages if message.ts == ts), None)


@dataclass(slots=True)
class View:
    """A modal or App Home that one person has before them. `spec` is what the app sent, with ids filled in."""

    id: str
    owner: str
    spec: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: Values = field(default_factory=dict)
    errors: dict[str, str] | None = None


@dataclass(slots=True)
class Trigger:
    """Leave to open one view, once, for three seconds."""

    id: str
    person: str
    at: float
    view_id: str | None = None
    spent: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Leave to answer a command or click five times within thirty minutes."""

    key: str
    conversation: str
    person: str
    at: float
    message_ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


@dataclass(slots=True)
class Call:
    """One Web API call as it was received and answered. `answer` is None when a fault kept it back; so is status 0."""

    method: str
    arguments: Json
    answer: Json | None
    status: int
    at: str
