"""The HTTP front: what is not Slack's is turned away with a 4xx, and nothing that anybody wrote is ever logged."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.health import Check
from bot.slack.client import SlackClient
from bot.slack.doorkeeper import Doorkeeper
from bot.slack.web import web_app
from scheduler.clock import SystemClock
from tests.slack.little_slack import LittleSlack

SECRET = "a-signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
WORDS = "I object to being watched"
KEYS = [
    "type",
    "team",
    "user",
    "event",
    "view",
    "channel",
    "authorizations",
    "enterprise",
    "actions",
    "container",
    "message",
    "payload",
    "command",
    "response_urls",
    "ssl_check",
]
"""Where Bolt looks for things before it has checked the signature."""


def signed(body: bytes, kind: str = FORM, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers that Slack would send with this body."""
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class Front:
    """The web app with a bot behind it that remembers what it was told."""

    def __init__(self, client: SlackClient) -> None:
        self.typed: list[str] = []
        bolt = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)

        @bolt.command("/ask")
        async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
            self.typed.append(body["text"])
            await ack(text="Heard.")

        self.app = web_app(bolt, clock=SystemClock())
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://bot.test"
        )

    async def post(self, body: bytes, headers: Mapping[str, Any]) -> httpx.Response:
        return await self._http.post("/slack/events", content=body, headers=dict(headers))

    async def get(self, path: str) -> httpx.Response:
        return await self._http.get(path)

    async def close(self) -> None:
        await self._http.aclose()


@pytest.fixture
async def front(client: SlackClient, little_slack: LittleSlack) -> AsyncIterator[Front]:
    """The front, with a Slack that knows its token."""
    little_slack.tell("auth.test", {"user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1"})
    front = Front(client)
    yield front
    await front.close()


def command(text: str) -> bytes:
    """A slash command as Slack sends it."""
    return urlencode({"command": "/ask", "text": text, "user_id": "U1", "team_id": "T1", "trigger_id": "1.2"}).encode()


@pytest.mark.parametrize("text", ["who sees this?", "what is in the payload?", "payload=1", "", "ünï çødé 🎉"])
async def test_a_signed_command_arrives_whole(front: Front, text: str) -> None:
    """Whatever the words are; Bolt alone loses a command that says "payload"."""
    body = command(text)
    answer = await front.post(body, signed(body))
    assert answer.status_code == 200
    assert front.typed == [text]


async def test_a_challenge_is_answered(front: Front) -> None:
    """Slack proves the address once, when the app is made."""
    body = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
    answer = await front.post(body, signed(body, JSON))
    assert (answer.status_code, answer.json()) == (200, {"challenge": "c"})


GOOD = command("hello")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (GOOD, {"X-Slack-Request-Timestamp": "soon"}, 401),
        (GOOD, {"X-Slack-Request-Timestamp": "1.5"}, 401),
        (GOOD, {"X-Slack-Request-Timestamp": "-1"}, 401),
        (GOOD, {"X-Slack-Request-Timestamp": ""}, 401),
        (GOOD, {"X-Slack-Request-Timestamp": "9" * 5000}, 401),
        (GOOD, {"X-Slack-Request-Timestamp": "\u0661\u0662".encode()}, 401),
        (GOOD, {"X-Slack-Signature": "v0=é".encode()}, 401),
        (GOOD, {"X-Slack-Signature": ""}, 401),
        (GOOD, {"X-Slack-Signature": "v0=" + "0" * 64}, 401),
        (GOOD, {"X-Slack-Signature": "v0=" + "0" * 6400}, 401),
        (GOOD, {"Content-Type": "text/plain"}, 415),
        (GOOD, {"Content-Type": ""}, 415),
        (GOOD, {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        (b"\xff\xfe", {}, 400),
        (b"", {}, 400),
        (b"", {"Content-Type": JSON}, 400),
        (b"{", {"Content-Type": JSON}, 400),
        (b"[]", {"Content-Type": JSON}, 400),
        (b"7", {"Content-Type": JSON}, 400),
        (b'{"a":' * 100_000, {"Content-Type": JSON}, 400),
        (b"{}", {}, 400),
        (b"payload=", {}, 400),
        (b"payload=%7B", {}, 400),
        (b"payload=[]", {}, 400),
        (b"payload={}&payload=[]", {}, 400),
        (b"text=payload", {}, 400),
        (b"a=1&" * 500, {}, 400),
        (b'{"authorizations": 5}', {"Content-Type": JSON}, 400),
        (b'{"team": 5}', {"Content-Type": JSON}, 400),
        (b'{"response_urls": [5]}', {"Content-Type": JSON}, 400),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_is_not_slacks_is_turned_away(
    front: Front, body: bytes, headers: dict[str, Any], status: int
) -> None:
    """Properly signed but for one fault: the answer is a 4xx that says which, never an error of ours."""
    answer = await front.post(body, {**signed(body), **headers})
    assert answer.status_code == status
    assert front.typed == []


@pytest.mark.parametrize("off", [-400, 400])
async def test_an_old_request_is_turned_away(front: Front, off: int) -> None:
    """A captured request cannot be played again later."""
    answer = await front.post(GOOD, signed(GOOD, at=time.time() + off))
    assert answer.status_code == 401


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(
                    st.sampled_from(KEYS),
                    inner,
                    max_size=4,
                ),
            ),
            max_leaves=8,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    kind=st.sampled_from([JSON, FORM]),
    wrapped=st.booleans(),
)
async def test_no_unsigned_body_makes_an_error_of_ours(front: Front, body: bytes, kind: str, wrapped: bool) -> None:
    """Strangers can send anything; they get a 4xx, or Slack's own check for a certificate is answered."""
    if wrapped:
        body, kind = urlencode({"payload": body}).encode(), FORM
    headers = signed(body, kind, secret="somebody else's")
    answer = await front.post(body, headers)
    assert 400 <= answer.status_code < 500 or b"ssl_check" in body


