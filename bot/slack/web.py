"""The HTTP front: Slack's requests, checked at the door, then Bolt; and two pages that say how the process is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

import structlog
from slack_bolt import BoltResponse
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.request.async_internals import build_async_context
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, request_response
from starlette.types import ASGIApp

from bot import confidence, metrics
from bot.domain.health import Check
from bot.ports import Clock, Post
from bot.slack.doorkeeper import Doorkeeper
from bot.slack.overlap import Overlap
from bot.slack.payload import sound
from bot.slack.replays import Replays

log = structlog.get_logger(__name__)

OK, BAD_REQUEST, UNAUTHORISED = 200, 400, 401
STUMBLES = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What Bolt raises over a body in another shape than it takes for granted."""
NOTHING_SAID = Post("", ())
Readiness = Callable[[], Awaitable[Sequence[Check]]]
"""What this process needs in order to work, part by part."""


async def nothing_needed() -> Sequence[Check]:
    """Ready as soon as it runs."""
    return ()


def web_app(
    bolt: AsyncApp | None,
    *,
    ready: Readiness = nothing_needed,
    downloads: ASGIApp | None = None,
    overlap: Overlap | None = None,
    had_it: Post = NOTHING_SAID,
    clock: Clock,
) -> Starlette:
    """POST /slack/events (unless `bolt` is None: Socket Mode); GET /healthz, /readyz and /metrics; `downloads` under /reports.

    /healthz says that the process runs; /readyz answers 503 while a part that `ready` names is not well, and says what to
    do about it; /metrics has figures for Prometheus (bot/metrics.py). `had_it` answers a command that came before. `clock` is
    this machine's own: Slack's signatures are good for five minutes of it.
    """

    async def healthy(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def prepared(_request: Request) -> Response:
        checks = await ready()
        well = all(check.ok for check in checks)
        return JSONResponse({"ok": well, "parts": {check.name: _told(check) for check in checks}}, 200 if well else 503)

    async def figures(_request: Request) -> Response:
        await ready()  # which looks at the outbox
        return Response(metrics.exposition(), headers={"content-type": metrics.CONTENT_TYPE})

    routes: list[Route] = [
        Route("/healthz", healthy, methods=["GET"]),
        Route("/readyz", prepared, methods=["GET"]),
        Route("/metrics", figures, methods=["GET"]),
    ]
    if bolt is not None:
        # The doorkeeper stands before Slack's door alone: a browser signs nothing, and the other doors read no body.
        routes.insert(
            0,
            Route(
                "/slack/events",
                Doorkeeper(request_response(_events(bolt, overlap or Overlap("", ""), had_it)), clock=clock),
                methods=["POST"],
            ),
        )
    if downloads is not None:
        routes.append(Route("/reports/{token}", downloads))
    return Starlette(routes=routes)


def _told(check: Check) -> dict[str, bool | str]:
    told: dict[str, bool | str] = {"ok": check.ok, "seen": check.seen}
    return told if check.ok else {**told, "fix": check.fix}


def _events(bolt: AsyncApp, overlap: Overlap, had_it: Post) -> Callable[[Request], Awaitable[Response]]:
    replays: Replays[BoltResponse] = Replays()

    async def events(request: Request) -> Response:
        body = await request.body()
        try:
            asked = _understood(request, body)
        except STUMBLES:
            # Bolt looks for ids in the body before it checks the signature, and takes the body's shape for granted.
            return _not_slacks()
        overlap.take(asked)
        mark = replays.mark_of(request.headers["x-slack-signature"].encode(), body)
        answer = await replays.once(
            mark, lambda: _answered(bolt, asked), done=lambda given: given.status == OK, again="command" in asked.body
        )
        if answer is None:
            return _once_is_enough(asked, had_it)
        if answer.status == UNAUTHORISED:
            metrics.turned_away(UNAUTHORISED)
        return to_starlette_response(answer) if answer.status != BAD_REQUEST else _not_slacks()

    return events


async def _answered(bolt: AsyncApp, asked: AsyncBoltRequest) -> BoltResponse:
    with confidence.request():
        try:
            return await bolt.async_dispatch(asked)
        except STUMBLES:  # over a body that it cannot even tell of
            return BoltResponse(status=BAD_REQUEST)


def _not_slacks() -> Response:
    log.info("request_refused", status=400, why="Not a payload of Slack's.")
    metrics.turned_away(400)
    return PlainTextResponse("Not a payload of Slack's.", 400)


def _once_is_enough(asked: AsyncBoltRequest, had_it: Post) -> Response:
    """A request that was handled already: acknowledged, and nothing else. It is told nowhere, as it may be a question."""
    if "command" not in asked.body:
        return Response()
    return JSONResponse({"response_type": "ephemeral", "text": had_it.text, "blocks": list(had_it.blocks)})


def _understood(request: Request, body: bytes) -> AsyncBoltRequest:
    """What Bolt makes of the body. Raises one of STUMBLES for what is none of Slack's."""
    asked = to_async_bolt_request(request, body)
    if not asked.body and body:
        # Bolt takes any form with the word "payload" in it for a click, and finds nothing in a command that says it.
        asked.body = dict(parse_qsl(asked.raw_body, keep_blank_values=True))
        asked.context = build_async_context(asked.context, asked.body)
    asked.body = sound(asked.body)
    asked.lazy_only, asked.lazy_function_name = False, None  # Bolt takes these from headers, which nobody signs
    return asked
