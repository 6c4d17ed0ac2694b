"""Block Kit is as strict here as in Slack: limits, places and unknown properties, with JSON pointers."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.models import blocks as sdk
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.blocks import interactive, message_blocks, too_much_text, view
from tests.sandbox.connected_app import button, modal, text_input

Json = dict[str, Any]
_NAMES = st.sampled_from(
    [
        "type",
        "text",
        "elements",
        "options",
        "option_groups",
        "initial_option",
        "accessory",
        "element",
        "fields",
        "blocks",
    ]
)


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    """A section."""
    return {"type": "section", "text": mrkdwn(text), **more}


def actions(*elements: Json) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements)}


def press(**more: Any) -> Json:
    """A button."""
    return {"type": "button", "action_id": "a", "text": plain("Press"), **more}


def menu(count: int, label: str = "x", value: str = "v", **more: Any) -> Json:
    """A select with `count` options."""
    options = [{"text": plain(label), "value": f"{value}{number}"} for number in range(count)]
    return {"type": "static_select", "action_id": "m", "options": options, **more}


AT_THE_LIMIT = [
    [section("x" * 3000)],
    [{"type": "header", "text": plain("x" * 150)}],
    [{"type": "section", "fields": [mrkdwn("x" * 1000)] * 10}],
    [actions(*[press(action_id=str(n), text=plain("x" * 75), value="v" * 2000) for n in range(25)])],
    [actions(menu(100, "x" * 75, "v" * 147))],
    [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    [{"type": "divider", "block_id": "b" * 255}] + [{"type": "divider"}] * 49,
    [{"type": "markdown", "text": "x" * 12_000}],
    [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "x" * 2000}],
    [section("x", accessory=press(style="danger", accessibility_label="x" * 75))],
    [
        section(
            "x",
            accessory=press(
                confirm={
                    "title": plain("x" * 100),
                    "text": mrkdwn("x" * 300),
                    "confirm": plain("x" * 30),
                    "deny": plain("x" * 30),
                }
            ),
        )
    ],
    [section("x", accessory={"type": "overflow", "action_id": "o", "options": menu(5)["options"]})],
    [
        {
            "type": "input",
            "label": plain("x"),
            "element": {
                "type": "checkboxes",
                "options": [{"text": mrkdwn("*x*"), "description": mrkdwn("y"), "value": "1"}],
            },
        }
    ],
]

OVER_THE_LIMIT = [
    ([section("x" * 3001)], "must be less than 3001 characters", "/blocks/0/text/text"),
    ([section("")], "must be more than 0 characters", "/blocks/0/text/text"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151", "/blocks/0/text/text"),
    ([{"type": "header", "text": mrkdwn("x")}], "must be one of: plain_text", "/blocks/0/text/type"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items", "/blocks/0/fields"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "must be less than 2001", "/blocks/0/fields/0/text"),
    ([{"type": "section"}], "missing required field: text", "/blocks/0"),
    ([actions(press(text=plain("x" * 76)))], "must be less than 76", "/blocks/0/elements/0/text/text"),
    ([actions(press(text=mrkdwn("x")))], "must be one of: plain_text", "/blocks/0/elements/0/text/type"),
    ([actions(press(value="x" * 2001))], "must be less than 2001", "/blocks/0/elements/0/value"),
    ([actions(press(action_id="x" * 256))], "must be less than 256", "/blocks/0/elements/0/action_id"),
    ([actions(press(style="green"))], "must be one of: danger, primary", "/blocks/0/elements/0/style"),
    ([actions(press(url="not an address"))], "must be a valid URL", "/blocks/0/elements/0/url"),
    ([actions(press(disabled=True))], "invalid additional property: disabled", "/blocks/0/elements/0"),
    ([actions(*[press(action_id=str(n)) for n in range(26)])], "no more than 25 items", "/blocks/0/elements"),
    ([actions(press(), press())], '`action_id` "a" already exists', "/blocks/0/elements/1/action_id"),
    ([actions()], "no fewer than 1 items", "/blocks/0/elements"),
    ([actions(menu(101))], "no more than 100 items", "/blocks/0/elements/0/options"),
    ([actions(menu(1, "x" * 76))], "must be less than 76", "/blocks/0/elements/0/options/0/text/text"),
    ([actions(menu(1, value="v" * 150))], "must be less than 151", "/blocks/0/elements/0/options/0/value"),
    (
        [actions(menu(1, initial_option={"text": plain("other"), "value": "o"}))],
        "initial_option must match",
        "/blocks/0",
    ),
    ([actions({"type": "plain_text_input", "action_id": "a"})], "unsupported type: plain_text_input", "/blocks/0"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items", "/blocks/0/elements"),
    ([{"type": "context", "elements": [press()]}], "unsupported type: button", "/blocks/0/elements/0/type"),
    ([{"type": "divider"}] * 51, "no more than 50 items", "/blocks"),
    ([{"type": "divider", "block_id": "b"}] * 2, '`block_id` "b" already exists', "/blocks/1/block_id"),
    ([{"type": "divider", "colour": "red"}], "invalid additional property: colour", "/blocks/0"),
    ([{"type": "divider", "block_id": "b" * 256}], "must be less than 256", "/blocks/0/block_id"),
    ([{"type": "carousel"}], "unsupported type: carousel", "/blocks/0/type"),
    ([{"text": plain("x")}], "missing required field: type", "/blocks/0"),
    (["x"], "must be an object", "/blocks/0"),
    ([{"type": "section", "text": {**mrkdwn("x"), "emoji": True}}], "invalid additional property: emoji", "/blocks/0"),
    ([{"type": "image", "image_url": "https://example.com/a.png"}], "missing required field: alt_text", "/blocks/0"),
    ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001", "/blocks/0/text"),
    ([{"type": "markdown", "text": "x" * 6001}] * 2, "less than 12001 characters together", "/blocks"),
    (
        [section("x", accessory=press(confirm={"title": plain("x")}))],
        "missing required field: text",
        "/blocks/0/accessory/confirm",
    ),
    ([section("x", accessory={"type": "overflow", "options": menu(6)["options"]})], "no more than 5", "/blocks/0"),
    ([section(7)], "must be a string", "/blocks/0/text/text"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("blocks", AT_THE_LIMIT)
def test_what_slack_takes_is_taken(blocks: list[Json]) -> None:
    """Blocks that use Slack's limits to the full are accepted."""
    assert message_blocks(blocks) == []


