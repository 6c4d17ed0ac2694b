"""One person, or a script of theirs, cannot flood what others need; and nothing of it can be read off later."""

from __future__ import annotations

import pytest

from bot.domain.refusals import TooFast
from bot.views.asking import too_many_questions
from bot.views.words import in_a_while
from handlers import throttle as throttle_module
from handlers.throttle import BOUNDS, Act, Throttle


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("act", list(Act))
def test_so_many_at_once_and_then_one_by_one(act: Act) -> None:
    """A burst is fine; whoever goes on is told when, and then it goes on."""
    clock = Clock()
    throttle, bound = Throttle(clock), BOUNDS[act]
    assert [throttle.wait_for("U1", act) for _ in range(bound.at_once)] == [0] * bound.at_once
    wait = throttle.wait_for("U1", act)
    assert 0 < wait <= bound.seconds_each
    assert throttle.wait_for("U1", act) == wait, "asking in vain costs nothing"
    assert throttle.wait_for("U2", act) == 0, "nobody waits for somebody else"
    clock.now += wait
    assert throttle.wait_for("U1", act) == 0
    assert throttle.wait_for("U1", act) > 0


def test_questions_come_to_sixty_an_hour() -> None:
    """A script that never stops gets an answer a minute, after its first dozen."""
    clock = Clock()
    throttle, answered = Throttle(clock), 0
    for _ in range(2 * 3600):
        answered += throttle.wait_for("U1") == 0
        clock.now += 1
    assert 120 <= answered <= 12 + 121


def test_what_is_kept_has_no_names_and_another_key_each_time() -> None:
    """A mark says nothing without the key, which nobody has once the process has ended."""
    one, other = Throttle(Clock()), Throttle(Clock())
    one.wait_for("U01PRIYA")
    other.wait_for("U01PRIYA")
    assert b"PRIYA" not in b"".join(one._spent_until)
    assert set(one._spent_until).isdisjoint(other._spent_until)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many people there are."""
    monkeypatch.setattr(throttle_module, "MOST", 100)
    throttle = Throttle(Clock())
    for number in range(1000):
        throttle.wait_for(f"U{number}")
    assert len(throttle._spent_until) <= 100


def test_the_message_says_when_to_go_on() -> None:
    """In words that a person would use, never too early."""
    assert [in_a_while(seconds) for seconds in (1, 60, 91, 5400, 5401)] == [
        "in 1 second",
        "in 60 seconds",
        "in 2 minutes",
        "in 90 minutes",
        "in 2 hours",
    ]
    assert "You can ask again in 45 seconds." in too_many_questions(45).text
    throttle = Throttle(Clock())
    for _ in range(BOUNDS[Act.PASS_ON].at_once):
        throttle.spend("U1", Act.PASS_ON)
    with pytest.raises(TooFast) as refused:
        throttle.spend("U1", Act.PASS_ON)
    assert refused.value.seconds == 4 * 3600
