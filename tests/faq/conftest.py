"""The book that comes with Foreword and its matcher, loaded once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from faq.book import Book, open_book
from faq.matcher import Match, Matcher

HELD_OUT = ("heldout.jsonl", "heldout-second.jsonl", "heldout-third.jsonl")


@dataclass(frozen=True)
class HeldOut:
    """A question that nothing was learnt from. `kind` is in, near or far; `right` are the entries that answer it."""

    text: str
    kind: str
    right: frozenset[str]


def held_out(name: str) -> list[HeldOut]:
    """One of the held-out files."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        HeldOut(row["text"], row["kind"], frozenset({row["entry"], *row["also"]} if row["entry"] else ()))
        for row in rows
    ]


@pytest.fixture(scope="session")
def book() -> Book:
    return open_book()


@pytest.fixture(scope="session")
def matcher(book: Book) -> Matcher:
    """Loaded."""
    loaded = Matcher(book)
    loaded.load()
    return loaded


@pytest.fixture(scope="session")
def matched(matcher: Matcher) -> list[tuple[HeldOut, Match]]:
    """Every held-out question with its match."""
    return [(row, matcher.match(row.text)) for name in HELD_OUT for row in held_out(name)]
