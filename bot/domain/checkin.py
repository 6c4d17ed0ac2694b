"""What a pilot's check-ins say, as far as it decides whether the next wave may begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """The three things a pilot can say (GUIDE.md step 3)."""

    GO = "go"
    EXTEND = "extend"
    FIX_THE_POLICY = "fix the policy"


CHECKINS_NEEDED = 2
"""How many closed check-ins with enough answers a pilot must show."""


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """What is known about the pilot.

    `fix_answered`: after a verdict *fix the policy*, a new policy version was delivered to the pilot and one more
    check-in has closed since.
    """

    installed_at: datetime | None = None
    checkins_with_enough_answers: int = 0
    verdict: Verdict | None = None
    fix_answered: bool = False
    blocking_faults: int = 0
    unattended_signs: int = 0
