"""What the sandbox sends to the app: signed, in Slack's shapes, and again when an event is not acknowledged."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SandboxSlack
from bot.sandbox.wire import ActRefused
from tests.sandbox.connected_app import START, ConnectedApp, SteppedClock, button, modal, text_input

pytestmark = pytest.mark.asyncio


async def test_everything_is_signed(slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient) -> None:
    """Commands, clicks and events carry a v0 signature that the SDK's verifier accepts."""
    await client.chat_postMessage(channel="C01CLIENT", text="press", blocks=[button("go")])
    await slack.command("U01MARA", "C01CLIENT", "/rollout help")
    await slack.click("U01MARA", "go")
    await slack.home("U01MARA")
    assert len(connected.received) == 3
    assert all(one.signed for one in connected.received)


async def test_a_command_has_slacks_form(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """A slash command says who, where, what, and how to answer; control characters come escaped."""
    await slack.command("U01MARA", "#client-services", "/rollout pause because R&D said <no> to <@U01OTIS>")
    form = connected.last
    assert form["text"] == "pause because R&amp;D said &lt;no&gt; to <@U01OTIS>"
    assert (form["command"], form["user_id"], form["user_name"]) == ("/rollout", "U01MARA", "mara.lindqvist")
    assert (form["channel_id"], form["channel_name"]) == ("C01CLIENT", "client-services")
    assert form["response_url"].startswith(slack.base_url)
    assert {"token", "team_id", "team_domain", "trigger_id", "api_app_id"} <= set(form)


async def test_the_body_of_an_acknowledgement_is_shown(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """Text becomes an ephemeral message; JSON may say in_channel; both are answered to the script too."""
    connected.answer = "only you"
    answer = await slack.command("U01MARA", "C01CLIENT", "/rollout")
    connected.answer = {"response_type": "in_channel", "text": "all of you"}
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    assert answer == {"status": 200, "body": "only you"}
    assert texts(slack, "U01MARA", "C01CLIENT") == ["only you", "all of you"]
    assert texts(slack, "U01KENJI", "C01CLIENT") == ["all of you"]


@pytest.mark.parametrize(
    ("status", "delay", "failure"),
    [(200, 0.5, "operation_timeout"), (500, 0.0, "dispatch_failed")],
)
async def test_an_app_that_does_not_acknowledge_is_reported(
    slack: SandboxSlack, connected: ConnectedApp, status: int, delay: float, failure: str
) -> None:
    """A late or failing acknowledgement shows a notice, and the command is not sent again."""
    connected.status, connected.delay = status, delay
    answer = await slack.command("U01MARA", "C01CLIENT", "/rollout")
    toasts = slack.view("U01MARA")["toasts"]
    assert answer["failure"] == failure
    assert toasts[0]["text"].startswith("/rollout failed")
    assert failure in toasts[0]["text"]
    assert len(connected.received) == 1
    slack.dismiss("U01MARA")
    assert slack.view("U01MARA")["toasts"] == []


async def test_an_acknowledgement_with_bad_blocks_is_reported(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """Blocks that Slack does not take are not shown when they come in an acknowledgement either."""
    connected.answer = {"text": "x", "blocks": [{"type": "header", "text": {"type": "mrkdwn", "text": "*no*"}}]}
    answer = await slack.command("U01MARA", "C01CLIENT", "/rollout")
    assert answer["failure"] == "invalid_blocks"
    assert texts(slack, "U01MARA", "C01CLIENT") == []


async def test_events_come_in_their_envelope(slack: SandboxSlack, connected: ConnectedApp, clock: SteppedClock) -> None:
    """An event carries its id, the sandbox clock's time and the bot's authorisation."""
    clock.advance(86_400)
    await slack.message("U01MARA", slack.dm("U01MARA"), "hello <there>")
    body = connected.last
    assert body["type"] == "event_callback"
    assert body["event_time"] == int(START.timestamp()) + 86_400
    assert body["authorizations"][0]["user_id"] == "U0FOREWORD"
    assert body["event_id"].startswith("Ev")
    event = body["event"]
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "im", "U01MARA")
    assert event["text"] == "hello &lt;there&gt;"


async def test_an_unacknowledged_event_comes_three_times_more(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """Slack's retry headers count up, and the event keeps its id."""
    connected.status = 500
    await slack.join("U01NGOZI", "C01CLIENT")
    await until(lambda: len(connected.received) == 4)
    numbers = [one.headers.get("x-slack-retry-num") for one in connected.received]
    assert numbers == [None, "1", "2", "3"]
    assert connected.received[1].headers["x-slack-retry-reason"] == "http_error"
    assert len({one.body["event_id"] for one in connected.received}) == 1
    assert all(one.signed for one in connected.received)


async def test_a_late_acknowledgement_is_a_timeout(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """An event that was not acknowledged in time comes again although the app has it."""
    connected.delay = 0.4
    await slack.join("U01NGOZI", "C01CLIENT")
    connected.delay = 0.0
    await until(lambda: len(connected.received) >= 2)
    assert connected.received[1].headers["x-slack-retry-reason"] == "http_timeout"


async def test_an_app_may_decline_retries(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """X-Slack-No-Retry stops redelivery."""
    connected.status, connected.no_retry = 500, True
    await slack.join("U01NGOZI", "C01CLIENT")
    await pause(0.1)
    assert len(connected.received) == 1


async def test_coming_leaving_and_opening_the_home_are_told(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """member_joined_channel, member_left_channel and app_home_opened name the person and the place."""
    await slack.join("U01NGOZI", "C01CLIENT")
    await slack.leave("U01NGOZI", "#client-services")
    await slack.home("U01NGOZI")
    kinds = [(one.body["event"]["type"], one.body["event"]["user"]) for one in connected.received]
    assert kinds == [
        ("member_joined_channel", "U01NGOZI"),
        ("member_left_channel", "U01NGOZI"),
        ("app_home_opened", "U01NGOZI"),
    ]
    assert connected.received[0].body["event"]["channel"] == "C01CLIENT"


async def test_a_mention_is_told(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """Naming the bot in a channel is an app_mention."""
    await slack.message("U01MARA", "C01CLIENT", "<@U0FOREWORD> are you there?")
    assert [body["event"]["user"] for body in connected.events("app_mention")] == ["U01MARA"]


async def test_only_subscribed_events_are_told(connected: ConnectedApp, clock: SteppedClock) -> None:
    """With a manifest, an event that is not subscribed to does not come, and other commands do not exist."""
    manifest: dict[str, Any] = {
        "features": {"slash_commands": [{"command": "/only", "description": "One"}]},
        "settings": {"event_subscriptions": {"bot_events": ["app_home_opened"]}},
    }
    opened = SandboxSlack(clock=clock, manifest=manifest)
    with pytest.raises(ActRefused, match="not a valid command"):
        await opened.command("U01MARA", "C01CLIENT", "/rollout")
    assert opened.workspace()["commands"] == [{"command": "/only", "hint": "", "description": "One"}]
    assert opened.connection.grant.events == {"app_home_opened"}


async def test_a_raw_event_can_be_delivered_again(slack: SandboxSlack, connected: ConnectedApp) -> None:
    """A script can repeat or invent any event, with retry headers."""
    await slack.home("U01MARA")
    await slack.deliver_event(connected.last, retry_num=2)
    first, second = connected.received
    assert first.body == second.body
    assert second.headers["x-slack-retry-num"] == "2"
    assert second.signed


async def test_a_click_has_slacks_payload(slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient) -> None:
    """block_actions carries message, container, channel, state, value and a response address."""
    posted = await client.chat_postMessage(channel="C01CLIENT", text="press", blocks=[button("go", value="row-7")])
    await slack.click("U01KENJI", "go", channel="C01CLIENT", ts=posted["ts"])
    payload = connected.last
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U01KENJI"
    assert payload["channel"] == {"id": "C01CLIENT", "name": "client-services"}
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == posted["ts"]
    action = payload["actions"][0]
    assert (action["type"], action["value"], action["block_id"]) == ("button", "row-7", "block-go")
    assert action["text"]["text"] == "Press"
    assert payload["response_url"].startswith(slack.base_url)


async def test_an_ephemeral_click_has_no_message(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """Slack leaves the message out of a click in an ephemeral one."""
    await client.chat_postEphemeral(channel="C01CLIENT", user="U01MARA", text="psst", blocks=[button("go")])
    await slack.click("U01MARA", "go")
    assert connected.last["container"]["is_ephemeral"] is True
    assert "message" not in connected.last
    with pytest.raises(ActRefused) as refused:
        await slack.click("U01KENJI", "go")
    assert refused.value.status == 404


async def test_a_submission_carries_what_was_entered(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """Required inputs are enforced before the app hears; initial values stay for untouched ones."""
    view = modal(
        text_input("why"), text_input("note", optional=True, initial_value="as it was"), private_metadata="row-1"
    )
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    await client.views_open(trigger_id=connected.last["trigger_id"], view=view)
    refused = await slack.submit("U01MARA", {})
    assert refused["sent"] is False
    assert slack.view("U01MARA")["modal"]["errors"] == {"why": "Please complete this required field."}
    await slack.submit("U01MARA", {"why": {"why": {"value": "clients ask"}}})
    values = connected.last["view"]["state"]["values"]
    assert values["why"]["why"] == {"type": "plain_text_input", "value": "clients ask"}
    assert values["note"]["note"]["value"] == "as it was"
    assert connected.last["view"]["private_metadata"] == "row-1"
    assert slack.view("U01MARA")["modal"] is None


async def test_the_answer_to_a_submission_is_obeyed(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """Errors stay in the modal, update replaces it, push stacks, clear closes everything."""
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    await client.views_open(trigger_id=connected.last["trigger_id"], view=modal(text_input("a", initial_value="x")))
    connected.answer = {"response_action": "errors", "errors": {"a": "Name a client."}}
    await slack.submit("U01MARA")
    assert slack.view("U01MARA")["modal"]["errors"] == {"a": "Name a client."}
    connected.answer = {
        "response_action": "update",
        "view": modal(text_input("b", initial_value="y"), callback_id="two"),
    }
    await slack.submit("U01MARA")
    assert slack.view("U01MARA")["modal"]["view"]["callback_id"] == "two"
    connected.answer = {
        "response_action": "push",
        "view": modal(text_input("c", initial_value="z"), callback_id="three"),
    }
    await slack.submit("U01MARA")
    assert slack.view("U01MARA")["modal"]["depth"] == 2
    connected.answer = {"response_action": "clear"}
    await slack.submit("U01MARA")
    assert slack.view("U01MARA")["modal"] is None


async def test_an_answer_that_makes_no_sense_is_trouble(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """Errors for a block that does not exist keep the modal open and show Slack's notice."""
    await slack.command("U01MARA", "C01CLIENT", "/rollout")
    await client.views_open(trigger_id=connected.last["trigger_id"], view=modal(text_input("a", initial_value="x")))
    connected.answer = {"response_action": "errors", "errors": {"nowhere": "?"}}
    await slack.submit("U01MARA")
    assert slack.view("U01MARA")["modal"] is not None
    assert "trouble" in slack.view("U01MARA")["toasts"][0]["text"]


async def test_closing_is_told_when_asked_for(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """view_closed comes for views with notify_on_close only."""
    for wanted, count in ((False, 0), (True, 1)):
        await slack.command("U01MARA", "C01CLIENT", "/rollout")
        await client.views_open(trigger_id=connected.last["trigger_id"], view=modal(notify_on_close=wanted))
        await slack.close("U01MARA")
        closed = [one for one in connected.received if one.body.get("type") == "view_closed"]
        assert len(closed) == count
    assert slack.view("U01MARA")["modal"] is None


async def test_choices_are_checked_and_filled_in(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """A menu's answer is one of its options, in full; one that is not offered is refused."""
    option = {"text": {"type": "plain_text", "text": "Weekly"}, "value": "weekly"}
    menu = {"type": "static_select", "action_id": "cadence", "options": [option]}
    await client.chat_postMessage(
        channel="C01CLIENT", text="choose", blocks=[{"type": "actions", "block_id": "b", "elements": [menu]}]
    )
    await slack.click("U01MARA", "cadence", selected_option={"value": "weekly"})
    assert connected.last["actions"][0]["selected_option"] == option
    assert connected.last["state"]["values"]["b"]["cadence"]["selected_option"] == option
    with pytest.raises(ActRefused, match="offers no option"):
        await slack.click("U01MARA", "cadence", selected_option={"value": "hourly"})


async def test_a_stale_click_can_be_forced(
    slack: SandboxSlack, connected: ConnectedApp, client: AsyncWebClient
) -> None:
    """A button that is gone is refused to people, and sent all the same for a test that asks for it."""
    posted = await client.chat_postMessage(channel="C01CLIENT", text="press", blocks=[button("go")])
    await client.chat_update(channel="C01CLIENT", ts=posted["ts"], text="done", blocks=[])
    with pytest.raises(ActRefused):
        await slack.click("U01MARA", "go", channel="C01CLIENT", ts=posted["ts"])
    await slack.click("U01MARA", "go", channel="C01CLIENT", ts=posted["ts"], force=True, value="forged")
    assert connected.last["actions"][0]["value"] == "forged"


async def test_a_link_button_tells_its_address(slack: SandboxSlack, client: AsyncWebClient) -> None:
    """The page learns which address a link button opens."""
    await client.chat_postMessage(
        channel="C01CLIENT", text="read", blocks=[button("read", url="https://wiki.example.com/policy")]
    )
    assert (await slack.click("U01MARA", "read"))["url"] == "https://wiki.example.com/policy"


def texts(slack: SandboxSlack, person: str, channel: str) -> list[str]:
    """What this person reads in this channel."""
    places = [one for one in slack.view(person)["conversations"] if one["id"] == channel]
    return [message["text"] for place in places for message in place["messages"] if "subtype" not in message]


async def pause(seconds: float) -> None:
    """Let time pass."""
    import asyncio

    await asyncio.sleep(seconds)


async def until(holds: Any) -> None:
    """Wait, up to two seconds, until something holds."""
    for _ in range(200):
        if holds():
            return
        await pause(0.01)
    pytest.fail("it never came to hold")
