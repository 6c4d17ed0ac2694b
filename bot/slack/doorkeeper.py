"""Stands before Bolt and refuses what cannot come from Slack: bodies without bound or end, and what Bolt stumbles over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import metrics
from bot.ports import Clock

log = structlog.get_logger(__name__)

BODY_BYTES = 1024 * 1024
"""Slack's largest payloads, modals with full forms, stay well below."""
BODY_SECONDS = 10.0
SMALL_BYTES = 64 * 1024
HELD_BYTES = 32 * 1024 * 1024
"""So much of bodies that are not small is held at a time; most of Slack's are small, and are always taken."""
TIMESTAMP_DIGITS = 12
FRESH_SECONDS = 300
"""How far Slack's clock and ours may be apart; what is older may have been captured and sent again."""
SIGNATURE_LENGTH = 100
MOST_FIELDS = 200
FORM, JSON = b"application/x-www-form-urlencoded", b"application/json"
ONCE = frozenset({b"content-type", b"x-slack-request-timestamp", b"x-slack-signature"})
"""Headers of which two would mean two things, one to us and one to Bolt."""

SLOW = 408
Headers = Iterable[tuple[bytes, bytes]]
Problem = tuple[int, str]


class Doorkeeper:
    """ASGI middleware for every POST. Nothing of a body is ever logged or sent back."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_bytes: int = BODY_BYTES,
        body_seconds: float = BODY_SECONDS,
        clock: Clock,
    ) -> None:
        """Stand before `app`. A body may have `body_bytes`, and take `body_seconds` to arrive. `clock` is this machine's."""
        self._app = app
        self._bytes = body_bytes
        self._seconds = body_seconds
        self._clock = clock
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the head, read the whole body within bounds, look at it, and hand it on."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        problem = problem_with_head(scope["headers"], now=self._clock.now().timestamp())
        if problem is not None:  # the server reads the rest of the body, and forgets it
            await _refuse(problem, scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds):
                body = await self._read(scope["headers"], receive)
        except TimeoutError:
            await _refuse((SLOW, "The body took too long."), scope, receive, send)
            return
        except _TooMuch as much:
            await _refuse(much.problem, scope, receive, send)
            return
        except _HungUp:
            return
        problem = problem_with_body(scope["headers"], body)
        if problem is not None:
            await _refuse(problem, scope, receive, send)
            return
        handed_on = False

        async def once() -> Message:
            nonlocal handed_on
            if handed_on:
                return await receive()
            handed_on = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, once, send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes:
        """The body. Raises _HungUp, or _TooMuch when it is larger than it may be, or so many are that it has to wait."""
        announced = dict(headers).get(b"content-length", b"0")
        if announced.isdigit() and int(announced[:20]) > self._bytes:
            raise _TooMuch(413, "The body is too large.")
        parts = bytearray()
        held = 0
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise _HungUp
                parts += message.get("body", b"")
                if len(parts) > self._bytes:
                    raise _TooMuch(413, "The body is too large.")
                if len(parts) > SMALL_BYTES:
                    self._held += len(parts) - held
                    held = len(parts)
                    if self._held > HELD_BYTES:
                        raise _TooMuch(503, "Too many large bodies at once. Send it again in a minute.")
                if not message.get("more_body"):
                    return bytes(parts)
        finally:
            self._held -= held


class _TooMuch(Exception):
    """A body that is not read to its end."""

    def __init__(self, status: int, sentence: str) -> None:
        """What to answer."""
        super().__init__()
        self.problem = (status, sentence)


class _HungUp(Exception):
    """The other side left before its body was complete."""


def problem_with_head(headers: Headers, *, now: float) -> Problem | None:
    """Why this cannot be Slack's, as a status and a sentence, before anything of the body is read."""
    listed = [(name.lower(), value) for name, value in headers if name.lower() in ONCE]
    named = dict(listed)
    if len(listed) != len(named):
        return 400, "A header stands there twice."
    timestamp = named.get(b"x-slack-request-timestamp", b"")
    signature = named.get(b"x-slack-signature", b"")
    if not timestamp.isdigit() or len(timestamp) > TIMESTAMP_DIGITS or abs(now - int(timestamp)) > FRESH_SECONDS:
        return 401, "No usable timestamp."
    if not (signature.startswith(b"v0=") and signature.isascii() and len(signature) <= SIGNATURE_LENGTH):
        return 401, "No usable signature."
    return None if _kind(headers) in (FORM, JSON) else (415, "Neither JSON nor a form.")


def problem_with_body(headers: Headers, body: bytes) -> Problem | None:
    """The same of the body; None when Bolt can look at it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return 400, "The body is not UTF-8."
    if _kind(headers) == JSON:
        return None
    if text.startswith("{"):
        return 400, "Not a form."  # Bolt would read it as JSON, whatever it is called
    return (400, "Too many fields.") if text.count("&") >= MOST_FIELDS else None


def _kind(headers: Headers) -> bytes:
    named = {name.lower(): value for name, value in headers}
    return named.get(b"content-type", b"").partition(b";")[0].strip().lower()


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    status, sentence = problem
    log.info("request_refused", status=status, why=sentence)
    metrics.turned_away(status)
    # Whoever still sends would lose the answer if the connection were closed; whoever is slow would never end.
    headers = {"connection": "close"} if status == SLOW else None
    await PlainTextResponse(sentence, status, headers)(scope, receive, send)