async def test_a_body_without_bound_is_refused(front: Front) -> None:
    """A megabyte is far more than Slack sends."""
    body = b"text=" + b"x" * (1024 * 1024)
    assert (await front.post(body, signed(body))).status_code == 413


async def test_a_body_that_grows_without_bound_is_refused() -> None:
    """Without a Content-Length the body is counted as it comes."""
    sent = await through([{"type": "http.request", "body": b"x" * 60, "more_body": True}] * 3)
    assert sent[0]["status"] == 413


async def test_a_body_that_never_ends_is_refused() -> None:
    """Somebody who holds the line without speaking is let go."""
    sent = await through([{"type": "http.request", "body": b"x", "more_body": True}])
    assert sent[0]["status"] == 408


async def test_somebody_who_hangs_up_gets_no_answer() -> None:
    """There is nobody left to answer, and nothing is handed on."""
    assert await through([{"type": "http.disconnect"}]) == []


async def through(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the doorkeeper answers to these ASGI messages, with bounds of 100 bytes and 50 ms."""

    async def app(*_: object) -> None:
        pytest.fail("handed on")

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(5)
        return {}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(dict(message))

    door = Doorkeeper(app, body_bytes=100, body_seconds=0.05, clock=SystemClock())
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(b"").items()]
    await door({"type": "http", "method": "POST", "headers": headers}, receive, send)
    return sent


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_nothing_of_a_body_is_ever_logged(
    front: Front, logged: Callable[[], str], caplog: pytest.LogCaptureFixture, level: int
) -> None:
    """Bolt logs the whole body of a request whose signature is wrong; none of that comes through, at any level."""
    body = command(WORDS)
    broken = urlencode({"payload": json.dumps({"text": WORDS, "authorizations": 5})}).encode()
    spoken: list[str] = []
    ear = logging.Handler()
    ear.emit = lambda record: spoken.append(record.getMessage())  # type: ignore[method-assign]
    with contextlib.ExitStack() as talkative:
        for name in ("slack_bolt", "slack_bolt.RequestVerification", "slack_bolt.AsyncApp", "slack_sdk", "asyncio"):
            talkative.enter_context(caplog.at_level(level, name))
        logging.getLogger("slack_bolt").addHandler(ear)
        talkative.callback(logging.getLogger("slack_bolt").removeHandler, ear)
        assert (await front.post(body, signed(body, secret="wrong"))).status_code == 401
        assert (await front.post(body, signed(body))).status_code == 200
        assert (await front.post(broken, signed(broken))).status_code == 400
    assert any("watched" in text for text in spoken), "Bolt did quote it"
    said = logged()
    assert "request_refused" in said
    for word in (WORDS, WORDS.replace(" ", "+"), "object", "watched", "U1", "command"):
        assert word not in said


async def test_health_and_readiness_are_two_questions(client: SlackClient) -> None:
    """The process may run while what it needs is missing; each part that is not well says what to do."""
    checks = [
        Check("database", ok=True, seen="can be written to"),
        Check("socket", ok=False, seen="silent", fix="Wait."),
    ]

    async def ready() -> list[Check]:
        return checks

    app = web_app(None, ready=ready, clock=SystemClock())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot.test") as http:
        assert (await http.get("/healthz")).status_code == 200
        waiting = await http.get("/readyz")
        parts = {
            "database": {"ok": True, "seen": "can be written to"},
            "socket": {"ok": False, "seen": "silent", "fix": "Wait."},
        }
        assert (waiting.status_code, waiting.json()) == (503, {"ok": False, "parts": parts})
        checks[1] = Check("socket", ok=True, seen="heard")
        assert (await http.get("/readyz")).status_code == 200
        assert (await http.post("/slack/events", headers=signed(GOOD), content=GOOD)).status_code == 404
