"""Socket Mode: a WebSocket on a loopback port of its own, over which envelopes go to the app."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.sandbox.lines import COMMAND, EVENT, INTERACTION, NoReply, Reply, Retry
from bot.sandbox.wire import Json, SlackError

CONNECTIONS = 10
HEARTBEAT_SECONDS = 10.0
_ANSWERED = {COMMAND, INTERACTION}


class SocketMode:
    """The sockets an app has opened. Each envelope goes to one of them, in turn."""

    def __init__(self, app_id: str, ack_seconds: float) -> None:
        """Nothing listens until the app asks for an address."""
        self._app_id = app_id
        self._ack_seconds = ack_seconds
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._awaited: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Reply]]] = {}
        self._starting = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether an app listens on a socket."""
        return bool(self._sockets)

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    async def address(self) -> str:
        """A fresh address for one connection, as apps.connections.open gives."""
        if len(self._sockets) >= CONNECTIONS:
            raise SlackError("too_many_websockets")
        async with self._starting:
            if self._runner is None:
                await self._listen()
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{self._port}/link/?ticket={ticket}&app_id={self._app_id}"

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Reply:
        """Send one envelope and wait for its acknowledgement; raises NoReply."""
        if not self._sockets:
            raise NoReply("connection_failed")
        self._sockets.append(self._sockets.pop(0))
        socket = self._sockets[-1]
        envelope: Json = {
            "envelope_id": str(uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind in _ANSWERED,
        }
        if kind == EVENT:
            envelope["retry_attempt"] = retry.number if retry else 0
            envelope["retry_reason"] = retry.reason if retry else ""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._awaited[envelope["envelope_id"]] = (socket, answer)
        try:
            await socket.send_json(envelope)
            async with asyncio.timeout(self._ack_seconds):
                return await answer
        except TimeoutError:
            raise NoReply("http_timeout") from None
        except ConnectionError:
            raise NoReply("connection_failed") from None
        finally:
            self._awaited.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every open connection to come again, as Slack does every few hours, and close it."""
        for socket in list(self._sockets):
            with contextlib.suppress(ConnectionError):
                await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            await socket.close()

    async def close(self) -> None:
        """Close all sockets and stop listening."""
        for socket in list(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _listen(self) -> None:
        application = web.Application()
        application.router.add_get("/link/", self._serve)
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._port, self._runner = site.port, runner

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("ticket", "") not in self._tickets:
            return web.Response(status=403)
        self._tickets.discard(request.query["ticket"])
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        self._sockets.append(socket)
        try:
            await socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self._sockets),
                    "connection_info": {"app_id": self._app_id},
                    "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
                }
            )
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._sockets.remove(socket)
            self._abandon(socket)
        return socket

    def _acknowledged(self, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return
        known = self._awaited.get(answer.get("envelope_id", "")) if isinstance(answer, dict) else None
        if known is not None and not known[1].done():
            known[1].set_result(Reply(200, answer.get("payload") or None))

    def _abandon(self, socket: web.WebSocketResponse) -> None:
        for owner, answer in self._awaited.values():
            if owner is socket and not answer.done():
                answer.set_exception(NoReply("connection_failed"))