@pytest.mark.parametrize(("blocks", "message", "pointer"), OVER_THE_LIMIT)
def test_what_slack_refuses_is_refused(blocks: list[Json], message: str, pointer: str) -> None:
    """One step beyond is refused with a finding that says what and where."""
    findings = message_blocks(blocks)
    assert message in findings[0]
    assert f"[json-pointer:{pointer}" in findings[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"submit": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/submit/text]"),
        ({"close": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/close/text]"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"callback_id": "x" * 256}, "must be less than 256 characters [json-pointer:/view/callback_id]"),
        ({"submit": None}, "missing required field: submit [json-pointer:/view]"),
        ({"title": None}, "missing required field: title [json-pointer:/view]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        ({"colour": "red"}, "invalid additional property: colour [json-pointer:/view]"),
        ({"type": "home"}, "must be modal [json-pointer:/view/type]"),
        (
            {"blocks": [{"type": "markdown", "text": "x"}]},
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
    ],
)
def test_views_have_limits_of_their_own(change: Json, message: str) -> None:
    """Titles and buttons of 24, 3,000 of private metadata, 100 blocks, and inputs need a submit button."""
    assert view(modal(text_input("a")), "modal") == []
    assert view({**modal(text_input("a")), **change}, "modal") == [message]


def test_too_much_text_altogether_is_noticed() -> None:
    """Blocks that are each short enough may be too long together."""
    assert not too_much_text([section("x" * 2750)] * 4)
    assert too_much_text([section("x" * 2751)] * 4)


def test_what_the_sdks_models_build_is_taken() -> None:
    """Blocks built with slack_sdk's own models pass, so that a refusal is the builder's fault."""
    option = sdk.Option(text="Weekly", value="weekly", description="Every Monday")
    built = [
        sdk.HeaderBlock(text="Status"),
        sdk.SectionBlock(
            text=sdk.MarkdownTextObject(text="*Hours*"), accessory=sdk.ButtonElement(text="Go", action_id="g")
        ),
        sdk.SectionBlock(fields=["one", "two"]),
        sdk.ContextBlock(
            elements=[sdk.MarkdownTextObject(text="x"), sdk.ImageElement(image_url="https://e.com/a", alt_text="a")]
        ),
        sdk.DividerBlock(),
        sdk.ActionsBlock(
            elements=[
                sdk.StaticSelectElement(action_id="s", placeholder="Cadence", options=[option], initial_option=option),
                sdk.DatePickerElement(action_id="d", initial_date="2026-12-01"),
                sdk.TimePickerElement(action_id="t", initial_time="10:00"),
                sdk.UserSelectElement(action_id="u"),
                sdk.OverflowMenuElement(action_id="o", options=[option]),
            ]
        ),
    ]
    assert message_blocks([block.to_dict() for block in built]) == []
    form = View(
        type="modal",
        title="Reason",
        submit="Save",
        close="Cancel",
        blocks=[
            sdk.InputBlock(
                label="Why", element=sdk.PlainTextInputElement(action_id="w", multiline=True, max_length=500)
            ),
            sdk.InputBlock(label="Which", element=sdk.CheckboxesElement(action_id="c", options=[option])),
            sdk.InputBlock(label="Who", element=sdk.UserMultiSelectElement(action_id="m")),
            sdk.InputBlock(label="How many", element=sdk.NumberInputElement(action_id="n", is_decimal_allowed=False)),
            sdk.InputBlock(
                label="Where", element=sdk.ConversationSelectElement(action_id="v", response_url_enabled=True)
            ),
        ],
    )
    assert view(form.to_dict(), "modal") == []
    assert len(list(interactive(form.to_dict()["blocks"]))) == 5


_TYPES = st.sampled_from(
    ["section", "actions", "input", "static_select", "checkboxes", "button", "plain_text", "mrkdwn"]
)
_LEAVES = _TYPES | st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_ANYTHING = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4)
)


