"""The doctor names what is missing, each with its fix, and holds nothing against servers that say less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.health import Check
from bot.settings import Settings
from bot.slack.client import make_client
from bot.slack.doctor import check_clock, check_scopes, examine, is_slack, needed_scopes
from tests.slack.little_slack import LittleSlack, Says

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
TOKENS = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "shh"}
HEADERS = {"X-OAuth-Scopes": ",".join(needed_scopes()), "Date": "Mon, 30 Nov 2026 08:00:10 GMT"}


async def visit(little_slack: LittleSlack, *channels: str, **given: Any) -> dict[str, Check]:
    settings = Settings(_env_file=None, slack_api_url=little_slack.api_url, **{**TOKENS, **given})
    client = make_client(settings)
    try:
        return {check.name: check for check in await examine(settings, client, channels, NOW)}
    finally:
        await client.close()


async def test_all_is_well(little_slack: LittleSlack) -> None:
    """With everything in place every check holds."""
    little_slack.tell("auth.test", Says({"ok": True, "team": "Acme", "user": "foreword"}, headers=HEADERS))
    little_slack.tell("conversations.info", {"channel": {"name": "client", "is_member": True}})
    checks = await visit(little_slack, "C1", "C1")
    assert [name for name, check in checks.items() if not check.ok] == []
    assert list(checks) == ["bot token", "way in", "connection", "scopes", "clock", "channel C1"]


@pytest.mark.parametrize("token", ["", "xoxp-secret1234", "xapp-secret1234", "xoxe.xoxb-secret1234"])
async def test_a_token_of_another_kind_is_named_and_not_shown(little_slack: LittleSlack, token: str) -> None:
    """What was put in SLACK_BOT_TOKEN is described, never printed; nothing is asked of Slack with it."""
    check = (await visit(little_slack, slack_bot_token=token))["bot token"]
    assert not check.ok
    assert "xoxb-" in check.fix
    assert "secret1234" not in f"{check.seen}{check.fix}"
    assert little_slack.heard == []


async def test_a_way_in_is_needed(little_slack: LittleSlack) -> None:
    """Neither secret nor app token: no request would ever arrive."""
    assert not (await visit(little_slack, slack_signing_secret=""))["way in"].ok
    assert not (await visit(little_slack, slack_app_token="xoxb-1"))["way in"].ok


async def test_an_app_token_has_to_open_a_socket(little_slack: LittleSlack) -> None:
    """Socket Mode switched off in the app's settings shows only when it is tried."""
    little_slack.tell(
        "apps.connections.open", Says({"ok": False, "error": "not_allowed_token_type"}), {"url": "ws://x"}
    )
    refused = (await visit(little_slack, slack_app_token="xapp-1"))["socket"]
    assert not refused.ok
    assert "connections:write" in refused.fix
    assert (await visit(little_slack, slack_app_token="xapp-1"))["socket"].ok


@pytest.mark.parametrize(
    ("says", "word"),
    [
        (Says({"ok": False, "error": "invalid_auth"}), "Install the app"),
        (Says(cut=True), "SLACK_API_URL"),
        (Says("", 429), "try again"),
    ],
    ids=["refused", "cut", "limited"],
)
async def test_a_failed_connection_says_what_to_do(little_slack: LittleSlack, says: Says, word: str) -> None:
    """A refused token and a missing network have different fixes."""
    little_slack.tell("auth.test", says)
    check = (await visit(little_slack, "C1"))["connection"]
    assert not check.ok
    assert word in check.fix


def test_a_scope_that_was_not_granted_is_named() -> None:
    """The token works all the same, so nothing else would tell; the fix is to reinstall."""
    granted = ", ".join(scope for scope in needed_scopes() if scope != "groups:history")
    check = check_scopes({"x-oauth-scopes": granted})
    assert not check.ok
    assert check.seen == "not granted: groups:history"
    assert "reinstall" in check.fix
    assert check_scopes({}).ok, "a server that does not say is not blamed"


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (59, True), (61, False), (-61, False), (-400, False)])
def test_a_clock_may_be_a_minute_off(seconds: int, ok: bool) -> None:
    """Five minutes off and requests are refused; a minute is worth a word."""
    headers = {"date": (NOW - timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    check = check_clock(headers, NOW)
    assert check.ok is ok
    assert ok or ("ahead" if seconds > 0 else "behind") in check.seen


@pytest.mark.parametrize("date", ["", "soon", "Mon, 30 Nov 2026 08:00:00 -0000"])
def test_a_server_without_a_clock_is_not_blamed(date: str) -> None:
    """No date, or one without a zone."""
    assert check_clock({"date": date}, NOW).ok


@pytest.mark.parametrize(
    ("says", "ok", "word"),
    [
        (Says({"ok": True, "channel": {"name": "client", "is_member": False}}), False, "/invite @Foreword"),
        (Says({"ok": True, "channel": {"name": "client", "is_archived": True}}), False, "another channel"),
        (Says({"ok": False, "error": "channel_not_found"}), False, "/invite @Foreword"),
        (Says({"ok": False, "error": "missing_scope"}), False, "Reinstall"),
        (Says("", 503), False, "Try again"),
        (Says({"ok": False, "error": "unknown_method"}), True, ""),
        (Says({"ok": True}), True, ""),
    ],
    ids=lambda case: str(case)[:40],
)
async def test_every_channel_is_looked_at(little_slack: LittleSlack, says: Says, ok: bool, word: str) -> None:
    """The bot has to be a member; a server that cannot tell is not blamed."""
    little_slack.tell("conversations.info", says)
    check = (await visit(little_slack, "C1"))["channel C1"]
    assert check.ok is ok
    assert word in check.fix


def test_only_slack_itself_is_held_to_slacks_tokens() -> None:
    """Other servers may hand out tokens of their own shape."""
    assert is_slack("https://slack.com/api/")
    assert is_slack("https://slack-gov.com/api/")
    assert not is_slack("https://notslack.com/api/")
    assert not is_slack("http://127.0.0.1:3100/api/")


async def test_the_questions_channel_is_looked_at(little_slack: LittleSlack) -> None:
    """Nobody would learn of a question in a channel that the bot is not in."""
    little_slack.tell("conversations.info", {"channel": {"name": "owners", "is_member": False}})
    check = (await visit(little_slack, questions_channel="C0OWNERS"))["channel C0OWNERS"]
    assert not check.ok
    assert "/invite" in check.fix


async def test_the_public_address(little_slack: LittleSlack) -> None:
    """Plain http, somebody else's page, a bot that does not run: each is told apart."""
    plain = (await visit(little_slack, public_url="http://foreword.example.com"))["public url"]
    assert not plain.ok
    assert "https" in plain.fix
    other = (await visit(little_slack, public_url=f"http://127.0.0.1:{little_slack.port}"))["public url"]
    assert not other.ok
    assert "proxy" in other.fix
    nobody = (await visit(little_slack, public_url="http://127.0.0.1:9"))["public url"]
    assert nobody.ok
    assert "does not run" in nobody.seen
