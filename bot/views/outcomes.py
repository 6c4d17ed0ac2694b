"""What somebody in charge is told after something worked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.rollout import Step
from bot.ports import Post
from bot.views.escape import escape
from bot.views.pieces import notice
from bot.views.words import STEP_NAMES, counted, joined, local_moment, people


def launched(step: Step, wave: str) -> Post:
    """A launch that is on its way."""
    return notice(
        f":white_check_mark: {STEP_NAMES[step].capitalize()} for *{escape(wave)}* is on its way. "
        "`/rollout` shows when Slack has confirmed it."
    )


def scheduled(step: Step, wave: str, due_at: datetime, zone: ZoneInfo) -> Post:
    """A launch that waits for its time."""
    return notice(
        f":calendar: {STEP_NAMES[step].capitalize()} for *{escape(wave)}* goes on {local_moment(due_at, zone)}. "
        f"Its gates and your authority are checked again then. To take it back: `/rollout unschedule {step} {escape(wave)}`"
    )


def unscheduled(step: Step, wave: str) -> Post:
    """A launch taken back."""
    return notice(f"{STEP_NAMES[step].capitalize()} for *{escape(wave)}* is taken back. Nothing was sent.")


def not_now() -> Post:
    """A preview that was put away."""
    return notice("Nothing was sent.")


def override_asked(gate: str, wave: str, second: Sequence[str]) -> Post:
    """An override that waits for a second manager."""
    if not second:
        return notice(
            f"Noted, but nobody can approve waiving `{gate}` for *{escape(wave)}*: you are the only person in charge. "
            "Add an owner or a manager to the plan first."
        )
    return notice(
        f"Asked. `{gate}` for *{escape(wave)}* is waived once {people(second)} approves. "
        "They have been sent your reason; it stands in the timeline."
    )


def override_approved(gate: str, wave: str, asked_by: str) -> Post:
    """What the second manager is told."""
    return notice(
        f"Approved. `{gate}` is waived for *{escape(wave)}*, asked by <@{asked_by}>. Both names stand in the timeline."
    )


def paused(channels: Sequence[str]) -> Post:
    """A pause that has begun."""
    where = joined([f"<#{channel}>" for channel in channels])
    said = (
        f"Your words are on their way to {where}."
        if channels
        else "No channel had heard of it yet, so nothing was posted."
    )
    return notice(
        f":double_vertical_bar: Paused. Everything queued is held and no link is given out. {said}\n"
        "To go on: write a new policy version or a new reason, then `/rollout relaunch`."
    )


def relaunched(wave: str | None) -> Post:
    """A rollout that goes on."""
    if wave is None:
        return notice("The rollout goes on. No wave had begun, so nothing starts over.")
    return notice(
        f"The rollout goes on. *{escape(wave)}* starts over: brief, reason, policy, install. "
        f"What was queued before the pause is taken back. Next: `/rollout launch brief {escape(wave)}`"
    )


def acknowledged(tool: str, version: int, present_version: int) -> Post:
    """What somebody who pressed *I have read it* is told."""
    if version == present_version:
        return notice(
            f":white_check_mark: Noted: you have read version {version} of the policy for {escape(tool)}. "
            "Reading is not agreeing; objections are welcome."
        )
    return notice(
        f"Noted: you have read version {version} of the policy for {escape(tool)}. It has changed since, to version "
        f"{present_version}; you will be told what changed and asked again."
    )


def saved(name: str, changes: Sequence[str]) -> Post:
    """A plan that was stored from Slack."""
    what = joined([escape(change) for change in changes]) if changes else "nothing; it was the same as before"
    return notice(
        f":white_check_mark: *{escape(name)}* is stored. Changed: {what}. `/rollout check` shows what the next step needs."
    )


def checking() -> Post:
    """After *Check again*."""
    return notice("I am looking in Slack now. `/rollout` shows the outcome in a few seconds.")


def settled_by_hand(*, arrived: bool) -> Post:
    """After somebody has looked in Slack for an ambiguous message."""
    if arrived:
        return notice("Noted: the message is there. The rollout goes on from it.")
    return notice("Noted: it is not there. It is sent again now; `/rollout` shows the outcome in a few seconds.")


def settled_already() -> Post:
    """The message was settled meanwhile."""
    return notice("This message is settled already, so nothing was changed. `/rollout` shows how.")


def answer_sent(people: int) -> Post:
    """After a question was answered."""
    if not people:
        return notice(
            "Noted. Nobody can be told: whoever asked took the question back, or asked more than 14 days ago."
        )
    who = "the person who asked" if people == 1 else f"the {people} people who asked"
    return notice(f"Your answer goes to {who} in a direct message, without your learning who it is.")


def entry_saved(entry_id: str, *, people: int) -> Post:
    """After an entry was written."""
    sent = f" Its answer also goes to {counted(people, 'person', 'people')} who asked." if people else ""
    return notice(
        f"Saved as `{entry_id}` and signed off by you. From now on I answer this question with it.{sent} "
        f"`/pushback entry {entry_id}` mends it."
    )


def heard_noted() -> Post:
    """After `/rollout heard`."""
    return notice("Noted: the theme counts in this week, without any name. What you note counts as one person.")


def unknown_command() -> Post:
    """For a command that somebody added to the app and that is not one of ours."""
    return notice("I know `/rollout`, `/ask` and `/pushback`, each with `help` after it.")


def form_opened() -> Post:
    """Beside a form that opens."""
    return notice("The form is open. Nothing is sent or changed until you save it.")


def nothing_to_come(wave: str) -> Post:
    """For a wave that has had every step."""
    return notice(f"*{escape(wave)}* has had every step, with the present reason and policy.")


def nothing_to_waive(wave: str) -> Post:
    """When no soft gate stands in the way."""
    return notice(f"No gate that can be waived stands in the way of the next step for *{escape(wave)}*.")


def signed_off() -> Post:
    """After the core answers were signed off."""
    return notice(":white_check_mark: Signed off. `/rollout check` shows what the next step still needs.")


def had_already() -> Post:
    """A command that came twice, or that somebody caught and sent again."""
    return notice("I have had this already, so nothing was done a second time. If you mean it again, type it again.")
