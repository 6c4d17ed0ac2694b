"""A little Slack, and the bot's own client connected to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from bot.logs import configure_logs
from bot.slack.client import SlackClient
from bot.slack.messenger import SlackMessenger
from tests.slack.little_slack import LittleSlack


@pytest.fixture
async def little_slack() -> AsyncIterator[LittleSlack]:
    """A server on a loopback port of its own."""
    server = LittleSlack()
    await server.open()
    yield server
    await server.close()


@pytest.fixture
async def client(little_slack: LittleSlack) -> AsyncIterator[SlackClient]:
    """The bot's client, opened."""
    client = SlackClient(token="xoxb-a-token", base_url=little_slack.api_url)
    await client.open()
    yield client
    await client.close()


@pytest.fixture
def messenger(client: SlackClient) -> SlackMessenger:
    """A messenger on that client."""
    return SlackMessenger(client)


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What was logged since the last time it was asked, at the most talkative level."""
    configure_logs("debug", "json")
    return lambda: capsys.readouterr().err
