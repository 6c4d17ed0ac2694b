"""Serves an ASGI app on a loopback port inside the running event loop, for the sandbox and for tests."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette


class _QuietServer(uvicorn.Server):
    """A server inside somebody else's event loop: it leaves signals alone, and stops when told instead of polling."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Serve what `config` says."""
        super().__init__(config)
        self.leaving = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait to be told to stop."""
        await self.leaving.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as soon as what is being answered is answered, or after a second; tests do this very often."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn keeps sets, not events
                    await asyncio.sleep(0.001)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def running(app: Any, port: int = 0, *, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """Serve an ASGI app on a loopback port, a free one by default, in this event loop; gives its address.

    `listener` is a socket that is open already.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level=logging.ERROR,
        access_log=False,
        ws="none",
    )
    listener = listener or socket.create_server(("127.0.0.1", port))
    listener.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )  # a head need not be confirmed before its body leaves
    server = _QuietServer(config)
    serving = asyncio.get_running_loop().create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if serving.done():
                await serving
            await asyncio.sleep(0.005)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if isinstance(app, Starlette):
            app.state.address = address
        yield address
    finally:
        if isinstance(app, Starlette) and hasattr(app.state, "stopping"):
            app.state.stopping.set()
        server.leaving.set()
        await serving
