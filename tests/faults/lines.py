"""Slack and the bot in one process, without a socket: what the SDK would send goes straight to the sandbox, and back.

On the way a call may meet with every mishap that a network or a server can make.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.sandbox import response_urls, web_api
from bot.sandbox.arguments import Arguments
from bot.sandbox.lines import NoReply, Reply, Retry, decode, encode, signature
from bot.sandbox.things import Call
from bot.sandbox.wire import SlackError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Message

    from bot.sandbox.slack import SandboxSlack

SERVER_ERROR = 500
TOO_MANY = 429
HTML = b"<html><body>Something went wrong"
ODD_BODIES: Mapping[str, tuple[bytes, str]] = {
    "html": (HTML, "text/html"),
    "empty": (b"", "application/json"),
    "no json": (b'{"ok": tru', "application/json"),
    "a list": (b'[{"ok": true}]', "application/json"),
    "ok without ts": (b'{"ok": true}', "application/json"),
    "ok as a word": (b'{"ok": "true", "ts": 5}', "application/json"),
    "nonsense for a kind": (b'{"ok": true, "ts": "1.2"}', "image/png"),
}


class Heard:
    """An answer, as aiohttp hands it over."""

    def __init__(self, status: int, raw: bytes, kind: str = "application/json", headers: Any = None) -> None:
        """`raw` is the body."""
        self.status, self.raw, self.content_type = status, raw, kind
        self.headers = {"Content-Type": kind, **(headers or {})}
        self.content = SimpleNamespace(read=self._read)

    async def _read(self, most: int = -1) -> bytes:
        return self.raw if most < 0 else self.raw[:most]

    async def read(self) -> bytes:
        """All of it."""
        return self.raw

    async def text(self) -> str:
        """Decoded; raises what aiohttp raises."""
        return self.raw.decode()

    async def json(self) -> Any:
        """Parsed; raises what aiohttp raises."""
        if self.content_type != "application/json":
            raise aiohttp.ContentTypeError(_about(), ())
        return jsonlib.loads(self.raw) if self.raw.strip() else None


class StraightLine:
    """Stands for the SDK's HTTP session. `mishap(method, place)` says what a call meets; `alive` raises when the bot is dead."""

    closed = False

    def __init__(self, slack: SandboxSlack, mishap: Callable[[str, str], str], alive: Callable[[], None]) -> None:
        """Lead to this Slack."""
        self._slack, self._mishap, self._alive = slack, mishap, alive

    def request(self, _verb: str, address: str, **given: Any) -> Any:
        """A call of the Web API."""
        fields = {**_form(given.get("params")), **_form(given.get("data")), **(given.get("json") or {})}
        method = urlsplit(address).path.rpartition("/")[2]
        return self._carried(method, fields, lambda: self._called(method, fields))

    def post(self, address: URL, *, json: Any = None, **_more: Any) -> Any:
        """An answer through a response_url."""
        key = str(address).rpartition("/")[2]

        def answer() -> Mapping[str, Any]:
            response_urls.answer(self._slack.space, key, json)
            return {}

        return self._carried("response_url", dict(json), answer)

    async def close(self) -> None:
        """Nothing to close."""

    @asynccontextmanager
    async def _carried(
        self, method: str, fields: dict[str, Any], work: Callable[[], Mapping[str, Any]]
    ) -> AsyncIterator[Heard]:
        self._alive()
        what = self._mishap(method, _place(fields))
        await asyncio.sleep(0)
        self._alive()  # killed before the request left
        if what in {"refused connection", "reset before"}:
            raise _broken(what)
        call = Call(method, fields, None, 0, self._slack.clock.now().isoformat())
        self._slack.calls.append(call)
        heard = _struck(what)
        if heard is None:
            body = _done(work)
            heard = Heard(200, jsonlib.dumps(body).encode())
            call.status, call.answer = 200, dict(body) if not what else None
        else:
            call.status, call.answer = heard.status, {"ok": False}
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self._alive()  # killed before the answer came
        if what in ODD_BODIES:
            heard = Heard(200, *ODD_BODIES[what])
        elif what == "500 after":
            heard = Heard(SERVER_ERROR, HTML, "text/html")
        elif what in {"reset after", "timeout after", "cut in the middle"}:
            raise _broken(what)
        yield heard

    def _called(self, method: str, fields: dict[str, Any]) -> Mapping[str, Any]:
        slack = self._slack
        args = Arguments(fields, slack.base_url)
        return web_api.carry_out(slack.space, method, args, slack.connection.grant.scopes, slack.meter)


