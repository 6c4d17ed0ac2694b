"""From examples to scores: kernel ridge regression, which is solved exactly and knows what it would say without a row.

Two texts are alike when the encoder and the words they use say so. One matrix is inverted once; from it follow in closed
form the scores that any group of rows would have got had it been left out, which is what the calibration needs: a whole
voice at a time (would a stranger be understood?) or a whole entry (is a question refused that the book does not have?).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faq.encoder.encoder import Vectors
from faq.examples import Examples
from faq.lexicon import Lexicon, learn

WORDS_WEIGH = 0.6
"""The words' say beside the encoder's, which is 1."""
SHARPNESS = 2.0
SMOOTHING = 0.2

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What scores a question. The last column of `weights` belongs to what is outside the book."""

    examples: Examples
    lexicon: Lexicon
    word_places: Vectors
    """The examples' word vectors, turned: one row per place, which a question uses a few of."""
    weights: Floats
    base: Floats

    def likeness(self, texts: Sequence[str], vectors: Vectors) -> Floats:
        """How alike each text is to each example, 1 at most."""
        words = np.empty((len(texts), len(self.examples.texts)), dtype=np.float32)
        for row, vector in zip(words, self.lexicon.vectors(texts), strict=True):
            used = np.flatnonzero(vector)
            np.dot(vector[used], self.word_places[used], out=row)
        return _likeness(words, vectors @ self.examples.vectors.T)

    def scores(self, likeness: Floats) -> Floats:
        """One column per entry and a last one for outside; about 1 for a sure hit and 0 for none."""
        return likeness @ self.weights + self.base


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Scores that the examples get when they, or those of their kind, are not learnt from."""

    by_group: Floats
    by_entry: Floats
    likeness: Floats


def known_already(examples: Examples, weights: Floats, base: Floats) -> Learnt:
    """The same as `learn_from` gave for these examples before."""
    lexicon, word_vectors = learn(examples.texts)
    return Learnt(examples, lexicon, np.ascontiguousarray(word_vectors.T), weights, base)


def learn_from(examples: Examples) -> tuple[Learnt, LeftOut]:
    """Solve once for all entries."""
    lexicon, word_vectors = learn(examples.texts)
    likeness = _likeness(word_vectors @ word_vectors.T, examples.vectors @ examples.vectors.T)
    count, entries = len(examples.texts), len(examples.ids)
    truth = np.zeros((count, entries + 1), dtype=np.float32)
    truth[np.arange(count), np.where(examples.entries < 0, entries, examples.entries)] = 1
    base = truth.mean(axis=0)
    diagonal = np.arange(count)
    likeness[diagonal, diagonal] += SMOOTHING
    inverse = np.linalg.inv(likeness)
    likeness[diagonal, diagonal] -= SMOOTHING
    weights = inverse @ (truth - base)
    learnt = Learnt(examples, lexicon, np.ascontiguousarray(word_vectors.T), weights, base)
    inside = np.where(examples.entries < 0, -1 - np.arange(count), examples.entries)
    return learnt, LeftOut(
        by_group=_without(examples.groups, inverse, weights, truth),
        by_entry=_without(inside, inverse, weights, truth),
        likeness=likeness,
    )


def _likeness(words: Floats, meanings: Floats) -> Floats:
    """One from the two; the words' part is changed in place."""
    words *= WORDS_WEIGH
    words += meanings
    words /= 1 + WORDS_WEIGH
    words -= 1
    words *= SHARPNESS
    return np.exp(words, out=words)


def _without(groups: npt.NDArray[np.int64], inverse: Floats, weights: Floats, truth: Floats) -> Floats:
    scores = truth - weights / np.diag(inverse)[:, None]
    for group in np.flatnonzero(np.bincount(groups - groups.min()) > 1) + groups.min():
        rows = np.flatnonzero(groups == group)
        scores[rows] = truth[rows] - np.linalg.solve(inverse[np.ix_(rows, rows)], weights[rows])
    return scores
