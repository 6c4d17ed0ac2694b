"""The one Web API client: no retries of its own, since the SDK's default posts twice on a dropped connection."""

from __future__ import annotations

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT_SECONDS = 10


class SlackClient(AsyncWebClient):
    """An AsyncWebClient that keeps its connections open, and lets go of them when it is closed."""

    def __init__(self, *, token: str, base_url: str) -> None:
        """Connect to nothing yet. `base_url` ends with a slash."""
        super().__init__(token=token, base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])

    async def open(self) -> None:
        """Open the shared session, inside the event loop that will use it."""
        if self.session is None:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))

    async def close(self) -> None:
        """Close the shared session."""
        if self.session is not None:
            await self.session.close()
            self.session = None
