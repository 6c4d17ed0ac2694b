"""What *Get the install link* opens: the link, or first the reason and the policy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.domain.policy_changes import Change
from bot.domain.progress import Versions
from bot.domain.rollout import Plan, Wave
from bot.ports import Post
from bot.views.escape import escape, plain
from bot.views.ids import VALUE, Field, ViewId
from bot.views.pieces import Laid, clipped, divider, header, json_blocks, notice, plain_text, sections, small
from bot.views.policy_text import changes_in_words, policy_in_short, reason_recap

TITLE_LIMIT = 24


@dataclass(frozen=True, slots=True)
class ReadFirstView:
    """The reason and the policy, for somebody who asks for the link without having read both."""

    plan: Plan
    wave: Wave
    wave_id: str
    versions: Versions
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkView:
    """The link, for somebody whose receipts allow it."""

    tool: str
    install_url: str
    contact: str
    policy_version: int


def read_first_modal(view: ReadFirstView, *, proof: str = "") -> dict[str, Any]:
    """Reason first, policy next, *I have read it* last; the link is not in it.

    `proof` comes back with the form and says that this person was shown these versions.
    """
    plan, versions = view.plan, view.versions
    blocks: list[Block] = [
        *sections("Before the link: why it is coming, and what the policy says."),
        *sections(reason_recap(plan)),
        divider(),
    ]
    if view.changes:
        blocks += [
            *sections(
                f"*What changed since you read it (version {versions.policy})*\n{changes_in_words(view.changes)}"
            ),
            divider(),
        ]
    blocks += sections(policy_in_short(plan.policy, plan.role_of(view.wave), versions.policy))
    blocks += [
        Laid(
            "input",
            block_id=str(Field.READ_IT),
            label=plain_text(f"Policy, version {versions.policy}"),
            element={
                "type": "checkboxes",
                "action_id": VALUE,
                "options": [{"value": "yes", "text": plain_text("I have read it")}],
            },
        ),
        small(f"Reading is not agreeing: objections go to <@{plan.contact}>."),
    ]
    about = {"wave": view.wave_id, "reason": versions.reason, "policy": versions.policy, "proof": proof}
    return {
        "type": "modal",
        "callback_id": str(ViewId.READ_FIRST),
        "title": plain_text("Read this first"),
        "submit": plain_text("Get the link"),
        "close": plain_text("Not now"),
        "private_metadata": json.dumps(about),
        "blocks": json_blocks(blocks),
    }


def link_modal(view: LinkView) -> dict[str, Any]:
    """The install link, for one person's eyes."""
    url = escape(view.install_url)
    blocks: list[Block] = [
        header(f"Install {view.tool}"),
        *sections(f"<{url}|Open the install page>\nOr copy the address: `{url}`"),
        small(
            f"You have read version {view.policy_version} of the policy; if it changes, you are told what changed. "
            f"If the installation does not work: <@{view.contact}>"
        ),
    ]
    return _plain_modal(clipped(plain(view.tool), TITLE_LIMIT), blocks)


def link_letter(view: LinkView) -> Post:
    """The same as a direct message, for servers without modals."""
    return Post(f"Install {escape(view.tool)}: {escape(view.install_url)}", link_modal(view)["blocks"])


def notice_modal(title: str, text: str) -> dict[str, Any]:
    """A modal that only says something."""
    return _plain_modal(title, sections(text))


def message_modal(post: Post) -> dict[str, Any]:
    """A message for somebody who pressed a button where there is no conversation to answer in."""
    view = _plain_modal("Foreword", [divider()])
    return {**view, "blocks": list(post.blocks)}


def could_not_open() -> Post:
    """When Slack did not let a modal open in time."""
    return notice("Slack closed the window before I could open it. Please press the button again.")


def _plain_modal(title: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": str(ViewId.NOTICE),
        "title": plain_text(title),
        "close": plain_text("Close"),
        "blocks": json_blocks(blocks),
    }
