"""The client never sends twice by itself, and talks to a server on this machine without a proxy."""

from __future__ import annotations

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest

from bot.settings import Settings
from bot.slack.client import Known, SlackClient, make_client, reached_directly
from tests.slack.little_slack import LittleSlack


def test_the_client_has_no_retries_of_its_own() -> None:
    """The SDK's default handler would post twice on a dropped connection."""
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_api_url="http://127.0.0.1:9/api")
    client = make_client(settings)
    assert client.retry_handlers == []
    assert (client.token, client.base_url, client.timeout) == ("xoxb-1", "http://127.0.0.1:9/api/", 10)


@pytest.mark.parametrize(
    ("address", "direct"),
    [
        ("http://127.0.0.1:3100/api/", True),
        ("http://localhost/api/", True),
        ("http://[::1]:3100/api/", True),
        ("https://chat.internal.example/api/", True),
        ("https://slack.com/api/", False),
    ],
)
def test_a_proxy_is_for_the_world_outside(monkeypatch: pytest.MonkeyPatch, address: str, direct: bool) -> None:
    """The SDK reads HTTPS_PROXY and ignores NO_PROXY."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", ".internal.example")
    monkeypatch.delenv("no_proxy", raising=False)
    assert reached_directly(address) is direct
    assert (SlackClient(token="xoxb-1", base_url=address).proxy is None) is direct


async def test_opening_and_closing_may_be_repeated() -> None:
    """A session is opened once, and closed for good."""
    client = SlackClient(token="xoxb-1", base_url="http://127.0.0.1:9/")
    await client.open()
    session = client.session
    await client.open()
    assert client.session is session
    await client.close()
    await client.close()
    assert session is not None
    assert session.closed


async def test_bolts_own_copies_take_no_proxy_either(
    client: SlackClient, little_slack: LittleSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot on somebody's machine behind a proxy still reaches the local server on its first request."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    little_slack.tell("auth.test", {"user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1"})
    bolt = AsyncApp(client=client, before_authorize=Known(client), process_before_response=True)

    @bolt.command("/ask")
    async def ask(ack: AsyncAck) -> None:
        await ack(text="Heard.")

    body = {"command": "/ask", "text": "", "user_id": "U1", "team_id": "T1"}
    answer = await bolt.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
    assert answer.status == 200
    assert len(little_slack.calls("auth.test")) == 1
