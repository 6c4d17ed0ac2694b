"""The reason lint: what happened, told so that it can be checked, and no talk of productivity, trust or performance."""

from __future__ import annotations

import pytest

from bot.domain.reason import lint_reason
from tests.domain.corpora import phrases

GOOD = [text for field, text in phrases("good") if field == "reason"]
BAD = [text for field, text in phrases("bad") if field == "reason"]


def test_a_reason_that_says_what_happened_passes() -> None:
    """Clients, auditors, courts, contracts and accidents of any trade, also in a second language."""
    assert {text: found for text in GOOD if (found := lint_reason(text))} == {}


def test_what_is_no_reason_is_refused_with_its_words() -> None:
    """Announcements, wishes, and talk of people are found, and the words shown are the writer's."""
    for text in BAD:
        found = lint_reason(text)
        assert found, text
        assert all(finding.field == "reason" and finding.words in text and finding.mend for finding in found), text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Axa disputed 3 invoices in May. It will also improve Productivity.", "Productivity"),
        ("Axa disputed 3 invoices in May. This is not about trust.", "trust"),
        ("Axa disputed 3 invoices in May, and ac\u200bcountability matters.", "ac\u200bcountability"),
        ("Axa disputed 3 invoices in May. Nobody should be slacking.", "slacking"),
    ],
)
def test_talk_of_people_is_pointed_at(text: str, words: str) -> None:
    """The finding quotes the very words to leave out, even in an otherwise good reason or a denial."""
    assert [finding.words for finding in lint_reason(text)] == [words]


def test_a_happening_without_particulars_is_told_apart_from_an_announcement() -> None:
    """Whoever has an event but no particulars is told to add them, not that they announced something."""
    (event,) = lint_reason("Some clients asked for more detail.")
    (announcement,) = lint_reason("We are introducing time tracking.")
    assert event.problem != announcement.problem
    assert announcement.words == "We are introducing"
