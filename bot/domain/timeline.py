"""The timeline: an append-only record in which each entry seals the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

FIRST = "0" * 64
"""What the first entry of a timeline seals."""


class Event(StrEnum):
    """What can stand in a timeline. Everything here was done by somebody in charge, never by an employee."""

    PLAN_LOADED = "plan_loaded"
    REASON_VERSION = "reason_version"
    POLICY_VERSION = "policy_version"
    ANSWERS_SIGNED_OFF = "answers_signed_off"
    SCHEDULED = "scheduled"
    UNSCHEDULED = "unscheduled"
    LAUNCHED = "launched"
    NOT_LAUNCHED = "not_launched"
    OVERRIDE_ASKED = "override_asked"
    OVERRIDE_APPROVED = "override_approved"
    PAUSED = "paused"
    RELAUNCHED = "relaunched"
    VERDICT = "verdict"
    VERDICT_BY_HAND = "verdict_by_hand"
    VERDICT_TOLD = "verdict_told"
    REVIEWED = "reviewed"
    NOT_REVIEWED = "not_reviewed"
    LOOKED_OFF_SCHEDULE = "looked_off_schedule"
    SIGN_NOTED = "sign_noted"
    SIGN_ATTENDED = "sign_attended"
    FAULT_MOVED = "fault_moved"
    EXPORTED = "exported"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `at` is aware, UTC; `data` holds strings and whole numbers only, so that its form is unambiguous."""

    rollout_id: str
    seq: int
    at: datetime
    actor: str
    event: Event
    data: Mapping[str, str | int]
    sealed: str
    """The hash of the entry before."""


def seal(entry: Entry) -> str:
    """SHA-256 over the entry in one fixed written form, as 64 hexadecimal digits."""
    body = json.dumps(
        [
            entry.rollout_id,
            entry.seq,
            entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            entry.actor,
            str(entry.event),
            dict(sorted(entry.data.items())),
            entry.sealed,
        ],
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()


def first_broken(entries: Iterable[tuple[Entry, str]], head: tuple[int, str]) -> int | None:
    """The number of the first entry that was altered, removed or slipped in; None when the chain is whole.

    `entries` come in order, each with its stored hash; `head` is the number and hash that the rollout remembers
    of its last entry, so that a tail cut off is noticed too.
    """
    before, expected = FIRST, 1
    for entry, stored in entries:
        if entry.seq != expected or entry.sealed != before or seal(entry) != stored:
            return expected
        before, expected = stored, expected + 1
    return None if (expected - 1, before) == head else expected
