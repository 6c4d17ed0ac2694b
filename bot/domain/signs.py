"""The guide's five signs that a rollout is going wrong, and what each of them asks its owners to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.pushback import Theme

WATCHED_WEEKS = 4
"""For how many weeks after a wave's install step its managers are asked (GUIDE.md: the first month)."""


class SignSource(StrEnum):
    """Where a sign comes from."""

    MANAGERS = "managers"
    REPORTED = "reported"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class SignKind:
    """One of the five. `policy` is the field of the policy to look at again, `entry` the answer to read again."""

    number: int
    name: str
    theme: Theme
    policy: str
    entry: str
    next_step: str


SIGNS: tuple[SignKind, ...] = (
    SignKind(
        1,
        "Questions about the tool crowd out the work in one-to-ones",
        Theme.REASON,
        "reason",
        "reason",
        "Read the reason and the answers that people are given as somebody would who hears of it for the first time; "
        "what keeps being asked is not said there. Write it, and tell the team what changed.",
    ),
    SignKind(
        2,
        "Logged hours look suspiciously round, or padded",
        Theme.BREAKS_IDLE,
        "policy.breaks",
        "breaks-idle",
        "Look at what the policy says about breaks, gaps and corrections: people round and pad where they fear that a "
        "gap will be held against them. Say what becomes of a gap; do not ask anybody about their entries.",
    ),
    SignKind(
        3,
        "People install the tool but avoid the integrations that would make it accurate",
        Theme.WHAT_IS_TRACKED,
        "policy.tracked",
        "what-is-tracked",
        "Look at what the policy says each integration records, and what it does not. If it says nothing, that is why "
        "they are avoided.",
    ),
    SignKind(
        4,
        "Somebody asked HR before asking their manager",
        Theme.WHO_SEES,
        "policy.seen_by",
        "who-sees",
        "Look at who sees what, and at whether the managers can answer it: brief them again. Do not look for who asked.",
    ),
    SignKind(
        5,
        "People who leave, or talk of leaving, mention monitoring or trust",
        Theme.TRUST,
        "policy.not_tracked",
        "trust",
        "Look at whether the tool still records more than the reason needs; taking something out says more than "
        "another message. If you cannot, consider a pause.",
    ),
)


def sign_kind(number: int) -> SignKind | None:
    """The sign of that number, 1 to 5; None for any other."""
    return next((kind for kind in SIGNS if kind.number == number), None)
