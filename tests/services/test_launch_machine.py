"""Promise 1, against everything that Hypothesis can think of."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.domain.reader import GiveLink
from bot.services import reading
from tests.services.launch_machine import LaunchMachine

LONG = int(os.environ.get("FOREWORD_LONG_RUNS", "0"))
"""How many examples a long run plays; without it a short one."""
QUIET = settings(
    max_examples=LONG or 20,
    stateful_step_count=60 if LONG else 35,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.mark.timeout(0 if LONG else 120)
def test_the_order_holds_whatever_happens() -> None:
    """No sequence of launches, edits, pauses, deaths, latecomers and clicks hands out a link out of order."""
    run_state_machine_as_test(LaunchMachine, settings=QUIET)


@pytest.mark.timeout(120)
def test_the_machine_notices_a_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the decision about the link switched off, it finds somebody who got the link too early."""
    monkeypatch.setattr(reading, "decide_link", lambda _receipts, _situation: GiveLink())
    broken = settings(QUIET, max_examples=30, derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError, match=r"got the link without|is not in|during a pause"):
        run_state_machine_as_test(LaunchMachine, settings=broken)
