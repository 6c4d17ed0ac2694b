"""Receives each Web API call over HTTP: reads it, checks its token, lets a fault strike, records it, answers."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox import web_api
from bot.sandbox.arguments import Arguments
from bot.sandbox.broken_answers import cut_connection, wait_or_leave
from bot.sandbox.faults import Fault
from bot.sandbox.things import Call
from bot.sandbox.wire import Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.slack import SandboxSlack

Answer = tuple[int, Mapping[str, Any]]
_SOCKETS = "apps.connections.open"


class ApiDesk:
    """Where calls come in."""

    def __init__(self, slack: SandboxSlack) -> None:
        """Work for this Slack."""
        self._slack = slack

    async def take(self, request: Request) -> Response:
        """Any Web API method."""
        method = request.path_params["method"]
        try:
            given = await _given(request)
        except SlackError as refused:
            return JSONResponse(_refusal(refused))
        token = _token(request, given)

        async def work() -> Answer:
            return await self._work(method, token, Arguments(given, self._slack.base_url))

        return await self.met(method, request, work, given)

    async def met(
        self, method: str, request: Request, work: Callable[[], Awaitable[Answer]], given: Json | None = None
    ) -> Response:
        """Do the work unless a fault comes first, and answer unless a fault takes the answer away."""
        slack = self._slack
        fault = slack.faults.next_for(method)
        at = slack.clock.now().astimezone(UTC).isoformat()
        arguments = {name: value for name, value in (given or {}).items() if name != "token"}
        call = Call(method, copy.deepcopy(arguments), None, 0, at)
        slack.calls.append(call)
        headers: dict[str, str] = {}
        if fault is None or fault.work_is_done:
            call.status, answer = await self._done(work, headers)
        else:
            call.status, answer = _struck(fault, headers)
        if fault is None or not fault.keeps_answer_back:
            call.answer = copy.deepcopy(dict(answer)) if answer is not None else None
        if fault is not None:
            broken = await self._broken(fault, request)
            if broken is not None:
                return broken
        return JSONResponse(answer, call.status, {**self._scope_headers(method), **headers})

    async def _done(
        self, work: Callable[[], Awaitable[Answer]], headers: dict[str, str]
    ) -> tuple[int, Mapping[str, Any] | None]:
        try:
            return await work()
        except web_api.RateLimited as limited:
            headers["Retry-After"] = str(limited.seconds)
            return 429, {"ok": False, "error": "ratelimited"}
        except SlackError as refused:
            return 200, _refusal(refused)

    async def _work(self, method: str, token: str, args: Arguments) -> Answer:
        slack = self._slack
        if not token and method != "api.test":
            raise SlackError("not_authed")
        if method == _SOCKETS:
            return 200, {"ok": True, "url": await self._socket_address(token)}
        if token == slack.connection.app_token and method in web_api.METHODS:
            raise SlackError("not_allowed_token_type")
        if token != slack.connection.bot_token and method != "api.test":
            raise SlackError("invalid_auth")
        if method == "api.test":
            return 200, {"ok": True, **web_api.api_test(slack.space, args)}
        scopes = slack.connection.grant.scopes
        return 200, {"ok": True, **web_api.carry_out(slack.space, method, args, scopes, slack.meter)}

    async def _socket_address(self, token: str) -> str:
        if token == self._slack.connection.bot_token:
            raise SlackError("not_allowed_token_type")
        if token != self._slack.connection.app_token:
            raise SlackError("invalid_auth")
        return await self._slack.sockets.address()

    async def _broken(self, fault: Fault, request: Request) -> Response | None:
        if fault.kind == "malformed":
            return PlainTextResponse("<html><body>Something went wrong", 200, media_type="text/html")
        if fault.kind == "timeout_after":
            stopping: asyncio.Event = request.app.state.stopping
            await wait_or_leave(request, stopping, self._slack.hang_seconds)
            return cut_connection()
        if fault.kind in {"reset_before", "reset_after"}:
            return cut_connection()
        return None

    def _scope_headers(self, method: str) -> dict[str, str]:
        entry = web_api.METHODS.get(method)
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._slack.connection.grant.scopes))}
        if entry is not None and entry.scope is not None and "{" not in entry.scope:
            headers["X-Accepted-OAuth-Scopes"] = entry.scope
        return headers


def _struck(fault: Fault, headers: dict[str, str]) -> tuple[int, Mapping[str, Any] | None]:
    if fault.kind == "429":
        headers["Retry-After"] = str(fault.retry_after)
        return 429, {"ok": False, "error": "ratelimited"}
    if fault.kind == "500":
        return 500, {"ok": False, "error": "internal_error"}
    if fault.kind.startswith("error:"):
        return 200, {"ok": False, "error": fault.kind.removeprefix("error:")}
    return 0, None


def _refusal(refused: SlackError) -> Json:
    return {"ok": False, "error": refused.name, **refused.details}


def _token(request: Request, given: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(given.get("token") or "")


async def _given(request: Request) -> Json:
    """The arguments from query and body; raises SlackError for a body that cannot be read."""
    given: Json = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body:
        return given
    try:
        text = body.decode()
        parsed = json.loads(text) if kind == "application/json" else dict(parse_qsl(text, keep_blank_values=True))
    except ValueError:
        raise SlackError("invalid_json" if kind == "application/json" else "invalid_form_data") from None
    if kind not in {"application/json", "application/x-www-form-urlencoded"}:
        raise SlackError("invalid_post_type")
    if not isinstance(parsed, dict):
        raise SlackError("json_not_object")
    return {**given, **parsed}
