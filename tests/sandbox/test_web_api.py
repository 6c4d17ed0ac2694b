"""The Web API through the SDK's own client: answers and errors as Slack names them."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.limits import Limits
from bot.sandbox.serving import running
from bot.sandbox.slack import SandboxSlack
from bot.sandbox.things import Conversation
from tests.sandbox.connected_app import ConnectedApp, SteppedClock, button, modal, text_input

pytestmark = pytest.mark.asyncio
HELLO = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


async def error_of(call: Any) -> str:
    """The error that Slack's answer names."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_the_token_says_who_calls(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """auth.test names bot and team, with the granted scopes in a header; a wrong or missing token is refused."""
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team"]) == ("U0FOREWORD", "B0FOREWORD", "Larkspur Studio")
    scopes = next(value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes")
    assert "chat:write" in scopes.split(",")
    other = AsyncWebClient(token="xoxb-other", base_url=client.base_url, retry_handlers=[])
    none = AsyncWebClient(base_url=client.base_url, retry_handlers=[])
    sockets = AsyncWebClient(token="xapp-sandbox", base_url=client.base_url, retry_handlers=[])
    assert await error_of(other.auth_test()) == "invalid_auth"
    assert await error_of(none.auth_test()) == "not_authed"
    assert await error_of(sockets.auth_test()) == "not_allowed_token_type"
    assert await error_of(client.apps_connections_open(app_token="xoxb-sandbox")) == "not_allowed_token_type"


async def test_unknown_methods_are_named(client: AsyncWebClient) -> None:
    """A method that this Slack does not have answers as Slack does, and harms nothing."""
    assert await error_of(client.bookmarks_add(channel_id="C01CLIENT", title="x", type="link")) == "unknown_method"
    assert await error_of(client.usergroups_list()) == "unknown_method"
    assert (await client.api_test(foo="1"))["args"] == {"foo": "1"}


async def test_a_missing_scope_is_refused(clock: SteppedClock) -> None:
    """A method without its scope says which one is needed and which are there."""
    opened = SandboxSlack(clock=clock, manifest={"oauth_config": {"scopes": {"bot": ["im:history"]}}})
    async with running(opened.app) as url:
        client = AsyncWebClient(token="xoxb-sandbox", base_url=f"{url}/api/", retry_handlers=[])
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C01CLIENT", text="x")
        answer = refused.value.response
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "im:history")
        assert await error_of(client.conversations_history(channel="C01CLIENT")) == "missing_scope"
        dm = opened.dm("U01MARA")
        assert (await client.conversations_history(channel=dm))["messages"] == []


async def test_posting_has_slacks_errors(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """Each reason for which Slack does not post has its own name."""
    slack.add_channel(Conversation("C01QUIET", "quiet", members=["U01MARA"]))
    slack.add_channel(Conversation("C01OLD", "old", members=["U0FOREWORD"], archived=True))
    assert await error_of(client.chat_postMessage(channel="C01NONE", text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel="U01NOBODY", text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel="C01QUIET", text="x")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel="C01OLD", text="x")) == "is_archived"
    assert await error_of(client.api_call("chat.postMessage", json={"channel": "C01CLIENT"})) == "no_text"
    for thread, error in (("1.000001", "thread_not_found"), ("yesterday", "invalid_thread_ts")):
        assert await error_of(client.chat_postMessage(channel="C01CLIENT", text="x", thread_ts=thread)) == error
    many = [{"text": "x", "fallback": "x"}] * 101
    assert (
        await error_of(client.chat_postMessage(channel="C01CLIENT", text="x", attachments=many))
        == "too_many_attachments"
    )
    wrong: Any = {"event_type": 1}
    assert (
        await error_of(client.chat_postMessage(channel="C01CLIENT", text="x", metadata=wrong))
        == "invalid_metadata_schema"
    )
    assert await error_of(client.api_call("chat.postMessage", data={"text": "x"})) == "invalid_arguments"


