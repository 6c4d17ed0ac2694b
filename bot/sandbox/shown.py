"""How the workspace's things look in Slack's JSON: messages, users, channels and views, as apps receive them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.things import Conversation, Message, Person, StoredFile, View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace


def message_json(  # noqa: C901 - one `if` for each field that a message may lack
    space: Workspace, conversation: Conversation, message: Message, *, metadata: bool = False
) -> Json:
    """A message as in a channel's history and in interaction payloads."""
    shown: Json = {
        "type": "message",
        "ts": message.ts,
        "user": message.author,
        "team": space.team.id,
        "text": message.text,
    }
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.by_bot:
        shown.update(_bot_marks(space))
    if message.blocks is not None:
        shown["blocks"] = message.blocks
    if message.attachments:
        shown["attachments"] = message.attachments
    if message.edited_at:
        shown["edited"] = {"user": message.author, "ts": message.edited_at}
    if message.files:
        shown["files"] = [file_json(file) for file in message.files]
    if message.metadata and metadata:
        shown["metadata"] = message.metadata
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
        parent = conversation.find(message.thread_ts)
        if parent and message.thread_ts != message.ts:
            shown["parent_user_id"] = parent.author
    replies = replies_to(conversation, message)
    if replies:
        shown["thread_ts"] = message.ts
        shown["reply_count"] = len(replies)
        shown["reply_users"] = list(dict.fromkeys(reply.author for reply in replies))
        shown["reply_users_count"] = len(shown["reply_users"])
        shown["latest_reply"] = replies[-1].ts
    return shown


def _bot_marks(space: Workspace) -> Json:
    return {
        "bot_id": space.bot.bot_id,
        "app_id": space.bot.app_id,
        "bot_profile": {
            "id": space.bot.bot_id,
            "app_id": space.bot.app_id,
            "user_id": space.bot.user_id,
            "name": space.bot.name,
            "deleted": False,
            "team_id": space.team.id,
        },
    }


def replies_to(conversation: Conversation, message: Message) -> list[Message]:
    """The answers in this message's thread that everybody here sees."""
    if message.only_for:
        return []
    return [
        one
        for one in conversation.messages
        if one.thread_ts == message.ts and one.ts != message.ts and not one.only_for
    ]


def file_json(file: StoredFile) -> Json:
    """A file as listed beside a message."""
    return {"id": file.id, "name": file.name, "title": file.title or file.name, "size": file.length, "mode": "hosted"}


def user_json(space: Workspace, person: Person) -> Json:
    """A user object; `tz_offset` is in seconds at the workspace's present moment."""
    offset = datetime.fromtimestamp(space.epoch(), ZoneInfo(person.tz)).utcoffset()
    return {
        "id": person.id,
        "team_id": space.team.id,
        "name": person.handle,
        "deleted": person.deleted,
        "real_name": person.name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "real_name": person.name,
            "display_name": person.name,
            "title": person.title,
            "team": space.team.id,
        },
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


def bot_person(space: Workspace) -> Person:
    """The bot as one of the users."""
    return Person(space.bot.user_id, space.bot.name, is_bot=True)


def channel_json(space: Workspace, conversation: Conversation) -> Json:
    """A conversation object."""
    if conversation.is_dm:
        return {
            "id": conversation.id,
            "created": 0,
            "is_channel": False,
            "is_group": False,
            "is_im": True,
            "is_mpim": False,
            "is_archived": conversation.archived,
            "user": conversation.person,
            "context_team_id": space.team.id,
        }
    return {
        "id": conversation.id,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "created": 0,
        "is_channel": True,
        "is_group": conversation.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": conversation.private,
        "is_archived": conversation.archived,
        "is_general": False,
        "is_member": space.bot.user_id in conversation.members,
        "num_members": len(conversation.members),
        "context_team_id": space.team.id,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": conversation.purpose, "creator": "", "last_set": 0},
    }


def view_json(space: Workspace, view: View) -> Json:
    """A view as in answers and payloads, with what the person has entered so far."""
    spec = view.spec
    return {
        "id": view.id,
        "team_id": space.team.id,
        "type": spec["type"],
        "blocks": spec["blocks"],
        "private_metadata": spec.get("private_metadata") or "",
        "callback_id": spec.get("callback_id") or "",
        "external_id": spec.get("external_id") or "",
        "title": spec.get("title"),
        "close": spec.get("close"),
        "submit": spec.get("submit"),
        "clear_on_close": bool(spec.get("clear_on_close")),
        "notify_on_close": bool(spec.get("notify_on_close")),
        "submit_disabled": bool(spec.get("submit_disabled")),
        "state": {"values": view.state},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": space.bot.app_id,
        "app_installed_team_id": space.team.id,
        "bot_id": space.bot.bot_id,
    }
