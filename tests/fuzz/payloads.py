"""Slack's payloads of every kind as they really are, made for one person, one value, one form."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from bot.views.ids import ActionId, Field, ViewId

Json = dict[str, Any]
TEAM_ID, APP_ID, CHANNEL = "T01LARKSPUR", "A0FOREWORD", "C01CLIENT"
COMMANDS = ("/rollout", "/ask", "/pushback")
WORDS = (
    "",
    "help",
    "new",
    "edit policy",
    "check pilot",
    "preview reason",
    "launch install pilot at 2026-12-01 09:00",
    "launch install pilot at 0000-99-99 99:99",
    "launch install pilot at 9999-12-31 23:59",
    "launch reason --rollout",
    "unschedule install",
    "override notice_period because {}",
    "approve",
    "pause because {}",
    "relaunch",
    "verdict",
    "heard",
    "sign",
    "hours",
    "looked",
    "timeline",
    "privacy",
    "mydata",
    "reviews",
    "unvouch",
    "who sees my hours, {}?",
    "themes",
    "questions",
    "entry",
    "entry trust",
    "report",
    "report last 999999999999999999999 weeks",
    "report 2026-W99..0000-W00",
    "report --rollout {}",
)


def unique() -> str:
    return uuid4().hex


def command(person: str, name: str, text: str) -> Json:
    """The form of a slash command."""
    return {
        "token": "t",
        "team_id": TEAM_ID,
        "team_domain": "sandbox",
        "channel_id": CHANNEL,
        "channel_name": "client",
        "user_id": person,
        "user_name": "somebody",
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": "",
        "trigger_id": unique(),
    }


def _interaction(person: str, kind: str) -> Json:
    return {
        "type": kind,
        "user": {"id": person, "username": "somebody", "name": "somebody", "team_id": TEAM_ID},
        "team": {"id": TEAM_ID, "domain": "sandbox"},
        "api_app_id": APP_ID,
        "token": "t",
        "trigger_id": unique(),
        "enterprise": None,
        "is_enterprise_install": False,
    }


def click(person: str, action: str, value: str, *, kind: str = "button", held: Json | None = None) -> Json:
    """block_actions from a message in a channel. `held` is what an element of another kind says was chosen."""
    acted: Json = {
        "type": kind,
        "action_id": action,
        "block_id": "b",
        "action_ts": str(time.time()),
        **(held or {}),
    }
    if held is None or "value" in held:
        acted["value"] = value or acted.get("value", "")
    return {
        **_interaction(person, "block_actions"),
        "container": {"type": "message", "message_ts": "1.000001", "channel_id": CHANNEL, "is_ephemeral": True},
        "channel": {"id": CHANNEL, "name": "client"},
        "message": {"ts": "1.000001", "thread_ts": "1.000001", "text": "x"},
        "state": {"values": {}},
        "response_url": "",
        "actions": [acted],
    }


def click_in(person: str, action: str, value: str, surface: str) -> Json:
    """block_actions from a modal or the App Home."""
    payload = click(person, action, value)
    del payload["channel"], payload["message"], payload["response_url"]
    payload["container"] = {"type": "view", "view_id": "V1"}
    payload["view"] = {"id": "V1", "type": surface, "callback_id": "", "private_metadata": "", "hash": "1"}
    return payload


def form(person: str, callback: str, metadata: str, values: Json, *, kind: str = "view_submission") -> Json:
    """A submitted (or closed) modal. `values` are elements by block id."""
    return {
        **_interaction(person, kind),
        "view": {
            "id": "V1",
            "team_id": TEAM_ID,
            "type": "modal",
            "callback_id": callback,
            "private_metadata": metadata,
            "blocks": [],
            "state": {"values": {block: {"value": element} for block, element in values.items()}},
            "hash": "1",
            "root_view_id": "V1",
            "previous_view_id": None,
            "app_id": APP_ID,
            "bot_id": "B1",
        },
        "response_urls": [],
        **({"is_cleared": False} if kind == "view_closed" else {}),
    }


def event(kind: str, person: str, **more: Any) -> Json:
    """An event in its envelope."""
    return {
        "token": "t",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": {"type": kind, "user": person, "channel": CHANNEL, "event_ts": "1.2", **more},
        "type": "event_callback",
        "event_id": unique(),
        "event_time": int(time.time()),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM_ID, "user_id": "UBOT", "is_bot": True}],
        "is_ext_shared_channel": False,
        "event_context": "EC1",
    }


def events(person: str, words: str) -> list[Json]:
    """The events that we subscribe to, and many that we do not."""
    asked = {"text": words, "ts": "1.2", "channel_type": "im"}
    return [
        event("member_joined_channel", person, channel_type="C", team=TEAM_ID),
        event("member_left_channel", person, channel_type="C", team=TEAM_ID),
        event("app_home_opened", person, tab="home", view={"id": "V1"}),
        event("app_home_opened", person, tab="messages"),
        event("message", person, **asked),
        event("message", person, **{**asked, "channel_type": "channel"}),
        event("message", person, subtype="message_changed", message={"text": words}, **asked),
        event("message", person, bot_id="B9", **asked),
        event("app_mention", person, text=f"<@UBOT> {words}", ts="1.2", thread_ts="1.1"),
        event("reaction_added", person, reaction="x", item={"type": "message"}),
        event("team_join", person),
        event("user_change", person),
        event("channel_archive", person),
        event("channel_rename", person),
        event("link_shared", person, links=[{"url": words}]),
        event("function_executed", person, function={}, inputs={}),
        event("app_rate_limited", person),
        {**event("x", person), "type": "app_rate_limited", "minute_rate_limited": 1},
        {"type": "url_verification", "challenge": words, "token": "t"},
    ]


def shortcuts(person: str, words: str) -> list[Json]:
    """Interactions that this app has no use for."""
    return [
        {**_interaction(person, "shortcut"), "callback_id": words, "action_ts": "1.2"},
        {**_interaction(person, "message_action"), "callback_id": words, "message": {"text": words}, "message_ts": "1"},
        {**_interaction(person, "block_suggestion"), "action_id": "x", "block_id": "b", "value": words},
        {**_interaction(person, "interactive_message"), "callback_id": words, "actions": [{"name": "x"}]},
        {**_interaction(person, "dialog_submission"), "callback_id": words, "submission": {"x": words}, "state": words},
        {**_interaction(person, "dialog_cancellation"), "callback_id": words},
        {**_interaction(person, "dialog_suggestion"), "callback_id": words, "name": "x", "value": words},
        {**_interaction(person, "workflow_step_edit"), "callback_id": words, "workflow_step": {}},
        {**_interaction(person, "no_such_thing"), "callback_id": words},
    ]


def every_kind(person: str, values: list[str], metadata: list[str], words: str) -> list[tuple[str, Json]]:
    """(how it travels, payload) for every command, action, form, event and interaction."""
    made: list[tuple[str, Json]] = []
    for name in (*COMMANDS, "/nobody"):
        made += [("command", command(person, name, text.format(words))) for text in WORDS]
    for place, action in enumerate((*ActionId, "no_such_action")):
        value = values[place % len(values)]
        made += [("interactive", click(person, action, value))]
        made += [("interactive", click_in(person, action, value, surface)) for surface in ("modal", "home")]
    filled = {field.value: {"type": "plain_text_input", "value": words} for field in Field}
    for place, callback in enumerate((*ViewId, "no_such_form")):
        about = metadata[place % len(metadata)]
        made += [("interactive", form(person, callback, about, filled))]
        made += [("interactive", form(person, callback, about, {}))]
        made += [("interactive", form(person, callback, about, filled, kind="view_closed"))]
    made += [("interactive", payload) for payload in shortcuts(person, words)]
    made += [("event", payload) for payload in events(person, words)]
    return made
