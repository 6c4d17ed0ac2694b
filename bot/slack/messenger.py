"""The Messenger of real Slack: one request per message, and an honest account of what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot import in_time
from bot.ports import Absent, NotSent, Post, SendResult, Sent, Unknown, Uploaded
from bot.slack import files
from bot.slack.errors import Answer, Outcome, Refusal, Silence, Unreached, ask
from bot.slack.reconciliation import EVENT_TYPE, conversation, look_for
from bot.slack.response_url import send_to

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5.0
TOO_LATE = NotSent(in_time.TOO_LATE, 0.0)
"""What was to be sent is not this process's any more, or may not be (bot/in_time.py)."""


class SlackMessenger:
    """Sends through the Web API. `client` has no retry handlers (bot/slack/client.py)."""

    def __init__(self, client: AsyncWebClient) -> None:
        """Send with this client's token to this client's server."""
        self._client = client

    async def post(self, *, to: str, post: Post, delivery_id: str, thread_ts: str = "") -> SendResult:
        """chat.postMessage, with the delivery's id in the message's metadata."""
        if in_time.too_late():
            return TOO_LATE
        mark = {"event_type": EVENT_TYPE, "event_payload": {"delivery_id": delivery_id}}
        outcome = await ask(
            self._client.chat_postMessage(
                channel=to,
                **_content(post),
                metadata=mark,
                thread_ts=thread_ts or None,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        if isinstance(outcome, Answer) and not _word(outcome, "ts"):
            return Unknown("answer_without_ts")
        return _result("chat.postMessage", outcome, channel=to)

    async def update(self, *, channel: str, ts: str, post: Post) -> SendResult:
        """chat.update; the metadata stays as it is."""
        outcome = await ask(self._client.chat_update(channel=channel, ts=ts, **_content(post)))
        return _result("chat.update", outcome, channel=channel, ts=ts)

    async def whisper(self, *, channel: str, user: str, post: Post, thread_ts: str = "") -> SendResult:
        """chat.postEphemeral."""
        outcome = await ask(
            self._client.chat_postEphemeral(channel=channel, user=user, **_content(post), thread_ts=thread_ts or None)
        )
        ts = _word(outcome, "message_ts") if isinstance(outcome, Answer) else ""
        return _result("chat.postEphemeral", outcome, channel=channel, ts=ts)

    async def find(self, *, to: str, delivery_id: str, post: Post, since: datetime) -> Sent | Absent | Unknown:
        """Look for the message in the channel's history, by its metadata."""
        return await look_for(self._client, to=to, delivery_id=delivery_id, post=post, since=since)

    async def open_view(self, *, trigger_id: str, view: Mapping[str, Any], push: bool = False) -> SendResult:
        """views.open, or views.push."""
        if push:
            return _result("views.push", await ask(self._client.views_push(trigger_id=trigger_id, view=dict(view))))
        return _result("views.open", await ask(self._client.views_open(trigger_id=trigger_id, view=dict(view))))

    async def update_view(self, *, view_id: str, view: Mapping[str, Any]) -> SendResult:
        """views.update."""
        return _result("views.update", await ask(self._client.views_update(view_id=view_id, view=dict(view))))

    async def publish_home(self, *, user: str, view: Mapping[str, Any]) -> SendResult:
        """views.publish."""
        return _result("views.publish", await ask(self._client.views_publish(user_id=user, view=dict(view))))

    async def upload(self, *, name: str, content: bytes) -> Uploaded | NotSent | Unknown:
        """files.getUploadURLExternal, then the bytes."""
        outcome = await files.upload(self._client, name=name, content=content)
        if isinstance(outcome, Uploaded):
            return outcome
        result = _result("files.upload", outcome)
        return Unknown("unreadable_answer") if isinstance(result, Sent) else result

    async def share_file(self, *, to: str, file_id: str, title: str, comment: str) -> SendResult:
        """files.completeUploadExternal, in the direct messages with that person."""
        channel = await conversation(self._client, to)
        if isinstance(channel, Unknown):
            return NotSent(channel.error, RETRY_SECONDS if channel.passing else None)
        if in_time.too_late():
            return TOO_LATE
        outcome = await ask(
            self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}], channel_id=channel, initial_comment=comment
            )
        )
        return _result("files.completeUploadExternal", outcome, channel=channel)

    async def find_file(self, *, to: str, file_id: str, since: datetime) -> Sent | Absent | Unknown:
        """Look for the file in the conversation's history."""
        return await files.look_for(self._client, to=to, file_id=file_id, since=since)

    async def reply(self, *, response_url: str, post: Post, replace: bool = False) -> SendResult:
        """A post to a `response_url`, if that address is Slack's."""
        body: dict[str, Any] = {**_content(post), "replace_original": replace}
        if not replace:
            body["response_type"] = "ephemeral"
        return _result("response_url", await send_to(self._client, response_url, body))


def _content(post: Post) -> dict[str, Any]:
    return {"text": post.text, "blocks": [dict(block) for block in post.blocks] or None}


def _result(method: str, outcome: Outcome, *, channel: str = "", ts: str = "") -> SendResult:
    match outcome:
        case Answer():
            return Sent(_word(outcome, "channel") or channel, _word(outcome, "ts") or ts)
        case Refusal(error=error, retry_after=wait, rate_limited=limited):
            log.info("slack_refused", method=method, error=error)
            return NotSent(error, wait, rate_limited=limited)
        case Unreached(error=error, retry_after=wait):
            log.warning("slack_not_reached", method=method, error=error)
            return NotSent(error, wait)
        case Silence(error=error):
            log.warning("slack_silent", method=method, error=error)
            return Unknown(error)


def _word(answer: Answer, name: str) -> str:
    value = answer.body.get(name)
    return value if isinstance(value, str) else ""
