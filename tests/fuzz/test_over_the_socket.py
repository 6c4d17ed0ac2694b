"""The same over Socket Mode: envelopes that are none, payloads that are broken; the socket stays open and is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from bot.slack.client import SlackClient
from bot.slack.socket_mode import SocketMode
from tests.e2e.conftest import MARA
from tests.fuzz.odd_payloads import CANARY, broken, nested
from tests.fuzz.payloads import every_kind
from tests.fuzz.siege import Siege, besieged, everything_logged
from tests.fuzz.test_over_http import ASKING, LONG, MEETINGS, SEED, STRANGER, copied
from tests.slack.little_slack import LittleSlack

pytestmark = pytest.mark.asyncio(loop_scope="module")
TYPES = {"command": "slash_commands", "interactive": "interactive", "event": "events_api"}


class Line:
    """Slack's end of the socket."""

    def __init__(self, slack: LittleSlack) -> None:
        self.slack = slack

    async def send(self, envelope: Any) -> None:
        text = envelope if isinstance(envelope, str) else json.dumps(envelope)
        await self.slack.sockets[0].send_str(text)

    async def acknowledged(self, envelope_id: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while True:
                for each in self.slack.acknowledged:
                    if each.get("envelope_id") == envelope_id:
                        return each
                await asyncio.sleep(0.01)

    async def good(self, name: str) -> None:
        """A good envelope is answered."""
        payload = {"command": "/rollout", "text": "help", "user_id": MARA, "team_id": "T"}
        await self.send({"type": "slash_commands", "envelope_id": name, "payload": payload})
        assert "/rollout check" in json.dumps(await self.acknowledged(name))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def siege(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    """The bot, as it is served over HTTP as well."""
    async with besieged(tmp_path_factory.mktemp("socket") / "scratch") as siege:
        yield siege


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(siege: Siege) -> AsyncIterator[Line]:
    """The bot's socket to a Slack that sends what it is told."""
    slack = LittleSlack()
    await slack.open()
    slack.tell("apps.connections.open", {"url": f"ws://127.0.0.1:{slack.port}/socket"})
    client, stop = SlackClient(token="xoxb-a-token", base_url=slack.api_url), asyncio.Event()
    running = asyncio.create_task(SocketMode(siege.office.bot.bolt, "xapp-1", client).run(stop))
    async with asyncio.timeout(20):
        while not slack.sockets:
            await asyncio.sleep(0.01)
    yield Line(slack)
    stop.set()
    await running
    await client.close()
    await slack.close()


async def test_envelopes_that_are_none(siege: Siege, line: Line, capfd: pytest.CaptureFixture[str]) -> None:
    """No JSON, no id, no payload, unknown types, ids and payloads of other kinds: passed over, and the next is answered."""
    before = await siege.digest()
    payload = {"type": "block_actions", "user": {"id": CANARY}, "x": CANARY}
    odd: list[Any] = [
        CANARY,
        "{",
        "7",
        "null",
        "[]",
        '"' + CANARY + '"',
        nested(20_000),
        '{"type": NaN}',
        {"type": "interactive"},
        {"type": "interactive", "payload": payload},
        {"type": "interactive", "envelope_id": None, "payload": payload},
        {"type": "interactive", "envelope_id": {"a": [CANARY]}, "payload": payload},
        {"type": "interactive", "envelope_id": 7, "payload": [payload]},
        {"type": "interactive", "envelope_id": "text", "payload": CANARY},
        {"type": "interactive", "envelope_id": "null", "payload": None},
        {"type": CANARY, "envelope_id": "unknown", "payload": payload},
        {"type": ["events_api"], "envelope_id": "list", "payload": payload},
        {"type": "events_api", "envelope_id": "\ud800", "payload": payload},
        {"envelope_id": "untyped", "payload": payload},
        {"type": "hello", "debug_info": CANARY},
        {"type": "disconnect", "reason": ["x"], "debug_info": 7} if LONG else {"type": "error", "error": CANARY},
    ]
    with everything_logged():
        for place, envelope in enumerate(odd):
            await line.send(envelope)
            if place % 5 == 0:
                await line.good(f"good {place}")
        await line.good("good at the end")
        said = capfd.readouterr().err
    assert CANARY not in said
    after = await siege.digest()
    assert {table for table in after if after[table] != before[table]} <= ASKING


async def test_broken_payloads(siege: Siege, line: Line, capfd: pytest.CaptureFixture[str]) -> None:
    """What a stranger sends over the socket changes nothing either; nothing goes wrong unforeseen."""
    chance = Random(SEED + 9)
    values, about = copied(siege, chance)
    whole = [
        (TYPES[way], each)
        for way, each in every_kind(STRANGER, values, about, CANARY)
        if each.get("event", {}).get("type") not in MEETINGS
    ]
    before = await siege.digest()
    capfd.readouterr()
    with everything_logged():
        for number, (kind, each) in enumerate(chance.choices(whole, k=200 + LONG)):
            await line.send({"type": kind, "envelope_id": f"odd {number}", "payload": broken(each, chance)})
        await line.good("after all that")
        await siege.rest()
        said = capfd.readouterr().err
    assert CANARY not in said
    for word in ("unforeseen", "answer_failed"):
        assert word not in said, (SEED, next(each for each in said.splitlines() if word in each))
    after = await siege.digest()
    assert {table for table in after if after[table] != before[table]} <= ASKING


async def test_an_envelope_that_comes_again_acts_once(siege: Siege, line: Line) -> None:
    """Slack sends again what it has no acknowledgement of: it gets one, and nothing is done twice."""
    payload = {"command": "/ask", "text": "my dog is purple again", "user_id": "U01WREN", "team_id": "T"}
    envelope = {"type": "slash_commands", "envelope_id": "the same", "payload": payload}
    await line.send(envelope)
    await line.acknowledged("the same")
    before = await siege.digest()
    for _ in range(3):
        await line.send(envelope)
    async with asyncio.timeout(10):
        while sum(each.get("envelope_id") == "the same" for each in line.slack.acknowledged) < 4:
            await asyncio.sleep(0.01)
    assert await siege.digest() == before
