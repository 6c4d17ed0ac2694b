"""The book as it is now: the entries that come as files, with those that HR and owners wrote in Slack over them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
from sqlalchemy import Connection

from bot import metrics
from bot.services.launching import Rulebook
from bot.store import entries, voices
from bot.store.database import Database
from bot.store.entries import WrittenEntry
from faq import encodings
from faq.book import Book
from faq.calibration import Clicks
from faq.encoder import encoder
from faq.entry import Entry
from faq.matcher import Match, Matcher

ALIKE = 0.86
"""From this likeness on two questions are one. Two phrasings of one question seldom reach it, two questions hardly ever."""


class Library:
    """Keeps the book and its matcher together, and both in step with what is written in the database."""

    def __init__(self, rules: Rulebook) -> None:
        """Begin with the entries that come as files; nothing is loaded before the first question or `refresh`."""
        self._rules = rules
        self._files = rules.book
        self._matcher: Matcher | None = None
        self._learning = asyncio.Lock()

    @property
    def book(self) -> Book:
        """The entries that may answer now."""
        return self._rules.book

    async def refresh(self, database: Database) -> bool:
        """Take in what was written since; True when something changed. Learning has a process of its own."""
        async with self._learning:
            edition, written, clicks = await database.run(_what_is_written)
            if edition == self._rules.edition and self._matcher is not None:
                return False
            book = self._files.overlaid(self._over_file(each) for each in written)
            matcher = await asyncio.to_thread(_learnt, tuple(book.entries.values()), tuple(sorted(clicks.items())))
            self._rules.book, self._rules.edition, self._matcher = book, edition, matcher
            return True

    async def keep_up(self, database: Database) -> bool:
        """Take in what was written since, perhaps by another instance; next to nothing when nothing was."""
        if await database.look(entries.edition) == self._rules.edition:
            return False
        return await self.refresh(database)

    async def match(self, database: Database, text: str, *, tool: str) -> Match:
        """What a question means, by the book as it is now. `tool` is the tool that it may name."""
        matcher = self._matcher
        if matcher is None:
            await self.refresh(database)
            matcher = self._matcher
        if matcher is None:
            msg = "a library that was refreshed has a matcher"
            raise RuntimeError(msg)
        reading = matcher.read(text, tool=tool)
        if isinstance(reading, Match):
            return reading
        scoring = encoder.beside(*(part.scored for part in reading.parts))
        return matcher.understand(reading, [await asyncio.wrap_future(each) for each in scoring])

    async def measure(self, database: Database) -> None:
        """See how long understanding takes, by a question of the book's own: those of people are not timed."""
        entry = next(iter(self.book.entries.values()), None)
        if entry is not None:
            began = time.perf_counter()
            await self.match(database, entry.question, tool="")
            metrics.matching_takes(time.perf_counter() - began)

    def added_phrasings(self, entry_id: str) -> tuple[str, ...]:
        """The phrasings of an entry that were written in Slack, not in its file."""
        now, file = self.book.get(entry_id), self._files.get(entry_id)
        known = set(file.phrasings) if file else set()
        return tuple(phrasing for phrasing in now.phrasings if phrasing not in known) if now else ()

    def _over_file(self, written: WrittenEntry) -> Entry:
        """What was written in Slack, with the file's phrasings beneath it: mending a sentence forgets no phrasing."""
        file = self._files.get(written.id)
        entry = entry_of(written)
        if file is None:
            return entry
        return replace(entry, phrasings=tuple(dict.fromkeys((*file.phrasings, *entry.phrasings))))


@lru_cache(maxsize=1)
def _learnt(entries: tuple[Entry, ...], clicks: tuple[tuple[str, Clicks], ...]) -> Matcher:
    """A matcher that has loaded all it needs. Learning takes seconds, and two bots in one process may share a book."""
    matcher = Matcher(Book({entry.id: entry for entry in entries}), dict(clicks), apart=True)
    matcher.load()
    return matcher


def resemble(one: str, other: str) -> bool:
    """Whether two questions mean the same, so that one answer serves both."""
    if one.casefold() == other.casefold():
        return True
    first, second = encodings.directions(encodings.vectors([one, other]))
    return bool(np.dot(first, second) >= ALIKE)


def entry_of(written: WrittenEntry) -> Entry:
    """What somebody wrote in Slack, as an entry of the book."""
    return Entry(
        id=written.id,
        theme=written.theme,
        question=written.question,
        phrasings=written.phrasings,
        cites=written.cites,
        owner=written.owner,
        review_by=written.review_by,
        answer=written.answer,
    )


def _what_is_written(db: Connection) -> tuple[str, list[WrittenEntry], Mapping[str, Clicks]]:
    clicks = {entry: Clicks(right, wrong) for entry, (right, wrong) in voices.evidence(db).items()}
    return entries.edition(db), entries.every(db), clicks
