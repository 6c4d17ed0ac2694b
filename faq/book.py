"""The book: all entries of a folder, and the answer that one of them gives with a rollout's facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from faq.entry import PHRASINGS, PLACEHOLDER, Entry, EntryError, read_entry

OWN_ENTRIES = Path(__file__).parent / "entries"
"""The entries that come with Foreword."""


@dataclass(frozen=True, slots=True)
class Book:
    """Entries by id."""

    entries: Mapping[str, Entry]

    def get(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""
        return self.entries.get(entry_id)

    def overlaid(self, entries: Iterable[Entry]) -> Book:
        """This book with entries added, or replaced where the id is the same."""
        return Book({**self.entries, **{entry.id: entry for entry in entries}})

    @property
    def languages(self) -> frozenset[str]:
        """The languages that somebody has written answers in."""
        return frozenset(entry.language for entry in self.entries.values())

    @property
    def main_language(self) -> str:
        """The language of most entries."""
        return Counter(sorted(entry.language for entry in self.entries.values())).most_common(1)[0][0]


def open_book(folder: Path | None = None) -> Book:
    """Read every entry of a folder (by default Foreword's own). Raises EntryError, naming file and field."""
    place = folder or OWN_ENTRIES
    paths = sorted(place.glob("*.md"))
    if not paths:
        raise EntryError(f"{place}: holds no entries (*.md)")
    entries = {path.stem: read_entry(path) for path in paths}
    for phrasings in sorted(place.glob(f"*{PHRASINGS}")):
        if phrasings.name.removesuffix(PHRASINGS) not in entries:
            raise EntryError(
                f"{phrasings.name}: there is no entry {phrasings.name.removesuffix(PHRASINGS)}.md beside it"
            )
    return Book(entries)


def answer(entry: Entry, facts: Mapping[str, str]) -> str:
    """The entry's answer with these facts (already escaped for Slack). Raises KeyError for a fact that is missing."""
    return PLACEHOLDER.sub(lambda match: facts[match[1]], entry.answer)


def missing_facts(entry: Entry, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The facts that this answer needs and does not get."""
    return tuple(name for name in entry.needs if not facts.get(name))


def ready(entry: Entry, facts: Mapping[str, str], today: date) -> bool:
    """Whether this entry may answer: nothing is missing, and its review is not overdue."""
    return entry.review_by >= today and not missing_facts(entry, facts)
