"""The messages of a wave's steps, as they stand in its channel or in a latecomer's direct messages."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.models.blocks import Block

from bot.domain.policy_changes import Change
from bot.domain.progress import Versions
from bot.domain.rollout import Plan, Step, Wave
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.pieces import (
    BODY_LIMIT,
    body_length,
    button,
    buttons,
    header,
    json_blocks,
    post,
    sections,
    shown_buttons,
    small,
)
from bot.views.policy_text import changes_in_words, policy_in_short, reason_recap
from bot.views.words import counted

VOUCHING_SHOWN = 20
AROUND_THE_POLICY = 700
"""What the policy message says beside the policy: where the document is, the buttons, whom to turn to."""


@dataclass(frozen=True, slots=True)
class StepMessage:
    """What a step's message is made from.

    `launch_id` goes into its buttons; empty makes a preview, whose buttons are only named. `changes` are against
    the version that this audience was given before. `late` is true for somebody who joined after the step. `vouching` are
    the people of the pilot who agreed to be named.
    """

    plan: Plan
    wave: Wave
    versions: Versions
    launch_id: str = ""
    changes: tuple[Change, ...] = ()
    reason_is_new: bool = False
    late: bool = False
    vouching: tuple[str, ...] = ()


def step_message(step: Step, message: StepMessage) -> Post:
    """The message of one step. `brief` is not posted to a wave; it has a view of its own."""
    match step:
        case Step.REASON:
            return reason_message(message)
        case Step.POLICY:
            return policy_message(message)
        case Step.INSTALL:
            return install_message(message)
        case Step.BRIEF:
            msg = "the brief goes to managers, see bot/views/briefing.py"
            raise ValueError(msg)


def reason_message(message: StepMessage) -> Post:
    """Why the tool is coming, before anything else about it."""
    plan = message.plan
    tool = escape(plan.tool)
    title = f"{plan.tool}: the reason, written anew" if message.reason_is_new else f"{plan.tool}: why it is coming"
    blocks: list[Block] = [
        header(title),
        *sections(escape(plan.reason.strip())),
        *sections(
            "Nothing is installed yet. Next comes the policy: what is tracked, what is not, who sees it and for how "
            "long. Only after you could read that comes the tool."
        ),
        *sections(_vouched(message)),
        small(_turn_to(message, "Why you get this now: you joined after it was posted.")),
    ]
    text = f"Why {tool} is being introduced: {escape(plan.reason.strip())}"
    return post(text, blocks)


def _vouched(message: StepMessage) -> str:
    """Who of the pilot will tell how it went; each of them agreed, and can take it back."""
    if not message.vouching:
        return ""
    people = counted(len(message.vouching), "person", "people")
    named = ", ".join(f"<@{person}>" for person in message.vouching[:VOUCHING_SHOWN])
    more = len(message.vouching) - VOUCHING_SHOWN
    return (
        f"*{people} of the pilot will tell you how it went:* {named}" + (f" and {more} more" if more > 0 else "") + "."
    )


def policy_message(message: StepMessage) -> Post:
    """The policy in short, with the reason above it, so that nobody can meet the policy without the reason."""
    plan, version = message.plan, message.versions.policy
    role = plan.role_of(message.wave)
    blocks: list[Block] = []
    if message.changes:
        blocks += [
            header(f"{plan.tool}: what changed in the policy (version {version})"),
            *sections(changes_in_words(message.changes)),
            *sections("Please read it again; what you acknowledged before was the earlier version."),
        ]
    else:
        blocks.append(header(f"{plan.tool}: the policy (version {version})"))
    blocks += [
        *sections(reason_recap(plan)),
        *sections(policy_in_short(plan.policy, role, version, room=_room_left(blocks, plan))),
    ]
    if message.launch_id:
        blocks.append(
            buttons(
                button(
                    ActionId.HAVE_READ,
                    "I have read it",
                    message.launch_id,
                    style="primary",
                    says=f"I have read the policy, version {version}",
                ),
                button(ActionId.ASK_QUESTION, "Ask a question", message.launch_id),
            )
        )
    else:
        blocks.append(shown_buttons("I have read it", "Ask a question"))
    blocks.append(small(_turn_to(message, "You joined after this was posted, so here it is for you.")))
    what = "What changed in the policy" if message.changes else "The policy"
    tracked = ", ".join(escape(item.what) for item in plan.policy.tracked)
    text = (
        f"{what} for {escape(plan.tool)}, version {version}. Tracked: {tracked}. "
        f"Read it here: {escape(plan.policy.document_url)}"
    )
    return post(text, blocks)


def _room_left(blocks: list[Block], plan: Plan) -> int:
    """How much of the policy fits under what stands above it; its short form is never less than a good part."""
    above = body_length(json_blocks(blocks)) + len(reason_recap(plan))
    return max(BODY_LIMIT - AROUND_THE_POLICY - above, BODY_LIMIT // 3)


def install_message(message: StepMessage) -> Post:
    """That the tool can be installed now. The link is not in it: the button looks at each person's receipts."""
    plan = message.plan
    tool = escape(plan.tool)
    blocks: list[Block] = [
        header(f"{plan.tool}: ready to install"),
        *sections(
            f"You have had the reason and the policy. {tool} can be installed now.\n"
            "Press the button: if you have read the policy, you get the link, for your eyes only. "
            "If not, you get to read it first."
        ),
    ]
    if message.launch_id:
        blocks.append(
            buttons(
                button(
                    ActionId.GET_LINK,
                    "Get the install link",
                    message.launch_id,
                    style="primary",
                    says=f"Get the install link for {plan.tool}",
                )
            )
        )
    else:
        blocks.append(shown_buttons("Get the install link"))
    blocks.append(small(_turn_to(message, "You joined after this was posted, so here it is for you.")))
    return post(f"{tool} can be installed now. Press Get the install link in this message.", blocks)


def pause_message(plan: Plan, because: str) -> Post:
    """That everything is held, in the manager's own words."""
    tool = escape(plan.tool)
    words = escape(because.strip())
    quoted = "\n".join(f">{line}" for line in words.split("\n"))
    blocks: list[Block] = [
        header(f"{plan.tool}: the rollout is paused"),
        *sections(f"{quoted}\nNothing more is sent and no install link is given out until it is launched again."),
        small(f"Questions and objections: <@{plan.contact}>"),
    ]
    return post(f"The rollout of {tool} is paused: {words}", blocks)


def _turn_to(message: StepMessage, late: str) -> str:
    contact = f"Questions and objections: <@{message.plan.contact}>"
    return f"{late} {contact}" if message.late else contact
