"""What one person may be given next: every combination of receipts and circumstances, against the promise in words."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.progress import Launched, Progress, Versions
from bot.domain.reader import GiveLink, Held, ReadFirst, Receipts, Situation, decide_link, due_for_latecomer
from bot.domain.rollout import Step
from tests.given import MONDAY

versions = st.builds(Versions, st.integers(1, 3), st.integers(1, 3))
some = st.frozensets(st.integers(1, 3))
receipts = st.builds(Receipts, some, some, some)
launched = st.builds(
    Launched,
    st.uuids().map(str),
    st.sampled_from(Step),
    versions,
    st.integers(0, 9).map(lambda hours: MONDAY + timedelta(hours=hours)),
    st.sampled_from((None, MONDAY)),
)
situations = st.builds(
    Situation,
    versions,
    st.lists(launched, max_size=8).map(lambda each: Progress(tuple(each))),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(receipts, situations)
def test_nobody_gets_the_link_too_early(has: Receipts, around: Situation) -> None:
    """A link means: not paused, in the wave, launched, and the present texts given, and read where that is asked."""
    decision = decide_link(has, around)
    now = around.versions
    given_both = now.reason in has.reasons and now.policy in has.policies | has.acknowledged
    read = now.policy in has.acknowledged or not around.acknowledgement_required
    free = not around.paused and around.in_wave and around.progress.latest(Step.INSTALL) is not None
    if isinstance(decision, GiveLink):
        assert given_both
        assert read
        assert free
    if isinstance(decision, ReadFirst):
        assert free
        assert around.fit, "a text that fails its gates was shown"
        assert decision.policy, "a reason without the policy leads nowhere"
        assert decision.reason is (now.reason not in has.reasons)


@given(receipts, situations)
def test_what_is_read_leads_to_the_link(has: Receipts, around: Situation) -> None:
    """Whoever is shown both and says so gets it, if nothing else is in the way: nobody reads in a circle."""
    if isinstance(decide_link(has, around), ReadFirst):
        now = around.versions
        after = Receipts(has.reasons | {now.reason}, has.policies | {now.policy}, has.acknowledged | {now.policy})
        assert decide_link(after, around) == GiveLink()


INSTALLED = Progress((Launched("i", Step.INSTALL, Versions(1, 1), MONDAY, MONDAY),))
ALL_READ = Receipts(frozenset({1}), frozenset({1}), frozenset({1}))


@pytest.mark.parametrize(
    ("has", "paused", "in_wave", "progress", "fit", "decision"),
    [
        (ALL_READ, False, True, INSTALLED, True, GiveLink()),
        (ALL_READ, False, True, INSTALLED, False, GiveLink()),
        (ALL_READ, True, True, INSTALLED, True, Held.PAUSED),
        (ALL_READ, True, False, Progress(), False, Held.PAUSED),
        (ALL_READ, False, False, INSTALLED, True, Held.NOT_IN_WAVE),
        (ALL_READ, False, True, Progress(), True, Held.NOT_LAUNCHED),
        (Receipts(), False, True, INSTALLED, True, ReadFirst(reason=True, policy=True)),
        (Receipts(), False, True, INSTALLED, False, Held.UNFIT),
        (Receipts(frozenset({1}), frozenset({1})), False, True, INSTALLED, True, ReadFirst(reason=False, policy=True)),
        (Receipts(frozenset(), frozenset({1}), frozenset({1})), False, True, INSTALLED, True,
         ReadFirst(reason=True, policy=True)),
        (Receipts(frozenset({2}), frozenset({2}), frozenset({2})), False, True, INSTALLED, True,
         ReadFirst(reason=True, policy=True)),
    ],
)  # fmt: skip
def test_the_table_of_answers(
    has: Receipts, *, paused: bool, in_wave: bool, progress: Progress, fit: bool, decision: object
) -> None:
    """One line for each thing that somebody can be told."""
    around = Situation(Versions(1, 1), progress, paused, in_wave, fit, acknowledgement_required=True)
    assert decide_link(has, around) == decision


@given(receipts, situations)
def test_a_latecomer_catches_up_in_order(has: Receipts, around: Situation) -> None:
    """Only what the wave has had, in its order, without a gap, and nothing during a pause or for a stranger."""
    due = due_for_latecomer(has, around)
    assert list(due) == [step for step in Step if step in due], "out of order"
    if around.paused or not around.in_wave:
        assert due == ()
    for step in due:
        assert around.progress.of(step, around.versions) is not None
    given_reason = around.versions.reason in has.reasons
    given_policy = around.versions.policy in has.policies
    if Step.POLICY in due:
        assert given_reason or Step.REASON in due
    if Step.INSTALL in due:
        assert given_policy or Step.POLICY in due


def test_a_latecomer_is_never_given_the_same_again() -> None:
    """Every combination of what the wave and the person have had."""
    for reason, policy, steps in product((True, False), (True, False), range(4)):
        had = tuple(Launched(str(n), s, Versions(1, 1), MONDAY, MONDAY) for n, s in enumerate((*Step,)[1 : 1 + steps]))
        around = Situation(Versions(1, 1), Progress(had), False, True, True, True)  # noqa: FBT003
        has = Receipts(frozenset({1} if reason else ()), frozenset({1} if policy else ()))
        due = due_for_latecomer(has, around)
        assert not (reason and Step.REASON in due)
        assert not (policy and Step.POLICY in due)
