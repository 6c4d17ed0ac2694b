"""What the matcher learns from: the entries' own phrasings, and questions that the book must not answer.

`negatives.txt` beside this file holds the latter: near misses (another tool, another policy), questions about the tool and
the rollout that no entry answers, and talk. Nothing else is learnt from, and no test question ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from faq import encodings
from faq.book import Book
from faq.encoder.encoder import Vectors
from faq.encoder.model_file import Floats
from faq.wording import essence, plain

NEGATIVES = Path(__file__).parent / "negatives.txt"
OUTSIDE = -1
_TOO_NEAR = 0.86
"""A negative as close as this to somebody's phrasing: the book answers it now, so it is a negative no longer."""
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows to learn from, in the order of their entries, those from outside at the end.

    `entries` are positions in `ids`, or OUTSIDE; rows of one `group` were written in one sitting.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    entries: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    vectors: Vectors


def examples_of(book: Book, language: str) -> Examples:
    """Every phrasing of the entries in that language, and the negatives."""
    ids = tuple(sorted(entry.id for entry in book.entries.values() if entry.language == language))
    texts: list[str] = []
    entries: list[int] = []
    voices: list[str] = []
    for position, entry_id in enumerate(ids):
        entry = book.entries[entry_id]
        names_of_voices = {voice for _, voice in entry.asked()}
        for text, voice in entry.asked():
            texts.append(learnt(text))
            entries.append(position)
            voices.append(voice if len(names_of_voices) > 1 and text != entry.question else "")
    vectors = encodings.vectors([*texts, *map(learnt, negatives())])
    apart = _far_from(encodings.directions(vectors[: len(texts)]), encodings.directions(vectors[len(texts) :]))
    outside = [learnt(text) for text, far in zip(negatives(), apart, strict=True) if far]
    vectors = vectors[[*range(len(texts)), *(len(texts) + np.flatnonzero(apart))]]
    entries += [OUTSIDE] * len(outside)
    voices += [""] * len(outside)
    return Examples(ids, (*texts, *outside), np.array(entries), _groups(voices), vectors)


def _far_from(inside: Floats, outside: Floats) -> list[bool]:
    """Whether each negative keeps its distance from every phrasing; a few at a time, for the memory's sake."""
    far: list[bool] = []
    for start in range(0, len(outside), _AT_ONCE):
        alike = outside[start : start + _AT_ONCE] @ inside.T
        far += (alike.max(axis=1, initial=-1) < _TOO_NEAR).tolist()
    return far


def texts_of(book: Book) -> list[str]:
    """Every text that is encoded when this book is loaded."""
    asked = [learnt(text) for entry in book.entries.values() for text, _ in entry.asked()]
    return asked + [learnt(text) for text in negatives()]


@lru_cache(maxsize=16_384)
def learnt(text: str) -> str:
    """A phrasing as it is compared."""
    return essence(plain(text)) or text


@cache
def negatives() -> tuple[str, ...]:
    """The questions that the book must not answer."""
    lines = NEGATIVES.read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#")))


def _groups(voices: Sequence[str]) -> npt.NDArray[np.int64]:
    """A number per voice; a row whose voice nobody noted is a sitting of its own."""
    numbers: dict[str, int] = {}
    return np.array(
        [numbers.setdefault(voice or f"row {row}", len(numbers)) for row, voice in enumerate(voices)], dtype=np.int64
    )
