"""The preview of a launch: exactly what would be sent, to whom, to how many, and when; then confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block

from bot.domain.rollout import Step
from bot.ports import Post
from bot.views.escape import escape
from bot.views.ids import ActionId
from bot.views.pieces import button, buttons, divider, json_blocks, sections, small
from bot.views.words import STEP_NAMES, counted, duration, local_moment, moment, people

LONG_SECONDS = 60.0
"""From here on it is said how long something goes on."""


@dataclass(frozen=True, slots=True)
class LaunchPreview:
    """What a manager is about to do. `recipients` are managers (brief); otherwise `channel` and its `members`."""

    step: Step
    wave: str
    message: Post
    channel: str
    members: int | None
    recipients: tuple[str, ...]
    due_at: datetime | None
    zone: ZoneInfo
    seconds: float
    proposal_id: str = ""
    waived: tuple[str, ...] = ()
    too_small_for: int = 0
    """How many people check-ins need, when the team has fewer."""
    roll_seconds: float = 0.0
    """How long it takes to write down who was there."""
    asking_seconds: float = 0.0
    """How long each check-in takes to reach everybody, at the pace that Slack allows."""
    set_back_to: datetime | None = None
    """The backup that the database was set back to a moment ago: it does not know what was launched since."""


def launch_preview(preview: LaunchPreview) -> Post:
    """The preview as a message only its manager sees; with *Launch* and *Not now* when there is something to confirm."""
    if preview.step is Step.BRIEF:
        to_whom = f"{counted(len(preview.recipients), 'manager')} in direct messages: {people(preview.recipients)}"
    elif preview.members is None:
        to_whom = f"<#{preview.channel}> (I could not read how many people are in it)"
    else:
        to_whom = f"<#{preview.channel}>, {counted(preview.members, 'person', 'people')}"
    when = "now, after you confirm" if preview.due_at is None else local_moment(preview.due_at, preview.zone)
    lines = [
        f"*Preview: {STEP_NAMES[preview.step]} for {escape(preview.wave)}*",
        f"*To:* {to_whom}",
        f"*When:* {when}" + (f" (takes about {duration(preview.seconds)})" if preview.seconds > 5 else ""),  # noqa: PLR2004 - shorter is not worth a word
    ]
    if preview.roll_seconds > LONG_SECONDS:
        lines.append(
            f"*Afterwards:* who was there is written down, which takes about {duration(preview.roll_seconds)} for so many people."
        )
    if preview.asking_seconds > LONG_SECONDS:
        lines.append(
            f"*Check-ins:* each one goes to every person alone. Slack lets that go on for about {duration(preview.asking_seconds)}; "
            "everything else goes first."
        )
    if preview.set_back_to is not None:
        lines.append(
            f"*Look first:* an operator set me back to a backup of {moment(preview.set_back_to)}. I do not know what was launched since. "
            "If this message stands there already, it would stand there twice."
        )
    if preview.waived:
        lines.append(f"*Waived by two managers:* {', '.join(f'`{gate}`' for gate in preview.waived)}")
    if preview.too_small_for:
        lines.append(
            f"*A small team:* among fewer than {preview.too_small_for} people check-ins cannot be anonymous. Nobody is asked; the "
            "team is told so right after the reason, and that you will talk with it instead. A larger pilot says more."
        )
    lines.append("*Exactly this is sent:*")
    head = json_blocks([*sections("\n".join(lines)), divider()])
    tail: list[Block] = [divider()]
    if preview.proposal_id:
        verb = "Launch" if preview.due_at is None else "Schedule"
        tail.append(
            buttons(
                button(
                    ActionId.CONFIRM_LAUNCH,
                    f"{verb} it",
                    preview.proposal_id,
                    style="danger",
                    says=f"{verb} {preview.step} for {preview.wave}",
                ),
                button(ActionId.CANCEL_LAUNCH, "Not now", preview.proposal_id),
            )
        )
        tail.append(
            small(
                "Nothing has been sent yet. The gates are checked once more when you confirm, and again when it goes."
            )
        )
    else:
        tail.append(
            small(f"Nothing is sent by a preview. To send it: `/rollout launch {preview.step} {escape(preview.wave)}`")
        )
    text = f"Preview of {STEP_NAMES[preview.step]} for {escape(preview.wave)}, to {to_whom}, {when}."
    return Post(text=text, blocks=[*head, *preview.message.blocks, *json_blocks(tail)])
