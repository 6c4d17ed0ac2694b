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
        """One row per text: words on the left, runs of letters on the right, each half of length 1."""
        return _weighed(_counts(texts), self)


def learn(texts: Sequence[str]) -> tuple[Lexicon, Vectors]:
    """A lexicon of these texts, and their vectors in it."""
    counted = _counts(texts)
    weights = [
        (np.log((1 + len(texts)) / (1 + np.count_nonzero(half, axis=0))) + 1).astype(np.float32) for half in counted
    ]
    lexicon = Lexicon(weights[0], weights[1])
    return lexicon, _weighed(counted, lexicon)


def _weighed(counted: tuple[Vectors, Vectors], lexicon: Lexicon) -> Vectors:
    halves = []
    for half, weights in zip(counted, (lexicon.word_weights, lexicon.run_weights), strict=True):
        weighed = half * weights
        length = np.linalg.norm(weighed, axis=1, keepdims=True)
        halves.append(weighed / np.where(length > 0, length, 1))
    side_by_side: Vectors = np.hstack(halves).astype(np.float32) / np.float32(2**0.5)
    return side_by_side


def _counts(texts: Sequence[str]) -> tuple[Vectors, Vectors]:
    by_word = np.zeros((len(texts), PLACES), dtype=np.float32)
    by_run = np.zeros((len(texts), PLACES), dtype=np.float32)
    for row, text in enumerate(texts):
        said = words(text)
        pairs = [f"{first} {second}" for first, second in pairwise(said)]
        for feature in (*said, *pairs):
            place, sign = _place(feature)
            by_word[row, place] += sign
        for word in said:
            places, signs = _runs(word)
            by_run[row, places] += signs
    return by_word, by_run


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
