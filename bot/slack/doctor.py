"""What has to be right on Slack's side, each with its fix: tokens, granted scopes, channels, clocks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.health import Check
from bot.settings import Settings
from bot.slack.client import new_session, reached_directly
from bot.slack.errors import Answer, Outcome, Refusal, Silence, Unreached, ask

MANIFEST = Path(__file__).parent.parent.parent / "manifest.json"
OK = 200
DRIFT_SECONDS = 60
"""Slack refuses requests that are five minutes off, and so does the bot; a minute is worth a word."""
SLACK = ("slack.com", "slack-gov.com")
OTHER_TOKENS = {
    "xoxp-": "a user's token",
    "xoxe": "a configuration or refresh token",
    "xoxc-": "a browser's token",
    "xoxs-": "a browser's token",
    "xoxa-": "an old workspace token",
    "xapp-": "an app-level token",
    "xoxb-": "a bot token",
}
NOT_KNOWN = frozenset({"unknown_method", "http_404", "not_implemented", "method_not_supported"})
"""How servers that speak only a part of Slack's API say so."""


def needed_scopes() -> tuple[str, ...]:
    """The scopes that manifest.json asks for."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return tuple(manifest["oauth_config"]["scopes"]["bot"])


async def examine(settings: Settings, client: AsyncWebClient, channels: Sequence[str], now: datetime) -> list[Check]:
    """Look at everything that can be asked of Slack. `channels` are those of the waves."""
    strict = is_slack(settings.slack_api_url)
    bot_token, app_token = settings.slack_bot_token.get_secret_value(), settings.slack_app_token.get_secret_value()
    checks = [check_bot_token(bot_token, strict=strict), check_way_in(settings, strict=strict)]
    if not checks[0].ok:
        return checks
    asked = await ask(client.auth_test())
    checks.append(_connection(asked))
    if not isinstance(asked, Answer):
        return checks
    checks += [check_scopes(asked.headers), check_clock(asked.headers, now)]
    if app_token and checks[1].ok:
        checks.append(_socket(await ask(client.apps_connections_open(app_token=app_token))))
    asked_for = [*channels, *([settings.questions_channel] if settings.questions_channel else [])]
    checks += [await _channel(client, channel) for channel in dict.fromkeys(asked_for)]
    if settings.public_url:
        checks.append(await _public_url(settings.public_url))
    return checks


def is_slack(api_url: str) -> bool:
    """Whether this is Slack itself; other servers may give tokens of any shape."""
    host = urlsplit(api_url).hostname or ""
    return any(host == name or host.endswith(f".{name}") for name in SLACK)


def check_bot_token(token: str, *, strict: bool) -> Check:
    """A bot token, and not one of the other kinds that Slack hands out."""
    fix = "Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions to SLACK_BOT_TOKEN."
    if not token:
        return Check("bot token", ok=False, seen="SLACK_BOT_TOKEN is not set", fix=fix)
    if token.startswith("xoxb-"):
        return Check("bot token", ok=True, seen="SLACK_BOT_TOKEN is a bot token")
    kind = _kind(token)
    if kind or strict:
        return Check("bot token", ok=False, seen=f"SLACK_BOT_TOKEN is {kind or 'a token of an unknown kind'}", fix=fix)
    return Check("bot token", ok=True, seen="SLACK_BOT_TOKEN is set, in a form of the server's own")


def check_way_in(settings: Settings, *, strict: bool) -> Check:
    """How Slack's requests come in."""
    token = settings.slack_app_token.get_secret_value()
    if token and not token.startswith("xapp-") and (strict or _kind(token)):
        fix = "Copy an app-level token (xapp-…) from Basic Information to SLACK_APP_TOKEN, or remove it to use HTTP."
        seen = f"SLACK_APP_TOKEN is {_kind(token) or 'a token of an unknown kind'}"
        return Check("way in", ok=False, seen=seen, fix=fix)
    if token:
        return Check("way in", ok=True, seen="Socket Mode (SLACK_APP_TOKEN)")
    if settings.slack_signing_secret.get_secret_value():
        return Check("way in", ok=True, seen=f"HTTP on {settings.host}:{settings.port} (SLACK_SIGNING_SECRET)")
    fix = "Set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode)."
    return Check("way in", ok=False, seen="neither a signing secret nor an app token is set", fix=fix)


