"""Texts as the words and word parts they use: what the encoder smooths over (names of things, typos) counts here.

Pairs of words and runs of letters are hashed into a fixed number of places, so that a vector needs no vocabulary and a new
phrasing changes nobody else's place; rare ones weigh more than common ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from faq.wording import words

PLACES = 512
_RUNS = (3, 4, 5)
_SIGN = 1 << 30

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """How rare each place is in the texts that this was made of: `word_weights` and `run_weights`, one per place."""

    word_weights: Vectors
    run_weights: Vectors

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One row per text: words on the left, runs of letters on the right, each half of the same length."""
        return _weighed(_counts(texts), self)


def learn(texts: Sequence[str]) -> tuple[Lexicon, Vectors]:
    """A lexicon of these texts, and their vectors in it."""
    counts = _counts(texts)
    rarity = (np.log((1 + len(texts)) / (1 + np.count_nonzero(counts, axis=0))) + 1).astype(np.float32)
    lexicon = Lexicon(rarity[:PLACES], rarity[PLACES:])
    return lexicon, _weighed(counts, lexicon)


def _weighed(counts: Vectors, lexicon: Lexicon) -> Vectors:
    """Changes the counts in place, which are large."""
    for half, weights in ((counts[:, :PLACES], lexicon.word_weights), (counts[:, PLACES:], lexicon.run_weights)):
        np.multiply(half, weights, out=half)
        length = np.sqrt(2 * np.einsum("ij,ij->i", half, half))[:, None]
        np.divide(half, np.where(length > 0, length, 1), out=half)
    return counts


def _counts(texts: Sequence[str]) -> Vectors:
    counts = np.zeros((len(texts), 2 * PLACES), dtype=np.float32)
    for row, text in zip(counts, texts, strict=True):
        said = words(text)
        for feature in (*said, *(f"{first} {second}" for first, second in pairwise(said))):
            place, sign = _place(feature)
            row[place] += sign
        by_run = row[PLACES:]
        for word in said:
            places, signs = _runs(word)
            by_run[places] += signs
    return counts


@lru_cache(maxsize=50_000)
def _place(feature: str) -> tuple[int, int]:
    mark = crc32(feature.encode())
    return mark % PLACES, 1 if mark & _SIGN else -1


@lru_cache(maxsize=20_000)
def _runs(word: str) -> tuple[npt.NDArray[np.intp], Vectors]:
    """Where the word's runs of letters fall, each place once."""
    row = np.zeros(PLACES, dtype=np.float32)
    edged = f" {word} "
    for length in _RUNS:
        for start in range(max(1, len(edged) - length + 1)):
            place, sign = _place(edged[start : start + length])
            row[place] += sign
    places = np.flatnonzero(row)
    return places, row[places]
