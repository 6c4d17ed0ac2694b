"""What is passed on points at nobody; and what points at nobody is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.redaction import Names, redact

NAMES = Names.of(["Mara Lindqvist", "Will Hunter", "Siobhán O'Rourke", "priya.r", "Ngozi Eze"])


@pytest.mark.parametrize(
    ("text", "gone", "kind"),
    [
        ("write me at ana.d+work@example.co.uk please", "ana.d+work@example.co.uk", "e-mail"),
        ("call +44 20 7946 0958", "7946", "phone"),
        ("my number is (030) 123 456 78", "123 456", "phone"),
        ("see https://example.com/u/ana?x=1 there", "example.com", "link"),
        ("see <https://example.com/u/ana|my page>", "my page", "link"),
        ("ask <@U01MARA> about it", "U01MARA", "name"),
        ("ask <@U01MARA|mara> about it", "mara", "name"),
        ("as said in <#C01CLIENT|client-services>", "client-services", "channel"),
        ("Mara said so", "Mara", "name"),
        ("mara's idea", "mara", "name"),
        ("SIOBHÁN wants it", "SIOBHÁN", "name"),
        ("O\u2019Rourke's team", "O\u2019Rourke", "name"),
        ("I asked Will about it", "Will", "name"),
        ("my manager Sabine Krug hates it", "Sabine", "name"),
        ("my name is Zorro", "Zorro", "name"),
        ("Frau Özdemir told us", "Özdemir", "name"),
        ("Dr. Meyer-Schmidt told us", "Meyer", "name"),
        ("personnel number 4471923", "4471923", "number"),
        ("I am AB-55512 in the system", "55512", "number"),
    ],
)
def test_what_points_at_somebody_is_taken_out(text: str, gone: str, kind: str) -> None:
    """Addresses, numbers, mentions, and the names of people in the workspace and of those who are introduced as people."""
    found = redact(text, NAMES)
    assert gone not in found.text
    assert kind in found.found
    assert f"[{kind}]" in found.text


@pytest.mark.parametrize(
    "text",
    [
        "Will you track me on 14/12/2026 at 10:30?",
        "How long is it kept, 90 days or 1,000 hours?",
        "24/7? Really? For 41,000 euros?",
        "Why is Hourglass needed, I am tired of tools",
        "what about breaks of 15 minutes, 3 times a day",
        "version 2 of the policy, section 4",
        "will this replace the 9 to 5?",
    ],
)
def test_what_points_at_nobody_stays(text: str) -> None:
    """Dates, times, amounts and everyday words are what the question is about."""
    assert redact(text, NAMES) == (found := redact(text, Names()))
    assert found.text == text
    assert found.found == ()


@given(st.text(max_size=400))
def test_any_text_is_read_and_once_is_enough(text: str) -> None:
    """Nothing crashes, and what was redacted has nothing left to take out of it."""
    once = redact(text, NAMES)
    assert redact(once.text, NAMES).text == once.text


def test_long_texts_are_read_quickly() -> None:
    """Four thousand characters of anything; a pattern that runs away would not come back."""
    for piece in ("a", "1 ", "@", "(", "a.", "my manager ", "<", "+49 "):
        redact((piece * 4000)[:4000], NAMES)
