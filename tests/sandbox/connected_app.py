"""A small app at the other end of the sandbox's lines: it checks signatures, remembers, and answers what it is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

SECRET = "a-signing-secret-for-tests"
START = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


class SteppedClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Received:
    """One request as it came."""

    headers: dict[str, str]
    body: dict[str, Any]
    signed: bool


@dataclass
class ConnectedApp:
    """Answers every request with `status` and `answer`, after `delay` seconds."""

    status: int = 200
    answer: Any = None
    delay: float = 0.0
    no_retry: bool = False
    received: list[Received] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self._take, methods=["POST"])])

    @property
    def last(self) -> dict[str, Any]:
        return self.received[-1].body

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [one.body for one in self.received if one.body.get("event", {}).get("type") == kind]

    async def _take(self, request: Request) -> Response:
        raw = await request.body()
        headers = {name.lower(): value for name, value in request.headers.items()}
        signed = SignatureVerifier(SECRET).is_valid_request(raw, headers)
        if headers["content-type"].startswith("application/json"):
            body = json.loads(raw)
        else:
            body = dict(parse_qsl(raw.decode(), keep_blank_values=True))
            body = json.loads(body["payload"]) if "payload" in body else body
        self.received.append(Received(headers, body, signed))
        await asyncio.sleep(self.delay)
        extra = {"X-Slack-No-Retry": "1"} if self.no_retry else {}
        if isinstance(self.answer, dict):
            return JSONResponse(self.answer, self.status, extra)
        return PlainTextResponse(self.answer or "", self.status, extra)


def button(action_id: str, **more: Any) -> dict[str, Any]:
    """An actions block with one button."""
    element = {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Press"}, **more}
    return {"type": "actions", "block_id": f"block-{action_id}", "elements": [element]}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "A form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks),
        **more,
    }


def text_input(name: str, *, optional: bool = False, **element: Any) -> dict[str, Any]:
    """An input block for text; block and action carry the same name."""
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": {"type": "plain_text", "text": name},
        "element": {"type": "plain_text_input", "action_id": name, **element},
    }
