"""Turns the people of an export into numbers while it is read, so that no name is kept or can get out."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from bot.hours.headings import plain


class Pseudonyms:
    """Numbers for people, in the order in which they are met. The key is of this run, and nobody holds it."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._key = secrets.token_bytes(16)
        self._numbers: dict[bytes, int] = {}
        self._names: set[bytes] = set()

    def number(self, identity: tuple[str, ...]) -> int:
        """The number of the person with this identity (an e-mail address, or a name in one or two parts)."""
        digest = self._digest(identity)
        self._names.add(digest)
        return self._numbers.setdefault(digest, len(self._numbers))

    def remember_name(self, names: Sequence[str]) -> None:
        """Know this name as a person's, so that it is recognised where a group has it."""
        self._names.add(self._digest(names))

    def is_person(self, text: str) -> bool:
        """Whether this text is the name of somebody in the export."""
        return self._digest((text,)) in self._names

    def _digest(self, names: Sequence[str]) -> bytes:
        words = " ".join(plain(each) for each in names if each)
        return hashlib.blake2b(words.encode(), key=self._key, digest_size=16).digest()
