"""The managers' briefing: the answers to the core objections, before anybody can ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.domain.rollout import Plan, Wave
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.pieces import button, buttons, divider, header, post, sections, shown_buttons, small


@dataclass(frozen=True, slots=True)
class BriefAnswer:
    """One core objection and the answer as an employee would get it, in Slack's markup."""

    question: str
    answer: str


def briefing(
    plan: Plan,
    wave: Wave,
    answers: Sequence[BriefAnswer],
    *,
    live: Sequence[str] = (),
    launch_id: str = "",
    ready: bool = False,
) -> Post:
    """What a manager reads before the announcement. `live` names who may look at any moment, as a warning.

    `ready` is how it reads once its manager has pressed *I can answer these*.
    """
    tool = escape(plan.tool)
    blocks: list[Block] = [
        header(f"{plan.tool}: your briefing for {wave.team}"),
        *sections(
            f"Soon {escape(wave.team)} (<#{wave.channel}>) is told about {tool}, and you will be asked. "
            "These are the answers, with this rollout's own facts, as people would get them from me."
        ),
    ]
    for item in answers:
        blocks += [divider(), *sections(f"*{escape(item.question)}*\n{item.answer}")]
    if live:
        blocks += [
            divider(),
            *sections(
                f":warning: By the policy, {escape(', '.join(live))} may look at any moment. Say so when you are asked; "
                "expect it to raise concern, and expect the team to ask for a change. That is the time to change the policy."
            ),
        ]
    blocks.append(divider())
    if ready:
        blocks += sections(
            f":white_check_mark: *You can answer these.* Thank you; the announcement of {tool} can come."
        )
    elif launch_id:
        blocks.append(
            buttons(
                button(
                    ActionId.CAN_ANSWER,
                    "I can answer these",
                    launch_id,
                    style="primary",
                    says="I have read the answers and can give them",
                )
            )
        )
    else:
        blocks.append(shown_buttons("I can answer these"))
    blocks.append(
        small("If one of them is wrong, do not press: tell an owner, " + ", ".join(f"<@{o}>" for o in plan.owners))
    )
    return post(f"Your briefing for {tool}: the answers people will ask you for.", blocks)
