"""The status card: where a rollout stands, and what the next step still needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.domain.delivery import CANNOT_BE_MADE
from bot.domain.gates import GateResult
from bot.domain.progress import Progress, Rollout, RunningWave
from bot.domain.rollout import Step
from bot.ports import Post
from bot.views.escape import escape
from bot.views.gate_list import gate_lines
from bot.views.ids import ActionId
from bot.views.pieces import button, buttons, clipped, divider, header, post, sections, small
from bot.views.words import STEP_NAMES, counted, duration, moment

SHOWN_UNSETTLED = 5
UNSETTLED_READ = 100
"""So many of them are read from the database; what is beyond is more of the same."""
SHOWN_WAITING = 5
"""How many scheduled launches, and how many overrides, stand on the card with their buttons."""
LONG_SECONDS = 10
"""From how long on it helps to say how long the sending will take."""


@dataclass(frozen=True, slots=True)
class WaveStatus:
    """One wave as the card shows it. `given` and `acknowledged` count present members for the present policy.

    A large wave is counted now and then: `counted_at` says when; `counting` that it was not yet.
    """

    wave: RunningWave
    progress: Progress
    members: int = 0
    given: int = 0
    acknowledged: int = 0
    counted_at: datetime | None = None
    counting: bool = False


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A message that needs somebody's eyes.

    It may or may not be in Slack (`unsure` while the bot looks for it, `ambiguous` once it gave up), or it `failed`.
    """

    delivery_id: str
    kind: str
    recipient: str
    state: str
    error: str


@dataclass(frozen=True, slots=True)
class ScheduledLaunch:
    """A launch that waits for its time."""

    launch_id: str
    step: Step
    wave: str
    due_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class WaitingOverride:
    """An override that waits for a second manager."""

    override_id: str
    gate: str
    wave: str
    because: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class StatusSummary:
    """Everything on the card."""

    rollout: Rollout
    current: RunningWave
    next_step: Step | None
    gates: Sequence[GateResult]
    waves: Sequence[WaveStatus]
    scheduled: Sequence[ScheduledLaunch] = ()
    overrides: Sequence[WaitingOverride] = ()
    unsettled: Sequence[Unsettled] = ()
    on_their_way: int = 0
    more_on_their_way: bool = False
    """So many have been counted up to now, and there are more."""
    seconds_left: float = 0
    notes: Sequence[str] = field(default_factory=tuple)


def status_card(summary: StatusSummary) -> Post:
    """The card as a message."""
    return post(status_text(summary), status_blocks(summary))


def status_text(summary: StatusSummary) -> str:
    """The card in a sentence, for notifications and screen readers."""
    rollout, wave = summary.rollout, summary.current
    paused = " The rollout is paused." if rollout.pause else ""
    if summary.next_step is None:
        return f"{escape(rollout.name)}: every wave has had every step.{paused}"
    open_gates = [gate.gate for gate in summary.gates if not gate.holds]
    missing = f" Missing: {', '.join(open_gates)}." if open_gates else " Every gate holds."
    return f"{escape(rollout.name)}: next is {summary.next_step} for {escape(wave.name)}.{missing}{paused}"


def status_blocks(summary: StatusSummary) -> list[Block]:
    """The card as blocks, for a message or the App Home."""
    rollout = summary.rollout
    plan, versions = rollout.plan, rollout.versions
    blocks: list[Block] = [
        header(f"{plan.tool} ({rollout.name})"),
        small(f"Reason version {versions.reason}, policy version {versions.policy}"),
    ]
    if rollout.pause:
        blocks += sections(
            f":double_vertical_bar: *Paused* since {moment(rollout.pause.at)}: {escape(rollout.pause.because)}\n"
            "Nothing is sent and no link is given out. To go on: a new policy version or a new reason, then relaunch."
        )
    blocks += sections("\n".join(_wave_line(rollout, status, summary.current) for status in summary.waves))
    blocks.append(divider())
    if summary.next_step is None:
        blocks += sections("*Every wave has had every step.*")
    else:
        blocks += sections(
            f"*Next: {STEP_NAMES[summary.next_step]} for {escape(summary.current.name)}* "
            f"(`/rollout launch {summary.next_step} {escape(summary.current.name)}`)\n{gate_lines(summary.gates)}"
        )
    blocks += _waiting(summary)
    blocks += _unsettled(summary)
    for note in summary.notes:
        blocks.append(small(note))
    blocks.append(buttons(*_buttons(summary)))
    return blocks


def _wave_line(rollout: Rollout, status: WaveStatus, current: RunningWave) -> str:
    wave, progress = status.wave, status.progress
    marks = []
    for step in Step:
        done = progress.latest(step)
        fresh = done is not None and (step in (Step.BRIEF, Step.INSTALL) or progress.of(step, rollout.versions))
        if done is None:
            marks.append(f"{step} ○")
        elif done.delivered_at is None:
            marks.append(f"{step} …")
        else:
            marks.append(f"{step} ✓" if fresh else f"{step} ✓ (earlier version)")
    where = "*" if wave.id == current.id else ""
    pilot = ", the pilot," if rollout.is_pilot(wave) and wave.name != "pilot" else ""
    run = f", run {wave.run}" if wave.run > 1 else ""
    read = _read(status, rollout.versions.policy)
    return f"{where}{escape(wave.name)}{where}{pilot} in <#{wave.wave.channel}>{run}:  {'  →  '.join(marks)}{read}"