def _done(work: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return {"ok": True, **work()}
    except SlackError as refused:
        return {"ok": False, "error": refused.name, **refused.details}


def _struck(what: str) -> Heard | None:
    """The answer of a server that did nothing."""
    if what.startswith("429"):
        waits = {"429": "7", "429 with nonsense": "soon"}
        wait = {"Retry-After": waits[what]} if what in waits else {}
        return Heard(TOO_MANY, b'{"ok": false, "error": "ratelimited"}', headers=wait)
    if what == "500 before":
        return Heard(SERVER_ERROR, b'{"ok": false, "error": "internal_error"}')
    if what.startswith("error:"):
        return Heard(200, jsonlib.dumps({"ok": False, "error": what.removeprefix("error:")}).encode())
    return None


def _broken(what: str) -> Exception:
    if what == "refused connection":
        key = SimpleNamespace(ssl=True, host="slack", port=443, is_ssl=True)
        return aiohttp.ClientConnectorError(key, OSError(111, "refused"))  # type: ignore[arg-type]
    if what == "timeout after":
        return TimeoutError()
    if what == "cut in the middle":
        return aiohttp.ClientPayloadError("not all of it came")
    return aiohttp.ServerDisconnectedError()


def _about() -> Any:
    return SimpleNamespace(real_url=URL("http://lab"), method="POST", headers={}, url=URL("http://lab"))


def _form(given: Any) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else str(value) for name, value in (given or {}).items()}


def _place(fields: Mapping[str, Any]) -> str:
    return str(fields.get("channel") or fields.get("user_id") or fields.get("user") or fields.get("users") or "")


class LineToBot:
    """What Slack sends, signed as ever, handed to the bot's web app. A bot that dies meanwhile gives no answer."""

    def __init__(self, secret: str, app: Callable[[], ASGIApp | None], died: type[BaseException]) -> None:
        """`app` is the bot as it is now; `died` is what comes out of one that was killed."""
        self._secret, self._app, self._died = secret, app, died

    async def close(self) -> None:
        """Nothing to close."""

    async def send(self, kind: str, payload: dict[str, Any], retry: Retry | None) -> Reply:
        """Send one request; raises NoReply."""
        app = self._app()
        if app is None:
            raise NoReply("connection_failed")
        body, content_type = encode(kind, payload)
        headers = {"content-type": content_type, **signature(self._secret, body, _real_second())}
        if retry is not None:
            headers |= {"x-slack-retry-num": str(retry.number), "x-slack-retry-reason": retry.reason}
        answered: list[Message] = []
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            return next(given, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            answered.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/slack/events",
            "raw_path": b"/slack/events",
            "root_path": "",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        handling = asyncio.ensure_future(app(scope, receive, send))
        try:
            await handling
        except self._died:
            raise NoReply("connection_failed") from None
        status = next(part["status"] for part in answered if part["type"] == "http.response.start")
        raw = b"".join(part.get("body", b"") for part in answered if part["type"] == "http.response.body")
        kinds = [dict(part["headers"]) for part in answered if part["type"] == "http.response.start"]
        kind_of = kinds[0].get(b"content-type", b"").decode().partition(";")[0]
        return Reply(status, decode(kind_of, raw.decode()))


def _real_second() -> int:
    import time

    return int(time.time())
