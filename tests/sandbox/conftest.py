"""A sandbox with an app connected over signed HTTP, and the SDK's client for calling it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.limits import NO_LIMITS
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from tests.sandbox.connected_app import SECRET, ConnectedApp, SteppedClock


@pytest.fixture
def clock() -> SteppedClock:
    """A clock at 30 November 2026, 08:00 UTC."""
    return SteppedClock()


@pytest.fixture
def connected() -> ConnectedApp:
    """The app that the sandbox talks to."""
    return ConnectedApp()


@pytest_asyncio.fixture
async def slack(clock: SteppedClock, connected: ConnectedApp) -> AsyncIterator[SandboxSlack]:
    """A sandbox that is served, with the app connected."""
    opened = SandboxSlack(
        clock=clock,
        signing_secret=SECRET,
        limits=NO_LIMITS,
        ack_seconds=0.3,
        retry_delays=(0.0, 0.01, 0.02),
        hang_seconds=0.3,
        advance=clock.advance,
    )
    async with running(opened.app), running(connected.app) as app_url:
        opened.bot_url = f"{app_url}/slack/events"
        yield opened


@pytest.fixture
def client(slack: SandboxSlack) -> AsyncWebClient:
    """The SDK's client, as the bot builds it."""
    return AsyncWebClient(token="xoxb-sandbox", base_url=f"{slack.base_url}/api/", retry_handlers=[], timeout=5)
