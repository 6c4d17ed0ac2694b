"""files.*: Slack's three steps of giving a file: ask for an address, upload to it, share the file."""

from __future__ import annotations

import secrets

from bot.sandbox.arguments import Arguments
from bot.sandbox.chat_methods import message_event
from bot.sandbox.content import read_content
from bot.sandbox.shown import file_json
from bot.sandbox.things import Message, StoredFile
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import Workspace, new_id

LARGEST = 1_000_000_000


def get_upload_url(space: Workspace, args: Arguments) -> Json:
    """files.getUploadURLExternal."""
    name = args.required("filename")
    length = args.whole("length", 0, LARGEST)
    if length == 0:
        raise SlackError("missing_argument")
    file = StoredFile(new_id("F"), name, length)
    space.files[file.id] = file
    key = secrets.token_urlsafe(18)
    space.uploads[key] = file.id
    return {"upload_url": f"{args.base_url}/upload/v1/{key}", "file_id": file.id}


def receive_upload(space: Workspace, key: str, content: bytes) -> str | None:
    """Take the bytes that were sent to an upload address; answers what is wrong, or None."""
    file = space.files.get(space.uploads.get(key, ""))
    if file is None:
        return "no such upload address"
    if len(content) != file.length:
        return f"{file.length} bytes were announced, {len(content)} came"
    file.content = content
    return None


def file_info(space: Workspace, args: Arguments) -> Json:
    """files.info."""
    file = space.files.get(args.required("file"))
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    address = f"{args.base_url}/files-pri/{file.id}"
    return {"file": {**file_json(file), "url_private": address, "url_private_download": address}}


def complete_upload(space: Workspace, args: Arguments) -> Json:
    """files.completeUploadExternal: shares the files where `channel_id` says, or leaves them with the bot."""
    wanted = args.structure("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise SlackError("invalid_arguments")
    files = [_uploaded(space, one) for one in wanted]
    for place in _places(args):
        conversation = space.conversations.get(place)
        if conversation is None:
            raise SlackError("channel_not_found")
        if conversation.archived:
            raise SlackError("is_archived")
        if space.bot.user_id not in conversation.members:
            raise SlackError("not_in_channel")
        thread = args.text("thread_ts")
        if thread and conversation.find(thread) is None:
            raise SlackError("thread_not_found")
        content = read_content(
            args.text("initial_comment"), lambda name, error: args.structure(name, error) if name == "blocks" else None
        )
        message = Message(
            ts=space.stamp(),
            author=space.bot.user_id,
            by_bot=True,
            text=content.text or "",
            blocks=content.blocks,
            thread_ts=thread,
            files=files,
        )
        space.say(conversation, message)
        space.announce({**message_event(space, conversation, message), "subtype": "file_share"})
    for file, one in zip(files, wanted, strict=True):
        file.title = str(one.get("title") or file.name)
        file.complete = True
    return {"files": [file_json(file) for file in files]}


def _places(args: Arguments) -> list[str]:
    given = args.text("channel_id") or args.text("channels") or ""
    return [place for place in given.split(",") if place]


def _uploaded(space: Workspace, one: object) -> StoredFile:
    file = space.files.get(str(one.get("id"))) if isinstance(one, dict) else None
    if file is None or file.content is None:
        raise SlackError("file_not_found")
    if file.complete:
        raise SlackError("file_already_completed")
    return file
