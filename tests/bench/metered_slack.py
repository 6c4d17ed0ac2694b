"""A Slack that takes so many messages in any sixty seconds and one a second per conversation, and refuses the rest."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import web

WINDOW = 60.0
LATENCY = (0.05, 0.25)
"""Seconds that an answer takes."""


@dataclass
class MeteredSlack:
    """Keeps the moments of the messages that it took, and how many it refused."""

    per_minute: int
    taken: list[float] = field(default_factory=list)
    refused: int = 0
    url: str = ""
    _window: deque[float] = field(default_factory=deque)
    _last: dict[str, float] = field(default_factory=dict)
    _dice: Random = field(default_factory=lambda: Random(7))

    async def api(self, request: web.Request) -> web.Response:
        """Any method; only posting is limited."""
        method = request.match_info["method"]
        given: dict[str, Any] = dict(await request.post()) if request.content_type != "application/json" else {}
        given = given or await request.json()
        now = time.monotonic()
        if method == "chat.postMessage":
            channel = str(given["channel"])
            while self._window and self._window[0] <= now - WINDOW:
                self._window.popleft()
            if len(self._window) >= self.per_minute or now - self._last.get(channel, now - WINDOW) < 1:
                self.refused += 1
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"}
                )
            self._window.append(now)
            self._last[channel] = now
            self.taken.append(now)
        await asyncio.sleep(self._dice.uniform(*LATENCY))
        who = {"team_id": "T1", "user_id": "U0BOT", "bot_id": "B0BOT", "user": "bot"}
        return web.json_response({"ok": True, "channel": given.get("channel", "C1"), "ts": f"{now:.6f}", **who})


@asynccontextmanager
async def metered_slack(per_minute: int) -> AsyncIterator[MeteredSlack]:
    """Listens on loopback for as long as it is needed."""
    slack = MeteredSlack(per_minute)
    site_app = web.Application()
    site_app.router.add_post("/api/{method}", slack.api)
    runner = web.AppRunner(site_app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    try:
        yield slack
    finally:
        await runner.cleanup()
