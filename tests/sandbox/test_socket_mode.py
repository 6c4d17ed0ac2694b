"""Socket Mode with the SDK's own client: envelopes, acknowledgements, refresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SandboxSlack
from tests.sandbox.connected_app import ConnectedApp
from tests.sandbox.test_deliveries import until

pytestmark = pytest.mark.asyncio


class Listener:
    """Takes envelopes, and acknowledges them unless told not to."""

    def __init__(self) -> None:
        self.received: list[SocketModeRequest] = []
        self.payload: dict[str, Any] | None = None
        self.silent = False

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.received.append(request)
        if not self.silent:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload=self.payload))


@pytest.fixture
def listener() -> Listener:
    """What the connected app does with envelopes."""
    return Listener()


@pytest_asyncio.fixture
async def socket(slack: SandboxSlack, listener: Listener) -> AsyncIterator[SocketModeClient]:
    """The SDK's client, connected."""
    web = AsyncWebClient(base_url=f"{slack.base_url}/api/", retry_handlers=[])
    client = SocketModeClient(app_token="xapp-sandbox", web_client=web)
    client.socket_mode_request_listeners.append(listener.take)
    async with asyncio.timeout(5):
        await client.connect()  # type: ignore[no-untyped-call]
    await until(lambda: slack.sockets.connected)
    yield client
    await client.close()  # type: ignore[no-untyped-call]


async def test_a_command_goes_round(
    slack: SandboxSlack, socket: SocketModeClient, listener: Listener, connected: ConnectedApp
) -> None:
    """With a socket open, a command goes over it and its acknowledgement may carry an answer; HTTP is left alone."""
    listener.payload = {"text": "over the socket"}
    answer = await slack.command("U01MARA", "C01CLIENT", "/rollout help")
    request = listener.received[0]
    assert (request.type, request.payload["text"]) == ("slash_commands", "help")
    assert request.accepts_response_payload is True
    assert answer == {"status": 200, "body": {"text": "over the socket"}}
    assert slack.view("U01MARA")["conversations"][0]["messages"][0]["text"] == "over the socket"
    assert connected.received == []


async def test_an_unacknowledged_event_comes_again(
    slack: SandboxSlack, socket: SocketModeClient, listener: Listener
) -> None:
    """An event without acknowledgement is sent again, with the attempt's number and the reason."""
    listener.silent = True
    await slack.home("U01MARA")
    listener.silent = False
    await until(lambda: len(listener.received) >= 2)
    first, second = listener.received[:2]
    assert first.payload["event_id"] == second.payload["event_id"]
    assert (second.retry_attempt, second.retry_reason) == (1, "http_timeout")
    assert first.envelope_id != second.envelope_id


async def test_a_command_without_acknowledgement_is_reported(
    slack: SandboxSlack, socket: SocketModeClient, listener: Listener
) -> None:
    """A command that is not acknowledged times out and is not repeated."""
    listener.silent = True
    answer = await slack.command("U01MARA", "C01CLIENT", "/rollout")
    assert answer["failure"] == "operation_timeout"
    await asyncio.sleep(0.05)
    assert len(listener.received) == 1


async def test_a_refresh_makes_the_client_come_again(
    slack: SandboxSlack, socket: SocketModeClient, listener: Listener
) -> None:
    """After `disconnect` the client opens a new connection, and envelopes arrive again."""
    await slack.sockets.disconnect()
    await until(lambda: len(slack.calls_of("apps.connections.open")) >= 2 and slack.sockets.connected)
    await slack.home("U01MARA")
    await until(lambda: bool(listener.received))
    assert listener.received[-1].payload["event"]["type"] == "app_home_opened"


async def test_without_a_socket_http_is_used(
    slack: SandboxSlack, socket: SocketModeClient, connected: ConnectedApp
) -> None:
    """When the last socket is gone, signed HTTP is used again."""
    await socket.close()  # type: ignore[no-untyped-call]
    await until(lambda: not slack.sockets.connected)
    await slack.home("U01MARA")
    assert connected.received[0].signed
