"""Answers to a command or click through its response address: five times, within thirty minutes."""

from __future__ import annotations

from typing import Any

from bot.sandbox.chat_methods import bot_says, rewrite
from bot.sandbox.content import read_content
from bot.sandbox.things import Conversation, Message, ResponseUrl
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import Workspace

USES = 5
SECONDS = 30 * 60


def answer(space: Workspace, key: str, body: Any) -> None:
    """Post, replace or delete as `body` says; raises SlackError with Slack's name for what is wrong."""
    ticket = space.response_urls.get(key)
    if ticket is None:
        raise SlackError("invalid_url")
    if space.epoch() - ticket.at > SECONDS:
        raise SlackError("expired_url")
    if ticket.uses >= USES:
        raise SlackError("used_url")
    if not isinstance(body, dict):
        raise SlackError("invalid_payload")
    reply(space, space.conversations[ticket.conversation], ticket.person, body, ticket)
    ticket.uses += 1


def reply(
    space: Workspace, conversation: Conversation, person: str, body: Json, ticket: ResponseUrl | None = None
) -> None:
    """Show what the app answers to what `person` did; ephemeral unless it says `in_channel`."""
    kind = body.get("response_type") or "ephemeral"
    if kind not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_response_type")
    original = _original(conversation, ticket)
    if _yes(body.get("delete_original")):
        if original is not None:
            conversation.messages.remove(original)
            space.touched(conversation, original)
        return
    content = read_content(body.get("text"), lambda name, _: body.get(name))
    if content.empty:
        raise SlackError("no_text")
    if _yes(body.get("replace_original")) and original is not None:
        original.blocks = None
        rewrite(space, conversation, original, content)
        return
    thread = body.get("thread_ts")
    bot_says(space, conversation, content, thread_ts=thread, only_for=person if kind == "ephemeral" else None)


def _original(conversation: Conversation, ticket: ResponseUrl | None) -> Message | None:
    if ticket is None or ticket.message_ts is None:
        return None
    return conversation.find(ticket.message_ts)


def _yes(value: object) -> bool:
    return value is True or value == "true"
