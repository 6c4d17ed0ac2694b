"""The book as it is now: the entries that come as files, with those that HR and owners wrote in Slack over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from bot.services.interim import Match, Matcher
from bot.services.launching import Rulebook
from bot.store import entries
from bot.store.database import Database
from bot.store.entries import WrittenEntry
from faq.book import Book
from faq.entry import Entry


class Library:
    """Keeps the book and its matcher together, and both in step with what is written in the database."""

    def __init__(self, rules: Rulebook, *, matcher_of: Callable[[Book], Matcher] = Matcher) -> None:
        """Begin with the entries that come as files; nothing is loaded before the first question or `refresh`."""
        self._rules = rules
        self._files = rules.book
        self._matcher_of = matcher_of
        self._matcher: Matcher | None = None
        self._edition = ""
        self._learning = asyncio.Lock()

    @property
    def book(self) -> Book:
        """The entries that may answer now."""
        return self._rules.book

    async def refresh(self, database: Database) -> bool:
        """Take in what was written since; True when something changed. Learning runs beside the event loop."""
        async with self._learning:
            edition, written = await database.run(lambda db: (entries.edition(db), entries.every(db)))
            if edition == self._edition and self._matcher is not None:
                return False
            book = self._files.overlaid(self._over_file(each) for each in written)
            matcher = await asyncio.to_thread(self._learn, book)
            self._rules.book, self._matcher, self._edition = book, matcher, edition
            return True

    async def match(self, database: Database, text: str) -> Match:
        """What a question means, by the book as it is now."""
        if self._matcher is None:
            await self.refresh(database)
        matcher = self._matcher
        if matcher is None:
            msg = "a library that was refreshed has a matcher"
            raise RuntimeError(msg)
        return matcher.match(text)

    async def resembles(self, database: Database) -> Callable[[str, str], bool]:
        """A judge of whether two questions mean the same."""
        if self._matcher is None:
            await self.refresh(database)
        return self._matcher.resembles if self._matcher else (lambda one, other: one == other)

    def added_phrasings(self, entry_id: str) -> tuple[str, ...]:
        """The phrasings of an entry that were written in Slack, not in its file."""
        now, file = self.book.get(entry_id), self._files.get(entry_id)
        known = set(file.phrasings) if file else set()
        return tuple(phrasing for phrasing in now.phrasings if phrasing not in known) if now else ()

    def _over_file(self, written: WrittenEntry) -> Entry:
        """What was written in Slack, with the phrasings of the file beneath it: mending a sentence forgets no phrasing."""
        file = self._files.get(written.id)
        entry = entry_of(written)
        if file is None:
            return entry
        return replace(entry, phrasings=tuple(dict.fromkeys((*file.phrasings, *entry.phrasings))))

    def _learn(self, book: Book) -> Matcher:
        matcher = self._matcher_of(book)
        matcher.match("")  # loads what it needs, before somebody waits for it
        return matcher


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
