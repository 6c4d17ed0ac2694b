"""From examples to scores: kernel ridge regression, which is solved exactly and knows what it would say without a row.

Two texts are alike when the encoder and the words they use say so. One matrix is inverted once; from it follow in closed
form the scores that any group of rows would have got had it been left out, which is what the calibration needs: a whole
voice at a time (would a stranger be understood?) or a whole entry (is a question refused that the book does not have?).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from faq.encoder.network import STEPS
from faq.encodings import directions
from faq.examples import Examples
from faq.inverse import Halves, InverseRoot, inverse_root, times
from faq.lexicon import Lexicon, learn

WORDS_WEIGH = 0.6
"""The words' say beside the encoder's, which is 1."""
SHARPNESS = 2.0
SMOOTHING = 0.2
_COLUMNS_AT_ONCE = 1024

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordPlaces:
    """The examples' word vectors as bytes: a row per place, a column per example, and each column's scale."""

    places: npt.NDArray[np.int8]
    scales: Floats


@dataclass(frozen=True, slots=True)
class Learnt:
    """What scores a question. The last column of `weights` belongs to what is outside the book."""

    examples: Examples
    lexicon: Lexicon
    word_places: WordPlaces
    weights: Floats
    base: Floats


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Scores that the examples get when they, or those of their kind, are not learnt from."""

    by_group: Floats
    by_entry: Floats
    alike: Alike


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike the examples are to each other, worked out for a few rows at a time: the whole would fill the memory."""

    words: Halves
    meanings: Floats

    def rows(self, some: slice, until: int | None = None) -> Floats:
        """Some rows, against the first `until` examples, or all."""
        columns = len(self.words) if until is None else until
        mine = self.words[some].astype(np.float32)
        words = np.empty((len(mine), columns), dtype=np.float32)
        for begin in range(0, columns, _COLUMNS_AT_ONCE):
            end = min(begin + _COLUMNS_AT_ONCE, columns)
            words[:, begin:end] = mine @ self.words[begin:end].astype(np.float32).T
        return _likeness(words, self.meanings[some] @ self.meanings[:columns].T)


def learn_from(examples: Examples) -> tuple[Learnt, LeftOut]:
    """Solve once for all entries."""
    lexicon, word_vectors = learn(examples.texts)
    word_places = _by_place(word_vectors)
    del word_vectors
    words = np.multiply(word_places.places.T, word_places.scales[:, None], dtype=np.float32)
    alike = Alike(words.astype(np.float16), directions(examples.vectors))
    del words
    count, entries = len(examples.texts), len(examples.ids)
    truth = np.zeros((count, entries + 1), dtype=np.float32)
    truth[np.arange(count), np.where(examples.entries < 0, entries, examples.entries)] = 1
    base = truth.mean(axis=0)
    root = inverse_root(alike.rows, count, SMOOTHING)
    weights = root.inverse_times(truth - base)
    weights += root.inverse_times(truth - base - times(alike.rows, weights, SMOOTHING))
    learnt = Learnt(examples, lexicon, word_places, weights, base)
    inside = np.where(examples.entries < 0, -1 - np.arange(count), examples.entries)
    return learnt, LeftOut(
        by_group=_without(examples.groups, root, weights, truth),
        by_entry=_without(inside, root, weights, truth),
        alike=alike,
    )


def _by_place(words: Floats) -> WordPlaces:
    scales = np.abs(words).max(axis=1) / STEPS
    steps = words / np.where(scales > 0, scales, 1)[:, None]
    return WordPlaces(np.ascontiguousarray(np.rint(steps).astype(np.int8).T), scales.astype(np.float32))


def _likeness(words: Floats, meanings: Floats) -> Floats:
    """One from the two; the words' part is changed in place."""
    words *= WORDS_WEIGH
    words += meanings
    words /= 1 + WORDS_WEIGH
    words -= 1
    words *= SHARPNESS
    return np.exp(words, out=words)


def _without(groups: npt.NDArray[np.int64], root: InverseRoot, weights: Floats, truth: Floats) -> Floats:
    scores = truth - weights / root.inverse_diagonal()[:, None]
    for group in np.flatnonzero(np.bincount(groups - groups.min()) > 1) + groups.min():
        rows = np.flatnonzero(groups == group)
        scores[rows] = truth[rows] - np.linalg.solve(root.inverse_among(rows), weights[rows])
    return scores
