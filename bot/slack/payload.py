"""What a payload has to look like before anything is done with it: Bolt, and all that is behind it, take its shape for granted.

A signature says that Slack sent something, or somebody who has the secret. It does not say that it is in order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""People, channels, workspaces. Other servers than Slack's make theirs otherwise, but nobody puts a space into one."""
DEEPEST = 60
NOT_TEXT = re.compile(r"[\x00\ud800-\udfff]")
"""What no database takes as text. JSON can escape it; no keyboard writes it."""
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "member_joined_channel",
        "member_left_channel",
        "message",
        "tokens_revoked",
    }
)
"""The events that are listened to; whatever else comes is left alone, in any shape."""
WORDS_OF_EVENTS = ("text", "ts", "thread_ts", "channel_type", "subtype", "bot_id", "tab")
WORDS_OF_ACTIONS = ("block_id", "type", "value")
WORDS_OF_VIEWS = ("id", "type", "callback_id", "private_metadata", "team_id", "app_installed_team_id")
Json = Mapping[str, Any]


class NotSlacks(ValueError):
    """No payload of Slack's, or none that this app has any use for."""


def sound(body: object) -> dict[str, Any]:
    """The payload, with text that is text. Raises NotSlacks unless it is one of the kinds that are answered, in its shape."""
    made = _clean(body, DEEPEST)
    if not isinstance(made, dict):
        raise NotSlacks
    _team(made)
    if "command" in made:
        _command(made)
        return made
    match made.get("type"):
        case "block_actions":
            _interaction(made)
            _actions(made)
        case "view_submission" | "view_closed":
            _interaction(made)
            _view(_table(made, "view", needed=True))
        case "event_callback":
            _event(made)
        case "url_verification":
            _word(made, "challenge")
        case _ if "ssl_check" not in made:
            raise NotSlacks
    return made


def _clean(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else NOT_TEXT.sub(_readable, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotSlacks
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise NotSlacks
    if isinstance(value, list):
        return [_clean(each, levels - 1) for each in value]
    return {_clean(key, levels - 1): _clean(each, levels - 1) for key, each in value.items()}


def _readable(found: re.Match[str]) -> str:
    return "" if found[0] == "\x00" else "\ufffd"


def _team(body: Json) -> None:
    """Where Bolt looks for the workspace, in every kind of payload."""
    for key in ("team", "enterprise"):
        if not isinstance(body.get(key), str):
            _words(_table(body, key), "id", "enterprise_id")
    _words(body, "team_id", "enterprise_id", "context_team_id")
    listed = body.get("authorizations")
    if listed is not None and not isinstance(listed, list):
        raise NotSlacks
    for each in listed or ():
        if not isinstance(each, dict) or each.get("authorizations"):
            raise NotSlacks
        _words(each, "team_id", "enterprise_id", "user_id")


def _command(body: Json) -> None:
    _word(body, "command")
    _id(body, "user_id")
    _words(body, "text", "trigger_id", "response_url", "channel_id", "user_name")


def _interaction(body: Json) -> None:
    user = _table(body, "user", needed=True)
    _id(user, "id")
    _words(user, "team_id")
    _words(body, "trigger_id", "response_url")
    for key in ("channel", "container", "message"):
        _words(_table(body, key), "id", "channel_id", "thread_ts")
    _table(body, "state")


def _actions(body: Json) -> None:
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions:
        raise NotSlacks
    for action in actions:
        if not isinstance(action, dict):
            raise NotSlacks
        _word(action, "action_id")
        _words(action, *WORDS_OF_ACTIONS)
    _words(_table(body, "view"), *WORDS_OF_VIEWS)


def _view(view: Json) -> None:
    _word(view, "type")
    _word(view, "callback_id")
    _words(view, *WORDS_OF_VIEWS)
    values = _table(_table(view, "state"), "values")
    for elements in values.values():
        if not isinstance(elements, dict) or not all(isinstance(element, dict) for element in elements.values()):
            raise NotSlacks


def _event(body: Json) -> None:
    event = _table(body, "event", needed=True)
    kind = _word(event, "type")
    _words(body, "event_id")
    if kind not in EVENTS:
        return
    _words(event, *WORDS_OF_EVENTS)
    for key in ("user", "channel"):
        if event.get(key) is not None:
            _id(event, key)
    for key in ("message", "previous_message"):
        _table(event, key)


def _table(body: Json, key: str, *, needed: bool = False) -> Json:
    """What stands there, which has to be an object; where nothing stands, an empty one."""
    found = body.get(key)
    if found is None and not needed:
        return {}
    if not isinstance(found, dict):
        raise NotSlacks
    return found


def _word(body: Json, key: str) -> str:
    found = body.get(key)
    if not isinstance(found, str):
        raise NotSlacks
    return found


def _words(body: Json, *keys: str) -> None:
    """Nothing but text stands in these places, if anything does."""
    for key in keys:
        if not isinstance(body.get(key), str | None):
            raise NotSlacks


def _id(body: Json, key: str) -> None:
    if not ID.fullmatch(_word(body, key)):
        raise NotSlacks
