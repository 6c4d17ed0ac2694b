"""Faults on request: what fails, whether the work was done, and that every call is recorded."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SandboxSlack
from bot.sandbox.wire import ActRefused
from tests.sandbox.connected_app import ConnectedApp

pytestmark = pytest.mark.asyncio


def posted(slack: SandboxSlack) -> list[str]:
    """What is in the channel."""
    return [message["text"] for message in slack.view("U01MARA")["conversations"][0]["messages"]]


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [("429", 429, "ratelimited"), ("500", 500, "internal_error"), ("error:fatal_error", 200, "fatal_error")],
)
async def test_a_refused_call_does_nothing(
    slack: SandboxSlack, client: AsyncWebClient, kind: str, status: int, error: str
) -> None:
    """429, 500 and named errors answer so, without doing the work, as often as asked for."""
    slack.faults.add("chat.postMessage", kind, times=2, retry_after=7)
    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C01CLIENT", text="x")
        assert refused.value.response.status_code == status
        assert refused.value.response["error"] == error
        if status == 429:
            assert refused.value.response.headers["Retry-After"] == "7"
    assert posted(slack) == []
    await client.chat_postMessage(channel="C01CLIENT", text="then")
    assert posted(slack) == ["then"]


@pytest.mark.parametrize(
    ("kind", "done"),
    [("reset_before", False), ("reset_after", True), ("timeout_after", True), ("malformed", True)],
)
async def test_a_lost_answer_says_nothing_of_the_work(
    slack: SandboxSlack, client: AsyncWebClient, kind: str, done: bool
) -> None:
    """The connection breaks before or after the work, or the answer is unreadable: the caller cannot tell."""
    slack.faults.add("chat.postMessage", kind)
    expected = SlackApiError if kind == "malformed" else (aiohttp.ClientError, TimeoutError)
    with pytest.raises(expected):
        await client.chat_postMessage(channel="C01CLIENT", text="x")
    assert posted(slack) == (["x"] if done else [])
    assert slack.calls[-1].answer is None
    await client.chat_postMessage(channel="C01CLIENT", text="y")
    assert posted(slack)[-1] == "y"


async def test_a_connection_is_really_cut(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """A reset is a dropped connection, not an answer with a status."""
    slack.faults.add("*", "reset_before")
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await client.auth_test()


async def test_response_addresses_fail_too(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """Faults for `response_url` strike answers to commands."""
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    slack.faults.add("response_url", "500")
    async with aiohttp.ClientSession() as session:
        async with session.post(connected.last["response_url"], json={"text": "x"}) as answer:
            assert answer.status == 500
        async with session.post(connected.last["response_url"], json={"text": "x"}) as answer:
            assert answer.status == 200
    assert posted(slack) == ["x"]


async def test_faults_can_be_cleared_and_checked(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """A fault that does not exist is refused; cleared faults do not strike."""
    with pytest.raises(ActRefused, match="There is no fault"):
        slack.faults.add("chat.postMessage", "earthquake")
    slack.faults.add("auth.test", "500", times=9)
    slack.faults.clear()
    assert (await client.auth_test())["ok"] is True


async def test_every_call_is_recorded(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """Method, arguments without the token, answer, status and the clock's moment."""
    await client.chat_postMessage(channel="C01CLIENT", text="x")
    call = slack.calls_of("chat.postMessage")[0]
    assert call.arguments == {"channel": "C01CLIENT", "text": "x"}
    assert call.answer is not None
    assert call.answer["ok"] is True
    assert (call.status, call.at) == (200, "2026-11-30T08:00:00+00:00")