def check_scopes(headers: Mapping[str, str]) -> Check:
    """Granted against needed scopes; `auth.test` passes with any, so this is the only way to know."""
    if "x-oauth-scopes" not in headers:
        return Check("scopes", ok=True, seen="the server does not say which are granted")
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    missing = [scope for scope in needed_scopes() if scope not in granted]
    if missing:
        fix = "Compare the app with manifest.json, then reinstall the app to the workspace: scopes count from then on."
        return Check("scopes", ok=False, seen=f"not granted: {', '.join(missing)}", fix=fix)
    return Check("scopes", ok=True, seen="all that are needed are granted")


def check_clock(headers: Mapping[str, str], now: datetime) -> Check:
    """How far this machine's clock is from the server's."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return Check("clock", ok=True, seen="the server does not say what time it is")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    drift = round((now - theirs).total_seconds())
    direction = "ahead of" if drift > 0 else "behind"
    if abs(drift) > DRIFT_SECONDS:
        fix = "Set this machine's clock by NTP: requests that are five minutes off are refused."
        return Check("clock", ok=False, seen=f"{abs(drift)} seconds {direction} the server's", fix=fix)
    return Check("clock", ok=True, seen=f"within {DRIFT_SECONDS} seconds of the server's")


def _kind(token: str) -> str:
    return next((kind for start, kind in OTHER_TOKENS.items() if token.startswith(start)), "")


def _connection(asked: Outcome) -> Check:
    match asked:
        case Answer(body=body):
            return Check(
                "connection", ok=True, seen=f"{body.get('team', 'the workspace')}, as {body.get('user', 'the bot')}"
            )
        case Refusal(error=error, rate_limited=True):
            return Check("connection", ok=False, seen=f"Slack says {error}", fix="Wait a minute and try again.")
        case Refusal(error=error):
            fix = "Install the app to the workspace again and copy the new token to SLACK_BOT_TOKEN."
            return Check("connection", ok=False, seen=f"Slack refuses the token ({error})", fix=fix)
        case Unreached(error=error) | Silence(error=error):
            fix = "Check the network, a proxy (HTTPS_PROXY), and SLACK_API_URL if you set it."
            return Check("connection", ok=False, seen=f"no usable answer ({error})", fix=fix)


async def _public_url(address: str) -> Check:
    """What a browser meets at PUBLIC_URL. A bot that does not run cannot answer, and is not to blame for that."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not reached_directly(address):
        fix = "Give PUBLIC_URL an https address: a link to a report is the only key to it."
        return Check("public url", ok=False, seen="is not https", fix=fix)
    try:
        async with new_session() as session, session.get(f"{address}healthz") as response:
            ours = response.status == OK and (await response.json(content_type=None)) == {"ok": True}
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return Check("public url", ok=True, seen="nobody answers there now, which is right while the bot does not run")
    if ours:
        return Check("public url", ok=True, seen="leads to a bot of this kind")
    fix = "Let PUBLIC_URL name the address under which your proxy hands /reports and /healthz on to HOST and PORT."
    return Check("public url", ok=False, seen="somebody else answers there", fix=fix)


def _socket(asked: Outcome) -> Check:
    if isinstance(asked, Answer):
        return Check("socket", ok=True, seen="Slack gives an address to connect to")
    fix = "Make an app-level token with connections:write under Basic Information, and switch Socket Mode on."
    return Check("socket", ok=False, seen=f"Slack gives no address to connect to ({asked.error})", fix=fix)


async def _channel(client: AsyncWebClient, channel: str) -> Check:
    name = f"channel {channel}"
    asked = await ask(client.conversations_info(channel=channel))
    if not isinstance(asked, Answer):
        if asked.error in NOT_KNOWN:
            return Check(name, ok=True, seen="the server does not say")
        fix = "Check the id in the plan. In a private channel, type /invite @Foreword there first."
        if asked.error == "missing_scope":
            fix = "Reinstall the app with the scopes of manifest.json."
        elif not isinstance(asked, Refusal) or asked.retry_after is not None:
            fix = "Try again in a minute."
        return Check(name, ok=False, seen=f"cannot be looked at ({asked.error})", fix=fix)
    found = asked.body.get("channel")
    if not isinstance(found, Mapping):
        return Check(name, ok=True, seen="the server does not say")
    shown = f"#{found.get('name') or channel}"
    if found.get("is_archived"):
        return Check(name, ok=False, seen=f"{shown} is archived", fix="Choose another channel for the wave.")
    if found.get("is_member") is False:
        return Check(name, ok=False, seen=f"not a member of {shown}", fix=f"Type /invite @Foreword in {shown}.")
    return Check(name, ok=True, seen=f"a member of {shown}")
