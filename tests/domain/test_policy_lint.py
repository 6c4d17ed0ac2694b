"""The vagueness lint: good answers of any trade pass, vague ones are found where they stand."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.policy import Policy, SeenBy, Tracked
from bot.domain.policy_lint import lint_policy
from bot.domain.rollout import Cadence, Role
from tests.domain.corpora import SOUND, Writing, pairs, phrases, plans, with_answer

FIELDS = ("what", "detail", "who", "when", "purpose", "own_data", "breaks", "corrections", "because")
ANSWERS = (*FIELDS, "not_tracked")
PLANS = plans()
SPECKS = st.sampled_from(
    (
        "activity",
        "level",
        "other",
        "data",
        "and",
        "as",
        "needed",
        "whenever",
        "management",
        "any",
        "time",
        ",",
        "(",
        ")",
        "…",
        "ﬁ",
        "İ",
        "́",
        "\u200b",
        " ",
        "'s",
        "5",
        "1,000",
        "etc",
        "performance",
        "trust",
    )
)
TEXT = (
    st.text()
    | st.lists(SPECKS, max_size=12).map(" ".join)
    | st.lists(SPECKS | st.text(max_size=3), max_size=12).map("".join)
)


def test_a_good_plan_of_any_trade_raises_nothing() -> None:
    """Law firms and building sites write differently; whoever answers the four questions passes."""
    assert {name: found for name, plan in PLANS.items() if (found := plan.findings())} == {}


@pytest.mark.parametrize("field", ANSWERS)
def test_a_specific_answer_passes(field: str) -> None:
    """Terse, uncomfortable or clumsy, an answer that names something is an answer."""
    texts = [text for each, text in phrases("good") if each == field]
    assert texts
    assert {str(text): found for text in texts if (found := with_answer(field, text)[0].findings())} == {}


@pytest.mark.parametrize("field", ANSWERS)
def test_a_vague_answer_is_found_where_it_stands_and_nowhere_else(field: str) -> None:
    """One fault gives findings at its own field, with the writer's own words."""
    texts = [text for each, text in phrases("bad") if each == field]
    assert texts
    for text in texts:
        writing, path = with_answer(field, text)
        found = writing.findings()
        named = {finding.field.partition("[")[0] if field == "not_tracked" else finding.field for finding in found}
        assert named == {path}, text
        written = " ".join(text) if isinstance(text, list) else text
        assert all(finding.words in written and finding.problem and finding.mend for finding in found), text


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_data_is_judged_together_with_its_detail(kind: str) -> None:
    """The word "Jobs" is an answer once its detail lists what is recorded of a job; "activity level" never is."""
    for what, detail in pairs(kind):
        policy = replace(SOUND.policy, tracked=(Tracked(what, detail),))
        found = lint_policy(policy, SOUND.roles)
        assert bool(found) == (kind == "bad"), (what, detail)
        assert all(finding.field.startswith("policy.tracked[0].") for finding in found), (what, detail)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"tracked": ()}, "policy.tracked"),
        ({"not_tracked": ()}, "policy.not_tracked"),
        ({"seen_by": ()}, "policy.seen_by"),
        ({"retention_days": None}, "policy.retention_days"),
        ({"retention_days": 0}, "policy.retention_days"),
        ({"retention_days": -30}, "policy.retention_days"),
        ({"retention_days": 3651}, "policy.retention_days"),
        ({"effective": None}, "policy.effective"),
        ({"own_data": ""}, "policy.own_data"),
        ({"breaks": ""}, "policy.breaks"),
        ({"corrections": ""}, "policy.corrections"),
    ],
)
def test_what_is_missing_is_found(change: dict[str, Any], path: str) -> None:
    """A question left out is a fault at that question."""
    found = lint_policy(replace(SOUND.policy, **change), SOUND.roles)
    assert [finding.field for finding in found] == [path]


def test_an_empty_policy_is_asked_every_question() -> None:
    """Nothing written means a finding for each question, not one for all."""
    fields = {finding.field for finding in lint_policy(Policy(), ())}
    assert fields == {
        "policy.document_url", "policy.effective", "policy.tracked", "policy.not_tracked", "policy.seen_by",
        "policy.retention_days", "policy.own_data", "policy.breaks", "policy.corrections", "roles",
    }  # fmt: skip


def test_a_role_without_cadence_is_found() -> None:
    """The cadence is part of the policy (GUIDE.md step 5)."""
    found = lint_policy(SOUND.policy, (Role("drivers", None, "they are paid by the hour"),))
    assert [finding.field for finding in found] == ["roles.drivers.cadence"]


