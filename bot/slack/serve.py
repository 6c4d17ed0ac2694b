"""Runs the bot's two doors until it is stopped: HTTP always, Socket Mode when there is an app token for it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import structlog
import uvicorn
from slack_bolt.async_app import AsyncApp
from starlette.types import ASGIApp

from bot.domain.health import Check
from bot.ports import Clock, Post
from bot.settings import Settings, SettingsProblem
from bot.slack.connections import PatientDoor
from bot.slack.overlap import Overlap
from bot.slack.socket_mode import SocketMode
from bot.slack.web import NOTHING_SAID, Readiness, nothing_needed, web_app

log = structlog.get_logger(__name__)

GRACE_SECONDS = 10
BACKLOG = 256
ENDING = Check(
    "stopping",
    ok=False,
    seen="this process was told to end",
    fix="Nothing, if you stopped it: it answers what it has begun, sends what is on its way, and ends within 25 seconds.",
)


def _nothing() -> None:
    """Nobody wants to know."""


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


async def serve(
    bolt: AsyncApp,
    settings: Settings,
    *,
    stop: Awaitable[Any],
    ready: Readiness = nothing_needed,
    downloads: ASGIApp | None = None,
    on_stop: Callable[[], None] = _nothing,
    linger: float = 0.0,
    had_it: Post = NOTHING_SAID,
    clock: Clock,
) -> None:
    """Serve until `stop` is done. Health is always on HTTP; Slack comes that way too unless there is an app token.

    Then `on_stop` is called and /readyz says no; requests are still answered for `linger` seconds, in which whoever sends
    them here can notice; then the doors close, and what was let in is answered to its end.

    `ready` names what else has to work (the database, say); `downloads` answers browsers. Raises SettingsProblem when the port cannot be had, and
    SocketRefused when Slack does not take the app token.
    """
    app_token = settings.slack_app_token.get_secret_value()
    sockets = SocketMode(bolt, app_token, bolt.client) if app_token else None

    async def prepared() -> Sequence[Check]:
        if stopping.done():
            return [ENDING]
        checks = await ready()
        return [*checks, sockets.check()] if sockets else checks

    settle()
    stopping = asyncio.ensure_future(stop)
    work: list[asyncio.Future[None]] = []
    ended = asyncio.Event()
    app = web_app(
        None if sockets else bolt,
        ready=prepared,
        downloads=downloads,
        overlap=Overlap.of(settings),
        had_it=had_it,
        clock=clock,
    )
    server = _Server(
        uvicorn.Config(
            app,
            http=PatientDoor,
            ws="none",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            lifespan="off",
        )
    )
    try:
        with open_door(settings.host, settings.port) as door:
            work.append(asyncio.ensure_future(server.serve(sockets=[door])))
            if sockets:
                work.append(asyncio.ensure_future(sockets.run(ended)))
            way_in = "socket" if sockets else "http"
            log.info("serving", host=settings.host, port=door.getsockname()[1], way_in=way_in)
            try:
                await asyncio.wait([*work, stopping], return_when=asyncio.FIRST_COMPLETED)
            finally:
                log.info("stopping")
                on_stop()
                ended.set()  # Slack brings what comes on a socket that is gone to another one
                if stopping.done() and not sockets:
                    await asyncio.sleep(linger)
                server.should_exit = True
                await _finish(work)
    finally:
        stopping.cancel()


def settle() -> None:
    """What was loaded by now stays, so the garbage collector need not walk through it again with every few thousand clicks."""
    gc.collect()
    gc.freeze()


async def _finish(work: list[asyncio.Future[None]]) -> None:
    """Wait for both doors to close, within bounds. Raises what either of them ended with."""
    _done, late = await asyncio.wait(work, timeout=GRACE_SECONDS + 2)
    for task in late:
        task.cancel()
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def open_door(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsProblem with what to change."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        door = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except socket.gaierror:
        msg = "HOST: is not an address of this machine. 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses."
        raise SettingsProblem(msg) from None
    except OSError as error:
        msg = (
            f"PORT: {port} on {host} cannot be used ({error.strerror}). Choose another with PORT, or end what uses it."
        )
        raise SettingsProblem(msg) from None
    # An answer leaves as two writes, head and body. Without this the second waits for Slack to confirm the first: 40 ms.
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return door
