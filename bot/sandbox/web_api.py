"""The Web API's table of methods: which scope and rate each needs, who may call it, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox import chat_methods, directory_methods, file_methods, view_methods
from bot.sandbox.arguments import Arguments
from bot.sandbox.limits import Meter
from bot.sandbox.wire import Json, SlackError
from bot.sandbox.workspace import Workspace

Handler = Callable[[Workspace, Arguments], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `scope` may hold `{kind}`, filled with channels, groups or im by the conversation addressed.

    `tier` None means that the method posts, and is limited by channel.
    """

    handle: Handler
    scope: str | None
    tier: int | None


def auth_test(space: Workspace, args: Arguments) -> Json:
    """auth.test."""
    return {
        "url": f"{args.base_url}/",
        "team": space.team.name,
        "user": space.bot.name.lower(),
        "team_id": space.team.id,
        "user_id": space.bot.user_id,
        "bot_id": space.bot.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_: Workspace, args: Arguments) -> Json:
    """api.test: echoes what it was given, and fails on request."""
    given = {name: value for name, value in args.given.items() if name != "token"}
    if args.text("error"):
        raise SlackError(args.required("error"), args=given)
    return {"args": given}


METHODS: dict[str, Method] = {
    "auth.test": Method(auth_test, None, 4),
    "chat.postMessage": Method(chat_methods.post_message, "chat:write", None),
    "chat.postEphemeral": Method(chat_methods.post_ephemeral, "chat:write", 4),
    "chat.update": Method(chat_methods.update, "chat:write", 3),
    "chat.delete": Method(chat_methods.delete, "chat:write", 3),
    "conversations.open": Method(directory_methods.open_dm, "im:write", 3),
    "conversations.history": Method(directory_methods.history, "{kind}:history", 3),
    "conversations.replies": Method(directory_methods.replies, "{kind}:history", 3),
    "conversations.info": Method(directory_methods.info, "{kind}:read", 3),
    "conversations.members": Method(directory_methods.members, "{kind}:read", 4),
    "conversations.list": Method(directory_methods.list_conversations, "{types}:read", 2),
    "conversations.join": Method(directory_methods.join, "channels:join", 3),
    "users.info": Method(directory_methods.user_info, "users:read", 4),
    "users.list": Method(directory_methods.list_users, "users:read", 2),
    "users.conversations": Method(directory_methods.users_conversations, "{types}:read", 3),
    "views.open": Method(view_methods.open_view, None, 4),
    "views.push": Method(view_methods.push_view, None, 4),
    "views.update": Method(view_methods.update_view, None, 4),
    "views.publish": Method(view_methods.publish_view, None, 4),
    "files.getUploadURLExternal": Method(file_methods.get_upload_url, "files:write", 4),
    "files.info": Method(file_methods.file_info, "files:read", 4),
    "files.completeUploadExternal": Method(file_methods.complete_upload, "files:write", 4),
}

_TYPE_SCOPES = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}


class RateLimited(Exception):
    """Too many calls. `seconds` goes into the Retry-After header."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait."""
        super().__init__(f"retry after {seconds} s")
        self.seconds = seconds


def carry_out(space: Workspace, method: str, args: Arguments, scopes: frozenset[str], meter: Meter) -> Json:
    """Do what a call with a valid bot token asks; raises SlackError and RateLimited."""
    entry = METHODS.get(method)
    if entry is None:
        raise SlackError("unknown_method", req_method=method)
    for needed in _needed_scopes(space, entry, args):
        if needed not in scopes:
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(scopes)))
    seconds = meter.wait(method, entry.tier, args.text("channel"))
    if seconds is not None:
        raise RateLimited(seconds)
    return entry.handle(space, args)


def _needed_scopes(space: Workspace, entry: Method, args: Arguments) -> list[str]:
    if entry.scope is None:
        return []
    if "{types}" in entry.scope:
        wanted = (args.text("types") or "public_channel").split(",")
        return [_TYPE_SCOPES[kind] for kind in wanted if kind in _TYPE_SCOPES]
    if "{kind}" in entry.scope:
        conversation = space.conversations.get(args.text("channel") or "")
        kind = "channels"
        if conversation is not None and conversation.is_dm:
            kind = "im"
        elif conversation is not None and conversation.private:
            kind = "groups"
        return [entry.scope.format(kind=kind)]
    return [entry.scope]