@pytest.mark.parametrize(
    "url",
    [
        "", "policy.docx", "http://wiki.example.com/policy", "https://wiki.example.com", "https://wiki.example.com/",
        "https://acme.slack.com/archives/C024BE91L/p1401383885000061", "https://app.slack.com/client/T1/C1",
        "https://teams.microsoft.com/l/message/19:abc@thread.v2/1700000000", "https://localhost/policy", "https://localhost:8000/policy",
        "https://127.0.0.1/policy", "https://[::1]/policy", "https://intranet/policy", "https://mara:secret@wiki.example.com/policy",
        "https://wiki.example.com/policy?access_token=abc", "https://wiki.example.com/TBD", "javascript:alert(1)", "https://", "https:///policy",
        "https://[broken/policy", "https://wiki.example.com:port/policy", "see the wiki", "file:///policy.pdf", "https://discord.com/channels/1/2/3",
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused(url: str) -> None:
    """A policy is a real document over https: not a chat message, not a home page, not on somebody's own computer."""
    found = lint_policy(replace(SOUND.policy, document_url=url), SOUND.roles)
    assert [finding.field for finding in found] == ["policy.document_url"]


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.google.com/document/d/1AbC/edit?usp=sharing", "https://acme.sharepoint.com/:w:/s/HR/EaBc?e=x1", "https://acme.slack.com/docs/T1/F1",
        "https://www.notion.so/Policy-8f2ab", "https://bücher.example/richtlinie", "https://10.20.30.40/policy.pdf", "https://wiki.example.com/?page_id=12",
        "https://acme.atlassian.net/wiki/spaces/HR/pages/1", "HTTPS://Wiki.Example.COM/policy", "https://wiki.example.com:8443/policy#v2", " https://a.example/p ",
    ],
)  # fmt: skip
def test_a_document_anywhere_is_accepted(url: str) -> None:
    """Wikis, drives, intranets and canvases all hold documents."""
    assert lint_policy(replace(SOUND.policy, document_url=url), SOUND.roles) == ()


def _variants(text: str) -> list[str]:
    return [
        text.upper(),
        text.lower(),
        text.replace(" ", "\u00a0"),
        text.replace(" ", "  \n\t"),
        text.replace("'", "\u2019").replace('"', "\u201d").replace("-", "\u2011"),
        "\u200b".join(text),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    ]


EVERY_SEVENTH = 7
"""Each phrase is read in seven ways; a seventh of them, from every field, shows whether a way of writing matters."""


@pytest.mark.parametrize("kind", ["good", "bad"])
def test_typography_changes_no_verdict(kind: str) -> None:
    """Capitals, blanks, curly quotes, invisible and full-width characters are read as the plain text."""
    for field, text in phrases(kind)[::EVERY_SEVENTH]:
        if isinstance(text, list):
            variants: list[Any] = [list(each) for each in zip(*map(_variants, text), strict=True)]
        else:
            variants = _variants(text)
        for variant in variants:
            writing, path = with_answer(field, variant)
            assert {finding.field.partition("[")[0] for finding in writing.findings()} == (
                set() if kind == "good" else {path.partition("[")[0]}
            ), variant


def _everywhere(text: str) -> Writing:
    policy = Policy(text, None, (Tracked(text, text),), (text,), (SeenBy(text, text, text),), None, text, text, text)
    return Writing(text, policy, (Role("role", Cadence.WEEKLY, text),))


@given(TEXT)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_quoted_as_written(text: str) -> None:
    """No text raises an error, and what is quoted stands in the text, character for character."""
    for finding in _everywhere(text).findings():
        assert finding.words in text
        assert finding.problem
        assert finding.mend


@given(field=st.sampled_from(FIELDS), text=TEXT)
@settings(max_examples=300, deadline=None)
def test_a_fault_stays_in_its_field(field: str, text: str) -> None:
    """Whatever is written in one answer never makes another answer faulty."""
    writing, path = with_answer(field, text)
    assert {finding.field for finding in writing.findings()} <= {path}


@pytest.mark.parametrize(
    "unit",
    [
        "other relevant and ",
        "or ",
        "all all of in ",
        "as when if the ",
        "people who the each ",
        "( ",
        "keep the own ",
        "under ",
        "whenever ",
        "1,",
    ],
)
def test_a_long_text_is_read_in_linear_time(unit: str) -> None:
    """Four times the text costs about four times the work; a pattern that runs away would cost far more."""

    def work(length: int) -> float:
        began = time.process_time()
        _everywhere((unit * length)[:length]).findings()
        return time.process_time() - began

    work(1_000)  # what is loaded once
    assert work(10_000) < 12 * work(2_500) + 0.3
