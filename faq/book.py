"""The book: all entries of a folder, and the answer that one of them gives with a rollout's facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from faq.entry import PLACEHOLDER, Entry, EntryError, read_entry

OWN_ENTRIES = Path(__file__).parent / "entries"
"""The entries that come with Foreword."""


@dataclass(frozen=True, slots=True)
class Book:
    """Entries by id."""

    entries: Mapping[str, Entry]

    def get(self, entry_id: str) -> Entry | None:
        """The entry of that id, or None."""
        return self.entries.get(entry_id)


def open_book(folder: Path | None = None) -> Book:
    """Read every entry of a folder (by default Foreword's own). Raises EntryError, naming the file."""
    place = folder or OWN_ENTRIES
    paths = sorted(place.glob("*.md"))
    if not paths:
        msg = f"{place}: holds no entries (*.md)"
        raise EntryError(msg)
    return Book({path.stem: read_entry(path) for path in paths})


def answer(entry: Entry, facts: Mapping[str, str]) -> str:
    """The entry's answer with these facts (already escaped for Slack). Raises KeyError for a fact that is missing."""
    return PLACEHOLDER.sub(lambda match: facts[match[1]], entry.answer)


def missing_facts(entry: Entry, facts: Mapping[str, str]) -> tuple[str, ...]:
    """The facts that this answer needs and does not get."""
    return tuple(name for name in entry.needs if not facts.get(name))
