"""chat.*: how the bot speaks, corrects itself and takes back."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.sandbox.arguments import Arguments
from bot.sandbox.content import Content, read_content
from bot.sandbox.shown import message_json
from bot.sandbox.things import Conversation, Message
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import Workspace

_TS = re.compile(r"\d{1,12}\.\d{6}")


def post_message(space: Workspace, args: Arguments) -> Json:
    """chat.postMessage."""
    conversation = _addressed(space, args.required("channel"))
    content = _content(args)
    message = bot_says(space, conversation, content, thread_ts=_thread(conversation, args))
    answer: Json = {
        "channel": conversation.id,
        "ts": message.ts,
        "message": message_json(space, conversation, message, metadata=True),
    }
    if args.text("text") is None and content.attachments is None:
        answer["warning"] = "missing_text_in_message"
    return answer


def post_ephemeral(space: Workspace, args: Arguments) -> Json:
    """chat.postEphemeral."""
    person = args.required("user")
    conversation = _addressed(space, args.required("channel"))
    content = _content(args)
    if person not in space.people:
        raise SlackError("user_not_found")
    if person not in conversation.members:
        raise SlackError("user_not_in_channel")
    message = bot_says(space, conversation, content, thread_ts=_thread(conversation, args), only_for=person)
    return {"message_ts": message.ts}


def update(space: Workspace, args: Arguments) -> Json:
    """chat.update. Parts that are not given stay as they are; an empty list of blocks removes them."""
    conversation, message = _own_message(space, args, "cant_update_message")
    content = read_content(args.text("text"), args.structure)
    if args.given.get("blocks") is None and args.given.get("attachments") is None and not content.text:
        raise SlackError("no_text")
    rewrite(space, conversation, message, content)
    return {
        "channel": conversation.id,
        "ts": message.ts,
        "text": message.text,
        "message": message_json(space, conversation, message, metadata=True),
    }


def delete(space: Workspace, args: Arguments) -> Json:
    """chat.delete."""
    conversation, message = _own_message(space, args, "cant_delete_message")
    conversation.messages.remove(message)
    space.touched(conversation)
    return {"channel": conversation.id, "ts": message.ts}


def bot_says(
    space: Workspace,
    conversation: Conversation,
    content: Content,
    *,
    thread_ts: str | None = None,
    only_for: str | None = None,
) -> Message:
    """Put the bot's message into the conversation, and tell those apps that listen."""
    message = Message(
        ts=space.stamp(),
        author=space.bot.user_id,
        by_bot=True,
        text=content.text or "",
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        thread_ts=thread_ts,
        only_for=only_for,
    )
    space.say(conversation, message)
    if not only_for:
        space.announce(message_event(space, conversation, message))
    return message


def message_event(space: Workspace, conversation: Conversation, message: Message) -> Json:
    """The event that tells an app of a message."""
    return {
        **message_json(space, conversation, message),
        "channel": conversation.id,
        "channel_type": "im" if conversation.is_dm else "group" if conversation.private else "channel",
        "event_ts": message.ts,
    }


def rewrite(space: Workspace, conversation: Conversation, message: Message, content: Content) -> None:
    """Give a message new content, keeping the parts for which nothing new is given."""
    if content.text is not None:
        message.text = content.text
    if content.blocks is not None:
        message.blocks = content.blocks or None
        message.state = {}
    if content.attachments is not None:
        message.attachments = content.attachments or None
    if content.metadata is not None:
        message.metadata = content.metadata
    message.edited_at = space.stamp()
    space.touched(conversation, message)


def _content(args: Arguments) -> Content:
    content = read_content(args.text("text"), args.structure)
    if content.empty:
        raise SlackError("no_text")
    return replace(content, blocks=content.blocks or None)


def _addressed(space: Workspace, to: str) -> Conversation:
    if to == space.bot.user_id:
        raise SlackError("cannot_dm_bot")
    if to in space.people:
        if space.people[to].is_bot:
            raise SlackError("cannot_dm_bot")
        if space.people[to].deleted:
            raise SlackError("user_disabled")
        return space.dm(to)
    conversation = space.conversations.get(to)
    if conversation is None:
        by_name = [one for one in space.channels() if to in {one.name, f"#{one.name}"}]
        if not by_name:
            raise SlackError("channel_not_found")
        conversation = by_name[0]
    if conversation.archived:
        raise SlackError("is_archived")
    if space.bot.user_id not in conversation.members:
        raise SlackError("channel_not_found" if conversation.private else "not_in_channel")
    return conversation


def _thread(conversation: Conversation, args: Arguments) -> str | None:
    thread = args.text("thread_ts")
    if not thread:
        return None
    if not _TS.fullmatch(thread):
        raise SlackError("invalid_thread_ts")
    parent = conversation.find(thread)
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    return parent.thread_ts or parent.ts


def _own_message(space: Workspace, args: Arguments, otherwise: str) -> tuple[Conversation, Message]:
    conversation = space.conversations.get(args.required("channel"))
    ts = args.required("ts")
    if conversation is None:
        raise SlackError("channel_not_found")
    if conversation.archived:
        raise SlackError("is_archived")
    message = conversation.find(ts)
    if message is None or message.only_for:
        raise SlackError("message_not_found")
    if message.author != space.bot.user_id or message.subtype:
        raise SlackError(otherwise)
    return conversation, message
