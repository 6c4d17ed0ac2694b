"""Scoring as a network gives what the formula says, on processors of either kind."""

from __future__ import annotations

import numpy as np
import pytest

from faq import encodings
from faq.examples import Examples
from faq.learning import SHARPNESS, WORDS_WEIGH, Floats, Learnt, learn_from
from faq.scoring import Scoring
from tests.faq.test_apart import few

__all__ = ["few"]
TEXTS = ("where is my bike", "lunch", "does it take screenshots of my screen?", "…")


def by_the_formula(learnt: Learnt, words: Floats, text: str) -> tuple[Floats, Floats]:
    """Likeness and scores, step by step and in floats; words are kept in steps of a 127th of the largest."""
    meaning, *others = encodings.directions(encodings.vectors([text, *learnt.examples.texts]))
    step = max(float(np.abs(words).max()), 1e-9) / 127
    shared = np.rint(words / step) * step @ (learnt.word_places.places * learnt.word_places.scales)
    together = (np.array(others) @ meaning + WORDS_WEIGH * shared) / (1 + WORDS_WEIGH)
    likeness = np.exp(SHARPNESS * (together - 1))
    return likeness, likeness @ learnt.weights + learnt.base


@pytest.mark.parametrize("signed", [True, False], ids=["newer", "older"])
def test_the_network_is_the_formula(few: Examples, monkeypatch: pytest.MonkeyPatch, signed: bool) -> None:
    """Likeness and scores of texts with words and without, with weights as signed or unsigned bytes."""
    monkeypatch.setattr("faq.scoring.signed_is_exact", lambda: signed)
    learnt, _ = learn_from(few)
    scoring = Scoring(learnt)
    for text, words, vector in zip(TEXTS, learnt.lexicon.vectors(TEXTS), encodings.vectors(TEXTS), strict=True):
        found = scoring.score(vector, words)
        likeness, scores = by_the_formula(learnt, words, text)
        assert np.allclose(found.likeness[0], likeness, atol=1e-5), text
        assert np.allclose(found.scores[0], scores, atol=1e-4), text
