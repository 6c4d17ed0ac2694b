"""Serving until told to stop; a port that is taken is a sentence, not a trace."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp

from bot.domain.health import Check
from bot.settings import Settings, SettingsProblem
from bot.slack.client import SlackClient
from bot.slack.serve import open_door, serve
from scheduler.clock import SystemClock
from tests.slack.little_slack import LittleSlack, Says


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def settings_for(little_slack: LittleSlack, **given: Any) -> Settings:
    return Settings(_env_file=None, port=free_port(), slack_api_url=little_slack.api_url, **given)


async def ask(settings: Settings, path: str) -> httpx.Response:
    """The answer, as soon as somebody listens."""
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(200):
            try:
                return await http.get(f"http://127.0.0.1:{settings.port}{path}")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    pytest.fail("nobody listens")


async def test_http_is_served_until_it_is_stopped(client: SlackClient, little_slack: LittleSlack) -> None:
    """Health, readiness and Slack's requests on one port; then the port is free again."""
    settings, stop = settings_for(little_slack, slack_signing_secret="shh"), asyncio.Event()
    bolt = AsyncApp(client=client, signing_secret="shh", process_before_response=True)

    async def ready() -> list[Check]:
        return [Check("database", ok=False, seen="does not answer", fix="Start it.")]

    running = asyncio.create_task(serve(bolt, settings, clock=SystemClock(), stop=stop.wait(), ready=ready))
    assert (await ask(settings, "/healthz")).json() == {"ok": True}
    assert (await ask(settings, "/readyz")).status_code == 503
    assert (await ask(settings, "/slack/events")).status_code == 405, "only POST"
    stop.set()
    await asyncio.wait_for(running, 10)
    open_door("127.0.0.1", settings.port).close()


def test_an_answer_does_not_wait_for_its_own_head() -> None:
    """Connections that come in send small packets at once; asyncio sees to that for doors of its own making only."""
    with open_door("127.0.0.1", 0) as door, socket.create_connection(door.getsockname()):
        inside, _ = door.accept()
        with inside:
            assert inside.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_on_a_socket_http_only_tells_of_health(client: SlackClient, little_slack: LittleSlack) -> None:
    """With an app token Slack's requests come over the socket, and readiness knows whether it lives."""
    address = f"ws://127.0.0.1:{little_slack.port}/socket"
    little_slack.tell("apps.connections.open", Says(cut=True), {"url": address})
    settings, stop = settings_for(little_slack, slack_app_token="xapp-1"), asyncio.Event()
    running = asyncio.create_task(serve(AsyncApp(client=client), settings, clock=SystemClock(), stop=stop.wait()))
    assert (await ask(settings, "/slack/events")).status_code == 404
    assert (await ask(settings, "/readyz")).status_code == 503
    async with asyncio.timeout(10):
        while (await ask(settings, "/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 15)


async def test_a_refused_app_token_stops_everything_with_a_sentence(
    client: SlackClient, little_slack: LittleSlack
) -> None:
    """The process ends rather than pretending to run."""
    little_slack.tell("apps.connections.open", Says({"ok": False, "error": "invalid_auth"}))
    settings = settings_for(little_slack, slack_app_token="xapp-1")
    with pytest.raises(SettingsProblem, match="SLACK_APP_TOKEN"):
        await serve(AsyncApp(client=client), settings, clock=SystemClock(), stop=asyncio.Event().wait())


def test_a_port_that_is_taken_is_a_sentence() -> None:
    """It names the setting to change."""
    taken = "^PORT: [0-9]+ on 127[.]0[.]0[.]1 cannot be used"
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SettingsProblem, match=taken):
        open_door("127.0.0.1", other.getsockname()[1])


async def test_a_port_that_is_taken_ends_it_before_anything_begins(
    client: SlackClient, little_slack: LittleSlack
) -> None:
    """Nothing is left running, and nothing was asked of Slack."""
    settings = settings_for(little_slack, slack_app_token="xapp-1")
    with socket.create_server(("127.0.0.1", settings.port)), pytest.raises(SettingsProblem, match=r"^PORT"):
        await serve(AsyncApp(client=client), settings, clock=SystemClock(), stop=asyncio.Event().wait())
    assert little_slack.heard == []
