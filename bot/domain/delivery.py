"""A delivery's life: the states that one message passes through on its way to Slack, and what each send means for it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=2), timedelta(minutes=10)
SETTLE_MARGIN = timedelta(seconds=15)
"""How long a request that left may still take effect in Slack: longer than our own timeout for an answer."""


class DeliveryState(StrEnum):
    """Where one message stands.

    `sending` is claimed by a process; `unsure` has left without an answer and is looked for in Slack before
    anything else happens; `ambiguous` could not be settled and is shown to the manager; nothing is resent blindly.
    """

    PENDING = "pending"
    SENDING = "sending"
    UNSURE = "unsure"
    SENT = "sent"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"
    CANCELLED = "cancelled"


CANNOT_BE_MADE = "cannot_be_made"
"""The error of a message that failed before it left: it could not be put together."""

NEXT: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset({DeliveryState.SENDING, DeliveryState.CANCELLED}),
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.SENT,
            DeliveryState.PENDING,
            DeliveryState.FAILED,
            DeliveryState.UNSURE,
            DeliveryState.CANCELLED,
        }
    ),
    DeliveryState.UNSURE: frozenset({DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.AMBIGUOUS}),
    DeliveryState.AMBIGUOUS: frozenset({DeliveryState.UNSURE, DeliveryState.SENT, DeliveryState.PENDING}),
    DeliveryState.FAILED: frozenset({DeliveryState.PENDING}),
    DeliveryState.SENT: frozenset(),
    DeliveryState.CANCELLED: frozenset(),
}
"""Which state may follow which. Whatever was sent or cancelled stays so."""


class DeliveryKind(StrEnum):
    """What a message is. The data beside it names rows; its text is made when it is sent."""

    BRIEF = "brief"
    REASON = "reason"
    POLICY = "policy"
    INSTALL = "install"
    PAUSE = "pause"
    LATE_REASON = "late_reason"
    LATE_POLICY = "late_policy"
    LATE_INSTALL = "late_install"
    OVERRIDE_ASKED = "override_asked"
    OVERRIDE_APPROVED = "override_approved"
    NOT_LAUNCHED = "not_launched"
    QUESTION = "question"
    QUESTION_REMINDER = "question_reminder"
    ENTRIES_NOT_READY = "entries_not_ready"
    ENTRY_DOUBTED = "entry_doubted"
    CHECKIN = "checkin"
    CHECKIN_REMINDER = "checkin_reminder"
    CHECKIN_CHANNEL = "checkin_channel"
    CHECKIN_CHANNEL_REMINDER = "checkin_channel_reminder"
    CHECKIN_CLOSED = "checkin_closed"
    TEAM_TOO_SMALL = "team_too_small"
    VERDICT_TOLD = "verdict_told"
    REVIEW_DUE = "review_due"
    SIGN_FORM = "sign_form"
    SIGN_NOTED = "sign_noted"
    FAULTS_FOUND = "faults_found"
    FAULT_FIXED = "fault_fixed"


BULK = frozenset({DeliveryKind.CHECKIN, DeliveryKind.CHECKIN_REMINDER})
"""What goes to everybody at about the same time: everything else goes first, so that nobody's act waits for hours."""


def backoff(tries: int) -> timedelta:
    """How long to wait after so many tries in vain: twice as long each time, up to LONGEST_RETRY."""
    doublings: int = 2 ** min(max(tries - 1, 0), 20)
    return min(FIRST_RETRY * doublings, LONGEST_RETRY)
