"""Looking for a message before sending it again: found, certainly absent, or honestly unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ports import Absent, Post, Sent, Unknown
from bot.slack.messenger import SlackMessenger
from tests.slack.little_slack import LittleSlack, Says

SINCE = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
POST = Post("Why we measure <https://example.com|hours> & nothing else 🎉", ())


def message(after: float, delivery: str | None = None, text: str = "Hello", **more: Any) -> dict[str, Any]:
    """A message `after` seconds from the first try; with metadata when it names a delivery."""
    found: dict[str, Any] = {"type": "message", "ts": f"{SINCE.timestamp() + after:.6f}", "text": text, **more}
    if delivery:
        found["metadata"] = {"event_type": "foreword_delivery", "event_payload": {"delivery_id": delivery}}
    return found


async def look(messenger: SlackMessenger, to: str = "C01CLIENT", post: Post = POST) -> object:
    return await messenger.find(to=to, delivery_id="d1", post=post, since=SINCE)


async def test_a_message_with_this_delivery_is_found(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """The metadata alone decides, whatever the text reads by now."""
    there = message(3, "d1", "An edited text")
    little_slack.tell("conversations.history", {"messages": [message(9, "d2"), there, message(1)]})
    assert await look(messenger) == Sent("C01CLIENT", there["ts"])
    [asked] = little_slack.calls("conversations.history")
    assert asked["include_all_metadata"] in {"1", "true"}


async def test_an_empty_channel_settles_it(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Nothing there at all: certainly absent."""
    little_slack.tell("conversations.history", {"messages": []})
    assert await look(messenger) == Absent()


async def test_people_talking_do_not_stand_in_the_way(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Other messages, a join among them, leave it certainly absent."""
    others = [message(5, text="Lunch?", user="U01PRIYA"), message(1, text="joined", subtype="channel_join")]
    little_slack.tell("conversations.history", {"messages": others})
    assert await look(messenger) == Absent()


@pytest.mark.parametrize(
    "text",
    [
        POST.text,
        "Why we measure &lt;https://example.com|hours&gt; &amp; nothing else :tada:",
        "why we  measure <https://example.com|hours> & nothing else",
    ],
)
async def test_a_look_alike_without_metadata_leaves_it_unknown(
    little_slack: LittleSlack, messenger: SlackMessenger, text: str
) -> None:
    """A server that drops metadata gives the message back without it, its text perhaps rewritten."""
    little_slack.tell("conversations.history", {"messages": [message(5, text=text, bot_id="B1")]})
    expected = text.startswith("Why")
    assert (await look(messenger) == Unknown("metadata_not_carried", passing=False)) is expected


async def test_metadata_on_another_message_proves_that_it_is_carried(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """Where metadata is seen to arrive, a look-alike without it is somebody's quotation."""
    little_slack.tell("conversations.history", {"messages": [message(5, text=POST.text), message(4, "d2")]})
    assert await look(messenger) == Absent()


async def test_without_a_text_to_compare_any_bots_message_counts(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """A message that would not be sent any more has no text; then a bot's message without metadata may be it."""
    little_slack.tell("conversations.history", {"messages": [message(5, text="What?", bot_id="B1")]})
    assert await look(messenger, post=Post("", ())) == Unknown("metadata_not_carried", passing=False)


async def test_a_direct_message_is_looked_for_where_it_was_sent(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """A person's id stands for the conversation with them."""
    there = message(3, "d1")
    little_slack.tell("conversations.open", {"channel": {"id": "D77"}})
    little_slack.tell("conversations.history", {"messages": [there]})
    assert await look(messenger, to="U01PRIYA") == Sent("D77", there["ts"])
    assert little_slack.calls("conversations.history")[0]["channel"] == "D77"


async def test_every_page_is_read(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """The message may be far down in a busy channel."""
    there = message(1, "d1")
    page = {"messages": [message(90), message(80)], "has_more": True, "response_metadata": {"next_cursor": "n"}}
    little_slack.tell("conversations.history", page, page, {"messages": [there]})
    assert await look(messenger) == Sent("C01CLIENT", there["ts"])
    assert [call.get("cursor") for call in little_slack.calls("conversations.history")] == [None, "n", "n"]


async def test_reading_stops_before_the_first_try(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """What is older than the first try, with room for clocks, cannot be the message."""
    page = {
        "messages": [message(90), message(-3600)],
        "has_more": True,
        "response_metadata": {"next_cursor": "n"},
    }
    little_slack.tell("conversations.history", page)
    assert await look(messenger) == Absent()
    assert len(little_slack.calls("conversations.history")) == 1


async def test_a_server_with_another_clock_hides_nothing(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """The newest page is looked through whatever its times say: a clock may be years off."""
    there = {**message(0, "d1"), "ts": "1000.000001"}
    little_slack.tell("conversations.history", {"messages": [there]})
    assert await look(messenger) == Sent("C01CLIENT", "1000.000001")


async def test_a_channel_without_end_is_left_to_a_person(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Reading is bounded; beyond that nothing is claimed."""
    page = {"messages": [message(90)], "has_more": True, "response_metadata": {"next_cursor": "n"}}
    little_slack.tell("conversations.history", page)
    assert await look(messenger) == Unknown("history_too_long", passing=False)
    assert len(little_slack.calls("conversations.history")) == 15


@pytest.mark.parametrize(
    "says",
    [
        Says({"ok": False, "error": "missing_scope"}),
        Says({"ok": False, "error": "not_in_channel"}),
        Says({"ok": False, "error": "unknown_method"}),
        Says({"ok": False, "error": "ratelimited"}, 429),
        Says("oops", 500, kind="text/plain"),
        Says(cut=True),
        Says({"ok": True}),
        Says({"ok": True, "messages": "none"}),
        Says({"ok": True, "messages": [], "has_more": True}),
    ],
    ids=lambda says: str(says.body)[:50],
)
async def test_a_history_that_cannot_be_read_settles_nothing(
    little_slack: LittleSlack, messenger: SlackMessenger, says: Says
) -> None:
    """Without reading there is no `absent`, so nothing is sent again."""
    little_slack.tell("conversations.history", says)
    assert isinstance(await look(messenger), Unknown)


@pytest.mark.parametrize(
    "says",
    [Says({"ok": False, "error": "unknown_method"}), Says({"ok": True}), Says({"ok": True, "channel": {}})],
    ids=lambda says: str(says.body),
)
async def test_a_conversation_that_cannot_be_opened_settles_nothing(
    little_slack: LittleSlack, messenger: SlackMessenger, says: Says
) -> None:
    """The same for direct messages."""
    little_slack.tell("conversations.open", says)
    assert isinstance(await look(messenger, to="U01PRIYA"), Unknown)


async def test_odd_messages_break_nothing(little_slack: LittleSlack, messenger: SlackMessenger) -> None:
    """Metadata and times of any shape are read past."""
    odd: list[Any] = [
        {"ts": None, "metadata": 5},
        {"ts": "x", "metadata": {"event_type": "foreword_delivery", "event_payload": []}},
    ]
    little_slack.tell("conversations.history", {"messages": odd})
    assert await look(messenger) == Absent()


async def test_what_may_be_the_message_is_not_called_absent(
    little_slack: LittleSlack, messenger: SlackMessenger
) -> None:
    """Something that is no message at all, or the very message without its time: nothing is sent again because of it."""
    ours = {"metadata": {"event_type": "foreword_delivery", "event_payload": {"delivery_id": "d1"}}}
    for odd in (7, None, ours):
        little_slack.tell("conversations.history", {"messages": [odd]})
        assert await look(messenger) == Unknown("unreadable_answer")
