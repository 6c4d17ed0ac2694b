"""What somebody could send who knows the signing secret, or gets hold of what was signed: real payloads, broken in every way."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

CANARY = "canary-8d1f"
"""Stands in everything that is written into a payload, so that it is recognised wherever it should not be."""

Json = Any
ELEMENTS: dict[str, dict[str, Any]] = {
    "button": {"value": ""},
    "static_select": {"selected_option": {"text": {"type": "plain_text", "text": CANARY}, "value": CANARY}},
    "overflow": {"selected_option": {"value": CANARY}},
    "users_select": {"selected_user": CANARY},
    "conversations_select": {"selected_conversation": CANARY},
    "channels_select": {"selected_channel": CANARY},
    "multi_static_select": {"selected_options": [{"value": CANARY}]},
    "multi_users_select": {"selected_users": [CANARY]},
    "checkboxes": {"selected_options": [{"value": CANARY}]},
    "radio_buttons": {"selected_option": {"value": CANARY}},
    "datepicker": {"selected_date": "2026-13-45"},
    "timepicker": {"selected_time": "25:61"},
    "datetimepicker": {"selected_date_time": 10**30},
    "plain_text_input": {"value": CANARY},
    "number_input": {"value": "9" * 5000},
    "email_text_input": {"value": CANARY},
    "file_input": {"files": [{"id": CANARY}]},
    "rich_text_input": {"rich_text_value": {"type": "rich_text", "elements": []}},
    "workflow_button": {},
    "no_such_element": {"value": CANARY},
}
"""Every kind of element, with what Slack says of it when it was used."""
BAD_TEXT = (
    "",
    CANARY,
    f"{CANARY}\x00",
    f"{CANARY}\ud800",
    f"\udfff{CANARY}",
    f"{CANARY}\U0001f600\u202e\u2066\ufeff\ufffe",
    CANARY * 300,
    "9" * 5000,
    "-1",
    "NaN",
    "0" * 32,
    f"<!channel> <@U0{CANARY}> `{CANARY}`",
    "{}",
    "[]",
    "null",
    '{"r":1,"h":2,"x":3,"e":4,"n":"5","t":6}',
    '{"r":"\\ud800","h":"\\u0000","x":"\\udfff","e":"","n":1e400,"t":""}',
    '{"r":"","h":"","x":"' + CANARY + '","e":"","n":Infinity,"t":""}',
    '{"wave":{"a":[1]},"rollout":[],"checkin":{},"question":7,"export":null,"sign":true,"digests":{"a":1}}',
    "[" * 5000,
    '{"a":' * 5000,
    "2026-02-31",
    "\x01pages:",
    "' OR 1=1 --",
    "../../etc/passwd",
    "%s%n{0}",
)
BAD_VALUES: tuple[Json, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    -(2**64),
    10**40,
    1.5,
    float("nan"),
    float("inf"),
    [],
    {},
    [CANARY],
    {"id": CANARY},
    {"id": {"id": [CANARY]}},
    [[[[[[CANARY]]]]]],
    [None],
    {CANARY: None, "": [], "value": {"value": CANARY}},
)


def written(payload: Json) -> str:
    """As JSON, lone surrogates, NaN and all."""
    return json.dumps(payload)


def places(payload: Json, path: tuple[Any, ...] = ()) -> Iterable[tuple[Any, ...]]:
    """Every place in a payload."""
    items: Iterable[tuple[Any, Json]] = ()
    if isinstance(payload, dict):
        items = payload.items()
    elif isinstance(payload, list):
        items = enumerate(payload)
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def broken(payload: Json, chance: Random, *, most: int = 3) -> Json:
    """The same payload with up to `most` places deleted, retyped, overfilled, nested or doubled."""
    odd = copy.deepcopy(payload)
    for _ in range(chance.randint(1, most)):
        every = list(places(odd))
        if not every:
            return odd
        *way, key = chance.choice(every)
        parent = odd
        for step in way:
            parent = parent[step]
        _break(parent, key, chance)
    return odd


def _break(parent: Json, key: Any, chance: Random) -> None:
    match chance.randrange(7):
        case 0:
            del parent[key]
        case 1 | 2:
            parent[key] = copy.deepcopy(chance.choice(BAD_VALUES))
        case 3 | 4:
            parent[key] = chance.choice(BAD_TEXT)
        case 5:
            parent[key] = [parent[key], copy.deepcopy(parent[key])]
        case _:
            parent[key] = {"id": parent[key], "value": CANARY, CANARY: parent[key]}


def twice(text: str, chance: Random) -> str:
    """JSON text in which one key stands twice, the second time with something else."""
    keys = [key for key in ("type", "user", "actions", "view", "event", "team") if f'"{key}":' in text]
    if not keys:
        return text
    key = chance.choice(keys)
    second = json.dumps(chance.choice(BAD_VALUES))
    return text[:-1] + f', "{key}": {second}}}' if text.endswith("}") else text


def nested(levels: int) -> str:
    """JSON nested deeper than any parser likes."""
    return '{"type":"block_actions","user":' + '{"a":' * levels + "1" + "}" * (levels + 1)


Change = Callable[[Json, Random], Json]
