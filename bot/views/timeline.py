"""The timeline in words: who did what, when and why, as every employee may read it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.domain.timeline import Entry, Event
from bot.ports import Post
from bot.views.escape import escape
from bot.views.pieces import clipped_markup, header, post, sections, small
from bot.views.words import moment

ENTRY_LIMIT = 550
"""One entry, so that the fifteen newest fit into one message."""


def timeline_message(rollout: str, entries: Sequence[Entry]) -> Post:
    """The newest entries, newest first."""
    lines = [clipped_markup(entry_line(entry), ENTRY_LIMIT) for entry in entries] or ["Nothing has happened yet."]
    blocks: list[Block] = [
        header(f"Timeline of {rollout}"),
        *sections("\n".join(lines)),
        small("Each entry seals the one before it; an operator can prove that with `python app.py timeline verify`."),
    ]
    return post(f"The last {len(entries)} entries of the timeline of {escape(rollout)}.", blocks)


def entry_line(entry: Entry) -> str:
    """One entry."""
    actor = f"<@{entry.actor}>" if entry.actor[:1] in ("U", "W") else escape(entry.actor)
    return f"{entry.seq}.  {moment(entry.at)}  {_what(entry, actor)}"


def _what(entry: Entry, actor: str) -> str:  # noqa: C901, PLR0912 - a table: one case, one sentence
    data = {name: escape(str(value)) for name, value in entry.data.items()}
    waived = f" (waived: {data['waived']})" if data.get("waived") else ""
    match entry.event:
        case Event.PLAN_LOADED:
            return f"The plan was loaded by {actor}: {data.get('what', '')}"
        case Event.REASON_VERSION:
            return f"{actor} wrote version {data['version']} of the reason"
        case Event.POLICY_VERSION:
            return f"{actor} wrote version {data['version']} of the policy"
        case Event.ANSWERS_SIGNED_OFF:
            return f"{actor} signed off the answers to {data['entries']}"
        case Event.SCHEDULED:
            return f"{actor} scheduled *{data['step']}* for {data['wave']} at {data['due']}"
        case Event.UNSCHEDULED:
            return f"{actor} took back *{data['step']}* for {data['wave']}"
        case Event.LAUNCHED:
            return f"{actor} launched *{data['step']}* for {data['wave']}, {_versions(data)}{waived}"
        case Event.NOT_LAUNCHED:
            return f"*{data['step']}* for {data['wave']} did not go: {data['why']}"
        case Event.OVERRIDE_ASKED:
            return f"{actor} asked to waive `{data['gate']}` for {data['wave']}: {data['because']}"
        case Event.OVERRIDE_APPROVED:
            return f"{actor} approved waiving `{data['gate']}` for {data['wave']}, asked by <@{data['asked_by']}>: {data['because']}"
        case Event.PAUSED:
            return f"{actor} paused the rollout: {data['because']}"
        case Event.RELAUNCHED:
            return f"{actor} launched the rollout again, {_versions(data)}: {data['waves']} starts over"
        case Event.VERDICT:
            return f"The check-in of day {data['day']} for {data['wave']} closed: *{data['verdict']}*"
        case Event.VERDICT_BY_HAND:
            return f"{actor} entered what {data['wave']} said: *{data['verdict']}*"
        case Event.VERDICT_TOLD:
            return f"{actor} told {data['wave']} what its answers came to: *{data['verdict']}*"
        case Event.REVIEWED:
            return f"{actor} did the review of {data['wave']} that was due on {data['day']}"
        case Event.NOT_REVIEWED:
            return f"{actor} did not do the review of {data['wave']} that was due on {data['day']}"
        case Event.LOOKED_OFF_SCHEDULE:
            return f"{actor} looked at {data['wave']} off schedule: {data['because']}"
        case Event.SIGN_NOTED:
            return f"Warning sign {data['number']} was noted: {data['name']}"
        case Event.SIGN_ATTENDED:
            return f"{actor} attended to warning sign {data['number']}: {data['note']}"
        case Event.FAULT_MOVED:
            return f"{actor} marked a fault of {data['wave']} as {data['state']}"
        case Event.EXPORTED:
            return f"{actor} exported the pushback report of {data['weeks']}, for: {data['purpose']}"
        case Event.RESTORED:
            return f"The database was set back to a backup of {data['taken']}; what was done between then and now is not in this timeline"


def _versions(data: dict[str, str]) -> str:
    return f"reason version {data['reason']}, policy version {data['policy']}"
