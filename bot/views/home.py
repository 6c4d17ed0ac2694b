"""The App Home: for an employee where their wave stands and what they were given; above it, for those in charge, the card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.domain.progress import Versions
from bot.domain.rollout import Plan, Step, Wave
from bot.ports import Post
from bot.views.escape import escape
from bot.views.exports import ExportTold, told_words
from bot.views.ids import ActionId
from bot.views.month import ReviewPage, review_lines
from bot.views.pieces import button, buttons, divider, header, notice, sections, small
from bot.views.policy_text import policy_in_short, reason_recap
from bot.views.status_card import StatusSummary, status_blocks
from bot.views.words import moment

KEPT = (
    "With your name: what you were given and when, and that you have read it. Without your name: that somebody asked about a "
    "theme in a week, never who, when or in which words; your team only if it has enough people to hide one. HR and owners see "
    "counts of weeks that are over. `/ask privacy` says all of it, `/ask mydata` shows and deletes what is yours."
)


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """What one person sees of one wave they are in. Only steps that the wave has had are shown.

    `policy_launch_id` and `install_launch_id` are empty while that step has not been delivered.
    """

    plan: Plan
    wave: Wave
    versions: Versions
    step: Step | None
    paused_because: str
    policy_launch_id: str = ""
    install_launch_id: str = ""
    given_at: datetime | None = None
    acknowledged_at: datetime | None = None
    link_at: datetime | None = None
    reviews: ReviewPage | None = None
    vouches: bool = False
    exports: Sequence[ExportTold] = ()


@dataclass(frozen=True, slots=True)
class HomeContents:
    """One person's App Home."""

    own: Sequence[OwnStanding]
    cards: Sequence[StatusSummary] = ()


def home_view(contents: HomeContents) -> dict[str, Any]:
    """The whole tab."""
    blocks: list[Block] = []
    for standing in contents.own:
        blocks += _own(standing)
    if not contents.own:
        blocks += [
            header("Nothing for you yet"),
            *sections(
                "I introduce tools that watch work: first the reason, then the policy, and only then the link. "
                "When a rollout reaches your team, you find here why, what the policy says and what you were given."
            ),
        ]
    if not any(standing.policy_launch_id for standing in contents.own):
        blocks.append(buttons(button(ActionId.OPEN_QUESTION, "Ask a question")))
    blocks += [divider(), *sections(f"*What I keep about you*\n{KEPT}")]
    exported = told_words(list(dict.fromkeys(each for standing in contents.own for each in standing.exports)))
    if exported:
        blocks += sections("*Reports that were exported*\n" + "\n".join(f"\u2022  {each}" for each in exported))
    for card in contents.cards:
        blocks += [divider(), small("Only people in charge of this rollout see what follows."), *status_blocks(card)]
    return View(type="home", blocks=blocks[:100]).to_dict()


def _own(standing: OwnStanding) -> list[Block]:
    plan, versions = standing.plan, standing.versions
    blocks: list[Block] = [header(f"{plan.tool}: where your team stands")]
    if standing.paused_because:
        blocks += sections(f":double_vertical_bar: *Paused:* {escape(standing.paused_because)}")
    blocks += sections(_where(standing))
    if standing.step is None:
        return blocks
    blocks += sections(reason_recap(plan))
    if standing.policy_launch_id:
        blocks += sections(policy_in_short(plan.policy, plan.role_of(standing.wave), versions.policy))
        blocks.append(small(_receipt(standing)))
        elements = []
        if standing.acknowledged_at is None:
            elements.append(button(ActionId.HAVE_READ, "I have read it", standing.policy_launch_id, style="primary"))
        if standing.install_launch_id and not standing.paused_because:
            elements.append(button(ActionId.GET_LINK, "Get the install link", standing.install_launch_id))
        elements.append(button(ActionId.ASK_QUESTION, "Ask a question", standing.policy_launch_id))
        blocks.append(buttons(*elements))
    if standing.reviews is not None:
        blocks += sections(f"*Who looks at the data, and when*\n{review_lines(standing.reviews)}")
    if standing.vouches:
        blocks += sections("You agreed to tell colleagues how the pilot went, by name.")
        blocks.append(buttons(button(ActionId.UNVOUCH, "Do not name me any more", plan.rollout)))
    blocks.append(small(f"Questions and objections: <@{plan.contact}>"))
    return blocks


def _where(standing: OwnStanding) -> str:
    team = escape(standing.wave.team)
    match standing.step:
        case None | Step.BRIEF:
            return f"Nothing has been announced to {team} yet."
        case Step.REASON:
            return f"{team} has been told why. The policy comes next; nothing is installed yet."
        case Step.POLICY:
            return f"{team} has been given the policy. The install link comes after you could read it."
        case Step.INSTALL:
            return f"{team} has had the reason and the policy; the tool can be installed."


def _receipt(standing: OwnStanding) -> str:
    version = standing.versions.policy
    parts = []
    if standing.given_at:
        parts.append(f"You were given version {version} of the policy {moment(standing.given_at)}")
    if standing.acknowledged_at:
        parts.append(f"you said that you have read it {moment(standing.acknowledged_at)}")
    elif standing.given_at:
        parts.append("you have not yet said that you have read it")
    if standing.link_at:
        parts.append(f"you got the install link {moment(standing.link_at)}")
    return "; ".join(parts) + "." if parts else f"This is version {version} of the policy."


def standing_message(own: Sequence[OwnStanding]) -> Post:
    """What somebody without a part in running the rollout is told by /rollout."""
    if not own:
        return notice(
            "Nothing has been announced to your team. When it is, you read the reason first, then the policy, and the "
            "link comes last."
        )
    return notice(
        "\n".join(
            f"*{escape(each.plan.tool)}*: {_where(each)}" + (" The rollout is paused." if each.paused_because else "")
            for each in own
        )
        + "\nMy Home tab shows the reason, the policy and what you were given."
    )
