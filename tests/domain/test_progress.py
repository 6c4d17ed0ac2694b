"""Which step comes next for a wave, and what makes a second launch a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.authority import NotAllowed, everybody_in_charge, in_charge, may_report, require
from bot.domain.progress import Launched, Progress, Versions
from bot.domain.rollout import Step
from tests.given import HELEN, MARA, MONDAY, OTIS, PLAN, rollout_of

FIRST = Versions(1, 1)


def had(*steps: tuple[Step, Versions]) -> Progress:
    """These steps were launched and delivered, in this order."""
    return Progress(
        tuple(
            Launched(str(n), step, versions, MONDAY + timedelta(hours=n), MONDAY)
            for n, (step, versions) in enumerate(steps)
        )
    )


ALL = had(*((step, FIRST) for step in Step))


@pytest.mark.parametrize(
    ("progress", "versions", "due"),
    [
        (Progress(), FIRST, Step.BRIEF),
        (had((Step.BRIEF, FIRST)), FIRST, Step.REASON),
        (had((Step.BRIEF, FIRST), (Step.REASON, FIRST)), FIRST, Step.POLICY),
        (had((Step.BRIEF, FIRST), (Step.REASON, FIRST), (Step.POLICY, FIRST)), FIRST, Step.INSTALL),
        (ALL, FIRST, None),
        (had((Step.REASON, FIRST)), FIRST, Step.POLICY),
        (ALL, Versions(1, 2), Step.POLICY),
        (ALL, Versions(2, 1), Step.BRIEF),
        (ALL, Versions(2, 2), Step.BRIEF),
        (had((Step.BRIEF, FIRST)), Versions(1, 2), Step.BRIEF),
    ],
)
def test_the_next_step(progress: Progress, versions: Versions, due: Step | None) -> None:
    """In order; a new policy is announced without another briefing, a new reason begins with one."""
    assert progress.next_step(versions) is due


def test_what_makes_a_launch_another_one() -> None:
    """A reason its version, a policy its version, a brief both, an install neither."""
    assert [FIRST.matter_for(s) == Versions(2, 1).matter_for(s) for s in Step] == [False, False, True, True]
    assert [FIRST.matter_for(s) == Versions(1, 2).matter_for(s) for s in Step] == [False, True, False, True]


def test_the_order_of_steps_is_the_guides() -> None:
    """Managers first, then why, then what, and the tool last."""
    assert Step.INSTALL.before == (Step.BRIEF, Step.REASON, Step.POLICY)
    assert Step.BRIEF.before == ()


def test_latest_and_begun() -> None:
    """The newest launch of a step, whatever its version."""
    two = had((Step.POLICY, FIRST), (Step.POLICY, Versions(1, 2)))
    newest = two.latest(Step.POLICY)
    assert newest
    assert newest.versions == Versions(1, 2)
    assert two.begun
    assert not Progress().begun
    assert Progress().latest(Step.BRIEF) is None


def test_waves_by_name_and_id() -> None:
    """The first is the pilot; what is not there is None."""
    rollout = rollout_of(PLAN)
    pilot, company = rollout.waves
    assert rollout.is_pilot(pilot)
    assert not rollout.is_pilot(company)
    assert rollout.wave_named("company") is company
    assert rollout.wave_with_id(pilot.id) is pilot
    assert rollout.wave_named("nobody") is rollout.wave_with_id("nothing") is None


def test_who_is_in_charge_of_what() -> None:
    """Owners of everything, managers of their own wave, HR of reports, nobody twice."""
    pilot, company = PLAN.waves
    assert in_charge(PLAN) == PLAN.owners == (MARA, OTIS)
    assert set(in_charge(PLAN, pilot)) == {MARA, OTIS}
    assert len(everybody_in_charge(PLAN)) == len(set(everybody_in_charge(PLAN)))
    assert HELEN in may_report(PLAN)
    assert HELEN not in in_charge(PLAN, company)
    require(MARA, in_charge(PLAN), "launch")
    with pytest.raises(NotAllowed) as refused:
        require(HELEN, in_charge(PLAN, pilot), "launch the policy")
    assert refused.value.who_can == in_charge(PLAN, pilot)
    with pytest.raises(NotAllowed):
        require("", (), "launch")
