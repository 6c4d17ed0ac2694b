"""The control interface: act as any person and read what each can see, as JSON over HTTP under /sandbox/."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.forms import read_channel, read_person
from bot.sandbox.perspective import clock_json, sees
from bot.sandbox.shown import file_json
from bot.sandbox.things import StoredFile, Values
from bot.sandbox.wire import ActRefused, Json
from bot.sandbox.workspace import new_id

if TYPE_CHECKING:
    from bot.sandbox.slack import SandboxSlack

Act = Callable[[Json], Awaitable[Json]]
_PLACE = {"as", "action_id", "channel", "ts", "view_id", "home", "block_id", "force", "values"}
HEARTBEAT_SECONDS = 10.0


def routes(slack: SandboxSlack) -> list[Route]:
    """All routes of the control interface."""
    desk = _Desk(slack)
    acts: dict[str, Act] = {
        "command": desk.command,
        "message": desk.message,
        "click": desk.click,
        "submit": desk.submit,
        "close": desk.close,
        "home": desk.home,
        "join": desk.join,
        "leave": desk.leave,
        "dismiss": desk.dismiss,
        "reload": desk.reload,
        "clock": desk.clock,
        "reset": desk.reset,
        "person": desk.person,
        "channel": desk.channel,
        "faults": desk.add_fault,
        "events/raw": desk.raw_event,
    }
    return [
        Route("/sandbox/workspace", _reading(desk.workspace)),
        Route("/sandbox/view", _reading(desk.view)),
        Route("/sandbox/calls", _reading(desk.calls)),
        Route("/sandbox/events", desk.events),
        Route("/sandbox/files/{file}", desk.file),
        Route("/sandbox/files", desk.give_file, methods=["POST"]),
        Route("/sandbox/faults", _reading(desk.clear_faults), methods=["DELETE"]),
        *[Route(f"/sandbox/{name}", _acting(act), methods=["POST"]) for name, act in acts.items()],
    ]


def _acting(act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            return _refused(ActRefused("The body is not JSON."))
        if not isinstance(body, dict):
            return _refused(ActRefused("The body must be a JSON object."))
        try:
            return JSONResponse({"ok": True, **await act(body)})
        except ActRefused as refused:
            return _refused(refused)

    return endpoint


def _reading(read: Callable[[Request], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse({"ok": True, **read(request)}, headers={"Cache-Control": "no-store"})
        except ActRefused as refused:
            return _refused(refused)

    return endpoint


def _refused(refused: ActRefused) -> Response:
    return JSONResponse({"ok": False, "error": refused.sentence}, refused.status)


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ActRefused(f"`{name}` is missing, or is not text.")
    return value


def _optional(body: Json, name: str) -> str | None:
    return None if body.get(name) is None else _text(body, name)


def _values(body: Json) -> Values:
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(
        isinstance(actions, dict) and all(isinstance(given, dict) for given in actions.values())
        for actions in values.values()
    ):
        raise ActRefused("`values` must be {block_id: {action_id: {…}}}.")
    return values


class _Desk:
    """Turns requests into what the people of this Slack do."""

    def __init__(self, slack: SandboxSlack) -> None:
        self._slack = slack

    def workspace(self, _request: Request) -> Json:
        return self._slack.workspace()

    def view(self, request: Request) -> Json:
        return self._slack.view(_who(request))

    def calls(self, request: Request) -> Json:
        method = request.query_params.get("method")
        return {"calls": [asdict(call) for call in self._slack.calls if method in (None, call.method)]}

    def clear_faults(self, _request: Request) -> Json:
        self._slack.faults.clear()
        return {}

    async def command(self, body: Json) -> Json:
        return await self._slack.command(_text(body, "as"), _text(body, "channel"), _text(body, "text"))

    async def message(self, body: Json) -> Json:
        thread = _optional(body, "thread_ts")
        return await self._slack.message(_text(body, "as"), _text(body, "channel"), _text(body, "text"), thread)

    async def click(self, body: Json) -> Json:
        given = {name: value for name, value in body.items() if name not in _PLACE}
        return await self._slack.click(
            _text(body, "as"),
            _text(body, "action_id"),
            channel=_optional(body, "channel"),
            ts=_optional(body, "ts"),
            view_id=_optional(body, "view_id"),
            home=bool(body.get("home")),
            block_id=_optional(body, "block_id"),
            force=bool(body.get("force")),
            values=_values(body),
            **given,
        )

    async def submit(self, body: Json) -> Json:
        return await self._slack.submit(_text(body, "as"), _values(body), _optional(body, "view_id"))

    async def close(self, body: Json) -> Json:
        return await self._slack.close(_text(body, "as"), _optional(body, "view_id"))

    async def home(self, body: Json) -> Json:
        return await self._slack.home(_text(body, "as"))

    async def join(self, body: Json) -> Json:
        return await self._slack.join(_text(body, "as"), _text(body, "channel"))

    async def leave(self, body: Json) -> Json:
        return await self._slack.leave(_text(body, "as"), _text(body, "channel"))

    async def dismiss(self, body: Json) -> Json:
        self._slack.dismiss(_text(body, "as"))
        return {}

    async def reload(self, body: Json) -> Json:
        self._slack.reload(_text(body, "as"))
        return {}

    async def clock(self, body: Json) -> Json:
        seconds = body.get("advance_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ActRefused("`advance_seconds` must be a number of seconds.")
        return {"clock": await self._slack.advance(seconds)}

    async def reset(self, _body: Json) -> Json:
        await self._slack.reset()
        return {"clock": clock_json(self._slack.space)}

    async def person(self, body: Json) -> Json:
        person, channels = read_person(body, self._slack.space)
        self._slack.add_person(person, channels)
        return {"id": person.id}

    async def channel(self, body: Json) -> Json:
        channel = read_channel(body, self._slack.space)
        self._slack.add_channel(channel)
        return {"id": channel.id}

    async def add_fault(self, body: Json) -> Json:
        times, wait = body.get("times", 1), body.get("retry_after", 1)
        if not isinstance(times, int) or not isinstance(wait, int):
            raise ActRefused("`times` and `retry_after` must be whole numbers.")
        self._slack.faults.add(_text(body, "method"), str(body.get("kind", "")), times, wait)
        return {}

    async def raw_event(self, body: Json) -> Json:
        body = dict(body)
        number = body.pop("retry_num", None)
        reason = body.pop("retry_reason", "http_timeout")
        return await self._slack.deliver_event(body, number, reason)

    async def events(self, request: Request) -> Response:
        """Server-sent events: the version of what this person sees, whenever it grows."""
        try:
            person = _who(request)
            self._slack.view(person)
        except ActRefused as refused:
            return _refused(refused)
        changes, stopping = self._slack.changes, request.app.state.stopping

        async def stream() -> AsyncIterator[str]:
            version = changes.version(person)
            yield f'data: {{"version": {version}}}\n\n'
            while not stopping.is_set():
                now = await changes.after(person, version, HEARTBEAT_SECONDS)
                yield f'data: {{"version": {now}}}\n\n' if now > version else ": still here\n\n"
                version = now

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def give_file(self, request: Request) -> Response:
        """Somebody chooses a file in a form; answers what the form then holds."""
        try:
            _who(request)
        except ActRefused as refused:
            return _refused(refused)
        content = await request.body()
        file = StoredFile(new_id("F"), request.query_params.get("name", "file"), len(content), content=content)
        self._slack.space.files[file.id] = file
        return JSONResponse({"ok": True, "file": file_json(file)})

    async def file(self, request: Request) -> Response:
        """The bytes of a file, for a person who sees a message with it."""
        space = self._slack.space
        wanted, person = request.path_params["file"], request.query_params.get("as", "")
        for conversation in space.conversations.values():
            for message in conversation.messages:
                for file in message.files:
                    if file.id == wanted and file.content is not None and sees(person, conversation, message):
                        name = f"attachment; filename*=UTF-8''{quote(file.name)}"
                        headers = {"Content-Disposition": name, "X-Content-Type-Options": "nosniff"}
                        return Response(file.content, headers=headers, media_type="application/octet-stream")
        return _refused(ActRefused("There is no such file for this person.", 404))


def _who(request: Request) -> str:
    person = request.query_params.get("as")
    if not person:
        raise ActRefused("Say who you are: ?as=U…")
    return person
