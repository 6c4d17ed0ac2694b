"""The check of a book: what would embarrass somebody in front of an employee is found before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from faq.book import Book
from faq.entry import Entry
from faq.lint import confusion_report, lint, printed

TODAY = date(2026, 11, 23)
FACTS = frozenset({"reason", "contact"})
THEMES = frozenset({"trust", "reason"})
GOOD = Entry(
    "why", "reason", "Why are we doing this?", ("what for", "why now", "the reason?", "who wants it", "why at all"),
    "Reason", "hr", date(2027, 1, 1), "Because {reason} Ask {contact}.",
)  # fmt: skip
OTHER = replace(
    GOOD,
    id="who",
    question="Who can I talk to?",
    phrasings=("a person?", "whom do I ask", "human", "HR", "help me out"),
)


def problems(*entries: Entry) -> list[str]:
    found = lint(Book({entry.id: entry for entry in entries}), facts=FACTS, themes=THEMES, today=TODAY)
    return [f"{fault.entry}: {fault.problem}" for fault in found]


def test_a_good_entry_has_no_fault() -> None:
    """Nothing is found where nothing is wrong."""
    assert problems(GOOD, OTHER) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"theme": "weather"}, "there is no theme weather"),
        ({"answer": "See {salary}."}, "no plan states salary"),
        ({"answer": "**No** {reason}"}, "Markdown"),
        ({"answer": "[here](https://x.example) {reason}"}, "Markdown"),
        ({"answer": "<!channel> {reason}"}, "whole channel"),
        ({"answer": "Because {Reason} {reason}"}, "brace"),
        ({"answer": "*never closed {reason}"}, "star"),
        ({"answer": "Rest assured, {reason}"}, "promises or comforts"),
        ({"answer": "We will never look. {reason}"}, "promises or comforts"),
        ({"answer": "We value your privacy. {reason}"}, "promises or comforts"),
        ({"answer": "Nothing of the plan."}, "no fact"),
        ({"answer": "{reason}" + " word" * 300}, "characters"),
        ({"question": "Why " * 60}, "too long"),
        ({"phrasings": ("why",)}, "seldom be found"),
        ({"phrasings": (*GOOD.phrasings, "???")}, "says nothing"),
        ({"review_by": date(2026, 11, 22)}, "is over"),
        ({"language": "qq"}, "cannot be told apart"),
    ],
)
def test_each_fault_is_found(changed: dict[str, object], told: str) -> None:
    """Every kind of fault is named, with its entry."""
    found = problems(replace(GOOD, **changed), OTHER)  # type: ignore[arg-type]
    assert [problem for problem in found if problem.startswith("why: ") and told in problem], found


def test_one_phrasing_in_two_entries() -> None:
    """The same words cannot lead to two answers."""
    assert problems(GOOD, replace(OTHER, phrasings=(*OTHER.phrasings, "What for?"))) == [
        'who: phrasings: "What for?" also stands in why.'
    ]


def test_two_entries_that_ask_the_same() -> None:
    """Duplicates in meaning are found although the words differ a little."""
    found = problems(GOOD, replace(OTHER, question="Why are we doing this??"))
    assert [problem for problem in found if "the same" in problem or "also stands" in problem]


def test_the_report_says_how_well_entries_are_told_apart(book: Book) -> None:
    """Left out in turn, most phrasings find their entry; the report is text that can be read."""
    few = Book({entry_id: book.entries[entry_id] for entry_id in sorted(book.entries)[:6]})
    report = confusion_report(few)
    assert report.phrasings == sum(len(entry.phrasings) + 1 for entry in few.entries.values())
    assert 0.9 <= report.first <= report.three <= 1
    assert report.weak == ()
    assert f"{report.phrasings} phrasings" in printed((), report)
