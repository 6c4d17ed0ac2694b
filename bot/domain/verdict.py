"""The verdict on a pilot: a rule over counted answers, the same for everybody, never a mood (docs/verdict.md).

GUIDE.md step 3: a pilot that is more frustrated than reassured calls for another policy, not for a larger audience.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.checkin import CHECKINS_NEEDED, Answers, Ask, Verdict


class Because(StrEnum):
    """What decided."""

    TOO_FEW_CHECKINS = "too_few_checkins"
    TOO_FEW_ANSWERS = "too_few_answers"
    FRUSTRATED = "frustrated"
    POLICY_DOES_NOT_MATCH = "policy_does_not_match"
    WHY_IS_UNCLEAR = "why_is_unclear"
    SILENT = "silent"
    UNDECIDED = "undecided"
    WORKFLOW = "workflow"
    REASSURED = "reassured"
    NOT_MENDED = "not_mended"


class Certainty(StrEnum):
    """Whether those who did not answer could have turned it. A pilot is asked as a whole: it is no sample."""

    CLEAR = "clear"
    NARROW = "narrow"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, what decided, and how sure it is."""

    verdict: Verdict
    because: Because
    certainty: Certainty = Certainty.NONE


def decide_verdict(closed: Sequence[Answers], k: int, *, to_mend: bool = False) -> Decision:
    """The verdict after these closed check-ins, oldest first. Those with fewer than `k` answers count for nothing.

    The newest check-in decides, because it is about the policy as it is now; the first question that says no wins.
    `to_mend`: the pilot has said *fix the policy* of the very version that this check-in was about. That stands until
    there is another version: people are not asked again until they say something else.
    """
    if to_mend:
        return Decision(Verdict.FIX_THE_POLICY, Because.NOT_MENDED)
    counted = [answers for answers in closed if answers.answered >= k]
    if not counted or closed[-1].answered < k:
        return Decision(Verdict.EXTEND, Because.TOO_FEW_ANSWERS)
    newest = counted[-1]
    silent = max(newest.invited - newest.answered, 0)
    if newest.lean(Ask.MOOD) < 0:
        return Decision(Verdict.FIX_THE_POLICY, Because.FRUSTRATED, _certainty(newest, Ask.MOOD, silent))
    if newest.lean(Ask.MATCH) < 0:
        return Decision(Verdict.FIX_THE_POLICY, Because.POLICY_DOES_NOT_MATCH, _certainty(newest, Ask.MATCH, silent))
    if newest.lean(Ask.WHY) < 0:
        return Decision(Verdict.EXTEND, Because.WHY_IS_UNCLEAR, _certainty(newest, Ask.WHY, silent))
    if newest.lean(Ask.WORKFLOW) < 0:
        return Decision(Verdict.EXTEND, Because.WORKFLOW, _certainty(newest, Ask.WORKFLOW, silent))
    if len(counted) < CHECKINS_NEEDED:
        return Decision(Verdict.EXTEND, Because.TOO_FEW_CHECKINS)
    if newest.answered * 2 < newest.invited - newest.away:
        return Decision(Verdict.EXTEND, Because.SILENT)
    if newest.lean(Ask.MOOD) == 0:
        return Decision(Verdict.EXTEND, Because.UNDECIDED)
    return Decision(Verdict.GO, Because.REASSURED, _certainty(newest, Ask.MOOD, silent))


def _certainty(answers: Answers, ask: Ask, silent: int) -> Certainty:
    return Certainty.CLEAR if abs(answers.lean(ask)) > silent else Certainty.NARROW
