"""A request that was handled is not handled again, and is answered kindly."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.slack import replays as replays_module
from bot.slack.client import SlackClient
from bot.slack.replays import KEPT_SECONDS, Replays
from bot.slack.web import web_app
from bot.views.outcomes import had_already
from scheduler.clock import SystemClock
from tests.slack.little_slack import LittleSlack
from tests.slack.test_web import SECRET, command, signed


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def _answer(text: str = "done") -> str:
    return text


def test_marks_tell_requests_apart_and_say_nothing_to_others() -> None:
    """Where one part ends counts; and the same request has another mark in another process."""
    replays = Replays[str]()
    assert replays.mark_of(b"ab", b"c") != replays.mark_of(b"a", b"bc")
    assert replays.mark_of(b"x") != Replays[str]().mark_of(b"x")


async def test_the_memory_is_bounded_and_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old marks go, and never more than so many are kept."""
    monkeypatch.setattr(replays_module, "MOST", 50)
    clock = Clock()
    replays = Replays[str](clock)
    for number in range(500):
        await replays.once(b"%d" % number, _answer, done=bool)
    assert len(replays._seen) <= 50
    assert len(replays._answers) <= replays_module.MOST_ANSWERS
    clock.now = KEPT_SECONDS + 1
    await replays.once(b"another", _answer, done=bool)
    assert len(replays._seen) == 1


async def test_what_failed_may_come_again() -> None:
    """A request that was not handled, or that broke, counts when it comes again."""
    replays = Replays[str]()
    assert await replays.once(b"m", lambda: _answer(""), done=bool) == ""

    async def broken() -> str:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await replays.once(b"m", broken, done=bool)
    assert await replays.once(b"m", _answer, done=bool) == "done"


async def test_who_comes_while_it_is_under_way_gets_the_same_answer() -> None:
    """Two at the same moment are handled once."""
    replays, handled = Replays[str](), 0

    async def slowly() -> str:
        nonlocal handled
        handled += 1
        await asyncio.sleep(0.01)
        return "done"

    answers = await asyncio.gather(*(replays.once(b"m", slowly, done=bool) for _ in range(5)))
    assert (answers, handled) == (["done"] * 5, 1)


async def test_a_signed_request_acts_once(
    client: SlackClient, little_slack: LittleSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Caught and sent again within five minutes, it is answered in a sentence and does nothing; another body is refused."""
    monkeypatch.setattr(replays_module, "AGAIN_SECONDS", 0.0)
    little_slack.tell("auth.test", {"user_id": "U0BOT", "bot_id": "B0BOT", "team_id": "T1"})
    bolt = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)
    done: list[str] = []

    @bolt.command("/ask")
    async def ask(ack: AsyncAck, body: dict[str, str]) -> None:
        done.append(body["text"])
        await ack(text="Heard.")

    body = command("once")
    headers = signed(body, at=time.time() - 200)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(web_app(bolt, had_it=had_already(), clock=SystemClock())),
        base_url="http://bot.test",
    ) as http:
        first = await http.post("/slack/events", content=body, headers=headers)
        await asyncio.sleep(0.01)
        again = await http.post("/slack/events", content=body, headers=headers)
        other = await http.post("/slack/events", content=command("twice"), headers=headers)
    assert (first.status_code, first.text) == (200, "Heard.")
    assert again.status_code == 200
    assert "nothing was done a second time" in again.json()["text"]
    assert other.status_code == 401, "the signature is of another body"
    assert done == ["once"]