@given(_ANYTHING)
def test_no_json_breaks_the_check(value: Any) -> None:
    """Whatever JSON comes, the check answers with findings; it never fails itself."""
    assert isinstance(message_blocks(value), list)
    assert isinstance(view({**modal(), "blocks": value}, "modal"), list)
    assert isinstance(view(value, "home"), list)


@pytest.mark.asyncio
async def test_the_answer_names_the_place(client: AsyncWebClient) -> None:
    """chat.postMessage answers invalid_blocks with messages in response_metadata; views.open says invalid_arguments."""
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C01CLIENT", text="x", blocks=[section("x" * 3001)])
    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    for blocks, error in (("{", "invalid_blocks_format"), ([section("x" * 2800)] * 4, "msg_blocks_too_long")):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C01CLIENT", text="x", blocks=blocks)
        assert refused.value.response["error"] == error


@pytest.mark.asyncio
async def test_what_has_no_name_gets_one(client: AsyncWebClient) -> None:
    """Blocks and elements without ids get ids of Slack's, and the caller's own objects stay as they are."""
    nameless = button("go")
    del nameless["block_id"], nameless["elements"][0]["action_id"]
    before = copy.deepcopy(nameless)
    posted = await client.chat_postMessage(channel="C01CLIENT", text="x", blocks=[nameless])
    assert nameless == before
    assert posted["message"]["blocks"][0]["block_id"]
    assert posted["message"]["blocks"][0]["elements"][0]["action_id"]
