"""Slack's payloads, read once at the edge into small values with required fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.views.ids import field_of
from handlers.desk import Click
from handlers.written_forms import Written


class Unreadable(Exception):
    """A payload that does not look like Slack's."""


def _text(source: Any, *path: str) -> str:
    """The string at a path, or empty."""
    found = source
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def read_typed(body: Mapping[str, Any]) -> str:
    """What stands after a command, as it was typed: Slack sends `&`, `<` and `>` escaped there, unlike in forms."""
    return _text(body, "text").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_click(body: Mapping[str, Any]) -> Click:
    """A pressed button. Raises Unreadable without a person or an action."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else None
    person = _text(body, "user", "id")
    if action is None or not person:
        raise Unreadable
    return Click(
        person=person,
        action=_text(action, "action_id"),
        value=_text(action, "value"),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        channel=_text(body, "channel", "id") or _text(body, "container", "channel_id"),
        in_modal=_text(body, "view", "type") == "modal",
        on_home=_text(body, "view", "type") == "home",
        thread_ts=_text(body, "message", "thread_ts") or _text(body, "container", "thread_ts"),
        view_id=_text(body, "view", "id"),
    )


def read_form(body: Mapping[str, Any]) -> tuple[str, Written]:
    """A submitted modal: its callback id, and what was written. Raises Unreadable."""
    person = _text(body, "user", "id")
    view = body.get("view")
    if not isinstance(view, Mapping) or not person:
        raise Unreadable
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, Mapping) else None
    values: dict[str, Any] = {}
    if isinstance(blocks, Mapping):
        for block_id, elements in blocks.items():
            if isinstance(elements, Mapping):
                for element in elements.values():
                    values[field_of(str(block_id))] = _value(element)
    return _text(view, "callback_id"), Written(person, values, _about(view), _text(view, "id"))


def _about(view: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        about = json.loads(_text(view, "private_metadata") or "{}")
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(about, Mapping):
        raise Unreadable
    return about


def _value(element: Any) -> str | list[str] | None:
    """What an input holds: text, one chosen value or id, or a list of them."""
    if not isinstance(element, Mapping):
        return None
    for key in (
        "value",
        "selected_date",
        "selected_time",
        "selected_user",
        "selected_channel",
        "selected_conversation",
    ):
        if isinstance(element.get(key), str):
            return str(element[key])
    if isinstance(element.get("selected_option"), Mapping):
        return _text(element, "selected_option", "value")
    for key in ("selected_users", "selected_channels", "selected_conversations"):
        if isinstance(element.get(key), list):
            return [str(each) for each in element[key]]
    if isinstance(element.get("files"), list):
        return [_text(each, "id") for each in element["files"]]
    if isinstance(element.get("selected_options"), list):
        return [_text(each, "value") for each in element["selected_options"]]
    return None
