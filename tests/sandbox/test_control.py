"""The control interface over HTTP, as the page and scripts use it, and what keeps strangers out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from tests.sandbox.connected_app import ConnectedApp, SteppedClock, button, modal, text_input

pytestmark = pytest.mark.asyncio


class Script:
    """A script that acts through the control interface."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def post(self, name: str, /, **body: Any) -> tuple[int, Any]:
        async with self.session.post(f"/sandbox/{name}", json=body) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.session.get(path, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest_asyncio.fixture
async def script(slack: SandboxSlack) -> AsyncIterator[Script]:
    """A script connected to the sandbox."""
    async with aiohttp.ClientSession(slack.base_url) as session:
        yield Script(session)


async def test_the_workspace_says_whom_one_can_be(script: Script) -> None:
    """People with group and zone, channels with members, commands, clock."""
    status, answer = await script.get("/sandbox/workspace")
    assert (status, answer["ok"]) == (200, True)
    people = {person["id"]: person for person in answer["people"]}
    assert people["U01HELEN"]["group"] == "HR"
    assert people["U01MARA"]["tz"] == "Europe/Stockholm"
    assert len(people) == 12
    channels = {channel["id"]: channel for channel in answer["channels"]}
    assert len(channels["C01CLIENT"]["members"]) == 8
    assert len(channels["C01ALL"]["members"]) == 12
    assert answer["bot"]["name"] == "Foreword"
    assert answer["clock"]["now"] == "2026-11-30T08:00:00Z"
    assert "/rollout" in [one["command"] for one in answer["commands"]]


async def test_a_whole_turn_goes_over_http(script: Script, connected: ConnectedApp, client: AsyncWebClient) -> None:
    """Command, modal, submission, click and view, as a script would do them."""
    connected.answer = "working on it"
    status, answer = await script.post("command", **{"as": "U01MARA", "channel": "C01CLIENT", "text": "/rollout check"})
    assert (status, answer) == (200, {"ok": True, "status": 200, "body": "working on it"})
    connected.answer = None
    await client.views_open(trigger_id=connected.last["trigger_id"], view=modal(text_input("why"), button("more")))
    _, seen = await script.get("/sandbox/view?as=U01MARA")
    view_id = seen["modal"]["view_id"]
    await script.post("click", **{"as": "U01MARA", "view_id": view_id, "action_id": "more"})
    assert connected.last["container"] == {"type": "view", "view_id": view_id}
    status, answer = await script.post("submit", **{"as": "U01MARA", "view_id": view_id, "values": {}})
    assert (status, answer["errors"]) == (200, {"why": "Please complete this required field."})
    status, answer = await script.post(
        "submit", **{"as": "U01MARA", "view_id": view_id, "values": {"why": {"why": {"value": "x"}}}}
    )
    assert (status, answer["status"]) == (200, 200)
    _, seen = await script.get("/sandbox/view?as=U01MARA")
    assert seen["modal"] is None


@pytest.mark.parametrize(
    ("name", "body", "status", "words"),
    [
        ("command", {"as": "U01NOBODY", "channel": "C01ALL", "text": "/rollout"}, 404, "nobody with the id U01NOBODY"),
        ("command", {"as": "U01NGOZI", "channel": "C01CLIENT", "text": "/rollout"}, 403, "join it first"),
        ("command", {"as": "U01MARA", "channel": "C01NONE", "text": "/rollout"}, 404, "sees no conversation"),
        ("command", {"as": "U01MARA", "channel": "C01ALL", "text": "/rolout"}, 404, "not a valid command"),
        ("command", {"as": "U01MARA", "channel": "C01ALL"}, 400, "`text` is missing"),
        ("click", {"as": "U01MARA", "channel": "C01ALL", "action_id": "go"}, 404, "sees no element"),
        ("submit", {"as": "U01MARA", "view_id": "V1", "values": {}}, 404, "no modal open"),
        ("submit", {"as": "U01MARA", "view_id": "V1", "values": {"a": 1}}, 400, "must be {block_id"),
        ("join", {"as": "U01MARA", "channel": "C01ALL"}, 409, "already in"),
        ("leave", {"as": "U01MARA", "channel": "C01RANDOM"}, 409, "is not in"),
        ("clock", {"advance_seconds": "1"}, 400, "number of seconds"),
        ("clock", {"advance_seconds": -1}, 400, "only moves forward"),
        ("faults", {"method": "auth.test", "kind": "fire"}, 400, "There is no fault"),
        ("person", {"id": "nobody"}, 400, "user id"),
        ("person", {"id": "U01NEW", "tz": "Mars/Olympus"}, 400, "time zone"),
        ("channel", {"id": "C01NEW", "name": "Not A Name"}, 400, "lower case"),
    ],
)
async def test_what_cannot_be_done_is_said_plainly(
    script: Script, name: str, body: dict[str, Any], status: int, words: str
) -> None:
    """A refusal has a 4xx status and a sentence."""
    answered, answer = await script.post(name, **body)
    assert (answered, answer["ok"]) == (status, False)
    assert words in answer["error"]


async def test_a_body_that_is_no_object_is_refused(script: Script) -> None:
    """Broken JSON, or JSON of another kind, is refused with a sentence."""
    for body in (b"{", b"[]", b'"x"'):
        async with script.session.post("/sandbox/home", data=body) as answer:
            assert answer.status == 400


async def test_each_sees_only_what_is_theirs(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """Others' ephemeral messages and DMs are invisible; what was said before one came stays readable."""
    await client.chat_postMessage(channel="C01CLIENT", text="before")
    await client.chat_postEphemeral(channel="C01CLIENT", user="U01MARA", text="psst")
    await client.chat_postMessage(channel="U01MARA", text="private")
    assert "C01CLIENT" not in [one["id"] for one in slack.view("U01NGOZI")["conversations"]]
    await slack.join("U01NGOZI", "C01CLIENT")
    newcomer = {one["id"]: one for one in slack.view("U01NGOZI")["conversations"]}
    assert newcomer["C01CLIENT"]["messages"][0]["text"] == "before"
    assert "psst" not in json.dumps(newcomer)
    assert "private" not in json.dumps(newcomer)
    assert "psst" in json.dumps(slack.view("U01MARA"))
    await slack.leave("U01NGOZI", "C01CLIENT")
    assert "before" not in json.dumps(slack.view("U01NGOZI"))


async def test_ephemeral_messages_do_not_survive_a_reload(
    script: Script, slack: SandboxSlack, client: AsyncWebClient
) -> None:
    """Reloading clears one's own ephemeral messages, and nothing else."""
    await client.chat_postEphemeral(channel="C01CLIENT", user="U01MARA", text="psst")
    await client.chat_postEphemeral(channel="C01CLIENT", user="U01KENJI", text="psst too")
    await client.chat_postMessage(channel="C01CLIENT", text="aloud")
    await script.post("reload", **{"as": "U01MARA"})
    assert [one["text"] for one in slack.view("U01MARA")["conversations"][0]["messages"]] == ["aloud"]
    assert len(slack.view("U01KENJI")["conversations"][0]["messages"]) == 2
    history = await client.conversations_history(channel="C01CLIENT")
    assert [one["text"] for one in history["messages"]] == ["aloud"]


async def test_typed_text_cannot_mention_everybody_by_markup(slack: SandboxSlack) -> None:
    """`<!channel>` typed by a person stays text; `@here` typed becomes the mention that Slack makes of it."""
    await slack.message("U01MARA", "C01CLIENT", "<!channel> & @here")
    message = slack.view("U01KENJI")["conversations"][0]["messages"][0]
    assert message["text"] == "&lt;!channel&gt; &amp; <!here>"


async def test_the_clock_moves_and_the_bot_does_what_is_due(clock: SteppedClock) -> None:
    """advance() comes before on_clock, and everybody's view tells the new time."""
    seen: list[tuple[str, bool]] = []

    async def due(arrived: bool) -> None:
        seen.append((clock.now().isoformat(), arrived))

    slack = SandboxSlack(clock=clock, advance=clock.advance, on_clock=due)
    before = slack.view("U01MARA")["version"]
    answer = await slack.advance(7200)
    assert answer["now"] == "2026-11-30T10:00:00Z"
    assert seen == [("2026-11-30T09:00:00+00:00", False), ("2026-11-30T10:00:00+00:00", True)]
    assert slack.view("U01MARA")["version"] > before


async def test_start_over_leaves_nothing(clock: SteppedClock) -> None:
    """A reset empties workspace, record and faults; what the old bot says last is lost, what the new one says stays."""

    async def last_words() -> None:
        await client.chat_postMessage(channel="C01CLIENT", text="from the old bot")

    async def first_words() -> None:
        await client.chat_postMessage(channel="C01CLIENT", text="from the new bot")

    slack = SandboxSlack(clock=clock, on_reset=last_words, on_fresh=first_words)
    async with running(slack.app) as url, aiohttp.ClientSession(url) as session:
        client = AsyncWebClient(token="xoxb-sandbox", base_url=f"{url}/api/", retry_handlers=[])
        await client.chat_postMessage(channel="C01CLIENT", text="x")
        slack.faults.add("auth.test", "500")
        async with session.post("/sandbox/reset", json={}) as answer:
            assert answer.status == 200
        assert [call.arguments["text"] for call in slack.calls] == ["from the new bot"]
        messages = slack.view("U01MARA")["conversations"][0]["messages"]
        assert [message["text"] for message in messages] == ["from the new bot"]
        assert (await client.auth_test())["ok"] is True


async def test_people_and_channels_can_be_added(script: Script, client: AsyncWebClient) -> None:
    """A script makes a workspace of its own; the bot is in new channels unless it says otherwise."""
    await script.post("person", id="U01NEW", name="Noor Haddad", tz="Asia/Amman", channels=["C01ALL"])
    await script.post("channel", id="C01NEW", name="new-team", members=["U01NEW", "U01MARA"])
    await script.post("channel", id="C01SHUT", name="shut", members=["U01NEW"], bot_is_member=False)
    assert (await client.users_info(user="U01NEW"))["user"]["tz"] == "Asia/Amman"
    assert (await client.chat_postMessage(channel="C01NEW", text="hello"))["ok"] is True
    assert (await client.conversations_info(channel="C01SHUT"))["channel"]["is_member"] is False
    _, seen = await script.get("/sandbox/view?as=U01NEW")
    assert [one["name"] for one in seen["conversations"]] == ["company", "new-team", "shut", "Foreword"]


async def test_faults_and_calls_over_http(script: Script, client: AsyncWebClient) -> None:
    """A script asks for faults, clears them, and reads every call that was made."""
    await script.post("faults", method="auth.test", kind="error:fatal_error", times=3)
    async with script.session.delete("/sandbox/faults") as answer:
        assert answer.status == 200
    await client.auth_test()
    _, answer = await script.get("/sandbox/calls?method=auth.test")
    assert [call["answer"]["user_id"] for call in answer["calls"]] == ["U0FOREWORD"]


async def test_changes_are_streamed(slack: SandboxSlack, script: Script, client: AsyncWebClient) -> None:
    """The stream tells its version at once, and again when something this person can see changes."""
    async with asyncio.timeout(5), script.session.get("/sandbox/events?as=U01NGOZI") as stream:
        first = json.loads((await stream.content.readline()).removeprefix(b"data: "))
        await stream.content.readline()
        await client.chat_postMessage(channel="C01CLIENT", text="not hers")
        await client.chat_postMessage(channel="C01ALL", text="hers too")
        second = json.loads((await stream.content.readline()).removeprefix(b"data: "))
    assert second["version"] == first["version"] + 1 == slack.view("U01NGOZI")["version"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "sandbox.example.com"},
        {"Host": "127.0.0.1.example.com:3100"},
        {"Host": "["},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_strangers_are_refused(script: Script, headers: dict[str, str]) -> None:
    """Another host name, or another site's page, reaches nothing; there are no CORS headers."""
    async with script.session.post("/sandbox/reset", data="{}", headers=headers) as answer:
        assert answer.status == 403
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


async def test_the_own_page_is_let_in(script: Script, slack: SandboxSlack) -> None:
    """Requests from the sandbox's own page, by number or by name, are answered."""
    origin = {"Origin": slack.base_url, "Sec-Fetch-Site": "same-origin"}
    async with script.session.post("/sandbox/home", json={"as": "U01MARA"}, headers=origin) as answer:
        assert answer.status == 200
    async with script.session.get("/") as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")


async def test_the_newest_message_is_meant(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """A click without a place goes to the newest message with that element, wherever it is; a name tells places apart."""
    await client.chat_postMessage(channel="U01MARA", text="older", blocks=[button("go", value="dm")])
    await client.chat_postMessage(channel="C01CLIENT", text="newer", blocks=[button("go", value="channel")])
    await slack.click("U01MARA", "go")
    assert connected.last["actions"][0]["value"] == "channel"
    await client.chat_postMessage(channel="C01ALL", text="newest", blocks=[button("go", value="company")])
    await slack.click("U01MARA", "go", channel="#client-services")
    assert connected.last["actions"][0]["value"] == "channel"
