"""Socket Mode with a watchdog of our own: a socket that is open but dead is a known failure of the SDK's client.

The SDK mends a connection by itself in the usual cases. When nothing at all was heard for a while, its state is not
argued with: the client is thrown away and another one is made.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import confidence, metrics
from bot.domain.health import Check
from bot.settings import SettingsProblem
from bot.slack.errors import Answer, Refusal, Silence, Unreached, ask
from bot.slack.payload import NotSlacks, sound
from bot.slack.replays import Replays

log = structlog.get_logger(__name__)

PING_SECONDS = 5.0
WATCH_SECONDS = 2.0
STALE_SECONDS = 30.0
"""Six pings without a pong, and no message either."""
CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 5.0
LONGEST_WAIT = 30.0
OK = 200
NOT_TIMED = 0.0


class SocketRefused(SettingsProblem):
    """Slack does not let this token open a socket. The message says so in a sentence, with the fix."""

    def __init__(self, error: str) -> None:
        """`error` is Slack's own name for the reason."""
        super().__init__(
            f"SLACK_APP_TOKEN: Slack refuses to open a socket ({error}). Make an app-level token with connections:write "
            "under Basic Information, and switch Socket Mode on."
        )


class Connection(AsyncSocketModeHandler):
    """One client of the SDK's, and when it was last heard."""

    def __init__(
        self,
        bolt: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        clock: Callable[[], float],
        replays: Replays[BoltResponse],
    ) -> None:
        """Connect to nothing yet. `replays` knows what came over earlier connections."""
        super().__init__(bolt, app_token, web_client=client, ping_interval=PING_SECONDS)
        self.client.proxy = client.proxy
        self.client.on_message_listeners.append(self._hear)
        self._clock = clock
        self._replays = replays
        self._heard = clock()
        self._pong: float | None = None
        self._handling = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def heard(self) -> float:
        """When the last message or pong came, by the given clock."""
        pong = self.client.last_ping_pong_time
        if pong is not None and pong != self._pong:
            self._pong, self._heard = pong, self._clock()
        return self._heard

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Let Bolt answer one envelope."""
        try:
            req.payload = sound(req.payload)
        except (NotSlacks, RecursionError):
            log.info("request_refused", why="Not a payload of Slack's.")
            await _take(client, req)  # so that it does not come again
            return
        self._handling += 1
        self._idle.clear()
        try:
            mark = self._replays.mark_of(str(req.envelope_id).encode("utf-8", "replace"))
            answer = await self._replays.once(
                mark, lambda: self._answered(req), done=lambda given: given.status == OK, again=False
            )
            if answer is None:
                await _take(client, req)
            else:
                await send_async_response(client, req, answer, NOT_TIMED)
        finally:
            self._handling -= 1
            if not self._handling:
                self._idle.set()

    async def _answered(self, req: SocketModeRequest) -> BoltResponse:
        with confidence.request():
            answer: BoltResponse = await run_async_bolt_app(self.app, req)
            return answer

    async def open(self, address: str) -> None:
        """Connect. Raises TimeoutError."""
        self.client.wss_uri = address
        async with asyncio.timeout(CONNECT_SECONDS):
            await self.client.connect()  # type: ignore[no-untyped-call]
        self._heard = self._clock()

    async def end(self) -> None:
        """Let what is being answered end, within bounds, and hang up."""
        await _wait(CLOSE_SECONDS, self._idle)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.client.close()  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError) as error:
            log.warning("socket_not_closed", error=type(error).__name__)

    async def _hear(self, _message: object) -> None:
        self._heard = self._clock()


class SocketMode:
    """Keeps one live connection to Slack until it is told to stop."""

    def __init__(
        self,
        bolt: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        *,
        stale_seconds: float = STALE_SECONDS,
        watch_seconds: float = WATCH_SECONDS,
    ) -> None:
        """Connect to nothing yet. `client` says which server; ws:// addresses are as good as wss://."""
        self._bolt = bolt
        self._token = app_token
        self._client = client
        self._stale_seconds = stale_seconds
        self._watch_seconds = watch_seconds
        self._connection: Connection | None = None
        self._accepted = False
        self._replays: Replays[BoltResponse] = Replays()

    def last_seen(self) -> float | None:
        """Seconds since Slack was last heard on the socket; None while there is no connection."""
        if self._connection is None:
            return None
        return time.monotonic() - self._connection.heard

    def alive(self) -> bool:
        """Whether Slack was heard lately."""
        seen = self.last_seen()
        return seen is not None and seen <= self._stale_seconds

    def check(self) -> Check:
        """The same as a part of /readyz. When exactly a message came is nobody's business, so no seconds are told."""
        if self.alive():
            found = Check("socket", ok=True, seen="Slack is heard on it")
        else:
            silent = self.last_seen()
            seen = "not connected" if silent is None else f"silent for {int(silent // 60)} min or more"
            fix = "It is connected again by itself. If it stays so: check the network and a proxy, then python app.py doctor"
            found = Check("socket", ok=False, seen=seen, fix=fix)
        metrics.part_is(found.name, ok=found.ok)
        return found

    async def run(self, stop: asyncio.Event) -> None:
        """Connect, watch, and connect again, until `stop` is set.

        Raises SocketRefused when Slack will not have us from the start. A token that was good once is tried again and
        again: to end over a refusal that passes would take the bot away until somebody notices.
        """
        tries = 0
        try:
            while not stop.is_set():
                if self._connection is not None and not self.alive():
                    log.warning("socket_stale", silent_seconds=round(self.last_seen() or 0))
                    await self._hang_up()
                if self._connection is None and not await self._connect():
                    tries += 1
                    await _wait(min(2.0**tries, LONGEST_WAIT), stop)
                    continue
                tries = 0
                await _wait(self._watch_seconds, stop)
        finally:
            await self._hang_up()

    async def _connect(self) -> bool:
        match await ask(self._client.apps_connections_open(app_token=self._token)):
            case Answer(body={"url": str(address)}):
                pass
            case Refusal(error=error, retry_after=None) if not self._accepted:
                raise SocketRefused(error)
            case Refusal(error=error) | Unreached(error=error) | Silence(error=error):
                log.warning("socket_address_not_given", error=error)
                return False
            case _:
                log.warning("socket_address_not_given", error="unreadable_answer")
                return False
        connection = Connection(self._bolt, self._token, self._client, time.monotonic, self._replays)
        try:
            await connection.open(address)
        except TimeoutError:
            log.warning("socket_not_opened")
            await connection.end()
            return False
        except asyncio.CancelledError:
            await connection.end()
            raise
        self._connection = connection
        self._accepted = True
        log.info("socket_open")
        return True

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.end()


async def _take(client: SocketModeClient, req: SocketModeRequest) -> None:
    if isinstance(req.envelope_id, str):
        await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))


async def run_socket_mode(bolt: AsyncApp, app_token: str, client: AsyncWebClient, stop: asyncio.Event) -> None:
    """Take Slack's requests over Socket Mode until `stop` is set. Raises SocketRefused."""
    await SocketMode(bolt, app_token, client).run(stop)


async def _wait(seconds: float, event: asyncio.Event) -> None:
    """Until the event, but no longer than that."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
