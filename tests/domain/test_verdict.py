"""The verdict is a rule: the same counts give the same word, and the guide's sentence always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checkin import HIGH, LOW, Answers, Ask, Verdict, result_of, share_of
from bot.domain.verdict import Because, Certainty, decide_verdict

K = 5
GOOD = (0, 0, 1, 3, 4)
BAD = (4, 3, 1, 0, 0)
EVEN = (2, 2, 0, 2, 2)


def closed(answered: int = 8, invited: int = 8, away: int = 0, **chosen: tuple[int, ...]) -> Answers:
    """A check-in in which everything is well, except for what is said."""
    return Answers(invited, answered, {ask: chosen.get(ask.value, GOOD) for ask in Ask}, away)


counts = st.tuples(*[st.integers(0, 12)] * 5)
check_ins = st.builds(
    lambda answered, silent, away, why, match, mood, workflow: Answers(
        answered + silent, answered, {Ask.WHY: why, Ask.MATCH: match, Ask.MOOD: mood, Ask.WORKFLOW: workflow}, away
    ),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 5),
    *[counts] * 4,
)


@pytest.mark.parametrize(
    ("rounds", "verdict", "because"),
    [
        ([], Verdict.EXTEND, Because.TOO_FEW_ANSWERS),
        ([closed()], Verdict.EXTEND, Because.TOO_FEW_CHECKINS),
        ([closed(), closed()], Verdict.GO, Because.REASSURED),
        ([closed(), closed(answered=4)], Verdict.EXTEND, Because.TOO_FEW_ANSWERS),
        ([closed(answered=4), closed()], Verdict.EXTEND, Because.TOO_FEW_CHECKINS),
        ([closed(mood=BAD)], Verdict.FIX_THE_POLICY, Because.FRUSTRATED),
        ([closed(mood=BAD), closed()], Verdict.GO, Because.REASSURED),
        ([closed(), closed(mood=BAD)], Verdict.FIX_THE_POLICY, Because.FRUSTRATED),
        ([closed(), closed(match=BAD)], Verdict.FIX_THE_POLICY, Because.POLICY_DOES_NOT_MATCH),
        ([closed(), closed(why=BAD)], Verdict.EXTEND, Because.WHY_IS_UNCLEAR),
        ([closed(), closed(workflow=BAD)], Verdict.EXTEND, Because.WORKFLOW),
        ([closed(), closed(mood=EVEN)], Verdict.EXTEND, Because.UNDECIDED),
        ([closed(), closed(invited=17)], Verdict.EXTEND, Because.SILENT),
        ([closed(), closed(invited=17, away=1)], Verdict.GO, Because.REASSURED),
    ],
)
def test_the_rule(rounds: list[Answers], verdict: Verdict, because: Because) -> None:
    """Each line of docs/verdict.md, by an example."""
    decision = decide_verdict(rounds, K)
    assert (decision.verdict, decision.because) == (verdict, because)


@given(st.lists(check_ins, max_size=5))
def test_more_frustrated_than_reassured_is_never_go(rounds: list[Answers]) -> None:
    """The guide's own sentence; and `go` needs two check-ins with enough answers, half of those asked, and a lead."""
    decision = decide_verdict(rounds, K)
    if decision.verdict is Verdict.GO:
        newest = rounds[-1]
        assert newest.lean(Ask.MOOD) > 0
        assert sum(each.answered >= K for each in rounds) >= 2
        assert newest.answered >= K
        assert newest.answered * 2 >= newest.invited - newest.away
    if rounds and rounds[-1].answered >= K and rounds[-1].lean(Ask.MOOD) < 0:
        assert decision.verdict is Verdict.FIX_THE_POLICY


@given(st.lists(check_ins, max_size=4))
def test_fix_stands_until_the_policy_is_another(rounds: list[Answers]) -> None:
    """Asking again until people say something else is no way to mend a policy."""
    assert decide_verdict(rounds, K, to_mend=True).verdict is Verdict.FIX_THE_POLICY


@given(check_ins, check_ins)
def test_clear_means_that_the_silent_could_not_turn_it(before: Answers, newest: Answers) -> None:
    """If everybody who was silent had leant the other way, a clear verdict would be the same one."""
    decision = decide_verdict([before, newest], K)
    if decision.certainty is not Certainty.CLEAR:
        return
    asks = {Because.REASSURED: Ask.MOOD, Because.FRUSTRATED: Ask.MOOD, Because.POLICY_DOES_NOT_MATCH: Ask.MATCH,
            Because.WHY_IS_UNCLEAR: Ask.WHY, Because.WORKFLOW: Ask.WORKFLOW}  # fmt: skip
    ask = asks[decision.because]
    silent = newest.invited - newest.answered
    lead = newest.lean(ask)
    other = list(newest.chosen[ask])
    other[0 if lead > 0 else 4] += silent
    turned = Answers(newest.invited, newest.answered, {**newest.chosen, ask: other})
    assert (turned.lean(ask) > 0) == (lead > 0)
    assert turned.lean(ask) != 0


@given(check_ins, st.integers(5, 12))
def test_nothing_is_shown_of_fewer_than_k(answers: Answers, k: int) -> None:
    """Below k there is no scale; above it no part of one has fewer than k people."""
    shown = result_of(answers, k)
    if answers.answered < k:
        assert shown.answered is None
        assert not shown.scales
    for scale in shown.scales.values():
        if scale.answered is None:
            assert not scale.stretches
        assert all(part.people >= k for part in scale.stretches)


def test_a_share_is_given_where_the_parts_say_it() -> None:
    """4 and 5 laid together with 3 say nothing of 4 and 5."""
    apart = result_of(Answers(20, 20, {Ask.MOOD: (5, 0, 5, 5, 5)}), K).scales[Ask.MOOD]
    assert share_of(apart, HIGH) == pytest.approx(0.5)
    together = result_of(Answers(12, 12, {Ask.MOOD: (3, 3, 3, 2, 1)}), K).scales[Ask.MOOD]
    assert share_of(together, HIGH) is None
    assert share_of(together, LOW) in (None, pytest.approx(0.5))
