"""What became of one request to Slack: answered, refused, never sent, or left without an answer.

Every call of ours goes through `ask`, so that the difference between "certainly not done" and "perhaps done" is drawn
in one place. In doubt it says `Silence`, which makes the sender look before it sends again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.in_time import TOO_LATE

Headers = Mapping[str, str]

PASSING = frozenset({"message_limit_exceeded", "request_timeout", "team_added_to_org", "too_many_websockets"})
"""Refusals that pass by themselves. `request_timeout` is Slack's name for a body that did not arrive whole."""
PERHAPS_DONE = frozenset(
    {
        "fatal_error",
        "internal_error",
        "internal_server_error",
        "operation_timeout",
        "server_error",
        "service_unavailable",
        "timeout",
    }
)
"""Answers after which the work may be done all the same: Slack's documents say so of the first two."""
RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
SHORT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)

OK, REQUEST_TIMEOUT, TOO_MANY, CLIENT_ERRORS, SERVER_ERRORS = 200, 408, 429, 400, 500
DEFAULT_WAIT = 5.0
LONGEST_WAIT = 3600.0
"""Seconds. A server that asks for more is asked again after an hour."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Slack did what was asked. `headers` have lower-case names."""

    body: Mapping[str, Any]
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Slack certainly did not do it. `retry_after` (seconds) is None when asking again will not help."""

    error: str
    retry_after: float | None = None
    rate_limited: bool = False


@dataclass(frozen=True, slots=True)
class Unreached:
    """The request never left this machine."""

    error: str
    retry_after: float = DEFAULT_WAIT


@dataclass(frozen=True, slots=True)
class Silence:
    """The request left, and no usable answer came."""

    error: str


Outcome = Answer | Refusal | Unreached | Silence


class TooLate(aiohttp.ClientError):
    """The request did not leave: what it was about may be somebody else's by now (bot/in_time.py)."""


STUMBLES = (AttributeError, TypeError, ValueError, RecursionError, SlackClientError)
"""What the SDK raises when a body is JSON but no object, or is not the text that it claims to be."""
FAILURES = (SlackApiError, *STUMBLES, aiohttp.ClientError, TimeoutError, OSError)
"""Everything that a server or a network can make the SDK raise."""


async def ask(call: Awaitable[AsyncSlackResponse]) -> Outcome:
    """Carry out one call of the SDK's client and say what became of it. Raises nothing that a network can cause."""
    try:
        response = await call
    except FAILURES as error:
        return from_failure(error)
    return read(response.data, status=response.status_code, headers=response.headers)


def from_failure(error: Exception) -> Outcome:
    """What one of FAILURES says of the call that it ended."""
    if isinstance(error, SlackApiError):
        # The SDK hands over its own response, or aiohttp's when the body was not JSON.
        heard = error.response
        return read(
            getattr(heard, "data", None),
            status=int(getattr(heard, "status_code", 0) or getattr(heard, "status", 0)),
            headers=getattr(heard, "headers", None),
        )
    return Silence("unreadable_answer") if isinstance(error, STUMBLES) else from_network(error)


def from_network(error: Exception) -> Unreached | Silence:
    """Whether a request had left when the network failed it.

    aiohttp raises these three only while it connects (DNS, refusal, TLS, proxy, no free connection in time); a reset, a
    server that hung up or a timeout of any other kind may come after the last byte was sent.
    """
    if isinstance(error, TooLate):
        return Unreached(TOO_LATE, 0.0)
    before = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
    if isinstance(error, before):
        return Unreached("connect_failed")
    if isinstance(error, TimeoutError):
        return Silence("no_answer_in_time")
    return Silence("connection_lost")


def read(body: object, *, status: int, headers: Headers | None) -> Outcome:
    """What a server's answer says. `body` is the decoded JSON, or anything else when it was none."""
    named = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    if status == TOO_MANY:
        return Refusal("ratelimited", wait_of(named), rate_limited=True)
    if isinstance(body, Mapping) and body.get("ok") is True and status == OK:
        return Answer(body, named)
    if status >= SERVER_ERRORS:
        return Silence(f"http_{status}")
    if isinstance(body, Mapping) and body.get("ok") is False:
        return refusal(short_name(body.get("error")), named)
    if status >= CLIENT_ERRORS and status != REQUEST_TIMEOUT:
        return Refusal(f"http_{status}")
    return Silence("unreadable_answer")


def refusal(error: str, headers: Headers) -> Refusal | Silence:
    """What `ok: false` with this error means for whoever asked."""
    if error in RATE_LIMITED:
        return Refusal("ratelimited", wait_of(headers), rate_limited=True)
    if error in PERHAPS_DONE:
        return Silence(error)
    if error in PASSING:
        return Refusal(error, wait_of(headers))
    return Refusal(error)


def short_name(error: object) -> str:
    """Slack's own name for an error; a body may hold anything, and what is no name goes into no log."""
    return error if isinstance(error, str) and SHORT_NAME.fullmatch(error) else "unnamed_error"


def wait_of(headers: Headers) -> float:
    """`Retry-After` in seconds, within reason."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return DEFAULT_WAIT
    if not math.isfinite(seconds) or seconds < 0:
        return DEFAULT_WAIT
    return min(seconds, LONGEST_WAIT)
