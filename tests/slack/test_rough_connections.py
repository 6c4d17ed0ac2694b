"""Connections as an attacker makes them, to the server that really runs: slow, many, large, broken; good ones are answered."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack import connections, doorkeeper
from bot.slack.client import SlackClient
from bot.slack.serve import serve
from scheduler.clock import SystemClock
from tests.slack.little_slack import LittleSlack
from tests.slack.test_serve import ask, settings_for
from tests.slack.test_web import FORM, SECRET, command, signed

MEGABYTE = 1024 * 1024
LARGE = 50 * MEGABYTE


class Door:
    """A running bot, seen from the network."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/slack/events"
        self._open: list[asyncio.StreamWriter] = []

    async def knock(self, *said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._open.append(writer)
        for each in said:
            writer.write(each)
        await writer.drain()
        return reader, writer

    async def heard(self, *said: bytes) -> bytes:
        """Everything that comes back until the door is closed."""
        reader, _ = await self.knock(*said)
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(reader.read(), 10)
        return b""

    async def good(self) -> float:
        """Seconds that a good request takes; it has to be answered."""
        body = command(f"still there {time.perf_counter()}?")
        began = time.perf_counter()
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.post(self.url, content=body, headers=signed(body))
        assert (answer.status_code, answer.text) == (200, "Heard.")
        return time.perf_counter() - began

    async def close(self) -> None:
        for writer in self._open:
            writer.close()
        self._open.clear()


@pytest.fixture
async def door(client: SlackClient, little_slack: LittleSlack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """A bot that is served, with less patience than usual and room for fewer."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "MOST", 40)
    monkeypatch.setitem(doorkeeper.Doorkeeper.__init__.__kwdefaults__ or {}, "body_seconds", 1.0)
    little_slack.tell("auth.test", {"user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1"})
    bolt = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)

    @bolt.command("/ask")
    async def heard(ack: AsyncAck) -> None:
        await ack(text="Heard.")

    settings, stop = settings_for(little_slack, slack_signing_secret=SECRET), asyncio.Event()
    running = asyncio.create_task(serve(bolt, settings, clock=SystemClock(), stop=stop.wait()))
    await ask(settings, "/healthz")
    door = Door(settings.port)
    yield door
    await door.good()
    await door.close()
    stop.set()
    await asyncio.wait_for(running, 15)


def request(headers: dict[str, str], body: bytes = b"", *, method: str = "POST", path: str = "/slack/events") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bot", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def closed_within(seconds: float, reader: asyncio.StreamReader) -> bool:
    try:
        await asyncio.wait_for(reader.read(), seconds)
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


async def test_who_says_nothing_is_let_go(door: Door) -> None:
    """Silence, a byte now and then, a head without an end: none keeps a connection."""
    silent, _ = await door.knock()
    half, _ = await door.knock(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n")
    slow, writer = await door.knock(b"G")

    async def trickle() -> None:
        for _ in range(30):
            with contextlib.suppress(ConnectionError):
                writer.write(b"E")
            await asyncio.sleep(0.1)

    trickling = asyncio.create_task(trickle())
    for reader in (silent, half, slow):
        assert await closed_within(5, reader)
    trickling.cancel()


async def test_a_body_that_trickles_is_let_go(door: Door) -> None:
    """A byte at a time, with a head that could be Slack's: an answer that says why, within seconds."""
    head = request({**signed(b""), "Content-Length": "1000"})
    reader, writer = await door.knock(head)

    async def trickle() -> None:
        for _ in range(50):
            with contextlib.suppress(ConnectionError):
                writer.write(b"x")
            await asyncio.sleep(0.1)

    trickling = asyncio.create_task(trickle())
    answer = await asyncio.wait_for(reader.read(), 5)
    assert b" 408 " in answer.split(b"\r\n")[0]
    trickling.cancel()


async def test_a_body_that_trickles_after_its_answer_is_let_go(door: Door) -> None:
    """The rest of a body that nobody wants is not waited for either."""
    reader, writer = await door.knock(request({"Content-Length": "100000000", "Content-Type": FORM}))
    assert b" 401 " in await reader.readline()

    async def trickle() -> None:
        for _ in range(50):
            with contextlib.suppress(ConnectionError):
                writer.write(b"x" * 100)
            await asyncio.sleep(0.1)

    trickling = asyncio.create_task(trickle())
    assert await closed_within(5, reader)
    trickling.cancel()


async def test_many_who_wait_do_not_keep_out_who_has_something_to_say(door: Door) -> None:
    """Three times as many slow ones as there is room for: a good request gets in at once."""
    for _ in range(120):
        await door.knock(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n")
    assert await door.good() < 3


@pytest.mark.parametrize("size", [MEGABYTE + 1, LARGE])
@pytest.mark.parametrize("announced", [True, False])
async def test_large_bodies_are_answered_and_not_kept(door: Door, size: int, announced: bool) -> None:
    """One megabyte and fifty, with a length or in chunks: a 4xx that arrives, and no memory for it."""
    before = memory()
    headers = {**signed(b"x"), **({"Content-Length": str(size)} if announced else {"Transfer-Encoding": "chunked"})}
    reader, writer = await door.knock(request(headers))
    block = b"x" * 65_536

    async def pour() -> None:
        with contextlib.suppress(ConnectionError):
            sent = 0
            while sent < size:
                part = block[: size - sent]
                writer.write(part if announced else b"%x\r\n%s\r\n" % (len(part), part))
                await writer.drain()
                sent += len(part)
            writer.write(b"" if announced else b"0\r\n\r\n")

    pouring = asyncio.create_task(pour())
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 10)
    await asyncio.wait_for(pouring, 10)
    assert memory() - before < 20 * MEGABYTE


def memory() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_large_bodies_all_at_once_leave_room_for_small_ones(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """What many hold at a time is bounded; an ordinary request is always taken."""
    monkeypatch.setattr(doorkeeper, "HELD_BYTES", 2 * MEGABYTE)
    part = b"x" * (900 * 1024)
    head = request({**signed(b""), "Content-Length": str(MEGABYTE)})
    readers = [(await door.knock(head, part))[0] for _ in range(6)]
    await door.good()
    heard = await asyncio.gather(*(asyncio.wait_for(reader.readline(), 10) for reader in readers))
    assert any(b" 503 " in line for line in heard), heard
    assert any(b" 408 " in line for line in heard), heard


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (request({"X": "y" * 100_000}), b"4"),
        (request({f"X-{n}": "y" * 50 for n in range(5000)}), b"4"),
        (b"\x16\x03\x01\x02\x00\x01\x00", b"4"),
        (b"POST /slack/events HTTP/9.9\r\n\r\n", b"4"),
        (request({"Content-Length": "-1"}), b"4"),
        (request({"Content-Length": "1", "Transfer-Encoding": "chunked"}), b"4"),
        (request({"Transfer-Encoding": "chunked"}, b"zz\r\n"), b"4"),
        (request({"Connection": "close"}, method="GET"), b"405"),
        (request({"Connection": "close"}, method="TRACE"), b"405"),
        (request({"Connection": "close"}, method="BREW"), b"405"),
        (request({"Connection": "close"}, method="DELETE", path="/healthz"), b"405"),
        (request({"Connection": "close"}, path="/slack/events/../../etc/passwd"), b"404"),
        (request({"Connection": "close"}, path="/slack/events%00"), b"404"),
        (request({"Connection": "close"}, path="//slack//events"), b"404"),
        (
            request({"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}, method="GET"),
            b"405",
        ),
        (request({"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c"}, method="GET"), b"405"),
    ],
    ids=lambda value: repr(value[:50]),
)
async def test_what_is_no_request_of_slacks_is_a_4xx(door: Door, said: bytes, status: bytes) -> None:
    """Floods of headers, other protocols, other methods, other paths."""
    reader, _ = await door.knock(said)
    line = await asyncio.wait_for(reader.readline(), 5)
    assert line.split()[1].startswith(status), line


@pytest.mark.parametrize("name", ["X-Slack-Signature", "X-Slack-Request-Timestamp", "Content-Type"])
async def test_a_header_that_stands_there_twice_is_refused(door: Door, name: str) -> None:
    """Of two signatures, one would be looked at and the other used."""
    body = command("twice")
    headers = signed(body)
    said = request({**headers, "Content-Length": str(len(body)), name.lower(): headers[name]}, body)
    reader, _ = await door.knock(said)
    assert b" 400 " in await reader.readline()


async def test_a_bomb_is_not_unpacked(door: Door) -> None:
    """What says that it is compressed is taken as it is, which is no text."""
    body = gzip.compress(b"\x00" * (20 * MEGABYTE))
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(door.url, content=body, headers={**signed(body), "Content-Encoding": "gzip"})
    assert answer.status_code == 400


async def test_one_after_the_other_on_one_connection(door: Door) -> None:
    """Requests that do not wait for the answer before are answered in their order."""
    said = []
    for number in range(50):
        body = command(f"number {number}")
        said.append(request({**signed(body), "Content-Length": str(len(body))}, body))
    said.append(request({"Connection": "close"}, method="GET", path="/healthz"))
    assert (await door.heard(*said)).count(b"Heard.") == 50


async def test_who_hangs_up_leaves_nothing_behind(door: Door, logged: Callable[[], str]) -> None:
    """Two hundred who go in the middle of a head or a body: no error, and nothing of theirs in the log."""
    for number in range(200):
        body = command("hello")
        said = request({**signed(body), "Content-Length": str(len(body))}, body)
        _, writer = await door.knock(said[: (number * 7) % len(said)])
        writer.transport.abort()
    await door.good()
    said_in_log = logged()
    assert "hello" not in said_in_log
    assert '"level": "error"' not in said_in_log
