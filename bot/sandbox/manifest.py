"""What an app's manifest says about it: its commands, the scopes it is granted and the events it hears of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox import sample
from bot.sandbox.things import SlashCommand
from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Grant:
    """What the installed app has and may do."""

    commands: tuple[SlashCommand, ...] = sample.COMMANDS
    scopes: frozenset[str] = frozenset(sample.SCOPES)
    events: frozenset[str] = frozenset(sample.EVENTS)


def granted(manifest: Mapping[str, Any]) -> Grant:
    """What installing an app with this manifest grants; a manifest without a part grants nothing of it."""
    features = manifest.get("features", {})
    commands = tuple(
        SlashCommand(one["command"], one.get("usage_hint", ""), one.get("description", ""))
        for one in features.get("slash_commands", [])
    )
    scopes: Iterable[str] = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    events: Iterable[str] = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
    return Grant(commands, frozenset(scopes), frozenset(events))


def subscription(event: Json) -> str:
    """Under which name an app subscribes to this event."""
    if event["type"] != "message":
        return str(event["type"])
    kinds = {"im": "message.im", "group": "message.groups", "channel": "message.channels"}
    return kinds[event["channel_type"]]
