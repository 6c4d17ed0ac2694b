"""The one Web API client: no retries of its own, since the SDK's default posts twice on a dropped connection."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.request import proxy_bypass

import aiohttp
import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from yarl import URL

from bot import confidence, in_time, metrics
from bot.domain.installation import TOKEN_REFUSED, Token
from bot.metrics import CallEnding
from bot.settings import Settings
from bot.slack.errors import FAILURES, Answer, Outcome, Refusal, Silence, TooLate, Unreached, ask, from_failure

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 10
CONNECT_SECONDS = 5.0
KEPT_OPEN_SECONDS = 4.0
"""Servers close idle connections after five seconds or more; ours go first, so that no request meets a closing one."""
CONNECTIONS = 20
SOCKETS, WHO_AM_I = "apps.connections.open", "auth.test"
FAREWELLS = frozenset({"app_uninstalled", "tokens_revoked"})
"""Events that come when there is no use in asking who we are."""


class SlackClient(AsyncWebClient):
    """An AsyncWebClient that keeps its connections open, and lets go of them when it is closed."""

    def __init__(self, *, token: str, base_url: str) -> None:
        """Connect to nothing yet."""
        super().__init__(
            token=token, base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[], logger=_with_level_of_its_own()
        )
        if reached_directly(base_url):
            self.proxy = None
        self.refused_with = ""
        """Why Slack takes this token no more, by its own name for it; empty as far as we know that it does."""
        self.team = ""
        """The workspace that it belongs to, once Slack has said so."""
        self.unanswered_since: float | None = None
        """Since when (by `time.monotonic`) no call has been answered; None while they are."""

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """One call to Slack, counted. What is learnt of our token on the way is kept."""
        began = time.perf_counter()
        try:
            response = await super().api_call(api_method, **given)
        except FAILURES as error:
            outcome = from_failure(error)
            self._learn(api_method, outcome)
            metrics.slack_called(api_method, ending_of(outcome), time.perf_counter() - began)
            raise
        self._learn(api_method, Answer({}))
        if api_method == WHO_AM_I:
            self.team = str(response.get("team_id") or "")
        metrics.slack_called(api_method, CallEnding.ANSWERED, time.perf_counter() - began)
        return response

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        """One request, and no second one to wherever an answer points: a message that went there went nowhere we know."""
        bound = {**req_args, "allow_redirects": False}
        return await super()._request(http_verb=http_verb, api_url=api_url, req_args=bound)

    def _learn(self, method: str, outcome: Outcome) -> None:
        if isinstance(outcome, Unreached | Silence):
            self.unanswered_since = self.unanswered_since or time.monotonic()
            return
        self.unanswered_since = None
        if method == SOCKETS:  # which is asked with another token
            return
        if isinstance(outcome, Answer):
            self.refused_with = ""
        elif outcome.error in TOKEN_REFUSED:
            self.refused_with = outcome.error

    async def ask_about_token(self) -> Token:
        """What Slack says of our token now."""
        match await ask(self.auth_test()):
            case Answer():
                return Token.TAKEN
            case Refusal(error=error) if error in TOKEN_REFUSED:
                return Token.REFUSED
            case _:
                return Token.NOT_KNOWN

    async def open(self) -> None:
        """Open the shared session, inside the event loop that will use it."""
        if self.session is None or self.session.closed:
            self.session = new_session()

    async def close(self) -> None:
        """Close the shared session."""
        if self.session is not None:
            await self.session.close()
            self.session = None


def _with_level_of_its_own() -> logging.Logger:
    """The SDK asks its logger's own level, which nobody set, and then writes out every body for a log that takes none."""
    logger = logging.getLogger("slack_sdk")
    logger.setLevel(logging.WARNING)
    return logger


def ending_of(outcome: Outcome) -> CallEnding:
    """How a call ended, for the figures."""
    match outcome:
        case Answer():
            return CallEnding.ANSWERED
        case Refusal(rate_limited=limited):
            return CallEnding.RATE_LIMITED if limited else CallEnding.REFUSED
        case Unreached():
            return CallEnding.NOT_REACHED
        case Silence():
            return CallEnding.NO_ANSWER


def make_client(settings: Settings) -> SlackClient:
    """The client for the server that the settings name; it still has to be opened."""
    return SlackClient(token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)


class Known(AsyncMiddleware):
    """For Bolt's `before_authorize`: the proxy of our own client, and an honest answer when Slack is away.

    Bolt makes a copy of the client for each request, and the copy reads HTTPS_PROXY again, wanted or not. Bolt also asks
    auth.test before it handles the first request; when that fails it acknowledges the request unhandled, and tells
    whoever acts to install the app again. Here an event is refused, so that Slack brings it again, and people are told
    what is the matter.
    """

    def __init__(self, client: AsyncWebClient) -> None:
        """Slack is asked who `client` is when the first request comes, once for all that come meanwhile."""
        self._client = client
        self._answer: AsyncSlackResponse | None = None
        self._asking = asyncio.Lock()

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002 - as Bolt calls it
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse | None:
        """Let the request pass, or answer that Slack is away."""
        if req.context.client is not None:
            req.context.client.proxy = self._client.proxy
            if self._answer is None and not _is_farewell(req.body):
                outcome = await ask(self._identity())
                if not isinstance(outcome, Answer):
                    log.warning("slack_does_not_say_who_we_are", error=outcome.error)
                    return _try_later(req.body)
            req.context.client.auth_test = self._identity  # type: ignore[assignment,method-assign]
        return await next()

    async def _identity(self) -> AsyncSlackResponse:
        async with self._asking:
            if self._answer is None:
                with confidence.throughout():  # the first request that comes may be somebody asking
                    self._answer = await self._client.auth_test()
            return self._answer


def _is_farewell(body: Mapping[str, Any]) -> bool:
    event = body.get("event")
    return isinstance(event, Mapping) and event.get("type") in FAREWELLS


def _try_later(body: Mapping[str, Any]) -> BoltResponse:
    if "command" in body:
        text = "Slack does not answer me at the moment. Nothing was done; please try again in a minute."
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
    return BoltResponse(status=503)


def new_session() -> aiohttp.ClientSession:
    """A session with our bounds. `connect` is apart from `total`, so that a request that never left can be told."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEPT_OPEN_SECONDS),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[_last_look()],
    )


def _last_look() -> aiohttp.TraceConfig:
    """Ends a request that is too late; aiohttp calls this when the next thing it does is to write the first byte."""

    async def look(*_about: object) -> None:
        if in_time.too_late():
            raise TooLate

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(look)
    return tracing


def reached_directly(address: str) -> bool:
    """Whether a server is on this machine or named in NO_PROXY: the SDK would send even these through a proxy."""
    host = URL(address).host or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return bool(proxy_bypass(host))
