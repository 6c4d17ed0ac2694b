"""Brings events, commands and clicks to the app, over a socket when one is open, else over HTTP; events come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from bot.sandbox.lines import EVENT, HttpLine, Line, NoReply, Reply, Retry
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.wire import Json

RETRY_DELAYS = (0.0, 60.0, 300.0)


class Courier:
    """Knows the ways to the app, and which deliveries are still under way."""

    def __init__(
        self,
        *,
        socket_mode: SocketMode,
        signing_secret: str,
        ack_seconds: float,
        retry_delays: Sequence[float],
    ) -> None:
        """`retry_delays` are the waits, in real seconds, before each further try of an event."""
        self._sockets = socket_mode
        self._secret = signing_secret
        self._ack_seconds = ack_seconds
        self._retry_delays = tuple(retry_delays)
        self._http: HttpLine | None = None
        self._url: str | None = None
        self._first_tries: set[asyncio.Task[None]] = set()
        self._retries: set[asyncio.Task[None]] = set()
        self._idle_lines: list[HttpLine] = []

    @property
    def url(self) -> str | None:
        """The app's address for HTTP; None while there is none."""
        return self._url

    @url.setter
    def url(self, url: str | None) -> None:
        if self._http is not None:
            self._idle_lines.append(self._http)
        self._url = url
        self._http = HttpLine(url, self._secret, self._ack_seconds) if url else None

    async def ask(self, kind: str, payload: Json) -> Reply:
        """Send a command or an interaction, once, and wait for the answer; raises NoReply."""
        return await self._line().send(kind, payload, None)

    async def tell(self, body: Json, retry: Retry | None = None) -> None:
        """Deliver an Events API body and wait for the first try; further tries follow by themselves."""
        try:
            reply = await self._line().send(EVENT, body, retry)
        except NoReply as silent:
            reason = silent.reason
        else:
            if reply.taken or reply.no_retry:
                return
            reason = "http_error"
        if self._reachable() and retry is None:
            self._keep(self._again(body, reason), self._retries)

    def tell_soon(self, body: Json) -> None:
        """Deliver an Events API body without waiting, if there is an app to deliver to."""
        if self._reachable():
            self._keep(self.tell(body), self._first_tries)

    async def settle_after(self, announce: Callable[[Json], None], event: Json) -> None:
        """Announce an event that a person caused, and wait until the app has had its first chance to take it."""
        before = set(self._first_tries)
        announce(event)
        new = self._first_tries - before
        if new:
            await asyncio.gather(*new)

    async def settle(self) -> None:
        """Wait until every event has been tried once."""
        while self._first_tries:
            await asyncio.gather(*self._first_tries)

    async def close(self) -> None:
        """Drop what is under way and let go of all connections."""
        tasks = [*self._first_tries, *self._retries]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in [*self._idle_lines, *([self._http] if self._http else [])]:
            await line.close()
        await self._sockets.close()

    async def forget(self) -> None:
        """Drop what is under way: the workspace starts over."""
        tasks = [*self._first_tries, *self._retries]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again(self, body: Json, reason: str) -> None:
        for number, delay in enumerate(self._retry_delays, 1):
            await asyncio.sleep(delay)
            try:
                reply = await self._line().send(EVENT, body, Retry(number, reason))
            except NoReply as silent:
                reason = silent.reason
                continue
            if reply.taken or reply.no_retry:
                return
            reason = "http_error"

    def _line(self) -> Line:
        if self._sockets.connected:
            return self._sockets
        if self._http is None:
            raise NoReply("connection_failed")
        return self._http

    def _reachable(self) -> bool:
        return self._sockets.connected or self._http is not None

    def _keep(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
