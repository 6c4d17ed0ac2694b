"""Inputs of modals, each in a block whose id says which input it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.views.escape import plain
from bot.views.ids import VALUE, Field, ViewId, fresh
from bot.views.pieces import clipped

OPTION_LIMIT = 75
LONGEST = 3_000
Choices = Sequence[tuple[str, str]]
"""Pairs of value and label."""


def modal(
    callback: ViewId,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str,
    about: Mapping[str, Any],
    close: str = "Cancel",
) -> dict[str, Any]:
    """A form; `about` comes back with it."""
    return View(
        type="modal",
        callback_id=callback,
        title=text(title),
        submit=text(submit),
        close=text(close),
        private_metadata=json.dumps(about),
        blocks=list(blocks),
    ).to_dict()


def lines(
    field: Field,
    label: str,
    value: str = "",
    *,
    hint: str = "",
    optional: bool = False,
    longest: int = LONGEST,
    again: bool = False,
) -> InputBlock:
    """Several lines of text. `again`: it takes the place of the same input, with another text."""
    return InputBlock(
        block_id=fresh(field, value) if again else field,
        label=text(label),
        hint=text(hint) if hint else None,
        optional=optional,
        element=PlainTextInputElement(
            action_id=VALUE, multiline=True, initial_value=clipped(value, longest) or None, max_length=longest
        ),
    )


def radio(field: Field, label: str, choices: Choices, chosen: str = "", *, optional: bool = False) -> InputBlock:
    """One of a few, all of them to be seen."""
    options = [Option(value=value, text=text(clipped(name, OPTION_LIMIT))) for value, name in choices]
    initial = next((option for option in options if option.value == chosen), None)
    return InputBlock(
        block_id=field,
        label=text(label),
        optional=optional,
        element=RadioButtonsElement(action_id=VALUE, options=options, initial_option=initial),
    )


def checkboxes(field: Field, label: str, choices: Sequence[tuple[str, str, str]], *, hint: str = "") -> InputBlock:
    """Any of a few: value, label, and what stands below it."""
    options = [
        Option(value=value, text=text(clipped(name, OPTION_LIMIT)), description=text(clipped(below, OPTION_LIMIT)))
        for value, name, below in choices
    ]
    return InputBlock(
        block_id=field,
        label=text(label),
        hint=text(hint) if hint else None,
        optional=True,
        element=CheckboxesElement(action_id=VALUE, options=options),
    )


def select(field: Field, label: str, choices: Choices, chosen: str = "", *, hint: str = "") -> InputBlock:
    """One of many."""
    options = [Option(value=value, text=text(clipped(name, OPTION_LIMIT))) for value, name in choices]
    initial = next((option for option in options if option.value == chosen), None)
    return InputBlock(
        block_id=field,
        label=text(label),
        hint=text(hint) if hint else None,
        element=StaticSelectElement(action_id=VALUE, options=options, initial_option=initial),
    )


def text(words: str) -> PlainTextObject:
    """Words in which markup means nothing."""
    return PlainTextObject(text=plain(words), emoji=False)
