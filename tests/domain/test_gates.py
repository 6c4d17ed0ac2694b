"""Every gate on its own, which steps it guards, and that no waiver opens a hard one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin import PilotFacts, Verdict
from bot.domain.gates import (
    KINDS,
    RULES,
    Allowed,
    Blocked,
    CoreAnswer,
    Facts,
    Gate,
    Kind,
    Override,
    decide,
    evaluate,
)
from bot.domain.policy import Policy
from bot.domain.policy_changes import Change, policy_changes
from bot.domain.progress import Launched, Progress, Versions
from bot.domain.rollout import Step
from tests.given import MARA, MONDAY, OTIS, PLAN

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = Versions(1, 1)
PILOT, COMPANY = PLAN.waves
DONE = Progress(tuple(Launched(str(n), step, FIRST, MONDAY, MONDAY) for n, step in enumerate(Step)))
LATER = MONDAY + timedelta(days=30)
RAN = PilotFacts(MONDAY, 2, Verdict.GO)
PILOT_READY = Facts(PLAN, PILOT, FIRST, DONE, BERLIN, managers_ready=frozenset({MARA}))
COMPANY_READY = replace(PILOT_READY, wave=COMPANY, managers_ready=frozenset({OTIS}), pilot=RAN)
EVERY = frozenset(Step)
GUARDS = {
    Gate.NOT_PAUSED: EVERY,
    Gate.POLICY_COMPLETE: EVERY,
    Gate.REASON_SPECIFIC: EVERY,
    Gate.ANSWERS_READY: EVERY,
    Gate.LINK_HIDDEN: EVERY,
    Gate.MANAGERS_BRIEFED: {Step.REASON},
    Gate.ORDER: {Step.POLICY, Step.INSTALL},
    Gate.NOTICE_PERIOD: {Step.INSTALL},
    Gate.PILOT_RAN: {Step.BRIEF},
    Gate.VERDICT_GO: {Step.BRIEF},
    Gate.FAULTS_SETTLED: {Step.BRIEF},
}
SOFT = {Gate.REASON_SPECIFIC, Gate.MANAGERS_BRIEFED, Gate.NOTICE_PERIOD, Gate.PILOT_RAN, Gate.FAULTS_SETTLED}


def failing(facts: Facts, step: Step, now: datetime = LATER) -> set[Gate]:
    """The gates that do not hold."""
    return {result.gate for result in evaluate(step, facts, now) if not result.holds}


def test_the_table_is_the_designs() -> None:
    """Which gate guards which step, and which can be waived."""
    assert {rule.gate for rule in RULES} == set(Gate) == set(GUARDS)
    assert {gate for gate, kind in KINDS.items() if kind is Kind.SOFT} == SOFT
    for step in Step:
        met = {result.gate for result in evaluate(step, COMPANY_READY, LATER)}
        assert met == {gate for gate, steps in GUARDS.items() if step in steps}


@pytest.mark.parametrize("facts", [PILOT_READY, COMPANY_READY])
@pytest.mark.parametrize("step", Step)
def test_when_everything_holds_nothing_is_in_the_way(facts: Facts, step: Step) -> None:
    """So that each refusal below is about the one thing that it changes."""
    assert decide(step, facts, LATER) == Allowed()


def _with_plan(**parts: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, plan=replace(facts.plan, **parts))


def _with_policy(**parts: Any) -> Callable[[Facts], Facts]:
    return _with_plan(policy=replace(PLAN.policy, **parts))


def _pilot(**parts: Any) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, pilot=replace(facts.pilot, **parts))


def _without(step: Step) -> Callable[[Facts], Facts]:
    left = tuple(each for each in DONE.launched if each.step is not step)
    return lambda facts: replace(facts, progress=Progress(left))


def _undelivered(step: Step) -> Callable[[Facts], Facts]:
    each = tuple(replace(x, delivered_at=None) if x.step is step else x for x in DONE.launched)
    return lambda facts: replace(facts, progress=Progress(each))


@pytest.mark.parametrize(
    ("change", "step", "gate"),
    [
        (lambda facts: replace(facts, paused=True), Step.BRIEF, Gate.NOT_PAUSED),
        (_with_policy(not_tracked=()), Step.POLICY, Gate.POLICY_COMPLETE),
        (_with_policy(retention_days=None), Step.INSTALL, Gate.POLICY_COMPLETE),
        (_with_policy(document_url=""), Step.BRIEF, Gate.POLICY_COMPLETE),
        (_with_plan(reason="To improve productivity."), Step.REASON, Gate.REASON_SPECIFIC),
        (_with_plan(reason=""), Step.REASON, Gate.REASON_SPECIFIC),
        (_with_plan(reason=PLAN.reason + " See install.example.com."), Step.REASON, Gate.LINK_HIDDEN),
        (_with_policy(breaks="Ask INSTALL.EXAMPLE.COM/hourglass"), Step.POLICY, Gate.LINK_HIDDEN),
        (lambda facts: replace(facts, channel_texts={"topic": "install.example.com"}), Step.POLICY, Gate.LINK_HIDDEN),
        (lambda facts: replace(facts, answers=(CoreAnswer("trust", "expired", "look"),)), Step.BRIEF, Gate.ANSWERS_READY),
        (lambda facts: replace(facts, managers_ready=frozenset()), Step.REASON, Gate.MANAGERS_BRIEFED),
        (_without(Step.REASON), Step.POLICY, Gate.ORDER),
        (_without(Step.REASON), Step.INSTALL, Gate.ORDER),
        (_without(Step.POLICY), Step.INSTALL, Gate.ORDER),
        (_undelivered(Step.REASON), Step.POLICY, Gate.ORDER),
        (_undelivered(Step.POLICY), Step.INSTALL, Gate.ORDER),
        (lambda facts: replace(facts, versions=Versions(2, 1)), Step.POLICY, Gate.ORDER),
        (lambda facts: replace(facts, versions=Versions(1, 2)), Step.INSTALL, Gate.ORDER),
        (_undelivered(Step.POLICY), Step.INSTALL, Gate.NOTICE_PERIOD),
    ],
)  # fmt: skip
def test_each_gate_says_what_is_missing_and_how_to_mend_it(
    change: Callable[[Facts], Facts], step: Step, gate: Gate
) -> None:
    """And why it matters, in a sentence of the guide."""
    result = next(r for r in evaluate(step, change(PILOT_READY), LATER) if r.gate is gate)
    assert not result.holds
    assert result.failure
    assert result.failure.missing.endswith((".", "?")) or "*" in result.failure.missing
    assert result.failure.mend
    assert result.why.endswith(".")
    assert gate not in failing(PILOT_READY, step)


@pytest.mark.parametrize(
    ("change", "gate"),
    [
        (_pilot(installed_at=None), Gate.PILOT_RAN),
        (_pilot(installed_at=LATER - timedelta(weeks=3) + timedelta(seconds=1)), Gate.PILOT_RAN),
        (_pilot(checkins_with_enough_answers=1), Gate.PILOT_RAN),
        (_pilot(verdict=None), Gate.VERDICT_GO),
        (_pilot(verdict=Verdict.EXTEND), Gate.VERDICT_GO),
        (_pilot(verdict=Verdict.FIX_THE_POLICY), Gate.VERDICT_GO),
        (_pilot(blocking_faults=1), Gate.FAULTS_SETTLED),
        (_pilot(unattended_signs=1), Gate.FAULTS_SETTLED),
    ],
)
def test_a_later_wave_waits_for_the_pilot(change: Callable[[Facts], Facts], gate: Gate) -> None:
    """Its first step does, whichever that is; the pilot itself does not."""
    waiting = change(COMPANY_READY)
    assert failing(waiting, Step.BRIEF) == {gate}
    assert gate not in failing(waiting, Step.REASON)
    unbriefed = replace(waiting, progress=Progress())
    assert gate in failing(unbriefed, Step.REASON), "leaving out the brief leaves out the gate"
    assert gate not in failing(change(PILOT_READY), Step.BRIEF)


def test_the_pilot_is_over_to_the_second() -> None:
    """And a policy that was mended answers *fix the policy*."""
    over = replace(COMPANY_READY, pilot=replace(RAN, installed_at=LATER - timedelta(weeks=3)))
    assert failing(over, Step.BRIEF) == set()
    mended = replace(COMPANY_READY, pilot=replace(RAN, verdict=Verdict.FIX_THE_POLICY, fix_answered=True))
    assert failing(mended, Step.BRIEF) == set()


def test_notice_ends_to_the_second() -> None:
    """Two working days after the policy was delivered, and not before."""
    ends = MONDAY + timedelta(days=2)
    assert Gate.NOTICE_PERIOD in failing(PILOT_READY, Step.INSTALL, ends - timedelta(seconds=1))
    assert failing(PILOT_READY, Step.INSTALL, ends) == set()


@given(
    st.sets(st.sampled_from(Gate)),
    st.sampled_from(Step),
    st.booleans(),
    st.booleans(),
    st.sampled_from((None, *Verdict)),
    st.integers(0, 3),
)
def test_no_waiver_opens_a_hard_gate(
    waived: set[Gate], step: Step, paused: bool, ready: bool, verdict: Verdict | None, steps: int
) -> None:
    """Whatever two managers agreed on: a hard gate that fails blocks, and only failing soft ones are called waived."""
    facts = Facts(
        PLAN,
        COMPANY,
        FIRST,
        Progress(DONE.launched[:steps]),
        BERLIN,
        paused=paused,
        managers_ready=frozenset({OTIS} if ready else ()),
        pilot=PilotFacts(MONDAY, 2, verdict),
        overrides=tuple(Override(gate, "because", MARA, OTIS) for gate in waived),
    )
    bare = evaluate(step, replace(facts, overrides=()), LATER)
    hard = {r.gate for r in bare if r.failure and r.kind is Kind.HARD}
    soft = {r.gate for r in bare if r.failure and r.kind is Kind.SOFT}
    decision = decide(step, facts, LATER)
    if isinstance(decision, Blocked):
        assert {r.gate for r in decision.failed} == hard | (soft - waived)
    else:
        assert not hard
        assert {waiver.gate for waiver in decision.waivers} == soft <= waived


def test_what_changed_between_two_policies_is_told_whole() -> None:
    """Every part that differs, nothing that does not, with both readings."""
    old = PLAN.policy
    assert policy_changes(old, old) == ()
    assert policy_changes(old, replace(old, retention_days=30)) == (Change("Kept for", "90 days", "30 days"),)
    found = {change.part for change in policy_changes(old, Policy())}
    assert found == {change.part for change in policy_changes(Policy(), old)}
    assert len(found) == 9
    gone = replace(old, not_tracked=old.not_tracked[1:])
    assert policy_changes(old, gone) == (Change("Not tracked", old.not_tracked[0], ""),)
    assert policy_changes(gone, old) == (Change("Not tracked", "", old.not_tracked[0]),)


def test_two_readers_with_one_name_are_both_told_of() -> None:
    """A second line for the same reader is a change, too."""
    old = PLAN.policy
    reader = old.seen_by[0]
    more = replace(old, seen_by=(replace(reader, when="every hour"), *old.seen_by))
    assert any("every hour" in change.after for change in policy_changes(old, more))
    assert any("every hour" in change.before for change in policy_changes(more, old))
