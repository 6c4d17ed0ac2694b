"""The workspace through one person's eyes: exactly what they can see now, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.sandbox.shown import replies_to, view_json
from bot.sandbox.things import Conversation, Message
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def sees(person: str, conversation: Conversation, message: Message) -> bool:
    """Whether this person sees this message: a member sees all that was ever said, but no other's ephemeral ones."""
    return person in conversation.members and message.only_for in (None, person)


def clock_json(space: Workspace) -> Json:
    """The workspace's present moment."""
    now = datetime.fromtimestamp(space.epoch(), UTC)
    return {"now": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "epoch": space.epoch()}


def workspace_json(space: Workspace) -> Json:
    """Who and what there is, for choosing whom to be."""
    return {
        "team": {"id": space.team.id, "name": space.team.name},
        "bot": {
            "user_id": space.bot.user_id,
            "bot_id": space.bot.bot_id,
            "name": space.bot.name,
            "icon": space.bot.icon,
        },
        "people": [
            {"id": person.id, "name": person.name, "title": person.title, "tz": person.tz, "group": person.group}
            for person in space.people.values()
            if not person.is_bot and not person.deleted
        ],
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "purpose": channel.purpose,
                "members": space.audience(channel),
                "bot_is_member": space.bot.user_id in channel.members,
            }
            for channel in space.channels()
        ],
        "commands": [
            {"command": one.command, "hint": one.hint, "description": one.description}
            for one in space.commands.values()
        ],
        "clock": clock_json(space),
    }


def view_of(space: Workspace, person: str) -> Json:
    """Everything that this person can see now. The direct messages with the bot are listed even when empty."""
    places = [one for one in space.channels() if person in one.members]
    modal = space.top_modal(person)
    home = space.homes.get(person)
    return {
        "version": space.changes.version(person),
        "clock": clock_json(space),
        "conversations": [_conversation(space, person, one) for one in [*places, space.dm(person)]],
        "modal": {
            "view_id": modal.id,
            "view": view_json(space, modal),
            "errors": modal.errors,
            "depth": len(space.modals[person]),
        }
        if modal
        else None,
        "home": view_json(space, home) if home else None,
        "toasts": [{"text": text} for text in space.toasts.get(person, [])],
    }


def _conversation(space: Workspace, person: str, conversation: Conversation) -> Json:
    visible = [message for message in conversation.messages if sees(person, conversation, message)]
    return {
        "id": conversation.id,
        "kind": "dm" if conversation.is_dm else "channel",
        "name": space.bot.name if conversation.is_dm else conversation.name,
        "unread": any(message.author != person for message in visible),
        "member": True,
        "messages": [_message(space, person, conversation, message) for message in visible],
    }


def _message(space: Workspace, person: str, conversation: Conversation, message: Message) -> Json:
    author = space.people.get(message.author)
    shown: Json = {
        "ts": message.ts,
        "user": message.author,
        "bot": message.by_bot,
        "name": space.bot.name if message.by_bot else author.name if author else message.author,
        "text": message.text,
        "blocks": message.blocks,
        "ephemeral": message.only_for is not None,
        "thread_ts": message.thread_ts,
        "edited": message.edited_at is not None,
        "files": [
            {"id": file.id, "name": file.name, "size": file.length, "url": f"/sandbox/files/{file.id}?as={person}"}
            for file in message.files
        ],
        "reply_count": len(replies_to(conversation, message)),
    }
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.subtype:
        shown["subtype"] = message.subtype
    return shown
