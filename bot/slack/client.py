"""The one Web API client: no retries of its own, since the SDK's default posts twice on a dropped connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.request import proxy_bypass

import aiohttp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.settings import Settings

TIMEOUT_SECONDS = 10
CONNECT_SECONDS = 5.0
KEPT_OPEN_SECONDS = 4.0
"""Servers close idle connections after five seconds or more; ours go first, so that no request meets a closing one."""
CONNECTIONS = 20


class SlackClient(AsyncWebClient):
    """An AsyncWebClient that keeps its connections open, and lets go of them when it is closed."""

    def __init__(self, *, token: str, base_url: str) -> None:
        """Connect to nothing yet."""
        super().__init__(token=token, base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        if reached_directly(base_url):
            self.proxy = None

    async def open(self) -> None:
        """Open the shared session, inside the event loop that will use it."""
        if self.session is None or self.session.closed:
            self.session = new_session()

    async def close(self) -> None:
        """Close the shared session."""
        if self.session is not None:
            await self.session.close()
            self.session = None


def make_client(settings: Settings) -> SlackClient:
    """The client for the server that the settings name; it still has to be opened."""
    return SlackClient(token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)


def with_proxy_of(client: AsyncWebClient) -> Callable[..., Awaitable[None]]:
    """A middleware for Bolt's `before_authorize`.

    Bolt makes a copy of the client for each request, and the copy reads HTTPS_PROXY again, wanted or not.
    """

    async def use_the_same(context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
        if context.client is not None:
            context.client.proxy = client.proxy
        await next_()

    return use_the_same


def new_session() -> aiohttp.ClientSession:
    """A session with our bounds. `connect` is apart from `total`, so that a request that never left can be told."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_OPEN_SECONDS),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def reached_directly(address: str) -> bool:
    """Whether a server is on this machine or named in NO_PROXY: the SDK would send even these through a proxy."""
    host = URL(address).host or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return bool(proxy_bypass(host))
