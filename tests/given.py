"""What many tests begin with: the sample plan, its people, a Monday morning, and texts that nobody would wish for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.domain.checkin import CheckinResult, CheckinState, Planned, Verdict
from bot.domain.policy import SeenBy, Tracked
from bot.domain.progress import Rollout, RunningWave, Versions
from bot.domain.rollout import Cadence, Plan, Role, Wave
from bot.domain.verdict import Because, Certainty, Decision
from bot.plan import parse_plan
from bot.store import checkins, verdicts

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
TODAY = date(2026, 11, 30)
MARA, OTIS, HELEN = "U01MARA", "U01OTIS", "U01HELEN"
PRIYA, TOMAS = "U01PRIYA", "U01TOMAS"
SAMPLE = Path(__file__).parent.parent / "examples" / "hourglass.yaml"
PLAN: Plan = parse_plan(SAMPLE.read_bytes(), today=TODAY).plan

LONGEST = 3_000
HOSTILE = (
    "<!channel> <@UEVIL> <https://evil.example|click> & `code` *bold* \u202egnp.exe \u2066\n> quoted\x07 <#CEVIL> "
)
TEXTS = {
    "short": "Three clients ask for it.",
    "words": ("word " * LONGEST)[:LONGEST],
    "one_word": "a" * LONGEST,
    "hostile": (HOSTILE * LONGEST)[:LONGEST],
    "ampersands": "&" * LONGEST,
    "angles": "<" * LONGEST,
    "lines": ("x\n" * LONGEST)[:LONGEST],
    "quotation_marks": '"' * LONGEST,
    "emoji": "\N{GRINNING FACE}" * LONGEST,
    "backticks": "`" * LONGEST,
    "steering": "\u202e\u2066" * 20 + "\u05e9\u05dc\u05d5\u05dd",
}
"""What a person may type into any free text; the longest as long as Slack lets them."""


def plan_full_of(text: str, *, waves: int = 30, items: int = 30) -> Plan:
    """A plan in which everything that people write says this, as far as a plan file allows (bot/plan.py)."""
    line, label = " ".join(text.split())[:500] or "x", " ".join(text.split())[:80] or "x"
    named = tuple(
        Wave(f"wave-{n}", label, f"C{n:02d}WAVE", label, tuple(f"U{n:02d}M{m:02d}" for m in range(50)), 4)
        for n in range(waves)
    )
    policy = replace(
        PLAN.policy,
        tracked=tuple(Tracked(line, line) for _ in range(items)),
        not_tracked=tuple(line for _ in range(items)),
        seen_by=tuple(SeenBy(line, line, line) for _ in range(items)),
        own_data=line,
        breaks=line,
        corrections=line,
    )
    return replace(
        PLAN,
        tool=label,
        reason=text[:2_500],
        policy=policy,
        owners=tuple(f"U{n:02d}OWNER" for n in range(50)),
        roles=(Role(label, Cadence.WEEKLY, line),),
        waves=named,
    )


def rollout_of(plan: Plan) -> Rollout:
    """A stored rollout of this plan, with the second version of its reason and the third of its policy."""
    waves = tuple(RunningWave(f"{n:032x}", 2, wave) for n, wave in enumerate(plan.waves))
    return Rollout("f" * 32, plan, Versions(2, 3), waves)


def a_pilot_that_went_well(db: Connection, wave: RunningWave, now: datetime) -> None:
    """Two check-ins that closed with enough answers, and the verdict `go`, in the wave's present run."""
    for day in (3, 7):
        planned = Planned(day, now.date() + timedelta(days=day), now)
        checkins.plan(db, wave, planned, 1, CheckinState.OPEN, now=now)
    for each in checkins.of_wave(db, wave):
        result = CheckinResult(8, 8, {})
        checkins.close(db, each.id, result, enough=True, state=CheckinState.CLOSED, now=now)
    decision = Decision(Verdict.GO, Because.REASSURED, Certainty.CLEAR)
    verdicts.give(db, wave, decision, checkins.of_wave(db, wave)[-1].id, 1, now=now)
