"""What people have entered: the `state` that Slack keeps for each view and message, element by element."""

from __future__ import annotations

import copy
from typing import Any

from bot.sandbox.blocks import interactive
from bot.sandbox.things import Values
from bot.sandbox.wire import ActRefused, Json

_ANSWER_KEY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "checkboxes": "selected_options",
    "radio_buttons": "selected_option",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
# The same in the element's own definition: what is chosen before anybody touched it.
_INITIAL_KEY = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_options": "initial_options",
    "selected_option": "initial_option",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}
_LISTS = {"selected_options", "selected_users", "selected_conversations", "selected_channels", "files"}
# Elements whose answers can only be what they offer.
_OFFERED = {"checkboxes", "radio_buttons", "static_select", "multi_static_select", "overflow"}


def answer_key(kind: str) -> str | None:
    """Under which name an element of this type carries its answer; None for buttons and menus of commands."""
    return _ANSWER_KEY.get(kind)


def starting_values(blocks: list[Json], kept: Values) -> Values:
    """The values of a fresh view: initial ones, or those in `kept` for elements that are still there."""
    values: Values = {}
    for block, element in interactive(blocks):
        key = answer_key(element["type"])
        if key is None:
            continue
        before = kept.get(block["block_id"], {}).get(element["action_id"])
        if before is None or before["type"] != element["type"]:
            initial = copy.deepcopy(element.get(_INITIAL_KEY.get(key, "")))
            before = {"type": element["type"], key: [] if initial is None and key in _LISTS else initial}
        values.setdefault(block["block_id"], {})[element["action_id"]] = before
    return values


def enter(values: Values, block: Json, element: Json, given: Json) -> None:
    """Write what a person entered into `values`, with the element's type and full options; raises ActRefused."""
    key = answer_key(element["type"])
    if key is None:
        return
    answer = given.get(key) or ([] if key in _LISTS else None)
    if element["type"] in _OFFERED and answer:
        answer = [offered(element, one) for one in answer] if isinstance(answer, list) else offered(element, answer)
    if key == "value" and not isinstance(answer, str | None):
        raise ActRefused(f"What is entered in {element['action_id']} must be text.")
    values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], key: answer}


def offered(element: Json, chosen: Any) -> Json:
    """The option of the element that has the chosen value; `chosen` is an option, or its value alone."""
    wanted = chosen.get("value") if isinstance(chosen, dict) else chosen
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    for option in options:
        if option["value"] == wanted:
            return dict(option)
    raise ActRefused(f"{element['action_id']} offers no option with the value {wanted!r}.")


def missing_inputs(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack itself refuses before the app hears of it: required and too short or too long inputs."""
    problems: dict[str, str] = {}
    for block, element in interactive(blocks):
        key = answer_key(element["type"])
        if block["type"] != "input" or key is None:
            continue
        answer = values.get(block["block_id"], {}).get(element["action_id"], {}).get(key)
        if not answer:
            if not block.get("optional"):
                problems[block["block_id"]] = "Please complete this required field."
        elif key == "value":
            problem = _wrong_text(element, answer)
            if problem:
                problems[block["block_id"]] = problem
    return problems


def _wrong_text(element: Json, answer: str) -> str | None:
    if element.get("min_length") is not None and len(answer) < element["min_length"]:
        return f"Must be at least {element['min_length']} characters."
    most = element.get("max_length") or 3000
    if len(answer) > most:
        return f"Must be at most {most} characters."
    if element["type"] == "number_input":
        return _wrong_number(element, answer)
    if element["type"] == "email_text_input" and "@" not in answer:
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and "://" not in answer:
        return "Please enter a valid URL."
    return None


def _wrong_number(element: Json, answer: str) -> str | None:
    try:
        number = float(answer)
    except ValueError:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not number.is_integer():
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < float(element["min_value"]):
        return f"Must be at least {element['min_value']}."
    if element.get("max_value") is not None and number > float(element["max_value"]):
        return f"Must be at most {element['max_value']}."
    return None
