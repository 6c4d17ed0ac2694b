"""Looking for a message that may have reached Slack without our knowing, before anything is sent again.

The delivery's id is in the message's metadata. Everything here leans to one side: only what was certainly looked at and
certainly not found is `Absent`, because that is what lets the sender send again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Absent, Post, Sent, Unknown
from bot.slack.errors import Answer, Refusal, Silence, Unreached, ask

EVENT_TYPE = "foreword_delivery"
MARGIN = timedelta(minutes=10)
"""How far Slack's clock and ours may be apart; Slack refuses requests that are off by more than five minutes."""
PAGE = 200
MOST_PAGES = 15
"""About 3,000 messages since the first try; in a channel busier than that a person has to look."""
EMOJI = re.compile(r":[a-z0-9_+'-]+:")


async def look_for(
    client: AsyncWebClient, *, to: str, delivery_id: str, post: Post, since: datetime
) -> Sent | Absent | Unknown:
    """Read the history back to `since`, newest first. A person's id stands for the direct messages with them."""
    channel = await conversation(client, to)
    if isinstance(channel, Unknown):
        return channel
    search = _Search(delivery_id, _bare(post.text), (since - MARGIN).timestamp())
    cursor = ""
    for _page in range(MOST_PAGES):
        # No `oldest`: the window is judged here, so that a server whose clock is far off hides nothing on this page.
        outcome = await ask(
            client.conversations_history(channel=channel, include_all_metadata=True, limit=PAGE, cursor=cursor or None)
        )
        if not isinstance(outcome, Answer):
            return unread(outcome)
        messages = outcome.body.get("messages")
        if not isinstance(messages, list) or not all(isinstance(message, Mapping) for message in messages):
            return Unknown("unreadable_answer")  # what cannot be read may be the very message
        ts = search.read(messages)
        if ts:
            return Sent(channel, ts)
        cursor = next_cursor(outcome.body)
        if search.past_the_window:
            return search.verdict()
        if not cursor:
            return Unknown("history_cut_short", passing=False) if outcome.body.get("has_more") else search.verdict()
    return Unknown("history_too_long", passing=False)


def unread(outcome: Refusal | Unreached | Silence) -> Unknown:
    """A server that does not know the method, or does not let us read here, says the same the next time."""
    return Unknown(outcome.error, passing=not isinstance(outcome, Refusal) or outcome.retry_after is not None)


@dataclass
class _Search:
    """What the pages read so far have shown."""

    delivery_id: str
    bare_text: str
    start: float
    carries_metadata: bool = False
    suspicious: bool = False
    garbled: bool = False
    """Whether it is there without a ts, which Slack never does."""
    past_the_window: bool = field(default=False, init=False)

    def read(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """Look through one page; returns the message's ts when it is there."""
        for message in messages:
            mark = message.get("metadata")
            if isinstance(mark, Mapping) and mark.get("event_type") == EVENT_TYPE:
                self.carries_metadata = True
                payload = mark.get("event_payload")
                if isinstance(payload, Mapping) and payload.get("delivery_id") == self.delivery_id:
                    if message.get("ts"):
                        return str(message["ts"])
                    self.garbled = True
            elif self._resembles(message):
                self.suspicious = True
        if messages:
            first, last = _moment(messages[0]), _moment(messages[-1])
            self.past_the_window = last < self.start and last <= first
        return ""

    def verdict(self) -> Absent | Unknown:
        """After the last page. A look-alike without metadata counts only where no metadata was seen at all."""
        if self.garbled:
            return Unknown("unreadable_answer")
        if self.suspicious and not self.carries_metadata:
            return Unknown("metadata_not_carried", passing=False)
        return Absent()

    def _resembles(self, message: Mapping[str, Any]) -> bool:
        """Whether this may be our message with its metadata lost. Without a text to compare, any bot's may be."""
        if not self.bare_text:
            return bool(message.get("bot_id")) and message.get("subtype") in (None, "bot_message")
        return _bare(str(message.get("text") or "")) == self.bare_text


async def conversation(client: AsyncWebClient, to: str) -> str | Unknown:
    """The id under which the history can be read."""
    if to[:1] not in {"U", "W"}:
        return to
    match await ask(client.conversations_open(users=to)):
        case Answer(body=body):
            channel = body.get("channel")
            found = channel.get("id") if isinstance(channel, Mapping) else None
            return str(found) if found else Unknown("unreadable_answer")
        case Refusal() | Unreached() | Silence() as outcome:
            return unread(outcome)


def next_cursor(body: Mapping[str, Any]) -> str:
    """Where the next page begins; empty on the last one."""
    metadata = body.get("response_metadata")
    return str(metadata.get("next_cursor") or "") if isinstance(metadata, Mapping) else ""


def _moment(message: Mapping[str, Any]) -> float:
    try:
        return float(str(message.get("ts")))
    except ValueError:
        return float("inf")


def _bare(text: str) -> str:
    """Letters and digits alone: servers rewrite entities, links and emoji on the way."""
    return "".join(letter for letter in EMOJI.sub("", html.unescape(text)) if letter.isalnum())
