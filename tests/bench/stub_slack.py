"""A Slack that says yes to everything and costs next to nothing, so that what is measured is the bot."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

WHO = {"ok": True, "url": "http://127.0.0.1/", "team_id": "T1", "user_id": "U0BOT", "bot_id": "B0BOT", "user": "bot"}
ANSWER = {**WHO, "channel": "C0ALL", "ts": "1.000001", "view": {"id": "V1"}, "members": [], "channels": []}


@dataclass
class StubSlack:
    """Counts calls by the last part of their path; `port` is on loopback."""

    port: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    _body: bytes = json.dumps(ANSWER).encode()

    @property
    def answer(self) -> bytes:
        """What every call gets."""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self._body)}\r\n\r\n"
        return head.encode() + self._body


class _Line(asyncio.Protocol):
    def __init__(self, slack: StubSlack) -> None:
        self._slack = slack
        self._heard = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._heard[:end])
            at = head.lower().find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._heard) < end + 4 + length:
                return
            del self._heard[: end + 4 + length]
            path = head.split(b" ", 2)[1].split(b"?", 1)[0]
            self._slack.calls[path.rstrip(b"/").rsplit(b"/", 1)[-1].decode()] += 1
            self._transport.write(self._slack.answer)


@asynccontextmanager
async def stub_slack() -> AsyncIterator[StubSlack]:
    """Listens on loopback for as long as it is needed."""
    slack = StubSlack()
    server = await asyncio.get_running_loop().create_server(lambda: _Line(slack), "127.0.0.1", 0)
    slack.port = server.sockets[0].getsockname()[1]
    try:
        yield slack
    finally:
        server.close()
