"""Socket Mode: requests arrive, a dead socket is noticed and replaced, and a refusal is said in a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack import socket_mode
from bot.slack.client import SlackClient
from bot.slack.socket_mode import SocketMode, SocketRefused, run_socket_mode
from tests.slack.little_slack import LittleSlack, Says

COMMAND = {
    "type": "slash_commands",
    "envelope_id": "e1",
    "accepts_response_payload": True,
    "payload": {"command": "/ask", "text": "what is in the payload?", "user_id": "U1", "team_id": "T1"},
}


class Listening:
    """A bot on a socket, and what it was told."""

    def __init__(self, client: SlackClient, **bounds: float) -> None:
        self.typed: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.bolt = AsyncApp(client=client, process_before_response=True)

        @self.bolt.command("/ask")
        async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
            self.typed.append(body["text"])
            await self.hold.wait()
            await ack(text="Heard.")

        self.socket = SocketMode(self.bolt, "xapp-1", client, **bounds)
        self.stop = asyncio.Event()
        self.running = asyncio.create_task(self.socket.run(self.stop))


@pytest.fixture
async def listening(
    client: SlackClient, little_slack: LittleSlack, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Listening]:
    """A bot that listens, with a short patience."""
    monkeypatch.setattr(socket_mode, "PING_SECONDS", 0.05)
    address = f"ws://127.0.0.1:{little_slack.port}/socket"
    little_slack.tell("apps.connections.open", {"url": address})
    little_slack.tell("auth.test", {"user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1"})
    bot = Listening(client, stale_seconds=2.0, watch_seconds=0.02)
    yield bot
    bot.stop.set()
    bot.hold.set()
    await asyncio.wait_for(bot.running, 10)


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_command_is_answered_over_the_socket(little_slack: LittleSlack, listening: Listening) -> None:
    """The envelope is acknowledged with the answer in it, after it was handled; plain ws:// will do."""
    await until(lambda: little_slack.sockets and listening.socket.alive())
    await little_slack.sockets[0].send_json(COMMAND)
    await until(lambda: little_slack.acknowledged)
    assert listening.typed == ["what is in the payload?"]
    assert little_slack.acknowledged[0]["envelope_id"] == "e1"
    assert little_slack.acknowledged[0]["payload"]["text"] == "Heard."


async def test_a_quiet_socket_stays_alive_by_its_pongs(little_slack: LittleSlack, listening: Listening) -> None:
    """No message for a while is not death: pongs count."""
    await until(lambda: little_slack.sockets and listening.socket.alive())
    await asyncio.sleep(3.0)
    assert listening.socket.alive()
    assert len(little_slack.calls("apps.connections.open")) == 1


async def test_a_client_that_gave_up_is_replaced(little_slack: LittleSlack, listening: Listening) -> None:
    """The SDK's client no longer watches, and the connection looks open: it is found out, and there is a new one."""
    await until(lambda: little_slack.sockets and listening.socket.alive())
    stuck = listening.socket._connection
    assert stuck is not None
    assert stuck.client.current_session_monitor is not None
    stuck.client.current_session_monitor.cancel()
    stuck.client.auto_reconnect_enabled = False
    await until(lambda: listening.socket._connection is not stuck)
    await until(listening.socket.alive)
    await little_slack.sockets[-1].send_json(COMMAND)
    await until(lambda: listening.typed)


async def test_a_server_that_falls_silent_is_connected_to_again(
    little_slack: LittleSlack, listening: Listening
) -> None:
    """Nothing comes back for a while, over any connection; afterwards commands arrive as before."""
    await until(lambda: little_slack.sockets and listening.socket.alive())
    little_slack.deaf = True
    await until(lambda: len(little_slack.calls("apps.connections.open")) > 1)
    little_slack.deaf = False
    await asyncio.sleep(0.5)
    await until(lambda: little_slack.sockets and listening.socket.alive())
    await little_slack.sockets[-1].send_json(COMMAND)
    await until(lambda: little_slack.acknowledged)
    assert listening.typed == ["what is in the payload?"]


async def test_a_refresh_is_followed(little_slack: LittleSlack, listening: Listening) -> None:
    """Slack asks every few hours to come again; that is no outage."""
    await until(lambda: little_slack.sockets and listening.socket.alive())
    first = little_slack.sockets[0]
    await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
    await until(lambda: little_slack.sockets and little_slack.sockets[-1] is not first)
    await little_slack.sockets[-1].send_json(COMMAND)
    await until(lambda: little_slack.acknowledged)
    assert listening.typed == ["what is in the payload?"]


async def test_what_is_being_answered_is_answered_before_hanging_up(
    little_slack: LittleSlack, listening: Listening
) -> None:
    """Stopping the process waits for the handler that is under way."""
    await until(lambda: little_slack.sockets and listening.socket.alive())
    listening.hold.clear()
    await little_slack.sockets[0].send_json(COMMAND)
    await until(lambda: listening.typed)
    listening.stop.set()
    await asyncio.sleep(0.2)
    listening.hold.set()
    await asyncio.wait_for(listening.running, 10)
    await until(lambda: little_slack.acknowledged)
    assert listening.socket.last_seen() is None


async def test_a_token_that_is_refused_ends_it_with_a_sentence(client: SlackClient, little_slack: LittleSlack) -> None:
    """Trying for ever with a wrong token would look like a bot that runs."""
    little_slack.tell("apps.connections.open", Says({"ok": False, "error": "invalid_auth"}))
    bolt = AsyncApp(client=client)
    with pytest.raises(SocketRefused, match=r"^SLACK_APP_TOKEN: .*invalid_auth.*connections:write"):
        await run_socket_mode(bolt, "xapp-1", client, asyncio.Event())


async def test_an_outage_at_the_start_is_waited_out(
    client: SlackClient, little_slack: LittleSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack's own trouble is no reason to give up."""
    monkeypatch.setattr(socket_mode, "LONGEST_WAIT", 0.01)
    address = f"ws://127.0.0.1:{little_slack.port}/socket"
    little_slack.tell("apps.connections.open", Says(cut=True), Says("", 503), Says({"ok": True}), {"url": address})
    bot = Listening(client)
    await until(lambda: little_slack.sockets and bot.socket.alive())
    bot.stop.set()
    await asyncio.wait_for(bot.running, 10)
    assert len(little_slack.calls("apps.connections.open")) == 4
