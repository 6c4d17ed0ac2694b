"""manifest.json makes the app in one paste, with no more than it needs."""

from __future__ import annotations

import json
from typing import Any

from bot.slack.doctor import MANIFEST, needed_scopes

EVENT_SCOPES = {
    "app_home_opened": None,
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.im": "im:history",
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "tokens_revoked": None,
}
"""What each event needs, from Slack's reference of events."""
MOST_CHARACTERS = {"name": 35, "description": 140}


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return found


def test_the_scopes_are_the_least() -> None:
    """Exactly these, each with a reason; a new one is a decision, not an accident."""
    assert set(needed_scopes()) == {
        "commands",  # /rollout, /ask and /pushback
        "chat:write",  # post, update, whisper
        "im:write",  # open the conversation with a person
        "im:history",  # look there before sending again
        "channels:read",  # who is in a wave's channel, who joins, who leaves
        "channels:history",  # look there before sending again
        "groups:read",  # the same for private channels
        "groups:history",
        "users:read",  # names and time zones
        "app_mentions:read",  # a mention is a question
        "files:read",  # an export of hours is given to the bot in a form
        "files:write",  # HR's report comes as a file
    }
    assert len(needed_scopes()) == len(set(needed_scopes()))


def test_every_event_has_the_scope_that_it_needs() -> None:
    """Slack drops an event without a word when its scope was not granted."""
    for event in manifest()["settings"]["event_subscriptions"]["bot_events"]:
        assert EVENT_SCOPES[event] is None or EVENT_SCOPES[event] in needed_scopes(), event


def test_it_is_as_slack_wants_it() -> None:
    """Lengths, the Home tab, clicks and commands, and addresses that are one."""
    found = manifest()
    for field, most in MOST_CHARACTERS.items():
        assert 0 < len(found["display_information"][field]) <= most
    assert found["features"]["app_home"]["home_tab_enabled"]
    assert found["features"]["app_home"]["messages_tab_enabled"]
    assert found["settings"]["interactivity"]["is_enabled"]
    assert found["settings"]["socket_mode_enabled"] is False
    commands = found["features"]["slash_commands"]
    assert [command["command"] for command in commands] == ["/rollout", "/ask", "/pushback"]
    addresses = {command["url"] for command in commands}
    addresses.add(found["settings"]["event_subscriptions"]["request_url"])
    addresses.add(found["settings"]["interactivity"]["request_url"])
    assert len(addresses) == 1
    assert addresses.pop().endswith("/slack/events")