def _read(status: WaveStatus, version: int) -> str:
    if status.counting:
        return "\n      Who has read the policy is being counted; *Refresh* shows it in a moment"
    if not status.given:
        return ""
    at = f", as of {moment(status.counted_at)}" if status.counted_at else ""
    people = counted(status.members, "person", "people")
    return f"\n      {status.acknowledged} of {people} have read policy version {version}{at}"


def _waiting(summary: StatusSummary) -> list[Block]:
    blocks: list[Block] = []
    for launch in summary.scheduled[:SHOWN_WAITING]:
        blocks += sections(
            f":calendar: *{launch.step}* for {escape(launch.wave)} is scheduled for {moment(launch.due_at)} by <@{launch.by}>. "
            "Its gates are checked again then."
        )
        blocks.append(buttons(button(ActionId.UNSCHEDULE, "Take it back", launch.launch_id)))
    if len(summary.scheduled) > SHOWN_WAITING:
        blocks.append(small(f"… and {len(summary.scheduled) - SHOWN_WAITING} more scheduled after these."))
    for override in summary.overrides[:SHOWN_WAITING]:
        blocks += sections(
            f":eyes: <@{override.asked_by}> asks to waive `{override.gate}` for {escape(override.wave)}: "
            f"{escape(clipped(override.because, 500))}\nA second manager has to approve."
        )
        blocks.append(buttons(button(ActionId.APPROVE_OVERRIDE, "Approve", override.override_id, style="danger")))
    if len(summary.overrides) > SHOWN_WAITING:
        blocks.append(small(f"… and {len(summary.overrides) - SHOWN_WAITING} more overrides wait after these."))
    return blocks


def _unsettled(summary: StatusSummary) -> list[Block]:
    blocks: list[Block] = []
    for item in summary.unsettled[:SHOWN_UNSETTLED]:
        target = f"<#{item.recipient}>" if item.recipient[:1] in "CG" else f"<@{item.recipient}>"
        if item.state == "ambiguous":
            text = (
                f":grey_question: *Ambiguous*: the {item.kind} message to {target} left, and Slack gave no answer that "
                "settles whether it arrived. It is not sent again by itself. *Check again* looks once more; or look "
                "there yourself and say what you see."
            )
        elif item.state == "unsure":
            text = (
                f":hourglass: *Being checked*: the {item.kind} message to {target} left, and Slack has not said that it "
                "arrived. It is looked for in Slack before anything else happens to it."
            )
        elif item.error == CANNOT_BE_MADE:
            text = (
                f":warning: *Not sent*: the {item.kind} message to {target}. I could not put it together. That is a fault of "
                "mine: tell whoever runs me to look for `delivery_cannot_be_made` in the log, then check again."
            )
        else:
            text = (
                f":warning: *Not sent*: the {item.kind} message to {target}. Slack says `{escape(item.error)}`. "
                "Mend that (invite me to the channel, for example), then check again."
            )
        blocks += sections(text)
        shown = [button(ActionId.CHECK_AGAIN, "Check again", item.delivery_id)]
        if item.state == "ambiguous":
            shown += [
                button(ActionId.IT_IS_THERE, "It is there", item.delivery_id),
                button(ActionId.SEND_AGAIN, "Not there: send it", item.delivery_id, style="danger"),
            ]
        if item.state != "unsure":
            blocks.append(buttons(*shown))
    more = len(summary.unsettled) - SHOWN_UNSETTLED
    if more > 0:
        least = "at least " if len(summary.unsettled) >= UNSETTLED_READ else ""
        blocks.append(small(f"… and {least}{more} more like these."))
    if summary.on_their_way:
        number = counted(summary.on_their_way, "message")
        blocks.append(
            small(
                f"{'More than ' if summary.more_on_their_way else ''}{number} on their way to Slack{_about(summary)}."
            )
        )
    return blocks


def _about(summary: StatusSummary) -> str:
    if summary.seconds_left <= LONG_SECONDS:
        return ""
    about = "at least" if summary.more_on_their_way else "about"
    return f", {about} {duration(summary.seconds_left)} to go at the pace that Slack allows"


def _buttons(summary: StatusSummary) -> list[ButtonElement]:
    wave = summary.current.id
    found: list[ButtonElement] = []
    if summary.rollout.pause:
        found.append(button(ActionId.RELAUNCH, "Relaunch", summary.rollout.id, style="danger"))
    elif summary.next_step is not None:
        ready = all(gate.holds for gate in summary.gates)
        found.append(
            button(
                ActionId.PREVIEW_NEXT,
                f"Preview {summary.next_step}",
                wave,
                style="primary" if ready else None,
                says=f"Preview {summary.next_step} for {summary.current.name}",
            )
        )
    found.append(button(ActionId.SHOW_GATES, "What is missing", wave))
    found.append(button(ActionId.EDIT_REASON, "Edit the reason", summary.rollout.id))
    found.append(button(ActionId.EDIT_POLICY, "Edit the policy", summary.rollout.id))
    found.append(button(ActionId.EDIT_WAVES, "Edit the waves", summary.rollout.id))
    found.append(button(ActionId.SHOW_TIMELINE, "Timeline", summary.rollout.id))
    if not summary.rollout.pause:
        found.append(button(ActionId.OPEN_PAUSE, "Pause", summary.rollout.id, style="danger"))
    found.append(button(ActionId.REFRESH_STATUS, "Refresh", summary.rollout.id))
    return found
