"""What has to be right on Slack's side, each with its fix: tokens, granted scopes, channels, clocks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.health import Check
from bot.settings import Settings

MANIFEST = Path(__file__).parent.parent.parent / "manifest.json"
DRIFT_SECONDS = 60
"""Slack refuses requests that are five minutes off, and so does the bot; a minute is worth a word."""


def needed_scopes() -> tuple[str, ...]:
    """The scopes that manifest.json asks for."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return tuple(manifest["oauth_config"]["scopes"]["bot"])


async def examine(
    settings: Settings, client: AsyncWebClient, channels: Sequence[str], now: datetime
) -> list[Check]:
    """Look at everything that can be asked of Slack. `channels` are those of the waves."""
    checks = [_bot_token(settings), _way_in(settings)]
    if not checks[0].ok:
        return checks
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        name = str(error.response.get("error"))
        fix = "Install the app to the workspace again and copy the new token to SLACK_BOT_TOKEN."
        return [*checks, Check("auth.test", ok=False, seen=f"Slack says {name}", fix=fix)]
    except (aiohttp.ClientError, TimeoutError, SlackClientError, OSError) as error:
        fix = "Check the network, and SLACK_API_URL if you set it."
        return [*checks, Check("auth.test", ok=False, seen=f"no answer ({type(error).__name__})", fix=fix)]
    headers = {str(name).lower(): str(value) for name, value in dict(answer.headers or {}).items()}
    checks.append(Check("auth.test", ok=True, seen=f"connected to {answer.get('team')} as {answer.get('user')}"))
    checks.append(_scopes(headers))
    checks.append(_clock(headers, now))
    checks += [await _channel(client, channel) for channel in channels]
    return checks


def _bot_token(settings: Settings) -> Check:
    token = settings.slack_bot_token.get_secret_value()
    fix = "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions to SLACK_BOT_TOKEN."
    if not token:
        return Check("bot token", ok=False, seen="SLACK_BOT_TOKEN is not set", fix=fix)
    if not token.startswith("xoxb-"):
        return Check("bot token", ok=False, seen=f"a token of another kind ({token[:5]}…)", fix=fix)
    return Check("bot token", ok=True, seen="set")


def _way_in(settings: Settings) -> Check:
    app_token = settings.slack_app_token.get_secret_value()
    if app_token and not app_token.startswith("xapp-"):
        fix = "Copy an app-level token (xapp-…) from Basic Information to SLACK_APP_TOKEN."
        return Check("way in", ok=False, seen="SLACK_APP_TOKEN is of another kind", fix=fix)
    if app_token:
        return Check("way in", ok=True, seen="Socket Mode")
    if settings.slack_signing_secret.get_secret_value():
        return Check("way in", ok=True, seen="HTTP with a signing secret")
    fix = "Set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)."
    return Check("way in", ok=False, seen="neither a signing secret nor an app token", fix=fix)


def _scopes(headers: Mapping[str, str]) -> Check:
    if "x-oauth-scopes" not in headers:
        return Check("scopes", ok=True, seen="the server does not say which are granted")
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    missing = [scope for scope in needed_scopes() if scope not in granted]
    if missing:
        fix = "Compare the app with manifest.json, then reinstall it to the workspace: new scopes count from then on."
        return Check("scopes", ok=False, seen=f"not granted: {', '.join(missing)}", fix=fix)
    return Check("scopes", ok=True, seen="all granted")


def _clock(headers: Mapping[str, str], now: datetime) -> Check:
    try:
        theirs = parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return Check("clock", ok=True, seen="the server does not say what time it is")
    drift = round(abs((now - theirs).total_seconds()))
    if drift > DRIFT_SECONDS:
        fix = "Set this machine's clock by NTP: requests that are five minutes off are refused."
        return Check("clock", ok=False, seen=f"{drift} seconds off", fix=fix)
    return Check("clock", ok=True, seen=f"{drift} seconds off")


async def _channel(client: AsyncWebClient, channel: str) -> Check:
    name = f"channel {channel}"
    try:
        found = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        fix = "Check the id in the plan; in a private channel, type /invite @Foreword first."
        return Check(name, ok=False, seen=f"Slack says {error.response.get('error')}", fix=fix)
    except (aiohttp.ClientError, TimeoutError, SlackClientError) as error:
        return Check(name, ok=False, seen=f"no answer ({type(error).__name__})", fix="Try again.")
    if found.get("is_archived"):
        return Check(name, ok=False, seen=f"#{found.get('name')} is archived", fix="Choose another channel for the wave.")
    if not found.get("is_member"):
        fix = f"Type /invite @Foreword in #{found.get('name')}."
        return Check(name, ok=False, seen=f"not a member of #{found.get('name')}", fix=fix)
    return Check(name, ok=True, seen=f"member of #{found.get('name')}")
