"""The book that comes with Foreword and its matcher, loaded once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from faq.book import Book, open_book
from faq.matcher import Matcher


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
        HeldOut(row["text"], row["kind"], frozenset({row["entry"], *row["also"]} if row["entry"] else ())) for row in rows
    ]


@pytest.fixture(scope="session")
def book() -> Book:
    return open_book()


@pytest.fixture(scope="session")
def matcher(book: Book) -> Matcher:
    loaded = Matcher(book)
    loaded.load()
    return loaded
