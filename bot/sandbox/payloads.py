"""The bodies that Slack sends to an app: commands, interactions and events, in Slack's own shapes."""

from __future__ import annotations

from bot.sandbox.shown import message_json, view_json
from bot.sandbox.things import Conversation, Message, Person, Values, View
from bot.sandbox.wire import Json
from bot.sandbox.workspace import Workspace, new_id

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's deprecated token, which proves nothing


def command_form(
    space: Workspace, person: Person, conversation: Conversation, command: str, text: str, response_url: str
) -> Json:
    """The form of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": space.team.id,
        "team_domain": space.team.domain,
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "user_id": person.id,
        "user_name": person.handle,
        "command": command,
        "text": text,
        "api_app_id": space.bot.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": space.new_trigger(person.id),
    }


def click_in_message(
    space: Workspace,
    person: Person,
    conversation: Conversation,
    message: Message,
    action: Json,
    response_url: str,
) -> Json:
    """block_actions from a message. Slack leaves the message itself out when it is ephemeral."""
    payload: Json = {
        **_interaction(space, person, "block_actions"),
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": conversation.id,
            "is_ephemeral": message.only_for is not None,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        },
        "trigger_id": space.new_trigger(person.id),
        "channel": {"id": conversation.id, "name": conversation.name},
        "state": {"values": message.state.get(person.id, {})},
        "response_url": response_url,
        "actions": [action],
    }
    if message.only_for is None:
        payload["message"] = message_json(space, conversation, message, metadata=True)
    return payload


def click_in_view(space: Workspace, person: Person, view: View, action: Json) -> Json:
    """block_actions from a modal or the App Home."""
    return {
        **_interaction(space, person, "block_actions"),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": space.new_trigger(person.id, view.id),
        "view": view_json(space, view),
        "actions": [action],
    }


def view_submission(space: Workspace, person: Person, view: View, response_urls: list[Json]) -> Json:
    """A modal submitted."""
    return {
        **_interaction(space, person, "view_submission"),
        "trigger_id": space.new_trigger(person.id, view.id),
        "view": view_json(space, view),
        "response_urls": response_urls,
    }


def view_closed(space: Workspace, person: Person, view: View, *, is_cleared: bool) -> Json:
    """A modal closed without being submitted."""
    return {**_interaction(space, person, "view_closed"), "view": view_json(space, view), "is_cleared": is_cleared}


def event_body(space: Workspace, event: Json) -> Json:
    """An event in its envelope."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": space.team.id,
        "context_team_id": space.team.id,
        "context_enterprise_id": None,
        "api_app_id": space.bot.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(space.epoch()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": space.team.id,
                "user_id": space.bot.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": new_id("EC"),
    }


def chosen(values: Values, block: Json, element: Json) -> Json:
    """What an element holds now, without its type."""
    held = values.get(block["block_id"], {}).get(element["action_id"], {})
    return {name: value for name, value in held.items() if name != "type"}


def _interaction(space: Workspace, person: Person, kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": space.team.id},
        "team": {"id": space.team.id, "domain": space.team.domain},
        "api_app_id": space.bot.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }
