"""conversations.* and users.*: who is where, and what was said there."""

from __future__ import annotations

from bot.sandbox.arguments import Arguments
from bot.sandbox.pages import page
from bot.sandbox.shown import bot_person, channel_json, message_json, replies_to, user_json
from bot.sandbox.things import Conversation, Message, Person
from bot.sandbox.wire import Json, SlackError, invalid_arguments
from bot.sandbox.workspace import Workspace

_TYPES = {"public_channel", "private_channel", "mpim", "im"}


def open_dm(space: Workspace, args: Arguments) -> Json:
    """conversations.open, for direct messages with one person."""
    given = args.text("channel")
    if given:
        conversation = space.conversations.get(given)
        if conversation is None or not conversation.is_dm:
            raise SlackError("channel_not_found")
        return {"channel": channel_json(space, conversation), "no_op": True, "already_open": True}
    users = [user for user in (args.text("users") or "").split(",") if user]
    if not users:
        raise SlackError("users_list_not_supplied")
    if any(user not in space.people for user in users):
        raise SlackError("user_not_found")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    if space.people[users[0]].deleted:
        raise SlackError("user_disabled")
    conversation = space.dm(users[0])
    shown = channel_json(space, conversation) if args.flag("return_im") else {"id": conversation.id}
    return {"channel": shown, "no_op": False, "already_open": False}


def history(space: Workspace, args: Arguments) -> Json:
    """conversations.history: newest first, answers in threads and ephemeral messages left out."""
    conversation = _readable(space, args)
    messages = [
        message
        for message in reversed(conversation.messages)
        if not message.only_for and message.thread_ts in (None, message.ts) and _in_range(message, args)
    ]
    cursor = args.text("cursor")
    if cursor:
        before = _cursor_ts(cursor)
        messages = [message for message in messages if _moment(message.ts) <= before]
    limit = args.whole("limit", 100, 999)
    shown = messages[:limit]
    with_metadata = args.flag("include_all_metadata")
    answer: Json = {
        "messages": [message_json(space, conversation, message, metadata=with_metadata) for message in shown],
        "has_more": len(messages) > limit,
        "pin_count": 0,
    }
    if len(messages) > limit:
        answer["response_metadata"] = {"next_cursor": page_cursor(messages[limit])}
    return answer


