"""A little server with scripted answers: what the sandbox would never say, and how connections really break."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web


@dataclass
class Says:
    """One answer. `cut` closes the connection instead; `hang` never answers."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    cut: bool = False
    hang: bool = False


@dataclass
class Heard:
    """One request as it came."""

    method: str
    given: dict[str, Any]


class LittleSlack:
    """Answers each method with what it was told, the last answer again and again; without orders, `ok: true`."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Says]] = defaultdict(list)
        self.heard: list[Heard] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.acknowledged: list[dict[str, Any]] = []
        self.deaf = False
        self.port = 0
        self._runner: web.AppRunner | None = None
        self._leaving = asyncio.Event()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.origin}/api/"

    def tell(self, method: str, *answers: Says | dict[str, Any]) -> None:
        self.answers[method] = [each if isinstance(each, Says) else Says({"ok": True, **each}) for each in answers]

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [one.given for one in self.heard if one.method == method]

    async def open(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._take)
        app.router.add_post("/hook/{method}", self._take)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = site.port

    async def close(self) -> None:
        self._leaving.set()
        for socket in list(self.sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.heard.append(Heard(method, await _given(request)))
        answers = self.answers[method]
        says = answers.pop(0) if len(answers) > 1 else answers[0] if answers else Says({"ok": True})
        if says.hang:
            await self._leaving.wait()
        if says.cut and request.transport is not None:
            request.transport.abort()
        body = says.body if isinstance(says.body, bytes | str) else json.dumps(says.body)
        raw = body if isinstance(body, bytes) else body.encode()
        return web.Response(body=raw, status=says.status, headers={**says.headers, "Content-Type": says.kind})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello"})
        async for message in socket:
            if message.type is WSMsgType.PING and not self.deaf:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data))
        self.sockets.remove(socket)
        return socket


async def _given(request: web.Request) -> dict[str, Any]:
    query = dict(request.query)
    raw = (await request.read()).decode()
    if request.content_type == "application/json":
        return {**query, **json.loads(raw or "{}")}
    return {**query, **dict(parse_qsl(raw, keep_blank_values=True))}
