"""How an answer fails to arrive: the connection is cut before or in the middle, or nothing comes for a long time."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class _CutConnection(Response):
    """Closes the connection without an answer.

    The server in use gives no official way to do so: its transport is taken from behind `receive`. Where there is
    none to be found, the answer breaks off in the middle instead, which callers notice as well.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut it."""
        transport = scope.get("extensions", {}).get("sandbox.transport")
        if transport is not None:
            transport.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await receive()
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b'{"ok":', "more_body": True})
        raise ConnectionError("the connection was cut on request")


def keep_transport(scope: Scope, receive: Receive) -> None:
    """Remember the connection's transport in the scope, where a response can find it."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if isinstance(transport, asyncio.Transport):
        scope.setdefault("extensions", {})["sandbox.transport"] = transport


def cut_connection() -> Response:
    """A response that is none."""
    return _CutConnection()


async def wait_or_leave(request: Request, stopping: asyncio.Event, seconds: float) -> None:
    """Wait until the caller gives up, the server stops, or `seconds` are over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not stopping.is_set() and not await request.is_disconnected():  # noqa: ASYNC110 - ASGI tells of a caller who left only when asked
                await asyncio.sleep(0.02)
