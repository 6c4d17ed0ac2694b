"""A text as the lints read it: typography never changes a verdict, and the original words can be quoted."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# A number with separators ("41,000", "10:30"), a word with an inner apostrophe ("don't"), or one sign by itself.
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:'[^\W_]+)?|[^\w\s]|_")
_POSSESSIVE = ("'s",)
REMEMBERED = 32
"""So many texts' findings are kept: the gates look at the same few again and again, and reading one takes a millisecond."""
_SAME_SIGN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u0131": "i",
    }
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign: folded, and where it stands in the original."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it has a letter in it; numbers and signs have none."""
        return self.text.isalpha() or any(letter.isalpha() for letter in self.text)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text, its tokens, and `plain`: the tokens with one blank between them, for patterns to match against."""

    original: str
    tokens: tuple[Token, ...]
    plain: str
    starts: tuple[int, ...]

    def quote(self, first: int, last: int) -> str:
        """The original text from token `first` up to and including token `last`."""
        return self.original[self.tokens[first].start : self.tokens[last].end]

    def quote_match(self, match: re.Match[str]) -> str:
        """The original text behind a match on `plain`."""
        return self.quote(self.token_at(match.start()), self.token_at(max(match.start(), match.end() - 1)))

    def token_at(self, offset: int) -> int:
        """Which token covers this offset of `plain`."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def words(self) -> Iterator[tuple[int, str]]:
        """Every token with a letter in it, with its position."""
        return ((at, token.text) for at, token in enumerate(self.tokens) if token.is_word)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    """Compatibility form without accents, invisible characters or case: none, one or several characters."""
    plain = unicodedata.normalize("NFKD", character.translate(_SAME_SIGN)).translate(_SAME_SIGN)
    kept = "".join(" " if c.isspace() else c for c in plain if unicodedata.category(c) not in {"Mn", "Cf"})
    # Folding "İ" yields a combining dot; decomposing once more keeps the result stable.
    return "".join(c for c in unicodedata.normalize("NFKD", kept.casefold()) if unicodedata.category(c) != "Mn")


@lru_cache(maxsize=128)
def read(text: str) -> Wording:
    """Fold and split a text. Linear in its length; never raises. A plan's texts are read at every look at its gates."""
    pieces = [_fold_character(character) for character in text]
    folded = "".join(pieces)
    origin = [at for at, piece in enumerate(pieces) for _ in piece]
    tokens: list[Token] = []
    for match in _TOKEN.finditer(folded):
        word = match.group()
        end = match.end()
        if word.endswith(_POSSESSIVE) and len(word) > 2:  # noqa: PLR2004
            word, end = word[:-2], end - 2
        tokens.append(Token(word, origin[match.start()], origin[end - 1] + 1))
    starts: list[int] = []
    offset = 0
    for token in tokens:
        starts.append(offset)
        offset += len(token.text) + 1
    return Wording(text, tuple(tokens), " ".join(token.text for token in tokens), tuple(starts))
