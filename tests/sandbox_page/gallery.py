"""One of everything that Block Kit can show, so that the page's drawing is tested without the bot."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]


def plain(text: str) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Block:
    """A mrkdwn text object."""
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str, description: str | None = None) -> Block:
    """An option, with or without a description."""
    return {"value": value, "text": plain(text), **({"description": plain(description)} if description else {})}


ROLES = [
    option("billed", "Client-billed", "Hours go on invoices"),
    option("salaried", "Salaried"),
    option("contract", "Contractor"),
]
WAVES = [option(f"wave-{number}", f"Wave {number}") for number in range(1, 13)]

CONFIRM = {
    "title": plain("Send it now?"),
    "text": mrkdwn("This goes to *5 people*."),
    "confirm": plain("Send"),
    "deny": plain("Not now"),
    "style": "danger",
}

MESSAGE_BLOCKS: list[Block] = [
    {"type": "header", "block_id": "head", "text": plain("Launch policy to pilot :scroll:")},
    {
        "type": "section",
        "block_id": "lead",
        "text": mrkdwn(
            "*Who:* <@U02ANA> and 4 others in <#C01CLIENT>\n_Quiet_, ~struck~ and `code` with a <https://wiki.example.com/policy|policy link>\n"
            "> quoted line\n&lt;not a tag&gt; &amp; so on, at <!date^1796212800^{date_long_pretty}, {time}|soon> :white_check_mark:"
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [
                option("edit", "Edit"),
                {**option("wiki", "Open the wiki"), "url": "https://wiki.example.com/"},
            ],
        },
    },
    {
        "type": "section",
        "block_id": "fields",
        "fields": [mrkdwn("*Step*\npolicy"), mrkdwn("*Wave*\npilot"), mrkdwn("*People*\n5"), mrkdwn("*When*\nnow")],
    },
    {"type": "divider", "block_id": "line"},
    {
        "type": "section",
        "block_id": "code",
        "text": mrkdwn("```\nfirst <https://example.com|line>\n  second &amp; last\n```"),
    },
    {
        "type": "rich_text",
        "block_id": "rich",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Rich ", "style": {"bold": True}},
                    {"type": "user", "user_id": "U01MARA"},
                    {"type": "emoji", "name": "wave"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "first point"}]},
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "link", "url": "https://example.com/", "text": "second"}],
                    },
                ],
            },
        ],
    },
    {
        "type": "markdown",
        "block_id": "markdown",
        "text": "## Heading\n\nPlain **bold** and a [link](https://example.com/).\n\n- one\n- two\n\n1. first",
    },
    {
        "type": "section",
        "block_id": "many",
        "text": mrkdwn("Which waves?"),
        "accessory": {
            "type": "multi_static_select",
            "action_id": "waves",
            "placeholder": plain("Waves"),
            "options": WAVES,
        },
    },
    {
        "type": "actions",
        "block_id": "choices",
        "elements": [
            {"type": "static_select", "action_id": "role", "placeholder": plain("Role"), "options": ROLES},
            {"type": "users_select", "action_id": "person", "placeholder": plain("Person")},
            {"type": "channels_select", "action_id": "channel", "placeholder": plain("Channel")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-12-14"},
            {"type": "timepicker", "action_id": "hour", "initial_time": "10:00"},
        ],
    },
    {
        "type": "actions",
        "block_id": "ticks",
        "elements": [
            {"type": "radio_buttons", "action_id": "one", "options": ROLES},
            {"type": "checkboxes", "action_id": "some", "options": ROLES[:2]},
        ],
    },
    {
        "type": "actions",
        "block_id": "go",
        "elements": [
            {
                "type": "button",
                "action_id": "confirm",
                "text": plain("Launch to 5 people"),
                "style": "primary",
                "value": "row-1",
                "confirm": CONFIRM,
            },
            {"type": "button", "action_id": "refuse", "text": plain("Cancel"), "style": "danger"},
            {
                "type": "button",
                "action_id": "document",
                "text": plain("Open the document"),
                "url": "https://wiki.example.com/policy",
            },
        ],
    },
    {
        "type": "context",
        "block_id": "small",
        "elements": [
            {"type": "image", "image_url": "https://elsewhere.example.com/a.png", "alt_text": "seal"},
            mrkdwn("Policy version *1*, in effect from 14 December."),
        ],
    },
    {
        "type": "image",
        "block_id": "chart",
        "image_url": "https://elsewhere.example.com/chart.png",
        "alt_text": "Answers by week",
        "title": plain("Chart"),
    },
]


def field(block_id: str, label: str, element: Block, **more: object) -> Block:
    """An input block whose action id is "answer"."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": "answer", **element},
        **more,
    }


MODAL: Block = {
    "type": "modal",
    "callback_id": "gallery",
    "title": plain("Edit the policy"),
    "submit": plain("Save"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "section",
            "block_id": "intro",
            "text": mrkdwn("Four questions, *answered in writing*."),
            "accessory": {"type": "button", "action_id": "deeper", "text": plain("Add a role")},
        },
        field(
            "tracked",
            "What is tracked?",
            {
                "type": "plain_text_input",
                "multiline": True,
                "max_length": 300,
                "placeholder": plain("hours per client project"),
            },
            hint=plain("Name the data, not the purpose."),
        ),
        field("name", "Short name", {"type": "plain_text_input", "initial_value": "hourglass"}),
        field(
            "days", "Kept for how many days?", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}
        ),
        field("document", "Where is the document?", {"type": "url_text_input"}, optional=True),
        field("mail", "Contact", {"type": "email_text_input"}, optional=True),
        field("role", "Role", {"type": "static_select", "placeholder": plain("Pick a role"), "options": ROLES}),
        field(
            "people", "Who sees it?", {"type": "multi_users_select", "placeholder": plain("Pick people")}, optional=True
        ),
        field("place", "Channel", {"type": "conversations_select"}, optional=True),
        field("day", "In effect from", {"type": "datepicker", "initial_date": "2026-12-14"}),
        field("cadence", "How often", {"type": "radio_buttons", "options": ROLES}, optional=True),
        field("not_tracked", "Not tracked", {"type": "checkboxes", "options": ROLES}, optional=True),
    ],
}

HOME: Block = {
    "type": "home",
    "blocks": [
        {"type": "header", "block_id": "h", "text": plain("Hourglass: where it stands")},
        {
            "type": "section",
            "block_id": "s",
            "text": mrkdwn(
                "*Pilot, Client Services.* The policy was delivered; the install link comes next.\n✓ the policy is complete\n✓ the reason is specific\n✗ two working days of notice: one left"
            ),
        },
        {
            "type": "actions",
            "block_id": "a",
            "elements": [
                {"type": "button", "action_id": "read", "text": plain("I have read it"), "style": "primary"},
                {"type": "button", "action_id": "ask", "text": plain("Ask a question")},
            ],
        },
        {"type": "context", "block_id": "c", "elements": [mrkdwn("Policy version 1")]},
    ],
}
