"""Taking requests from Slack: over HTTP, or over Socket Mode when there is a token for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

import structlog
import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.settings import Settings
from bot.slack.web import web_app

log = structlog.get_logger(__name__)

WATCH_EVERY = 10
STALE_AFTER = 60
"""Seconds without a pong or a message after which a socket counts as dead, however healthy it looks."""


async def serve(bolt: AsyncApp, settings: Settings, *, stop: Awaitable[Any]) -> None:
    """Serve until `stop` is done. Health is always on HTTP; Slack comes that way too unless there is an app token."""
    socket = None
    app_token = settings.slack_app_token.get_secret_value()
    if app_token:
        socket = Socket(bolt, app_token)
        await socket.connect()
    config = uvicorn.Config(
        web_app(bolt),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    stopping = asyncio.ensure_future(stop)
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        if socket is not None:
            await socket.close()
        await serving
        stopping.cancel()


class Socket:
    """A Socket Mode connection with a watchdog of our own."""

    def __init__(self, bolt: AsyncApp, app_token: str) -> None:
        """Connect to nothing yet."""
        self._handler = AsyncSocketModeHandler(bolt, app_token, ping_interval=5)
        self._watchdog: asyncio.Task[None] | None = None
        self._last_seen = time.monotonic()

    async def connect(self) -> None:
        """Open the connection and begin to watch it."""
        client = self._handler.client
        client.message_listeners.append(self._seen)
        await self._handler.connect_async()
        self._watchdog = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Stop watching and hang up."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        await self._handler.close_async()

    async def _seen(self, *_message: object) -> None:
        self._last_seen = time.monotonic()

    async def _watch(self) -> None:
        client = self._handler.client
        while True:
            await asyncio.sleep(WATCH_EVERY)
            pong = getattr(client, "last_ping_pong_time", None)
            silent = time.monotonic() - self._last_seen
            stale = pong is not None and time.time() - pong > STALE_AFTER and silent > STALE_AFTER
            if stale or not await client.is_connected():
                log.warning("socket_reconnect", silent_seconds=round(silent))
                try:
                    await client.connect_to_new_endpoint(force=True)
                except Exception as error:  # noqa: BLE001 - whatever went wrong, the watchdog must go on watching
                    log.warning("socket_reconnect_failed", error=type(error).__name__)
