"""Whatever a server answers, no call of ours raises what nobody waits for, and none takes nonsense for a yes or a no."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.ports import Absent, NotSent, Post, Sent, SlackRefused, Unknown
from bot.slack.client import SlackClient
from bot.slack.directory import SlackDirectory
from bot.slack.messenger import SlackMessenger
from tests.slack.little_slack import LittleSlack, Says

SINCE = datetime(2026, 11, 30, 8, tzinfo=UTC)
POST = Post("text", ())
HTML = "<html><body>Bad gateway</body></html>"
ANSWERS: dict[str, Says] = {
    "nothing": Says(""),
    "white space": Says(" \n"),
    "no json": Says('{"ok": tru'),
    "half of it": Says('{"ok": true, "ts": "1'),
    "html with 200": Says(HTML, kind="text/html"),
    "html called json": Says(HTML),
    "html with 502": Says(HTML, 502, kind="text/html"),
    "a word": Says('"ok"'),
    "a number": Says("1"),
    "null": Says("null"),
    "a list": Says('[{"ok": true}]'),
    "not utf-8": Says(b'{"ok": true, "ts": "\xff\xfe"}'),
    "nested without end": Says("[" * 100_000),
    "an empty object": Says("{}"),
    "ok is a word": Says({"ok": "true", "ts": "1.2", "messages": [], "members": [], "channel": {"id": "D1"}}),
    "ok is one": Says({"ok": 1, "ts": "1.2", "messages": [], "members": []}),
    "ok is null": Says({"ok": None}),
    "ok alone": Says({"ok": True}),
    "the wrong kinds": Says(
        {
            "ok": True,
            "ts": 12.5,
            "channel": [1],
            "messages": {"a": 1},
            "members": "U1",
            "user": "U1",
            "user_id": 5,
            "file": [],
            "files": {},
            "upload_url": 5,
            "file_id": {},
            "response_metadata": "next",
        }
    ),
    "nonsense in lists": Says(
        {
            "ok": True,
            "ts": ["1.2"],
            "channel": {"id": ["D1"]},
            "messages": [None, 5, "x", []],
            "members": [None, 5, {"id": 7}, {"id": {}}, []],
            "user": {"profile": {"status_emoji": {}, "status_text": [], "status_expiration": "x"}, "tz": 5, "name": []},
            "user_id": [],
            "file": {"url_private_download": 7},
            "upload_url": "ftp://elsewhere",
            "file_id": "F1",
            "response_metadata": {"next_cursor": {"a": 1}},
        }
    ),
    "a proxy's 302": Says(HTML, 302, {"Location": "http://127.0.0.1:9/"}, kind="text/html"),
    "an error nobody knows": Says({"ok": False, "error": "brand_new_error"}),
    "an error that is no name": Says({"ok": False, "error": {"what": "<@U1> said"}}),
    "refused without an error": Says({"ok": False}),
    "429 without a wait": Says({"ok": False, "error": "ratelimited"}, 429),
    "429 with a date": Says("", 429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
    "429 with nonsense": Says(HTML, 429, {"Retry-After": "NaN"}, kind="text/html"),
    "429 into the past": Says("", 429, {"Retry-After": "-5"}),
    "429 for ever": Says("", 429, {"Retry-After": "1e300"}),
    "cut off": Says("", cut=True),
}
SURELY_REFUSED = {name for name in ANSWERS if "429" in name or "error" in name}
METHODS = (
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "views.open",
    "views.push",
    "views.update",
    "views.publish",
    "conversations.open",
    "conversations.history",
    "conversations.members",
    "users.info",
    "users.list",
    "auth.test",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.info",
)
Call = Callable[[SlackMessenger, SlackDirectory], Awaitable[Any]]
SENDING: dict[str, Call] = {
    "post": lambda m, _d: m.post(to="C1", post=POST, delivery_id="d"),
    "update": lambda m, _d: m.update(channel="C1", ts="1.2", post=POST),
    "whisper": lambda m, _d: m.whisper(channel="C1", user="U1", post=POST),
    "open": lambda m, _d: m.open_view(trigger_id="1.2", view={}),
    "push": lambda m, _d: m.open_view(trigger_id="1.2", view={}, push=True),
    "update view": lambda m, _d: m.update_view(view_id="V1", view={}),
    "home": lambda m, _d: m.publish_home(user="U1", view={}),
    "share": lambda m, _d: m.share_file(to="U1", file_id="F1", title="t", comment="c"),
    "upload": lambda m, _d: m.upload(name="a.xlsx", content=b"x"),
}
LOOKING: dict[str, Call] = {
    "find": lambda m, _d: m.find(to="C1", delivery_id="d", post=POST, since=SINCE),
    "find a letter": lambda m, _d: m.find(to="U1", delivery_id="d", post=POST, since=SINCE),
    "find a file": lambda m, _d: m.find_file(to="U1", file_id="F1", since=SINCE),
}
LOOKING_UP: dict[str, Call] = {
    "own id": lambda _m, d: d.own_id(),
    "person": lambda _m, d: d.person("U1"),
    "people": lambda _m, d: d.people_page(),
    "members": lambda _m, d: d.members_page("C1"),
    "names": lambda _m, d: d.names(),
    "shared file": lambda _m, d: d.shared_file("F1"),
}


@pytest.fixture
async def slack() -> AsyncIterator[LittleSlack]:
    """A server that says what it is told to."""
    little = LittleSlack()
    await little.open()
    yield little
    await little.close()


@pytest.mark.parametrize("name", ANSWERS)
async def test_nonsense_is_neither_yes_nor_no(slack: LittleSlack, name: str) -> None:
    """Every way of calling Slack, against one odd answer: an outcome that is known, and never a false one."""
    for method in METHODS:
        slack.tell(method, ANSWERS[name])
    client = SlackClient(token="xoxb-1", base_url=slack.api_url)
    await client.open()
    messenger, directory = SlackMessenger(client), SlackDirectory(client)
    calls = 0
    try:
        for how, call in SENDING.items():
            result = await call(messenger, directory)
            calls += 1
            assert isinstance(result, Sent | NotSent | Unknown), (how, result)
            if how == "post":
                expected = NotSent if name in SURELY_REFUSED else Unknown
                assert isinstance(result, expected), (how, result)
            if isinstance(result, NotSent) and "429" in name:
                assert result.retry_after is not None, (how, result)
                assert 0 <= result.retry_after <= 3600, (how, result)
        for how, call in LOOKING.items():
            result = await call(messenger, directory)
            calls += 1
            assert isinstance(result, Unknown), (how, result)
            assert not isinstance(result, Absent)
        for how, call in LOOKING_UP.items():
            calls += 1
            try:
                found = await call(messenger, directory)
            except SlackRefused:
                continue
            assert how in {"names", "person", "people"}, (how, found)
    finally:
        await client.close()
    assert len(slack.heard) >= calls - 1
    assert calls == len(SENDING) + len(LOOKING) + len(LOOKING_UP)
