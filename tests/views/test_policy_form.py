"""What is edited in Slack comes back as it was, or is not offered for editing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.policy import Tracked
from bot.sandbox import blocks as block_kit
from bot.views.forms import INPUT_LIMIT, policy_form
from bot.views.ids import Field
from tests.given import PLAN


def inputs(view: dict[str, Any]) -> dict[str, str]:
    """What stands in each text input."""
    return {b["block_id"]: b["element"].get("initial_value", "") for b in view["blocks"] if b["type"] == "input"}


def test_the_form_shows_the_policy_whole() -> None:
    """One line for each item, with all its parts."""
    shown = inputs(policy_form(PLAN, "r"))
    assert shown[Field.TRACKED].splitlines() == [f"{item.what} | {item.detail}" for item in PLAN.policy.tracked]
    assert shown[Field.NOT_TRACKED].splitlines() == list(PLAN.policy.not_tracked)
    assert len(shown[Field.SEEN_BY].splitlines()) == len(PLAN.policy.seen_by)


def test_an_item_of_several_lines_stays_one_item() -> None:
    """Its line breaks become spaces, since a line is an item."""
    policy = replace(PLAN.policy, not_tracked=("audio\nand video", "screenshots"))
    shown = inputs(policy_form(replace(PLAN, policy=policy), "r"))
    assert shown[Field.NOT_TRACKED].splitlines() == ["audio and video", "screenshots"]


def test_a_list_that_does_not_fit_is_not_cut_off() -> None:
    """Saving a form that shows half of a list would throw the other half away."""
    for length, offered in ((INPUT_LIMIT, True), (INPUT_LIMIT + 1, False)):
        items = tuple(Tracked(f"{n}", "x" * 400) for n in range(7))
        used = len("\n".join(f"{item.what} | {item.detail}" for item in items)) + len("\n7 | ")
        policy = replace(PLAN.policy, tracked=(*items, Tracked("7", "y" * (length - used))))
        view = policy_form(replace(PLAN, policy=policy), "r")
        assert block_kit.view(view, "modal") == []
        shown = inputs(view)
        assert (Field.TRACKED in shown) is offered
        if offered:
            assert len(shown[Field.TRACKED]) == length
            assert "…" not in shown[Field.TRACKED]
        else:
            assert "plan file" in str(view["blocks"][0])
