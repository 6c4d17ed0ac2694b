"""A second Slack, written from Slack's public documents alone: it shares nothing with the sandbox, not even its habits.

What differs between servers that call themselves compatible is a quirk that can be switched on (quirks.py).
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.other_slack.quirks import Quirks

Json = dict[str, Any]
BOT, BOT_USER, TEAM = "B55TQ8", "W900BOT", "E7XENTER"
MARA, OTIS, HELEN = "W11MARAAA", "U22OTIS22", "W33HELEN3"
ANNE, BORIS, CLARA, GUEST, MACHINE, LEFT = "W44ANNE44", "U55BORIS5", "W66CLARA6", "W77GUEST7", "W88ROBOT8", "W99LEFT99"
PILOT, ALL = "G0PILOT00", "C0ALLOFUS"


@dataclass
class Shown:
    """One thing that was put before people: a message, a whisper, a modal or a Home."""

    kind: str
    to: list[str]
    where: str
    ts: str
    content: Json
    text: str = ""

    def everything(self) -> str:
        """All that can be read in it."""
        return json.dumps([self.text, self.content], ensure_ascii=False)


@dataclass
class OtherSlack:
    """People, two channels, and what the bot has shown to whom."""

    quirks: Quirks = field(default_factory=Quirks)
    shown: list[Shown] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    token: str = "xoxb-other-1"
    app_token: str = "xapp-1-other"
    url: str = ""

    def __post_init__(self) -> None:
        self.members = {PILOT: [MARA, ANNE, BORIS, GUEST, MACHINE, BOT_USER, LEFT], ALL: [MARA, OTIS, ANNE, CLARA]}
        self.ims: dict[str, str] = {}
        self.triggers: dict[str, str] = {}
        self.tickets: dict[str, tuple[str, str, Shown | None]] = {}
        self.views: dict[str, tuple[str, Json]] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.awaited: dict[str, asyncio.Future[Any]] = {}
        self.connected = asyncio.Event()
        self.opened = self.refusing = 0
        self._count = itertools.count(1)

    # -- ids and times, in formats of its own

    def stamp(self) -> str:
        """A message's ts, with as many decimals as this server likes."""
        return f"{1_796_025_600 + next(self._count)}.{7:0{self.quirks.decimals}d}"

    def ticket(self, channel: str, person: str, shown: Shown | None) -> str:
        """A response address."""
        key = f"T{next(self._count)}/{person}"
        self.tickets[key] = (channel, person, shown)
        return f"{self.url}/commands/{key}"

    def trigger(self, person: str) -> str:
        """Leave to open one modal."""
        made = f"trg-{next(self._count)}"
        self.triggers[made] = person
        return made

    # -- what people see

    def audience(self, channel: str) -> list[str]:
        """Who sees what is posted there."""
        if channel in self.members:
            return [person for person in self.members[channel] if person not in {BOT_USER, MACHINE}]
        return [person for person, im in self.ims.items() if channel in {im, person}] or [channel]

    def seen_by(self, person: str, *kinds: str) -> list[Shown]:
        """Everything that was put before this person, oldest first."""
        return [each for each in self.shown if person in each.to and (not kinds or each.kind in kinds)]

    def find(self, person: str, action: str) -> tuple[Shown, Json]:
        """The newest button of this kind that this person sees."""
        for shown in reversed(self.seen_by(person)):
            for block in shown.content.get("blocks") or []:
                for element in [*block.get("elements", []), block.get("accessory") or {}]:
                    if element.get("action_id") == action:
                        return shown, {**element, "block_id": block.get("block_id", "b")}
        msg = f"{person} sees no {action}"
        raise LookupError(msg)

    # -- the Web API

    async def api(self, request: web.Request) -> web.Response:
        """Any method, with its arguments as a form, as JSON or in the query."""
        method = request.match_info["method"]
        given: Json = dict(request.query)
        if request.content_type == "application/json":
            given |= await request.json()
        else:
            given |= dict(await request.post())
        self.called.append(method)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or given.get("token", "")
        if token != (self.app_token if method == "apps.connections.open" else self.token):
            return self._answer(method, {"ok": False, "error": "invalid_auth"})
        if method in self.quirks.unknown_methods:
            return self._answer(method, self.quirks.unknown_answer(method))
        handler = getattr(self, method.replace(".", "_"), None)
        if handler is None:
            return self._answer(method, {"ok": False, "error": "unknown_method", "req_method": method})
        for name in ("blocks", "view", "metadata"):
            if isinstance(given.get(name), str):
                given[name] = json.loads(given[name])
        return self._answer(method, handler(given))

    def _answer(self, method: str, answer: Json) -> web.Response:
        if not answer.get("ok"):
            self.refused.append(f"{method}: {answer.get('error')}")
        more = {
            "warning": "something_new",
            "response_metadata": {"warnings": ["x"], **answer.get("response_metadata", {})},
        }
        return web.json_response({**answer, **more, "x_unheard_of": {"a": [1]}})

    def auth_test(self, _given: Json) -> Json:
        """Who the token is."""
        answer = {"ok": True, "url": f"{self.url}/", "team_id": TEAM, "user": "fw", "user_id": BOT_USER}
        return answer if self.quirks.no_bot_id else {**answer, "bot_id": BOT}

    def apps_connections_open(self, _given: Json) -> Json:
        """An address for one socket."""
        self.opened += 1
        if self.refusing:
            self.refusing -= 1
            return {"ok": False, "error": "internal_trouble"}
        return {"ok": True, "url": f"{self.url.replace('http', 'ws')}/socket?ticket={self.opened}&app_id=A1"}

    def chat_postMessage(self, given: Json) -> Json:  # noqa: N802 - Slack's name
        """A message to a channel, or to a person."""
        to = given["channel"]
        if to in {MACHINE, LEFT}:
            return {"ok": False, "error": "cannot_dm_bot" if to == MACHINE else "user_disabled"}
        where = to if to in self.members else self._im(to)
        content = {"blocks": given.get("blocks"), "metadata": given.get("metadata")}
        self.shown.append(Shown("message", self.audience(where), where, self.stamp(), content, given.get("text", "")))
        return {"ok": True, "channel": where, "ts": self.shown[-1].ts, "message": {"type": "message", "text": "…"}}

    def chat_postEphemeral(self, given: Json) -> Json:  # noqa: N802 - Slack's name
        """A message for one person."""
        where, person = given["channel"], given["user"]
        content = {"blocks": given.get("blocks")}
        self.shown.append(Shown("whisper", [person], where, self.stamp(), content, given.get("text", "")))
        return {"ok": True, "message_ts": self.shown[-1].ts}

    def conversations_members(self, given: Json) -> Json:
        """Two at a time, whatever is asked for."""
        start = int(given.get("cursor") or 0)
        every = self.members[given["channel"]]
        onward = str(start + 2) if start + 2 < len(every) else ""
        return {"ok": True, "members": every[start : start + 2], "response_metadata": {"next_cursor": onward}}

    def conversations_open(self, given: Json) -> Json:
        """The direct messages with a person."""
        return {"ok": True, "channel": {"id": self._im(given["users"])}}

    def conversations_history(self, given: Json) -> Json:
        """Newest first, with metadata or without."""
        found = []
        for shown in reversed(
            [each for each in self.shown if each.kind == "message" and each.where == given["channel"]]
        ):
            message: Json = {"type": "message", "ts": shown.ts, "text": shown.text, "user": BOT_USER}
            if shown.content.get("metadata") and not self.quirks.loses_metadata:
                message["metadata"] = shown.content["metadata"]
            found.append(message)
        return {"ok": True, "messages": found, "has_more": False}

    def users_info(self, given: Json) -> Json:
        """A person, as bare as this server is."""
        person = given["user"]
        user: Json = {"id": person, "name": person.lower(), "deleted": person == LEFT}
        if person == MACHINE:
            user["is_bot"] = True
        if person == GUEST:
            user |= {"is_restricted": True, "is_ultra_restricted": True}
        if not self.quirks.no_tz:
            user |= {"tz": "Europe/Lisbon", "tz_offset": 0}
        return {"ok": True, "user": user}

    def users_list(self, _given: Json) -> Json:
        """Everybody, without a cursor."""
        return {"ok": True, "members": [{"id": ANNE, "name": "anne"}, {"id": BORIS, "deleted": True}]}

    def views_open(self, given: Json) -> Json:
        """A modal."""
        person = self.triggers.pop(str(given.get("trigger_id")), None)
        if person is None:
            return {"ok": False, "error": "invalid_trigger" if given.get("trigger_id") else "invalid_arguments"}
        return {"ok": True, "view": {"id": self.put_view(person, given["view"])}}

    views_push = views_open

    def views_update(self, given: Json) -> Json:
        """Another modal in the place of one."""
        person, _old = self.views[given["view_id"]]
        return {"ok": True, "view": {"id": self.put_view(person, given["view"])}}

    def views_publish(self, given: Json) -> Json:
        """A Home."""
        self.shown.append(Shown("home", [given["user_id"]], "home", self.stamp(), given["view"]))
        return {"ok": True, "view": {}}

    def put_view(self, person: str, view: Json) -> str:
        """Put a modal before somebody."""
        made = f"V{next(self._count):07}"
        self.views[made] = (person, view)
        self.shown.append(Shown("modal", [person], made, self.stamp(), view))
        return made

    def _im(self, person: str) -> str:
        return self.ims.setdefault(person, f"D{len(self.ims):06}")

    async def respond(self, request: web.Request) -> web.Response:
        """An answer through a response address."""
        channel, person, shown = self.tickets[request.match_info["key"]]
        self.heard(await request.json(), channel, person, shown)
        return web.Response(text="ok")

    def heard(self, body: Json, channel: str, person: str, shown: Shown | None) -> None:
        """What came back to somebody, by whichever way."""
        if body.get("replace_original") and shown is not None:
            shown.content, shown.text = {"blocks": body.get("blocks")}, body.get("text", "")
            return
        content = {"blocks": body.get("blocks")}
        self.shown.append(Shown("whisper", [person], channel, self.stamp(), content, body.get("text", "")))

    # -- the socket

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """One connection."""
        link = web.WebSocketResponse()
        await link.prepare(request)
        self.sockets.append(link)
        await link.send_json({"type": "hello"} if self.quirks.lean else {"type": "hello", "num_connections": 1})
        self.connected.set()
        async for message in link:
            if message.type is WSMsgType.TEXT:
                self._acknowledged(json.loads(message.data))
        self.sockets.remove(link)
        return link

    async def hang_up(self) -> None:
        """Ask every connection to come again, and close it."""
        self.connected.clear()
        for link in list(self.sockets):
            await link.send_json({"type": "disconnect", "reason": "warning"})
            await link.close()

    def _acknowledged(self, answer: Json) -> None:
        waiting = self.awaited.pop(answer.get("envelope_id", ""), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))


@asynccontextmanager
async def serving(slack: OtherSlack) -> AsyncIterator[str]:
    """Serve it on a free loopback port; gives the address of its Web API."""
    app = web.Application()
    app.router.add_route("*", "/api/{method}", slack.api)
    app.router.add_post("/commands/{key:.+}", slack.respond)
    app.router.add_get("/socket", slack.socket)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{site.port}"
    try:
        yield f"{slack.url}/api/"
    finally:
        await runner.cleanup()
