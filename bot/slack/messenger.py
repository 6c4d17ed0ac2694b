"""Provisional messenger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.ports import Absent, NotSent, Post, SendResult, Sent, Unknown


class SlackMessenger:
    """Sends through slack_sdk."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def _call(self, method: str, **arguments: Any) -> SendResult:
        try:
            answer = await getattr(self._client, method)(**arguments)
        except SlackApiError as error:
            response = error.response
            name = str(response.get("error") if isinstance(response.data, dict) else "unreadable")
            if response.status_code == 429:
                return NotSent(name, float(response.headers.get("Retry-After", 1)), rate_limited=True)
            if response.status_code >= 500 or name in ("internal_error", "fatal_error", "unreadable"):
                return Unknown(name)
            return NotSent(name, None)
        except aiohttp.ClientConnectorError:
            return NotSent("connect_failed", 5)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            return Unknown(type(error).__name__)
        return Sent(str(answer.get("channel") or ""), str(answer.get("ts") or ""))

    async def post(self, *, to: str, post: Post, delivery_id: str) -> SendResult:
        return await self._call("chat_postMessage", channel=to, text=post.text, blocks=list(post.blocks), metadata={"event_type": "foreword_delivery", "event_payload": {"delivery_id": delivery_id}}, unfurl_links=False, unfurl_media=False)

    async def update(self, *, channel: str, ts: str, post: Post) -> SendResult:
        return await self._call("chat_update", channel=channel, ts=ts, text=post.text, blocks=list(post.blocks))

    async def whisper(self, *, channel: str, user: str, post: Post) -> SendResult:
        return await self._call("chat_postEphemeral", channel=channel, user=user, text=post.text, blocks=list(post.blocks))

    async def find(self, *, to: str, delivery_id: str, post: Post, since: datetime) -> Sent | Absent | Unknown:
        try:
            if to[:1] in "UW":
                to = (await self._client.conversations_open(users=to))["channel"]["id"]
            history = await self._client.conversations_history(channel=to, include_all_metadata=True, oldest=str(since.timestamp() - 60))
        except SlackApiError as error:
            return Unknown(str(error.response.get("error")))
        for message in history["messages"]:
            if message.get("metadata", {}).get("event_payload", {}).get("delivery_id") == delivery_id:
                return Sent(to, message["ts"])
        return Absent()

    async def open_view(self, *, trigger_id: str, view: Mapping[str, Any], push: bool = False) -> SendResult:
        return await self._call("views_push" if push else "views_open", trigger_id=trigger_id, view=dict(view))

    async def publish_home(self, *, user: str, view: Mapping[str, Any]) -> SendResult:
        return await self._call("views_publish", user_id=user, view=dict(view))

    async def reply(self, *, response_url: str, post: Post, replace: bool = False) -> SendResult:
        answer = await AsyncWebhookClient(response_url).send(text=post.text, blocks=list(post.blocks), response_type="ephemeral", replace_original=replace)
        return Sent("", "") if answer.status_code == 200 else NotSent(answer.body, None)
