"""Questions that are written as messages: to the bot directly, or by mentioning it in a channel.

Slack delivers a message again when our answer to the delivery is late. The answer to a direct message therefore carries
a mark made of the event's id, and is looked for before it is sent a second time. The mark says nothing to whoever has
only the database, and the day on which it was made is all that is kept with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.in_time import TOO_LATE, Moment, leaving_soon_after
from bot.ports import NotSent, Post, SendResult, Sent, SlackRefused, Unknown
from bot.services import arriving
from bot.views.asking import nothing_asked
from handlers.asking import answer_ask
from handlers.desk import Desk

SHORT_WAIT_SECONDS = 3.0
LOOK_BACK = timedelta(days=7)
"""As long as an event is remembered: one that comes days late was answered when it first came."""
TRIES = 4
TURNS = 3
TURN_SECONDS = 25.0
"""Longer than the ten seconds after which an answer does not leave any more, and the ten that its request may take."""
MOST_KEPT = 200
"""So many answers are kept until Slack delivers their questions again; beyond that the oldest are made anew."""


async def asked_directly(desk: Desk, event_id: str, event: Mapping[str, Any]) -> None:
    """A direct message to the bot: its answer goes into the same conversation, from one instance.

    Whoever comes first has the first turn, and a short while to answer in. Whoever else is brought the question waits for
    as long as that can take; if there is no answer then, the next turn is for one of them. Nothing is kept of who had it.
    Raises SlackRefused when the answer could not be given, or nobody knows whether it was: Slack delivers the question again.
    """
    person, channel = _word(event, "user"), _word(event, "channel")
    if not person or not channel:
        return
    mark = desk.ear.keys.tag("events", event_id)
    if mark in desk.under_way:
        return
    desk.under_way.add(mark)
    try:
        made = mark in desk.not_given  # by this process, and Slack did not take it
        for turn in range(TURNS):
            moment = Moment(desk.clock)
            mine = made or await _first_time(desk, desk.ear.keys.tag("events", event_id, str(turn)) if turn else mark)
            if (turn or made or not mine) and await _answered_already(desk, channel, mark):
                return
            if not mine:
                await _taken_turns(desk)
                continue
            with leaving_soon_after(moment):
                if await _answer(desk, person, channel, _word(event, "text"), mark):
                    return
    finally:
        desk.under_way.discard(mark)


async def _answer(desk: Desk, person: str, channel: str, text: str, mark: str) -> bool:
    """False when this process was stopped meanwhile, so that the turn may be another's. Raises SlackRefused."""
    post = await _made(desk, mark, person, text) if text.strip() else nothing_asked()
    result = await _send(desk, channel, post, mark)
    if _late(result):
        return False
    _given(desk, mark, post, result)
    return True


async def _taken_turns(desk: Desk) -> None:
    """Wait until another instance has had its turn. A file has one process that works with it: there, that one died."""
    if desk.database.url.get_backend_name() != "sqlite":
        await asyncio.sleep(TURN_SECONDS)


async def asked_by_mention(desk: Desk, event_id: str, event: Mapping[str, Any]) -> None:
    """A mention in a channel: the answer is for the asker alone, who may share it in the thread.

    Nobody can look whether what only one person sees has arrived. So it counts as handled when Slack has taken the
    answer, and not before: whoever asks at the wrong moment sees it twice rather than never. Raises SlackRefused.
    """
    person, channel = _word(event, "user"), _word(event, "channel")
    if not person or not channel:
        return
    mark = desk.ear.keys.tag("events", event_id)
    if mark in desk.under_way:
        return
    desk.under_way.add(mark)
    try:
        if await desk.read(lambda db: arriving.handled(db, mark)):
            return
        thread_ts = _word(event, "thread_ts") or _word(event, "ts")
        own = await desk.directory.own_id()
        text = _word(event, "text").replace(f"<@{own}>", " ")
        post = await _made(desk, mark, person, text, thread_ts=thread_ts, repeat=True)
        thread = _word(event, "thread_ts")
        _given(
            desk, mark, post, await desk.messenger.whisper(channel=channel, user=person, post=post, thread_ts=thread)
        )
        await _first_time(desk, mark)
    finally:
        desk.under_way.discard(mark)


async def _made(desk: Desk, mark: str, person: str, text: str, **how: Any) -> Post:
    """The answer; the same as before where Slack did not take it the first time, so that the question counts once."""
    return desk.not_given.pop(mark, None) or await answer_ask(desk, person, text, **how)


def _given(desk: Desk, mark: str, post: Post, result: SendResult) -> None:
    """Slack took it, or never will. Raises SlackRefused when it may take it later."""
    if isinstance(result, Sent) or (isinstance(result, NotSent) and result.retry_after is None):
        return
    while len(desk.not_given) >= MOST_KEPT:
        del desk.not_given[next(iter(desk.not_given))]
    desk.not_given[mark] = post
    raise SlackRefused("answer", result.error)


async def _first_time(desk: Desk, mark: str) -> bool:
    now = desk.now()
    return await desk.note(lambda db: arriving.first_time_this_week(db, desk.ear, mark, now=now))


async def _answered_already(desk: Desk, channel: str, mark: str) -> bool:
    """Whether the answer stands there. Raises SlackRefused when that cannot be seen just now."""
    since = desk.now() - LOOK_BACK
    found = await desk.messenger.find(to=channel, delivery_id=mark, post=Post("", ()), since=since)
    if isinstance(found, Unknown) and found.passing:
        raise SlackRefused("conversations.history", found.error)
    return isinstance(found, Sent)


async def _send(desk: Desk, channel: str, post: Post, mark: str) -> SendResult:
    """Short refusals are waited out; for longer ones Slack delivers the question again."""
    result = await desk.messenger.post(to=channel, post=post, delivery_id=mark)
    for _try in range(TRIES - 1):
        if _late(result) or not isinstance(result, NotSent) or result.retry_after is None:
            break
        if result.retry_after > SHORT_WAIT_SECONDS:
            break
        await asyncio.sleep(result.retry_after)
        result = await desk.messenger.post(to=channel, post=post, delivery_id=mark)
    return result


def _late(result: SendResult) -> bool:
    return isinstance(result, NotSent) and result.error == TOO_LATE


def _word(event: Mapping[str, Any], name: str) -> str:
    found = event.get(name)
    return found if isinstance(found, str) else ""
