"""Interim."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from faq.book import Book


class Outcome(StrEnum):
    """x."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    HANDOVER = "handover"


@dataclass(frozen=True)
class Match:
    """x."""

    outcome: Outcome
    entry: str | None
    theme: str
    candidates: tuple[str, ...]
    language: str = "en"


class Matcher:
    """x."""

    def __init__(self, book: Book) -> None:
        """X."""
        self.book = book

    def match(self, text: str) -> Match:
        """X."""
        words = set(text.lower().replace("?", "").split())
        scored = sorted(
            (
                (max(len(words & set(p.lower().replace("?", "").split())) for p in (e.question, *e.phrasings)), e.id)
                for e in self.book.entries.values()
            ),
            reverse=True,
        )
        best = scored[0]
        out = Outcome.ANSWER if best[0] > 3 else Outcome.SUGGEST if best[0] > 1 else Outcome.HANDOVER
        return Match(out, best[1], self.book.entries[best[1]].theme, tuple(i for _, i in scored[:3]))

    def resembles(self, one: str, other: str) -> bool:
        """X."""
        return one.lower() == other.lower()
