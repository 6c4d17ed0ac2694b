"""The timeline in plain words, for a workbook: what was done, and why, without any markup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from bot.domain.report import MARKS, Mark, TimelineLine
from bot.domain.rollout import Step
from bot.domain.timeline import Entry, Event
from bot.domain.weeks import week_of

STEPS = {
    Step.BRIEF: "the managers' briefing",
    Step.REASON: "the reason",
    Step.POLICY: "the policy",
    Step.INSTALL: "the install link",
}
SENTENCES: Mapping[Event, str] = {
    Event.PLAN_LOADED: "loaded the plan",
    Event.REASON_VERSION: "wrote version {version} of the reason",
    Event.POLICY_VERSION: "wrote version {version} of the policy",
    Event.ANSWERS_SIGNED_OFF: "signed off the answers to {entries}",
    Event.SCHEDULED: "scheduled {step} for {wave} at {due}",
    Event.UNSCHEDULED: "took back {step} for {wave}",
    Event.LAUNCHED: "launched {step} for {wave} (reason version {reason}, policy version {policy})",
    Event.NOT_LAUNCHED: "{step} for {wave} did not go",
    Event.OVERRIDE_ASKED: "asked to waive {gate} for {wave}",
    Event.OVERRIDE_APPROVED: "approved waiving {gate} for {wave}, asked by {asked_by}",
    Event.PAUSED: "paused the rollout",
    Event.RELAUNCHED: "launched the rollout again (reason version {reason}, policy version {policy}); {waves} starts over",
    Event.EXPORTED: "exported the pushback report of {weeks}",
    Event.RESTORED: "set the database back to a backup of {taken}; what was done between then and now is not in this timeline",
}
"""An event without a sentence here is told by its name and what it holds."""
WHY = ("because", "why", "what", "purpose", "waived")
"""What of an entry says why; the first that it has."""


def timeline_lines(entries: Iterable[Entry], names: Mapping[str, str]) -> Iterator[TimelineLine]:
    """Entries as a reader sees them; `names` are of people by Slack id, as far as they are known."""
    for entry in entries:
        data = {key: str(value) for key, value in entry.data.items()}
        if "asked_by" in data:
            data["asked_by"] = names.get(data["asked_by"], data["asked_by"])
        what, why = _words(entry.event, data)
        yield TimelineLine(entry.seq, entry.at, names.get(entry.actor, entry.actor), what, why)


def marks(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[Mark]:
    """The launches, pauses and relaunches, by week."""
    for entry in entries:
        week, data = week_of(entry.at, zone), entry.data
        match entry.event:
            case Event.LAUNCHED if data.get("step") in MARKS:
                yield Mark(week, str(data["step"]), f"{data['step']} for {data.get('wave', '')}")
            case Event.PAUSED:
                yield Mark(week, "pause", "paused")
            case Event.RELAUNCHED:
                yield Mark(week, "relaunch", "launched again")
            case _:
                pass


def _words(event: Event, data: Mapping[str, str]) -> tuple[str, str]:
    """What was done, and why."""
    why = next((data[key] for key in WHY if data.get(key)), "")
    if event not in SENTENCES:
        return _plainly(event, data), why
    step = STEPS[Step(data["step"])] if data.get("step") in set(Step) else data.get("step", "")
    told = SENTENCES[event].format_map(defaultdict(str, data, step=step))
    return f"{told[:1].upper()}{told[1:]}", why


def _plainly(event: Event, data: Mapping[str, str]) -> str:
    """An event that has no sentence of its own yet."""
    told = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in data.items() if key not in WHY)
    words = str(event).replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}" + (f" ({told})" if told else "")
