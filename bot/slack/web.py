"""The HTTP front: a bounded body, nothing that makes Bolt stumble, then Bolt; and a health page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from urllib.parse import parse_qs

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 512 * 1024
"""Bytes. Slack's largest payloads, modals with full forms, stay well below."""
BODY_SECONDS = 5.0
TIMESTAMP_DIGITS = 12


def web_app(bolt: AsyncApp) -> Starlette:
    """The bot's web application: POST /slack/events and GET /healthz."""
    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def healthy(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    app = Starlette(
        routes=[
            Route("/slack/events", events, methods=["POST"]),
            Route("/healthz", healthy, methods=["GET"]),
        ]
    )
    app.add_middleware(Doorkeeper)
    return app


class Doorkeeper:
    """Refuses what cannot come from Slack before Bolt tries to read it."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body within bounds, look at it, and hand it on."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_read(receive), BODY_SECONDS)
        except TimeoutError:
            await PlainTextResponse("too slow", 408)(scope, receive, send)
            return
        problem = (413, "too large") if body is None else _problem(scope["headers"], body)
        if problem is not None:
            status, text = problem
            await PlainTextResponse(text, status)(scope, receive, send)
            return
        given = False

        async def once() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, once, send)


async def _read(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _problem(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> tuple[int, str] | None:
    named: dict[bytes, bytes] = {}
    for name, value in headers:
        named[name.lower()] = value
    timestamp = named.get(b"x-slack-request-timestamp", b"")
    signature = named.get(b"x-slack-signature", b"")
    if not (timestamp.isdigit() and len(timestamp) <= TIMESTAMP_DIGITS):
        return 401, "no usable timestamp"
    if not signature.isascii() or not signature.startswith(b"v0="):
        return 401, "no usable signature"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return 400, "not UTF-8"
    kind = named.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind == b"application/json":
        return None if _is_object(text) else (400, "not a JSON object")
    if kind == b"application/x-www-form-urlencoded":
        try:
            fields = parse_qs(text, keep_blank_values=True, max_num_fields=200)
        except ValueError:
            return 400, "too many fields"
        if "payload" in fields:
            return None if _is_object(fields["payload"][0]) else (400, "payload is not a JSON object")
        return None if "command" in fields or "ssl_check" in fields else (400, "neither a command nor a payload")
    return 415, "neither JSON nor a form"


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
