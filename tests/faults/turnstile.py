"""Stands before the sandbox's Web API and holds one request at the very moment at which a test wants the bot to die."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Turnstile:
    """Lets everything through, but for the one request that it was told to hold."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app
        self._method = ""
        self._done = False
        self.reached = asyncio.Event()

    def hold(self, method: str, *, done: bool) -> None:
        """Hold the next call of this method for good: before its work is done, or after it, with the answer kept back."""
        self._method, self._done = method, done
        self.reached.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or hold until the caller is gone."""
        if scope["type"] != "http" or not self._method or scope["path"] != f"/api/{self._method}":
            await self._app(scope, receive, send)
            return
        self._method = ""
        if self._done:
            await self._app(scope, receive, _nobody)
        self.reached.set()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _nobody(_message: Message) -> None:
    """Where an answer goes that nobody gets."""
