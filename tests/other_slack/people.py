"""What people do in the other Slack, over HTTP or over a socket: commands, clicks, forms, coming in, opening the Home."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp

from scheduler.clock import MovableClock
from tests.other_slack.server import TEAM, Json, OtherSlack, Shown

SECRET = "another-secret"
ACK_SECONDS = 3.0


class People:
    """Acts in the other Slack. `bot_url` is where the bot takes requests; None means over the socket. `rest` lets it finish."""

    def __init__(self, slack: OtherSlack, bot_url: str | None, rest: Callable[[], Awaitable[None]]) -> None:
        self._slack = slack
        self._bot_url = bot_url
        self.rest = rest
        self.clock: MovableClock | None = None

    async def wait(self, hours: int) -> None:
        """Let hours pass, one after the other; the bot does what is due in each."""
        assert self.clock is not None
        for _hour in range(hours):
            self.clock.advance(timedelta(hours=1))
            await self.rest()

    async def command(self, person: str, text: str, channel: str) -> str:
        """Type a command; returns what its answer says."""
        slack = self._slack
        name, _, rest = text.partition(" ")
        form = {
            "token": "old",
            "command": name,
            "text": rest,
            "user_id": person,
            "channel_id": channel,
            "team_id": TEAM,
            "response_url": slack.ticket(channel, person, None),
        }
        if not slack.quirks.lean:
            form |= {"team_domain": "other", "user_name": "x", "channel_name": "y", "api_app_id": "A1", "later": "{}"}
        if not slack.quirks.no_trigger:
            form["trigger_id"] = slack.trigger(person)
        before = len(slack.shown)
        answer = await self._send("slash_commands", form)
        if answer:
            slack.heard(answer if isinstance(answer, dict) else {"text": str(answer)}, channel, person, None)
        await self.rest()
        return "".join(each.everything() for each in slack.shown[before:] if person in each.to)

    async def press(self, person: str, action: str) -> None:
        """Press the newest button of this kind that this person sees."""
        shown, element = self._slack.find(person, action)
        await self._send("interactive", self.click(person, shown, element))
        await self.rest()

    def click(self, person: str, shown: Shown, element: Json) -> Json:
        """The payload of a click."""
        slack = self._slack
        payload: Json = {
            "type": "block_actions",
            "user": {"id": person},
            "actions": [{"type": "button", **element, "action_ts": slack.stamp()}],
        }
        if not slack.quirks.no_trigger:
            payload["trigger_id"] = slack.trigger(person)
        if shown.kind in {"modal", "home"}:
            payload["view"] = {"id": shown.where, "type": shown.kind, **shown.content}
            payload["container"] = {"type": "view", "view_id": shown.where}
        else:
            payload["channel"] = {"id": shown.where}
            payload["response_url"] = slack.ticket(shown.where, person, shown)
            payload["container"] = {"type": "message", "message_ts": shown.ts, "channel_id": shown.where}
            if shown.kind == "message":
                payload["message"] = {"ts": shown.ts, "text": shown.text, "blocks": shown.content["blocks"]}
        if slack.quirks.lean:
            payload.pop("container", None)
            payload.pop("message", None)
        else:
            payload |= {
                "team": None,
                "enterprise": {"id": TEAM, "name": "x"},
                "is_enterprise_install": True,
                "novel": 1,
            }
        return payload

    async def submit(self, person: str, values: Json) -> None:
        """Submit the modal in front."""
        slack = self._slack
        shown = slack.seen_by(person, "modal")[-1]
        view = {"id": shown.where, "hash": "h", **shown.content, "state": {"values": values}}
        payload: Json = {"type": "view_submission", "user": {"id": person}, "view": view}
        if not slack.quirks.lean:
            payload |= {"team": None, "enterprise": {"id": TEAM}, "response_urls": [], "api_app_id": "A1"}
        answer = await self._send("interactive", payload)
        if isinstance(answer, dict) and answer.get("response_action") in {"update", "push"}:
            slack.put_view(person, answer["view"])
        await self.rest()

    async def event(self, event: Json, *, twice: bool = False) -> None:
        """Tell the bot of an event, once or twice."""
        body: Json = {"type": "event_callback", "event": event, "event_id": f"Ev{uuid4().hex[:9].upper()}"}
        if not self._slack.quirks.lean:
            authorizations = [{"enterprise_id": TEAM, "team_id": None, "user_id": "W900BOT", "is_bot": True}]
            body |= {"team_id": TEAM, "api_app_id": "A1", "authorizations": authorizations, "event_context": "4-x"}
            body["event_time"] = int(time.time())
        for _ in range(2 if twice else 1):
            await self._send("events_api", body)
        await self.rest()

    async def join(self, person: str, channel: str, *, twice: bool = False) -> None:
        """Come into a channel; the bot may hear of it before the list has it."""
        event = {"type": "member_joined_channel", "user": person, "channel": channel}
        telling = asyncio.ensure_future(self.event(event, twice=twice))
        self._slack.members[channel].append(person)
        await telling

    async def _send(self, kind: str, payload: Json) -> Any:
        return await (self._over_http(kind, payload) if self._bot_url else self._over_socket(kind, payload))

    async def _over_socket(self, kind: str, payload: Json) -> Any:
        slack, envelope = self._slack, str(uuid4())
        async with asyncio.timeout(ACK_SECONDS):
            await slack.connected.wait()
        answered = slack.awaited[envelope] = asyncio.get_running_loop().create_future()
        takes = kind == "slash_commands" or payload.get("type") == "view_submission"
        sent: Json = {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": takes}
        await slack.sockets[-1].send_json(sent)
        async with asyncio.timeout(ACK_SECONDS):
            return await answered

    async def _over_http(self, kind: str, payload: Json) -> Any:
        assert self._bot_url is not None
        if kind == "events_api":
            body, content_type = json.dumps(payload).encode(), "application/json; charset=utf-8"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        now = str(int(time.time()))
        digest = hmac.new(SECRET.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "x-slack-signature": f"v0={digest}",
            "x-slack-request-timestamp": now,
        }
        async with (
            aiohttp.ClientSession() as session,
            asyncio.timeout(ACK_SECONDS),
            session.post(self._bot_url, data=body, headers=headers) as answer,
        ):
            assert answer.status == 200, await answer.text()
            text = await answer.text()
            if not text or answer.content_type != "application/json":
                return text or None
            return json.loads(text)
