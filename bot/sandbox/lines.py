"""The ways from Slack to the app: what is sent over them, what comes back, and signed HTTP as the first of them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.wire import Json

COMMAND = "slash_commands"
EVENT = "events_api"
INTERACTION = "interactive"


@dataclass(frozen=True, slots=True)
class Retry:
    """The `number`-th further try, made because of `reason`."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered within its three seconds: JSON as such, anything else as text."""

    status: int
    body: Any
    no_retry: bool = False

    @property
    def taken(self) -> bool:
        """Whether this is an acknowledgement."""
        return 200 <= self.status < 300


class NoReply(Exception):
    """The app gave no answer. `reason` is Slack's word for it: http_timeout or connection_failed."""

    def __init__(self, reason: str) -> None:
        """Name the reason."""
        super().__init__(reason)
        self.reason = reason


class Line(Protocol):
    """One way to the app."""

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Reply:
        """Send one command, event or interaction; raises NoReply."""
        ...


class HttpLine:
    """Requests signed as Slack signs them, with the machine's own time: a signature is about transport."""

    def __init__(self, url: str, signing_secret: str, ack_seconds: float) -> None:
        """`url` is the app's address for everything."""
        self._url = url
        self._secret = signing_secret
        self._ack_seconds = ack_seconds
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, kind: str, payload: Json, retry: Retry | None) -> Reply:
        """Send one request; raises NoReply."""
        body, content_type = encode(kind, payload)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0",
            **signature(self._secret, body, int(time.time())),
        }
        if retry is not None:
            headers["X-Slack-Retry-Num"] = str(retry.number)
            headers["X-Slack-Retry-Reason"] = retry.reason
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        try:
            async with (
                asyncio.timeout(self._ack_seconds),
                self._session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return Reply(
                    answer.status,
                    decode(answer.content_type, await answer.text(errors="replace")),
                    answer.headers.get("X-Slack-No-Retry") == "1",
                )
        except TimeoutError:
            raise NoReply("http_timeout") from None
        except aiohttp.ClientError:
            raise NoReply("connection_failed") from None


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The raw body and its content type: JSON for events, forms for the rest."""
    if kind == EVENT:
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == COMMAND else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def signature(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    """The two headers of Slack's v0 signature over the raw body."""
    base = f"v0:{timestamp}:".encode() + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}


def decode(content_type: str, text: str) -> Any:
    """An answer's body: JSON when it says so and parses, else the text; None when empty."""
    if not text.strip():
        return None
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
