"""Assembles the sandbox's ASGI application: Web API, response addresses, files, control interface and the page."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox import control, file_methods, response_urls
from bot.sandbox.api_desk import ApiDesk
from bot.sandbox.broken_answers import keep_transport
from bot.sandbox.uploads import uploaded_bytes
from bot.sandbox.wire import SlackError

if TYPE_CHECKING:
    from bot.sandbox.slack import SandboxSlack

PAGE = Path(__file__).parent / "page"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def build_app(slack: SandboxSlack) -> Starlette:
    """The whole server for this Slack."""
    desk = ApiDesk(slack)

    async def upload(request: Request) -> Response:
        problem = file_methods.receive_upload(slack.space, request.path_params["key"], await uploaded_bytes(request))
        return PlainTextResponse(problem, 400) if problem else PlainTextResponse("OK")

    async def download(request: Request) -> Response:
        """A file's bytes, for the app alone."""
        file = slack.space.files.get(request.path_params["file"])
        if request.headers.get("authorization") != f"Bearer {slack.connection.bot_token}" or file is None:
            return PlainTextResponse("no such file for you", 404)
        return Response(file.content or b"", media_type="application/octet-stream")

    async def answer(request: Request) -> Response:
        return await desk.met("response_url", request, lambda: _respond(slack, request))

    async def page(_request: Request) -> Response:
        return FileResponse(PAGE / "index.html")

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.stopping.clear()
        yield
        await slack.stop()

    app = Starlette(
        routes=[
            Route("/", page),
            Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
            Route("/api/{method}", desk.take, methods=["GET", "POST"]),
            Route("/upload/v1/{key}", upload, methods=["POST"]),
            Route("/files-pri/{file}", download),
            Route("/response/{key}", answer, methods=["POST"]),
            *control.routes(slack),
        ],
        lifespan=lifespan,
    )
    app.state.address = ""
    app.state.stopping = asyncio.Event()
    app.add_middleware(LoopbackOnly)
    return app


class LoopbackOnly:
    """Refuses requests that were addressed to another name, or come from another site's page.

    A page elsewhere cannot reach the sandbox by pointing its own host name at this machine, nor press anything in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let loopback requests through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin")
        if _host(f"//{headers.get('host', '')}") not in _LOOPBACK:
            refusal = "The sandbox answers only to 127.0.0.1 and localhost."
        elif (origin is not None and urlsplit(origin).netloc != headers["host"]) or (
            headers.get("sec-fetch-site") in {"cross-site", "same-site"} and scope["path"] != "/"
        ):
            refusal = "The sandbox takes requests from its own page only."
        else:
            state = scope["app"].state
            state.address = state.address or f"http://{headers['host']}"
            keep_transport(scope, receive)
            await self._app(scope, receive, send)
            return
        await JSONResponse({"ok": False, "error": refusal}, 403)(scope, receive, send)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _respond(slack: SandboxSlack, request: Request) -> tuple[int, Mapping[str, Any]]:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return 400, {"ok": False, "error": "invalid_payload"}
    try:
        response_urls.answer(slack.space, request.path_params["key"], body)
    except SlackError as refused:
        gone = refused.name in {"used_url", "expired_url", "invalid_url"}
        return 404 if gone else 400, {"ok": False, "error": refused.name, **refused.details}
    return 200, {"ok": True}
