"""What people do in the workspace by typing and moving about: commands, messages, coming, leaving, opening the Home."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.chat_methods import message_event
from bot.sandbox.delivery import Courier
from bot.sandbox.directory_methods import membership_event
from bot.sandbox.lines import COMMAND, NoReply
from bot.sandbox.payloads import command_form, event_body
from bot.sandbox.response_urls import reply
from bot.sandbox.shown import view_json
from bot.sandbox.things import Conversation, Message, Person
from bot.sandbox.wire import ActRefused, Json, SlackError
from bot.sandbox.workspace import Workspace

_MENTION = re.compile(r"<([@#][A-Z0-9]+)(?:\|[^<>]*)?>")
_BROAD = re.compile(r"(?<![\w@])@(channel|here|everyone)\b")
TIMED_OUT = "operation_timeout"


def actor(space: Workspace, as_: str) -> Person:
    """The person who acts; raises ActRefused."""
    person = space.people.get(as_)
    if person is None or person.is_bot:
        raise ActRefused(f"There is nobody with the id {as_} in this workspace.", 404)
    return person


def place(space: Workspace, person: Person, channel: str) -> Conversation:
    """The conversation in which the person acts, by id or by #name; raises ActRefused."""
    conversation = space.conversations.get(channel)
    if conversation is None:
        conversation = next((one for one in space.channels() if f"#{one.name}" == channel), None)
    if conversation is None or (conversation.is_dm and conversation.person != person.id):
        raise ActRefused(f"{person.name} sees no conversation {channel}.", 404)
    if person.id not in conversation.members:
        raise ActRefused(f"{person.name} is not in #{conversation.name}: join it first.", 403)
    if conversation.archived:
        raise ActRefused(f"#{conversation.name} is archived.", 403)
    return conversation


def typed(text: str) -> str:
    """What Slack makes of what a person types: control characters escaped, picked mentions kept."""
    parts: list[str] = []
    end = 0
    for mention in _MENTION.finditer(text):
        parts += [_escaped(text[end : mention.start()]), mention.group(0)]
        end = mention.end()
    return "".join([*parts, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def command(space: Workspace, courier: Courier, as_: str, channel: str, text: str, *, base_url: str) -> Json:
    """Type a slash command. Answers the app's HTTP status and body; null and `failure` when it gave none."""
    person = actor(space, as_)
    conversation = place(space, person, channel)
    name, rest = (*text.strip().split(None, 1), "", "")[:2]
    if name not in space.commands:
        raise ActRefused(f"{name} is not a valid command. The app has: {', '.join(sorted(space.commands))}.", 404)
    key = space.new_response_url(conversation.id, person.id)
    form = command_form(space, person, conversation, name, typed(rest.strip()), f"{base_url}/response/{key}")
    try:
        answer = await courier.ask(COMMAND, form)
    except NoReply as silent:
        failure = TIMED_OUT if silent.reason == "http_timeout" else "dispatch_failed"
        return _command_failed(space, person, name, failure)
    if not answer.taken:
        failed = _command_failed(space, person, name, "dispatch_failed")
        return {**failed, "status": answer.status, "body": answer.body}
    if answer.body:
        try:
            reply(
                space,
                conversation,
                person.id,
                answer.body if isinstance(answer.body, dict) else {"text": str(answer.body)},
            )
        except SlackError as refused:
            failed = _command_failed(space, person, name, refused.name)
            return {**failed, "status": answer.status, "body": answer.body}
    return {"status": answer.status, "body": answer.body}


def _command_failed(space: Workspace, person: Person, name: str, failure: str) -> Json:
    why = "because the app did not respond" if failure == TIMED_OUT else "because of what the app answered"
    if failure == "dispatch_failed":
        why = "because the app could not be reached or reported an error"
    space.toast(person.id, f"{name} failed {why} ({failure})")
    return {"status": None, "body": None, "failure": failure}


async def message(
    space: Workspace, courier: Courier, as_: str, channel: str, text: str, *, thread_ts: str | None
) -> Json:
    """Write in a channel, in a thread, or to the bot."""
    person = actor(space, as_)
    conversation = place(space, person, channel)
    if not text.strip():
        raise ActRefused("A message needs text.")
    parent = conversation.find(thread_ts) if thread_ts else None
    if thread_ts and parent is None:
        raise ActRefused(f"There is no message {thread_ts} to answer.", 404)
    said = _BROAD.sub(r"<!\1>", typed(text))
    thread = (parent.thread_ts or parent.ts) if parent else None
    new = space.say(conversation, Message(ts=space.stamp(), author=person.id, text=said, thread_ts=thread))
    event = message_event(space, conversation, new)
    await courier.settle_after(space.announce, event)
    if f"<@{space.bot.user_id}" in said and not conversation.is_dm:
        mention = {name: value for name, value in event.items() if name != "channel_type"}
        await courier.settle_after(space.announce, {**mention, "type": "app_mention"})
    return {"ts": new.ts, "channel": conversation.id}


async def join(space: Workspace, courier: Courier, as_: str, channel: str) -> Json:
    """Come into a channel."""
    person = actor(space, as_)
    conversation = _channel(space, channel)
    if person.id in conversation.members:
        raise ActRefused(f"{person.name} is already in #{conversation.name}.", 409)
    conversation.members.append(person.id)
    _notice(space, conversation, person, "channel_join", "has joined the channel")
    await courier.settle_after(
        space.announce, membership_event(space, conversation, person.id, "member_joined_channel")
    )
    return {"channel": conversation.id}


async def leave(space: Workspace, courier: Courier, as_: str, channel: str) -> Json:
    """Go out of a channel."""
    person = actor(space, as_)
    conversation = _channel(space, channel)
    if person.id not in conversation.members:
        raise ActRefused(f"{person.name} is not in #{conversation.name}.", 409)
    _notice(space, conversation, person, "channel_leave", "has left the channel")
    conversation.members.remove(person.id)
    space.changes.note([person.id])
    await courier.settle_after(space.announce, membership_event(space, conversation, person.id, "member_left_channel"))
    return {"channel": conversation.id}


async def open_home(space: Workspace, courier: Courier, as_: str) -> Json:
    """Open the App Home tab."""
    person = actor(space, as_)
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": space.dm(person.id).id,
        "tab": "home",
        "event_ts": space.stamp(),
    }
    if person.id in space.homes:
        event["view"] = view_json(space, space.homes[person.id])
    await courier.settle_after(space.announce, event)
    return {}


async def deliver_event(space: Workspace, courier: Courier, body: Json, retry: Any) -> Json:
    """Deliver an Events API body as it is given, or an event alone in a fresh envelope."""
    whole = body if "event" in body else event_body(space, body)
    await courier.tell(whole, retry)
    return {"event_id": whole.get("event_id")}


def _channel(space: Workspace, channel: str) -> Conversation:
    conversation = next((one for one in space.channels() if channel in {one.id, f"#{one.name}"}), None)
    if conversation is None:
        raise ActRefused(f"There is no channel {channel}.", 404)
    if conversation.archived:
        raise ActRefused(f"#{conversation.name} is archived.", 403)
    return conversation


def _notice(space: Workspace, conversation: Conversation, person: Person, subtype: str, text: str) -> None:
    said = Message(ts=space.stamp(), author=person.id, text=f"<@{person.id}> {text}", subtype=subtype)
    space.say(conversation, said)
    space.announce(message_event(space, conversation, said))