async def test_a_post_to_a_person_opens_the_dm(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """channel=U… posts in the direct messages, which only that person sees; text is cut at 40,000."""
    posted = await client.chat_postMessage(channel="U01MARA", text="x" * 40_005)
    assert posted["channel"] == slack.dm("U01MARA")
    assert len(posted["message"]["text"]) == 40_000
    dms = [one for one in slack.view("U01MARA")["conversations"] if one["kind"] == "dm"]
    assert [message["ts"] for message in dms[0]["messages"]] == [posted["ts"]]
    other = [one for one in slack.view("U01KENJI")["conversations"] if one["kind"] == "dm"]
    assert other[0]["messages"] == []


async def test_ts_never_repeats(client: AsyncWebClient) -> None:
    """Messages posted at the same moment of the clock have different ts, in order."""
    stamps = [(await client.chat_postMessage(channel="C01CLIENT", text="x"))["ts"] for _ in range(5)]
    assert stamps == sorted(set(stamps))
    assert stamps[0] == "1796025600.000000"


async def test_a_message_can_be_changed_and_removed(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """Only the bot's own messages, and parts that are not given stay."""
    posted = await client.chat_postMessage(
        channel="C01CLIENT",
        text="one",
        blocks=[HELLO],
        metadata={"event_type": "delivery", "event_payload": {"id": "7"}},
    )
    await client.chat_update(channel="C01CLIENT", ts=posted["ts"], text="two")
    found = (await client.conversations_history(channel="C01CLIENT", include_all_metadata=True))["messages"][0]
    assert (found["text"], found["metadata"]["event_payload"]) == ("two", {"id": "7"})
    assert found["blocks"][0]["text"]["text"] == "hello"
    assert found["edited"]["user"] == "U0FOREWORD"
    said = await slack.message("U01MARA", "C01CLIENT", "mine")
    assert await error_of(client.chat_update(channel="C01CLIENT", ts=said["ts"], text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel="C01CLIENT", ts=said["ts"])) == "cant_delete_message"
    assert await error_of(client.chat_update(channel="C01CLIENT", ts="1.000001", text="x")) == "message_not_found"
    await client.chat_delete(channel="C01CLIENT", ts=posted["ts"])
    assert await error_of(client.chat_delete(channel="C01CLIENT", ts=posted["ts"])) == "message_not_found"


async def test_metadata_shows_only_on_request(client: AsyncWebClient) -> None:
    """conversations.history leaves metadata out unless include_all_metadata is given."""
    await client.chat_postMessage(
        channel="C01CLIENT", text="x", metadata={"event_type": "delivery", "event_payload": {"id": "7"}}
    )
    plain = await client.conversations_history(channel="C01CLIENT")
    full = await client.conversations_history(channel="C01CLIENT", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"]["event_type"] == "delivery"


async def test_history_comes_in_pages_newest_first(client: AsyncWebClient) -> None:
    """A cursor goes on where the page ended, even when somebody writes meanwhile; bounds are exclusive by default."""
    stamps = [(await client.chat_postMessage(channel="C01CLIENT", text=str(n)))["ts"] for n in range(5)]
    first = await client.conversations_history(channel="C01CLIENT", limit=2)
    await client.chat_postMessage(channel="C01CLIENT", text="meanwhile")
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel="C01CLIENT", limit=10, cursor=cursor)
    assert [one["text"] for one in first["messages"]] == ["4", "3"]
    assert [one["text"] for one in rest["messages"]] == ["2", "1", "0"]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    bounds = {"oldest": stamps[1], "latest": stamps[3]}
    inner = await client.conversations_history(channel="C01CLIENT", **bounds)
    outer = await client.conversations_history(channel="C01CLIENT", **bounds, inclusive=True)
    assert [one["text"] for one in inner["messages"]] == ["2"]
    assert [one["text"] for one in outer["messages"]] == ["3", "2", "1"]
    assert await error_of(client.conversations_history(channel="C01CLIENT", cursor="nonsense")) == "invalid_cursor"


async def test_threads_are_kept_apart(client: AsyncWebClient) -> None:
    """Replies are in conversations.replies, not in the history; the parent counts them."""
    parent = await client.chat_postMessage(channel="C01CLIENT", text="parent")
    reply = await client.chat_postMessage(channel="C01CLIENT", text="reply", thread_ts=parent["ts"])
    nested = await client.chat_postMessage(channel="C01CLIENT", text="nested", thread_ts=reply["ts"])
    history = await client.conversations_history(channel="C01CLIENT")
    thread = await client.conversations_replies(channel="C01CLIENT", ts=parent["ts"])
    assert [one["text"] for one in history["messages"]] == ["parent"]
    assert history["messages"][0]["reply_count"] == 2
    assert [one["text"] for one in thread["messages"]] == ["parent", "reply", "nested"]
    assert nested["message"]["thread_ts"] == parent["ts"]


async def test_people_come_in_pages(client: AsyncWebClient) -> None:
    """conversations.members and users.list are paged; every member comes once; time zones are there."""
    members: list[str] = []
    cursor = ""
    pages = 0
    while pages == 0 or cursor:
        page = await client.conversations_members(channel="C01CLIENT", limit=4, cursor=cursor)
        members += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
        pages += 1
    assert (len(members), len(set(members)), pages) == (9, 9, 3)
    assert "U0FOREWORD" in members
    everybody = (await client.users_list(limit=1000))["members"]
    assert len(everybody) == 13
    mara = (await client.users_info(user="U01MARA"))["user"]
    assert (mara["tz"], mara["tz_offset"], mara["is_bot"]) == ("Europe/Stockholm", 3600, False)
    assert await error_of(client.users_info(user="U01NOBODY")) == "user_not_found"


async def test_channels_are_listed_and_joined(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """The bot sees public channels, joins them, and reads history only where it is a member."""
    slack.add_channel(Conversation("C01QUIET", "quiet", members=["U01MARA"]))
    slack.add_channel(Conversation("G01SECRET", "secret", members=["U01MARA"], private=True))
    names = [
        one["name"] for one in (await client.conversations_list(types="public_channel,private_channel"))["channels"]
    ]
    assert names == ["client-services", "company", "random", "quiet"]
    assert await error_of(client.conversations_history(channel="C01QUIET")) == "not_in_channel"
    assert await error_of(client.conversations_info(channel="G01SECRET")) == "channel_not_found"
    await client.conversations_join(channel="C01QUIET")
    assert (await client.conversations_info(channel="C01QUIET"))["channel"]["is_member"] is True
    assert (await client.conversations_history(channel="C01QUIET"))["messages"] == []
    mine = (await client.users_conversations(user="U01HELEN"))["channels"]
    assert [one["id"] for one in mine] == ["C01ALL"]
    opened = await client.conversations_open(users="U01HELEN")
    assert opened["channel"]["id"] == slack.dm("U01HELEN")
    assert await error_of(client.conversations_open(users="U01NOBODY")) == "user_not_found"


async def test_a_trigger_works_once_and_for_three_seconds(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient, clock: SteppedClock
) -> None:
    """A view that is refused does not use the trigger up; a second view, or a late one, is refused."""
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    trigger = connected.last["trigger_id"]
    no_submit = modal(text_input("a"))
    del no_submit["submit"]
    assert await error_of(client.views_open(trigger_id=trigger, view=no_submit)) == "invalid_arguments"
    clock.advance(3)
    await client.views_open(trigger_id=trigger, view=modal())
    assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    clock.advance(3.5)
    assert (
        await error_of(client.views_open(trigger_id=connected.last["trigger_id"], view=modal())) == "expired_trigger_id"
    )
    assert await error_of(client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"


async def test_views_are_updated_with_care(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """An old hash loses; what was entered stays; three modals are the most."""
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    field = {**text_input("a"), "dispatch_action": True}
    view = (await client.views_open(trigger_id=connected.last["trigger_id"], view=modal(field, button("go"))))["view"]
    await slack.click("U01MARA", "a", value="typed")
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(field, button("go"), callback_id="two"))
    shown = slack.view("U01MARA")["modal"]["view"]
    assert shown["state"]["values"]["a"]["a"]["value"] == "typed"
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await error_of(stale) == "hash_conflict"
    assert await error_of(client.views_update(view_id="VNONE", view=modal())) == "not_found"
    for _ in range(2):
        await slack.click("U01MARA", "go")
        await client.views_push(trigger_id=connected.last["trigger_id"], view=modal(button("go")))
    await slack.click("U01MARA", "go")
    fourth = client.views_push(trigger_id=connected.last["trigger_id"], view=modal())
    assert await error_of(fourth) == "push_limit_reached"
    assert slack.view("U01MARA")["modal"]["depth"] == 3


async def test_the_home_is_one_persons(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """views.publish shows a Home to its person, and to nobody else; opening it again tells the app the present one."""
    await client.views_publish(user_id="U01MARA", view={"type": "home", "blocks": [HELLO]})
    assert slack.view("U01MARA")["home"]["blocks"][0]["text"]["text"] == "hello"
    assert slack.view("U01KENJI")["home"] is None
    assert (
        await error_of(client.views_publish(user_id="U01NOBODY", view={"type": "home", "blocks": []}))
        == "user_not_found"
    )


async def test_a_response_address_wears_out(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient, clock: SteppedClock
) -> None:
    """Five answers within thirty minutes; ephemeral by default; the original can be replaced or deleted."""
    from slack_sdk.webhook.async_client import AsyncWebhookClient

    await client.chat_postMessage(channel="C01CLIENT", text="press", blocks=[button("go")])
    await slack.click("U01MARA", "go")
    webhook = AsyncWebhookClient(connected.last["response_url"])
    assert (await webhook.send(text="psst")).status_code == 200
    assert (await webhook.send(text="aloud", response_type="in_channel")).status_code == 200
    assert (await webhook.send(text="replaced", replace_original=True)).status_code == 200
    seen = list(slack.view("U01KENJI")["conversations"][0]["messages"])
    assert [(message["text"], message["blocks"]) for message in seen] == [("replaced", None), ("aloud", None)]
    assert (await webhook.send(text="", blocks=[{"type": "nonsense"}])).status_code == 400
    assert (await webhook.send(delete_original=True)).status_code == 200
    assert (await webhook.send(text="five")).status_code == 200
    worn = await webhook.send(text="six")
    assert (worn.status_code, "used_url" in worn.body) == (404, True)
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    late = AsyncWebhookClient(connected.last["response_url"])
    clock.advance(1801)
    assert "expired_url" in (await late.send(text="late")).body


async def test_a_file_is_given_in_three_steps(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """The SDK's files_upload_v2 works; members see the file, others cannot fetch it."""
    import aiohttp

    await client.files_upload_v2(
        channel="C01CLIENT", filename="pushback.xlsx", content=b"PK-not-really", initial_comment="The report"
    )
    message = slack.view("U01MARA")["conversations"][0]["messages"][0]
    assert message["text"] == "The report"
    file = message["files"][0]
    assert (file["name"], file["size"]) == ("pushback.xlsx", 13)
    async with aiohttp.ClientSession(slack.base_url) as session:
        async with session.get(file["url"]) as mine:
            assert await mine.read() == b"PK-not-really"
        async with session.get(f"/sandbox/files/{file['id']}?as=U01HELEN") as others:
            assert others.status == 404
    assert await error_of(client.files_completeUploadExternal(files=[{"id": "F0"}])) == "file_not_found"


async def test_rate_limits_are_slacks(clock: SteppedClock) -> None:
    """A burst to one channel is let through, then 429 with Retry-After; another channel is not affected."""
    opened = SandboxSlack(clock=clock, limits=Limits(channel_burst=2, tiers={1: 1, 2: 2, 3: 3, 4: 4}))
    async with running(opened.app) as url:
        client = AsyncWebClient(token="xoxb-sandbox", base_url=f"{url}/api/", retry_handlers=[])
        for _ in range(2):
            await client.chat_postMessage(channel="C01CLIENT", text="x")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C01CLIENT", text="x")
        assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")
        await client.chat_postMessage(channel="C01ALL", text="x")
        for _ in range(2):
            await client.users_list()
        assert await error_of(client.users_list()) == "ratelimited"
        assert len(opened.view("U01MARA")["conversations"][0]["messages"]) == 2


async def test_an_upload_may_be_a_form_and_must_be_whole(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """The bytes may come as the first part of a form; another number of bytes than announced is refused."""
    import aiohttp

    asked = await client.files_getUploadURLExternal(filename="notes.txt", length=5)
    async with aiohttp.ClientSession() as session:
        async with session.post(asked["upload_url"], data=b"too many bytes") as answer:
            assert answer.status == 400
        assert await error_of(client.files_completeUploadExternal(files=[{"id": asked["file_id"]}])) == "file_not_found"
        form = aiohttp.FormData()
        form.add_field("file", b"\x00\r\n\xffx", filename="notes.txt", content_type="application/octet-stream")
        async with session.post(asked["upload_url"], data=form) as answer:
            assert answer.status == 200
    done = await client.files_completeUploadExternal(
        files=[{"id": asked["file_id"], "title": "Notes"}], channel_id="C01CLIENT"
    )
    assert done["files"][0]["title"] == "Notes"
    assert slack.space.files[asked["file_id"]].content == b"\x00\r\n\xffx"
    again = client.files_completeUploadExternal(files=[{"id": asked["file_id"]}])
    assert await error_of(again) == "file_already_completed"


async def test_arguments_are_read_from_query_form_and_json(slack: SandboxSlack) -> None:
    """Slack takes all three; bodies that cannot be read are refused by name, never with a server error."""
    import aiohttp

    key = {"Authorization": "Bearer xoxb-sandbox"}
    json_type = {**key, "Content-Type": "application/json"}
    address = f"{slack.base_url}/api/users.info"
    async with aiohttp.ClientSession() as session:
        for request in (
            session.get(address, params={"user": "U01JOAO", "token": "xoxb-sandbox"}),
            session.post(address, data={"user": "U01JOAO"}, headers=key),
            session.post(address, json={"user": "U01JOAO"}, headers=key),
        ):
            async with request as answer:
                assert (await answer.json())["user"]["name"] == "joao.teixeira"
        for body, headers, error in (
            (b"{", json_type, "invalid_json"),
            (b"\xff\xfe", json_type, "invalid_json"),
            (b"[1]", json_type, "json_not_object"),
            (b"user=\xff", {**key, "Content-Type": "application/x-www-form-urlencoded"}, "invalid_form_data"),
            (b"<a/>", {**key, "Content-Type": "text/xml"}, "invalid_post_type"),
            (b'{"user": ["U01JOAO"]}', json_type, "invalid_arguments"),
            (b'{"user": null}', json_type, "invalid_arguments"),
        ):
            async with session.post(address, data=body, headers=headers) as answer:
                assert (answer.status, (await answer.json())["error"]) == (200, error)