def replies(space: Workspace, args: Arguments) -> Json:
    """conversations.replies: the first message of the thread, then its answers, oldest first."""
    conversation = _readable(space, args)
    parent = conversation.find(args.required("ts"))
    if parent is None or parent.only_for:
        raise SlackError("thread_not_found")
    first = conversation.find(parent.thread_ts) if parent.thread_ts else parent
    thread = [first or parent, *[one for one in replies_to(conversation, first or parent) if _in_range(one, args)]]
    shown, cursor = page(thread, args.whole("limit", 1000, 1000), args.text("cursor"))
    with_metadata = args.flag("include_all_metadata")
    return {
        "messages": [message_json(space, conversation, message, metadata=with_metadata) for message in shown],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def info(space: Workspace, args: Arguments) -> Json:
    """conversations.info."""
    return {"channel": channel_json(space, _known(space, args))}


def members(space: Workspace, args: Arguments) -> Json:
    """conversations.members; the bot is among them where it is a member."""
    conversation = _known(space, args)
    shown, cursor = page(conversation.members, args.whole("limit", 100, 1000), args.text("cursor"))
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def list_conversations(space: Workspace, args: Arguments) -> Json:
    """conversations.list: public channels, and private ones and DMs that the bot is in."""
    found = [one for one in _of_types(space, args) if _bot_may_see(space, one)]
    return _channel_page(space, args, found)


def users_conversations(space: Workspace, args: Arguments) -> Json:
    """users.conversations: where a person, or the bot itself, is a member."""
    who = args.text("user") or space.bot.user_id
    if who not in space.people and who != space.bot.user_id:
        raise SlackError("user_not_found")
    found = [one for one in _of_types(space, args) if who in one.members and _bot_may_see(space, one)]
    return _channel_page(space, args, found)


def join(space: Workspace, args: Arguments) -> Json:
    """conversations.join, for public channels."""
    conversation = _known(space, args)
    if conversation.is_dm or conversation.private:
        raise SlackError("method_not_supported_for_channel_type")
    if conversation.archived:
        raise SlackError("is_archived")
    answer: Json = {}
    if space.bot.user_id in conversation.members:
        answer = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        conversation.members.append(space.bot.user_id)
        space.touched(conversation)
        space.announce(membership_event(space, conversation, space.bot.user_id, "member_joined_channel"))
    return {"channel": channel_json(space, conversation), **answer}


def membership_event(space: Workspace, conversation: Conversation, person: str, kind: str) -> Json:
    """The event for somebody who came into a channel or left it."""
    return {
        "type": kind,
        "user": person,
        "channel": conversation.id,
        "channel_type": "G" if conversation.private else "C",
        "team": space.team.id,
        "event_ts": space.stamp(),
    }


def user_info(space: Workspace, args: Arguments) -> Json:
    """users.info."""
    wanted = args.required("user")
    person = bot_person(space) if wanted == space.bot.user_id else space.people.get(wanted)
    if person is None:
        raise SlackError("user_not_found")
    return {"user": user_json(space, person)}


def list_users(space: Workspace, args: Arguments) -> Json:
    """users.list, the bot among them."""
    everybody: list[Person] = [*space.people.values(), bot_person(space)]
    shown, cursor = page(everybody, args.whole("limit", 1000, 1000), args.text("cursor"))
    return {
        "members": [user_json(space, person) for person in shown],
        "cache_ts": int(space.epoch()),
        "response_metadata": {"next_cursor": cursor},
    }


def page_cursor(message: Message) -> str:
    """A cursor that goes on at this message, whatever arrives meanwhile."""
    return f"next_ts:{_moment(message.ts)}"


def _cursor_ts(cursor: str) -> int:
    digits = cursor.removeprefix("next_ts:")
    if not digits.isdecimal():
        raise SlackError("invalid_cursor")
    return int(digits)


def _moment(ts: str) -> int:
    """A ts in microseconds; raises ValueError."""
    whole, _, part = ts.partition(".")
    return int(whole or 0) * 1_000_000 + int((part + "000000")[:6])


def _in_range(message: Message, args: Arguments) -> bool:
    moment = _moment(message.ts)
    inclusive = args.flag("inclusive")
    oldest, latest = _bound(args, "oldest"), _bound(args, "latest")
    if oldest is not None and (moment < oldest or (moment == oldest and not inclusive)):
        return False
    return not (latest is not None and (moment > latest or (moment == latest and not inclusive)))


def _bound(args: Arguments, name: str) -> int | None:
    given = args.text(name)
    if not given or (name == "oldest" and given == "0"):
        return None
    try:
        return _moment(given)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _known(space: Workspace, args: Arguments) -> Conversation:
    conversation = space.conversations.get(args.required("channel"))
    if conversation is None or not _bot_may_see(space, conversation):
        raise SlackError("channel_not_found")
    return conversation


def _readable(space: Workspace, args: Arguments) -> Conversation:
    conversation = _known(space, args)
    if space.bot.user_id not in conversation.members:
        raise SlackError("not_in_channel")
    return conversation


def _bot_may_see(space: Workspace, conversation: Conversation) -> bool:
    return not (conversation.private or conversation.is_dm) or space.bot.user_id in conversation.members


def _of_types(space: Workspace, args: Arguments) -> list[Conversation]:
    types = set((args.text("types") or "public_channel").split(","))
    if types - _TYPES:
        raise SlackError("invalid_types")
    if args.text("exclude_archived") and args.text("exclude_archived") not in {"true", "false", "0", "1"}:
        raise invalid_arguments("must be a boolean [json-pointer:/exclude_archived]")
    wanted: list[Conversation] = []
    for one in space.conversations.values():
        kind = "im" if one.is_dm else "private_channel" if one.private else "public_channel"
        if kind in types and not (one.archived and args.flag("exclude_archived")):
            wanted.append(one)
    return wanted


def _channel_page(space: Workspace, args: Arguments, found: list[Conversation]) -> Json:
    shown, cursor = page(found, args.whole("limit", 100, 1000), args.text("cursor"))
    return {"channels": [channel_json(space, one) for one in shown], "response_metadata": {"next_cursor": cursor}}
