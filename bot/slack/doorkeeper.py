"""Stands before Bolt and refuses what cannot come from Slack: bodies without bound or end, and what Bolt stumbles over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics

log = structlog.get_logger(__name__)

BODY_BYTES = 1024 * 1024
"""Slack's largest payloads, modals with full forms, stay well below."""
BODY_SECONDS = 10.0
TIMESTAMP_DIGITS = 12
SIGNATURE_LENGTH = 100
MOST_FIELDS = 200

Headers = Iterable[tuple[bytes, bytes]]
Problem = tuple[int, str]


class Doorkeeper:
    """ASGI middleware for every POST. Nothing of a body is ever logged or sent back."""

    def __init__(self, app: ASGIApp, *, body_bytes: int = BODY_BYTES, body_seconds: float = BODY_SECONDS) -> None:
        """Stand before `app`. A body may have `body_bytes`, and take `body_seconds` to arrive."""
        self._app = app
        self._bytes = body_bytes
        self._seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body within bounds, look at it, and hand it on."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(scope["headers"], receive)
        except TimeoutError:
            await _refuse((408, "The body took too long."), scope, receive, send)
            return
        except _HungUp:
            return
        problem = (413, "The body is too large.") if body is None else problem_with(scope["headers"], body)
        if body is None or problem is not None:
            await _refuse(problem or (400, ""), scope, receive, send)
            return
        handed_on = False

        async def once() -> Message:
            nonlocal handed_on
            if handed_on:
                return await receive()
            handed_on = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, once, send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body; None when it is larger than it may be. Raises _HungUp."""
        announced = dict(headers).get(b"content-length", b"0")
        if announced.isdigit() and int(announced[:20]) > self._bytes:
            return None
        parts = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise _HungUp
            parts += message.get("body", b"")
            if len(parts) > self._bytes:
                return None
            if not message.get("more_body"):
                return bytes(parts)


class _HungUp(Exception):
    """The other side left before its body was complete."""


def problem_with(headers: Headers, body: bytes) -> Problem | None:
    """Why this cannot be Slack's, as a status and a sentence; None when Bolt can look at it."""
    named = {name.lower(): value for name, value in headers}
    timestamp = named.get(b"x-slack-request-timestamp", b"")
    signature = named.get(b"x-slack-signature", b"")
    if not timestamp.isdigit() or len(timestamp) > TIMESTAMP_DIGITS:
        return 401, "No usable timestamp."
    if not (signature.startswith(b"v0=") and signature.isascii() and len(signature) <= SIGNATURE_LENGTH):
        return 401, "No usable signature."
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return 400, "The body is not UTF-8."
    kind = named.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind == b"application/x-www-form-urlencoded":
        if text.startswith("{"):
            return 400, "Not a form."  # Bolt would read it as JSON, whatever it is called
        return (400, "Too many fields.") if text.count("&") >= MOST_FIELDS else None
    return None if kind == b"application/json" else (415, "Neither JSON nor a form.")


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    status, sentence = problem
    log.info("request_refused", status=status, why=sentence)
    metrics.turned_away(status)
    headers = {"connection": "close"} if status in {408, 413} else None
    await PlainTextResponse(sentence, status, headers)(scope, receive, send)
