"""Promise 1, against everything that Hypothesis can think of; and proof that the machine would notice a broken rule."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.domain import gates
from bot.domain.delivery import DeliveryState
from bot.domain.gates import Gate
from bot.domain.policy_lint import lint_policy
from bot.domain.reader import GiveLink, LinkDecision, Receipts, Situation, decide_link
from bot.domain.reason import lint_reason
from bot.ports import Absent, NotSent, SendResult, Unknown
from bot.services import delivering, launching, pausing, reading
from bot.views import wave_messages
from tests.services.launch_machine import LaunchMachine
from tests.services.small_world import SmallWorld

pytestmark = pytest.mark.database
LONG = int(os.environ.get("FOREWORD_LONG_RUNS", "0"))
"""How many examples a long run plays; without it a short one."""
QUIET = settings(
    max_examples=LONG or 15,
    stateful_step_count=60 if LONG else 35,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)

Break = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def _lints_remember(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lints are pure, and the machine asks them the same again and again."""
    monkeypatch.setattr(gates, "lint_policy", lru_cache(lint_policy))
    monkeypatch.setattr(gates, "lint_reason", lru_cache(lint_reason))


@pytest.mark.timeout(0 if LONG else 120)
def test_the_order_holds_whatever_happens() -> None:
    """No sequence of launches, edits, pauses, deaths, latecomers and clicks hands out a link out of order."""
    run_state_machine_as_test(LaunchMachine, settings=QUIET)


def _everybody_gets_the_link(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "decide_link", lambda _receipts, _situation: GiveLink())


def _an_old_version_counts(patch: pytest.MonkeyPatch) -> None:
    def lenient(receipts: Receipts, situation: Situation) -> LinkDecision:
        now = situation.versions
        every = Receipts(
            receipts.reasons | ({now.reason} if receipts.reasons else set()),
            receipts.policies | ({now.policy} if receipts.policies else set()),
            receipts.acknowledged | ({now.policy} if receipts.acknowledged else set()),
        )
        return decide_link(every, situation)

    patch.setattr(reading, "decide_link", lenient)


def _given_is_as_good_as_read(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        reading, "decide_link", lambda has, round_it: decide_link(replace(has, acknowledged=has.policies), round_it)
    )


def _a_pause_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        reading, "decide_link", lambda has, round_it: decide_link(has, replace(round_it, paused=False, in_wave=True))
    )


def _no_order(patch: pytest.MonkeyPatch) -> None:
    free = tuple(replace(rule, check=lambda *_: None) if rule.gate is Gate.ORDER else rule for rule in gates.RULES)
    patch.setattr(gates, "RULES", free)


def _anybody_launches(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(launching, "require", lambda *_: None)


def _anybody_pauses(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pausing, "require", lambda *_: None)


def _unsure_is_sent_again(patch: pytest.MonkeyPatch) -> None:
    settle = delivering.settle

    def blind(db: Any, delivery: Any, result: SendResult, *, owner: str, now: datetime) -> DeliveryState:
        return settle(
            db, delivery, NotSent("lost", 0.0) if isinstance(result, Unknown) else result, owner=owner, now=now
        )

    patch.setattr(delivering, "settle", blind)


def _nobody_looks_first(patch: pytest.MonkeyPatch) -> None:
    async def absent(*_: Any, **__: Any) -> Absent:
        return Absent()

    patch.setattr(SmallWorld, "find", absent)


def _the_link_stands_in_the_message(patch: pytest.MonkeyPatch) -> None:
    step_message = wave_messages.step_message

    def leaking(step: Any, message: Any) -> Any:
        post = step_message(step, message)
        return replace(post, text=f"{post.text} {message.plan.install_url}")

    patch.setattr(delivering, "step_message", leaking)


FOUND_AT_ONCE = (
    (_everybody_gets_the_link, r"got the link without|is not in|during a pause"),
    (_no_order, r"came to \S+ before any"),
    (_the_link_stands_in_the_message, "the link stands in a message"),
)
FOUND_AFTER_A_WHILE = (
    (_an_old_version_counts, r"got the link without"),
    (_given_is_as_good_as_read, r"got the link without having read"),
    (_a_pause_is_forgotten, r"during a pause|is not in"),
    (_anybody_launches, r"did what only|is not in charge"),
    (_anybody_pauses, r"did what only|is not in charge"),
    (_unsure_is_sent_again, "posted twice"),
    (_nobody_looks_first, "posted twice"),
)


@pytest.mark.timeout(0 if LONG else 120)
@pytest.mark.parametrize(("break_it", "noticed"), FOUND_AT_ONCE + (FOUND_AFTER_A_WHILE if LONG else ()))
def test_the_machine_notices_a_broken_rule(monkeypatch: pytest.MonkeyPatch, break_it: Break, noticed: str) -> None:
    """With one rule taken out, it finds a sequence in which that rule was missed."""
    break_it(monkeypatch)
    broken = settings(QUIET, max_examples=300, derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError, match=noticed):
        run_state_machine_as_test(LaunchMachine, settings=broken)
