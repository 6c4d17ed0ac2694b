"""The grammar of /rollout: everything that can be typed, typed well, oddly and wrongly."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.gates import Gate
from bot.domain.rollout import Step
from handlers.rollout_words import (
    FORMS,
    Approve,
    AskOverride,
    Check,
    Edit,
    HeardSomething,
    Help,
    Launch,
    New,
    NotUnderstood,
    Pause,
    Preview,
    Relaunch,
    Status,
    Timeline,
    Typed,
    Unschedule,
    Words,
    help_lines,
    understand,
)

AT = datetime(2026, 12, 14, 9, 0)  # noqa: DTZ001 - meant in the manager's own zone

IN_FULL: list[tuple[str, Words]] = [
    ("", Status()),
    ("status", Status()),
    ("new", New()),
    ("edit reason", Edit("reason")),
    ("edit policy", Edit("policy")),
    ("edit waves", Edit("waves")),
    ("check", Check(None)),
    ("check company", Check("company")),
    ("preview brief", Preview(Step.BRIEF, None)),
    ("preview policy pilot", Preview(Step.POLICY, "pilot")),
    *[(f"launch {step} pilot", Launch(step, "pilot", None)) for step in Step],
    ("launch reason", Launch(Step.REASON, None, None)),
    ("launch install pilot at 2026-12-14 09:00", Launch(Step.INSTALL, "pilot", AT)),
    ("launch install at 2026-12-14 09:00", Launch(Step.INSTALL, None, AT)),
    ("unschedule install", Unschedule(Step.INSTALL, None)),
    ("unschedule install pilot", Unschedule(Step.INSTALL, "pilot")),
    *[(f"override {gate} pilot because we must", AskOverride(gate, "pilot", "we must")) for gate in Gate],
    ("override pilot_ran because we must", AskOverride(Gate.PILOT_RAN, None, "we must")),
    ("approve", Approve()),
    ("pause because people object", Pause("people object")),
    ("relaunch", Relaunch()),
    ("heard", HeardSomething()),
    ("timeline", Timeline()),
    ("help", Help()),
]


@pytest.mark.parametrize(("text", "words"), IN_FULL)
def test_every_command_typed_in_full(text: str, words: Words) -> None:
    """What the help lists is what is understood, with a rollout named or without."""
    assert understand(text) == Typed(words, None)
    head, because, why = text.partition(" because ")
    assert understand(f"{head} --rollout hourglass{because}{why}") == Typed(words, "hourglass")
    assert understand(f"--rollout hourglass {text}") == Typed(words, "hourglass")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  launch   reason\t pilot \n", Launch(Step.REASON, "pilot", None)),
        ("LAUNCH Reason PILOT", Launch(Step.REASON, "pilot", None)),
        ("launch\u00a0reason\u2003pilot", Launch(Step.REASON, "pilot", None)),
        ("launch \u201creason\u201d \u2018pilot\u2019", Launch(Step.REASON, "pilot", None)),
        ("`launch reason pilot`", Launch(Step.REASON, "pilot", None)),
        ('launch install at "2026-12-14 09:00"', Launch(Step.INSTALL, None, AT)),
        ("launch install AT 2026-12-14  9:00", Launch(Step.INSTALL, None, AT)),
        ("launch install at 2026-12-14T09:00", Launch(Step.INSTALL, None, AT)),
        ("override pilot-ran BECAUSE we must", AskOverride(Gate.PILOT_RAN, None, "we must")),
        ("override Pilot_Ran because: we must", AskOverride(Gate.PILOT_RAN, None, "we must")),
        ("pause because", None),
        ("pause Because \u201cwe listen\u201d", Pause("\u201cwe listen\u201d")),
        ("pause because it is because of you", Pause("it is because of you")),
        ("pause because see <https://a.example/x|a.example/x> & so", Pause("see <https://a.example/x|a.example/x> & so")),
        ("pause because a --rollout b", Pause("a --rollout b")),
        ("pause because line one\nline two", Pause("line one\nline two")),
    ],
)  # fmt: skip
def test_odd_typing_means_the_same(text: str, words: Words | None) -> None:
    """Case, spaces, typographic quotes and Slack's own changes to a text do not matter; a reason stays as written."""
    if words is None:
        with pytest.raises(NotUnderstood):
            understand(text)
    else:
        assert understand(text).words == words


@pytest.mark.parametrize("option", ["--rollout hourglass", "\u2014rollout hourglass", "\u2013rollout hourglass",
                                    "--rollout=hourglass", "--rollout \u201chourglass\u201d", "--ROLLOUT HourGlass"])  # fmt: skip
@pytest.mark.parametrize("where", ["{} launch reason pilot", "launch {} reason pilot", "launch reason pilot {}"])
def test_the_rollout_may_be_named_anywhere(option: str, where: str) -> None:
    """Also when a phone made a dash of the two hyphens."""
    assert understand(where.format(option)) == Typed(Launch(Step.REASON, "pilot", None), "hourglass")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lanch reason", "Did you mean launch?"),
        ("launch resaon", "Did you mean reason?"),
        ("launch polices", "Did you mean policy?"),
        ("relaunhc", "Did you mean relaunch?"),
        ("override pilotran because x", "Did you mean pilot_ran?"),
        ("edit reasons", "Did you mean reason?"),
        ("xyzzy", "There is: "),
        ("launch", "Which step?"),
        ("launch xyzzy", "There is: brief, reason, policy, install"),
        ("edit", "Edit what?"),
        ("override", "Which gate?"),
        ("override pilot_ran pilot", "Say why"),
        ("pause", "Say why"),
        ("pause now because x", "Say why"),
        ("because I say so", "Because of what?"),
        ("launch reason because I say so", "takes no reason"),
        ("status now", "now"),
        ("launch reason pilot now", "now"),
        ("launch reason at", "2026-12-14 09:00"),
        ("launch reason at noon", "2026-12-14 09:00"),
        ("launch reason at 14.12.2026 09:00", "2026-12-14 09:00"),
        ("launch reason at 2026-12-14", "2026-12-14 09:00"),
        ("launch reason at 2026-02-30 09:00", "is no date and time"),
        ("launch reason at 2026-12-14 25:00", "is no date and time"),
        ("launch reason at 0001-01-01 00:00", "is no date and time"),
        ("launch reason at 9999-12-31 23:59", "is no date and time"),
        ("launch reason --rollout", "Which rollout?"),
    ],
)
def test_what_is_not_understood_gets_the_nearest_thing(text: str, said: str) -> None:
    """Never a guess that is carried out; always a sentence that helps."""
    with pytest.raises(NotUnderstood) as problem:
        understand(text)
    assert said in str(problem.value)


def _answer(text: str) -> object:
    try:
        return understand(text)
    except NotUnderstood as problem:
        return str(problem)


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    """Whatever it is, it is understood or refused in words."""
    assert _answer(text)


@given(st.sampled_from([form.word for form in FORMS]), st.text(max_size=80))
def test_nothing_typed_after_a_command_breaks_it(word: str, rest: str) -> None:
    """The same for what begins well."""
    assert _answer(f"{word} {rest}")


def test_the_help_lists_every_form_once() -> None:
    """From the same declaration that parses."""
    usages = [usage for usage, _does in help_lines()]
    assert len(usages) == len(set(usages)) == len(FORMS)
    for form in FORMS:
        assert form.word == "status" or any(usage.startswith(f"/rollout {form.word}") for usage in usages)
