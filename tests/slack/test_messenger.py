"""Every way in which a request can end is told apart, and in doubt it counts as unknown."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import aiohttp
import pytest

from bot.ports import NotSent, Post, Sent, Unknown
from bot.slack.client import SlackClient
from bot.slack.errors import Silence, Unreached, from_network
from bot.slack.messenger import SlackMessenger
from tests.slack.little_slack import LittleSlack, Says

POST = Post("The reason.", ({"type": "section", "text": {"type": "mrkdwn", "text": "The reason."}},))
SENT = {"channel": "C01CLIENT", "ts": "1764489600.000100"}
REFUSED: dict[str, Any] = {"ok": False}


async def send(messenger: SlackMessenger) -> object:
    return await messenger.post(to="C01CLIENT", post=POST, delivery_id="d1")


async def test_a_post_carries_its_delivery_and_unfurls_nothing(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """A message has text and blocks, no previews of links, and the delivery's id in its metadata."""
    little_slack.tell("chat.postMessage", SENT)
    assert await send(messenger) == Sent("C01CLIENT", "1764489600.000100")
    [given] = little_slack.calls("chat.postMessage")
    assert given == {
        "channel": "C01CLIENT",
        "text": "The reason.",
        "blocks": list(POST.blocks),
        "metadata": {"event_type": "foreword_delivery", "event_payload": {"delivery_id": "d1"}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


@pytest.mark.parametrize("retry_after", ["7", "7.0"])
async def test_too_many_requests_says_when_to_come_again(
    little_slack: LittleSlack, messenger: SlackMessenger, retry_after: str
) -> None:
    """429 is certainly not sent, and its Retry-After is kept."""
    body = {"ok": False, "error": "ratelimited"}
    little_slack.tell("chat.postMessage", Says(body, 429, {"Retry-After": retry_after}))
    assert await send(messenger) == NotSent("ratelimited", 7.0, rate_limited=True)


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [("", 5.0), ("soon", 5.0), ("-1", 5.0), ("nan", 5.0), ("inf", 5.0), ("1e9", 3600.0), ("0", 0.0)],
)
async def test_a_strange_wait_is_brought_within_reason(
    little_slack: LittleSlack, messenger: SlackMessenger, retry_after: str, wait: float
) -> None:
    """No Retry-After, however odd, stops the sender for good or breaks it."""
    little_slack.tell("chat.postMessage", Says("busy", 429, {"Retry-After": retry_after}, kind="text/plain"))
    assert await send(messenger) == NotSent("ratelimited", wait, rate_limited=True)


async def test_a_rate_limit_inside_an_ordinary_answer_counts_too(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """Some limits come with status 200."""
    little_slack.tell("chat.postMessage", Says({"ok": False, "error": "rate_limited"}, 200, {"Retry-After": "3"}))
    assert await send(messenger) == NotSent("ratelimited", 3.0, rate_limited=True)


@pytest.mark.parametrize(
    "error", ["not_in_channel", "is_archived", "channel_not_found", "msg_too_long", "invalid_auth", "a_new_error"]
)
async def test_a_refusal_that_stays_is_not_tried_again(
    little_slack: LittleSlack, messenger: SlackMessenger, error: str
) -> None:
    """Slack read the request and said no: certainly not sent, and no use in asking again."""
    little_slack.tell("chat.postMessage", Says({"ok": False, "error": error}))
    assert await send(messenger) == NotSent(error, None)


@pytest.mark.parametrize("error", ["message_limit_exceeded", "request_timeout", "team_added_to_org"])
async def test_a_refusal_that_passes_is_tried_again(
    little_slack: LittleSlack, messenger: SlackMessenger, error: str
) -> None:
    """Certainly not sent, and worth asking again."""
    little_slack.tell("chat.postMessage", Says({"ok": False, "error": error}))
    assert await send(messenger) == NotSent(error, 5.0)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable"])
async def test_an_error_that_may_come_after_the_work_is_unknown(
    little_slack: LittleSlack, messenger: SlackMessenger, error: str
) -> None:
    """Slack's own trouble may strike after the message was posted."""
    little_slack.tell("chat.postMessage", Says({"ok": False, "error": error}))
    assert await send(messenger) == Unknown(error)


@pytest.mark.parametrize(
    "says",
    [
        Says({"ok": True, "channel": "C01CLIENT"}),
        Says({"ok": True, "channel": "C01CLIENT", "ts": ""}),
        Says({"ok": True, "channel": "C01CLIENT", "ts": 17.5}),
        Says(cut=True),
        Says("", 200),
        Says("<html>", 200, kind="text/html"),
        Says("fine", 200, kind="text/plain"),
        Says('{"ok": tru', 200),
        Says(b"\xff\xfe", 200),
        Says("[]", 200),
        Says("[1]", 200),
        Says("null", 200),
        Says('"ok"', 200),
        Says("7", 200),
        Says("[" * 100_000, 200),
        Says({"ok": "true", "ts": "1.2"}),
        Says({"ts": "1.2"}),
        Says("oops", 500, kind="text/plain"),
        Says({"ok": False, "error": "channel_not_found"}, 503),
        Says({"ok": True, **SENT}, 502),
        Says("", 408),
    ],
    ids=lambda says: f"{says.status}-{str(says.body)[:20]}{'-cut' if says.cut else ''}",
)
async def test_an_answer_that_cannot_be_used_is_unknown(
    little_slack: LittleSlack, messenger: SlackMessenger, says: Says
) -> None:
    """The request left; without a usable answer nobody can say whether the message is there."""
    little_slack.tell("chat.postMessage", says)
    assert isinstance(await send(messenger), Unknown)
    assert len(little_slack.calls("chat.postMessage")) == 1, "a post is never sent twice by the client itself"


async def test_no_answer_in_time_is_unknown(little_slack: LittleSlack, client: SlackClient) -> None:
    """A timeout after the request left says nothing about the message."""
    little_slack.tell("chat.postMessage", Says(hang=True))
    assert client.session is not None
    client.session._timeout = aiohttp.ClientTimeout(total=0.1, connect=5)
    assert await send(SlackMessenger(client)) == Unknown("no_answer_in_time")


async def test_a_server_that_is_not_there_got_nothing() -> None:
    """A refused connection means that the request never left: certainly not sent, worth trying again."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        client = SlackClient(token="xoxb-a-token", base_url=f"http://127.0.0.1:{held.getsockname()[1]}/api/")
        assert await send(SlackMessenger(client)) == NotSent("connect_failed", 5.0)


def test_only_what_happens_while_connecting_counts_as_never_left() -> None:
    """The errors of aiohttp are sorted with care: a reset or a timeout may come after the last byte."""
    key: Any = None
    assert from_network(aiohttp.ConnectionTimeoutError()) == Unreached("connect_failed")
    assert from_network(aiohttp.ClientConnectorDNSError(key, OSError())) == Unreached("connect_failed")
    for error in (aiohttp.ServerDisconnectedError(), aiohttp.ClientOSError(104, "reset"), aiohttp.ClientPayloadError()):
        assert from_network(error) == Silence("connection_lost")
    for late in (aiohttp.SocketTimeoutError(), TimeoutError()):
        assert from_network(late) == Silence("no_answer_in_time")


async def test_a_page_that_is_not_slack_at_all_is_a_refusal(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """A wrong SLACK_API_URL answers 404: nothing was posted there."""
    little_slack.tell("chat.postMessage", Says("<html>", 404, kind="text/html"))
    assert await send(messenger) == NotSent("http_404", None)


async def test_an_error_that_is_no_name_goes_no_further(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Whatever a server writes where the error's name should be, it is not passed on."""
    little_slack.tell("chat.postMessage", Says({"ok": False, "error": "Priya wrote: I object"}))
    assert await send(messenger) == NotSent("unnamed_error", None)


async def test_the_other_ways_of_speaking_reach_their_methods(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """Each act is one call of its method, with what it was given."""
    little_slack.tell("chat.update", SENT)
    little_slack.tell("chat.postEphemeral", {"message_ts": "5.5"})
    assert await messenger.update(channel="C01CLIENT", ts="1764489600.000100", post=POST) == Sent(**SENT)
    assert await messenger.whisper(channel="C01CLIENT", user="U01PRIYA", post=POST) == Sent("C01CLIENT", "5.5")
    assert isinstance(await messenger.open_view(trigger_id="t", view={"type": "modal"}), Sent)
    assert isinstance(await messenger.open_view(trigger_id="t", view={"type": "modal"}, push=True), Sent)
    assert isinstance(await messenger.publish_home(user="U01PRIYA", view={"type": "home"}), Sent)
    assert [one.method for one in little_slack.heard] == [
        "chat.update", "chat.postEphemeral", "views.open", "views.push", "views.publish",
    ]  # fmt: skip
    assert little_slack.calls("chat.postEphemeral")[0]["user"] == "U01PRIYA"
    assert "metadata" not in little_slack.calls("chat.update")[0], "what is left out of an update stays as it was"


async def test_an_expired_trigger_is_a_plain_refusal(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """A modal that cannot be opened any more says so by its name."""
    little_slack.tell("views.open", Says({"ok": False, "error": "expired_trigger_id"}))
    assert await messenger.open_view(trigger_id="t", view={}) == NotSent("expired_trigger_id", None)


async def test_many_posts_share_few_connections(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Fifty posts at once all arrive, through one session."""
    little_slack.tell("chat.postMessage", SENT)
    results = await asyncio.gather(*(send(messenger) for _ in range(50)))
    assert results == [Sent("C01CLIENT", "1764489600.000100")] * 50
