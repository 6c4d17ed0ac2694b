"""The interactive elements of Block Kit and the small objects inside them, each with Slack's limits."""

from __future__ import annotations

from typing import Any

from bot.sandbox.rules import Findings, Rule, anything, both, flag, found, many, shape, string, typed, url, whole

_PLAIN = {"type": string(choices={"plain_text"})}
_DATE = string(like=r"\d{4}-\d{2}-\d{2}")
_TIME = string(like=r"([01]\d|2[0-3]):[0-5]\d")
_USER = string(like=r"[UW][A-Z0-9]+")
_CHANNEL = string(like=r"[CGD][A-Z0-9]+")


def plain(most: int, least: int = 1) -> Rule:
    """A plain_text object."""
    return shape({**_PLAIN, "text": string(most, least)}, {"emoji": flag})


def rich(most: int) -> Rule:
    """A text object of either kind, mrkdwn or plain_text."""
    mrkdwn = shape({"type": string(), "text": string(most)}, {"verbatim": flag})
    return typed({"plain_text": plain(most), "mrkdwn": mrkdwn})


CONFIRM = shape(
    {"title": plain(100), "text": rich(300), "confirm": plain(30), "deny": plain(30)},
    {"style": string(choices={"primary", "danger"})},
)


def _option(text: Rule, description: Rule) -> Rule:
    return shape({"text": text, "value": string(150)}, {"description": description})


_MENU_OPTION = _option(plain(75), plain(75))
_CHOICE_OPTION = _option(rich(75), rich(75))
_OVERFLOW_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": url})
_GROUP = shape({"label": plain(75), "options": many(_MENU_OPTION, 100)})

_COMMON: dict[str, Rule] = {"type": anything, "action_id": string(255), "confirm": CONFIRM, "focus_on_load": flag}
_ENTRY = {name: rule for name, rule in _COMMON.items() if name != "confirm"}
_PROMPT = {"placeholder": plain(150)}
_DISPATCH = {
    "dispatch_action_config": shape(
        {},
        {"trigger_actions_on": many(string(choices={"on_enter_pressed", "on_character_entered"}), 2)},
    ),
}
_FILTER = shape(
    {},
    {
        "include": many(string(choices={"im", "mpim", "private", "public"}), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_MANY_CHOSEN = {"max_selected_items": whole(1)}


def _menu(**initial: Rule) -> dict[str, Rule]:
    return {**_COMMON, **_PROMPT, **initial}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _offered(chosen_key: str) -> Rule:
    """What is chosen at first must be exactly one of the options that are offered."""

    def check(value: Any, at: str, findings: Findings) -> None:
        groups = [value, *_listed(value.get("option_groups"))]
        offered = [one for group in groups if isinstance(group, dict) for one in _listed(group.get("options"))]
        chosen = value.get(chosen_key)
        for option in chosen if isinstance(chosen, list) else [chosen] if chosen is not None else []:
            if option not in offered:
                found(findings, f"{chosen_key} must match one of the options provided", f"{at}/{chosen_key}")

    return check


def _one_source(value: Any, at: str, findings: Findings) -> None:
    if (value.get("options") is None) == (value.get("option_groups") is None):
        found(findings, "must provide either options or option_groups", at)


def _static(chosen_key: str, chosen: Rule, extra: dict[str, Rule]) -> Rule:
    return both(
        shape(
            {},
            {
                **_menu(),
                "options": many(_MENU_OPTION, 100),
                "option_groups": many(_GROUP, 100),
                chosen_key: chosen,
                **extra,
            },
        ),
        _one_source,
        _offered(chosen_key),
    )


def _choice(chosen_key: str, chosen: Rule) -> Rule:
    return both(
        shape({"options": many(_CHOICE_OPTION, 10)}, {**_COMMON, chosen_key: chosen}),
        _offered(chosen_key),
    )


def _typed_text(**extra: Rule) -> dict[str, Rule]:
    return {**_ENTRY, **_PROMPT, **_DISPATCH, "initial_value": string(3000, 0), **extra}


IMAGE = shape({"type": anything, "alt_text": string(2000)}, {"image_url": url, "slack_file": anything})
_REDIRECT = {"response_url_enabled": flag}

ELEMENTS: dict[str, Rule] = {
    "button": shape(
        {"text": plain(75)},
        {
            **{name: rule for name, rule in _COMMON.items() if name != "focus_on_load"},
            "url": url,
            "value": string(2000, 0),
            "style": string(choices={"primary", "danger"}),
            "accessibility_label": string(75),
        },
    ),
    "checkboxes": _choice("initial_options", many(_CHOICE_OPTION, 10)),
    "radio_buttons": _choice("initial_option", _CHOICE_OPTION),
    "overflow": shape(
        {"options": many(_OVERFLOW_OPTION, 5)}, {"type": anything, "action_id": string(255), "confirm": CONFIRM}
    ),
    "datepicker": shape({}, _menu(initial_date=_DATE)),
    "timepicker": shape({}, _menu(initial_time=_TIME, timezone=string())),
    "datetimepicker": shape({}, {**_COMMON, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
    "static_select": _static("initial_option", _MENU_OPTION, {}),
    "multi_static_select": _static("initial_options", many(_MENU_OPTION, 100), _MANY_CHOSEN),
    "external_select": shape({}, _menu(initial_option=_MENU_OPTION, min_query_length=whole(0))),
    "multi_external_select": shape(
        {}, {**_menu(initial_options=many(_MENU_OPTION, 100), min_query_length=whole(0)), **_MANY_CHOSEN}
    ),
    "users_select": shape({}, _menu(initial_user=_USER)),
    "multi_users_select": shape({}, {**_menu(initial_users=many(_USER, 1000)), **_MANY_CHOSEN}),
    "conversations_select": shape(
        {},
        {**_menu(initial_conversation=_CHANNEL, default_to_current_conversation=flag, filter=_FILTER), **_REDIRECT},
    ),
    "multi_conversations_select": shape(
        {},
        {
            **_menu(initial_conversations=many(_CHANNEL, 1000), default_to_current_conversation=flag, filter=_FILTER),
            **_MANY_CHOSEN,
        },
    ),
    "channels_select": shape({}, {**_menu(initial_channel=_CHANNEL), **_REDIRECT}),
    "multi_channels_select": shape({}, {**_menu(initial_channels=many(_CHANNEL, 1000)), **_MANY_CHOSEN}),
    "plain_text_input": shape({}, _typed_text(multiline=flag, min_length=whole(0, 3000), max_length=whole(1, 3000))),
    "email_text_input": shape({}, _typed_text()),
    "url_text_input": shape({}, _typed_text()),
    "number_input": shape({"is_decimal_allowed": flag}, _typed_text(min_value=string(), max_value=string())),
    "rich_text_input": shape({}, {**_ENTRY, **_PROMPT, **_DISPATCH, "initial_value": anything}),
    "file_input": shape({}, {**_ENTRY, "filetypes": many(string(), 100), "max_files": whole(1, 10)}),
    "image": IMAGE,
}

_MULTI = {name for name in ELEMENTS if name.startswith("multi_")}
_SELECTS = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_PICKERS = {"datepicker", "timepicker", "checkboxes", "radio_buttons"}

IN_SECTION = _MULTI | _SELECTS | _PICKERS | {"button", "overflow", "image"}
IN_ACTIONS = _SELECTS | _PICKERS | {"button", "overflow", "datetimepicker"}
IN_INPUT = (
    _MULTI
    | _SELECTS
    | _PICKERS
    | {
        "datetimepicker",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
    }
)
